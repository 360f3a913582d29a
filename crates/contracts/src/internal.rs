//! Shapes of the routes below `/internal`, by which a service fills its copy of another's data.

use domain::{AssetId, Candle, Price, PriceRange, Quantity, SessionId, Source, Tick, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Role, Scope,
    events::{AssetFacts, MailKind, UserFacts},
};

/// All assets, of market-data's `/internal/assets`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetSnapshot {
    /// Every asset, disabled ones too.
    pub assets: Vec<AssetFacts>,
}

/// The newest price of an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceFacts {
    /// The asset.
    pub asset_id: AssetId,
    /// The price in USD.
    pub price: Price,
    /// Who said it.
    pub source: Source,
    /// When it was made.
    pub event_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// The number of its tick.
    pub seq: u64,
    /// The price a day before, by the feed's own time; `None` where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_ago: Option<Price>,
}

/// The newest prices, of market-data's `/internal/prices`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceSnapshot {
    /// One for each asset that has a price.
    pub prices: Vec<PriceFacts>,
    /// After how many milliseconds without news a price of each source is stale.
    pub stale_after_ms: Vec<(Source, u64)>,
}

/// Candles of one asset and interval, of market-data's
/// `/internal/candles?asset=&interval=&from=&to=&limit=`: with `from` the oldest, else the newest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandleSnapshot {
    /// Closed candles, oldest first.
    pub candles: Vec<Candle>,
    /// The candle that is still being made.
    pub open: Option<Candle>,
}

/// A stored tick of the asset that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TickFacts {
    /// Its number.
    pub seq: u64,
    /// When the price was made.
    pub event_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// The price in USD.
    pub price: Price,
    /// How much was traded.
    pub quantity: Option<Quantity>,
    /// The extremes since the tick before it.
    pub range: Option<PriceRange>,
    /// Who said so.
    pub source: Source,
    /// It is older than a tick before it.
    pub is_late: bool,
}

/// One page of ticks, of market-data's `/internal/ticks?asset=&from=&to=&after=&limit=`, by event time and number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TickPage {
    /// The ticks.
    pub ticks: Vec<TickFacts>,
    /// Ask for the next page with `?after=` this; `None` on the last.
    pub next: Option<String>,
    /// The event time of the asset's oldest tick that is stored at all; before it there are candles only.
    pub stored_from: Option<Timestamp>,
    /// The number of the asset's newest stored tick: what is behind it is not stored yet. 0 where there is none.
    pub stored_seq: u64,
}

impl From<Tick> for TickFacts {
    fn from(tick: Tick) -> Self {
        let Tick {
            seq,
            event_at,
            received_at,
            price,
            quantity,
            range,
            source,
            is_late,
            asset: _,
        } = tick;
        Self {
            seq,
            event_at,
            received_at,
            price,
            quantity,
            range,
            source,
            is_late,
        }
    }
}

impl TickFacts {
    /// As a tick of `asset`.
    pub fn into_tick(self, asset: AssetId) -> Tick {
        let Self {
            seq,
            event_at,
            received_at,
            price,
            quantity,
            range,
            source,
            is_late,
        } = self;
        Tick {
            asset,
            seq,
            event_at,
            received_at,
            price,
            quantity,
            range,
            source,
            is_late,
        }
    }
}

/// One page of users, of auth's `/internal/users`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserSnapshot {
    /// The users.
    pub users: Vec<UserFacts>,
    /// Ask for the next page with `?after=` this; `None` on the last.
    pub next: Option<uuid::Uuid>,
}

/// What a mail with a one-time token needs, of auth's `/internal/mails/{mail_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailContent {
    /// Which mail.
    pub kind: MailKind,
    /// The recipient's address.
    pub to: String,
    /// How to address the recipient.
    pub name: String,
    /// The language.
    pub locale: String,
    /// The one-time token, where the mail holds one.
    pub token: Option<String>,
    /// When the token ends.
    pub expires_at: Option<Timestamp>,
}

/// What ended before its time, of auth's `/internal/revocations?since=`.
///
/// Entries are numbered in the order in which they were committed, so that nothing appears behind a cursor
/// that was handed out. They are kept until the last access token that they concern has expired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RevocationPage {
    /// Oldest first.
    pub revocations: Vec<Revocation>,
    /// Ask for what comes later with `?since=` this.
    pub cursor: i64,
    /// The keys whose tokens count at present: a token signed by another one is refused.
    pub key_ids: Vec<String>,
}

