use serde::{Deserialize, Serialize};

use crate::{AssetId, Interval, Price, Quantity, Timestamp};

/// The four prices of a candle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ohlc {
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
}

impl Ohlc {
    /// A candle in which the price did not move.
    pub fn flat(price: Price) -> Self {
        Self {
            open: price,
            high: price,
            low: price,
            close: price,
        }
    }
}

/// What the price of an asset did in one bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candle {
    /// The asset.
    pub asset: AssetId,
    /// The bucket's length.
    pub interval: Interval,
    /// The bucket's start; candles are stamped by their open.
    pub start: Timestamp,
    /// The four prices.
    #[serde(flatten)]
    pub prices: Ohlc,
    /// Traded quantity in the asset's unit; `None` where no source tells it.
    pub volume: Option<Quantity>,
    /// How many ticks made it; 0 in a filled candle.
    pub samples: u64,
    /// Its bucket is over: it changes only by revision.
    pub is_closed: bool,
    /// Nothing traded while the feed was alive: flat at the previous close.
    pub filled: bool,
    /// It does not cover its whole bucket, because watching began or stopped within it.
    pub partial: bool,
    /// It was completed later from another source.
    pub repaired: bool,
}

impl Candle {
    /// The exclusive end of its bucket.
    pub fn end(&self) -> Timestamp {
        self.interval.bucket_end(self.start)
    }
}
