use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{AssetId, Price, Quantity, Timestamp};

/// Who said a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The CoinGecko REST API, polled.
    CoinGecko,
    /// Coinbase, streamed.
    Coinbase,
    /// Kraken, streamed.
    Kraken,
    /// Binance, streamed.
    Binance,
    /// The built-in simulated market.
    Simulator,
    /// A recorded file, replayed.
    Replay,
    /// A file that somebody else writes while it is read.
    Tail,
}

/// Why a text names no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of coingecko, coinbase, kraken, binance, simulator, replay, tail")]
pub struct UnknownSource;

impl Source {
    /// All sources.
    pub const ALL: [Source; 7] = [
        Self::CoinGecko,
        Self::Coinbase,
        Self::Kraken,
        Self::Binance,
        Self::Simulator,
        Self::Replay,
        Self::Tail,
    ];

    /// Its name on the wire and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CoinGecko => "coingecko",
            Self::Coinbase => "coinbase",
            Self::Kraken => "kraken",
            Self::Binance => "binance",
            Self::Simulator => "simulator",
            Self::Replay => "replay",
            Self::Tail => "tail",
        }
    }

    /// Whether its prices are not those of a market now: made up, or of another day.
    pub fn is_simulated(self) -> bool {
        matches!(self, Self::Simulator | Self::Replay | Self::Tail)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Source {
    type Err = UnknownSource;
    fn from_str(raw: &str) -> Result<Self, UnknownSource> {
        Self::ALL
            .into_iter()
            .find(|source| source.as_str() == raw)
            .ok_or(UnknownSource)
    }
}

/// The lowest and highest price since the previous tick, where a polled source tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRange {
    /// The lowest price of the interval.
    pub low: Price,
    /// The highest price of the interval.
    pub high: Price,
}

/// One observed price of one asset: the unit of the tick log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The asset.
    pub asset: AssetId,
    /// Counts the asset's ticks from 1, without gaps, in the order of the log.
    pub seq: u64,
    /// When the price was made, by the source's clock.
    pub event_at: Timestamp,
    /// When Candlewick received it.
    pub received_at: Timestamp,
    /// The price in USD.
    pub price: Price,
    /// How much was traded at it; `None` where the source does not tell.
    pub quantity: Option<Quantity>,
    /// The extremes since the asset's previous tick, from polled sources.
    pub range: Option<PriceRange>,
    /// Who said so.
    pub source: Source,
    /// Its event time lies before that of an earlier tick: it revises candles and decides nothing.
    pub is_late: bool,
}