/// One session, or everything of one user, that counts no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revocation {
    /// Its number.
    pub seq: i64,
    /// The session; without one, the account was shut or removed: forget what is cached about it, close its
    /// streams. Its sessions are listed too.
    pub session_id: Option<SessionId>,
    /// Whose it was.
    pub user_id: UserId,
    /// When its last access token would have expired.
    pub until: Timestamp,
}

/// What to ask auth's `/internal/tokens/introspect` about: the token, or the SHA-256 of its text in hex.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenQuestion {
    /// The token as its bearer sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Its hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_hash: Option<String>,
}

/// A personal API token that counts; for one that doesn't the answer is 404.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenFacts {
    /// The token's id.
    pub token_id: uuid::Uuid,
    /// Its owner.
    pub user_id: UserId,
    /// The owner's role.
    pub role: Role,
    /// What the token may do.
    pub scopes: Vec<Scope>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// Figures of auth's `/internal/stats`, counted at the moment of asking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserStats {
    /// Accounts.
    pub users: i64,
    /// Accounts that may sign in.
    pub active_users: i64,
    /// Accounts whose address is proved.
    pub verified_users: i64,
    /// Administrators.
    pub admins: i64,
    /// Sessions that have not ended.
    pub active_sessions: i64,
    /// How many accounts were made in each month, oldest first; months without any are left out.
    pub registered_by_month: Vec<MonthCount>,
    /// How many people signed in in each month, oldest first; months without any are left out.
    pub active_by_month: Vec<MonthCount>,
}

/// What an administrator did outside of auth, for the audit log: auth's `POST /internal/audit`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditNote {
    /// The administrator.
    pub actor: UserId,
    /// What was done.
    pub act: OperatorAct,
    /// To what, and how; without personal data, at most 500 characters.
    pub detail: String,
    /// Where from.
    pub address: String,
    /// With which program.
    pub user_agent: String,
}

/// Acts of administrators on what other services own. They are noted before they are done: a refused one is noted too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorAct {
    /// A provider of market data was switched, or told another period.
    ChangeSource,
    /// An asset was switched or renamed.
    ChangeAsset,
    /// A fact that was given up was sent again.
    ReplayDeadLetter,
}

/// A count of one month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonthCount {
    /// `2026-11`.
    pub month: String,
    /// How many.
    pub count: i64,
}

/// Figures of alerts' `/internal/stats?user_ids=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertStats {
    /// Alerts that are kept.
    pub alerts: i64,
    /// Alerts that are watching.
    pub active_alerts: i64,
    /// How many fired and were told of in the last 24 hours.
    pub fired_24h: i64,
    /// In the last 7 days.
    pub fired_7d: i64,
    /// In the last 30 days.
    pub fired_30d: i64,
    /// How many alerts each of the users asked for has; those without any are left out.
    pub by_user: Vec<UserCount>,
}

/// A count of one user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserCount {
    /// The user.
    pub user_id: UserId,
    /// How many.
    pub count: i64,
}

/// Which of these alerts exist, asked of alerts' `POST /internal/alerts/existing` right before a message about them is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsQuestion {
    /// The alerts.
    pub alert_ids: Vec<domain::AlertId>,
}

/// The answer to [`AlertsQuestion`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsAnswer {
    /// Those that exist.
    pub alert_ids: Vec<domain::AlertId>,
}

/// What the portfolios of some users are worth, of portfolio's `/internal/values?user_ids=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortfolioValue {
    /// The user.
    pub user_id: UserId,
    /// The portfolio.
    pub portfolio_id: uuid::Uuid,
    /// Cash and holdings, in USD.
    pub equity: rust_decimal::Decimal,
    /// Cash, what is reserved included.
    pub cash: rust_decimal::Decimal,
    /// Something is held that has no price.
    pub partial: bool,
}

/// Figures of portfolio's `/internal/stats`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradingStats {
    /// Books that are open.
    pub portfolios: i64,
    /// Fills of the last 24 hours.
    pub trades_24h: i64,
    /// What they came to, in USD.
    pub volume_24h: rust_decimal::Decimal,
    /// Orders that rest.
    pub open_orders: i64,
}

/// Figures of notifier's `/internal/stats`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationStats {
    /// Notifications of the last 24 hours.
    pub notifications_24h: i64,
    /// Their deliveries.
    pub deliveries: Vec<DeliveryCount>,
}

/// Deliveries of one channel and state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryCount {
    /// The channel.
    pub channel: String,
    /// The state.
    pub state: String,
    /// How many.
    pub count: i64,
}
