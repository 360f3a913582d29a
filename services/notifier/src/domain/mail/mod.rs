//! Mails: subject, headers and both bodies, from values alone.

mod account;
mod evidence;

use std::time::{Duration, SystemTime};

use domain::{Timestamp, UserId};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use minijinja::Environment;
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{Kind, Locale, UnsubscribeTokens, text::clean_line};

/// The longest subject.
const SUBJECT_CHARS: usize = 150;

/// Why a mail can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The recipient's address is none.
    #[error("the recipient's address is not valid")]
    Recipient(#[source] lettre::address::AddressError),
    /// `MAIL_FROM` is no address.
    #[error("MAIL_FROM is no address such as Candlewick <noreply@example.com>")]
    Sender(#[source] lettre::address::AddressError),
    /// The mail needs a token and none was given.
    #[error("the mail's token is missing")]
    Token,
    /// A template failed.
    #[error("a mail template failed")]
    Template(#[from] minijinja::Error),
    /// The parts don't make a mail.
    #[error("the mail can't be put together")]
    Build(#[from] lettre::error::Error),
}

/// To whom a mail goes, and under which names it travels.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The delivery; makes the Message-ID, so that every try carries the same.
    pub delivery_id: Uuid,
    /// Whose mail it is.
    pub user_id: UserId,
    /// Where it goes.
    pub to: String,
    /// How to address the reader.
    pub name: String,
    /// The reader's language.
    pub locale: Locale,
    /// Runs from the request that caused it to this mail.
    pub correlation_id: Uuid,
    /// The moment of writing.
    pub now: Timestamp,
}

/// A notification as a mail tells it.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is about.
    pub kind: Kind,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// Ids and evidence.
    pub data: Value,
    /// When it was made.
    pub created_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Fact {
    label: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct Button {
    label: &'static str,
    url: String,
}

/// Writes mails.
pub struct Composer {
    templates: Environment<'static>,
    from: Mailbox,
    public_url: String,
    unsubscribe: UnsubscribeTokens,
}

impl Composer {
    /// For one sender and one web app.
    pub fn new(from: &str, public_url: &Url, unsubscribe: UnsubscribeTokens) -> Result<Self, ComposeError> {
        let mut templates = Environment::new();
        let syntax = minijinja::syntax::SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?;
        templates.set_syntax(syntax);
        for (name, source) in TEMPLATES {
            templates.add_template(name, source)?;
        }
        let from = from.parse().map_err(ComposeError::Sender)?;
        Ok(Self {
            templates,
            from,
            public_url: public_url.as_str().trim_end_matches('/').to_owned(),
            unsubscribe,
        })
    }

    /// A mail for one notification.
    pub fn notification(&self, envelope: &Envelope, item: &Item) -> Result<Message, ComposeError> {
        let locale = envelope.locale;
        let values = values(json!({
            "locale": locale.tag(),
            "title": item.title,
            "message": item.message,
            "facts": evidence::facts(item, locale),
            "button": evidence::button(item, locale, &self.public_url),
            "unsubscribe": self.unsubscribe_page(envelope.user_id, item.kind),
            "words": evidence::frame(locale),
        }));
        self.mail(
            envelope,
            &item.title,
            "notification",
            values,
            self.unsubscribe_link(envelope.user_id, item.kind),
        )
    }

    /// One mail for many notifications; it names each of them.
    pub fn digest(&self, envelope: &Envelope, title: &str, items: &[Item]) -> Result<Message, ComposeError> {
        let locale = envelope.locale;
        let row =
            |item: &Item| json!({"title": item.title, "message": item.message, "at": locale.moment(item.created_at)});
        let rows: Vec<Value> = items.iter().map(row).collect();
        let values = values(json!({
            "locale": locale.tag(),
            "title": title,
            "items": rows,
            "button": Button { label: locale.pick("Open notifications", "Ouvrir les notifications"), url: self.link("/notifications") },
            "unsubscribe": self.unsubscribe_page(envelope.user_id, Kind::Digest),
            "words": evidence::frame(locale),
        }));
        self.mail(
            envelope,
            title,
            "digest",
            values,
            self.unsubscribe_link(envelope.user_id, Kind::Digest),
        )
    }

    /// The address of the one-click unsubscribe route, for mails that can be stopped.
    fn unsubscribe_link(&self, user: UserId, kind: Kind) -> Option<String> {
        // Security and test mails are not subscriptions.
        (!kind.is_urgent()).then(|| {
            self.link(&format!(
                "/api/notifications/unsubscribe/?token={}",
                self.unsubscribe.token(user)
            ))
        })
    }

    fn unsubscribe_page(&self, user: UserId, kind: Kind) -> Option<String> {
        self.unsubscribe_link(user, kind)
    }

    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    fn mail(
        &self,
        envelope: &Envelope,
        subject: &str,
        template: &str,
        values: minijinja::Value,
        unsubscribe: Option<String>,
    ) -> Result<Message, ComposeError> {
        let text = self
            .templates
            .get_template(&format!("{template}.txt"))?
            .render(values.clone())?;
        let html = self
            .templates
            .get_template(&format!("{template}.html"))?
            .render(values)?;
        let address: Address = envelope.to.parse().map_err(ComposeError::Recipient)?;
        let name = clean_line(&envelope.name, 100);
        let millis = u64::try_from(envelope.now.millis()).unwrap_or(0);
        let mut mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new((!name.is_empty()).then_some(name), address))
            .subject(clean_line(subject, SUBJECT_CHARS))
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
            .message_id(Some(format!("<{}@{}>", envelope.delivery_id, self.from.email.domain())))
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
            .raw_header(header("X-Correlation-Id", envelope.correlation_id.to_string()));
        if let Some(link) = unsubscribe {
            mail = mail
                .raw_header(header("List-Unsubscribe", format!("<{link}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        Ok(mail.multipart(MultiPart::alternative_plain_html(text, html))?)
    }
}

fn values(values: Value) -> minijinja::Value {
    minijinja::Value::from(minijinja::value::Serde(values))
}

/// A header whose value is ours and plain ASCII. Long links must not be folded: some readers don't unfold them.
fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

const TEMPLATES: [(&str, &str); 7] = [
    ("layout.html", include_str!("../../templates/layout.html")),
    ("notification.html", include_str!("../../templates/notification.html")),
    ("notification.txt", include_str!("../../templates/notification.txt")),
    ("digest.html", include_str!("../../templates/digest.html")),
    ("digest.txt", include_str!("../../templates/digest.txt")),
    ("account.html", include_str!("../../templates/account.html")),
    ("account.txt", include_str!("../../templates/account.txt")),
];

#[cfg(test)]
mod tests;
