use domain::{AlertId, AssetId, FiringId, NotificationId, Price, Source, Symbol, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::event;

/// An alert's condition was met, and its owner is to be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertFired {
    /// This firing.
    pub firing_id: FiringId,
    /// The alert.
    pub alert_id: AlertId,
    /// The alert's version that fired.
    pub alert_version: u32,
    /// Whose alert.
    pub user_id: UserId,
    /// Names the occasion: `seq:<n>` or `bar:<interval>:<start_ms>`.
    pub trigger_key: String,
    /// The asset.
    pub asset_id: AssetId,
    /// Its ticker at the time.
    pub symbol: Symbol,
    /// Its name at the time.
    pub asset_name: String,
    /// The condition, in the API's form.
    pub condition: serde_json::Value,
    /// The owner's note.
    pub note: Option<String>,
    /// Where to tell it: `in_app`, `email`, …
    pub channels: Vec<String>,
    /// The price before.
    pub previous_price: Option<Price>,
    /// The price that met the condition.
    pub price: Price,
    /// Who said it.
    pub source: Source,
    /// When the price was made.
    pub event_at: Timestamp,
    /// When Candlewick received it.
    pub received_at: Timestamp,
    /// When the alert was decided.
    pub evaluated_at: Timestamp,
    /// It was found after the fact, because of a gap.
    pub late: bool,
    /// It was found in the low and high of a range, not in a price itself.
    pub from_candle_range: bool,
    /// The indicator's value before, where the condition is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_value: Option<f64>,
    /// The indicator's value that met the condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}
event!(AlertFired, "alert.fired", 1, Durable, |event| event
    .alert_id
    .uuid()
    .to_string());

/// An alert's time ran out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertExpired {
    /// The alert.
    pub alert_id: AlertId,
    /// Whose alert.
    pub user_id: UserId,
    /// The asset.
    pub asset_id: AssetId,
    /// Its ticker.
    pub symbol: Symbol,
    /// The condition, in the API's form.
    pub condition: serde_json::Value,
    /// The owner's note.
    pub note: Option<String>,
    /// Where to tell it.
    pub channels: Vec<String>,
    /// When it ran out.
    pub expired_at: Timestamp,
}
event!(AlertExpired, "alert.expired", 1, Durable, |event| event
    .alert_id
    .uuid()
    .to_string());

/// An alert cannot be judged, because prices are missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertNoData {
    /// The alert.
    pub alert_id: AlertId,
    /// Whose alert.
    pub user_id: UserId,
    /// The asset.
    pub asset_id: AssetId,
    /// Its ticker.
    pub symbol: Symbol,
    /// The condition, in the API's form.
    pub condition: serde_json::Value,
    /// Where to tell it.
    pub channels: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}
event!(AlertNoData, "alert.no_data", 1, Durable, |event| event
    .alert_id
    .uuid()
    .to_string());

/// An alert fired so often that it was paused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertPaused {
    /// The alert.
    pub alert_id: AlertId,
    /// Whose alert.
    pub user_id: UserId,
    /// The asset.
    pub asset_id: AssetId,
    /// Its ticker.
    pub symbol: Symbol,
    /// The condition, in the API's form.
    pub condition: serde_json::Value,
    /// Where to tell it.
    pub channels: Vec<String>,
    /// When.
    pub paused_at: Timestamp,
    /// How often it had fired within the storm guard's window.
    pub fires: u32,
}
event!(AlertPaused, "alert.paused", 1, Durable, |event| event
    .alert_id
    .uuid()
    .to_string());

/// A user has a new notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationCreated {
    /// The notification.
    pub notification_id: NotificationId,
    /// Whose.
    pub user_id: UserId,
    /// Its kind, such as `alert_fired`.
    pub kind: String,
    /// Its headline.
    pub title: String,
    /// Its text.
    pub message: String,
    /// The ids of what it is about.
    pub data: serde_json::Value,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many unread ones the user has with it.
    pub unread: u64,
}
event!(NotificationCreated, "notification.created", 1, Durable, |event| event
    .notification_id
    .uuid()
    .to_string());

/// A notification that stands in no list of the web app went out by another channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationSent {
    /// The notification.
    pub notification_id: NotificationId,
    /// Whose.
    pub user_id: UserId,
    /// Its kind, such as `alert_fired`.
    pub kind: String,
    /// The ids of what it is about.
    pub data: serde_json::Value,
    /// The channel that took it, such as `email`.
    pub channel: String,
    /// When the channel took it.
    pub sent_at: Timestamp,
}
event!(NotificationSent, "notification.sent", 1, Durable, |event| event
    .notification_id
    .uuid()
    .to_string());
