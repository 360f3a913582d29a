//! Shapes of the routes below `/internal`, by which a service fills its copy of another's data.

use domain::{AssetId, Price, Source, Timestamp};
use serde::{Deserialize, Serialize};

use crate::events::{AssetFacts, MailKind, UserFacts};

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
}

/// The newest prices, of market-data's `/internal/prices`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceSnapshot {
    /// One for each asset that has a price.
    pub prices: Vec<PriceFacts>,
    /// After how many milliseconds without news a price of each source is stale.
    pub stale_after_ms: Vec<(Source, u64)>,
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
