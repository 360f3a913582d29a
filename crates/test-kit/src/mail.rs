use std::{net::Ipv4Addr, time::Duration};

use mailcrab::MailMessage;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Whom the envelope names.
    pub recipients: Vec<String>,
    /// The whole message as it was sent.
    pub source: String,
}

/// An SMTP server that keeps what it gets for one test.
pub struct MailSink {
    port: u16,
    received: broadcast::Receiver<MailMessage>,
    stop: CancellationToken,
}

impl MailSink {
    /// Listens on a free loopback port.
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let (sender, received) = broadcast::channel(1_024);
        let stop = CancellationToken::new();
        tokio::spawn(mailcrab::mail_server(
            Ipv4Addr::LOCALHOST.into(),
            port,
            sender,
            false,
            stop.clone(),
        ));
        let is_up = async || {
            tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .await
                .ok()
                .map(drop)
        };
        crate::eventually("the mail sink listens", is_up).await;
        Self { port, received, stop }
    }

    /// The `MAIL_URL` of this sink.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next mail to `address`; others are passed over.
    ///
    /// # Panics
    /// When none comes within 30 s.
    pub async fn next_to(&mut self, address: &str) -> Mail {
        let search = async {
            loop {
                let message = self.received.recv().await.expect("the sink runs");
                if message
                    .envelope_recipients
                    .iter()
                    .any(|recipient| recipient.contains(address))
                {
                    let source = String::from_utf8_lossy(&message.raw_bytes().unwrap_or_default()).into_owned();
                    return Mail {
                        recipients: message.envelope_recipients,
                        source,
                    };
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), search)
            .await
            .unwrap_or_else(|_| panic!("no mail to {address} within 30 s"))
    }
}

impl Drop for MailSink {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
