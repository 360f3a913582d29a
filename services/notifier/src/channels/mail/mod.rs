//! Mail transports: SMTP and files. The development inbox is reached by SMTP.

mod file;
mod smtp;

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use lettre::Message;
use secrecy::ExposeSecret;
use url::Url;
use uuid::Uuid;

pub use file::FileTransport;
pub use smtp::SmtpTransport;

use super::SendFailure;
use crate::config::Config;

/// A way to hand mails over.
#[async_trait]
pub trait MailTransport: Send + Sync {
    /// Hands one mail over; success means that the other side answers for it.
    async fn send(&self, delivery: Uuid, mail: &Message) -> Result<(), SendFailure>;
}

/// The transport that `MAIL_URL` names.
pub fn transport(config: &Config) -> anyhow::Result<Arc<dyn MailTransport>> {
    let raw = config.mail_url.expose_secret();
    // Where nobody started an inbox elsewhere, it listens on its usual port.
    let raw = if raw == "inbox:" {
        crate::inbox::DEFAULT_SMTP_URL
    } else {
        raw
    };
    let url = Url::parse(raw).context("MAIL_URL is no address")?;
    match url.scheme() {
        "file" => {
            let folder = url
                .to_file_path()
                .map_err(|()| anyhow::anyhow!("MAIL_URL must name a folder: file:///var/mail"))?;
            Ok(Arc::new(FileTransport::new(folder)?))
        }
        "smtp" | "smtps" => {
            let timeout = Duration::from_secs(config.mail.timeout_seconds.max(1));
            Ok(Arc::new(SmtpTransport::new(&url, timeout)?))
        }
        scheme => bail!("MAIL_URL has the unknown scheme {scheme}"),
    }
}
