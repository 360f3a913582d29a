//! A mail server that follows a script of faults.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Greeting,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// The whole mail has arrived; what is answered to the dot.
    Dot,
}

impl At {
    pub const ALL: [At; 6] = [At::Greeting, At::Ehlo, At::Mail, At::Rcpt, At::Data, At::Dot];
}

/// What happens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Code(u16),
    Hang,
    Cut,
    /// One byte a second.
    Drip,
}

/// The stub; it keeps every mail whose dot has arrived.
#[derive(Clone)]
pub struct SmtpStub {
    address: SocketAddr,
    script: Arc<Mutex<Option<(At, Fault)>>>,
    received: Arc<Mutex<Vec<String>>>,
}

impl SmtpStub {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("port");
        let stub = Self {
            address: listener.local_addr().expect("address"),
            script: Arc::default(),
            received: Arc::default(),
        };
        let serving = stub.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let session = serving.clone();
                tokio::spawn(async move { drop(session.serve(stream).await) });
            }
        });
        stub
    }

    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    pub fn set(&self, fault: Option<(At, Fault)>) {
        *self.script.lock().expect("lock") = fault;
    }

    /// The Message-IDs of what arrived, in order.
    pub fn message_ids(&self) -> Vec<String> {
        let received = self.received.lock().expect("lock");
        let id = |mail: &String| {
            mail.lines()
                .find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned))
                .unwrap_or_default()
        };
        received.iter().map(id).collect()
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        self.step(&mut stream, At::Greeting, "220 stub").await?;
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line.trim_end().to_ascii_uppercase();
            if verb.starts_with("EHLO") {
                self.step(&mut stream, At::Ehlo, "250 stub").await?;
            } else if verb.starts_with("MAIL") {
                self.step(&mut stream, At::Mail, "250 ok").await?;
            } else if verb.starts_with("RCPT") {
                self.step(&mut stream, At::Rcpt, "250 ok").await?;
            } else if verb == "DATA" {
                if self.step(&mut stream, At::Data, "354 go on").await? {
                    let mail = read_mail(&mut stream).await?;
                    self.received.lock().expect("lock").push(mail);
                    self.step(&mut stream, At::Dot, "250 kept").await?;
                }
            } else if verb == "NOOP" && self.wants_fresh_connection() {
                return Ok(());
            } else if verb == "QUIT" {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            } else {
                stream.write_all(b"250 ok\r\n").await?;
            }
        }
    }

    /// A kept connection would step over faults of its beginning.
    fn wants_fresh_connection(&self) -> bool {
        matches!(*self.script.lock().expect("lock"), Some((At::Greeting | At::Ehlo, _)))
    }

    /// Answers, or does what the script says; `false` after a refusal.
    async fn step(&self, stream: &mut BufReader<TcpStream>, at: At, answer: &str) -> std::io::Result<bool> {
        let fault = self
            .script
            .lock()
            .expect("lock")
            .filter(|(place, _)| *place == at)
            .map(|(_, fault)| fault);
        match fault {
            None => {
                stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
                Ok(true)
            }
            Some(Fault::Code(code)) => {
                stream
                    .write_all(format!("{code} the stub says so\r\n").as_bytes())
                    .await?;
                Ok(false)
            }
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Cut) => Err(std::io::ErrorKind::ConnectionReset.into()),
            Some(Fault::Drip) => {
                for byte in format!("{answer}\r\n").bytes() {
                    stream.write_all(&[byte]).await?;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Ok(true)
            }
        }
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(&line);
    }
}
