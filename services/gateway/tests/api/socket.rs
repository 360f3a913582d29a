//! A WebSocket client as programs use it.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

const PATIENCE: Duration = Duration::from_secs(20);

/// One connection.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects, with these headers.
    pub async fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let url = format!("{}/api/stream", url.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        Ok(Self(connect_async(request).await?.0))
    }

    /// Sends a message.
    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends a text.
    pub async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.expect("sent");
    }

    /// Sends any message.
    pub async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.expect("sent");
    }

    /// Subscribes to channels.
    pub async fn subscribe(&mut self, channels: &[&str]) {
        self.send(&json!({"op": "subscribe", "channels": channels})).await;
    }

    /// The next message of the server; pings are answered on the way.
    pub async fn next(&mut self) -> Value {
        match self.next_raw().await {
            Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("{other:?} is no text"),
        }
    }

    /// The next message of the server, goodbyes included.
    pub async fn next_raw(&mut self) -> Message {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
            match next
                .expect("a message in time")
                .expect("a message")
                .expect("a sound one")
            {
                Message::Ping(_) => {}
                other => return other,
            }
        }
    }

    /// The next message of a channel; others are passed over.
    pub async fn next_of(&mut self, channel: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["channel"] == channel {
                return message;
            }
        }
    }

    /// The code of the goodbye; what comes before it is passed over.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.next_raw().await {
                let CloseFrame { code, .. } = frame.expect("a reason");
                return CloseCode::into(code);
            }
        }
    }

    /// Whether nothing comes for a while.
    pub async fn is_quiet(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.0.next()).await.is_err()
    }
}

/// What a client that says nothing and answers nothing is sent until the connection ends.
pub async fn read_in_silence(url: &str) -> Vec<u8> {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(handshake(address).as_bytes()).await.expect("sent");
    let mut read = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut read))
        .await
        .expect("the end in time")
        .expect("read");
    read
}

/// A client that reads nothing, and through whose socket little fits.
pub struct Deaf(TcpStream);

impl Deaf {
    /// Connects; `None` where there is no place.
    pub async fn open(url: &str) -> Option<Self> {
        let address = url.trim_start_matches("http://");
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("set");
        let mut stream = socket
            .connect(address.parse().expect("an address"))
            .await
            .expect("a connection");
        stream.write_all(handshake(address).as_bytes()).await.expect("sent");
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.expect("an answer");
        (&status == b"HTTP/1.1 101").then_some(Self(stream))
    }

    /// Asks for more than any buffer on the way holds.
    pub async fn ask_again_and_again(&mut self) {
        let text = br#"{"op":"subscribe","channels":["ticker:*"]}"#;
        let mut frame = vec![0x81, 0x80 | u8::try_from(text.len()).expect("short"), 0, 0, 0, 0];
        frame.extend_from_slice(text);
        for _ in 0..20 {
            self.0.write_all(&frame).await.expect("sent");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn handshake(address: &str) -> String {
    format!(
        "GET /api/stream HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n"
    )
}
