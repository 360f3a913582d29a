use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use lettre::{
    Message,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use tokio::time::{Instant, timeout};
use url::Url;
use uuid::Uuid;

use super::MailTransport;
use crate::channels::SendFailure;

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(30);
/// How long a kept connection may take to show that it lives.
const PROBE: Duration = Duration::from_secs(2);

/// Hands mails to a mail server, over connections that are kept for a while.
///
/// A connection goes back to the others only after a mail was accepted on it. One that was given up halfway still owes
/// an answer, which the next mail would take for its own; so it is dropped.
pub struct SmtpTransport {
    host: String,
    port: u16,
    encryption: Encryption,
    tls: TlsParameters,
    credentials: Option<Credentials>,
    hello: ClientId,
    limit: Duration,
    kept: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    FromTheStart,
    Required,
    WhereOffered,
    Off,
}

impl SmtpTransport {
    /// `smtps://` is encrypted from the start; `smtp://` as soon as the server offers it (`?tls=required` insists).
    pub fn new(url: &Url, limit: Duration) -> anyhow::Result<Self> {
        let host = url
            .host_str()
            .context("MAIL_URL has no host")?
            .trim_matches(['[', ']'])
            .to_owned();
        let wish = url
            .query_pairs()
            .find(|(name, _)| name == "tls")
            .map(|(_, value)| value.into_owned());
        let (encryption, port) = match (url.scheme(), wish.as_deref()) {
            ("smtps", None) => (Encryption::FromTheStart, 465),
            ("smtp", None | Some("opportunistic")) => (Encryption::WhereOffered, 25),
            ("smtp", Some("required")) => (Encryption::Required, 587),
            ("smtp", Some("off")) => (Encryption::Off, 25),
            _ => bail!("MAIL_URL must be smtps://… or smtp://… with ?tls=opportunistic, required or off"),
        };
        let decode = |text: &str| percent_decode(text).context("MAIL_URL's name or password is badly encoded");
        let credentials = match url.username() {
            "" => None,
            name => Some(Credentials::new(
                decode(name)?,
                decode(url.password().unwrap_or_default())?,
            )),
        };
        Ok(Self {
            tls: TlsParameters::new(host.clone()).context("TLS for MAIL_URL")?,
            host,
            port: url.port().unwrap_or(port),
            encryption,
            credentials,
            hello: ClientId::default(),
            limit,
            kept: Mutex::default(),
        })
    }

    async fn hand_over(&self, mail: &Message) -> Result<(), SmtpError> {
        let mut connection = match self.living().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        connection.send(mail.envelope(), &mail.formatted()).await?;
        self.lock().push((connection, Instant::now()));
        Ok(())
    }

    /// A kept connection that still answers.
    async fn living(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.lock().pop()?;
            if since.elapsed() < IDLE && timeout(PROBE, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let wrapper = (self.encryption == Encryption::FromTheStart).then(|| self.tls.clone());
        let address = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.limit), &self.hello, wrapper, None).await?;
        let is_wanted = match self.encryption {
            Encryption::Required => true,
            Encryption::WhereOffered => connection.can_starttls(),
            Encryption::FromTheStart | Encryption::Off => false,
        };
        if is_wanted {
            connection.starttls(self.tls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl MailTransport for SmtpTransport {
    async fn send(&self, _delivery: Uuid, mail: &Message) -> Result<(), SendFailure> {
        // One limit for everything: a server that drips one byte a second would fulfil a limit for each command.
        match timeout(self.limit, self.hand_over(mail)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(judge(&error)),
            Err(_) => Err(SendFailure::temporary("the mail server took too long")),
        }
    }
}

/// Codes by which a server refuses *us*, not the recipient: an operator can mend that, so the mail is kept.
const OURS: [u16; 5] = [421, 530, 534, 535, 538];

fn judge(error: &SmtpError) -> SendFailure {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let is_temporary = error.is_transient() || OURS.contains(&code);
        return SendFailure {
            is_temporary,
            reason: format!("the mail server answered {code}"),
            retry_after: None,
            is_gone: false,
        };
    }
    let reason = if error.is_timeout() {
        "the mail server took too long"
    } else if error.is_tls() {
        "the mail server's encryption can't be trusted"
    } else if error.is_response() {
        "the mail server's answer can't be read"
    } else {
        "the connection to the mail server failed"
    };
    SendFailure::temporary(reason)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let value = digit(rest.next())? * 16 + digit(rest.next())?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}
