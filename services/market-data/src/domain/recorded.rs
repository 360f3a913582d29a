//! What is kept of the tick log up to a position in it.

use domain::{
    Price, Source, Timestamp,
    candles::{Series, Watch},
};

/// The newest price of an asset, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastPrice {
    /// The number of its tick.
    pub seq: u64,
    /// The price.
    pub price: Price,
    /// Who said it.
    pub source: Source,
    /// When it was made.
    pub event_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
}

/// All that is kept of an asset's ticks.
#[derive(Debug, Clone)]
pub struct AssetState {
    /// The number of the last tick, late ones too.
    pub seq: u64,
    /// The newest event time.
    pub newest_at: Timestamp,
    /// The newest price.
    pub last: LastPrice,
    /// The candles in the making.
    pub series: Series,
}

/// What is kept of a partition as a whole.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecordedPartition {
    /// The writer's term that was seen last.
    pub epoch: u64,
    /// Whether the market is watched, and the feed's time.
    pub watch: Watch,
}
