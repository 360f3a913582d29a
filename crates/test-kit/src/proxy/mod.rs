#[cfg(test)]
mod tests;

use std::{
    future::pending,
    io,
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

const CHUNK: usize = 16 * 1024;

/// Which way bytes go through a [`Proxy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the clients to the server.
    ToServer,
    /// From the server to the clients.
    ToClient,
}

/// What a [`Proxy`] does with the bytes of one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flow {
    /// Passes them on.
    #[default]
    Free,
    /// Passes each piece on after this time.
    Delayed(Duration),
    /// Passes on this many bytes in a second.
    Throttled(u32),
    /// Takes them and drops them; the connection stays open.
    Swallowed,
    /// Leaves them where they are, so that the sender's buffers fill.
    Held,
    /// Passes this many bytes of each connection on, counted from now, and then resets it.
    ResetAfter(usize),
}

/// Stands between a client and a server, and breaks what is between them: on every connection, old or new, from one
/// moment to the next.
pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    server: (String, u16),
    to_server: watch::Sender<Flow>,
    to_client: watch::Sender<Flow>,
    /// Cancelled to end the connections that are open, and replaced by a new one.
    cut: watch::Sender<CancellationToken>,
    forget: watch::Sender<CancellationToken>,
    is_refusing: AtomicBool,
    open: AtomicUsize,
    accepted: AtomicUsize,
}

impl Proxy {
    /// Listens on a free port of this machine for connections to `host` and `port`, and passes everything on.
    pub async fn start(host: &str, port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let own_port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            server: (host.to_owned(), port),
            to_server: watch::Sender::default(),
            to_client: watch::Sender::default(),
            cut: watch::Sender::default(),
            forget: watch::Sender::default(),
            is_refusing: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
        });
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            port: own_port,
            shared,
            task,
        }
    }

    /// A proxy before the server of this URL, and the URL that leads through it.
    ///
    /// # Panics
    /// When the URL names no port.
    pub async fn before(url: &str) -> (Self, String) {
        let (host, port) = address_in(url).unwrap_or_else(|| panic!("{url} names no host and port"));
        let proxy = Self::start(host, port).await;
        let through = url.replacen(&format!("{host}:{port}"), &format!("127.0.0.1:{}", proxy.port), 1);
        (proxy, through)
    }

    /// Where it listens, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on the bytes of this direction flow so.
    pub fn set(&self, direction: Direction, flow: Flow) {
        self.shared.flow(direction).send_replace(flow);
    }

    /// A black hole: all bytes are taken, none arrives, and nobody hangs up.
    pub fn swallow(&self) {
        self.set(Direction::ToServer, Flow::Swallowed);
        self.set(Direction::ToClient, Flow::Swallowed);
    }

    /// Lets everything through again. What was swallowed does not come back.
    pub fn heal(&self) {
        self.set(Direction::ToServer, Flow::Free);
        self.set(Direction::ToClient, Flow::Free);
        self.shared.is_refusing.store(false, Ordering::SeqCst);
    }

    /// Resets all connections on both sides. New ones are taken.
    pub fn cut(&self) {
        self.shared.cut.send_replace(CancellationToken::new()).cancel();
    }

    /// Half open: the clients of the connections lose them, and the server is not told.
    pub fn forget_clients(&self) {
        self.shared.forget.send_replace(CancellationToken::new()).cancel();
    }

    /// Hangs up on new connections until [`Proxy::heal`].
    pub fn refuse(&self) {
        self.shared.is_refusing.store(true, Ordering::SeqCst);
    }

    /// How many connections are open to the server now.
    pub fn open(&self) -> usize {
        self.shared.open.load(Ordering::SeqCst)
    }

    /// How many connections clients have made so far.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn flow(&self, direction: Direction) -> &watch::Sender<Flow> {
        match direction {
            Direction::ToServer => &self.to_server,
            Direction::ToClient => &self.to_client,
        }
    }
}

