use std::time::Duration;

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    transport::smtp::{
        Error as SmtpError, PoolConfig,
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use super::MailTransport;
use crate::channels::SendFailure;

/// Hands mails to a mail server, over a pool of connections.
pub struct SmtpTransport {
    pool: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

impl SmtpTransport {
    /// `smtps://` is encrypted from the start; `smtp://` as soon as the server offers it (`?tls=required` insists).
    pub fn new(url: &Url, connections: usize, limit: Duration) -> anyhow::Result<Self> {
        let host = url
            .host_str()
            .context("MAIL_URL has no host")?
            .trim_matches(['[', ']'])
            .to_owned();
        let parameters = || TlsParameters::new(host.clone()).context("TLS for MAIL_URL");
        let wish = url
            .query_pairs()
            .find(|(name, _)| name == "tls")
            .map(|(_, value)| value.into_owned());
        let (tls, port) = match (url.scheme(), wish.as_deref()) {
            ("smtps", None) => (Tls::Wrapper(parameters()?), 465),
            ("smtp", None | Some("opportunistic")) => (Tls::Opportunistic(parameters()?), 25),
            ("smtp", Some("required")) => (Tls::Required(parameters()?), 587),
            ("smtp", Some("off")) => (Tls::None, 25),
            _ => bail!("MAIL_URL must be smtps://… or smtp://… with ?tls=opportunistic, required or off"),
        };
        let pool = PoolConfig::new()
            .max_size(u32::try_from(connections.max(1)).unwrap_or(u32::MAX))
            .idle_timeout(Duration::from_secs(30));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(url.port().unwrap_or(port))
            .tls(tls)
            .timeout(Some(limit.min(Duration::from_secs(20))))
            .pool_config(pool);
        if !url.username().is_empty() {
            let decode = |text: &str| percent_decode(text).context("MAIL_URL's name or password is badly encoded");
            builder = builder.credentials(Credentials::new(
                decode(url.username())?,
                decode(url.password().unwrap_or_default())?,
            ));
        }
        Ok(Self {
            pool: builder.build(),
            timeout: limit,
        })
    }
}

#[async_trait]
impl MailTransport for SmtpTransport {
    async fn send(&self, _delivery: Uuid, mail: &Message) -> Result<(), SendFailure> {
        // Each command has its own limit; a server that drips one byte a second would fulfil them all.
        match timeout(self.timeout, self.pool.send(mail.clone())).await {
            Ok(Ok(_)) => Ok(()),
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
