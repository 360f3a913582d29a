use std::{collections::HashMap, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

const PATIENCE: Duration = Duration::from_secs(30);

/// Somebody who listens at `/api/stream`.
pub struct Stream {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The number of each channel's last message.
    seqs: HashMap<String, u64>,
}

impl Stream {
    /// Connects.
    ///
    /// # Panics
    /// When the gateway refuses.
    pub async fn open(base: &str) -> Self {
        let url = format!("{}/api/stream", base.replacen("http", "ws", 1));
        let (socket, _) = connect_async(url).await.expect("a stream");
        Self {
            socket,
            seqs: HashMap::new(),
        }
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .await
            .expect("sent");
    }

    /// Subscribes to channels.
    pub async fn subscribe(&mut self, channels: &[&str]) {
        self.send(json!({"op": "subscribe", "channels": channels})).await;
    }

    /// The next message that fits; each channel's numbers are without gaps on the way there.
    ///
    /// # Panics
    /// When none comes in time, or a number is missing.
    pub async fn until(&mut self, what: &str, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let search = async {
            loop {
                let message = self.next().await;
                if fits(&message) {
                    return message;
                }
            }
        };
        let found = tokio::time::timeout(PATIENCE, search).await;
        found.unwrap_or_else(|_| panic!("never heard: {what}"))
    }

    /// The next snapshot of a channel.
    pub async fn snapshot(&mut self, channel: &str) -> Value {
        let fits = |message: &Value| message["channel"] == channel && message["type"] == "snapshot";
        self.until(&format!("the snapshot of {channel}"), fits).await["data"].clone()
    }

    /// Reads to the end; the code of the goodbye.
    pub async fn goodbye(&mut self) -> u16 {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            if let Message::Close(frame) = message.expect("in time").expect("a goodbye").expect("a sound one") {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }

    async fn next(&mut self) -> Value {
        self.hear().await.expect("a message")
    }

    /// The next message; `None` behind the last one. Each channel's numbers are without gaps.
    ///
    /// # Panics
    /// When a number is missing.
    pub async fn hear(&mut self) -> Option<Value> {
        loop {
            let Message::Text(text) = self.socket.next().await?.ok()? else {
                continue;
            };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            if let Some(channel) = message["channel"].as_str() {
                self.check(channel, &message);
            }
            return Some(message);
        }
    }

    fn check(&mut self, channel: &str, message: &Value) {
        let seq = message["seq"].as_u64().expect("a number");
        let before = self.seqs.insert(channel.to_owned(), seq);
        let is_first = message["type"] == "snapshot" && seq == 1;
        assert!(
            is_first || before == Some(seq - 1),
            "{channel}: {seq} follows {before:?}"
        );
    }
}
