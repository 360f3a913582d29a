use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection to an HTTP server that is kept, for benches: its own cost is small beside a server's.
pub struct Connection {
    socket: TcpStream,
    buffer: Vec<u8>,
}

/// What a server said.
#[derive(Debug)]
pub struct RawAnswer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body as it was sent.
    pub body: &'a [u8],
}

/// What the head of an answer tells.
#[derive(Clone, Copy)]
struct Head {
    status: u16,
    body_start: usize,
    body_end: usize,
}

impl Connection {
    /// Connects to `host:port`.
    ///
    /// # Panics
    /// When nobody is there.
    pub async fn open(address: &str) -> Self {
        let socket = TcpStream::connect(address).await.expect("a connection");
        socket.set_nodelay(true).expect("no delay");
        Self {
            socket,
            buffer: Vec::new(),
        }
    }

    /// Sends a request, as [`raw_request`] makes it, and reads its answer.
    ///
    /// # Panics
    /// When there is none, or one without a length.
    pub async fn ask(&mut self, request: &[u8]) -> RawAnswer<'_> {
        self.socket.write_all(request).await.expect("sent");
        self.buffer.clear();
        let mut head: Option<Head> = None;
        loop {
            let read = self.socket.read_buf(&mut self.buffer).await.expect("read");
            assert!(read > 0, "hung up");
            head = head.or_else(|| head_of(&self.buffer));
            if let Some(head) = head.filter(|head| self.buffer.len() >= head.body_end) {
                return RawAnswer {
                    status: head.status,
                    body: &self.buffer[head.body_start..head.body_end],
                };
            }
        }
    }
}

/// The head of the answer that begins like this, as soon as it is there.
fn head_of(answer: &[u8]) -> Option<Head> {
    let end = answer.windows(4).position(|end| end == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.expect("a length").trim().parse().expect("a length");
    Some(Head {
        status: status.expect("a status"),
        body_start: end + 4,
        body_end: end + 4 + length,
    })
}

/// A request as it goes over the line: these headers, and a body of JSON.
pub fn raw_request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n");
    for (name, value) in headers {
        text += &format!("{name}: {value}\r\n");
    }
    let body = body.map(Value::to_string);
    if let Some(body) = &body {
        text += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
    }
    text += "\r\n";
    text += &body.unwrap_or_default();
    text.into()
}
