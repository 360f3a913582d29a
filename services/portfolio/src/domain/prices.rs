//! The newest price of every asset, and whether it may still decide anything.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use domain::{AssetId, Price, Source, Tick, Timestamp};

/// The newest price of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
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

impl Mark {
    /// The mark that a tick makes.
    pub fn of(tick: &Tick) -> Self {
        Self {
            price: tick.price,
            source: tick.source,
            event_at: tick.event_at,
            received_at: tick.received_at,
            seq: tick.seq,
        }
    }

    /// How old it is. Prices of a file or of the simulator may be of another year: their age counts from when they were received.
    pub fn age(&self, now: Timestamp) -> Duration {
        now.since(if self.source.is_simulated() {
            self.received_at
        } else {
            self.event_at
        })
    }
}

/// After how long a price of each source is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleAfter(HashMap<Source, Duration>);

impl StaleAfter {
    /// The limits as given; a source without one gets that of its kind.
    pub fn new(limits: impl IntoIterator<Item = (Source, Duration)>) -> Self {
        Self(limits.into_iter().collect())
    }

    /// The limit of one source.
    pub fn of(&self, source: Source) -> Duration {
        self.0.get(&source).copied().unwrap_or(match source {
            Source::Coinbase | Source::Kraken | Source::Binance => Duration::from_secs(10),
            Source::CoinGecko => Duration::from_secs(180),
            Source::Simulator | Source::Replay | Source::Tail => Duration::from_secs(60),
        })
    }
}

/// Why there is no price to fill at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// None was ever seen.
    #[error("there is no price for this asset yet")]
    Missing,
    /// The newest one is too old.
    #[error("the newest price is {age_ms} ms old, more than the {limit_ms} ms that its source allows")]
    Stale {
        /// Its age.
        age_ms: u64,
        /// What is allowed.
        limit_ms: u64,
    },
}

/// A table of marks that many readers share.
#[derive(Debug)]
pub struct PriceTable {
    marks: RwLock<HashMap<AssetId, Mark>>,
    stale_after: RwLock<StaleAfter>,
}

impl PriceTable {
    /// An empty table.
    pub fn new(stale_after: StaleAfter) -> Self {
        Self {
            marks: RwLock::default(),
            stale_after: RwLock::new(stale_after),
        }
    }

    /// Takes over a mark unless a newer one is known.
    pub fn put(&self, asset: &AssetId, mark: Mark) {
        let mut marks = self.marks.write().unwrap_or_else(PoisonError::into_inner);
        match marks.get_mut(asset) {
            Some(known) if known.seq >= mark.seq => {}
            Some(known) => *known = mark,
            None => {
                marks.insert(asset.clone(), mark);
            }
        }
    }

    /// Replaces the limits.
    pub fn set_stale_after(&self, limits: StaleAfter) {
        *self.stale_after.write().unwrap_or_else(PoisonError::into_inner) = limits;
    }

    /// The newest mark, however old.
    pub fn newest(&self, asset: &AssetId) -> Option<Mark> {
        self.marks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(asset)
            .copied()
    }

    /// Several newest marks.
    pub fn newest_of<'a>(&self, assets: impl IntoIterator<Item = &'a AssetId>) -> HashMap<AssetId, Mark> {
        let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        assets
            .into_iter()
            .filter_map(|asset| marks.get(asset).map(|mark| (asset.clone(), *mark)))
            .collect()
    }

    /// Whether a mark is too old to decide anything.
    pub fn is_stale(&self, mark: &Mark, now: Timestamp) -> bool {
        mark.age(now) > self.limit(mark.source)
    }

    /// The newest mark if it is fresh enough to fill at.
    pub fn fresh(&self, asset: &AssetId, now: Timestamp) -> Result<Mark, NoPrice> {
        self.judge(self.newest(asset), now)
    }

    /// The mark if there is one that is fresh enough to fill at.
    pub fn judge(&self, mark: Option<Mark>, now: Timestamp) -> Result<Mark, NoPrice> {
        let mark = mark.ok_or(NoPrice::Missing)?;
        let (age, limit) = (mark.age(now), self.limit(mark.source));
        if age > limit {
            let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
            return Err(NoPrice::Stale {
                age_ms: millis(age),
                limit_ms: millis(limit),
            });
        }
        Ok(mark)
    }

    fn limit(&self, source: Source) -> Duration {
        self.stale_after
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .of(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("time")
    }

    fn mark(source: Source, event_ms: i64, received_ms: i64, seq: u64) -> Mark {
        Mark {
            price: Price::parse("100").expect("price"),
            source,
            event_at: at(event_ms),
            received_at: at(received_ms),
            seq,
        }
    }

    #[test]
    fn an_older_mark_never_replaces_a_newer_one() {
        let table = PriceTable::new(StaleAfter::new([]));
        let bitcoin = AssetId::parse("bitcoin").expect("id");
        table.put(&bitcoin, mark(Source::Kraken, 2, 2, 2));
        table.put(&bitcoin, mark(Source::Kraken, 1, 1, 1));
        assert_eq!(table.newest(&bitcoin).map(|mark| mark.seq), Some(2));
    }

    #[test]
    fn reliability_21_a_stale_or_missing_price_fills_nothing() {
        let table = PriceTable::new(StaleAfter::new([(Source::Kraken, Duration::from_secs(10))]));
        let bitcoin = AssetId::parse("bitcoin").expect("id");
        assert_eq!(table.fresh(&bitcoin, at(0)), Err(NoPrice::Missing));
        table.put(&bitcoin, mark(Source::Kraken, 1000, 9000, 1));
        assert!(table.fresh(&bitcoin, at(11_000)).is_ok());
        assert_eq!(
            table.fresh(&bitcoin, at(11_001)),
            Err(NoPrice::Stale {
                age_ms: 10_001,
                limit_ms: 10_000
            })
        );
    }

    #[test]
    fn the_age_of_replayed_prices_counts_from_their_arrival() {
        let mark = mark(Source::Replay, 1000, 1_764_000_000_000, 1);
        assert_eq!(mark.age(at(1_764_000_000_500)), Duration::from_millis(500));
    }
}
