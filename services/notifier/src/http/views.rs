//! What answers show.

use domain::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{Channel, DeliveryState, Kind},
    store::{
        deliveries::{AttemptRow, DeliveryRow},
        delivery_log::LoggedDelivery,
        notifications::NotificationRow,
    },
};

/// A message to the user.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationView {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    #[schema(value_type = Kind)]
    pub kind: String,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// The ids of what it is about, and the evidence.
    #[schema(value_type = Object)]
    pub data: Value,
    /// Whether it was read.
    pub read: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<NotificationRow> for NotificationView {
    fn from(row: NotificationRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title,
            message: row.message,
            data: row.data,
            read: row.read_at.is_some(),
            created_at: row.created_at.into(),
        }
    }
}

/// What has become of a notification on one channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// The way.
    #[schema(value_type = Channel)]
    pub channel: String,
    /// How it stands.
    #[schema(value_type = DeliveryState)]
    pub state: String,
    /// Tries so far.
    pub attempts: i32,
    /// Why the last try failed, or why it is suppressed.
    #[schema(required)]
    pub last_error: Option<String>,
    /// When it is tried next.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub next_attempt_at: Option<Timestamp>,
    /// When it was accepted.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub sent_at: Option<Timestamp>,
    /// Every try.
    pub history: Vec<AttemptView>,
}

/// An entry of the log of deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedDeliveryView {
    /// Its id; a mail's Message-ID and a webhook's `webhook-id` are made of it.
    pub id: Uuid,
    /// The notification that it tells; null for a mail of the account, a link to confirm an address for example.
    #[schema(required)]
    pub notification_id: Option<Uuid>,
    /// What that is about.
    #[schema(required, value_type = Option<Kind>)]
    pub kind: Option<String>,
    /// Its title.
    #[schema(required)]
    pub title: Option<String>,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// What has become of it.
    #[serde(flatten)]
    pub delivery: DeliveryView,
}

impl From<LoggedDelivery> for LoggedDeliveryView {
    fn from(logged: LoggedDelivery) -> Self {
        let (kind, title) = logged.about.unzip();
        Self {
            id: logged.delivery.id,
            notification_id: logged.delivery.notification_id,
            kind,
            title,
            created_at: logged.delivery.created_at.into(),
            delivery: DeliveryView::new(logged.delivery, logged.attempts),
        }
    }
}

/// One try.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When its outcome was known.
    #[schema(value_type = String, format = DateTime)]
    pub ended_at: Timestamp,
    /// `sent`, `temporary`, `permanent` or `suppressed`.
    pub outcome: String,
    /// What went wrong.
    #[schema(required)]
    pub error: Option<String>,
}

impl DeliveryView {
    /// A delivery with its tries.
    pub fn new(row: DeliveryRow, attempts: Vec<AttemptRow>) -> Self {
        let history = attempts.into_iter().map(|attempt| AttemptView {
            started_at: attempt.started_at.into(),
            ended_at: attempt.ended_at.into(),
            outcome: attempt.outcome,
            error: attempt.error,
        });
        Self {
            channel: row.channel,
            state: row.state,
            attempts: row.attempts,
            last_error: row.last_error,
            next_attempt_at: row.next_attempt_at.map(Timestamp::from),
            sent_at: row.sent_at.map(Timestamp::from),
            history: history.collect(),
        }
    }

    /// The list in the web app is a channel too: what stands in it has arrived.
    pub fn in_app(row: &NotificationRow) -> Self {
        Self {
            channel: Channel::InApp.as_str().to_owned(),
            state: DeliveryState::Sent.as_str().to_owned(),
            attempts: 1,
            last_error: None,
            next_attempt_at: None,
            sent_at: Some(row.created_at.into()),
            history: Vec::new(),
        }
    }
}
