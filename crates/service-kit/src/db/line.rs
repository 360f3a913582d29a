//! One connection: how it is made, and what is known about it while it lives.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use diesel::{
    ConnectionError, ConnectionResult,
    connection::{Instrumentation, InstrumentationEvent},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection, pooled_connection::SetupCallback};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
    runtime::Handle,
    time::timeout,
};
use tokio_postgres::{
    Client, Config, Connection, NoTls,
    config::{Host, SslMode},
    tls::NoTlsStream,
};
use tokio_util::sync::CancellationToken;

use crate::config::DatabaseOptions;

/// How long a new connection may take.
const DIAL_DEADLINE: Duration = Duration::from_millis(1_500);
const DEFAULT_PORT: u16 = 5432;

/// Makes connections and knows those that live.
pub(super) struct Dialer {
    config: Config,
    session: String,
    lines: Mutex<Vec<Weak<Line>>>,
}

impl Dialer {
    pub(super) fn new(url: &str, service: &str, schema: &str, options: &DatabaseOptions) -> anyhow::Result<Self> {
        let mut config: Config = url.parse().context("DATABASE_URL can't be read")?;
        if config.get_ssl_mode() == SslMode::Require {
            anyhow::bail!(
                "DATABASE_URL asks for TLS with sslmode=require, which this program does not speak; tunnel it, or take sslmode=prefer"
            );
        }
        config.application_name(service);
        let session = format!(
            "SET search_path TO \"{}\"; SET statement_timeout = {}; SET lock_timeout = {}; SET idle_in_transaction_session_timeout = '30s'",
            schema.replace('"', "\"\""),
            options.statement_timeout_ms,
            options.lock_timeout_ms,
        );
        Ok(Self {
            config,
            session,
            lines: Mutex::default(),
        })
    }

    /// The pool's way to a new connection: on `runtime`, whoever asks.
    pub(super) fn setup(self: Arc<Self>, runtime: Handle) -> SetupCallback<AsyncPgConnection> {
        Box::new(move |_| {
            let dialer = self.clone();
            let dialing = runtime.spawn(async move { dialer.connect().await });
            Box::pin(async move { dialing.await.unwrap_or_else(|error| Err(failed(error))) })
        })
    }

    async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        let line = Arc::new(Line::new());
        let (client, connection) = self.dial(line.clone()).await?;
        let own_line = line.clone();
        tokio::spawn(drive(connection, own_line));
        let dressed = timeout(DIAL_DEADLINE, async {
            let mut conn = AsyncPgConnection::try_from(client).await?;
            conn.batch_execute(&self.session).await.map_err(failed)?;
            Ok(conn)
        });
        let mut conn = dressed.await.unwrap_or_else(|_| Err(failed("no answer in time")))?;
        conn.set_instrumentation(LineTag(line.clone()));
        self.register(&line);
        Ok(conn)
    }

    /// Opens a socket and greets the server; the caller drives what comes back.
    pub(super) async fn dial(
        &self,
        line: Arc<Line>,
    ) -> ConnectionResult<(Client, Connection<WatchedSocket, NoTlsStream>)> {
        timeout(DIAL_DEADLINE, async {
            let socket = self.open_socket().await.map_err(failed)?;
            self.config
                .connect_raw(
                    WatchedSocket {
                        socket,
                        line,
                        tail: Tail::default(),
                    },
                    NoTls,
                )
                .await
                .map_err(|error| failed(describe(&error)))
        })
        .await
        .unwrap_or_else(|_| Err(failed("no connection in time")))
    }

    async fn open_socket(&self) -> io::Result<Socket> {
        let ports = self.config.get_ports();
        let mut last = io::Error::other("DATABASE_URL names no host");
        for (at, host) in self.config.get_hosts().iter().enumerate() {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(DEFAULT_PORT);
            let opened: io::Result<Socket> = match host {
                Host::Tcp(name) => {
                    async {
                        let stream = TcpStream::connect((name.as_str(), port)).await?;
                        stream.set_nodelay(true)?;
                        Ok(Box::new(stream) as Socket)
                    }
                    .await
                }
                Host::Unix(directory) => UnixStream::connect(directory.join(format!(".s.PGSQL.{port}")))
                    .await
                    .map(|stream| Box::new(stream) as Socket),
            };
            match opened {
                Ok(socket) => return Ok(socket),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn register(&self, line: &Arc<Line>) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(line));
    }

    /// The connections that live.
    pub(super) fn lines(&self) -> Vec<Arc<Line>> {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .filter_map(Weak::upgrade)
            .collect()
    }
}

fn failed(cause: impl ToString) -> ConnectionError {
    ConnectionError::BadConnection(cause.to_string())
}

