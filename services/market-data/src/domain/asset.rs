//! Assets and what is known of them besides prices.

use contracts::events::AssetFacts;
use domain::{Decimal, Timestamp};

/// An asset and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    /// What other services know of it.
    pub facts: AssetFacts,
    /// Supplies, records and totals.
    pub figures: Figures,
    /// An administrator named it.
    pub is_renamed: bool,
}

/// What a metadata provider tells of an asset; `None` where it does not.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Units in circulation.
    pub circulating_supply: Option<Decimal>,
    /// Units that exist.
    pub total_supply: Option<Decimal>,
    /// Units that can ever exist.
    pub max_supply: Option<Decimal>,
    /// The highest price ever, and when.
    pub ath: Option<(Decimal, Option<Timestamp>)>,
    /// The lowest price ever, and when.
    pub atl: Option<(Decimal, Option<Timestamp>)>,
    /// Market capitalisation in USD.
    pub market_cap: Option<Decimal>,
    /// Traded in 24 hours, in USD.
    pub volume_24h: Option<Decimal>,
    /// When this was said.
    pub facts_at: Option<Timestamp>,
}
