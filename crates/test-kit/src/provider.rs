use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{broadcast, watch},
};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

/// A request that a stub has received.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The path and the query.
    pub target: String,
    /// When.
    pub at: Instant,
    /// The number of the request, from 0.
    pub number: usize,
}

/// What a stub does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Answers; headers are lines that end in `\r\n`.
    Answer {
        /// The status line's number and words.
        status: &'static str,
        /// Further headers.
        headers: String,
        /// The body as it goes over the wire.
        body: Vec<u8>,
    },
    /// Promises more than it sends, and hangs up.
    Cut(String),
    /// Sends without end.
    Endless,
    /// Sends one byte in a second.
    Drip,
    /// Takes the request and says nothing.
    Silence,
}

impl Reply {
    /// A good answer.
    pub fn json(body: impl Into<String>) -> Self {
        Self::status("200 OK", "content-type: application/json\r\n", body)
    }

    /// Any answer.
    pub fn status(status: &'static str, headers: &str, body: impl Into<String>) -> Self {
        Self::Answer {
            status,
            headers: headers.to_owned(),
            body: body.into().into_bytes(),
        }
    }
}

/// A provider that is asked over HTTP, played by a script.
pub struct ProviderStub {
    url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl ProviderStub {
    /// Listens on a free loopback port; `script` says what to do with each request.
    pub async fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (kept, script) = (asked.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, kept.clone(), script.clone()));
            }
        });
        Self { url, asked }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests so far whose target begins so.
    pub fn asked_for(&self, target: &str) -> Vec<Asked> {
        let mut asked = self.asked();
        asked.retain(|asked| asked.target.starts_with(target));
        asked
    }
}

async fn serve(
    mut socket: TcpStream,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<impl Fn(&Asked) -> Reply + Send + Sync>,
) {
    let mut head = Vec::new();
    let mut part = [0; 4_096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match socket.read(&mut part).await {
            Ok(count) if count > 0 && head.len() < 65_536 => head.extend_from_slice(&part[..count]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    let target = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let this = {
        let mut all = asked.lock().unwrap_or_else(PoisonError::into_inner);
        let number = all.len();
        let at = Instant::now();
        all.push(Asked { target, at, number });
        all[number].clone()
    };
    // The other side may hang up in the middle of anything.
    drop(reply(&mut socket, script(&this)).await);
}

async fn reply(socket: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    let head = |status: &str, length: usize, headers: &str| {
        format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n")
    };
    let huge = head("200 OK", 1 << 40, "content-type: application/json\r\n");
    match reply {
        Reply::Answer { status, headers, body } => {
            socket.write_all(head(status, body.len(), &headers).as_bytes()).await?;
            socket.write_all(&body).await
        }
        Reply::Cut(body) => {
            let promised = head("200 OK", body.len() * 2, "content-type: application/json\r\n");
            socket.write_all(promised.as_bytes()).await?;
            socket.write_all(body.as_bytes()).await
        }
        Reply::Endless => {
            socket.write_all(huge.as_bytes()).await?;
            loop {
                socket.write_all(&[b' '; 65_536]).await?;
            }
        }
        Reply::Drip => {
            socket.write_all(huge.as_bytes()).await?;
            loop {
                socket.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Reply::Silence => {
            let mut rest = [0; 64];
            while socket.read(&mut rest).await? > 0 {}
            Ok(())
        }
    }
}

/// A WebSocket provider that tells everybody who is connected what the test says.
pub struct StreamStub {
    url: String,
    frames: broadcast::Sender<Said>,
    is_frozen: watch::Sender<bool>,
    connections: Arc<AtomicUsize>,
}

#[derive(Clone)]
enum Said {
    Text(String),
    HangUp,
}

impl StreamStub {
    /// Listens on a free loopback port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("ws://{}", listener.local_addr().expect("an address"));
        let (frames, _) = broadcast::channel(64);
        let (is_frozen, frozen) = watch::channel(false);
        let connections = Arc::new(AtomicUsize::new(0));
        let (sender, count) = (frames.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let Ok(socket) = tokio_tungstenite::accept_async(socket).await else {
                    continue;
                };
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(tell(socket, sender.subscribe(), frozen.clone()));
            }
        });
        Self {
            url,
            frames,
            is_frozen,
            connections,
        }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Sends a frame on all connections.
    pub fn say(&self, frame: impl ToString) {
        // Without a connection nobody hears it, as in life.
        drop(self.frames.send(Said::Text(frame.to_string())));
    }

    /// Ends all connections.
    pub fn hang_up(&self) {
        drop(self.frames.send(Said::HangUp));
    }

    /// From now on connections stay open and are as good as dead: nothing is sent, read or answered, not even pings.
    pub fn freeze(&self) {
        self.is_frozen.send_replace(true);
    }

    /// New connections work again; frozen ones stay so.
    pub fn thaw(&self) {
        self.is_frozen.send_replace(false);
    }
}

async fn tell(
    mut socket: WebSocketStream<TcpStream>,
    mut frames: broadcast::Receiver<Said>,
    mut frozen: watch::Receiver<bool>,
) {
    loop {
        if *frozen.borrow() {
            // Half open: it is held until the test ends.
            return std::future::pending().await;
        }
        tokio::select! {
            said = frames.recv() => match said {
                Ok(Said::Text(frame)) => if socket.send(Message::text(frame)).await.is_err() { return },
                Ok(Said::HangUp) | Err(_) => return,
            },
            message = socket.next() => if message.is_none() { return },
            changed = frozen.changed() => if changed.is_err() { return },
        }
    }
}