/// tokio-postgres says "db error"; what the server said is its source.
fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => said.message().to_owned(),
        None => error.to_string(),
    }
}

/// Drives a connection until it ends or is cut.
pub(super) async fn drive(connection: Connection<WatchedSocket, NoTlsStream>, line: Arc<Line>) {
    let cut = line.cut.clone();
    match cut.run_until_cancelled(connection).await {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(error = describe(&error), "a database connection ended"),
        None => tracing::debug!("a database connection was cut"),
    }
    line.is_closed.store(true, Ordering::SeqCst);
}

/// What is known about a connection.
pub(super) struct Line {
    born: Instant,
    /// Milliseconds after `born` at which the answer that is awaited began to be awaited, plus one; 0 for none.
    waiting_since: AtomicU64,
    is_closed: AtomicBool,
    cut: CancellationToken,
}

impl Line {
    pub(super) fn new() -> Self {
        Self {
            born: Instant::now(),
            waiting_since: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
            cut: CancellationToken::new(),
        }
    }

    /// For how long an answer has been awaited without a sign.
    pub(super) fn silence(&self) -> Duration {
        match self.waiting_since.load(Ordering::SeqCst) {
            0 => Duration::ZERO,
            since => self.born.elapsed().saturating_sub(Duration::from_millis(since - 1)),
        }
    }

    /// Ends the connection; whoever waits on it gets an error.
    pub(super) fn cut(&self) {
        self.cut.cancel();
    }

    fn await_answer(&self) {
        let now = u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1;
        self.waiting_since.store(now, Ordering::SeqCst);
    }

    fn is_waiting(&self) -> bool {
        self.waiting_since.load(Ordering::SeqCst) != 0
    }

    fn settle(&self) {
        self.waiting_since.store(0, Ordering::SeqCst);
    }
}

/// Ties a line to the connection that the pool holds; diesel keeps it as the connection's instrumentation.
pub(super) struct LineTag(Arc<Line>);

impl LineTag {
    /// Whether the connection may be handed out: it lives, and no answer of an abandoned query is still to come.
    pub(super) fn is_usable(&self) -> bool {
        !self.0.is_closed.load(Ordering::SeqCst) && !self.0.is_waiting()
    }
}

impl Instrumentation for LineTag {
    fn on_connection_event(&mut self, _: InstrumentationEvent<'_>) {}
}

trait ReadWrite: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> ReadWrite for T {}
type Socket = Box<dyn ReadWrite>;

/// A socket that notes whether an answer is outstanding.
pub(super) struct WatchedSocket {
    socket: Socket,
    line: Arc<Line>,
    tail: Tail,
}

/// The newest bytes that were read: every complete answer of PostgreSQL ends with "ready for query".
#[derive(Default)]
struct Tail([u8; 6]);

impl Tail {
    /// Takes the news in and says whether an answer ends with them; its end may come in two pieces.
    fn ends_answer(&mut self, news: &[u8]) -> bool {
        let kept = self.0.len().saturating_sub(news.len());
        self.0.rotate_right(kept);
        let newest = &news[news.len().saturating_sub(self.0.len())..];
        self.0[kept..].copy_from_slice(newest);
        self.0.starts_with(b"Z\0\0\0\x05")
    }
}

impl AsyncRead for WatchedSocket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.socket).poll_read(context, buffer);
        let is_news = buffer.filled().len() > before;
        if is_news && self.line.is_waiting() {
            let news = &buffer.filled()[before..];
            let is_complete = self.tail.ends_answer(news);
            if is_complete {
                self.line.settle()
            } else {
                self.line.await_answer()
            }
        }
        outcome
    }
}

impl AsyncWrite for WatchedSocket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.socket).poll_write(context, bytes);
        if matches!(outcome, Poll::Ready(Ok(written)) if written > 0) && !self.line.is_waiting() {
            self.line.await_answer();
        }
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

/// Cuts a line when it is no longer cared for.
pub(super) struct CutOnDrop(pub(super) Arc<Line>);

impl Drop for CutOnDrop {
    fn drop(&mut self) {
        self.0.cut();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_answer_is_seen_also_in_two_pieces() {
        let mut tail = Tail::default();
        assert!(tail.ends_answer(b"D....rows....Z\0\0\0\x05I"));
        assert!(!tail.ends_answer(b"D..Z\0\0"));
        assert!(tail.ends_answer(b"\0\x05T"));
        assert!(!tail.ends_answer(b"C"));
        for (at, byte) in b"Z\0\0\0\x05E".iter().enumerate() {
            assert_eq!(tail.ends_answer(&[*byte]), at == 5);
        }
    }
}
