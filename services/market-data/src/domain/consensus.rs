//! One price out of several sources: the median of the fresh ones, without lone spikes.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use domain::{AssetId, Decimal, Price, Source, Timestamp};

use super::staleness::Staleness;

/// A move of more than so much of the last minute's median has to be confirmed.
const SPIKE: Decimal = Decimal::from_parts(20, 0, 0, false, 2);
/// How long the past counts against which a move is judged.
const MEMORY: Duration = Duration::from_secs(60);
/// After so long the same source confirms its own move.
const CONFIRM_AFTER: Duration = Duration::from_secs(5);
/// Two prices within so much of each other confirm one another.
const AGREE: Decimal = Decimal::from_parts(10, 0, 0, false, 2);

/// What became of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts; this is the price of all fresh sources together.
    Counts(Price),
    /// It is held back until another source or time confirms it.
    Quarantined,
}

/// What each source last said of each asset.
#[derive(Debug, Default)]
pub struct Consensus(HashMap<AssetId, Voices>);

#[derive(Debug, Default)]
struct Voices {
    newest: BTreeMap<Source, (Price, Timestamp)>,
    /// Prices that counted, at most one a second.
    past: VecDeque<(Timestamp, Price)>,
    held: BTreeMap<Source, (Price, Timestamp)>,
}

impl Consensus {
    /// Nobody has said anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what `source` said at `at`.
    pub fn take(
        &mut self,
        asset: &AssetId,
        source: Source,
        said: (Price, Timestamp),
        staleness: &Staleness,
    ) -> Verdict {
        let (price, at) = said;
        if !self.0.contains_key(asset) {
            self.0.insert(asset.clone(), Voices::default());
        }
        let Some(voices) = self.0.get_mut(asset) else {
            return Verdict::Counts(price);
        };
        voices.forget(at);
        if voices.is_spike(price) && !voices.is_confirmed(source, price, at) {
            voices.hold(source, price, at);
            return Verdict::Quarantined;
        }
        voices.held.clear();
        voices.newest.insert(source, (price, at));
        let fresh: Vec<Price> = voices
            .newest
            .iter()
            .filter(|(source, (_, said_at))| at.since(*said_at) <= staleness.after(**source))
            .map(|(_, (price, _))| *price)
            .collect();
        let median = median(fresh).unwrap_or(price);
        voices.remember(at, median);
        Verdict::Counts(median)
    }
}

impl Voices {
    fn forget(&mut self, now: Timestamp) {
        while self.past.front().is_some_and(|(at, _)| now.since(*at) > MEMORY) {
            self.past.pop_front();
        }
        self.held.retain(|_, (_, at)| now.since(*at) <= MEMORY);
    }

    fn remember(&mut self, at: Timestamp, price: Price) {
        if self
            .past
            .back()
            .is_none_or(|(last, _)| at.since(*last) >= Duration::from_secs(1))
        {
            self.past.push_back((at, price));
        }
    }

    fn is_spike(&self, price: Price) -> bool {
        let Some(usual) = median(self.past.iter().map(|(_, price)| *price).collect()) else {
            return false;
        };
        is_apart(price, usual, SPIKE)
    }

    /// Holds a price back. A move that goes on waits since its beginning; another one begins anew.
    fn hold(&mut self, source: Source, price: Price, at: Timestamp) {
        let goes_on = self
            .held
            .get(&source)
            .is_some_and(|(held, _)| !is_apart(price, *held, AGREE));
        if !goes_on {
            self.held.insert(source, (price, at));
        }
    }

    fn is_confirmed(&self, source: Source, price: Price, at: Timestamp) -> bool {
        self.held.iter().any(|(held_by, (held, held_at))| {
            let agrees = !is_apart(price, *held, AGREE);
            agrees && (*held_by != source || at.since(*held_at) >= CONFIRM_AFTER)
        })
    }
}

fn is_apart(price: Price, other: Price, limit: Decimal) -> bool {
    let distance = (price.value() - other.value()).abs();
    other.value().checked_mul(limit).is_none_or(|limit| distance > limit)
}

fn median(mut prices: Vec<Price>) -> Option<Price> {
    prices.sort_unstable();
    let middle = prices.len() / 2;
    let upper = *prices.get(middle)?;
    if prices.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *prices.get(middle.checked_sub(1)?)?;
    let mean = lower.value().checked_add(upper.value())? / Decimal::TWO;
    Price::new(mean.round_dp(18).normalize()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Market {
        consensus: Consensus,
        asset: AssetId,
        staleness: Staleness,
    }

    impl Market {
        fn new() -> Self {
            let seconds = Duration::from_secs;
            let staleness = Staleness::new(seconds(10), seconds(60), seconds(60));
            Self {
                consensus: Consensus::new(),
                asset: AssetId::parse("bitcoin").expect("id"),
                staleness,
            }
        }

        fn say(&mut self, source: Source, price: i64, second: i64) -> Option<String> {
            let price = Price::new(Decimal::from(price)).expect("price");
            let at = Timestamp::from_millis(second * 1_000).expect("time");
            match self.consensus.take(&self.asset, source, (price, at), &self.staleness) {
                Verdict::Counts(price) => Some(price.to_string()),
                Verdict::Quarantined => None,
            }
        }
    }

    #[test]
    fn the_price_is_the_median_of_the_fresh_sources() {
        let mut market = Market::new();
        assert_eq!(market.say(Source::Kraken, 100, 0).as_deref(), Some("100"));
        assert_eq!(market.say(Source::Coinbase, 102, 1).as_deref(), Some("101"));
        assert_eq!(market.say(Source::Binance, 110, 2).as_deref(), Some("102"));
        // Kraken and Coinbase have said nothing for more than ten seconds.
        assert_eq!(market.say(Source::Binance, 111, 15).as_deref(), Some("111"));
    }

    #[test]
    fn reliability_41_a_lone_spike_is_quarantined() {
        let mut market = Market::new();
        market.say(Source::Kraken, 100, 0);
        market.say(Source::Coinbase, 100, 1);
        assert_eq!(market.say(Source::Kraken, 1_000, 2), None);
        assert_eq!(market.say(Source::Coinbase, 100, 3).as_deref(), Some("100"));
        assert_eq!(market.say(Source::Kraken, 100, 4).as_deref(), Some("100"));
    }

    #[test]
    fn reliability_41_a_spike_does_not_hold_up_the_move_that_follows_it() {
        let mut market = Market::new();
        market.say(Source::Kraken, 100, 0);
        assert_eq!(market.say(Source::Kraken, 1_000, 2), None);
        assert_eq!(market.say(Source::Kraken, 70, 4), None);
        assert_eq!(market.say(Source::Kraken, 71, 8), None);
        assert_eq!(market.say(Source::Kraken, 70, 9).as_deref(), Some("70"));
    }

    #[test]
    fn reliability_41_a_fall_that_two_sources_see_passes_at_the_second_tick() {
        let mut market = Market::new();
        market.say(Source::Kraken, 100, 0);
        market.say(Source::Coinbase, 100, 1);
        assert_eq!(market.say(Source::Kraken, 70, 2), None);
        assert!(market.say(Source::Coinbase, 70, 2).is_some());
    }

    #[test]
    fn a_lone_source_confirms_its_own_move_after_five_seconds() {
        let mut market = Market::new();
        market.say(Source::Kraken, 100, 0);
        assert_eq!(market.say(Source::Kraken, 70, 1), None);
        assert_eq!(market.say(Source::Kraken, 71, 4), None);
        assert_eq!(market.say(Source::Kraken, 70, 6).as_deref(), Some("70"));
    }
}
