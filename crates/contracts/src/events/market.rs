use domain::{AssetId, Candle, Source, Symbol, Timestamp};
use serde::{Deserialize, Serialize};

use super::event;

/// What other services know of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetFacts {
    /// The asset.
    pub asset_id: AssetId,
    /// Its ticker; not unique.
    pub symbol: Symbol,
    /// Its name.
    pub name: String,
    /// Its logo.
    pub image_url: Option<String>,
    /// Its place by market cap, from 1.
    pub rank: Option<u32>,
    /// Offered to users.
    pub enabled: bool,
    /// Counts its changes; an older copy never replaces a newer one.
    pub version: u64,
}

/// An asset is offered from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetListed(pub AssetFacts);
event!(AssetListed, "asset.listed", 1, Durable, |event| event
    .0
    .asset_id
    .to_string());

/// An asset changed: ticker, name, logo, rank, or it was enabled again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssetUpdated(pub AssetFacts);
event!(AssetUpdated, "asset.updated", 1, Durable, |event| event
    .0
    .asset_id
    .to_string());

/// An asset is no longer offered; who holds it keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetDisabled {
    /// The asset.
    pub asset_id: AssetId,
    /// The asset's version after this.
    pub version: u64,
}
event!(AssetDisabled, "asset.disabled", 1, Durable, |event| event
    .asset_id
    .to_string());

/// A candle's bucket is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CandleClosed(pub Candle);
event!(CandleClosed, "candle.closed", 1, Live, |event| event
    .0
    .asset
    .to_string());

/// A source of prices is late, wrong or gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedDegraded {
    /// The source.
    pub source: Source,
    /// What is wrong, for people.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}
event!(FeedDegraded, "feed.degraded", 1, Durable, |event| event
    .source
    .to_string());

/// A source of prices is well again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRecovered {
    /// The source.
    pub source: Source,
    /// Since when it was not.
    pub degraded_since: Timestamp,
}
event!(FeedRecovered, "feed.recovered", 1, Durable, |event| event
    .source
    .to_string());
