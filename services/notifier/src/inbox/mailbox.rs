//! What the inbox keeps.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, SecondsFormat, Utc};
use mail_parser::{Address, MessageParser};
use serde::Serialize;
use uuid::Uuid;

const MAX_MAILS: usize = 500;
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// A mail as it came in.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Names it on the pages.
    pub id: Uuid,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The envelope's sender.
    pub sender: String,
    /// The envelope's recipients.
    pub recipients: Vec<String>,
    /// The message, byte for byte.
    pub source: Vec<u8>,
}

/// What a list shows of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    id: Uuid,
    received_at: String,
    from: String,
    to: Vec<String>,
    subject: String,
    size: usize,
}

/// What a reader shows of a mail.
#[derive(Debug, Clone, Serialize)]
pub struct Opened {
    #[serde(flatten)]
    summary: Summary,
    message_id: Option<String>,
    headers: Vec<(String, String)>,
    text: Option<String>,
    has_html: bool,
}

/// The newest mails.
#[derive(Debug, Default)]
pub struct Mailbox {
    mails: Mutex<VecDeque<Arc<Mail>>>,
}

impl Mailbox {
    /// Keeps a mail; the oldest make room.
    pub fn add(&self, mail: Mail) {
        let mut mails = self.lock();
        mails.push_front(Arc::new(mail));
        let mut bytes = 0;
        let kept = mails.iter().take(MAX_MAILS).take_while(|mail| {
            bytes += mail.source.len();
            bytes <= MAX_BYTES
        });
        let kept = kept.count().max(1);
        mails.truncate(kept);
    }

    /// The newest first; only those to recipients that contain `to`, where given.
    pub fn list(&self, to: Option<&str>, limit: usize) -> Vec<Arc<Mail>> {
        let wanted = to.map(str::to_lowercase);
        let is_wanted = |mail: &&Arc<Mail>| match &wanted {
            Some(wanted) => mail
                .recipients
                .iter()
                .any(|recipient| recipient.to_lowercase().contains(wanted)),
            None => true,
        };
        self.lock().iter().filter(is_wanted).take(limit).cloned().collect()
    }

    /// One mail.
    pub fn find(&self, id: Uuid) -> Option<Arc<Mail>> {
        self.lock().iter().find(|mail| mail.id == id).cloned()
    }

    /// Throws one away; `false` if it is not there.
    pub fn delete(&self, id: Uuid) -> bool {
        let mut mails = self.lock();
        let before = mails.len();
        mails.retain(|mail| mail.id != id);
        mails.len() < before
    }

    /// Throws all away.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Mail>>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mail {
    /// What a list shows.
    pub fn summary(&self) -> Summary {
        let parsed = MessageParser::new().parse_headers(&self.source);
        let from = parsed
            .as_ref()
            .and_then(|mail| mail.from())
            .map(display)
            .unwrap_or_else(|| self.sender.clone());
        Summary {
            id: self.id,
            received_at: self.received_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            from,
            to: self.recipients.clone(),
            subject: parsed
                .as_ref()
                .and_then(|mail| mail.subject())
                .unwrap_or_default()
                .to_owned(),
            size: self.source.len(),
        }
    }

    /// What a reader shows.
    pub fn open(&self) -> Opened {
        let parsed = MessageParser::new().parse(&self.source);
        let headers = parsed.as_ref().map(|mail| {
            mail.headers_raw()
                .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                .collect()
        });
        Opened {
            summary: self.summary(),
            message_id: parsed.as_ref().and_then(|mail| mail.message_id()).map(str::to_owned),
            headers: headers.unwrap_or_default(),
            text: self.text(),
            has_html: parsed.as_ref().is_some_and(|mail| mail.html_body_count() > 0),
        }
    }

    /// The body as text.
    pub fn text(&self) -> Option<String> {
        MessageParser::new()
            .parse(&self.source)?
            .body_text(0)
            .map(|text| text.into_owned())
    }

    /// The body as HTML.
    pub fn html(&self) -> Option<String> {
        MessageParser::new()
            .parse(&self.source)?
            .body_html(0)
            .map(|html| html.into_owned())
    }
}

fn display(address: &Address<'_>) -> String {
    let first = address.first();
    let part = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let (name, address) = first.map_or_else(Default::default, |first| (part(first.name()), part(first.address())));
    if name.is_empty() {
        address
    } else {
        format!("{name} <{address}>")
    }
}
