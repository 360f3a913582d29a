//! The development inbox: an SMTP server inside the process that keeps what it gets, with a page to read it.
//!
//! For standalone installations, Compose and tests. It delivers nothing, keeps the newest 500 mails in memory and
//! asks nobody for a password, so it listens on loopback unless told otherwise.

mod mailbox;
mod pages;
mod smtp;

use std::{
    io,
    net::{IpAddr, SocketAddr, TcpListener},
    sync::Arc,
};

use anyhow::Context as _;
use serde::Deserialize;
use service_kit::config::Environment;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use mailbox::{Mail, Mailbox};

/// Where an inbox listens that nobody configured.
pub const DEFAULT_SMTP_URL: &str = "smtp://127.0.0.1:1025";

const DEFAULTS: &str = include_str!("inbox.toml");

/// Settings of the inbox.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InboxConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// For mails.
    pub smtp_port: u16,
    /// For people.
    pub http_port: u16,
}

impl InboxConfig {
    /// Reads the settings: defaults, the file's table `inbox`, variables `INBOX__SMTP_PORT` and so on.
    pub fn load(file: Option<&toml::Table>, environment: &Environment) -> anyhow::Result<Self> {
        service_kit::config::load("inbox", DEFAULTS, file, environment)
    }

    /// On free loopback ports, for tests.
    pub fn on_free_ports() -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            smtp_port: 0,
            http_port: 0,
        }
    }
}

/// An inbox that runs. Dropping it ends it.
pub struct Inbox {
    smtp: SocketAddr,
    http: SocketAddr,
    mailbox: Arc<Mailbox>,
    stop: CancellationToken,
    receiver: Option<JoinHandle<()>>,
    server: actix_web::dev::ServerHandle,
    pages: Option<JoinHandle<io::Result<()>>>,
}

/// Starts an inbox.
pub async fn start(config: InboxConfig) -> anyhow::Result<Inbox> {
    let smtp_listener = bind(config.host, config.smtp_port)?;
    let http_listener = bind(config.host, config.http_port)?;
    smtp_listener.set_nonblocking(true)?;
    let (smtp, http) = (smtp_listener.local_addr()?, http_listener.local_addr()?);
    let mailbox = Arc::new(Mailbox::default());
    let stop = CancellationToken::new();
    let listener = tokio::net::TcpListener::from_std(smtp_listener)?;
    let receiver = tokio::spawn(smtp::serve(listener, mailbox.clone(), stop.clone()));
    let (server, pages) = pages::serve(http_listener, mailbox.clone())?;
    tracing::info!(smtp = %smtp, http = %http, "the development inbox is open");
    Ok(Inbox {
        smtp,
        http,
        mailbox,
        stop,
        receiver: Some(receiver),
        server,
        pages: Some(pages),
    })
}

impl Inbox {
    /// The page for people.
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.http))
    }

    /// The `MAIL_URL` that leads here.
    pub fn smtp_url(&self) -> String {
        format!("smtp://{}", reachable(self.smtp))
    }

    /// What has come in.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Ends it in order.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        self.stop.cancel();
        self.server.stop(true).await;
        if let Some(receiver) = self.receiver.take() {
            receiver.await.context("the inbox's receiver died")?;
        }
        if let Some(pages) = self.pages.take() {
            pages.await.context("the inbox's pages died")??;
        }
        Ok(())
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.stop.cancel();
        // The command is sent at once; nobody waits for its end.
        drop(self.server.stop(false));
    }
}

/// An address that a client on this machine can connect to.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = if address.ip().is_unspecified() {
        IpAddr::from([127, 0, 0, 1])
    } else {
        address.ip()
    };
    SocketAddr::new(ip, address.port())
}

fn bind(host: IpAddr, port: u16) -> anyhow::Result<TcpListener> {
    match TcpListener::bind((host, port)) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            tracing::warn!(port, "the inbox's port is in use, a free one is taken");
            TcpListener::bind((host, 0)).context("the inbox can't listen")
        }
        outcome => outcome.with_context(|| format!("the inbox can't listen on {host}:{port}")),
    }
}

#[cfg(test)]
mod tests;