/// The host and port of `scheme://user:password@host:port/…`.
fn address_in(url: &str) -> Option<(&str, u16)> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next()?;
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    let (host, port) = address.rsplit_once(':')?;
    Some((host, port.parse().ok()?))
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((client, _)) = accepted else { continue };
                shared.accepted.fetch_add(1, Ordering::SeqCst);
                if !shared.is_refusing.load(Ordering::SeqCst) {
                    connections.spawn(connect(client, Arc::clone(&shared)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Counts a connection for as long as it is held.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn connect(client: TcpStream, shared: Arc<Shared>) {
    let (cut, forget) = (shared.cut.borrow().clone(), shared.forget.borrow().clone());
    // A client whose server is away sees its connection end.
    let Ok(server) = TcpStream::connect((shared.server.0.as_str(), shared.server.1)).await else {
        return;
    };
    let _counted = Counted::new(&shared.open);
    drop((client.set_nodelay(true), server.set_nodelay(true)));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut there = Pump::new(from_client, to_server, &shared.to_server);
    let mut back = Pump::new(from_server, to_client, &shared.to_client);
    let ended = tokio::select! {
        () = cut.cancelled() => End::Reset,
        () = forget.cancelled() => End::Forgotten,
        end = there.run() => end,
        end = back.run() => end,
    };
    match ended {
        End::Closed => {}
        End::Reset => {
            reset(&there.from, &back.from);
            // Dropped, they would say goodbye first.
            there.to.forget();
            back.to.forget();
        }
        End::Forgotten => {
            let (from_client, to_server) = (there.from, there.to);
            let (from_server, to_client) = (back.from, back.to);
            drop((from_client, to_client));
            // Both halves of the server's side stay open, until the proxy is dropped or cut.
            let _held = (to_server, from_server);
            tokio::select! {
                () = cut.cancelled() => {}
                () = pending() => {}
            }
        }
    }
}

/// Makes both sides end with a reset instead of a farewell.
fn reset(client: &OwnedReadHalf, server: &OwnedReadHalf) {
    for side in [client, server] {
        let stream: &TcpStream = side.as_ref();
        // A socket that is gone already needs no reset.
        drop(stream.set_zero_linger());
    }
}

#[derive(Clone, Copy)]
enum End {
    Closed,
    Reset,
    Forgotten,
}

/// Carries the bytes of one direction of one connection.
struct Pump {
    from: OwnedReadHalf,
    to: OwnedWriteHalf,
    flow: watch::Receiver<Flow>,
    /// Bytes passed on since the flow last changed.
    passed: usize,
}

impl Pump {
    fn new(from: OwnedReadHalf, to: OwnedWriteHalf, flow: &watch::Sender<Flow>) -> Self {
        Self {
            from,
            to,
            flow: flow.subscribe(),
            passed: 0,
        }
    }

    async fn run(&mut self) -> End {
        self.carry().await.unwrap_or(End::Closed)
    }

    async fn carry(&mut self) -> io::Result<End> {
        let mut buffer = vec![0; CHUNK];
        loop {
            let flow = *self.flow.borrow_and_update();
            let most = match flow {
                // A tenth of a second's worth at a time.
                Flow::Throttled(per_second) => usize::try_from(per_second / 10).unwrap_or(CHUNK).clamp(1, CHUNK),
                Flow::ResetAfter(limit) if self.passed >= limit => return Ok(End::Reset),
                Flow::ResetAfter(limit) => (limit - self.passed).min(CHUNK),
                _ => CHUNK,
            };
            let read = tokio::select! {
                // The sender of changes lives as long as the proxy.
                Ok(()) = self.flow.changed() => {
                    self.passed = 0;
                    continue;
                }
                read = self.from.read(&mut buffer[..most]), if flow != Flow::Held => read?,
            };
            if read == 0 {
                return Ok(End::Closed);
            }
            self.pass(&buffer[..read]).await?;
        }
    }

    /// Does with a piece what the flow says at the moment of its arrival.
    async fn pass(&mut self, piece: &[u8]) -> io::Result<()> {
        let flow = *self.flow.borrow();
        match flow {
            Flow::Swallowed => return Ok(()),
            Flow::Held => {
                // It was read a moment too early: it waits here for the others.
                if self.flow.wait_for(|flow| *flow != Flow::Held).await.is_err() {
                    return Ok(());
                }
            }
            Flow::Delayed(time) => sleep(time).await,
            Flow::Throttled(per_second) => {
                let time = Duration::from_secs_f64(piece.len() as f64 / f64::from(per_second.max(1)));
                sleep_until(Instant::now() + time).await;
            }
            Flow::Free | Flow::ResetAfter(_) => {}
        }
        self.to.write_all(piece).await?;
        self.passed += piece.len();
        Ok(())
    }
}
