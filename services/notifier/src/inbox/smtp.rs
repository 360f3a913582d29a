//! Just enough of an SMTP server to receive: no relaying, no passwords, bounded in every direction.

use std::{sync::Arc, time::Duration};

use chrono::Utc;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::mailbox::{Mail, Mailbox};

const MAX_CONNECTIONS: usize = 200;
const MAX_LINE: u64 = 8 * 1024;
const MAX_MAIL: usize = 16 * 1024 * 1024;
const MAX_RECIPIENTS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(120);

/// Receives until it is told to stop.
pub async fn serve(listener: TcpListener, mailbox: Arc<Mailbox>, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut sessions = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
            Some(_) = sessions.join_next() => continue,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file handles, most likely: they come back.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (places, mailbox) = (places.clone(), mailbox.clone());
        sessions.spawn(async move {
            let Ok(_place) = places.acquire().await else { return };
            if let Err(error) = Session::new(stream, mailbox).run().await {
                tracing::debug!(%error, "an SMTP session broke off");
            }
        });
    }
}

struct Session {
    stream: BufReader<TcpStream>,
    mailbox: Arc<Mailbox>,
    sender: Option<String>,
    recipients: Vec<String>,
}

enum Flow {
    Continue,
    Quit,
}

impl Session {
    fn new(stream: TcpStream, mailbox: Arc<Mailbox>) -> Self {
        Self {
            stream: BufReader::new(stream),
            mailbox,
            sender: None,
            recipients: Vec::new(),
        }
    }

    async fn run(mut self) -> std::io::Result<()> {
        self.stream.get_ref().set_nodelay(true)?;
        self.answer("220 candlewick inbox").await?;
        while let Some(line) = self.line().await? {
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            if matches!(self.obey(&line).await?, Flow::Quit) {
                break;
            }
        }
        Ok(())
    }

    async fn obey(&mut self, line: &str) -> std::io::Result<Flow> {
        let upper = line.to_ascii_uppercase();
        if upper.starts_with("EHLO") {
            self.reset();
            self.answer(&format!(
                "250-candlewick\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 SIZE {MAX_MAIL}"
            ))
            .await?;
        } else if upper.starts_with("HELO") || upper == "RSET" {
            self.reset();
            self.answer("250 ok").await?;
        } else if upper.starts_with("MAIL FROM:") {
            self.reset();
            self.sender = Some(address(&line[10..]));
            self.answer("250 ok").await?;
        } else if upper.starts_with("RCPT TO:") {
            let answer = if self.sender.is_none() {
                "503 MAIL first"
            } else if self.recipients.len() >= MAX_RECIPIENTS {
                "452 too many recipients"
            } else {
                self.recipients.push(address(&line[8..]));
                "250 ok"
            };
            self.answer(answer).await?;
        } else if upper == "DATA" {
            if self.recipients.is_empty() {
                self.answer("503 RCPT first").await?;
            } else {
                return self.receive().await;
            }
        } else if upper == "NOOP" {
            self.answer("250 ok").await?;
        } else if upper == "QUIT" {
            self.answer("221 bye").await?;
            return Ok(Flow::Quit);
        } else {
            self.answer("502 unknown command").await?;
        }
        Ok(Flow::Continue)
    }

    async fn receive(&mut self) -> std::io::Result<Flow> {
        self.answer("354 go on, end with a dot").await?;
        let mut source = Vec::new();
        loop {
            let Some(line) = self.line().await? else {
                return Ok(Flow::Quit);
            };
            if line == b".\r\n" || line == b".\n" {
                break;
            }
            let line = line.strip_prefix(b".").unwrap_or(&line);
            if source.len() + line.len() > MAX_MAIL {
                self.answer("552 the mail is too long").await?;
                return Ok(Flow::Quit);
            }
            source.extend_from_slice(line);
        }
        let id = Uuid::now_v7();
        let mail = Mail {
            id,
            received_at: Utc::now(),
            sender: self.sender.take().unwrap_or_default(),
            recipients: std::mem::take(&mut self.recipients),
            source,
        };
        self.mailbox.add(mail);
        self.answer(&format!("250 kept as {id}")).await?;
        Ok(Flow::Continue)
    }

    fn reset(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    /// The next line with its end; `None` when the other side is gone.
    async fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = async { (&mut self.stream).take(MAX_LINE).read_until(b'\n', &mut line).await };
        match timeout(PATIENCE, read).await {
            Ok(Ok(0)) => Ok(None),
            Ok(Ok(_)) => Ok(Some(line)),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
        }
    }

    async fn answer(&mut self, text: &str) -> std::io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await
    }
}

/// The address between angle brackets, without parameters.
fn address(raw: &str) -> String {
    let raw = raw.trim();
    let inner = raw
        .strip_prefix('<')
        .and_then(|rest| rest.split_once('>'))
        .map(|(inner, _)| inner);
    inner
        .unwrap_or_else(|| raw.split_whitespace().next().unwrap_or_default())
        .to_owned()
}
