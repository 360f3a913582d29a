//! When a price is too old to be relied on.

use std::{collections::HashMap, time::Duration};

use domain::{Source, Timestamp};

/// After how long without news the prices of each source are stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staleness(HashMap<Source, Duration>);

impl Staleness {
    /// Streams after `streams`, prices from files and the simulator after `recorded`, polled ones after 3 × `poll`.
    pub fn new(streams: Duration, recorded: Duration, poll: Duration) -> Self {
        let after = |source: Source| match source {
            Source::CoinGecko => poll * 3,
            Source::Coinbase | Source::Kraken | Source::Binance => streams,
            Source::Simulator | Source::Replay | Source::Tail => recorded,
        };
        Self(Source::ALL.into_iter().map(|source| (source, after(source))).collect())
    }

    /// Changes how long the prices of a polled source live.
    pub fn set_poll(&mut self, source: Source, poll: Duration) {
        self.0.insert(source, poll * 3);
    }

    /// After how long a price of `source` is stale.
    pub fn after(&self, source: Source) -> Duration {
        self.0.get(&source).copied().unwrap_or(Duration::ZERO)
    }

    /// Whether a price is stale at `now`. Recorded prices may be of another year, so theirs is the time of reception.
    pub fn is_stale(&self, source: Source, event_at: Timestamp, received_at: Timestamp, now: Timestamp) -> bool {
        let since = if source.is_simulated() { received_at } else { event_at };
        now.since(since) > self.after(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000).expect("time")
    }

    #[test]
    fn reliability_40_a_price_is_stale_after_three_periods_of_its_source() {
        let staleness = Staleness::new(
            Duration::from_secs(10),
            Duration::from_secs(60),
            Duration::from_secs(60),
        );
        let cases = [
            (Source::Kraken, 10, false),
            (Source::Kraken, 11, true),
            (Source::CoinGecko, 180, false),
            (Source::CoinGecko, 181, true),
        ];
        for (source, age, expected) in cases {
            assert_eq!(
                staleness.is_stale(source, at(0), at(1_000), at(age)),
                expected,
                "{source} {age}"
            );
        }
    }

    #[test]
    fn recorded_prices_age_from_their_reception() {
        let staleness = Staleness::new(
            Duration::from_secs(10),
            Duration::from_secs(60),
            Duration::from_secs(60),
        );
        assert!(!staleness.is_stale(Source::Replay, at(0), at(1_000), at(1_060)));
        assert!(staleness.is_stale(Source::Tail, at(0), at(1_000), at(1_061)));
    }
}
