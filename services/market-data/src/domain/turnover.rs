//! What was traded of an asset lately, trade by trade.

use std::{collections::VecDeque, time::Duration};

use domain::{Decimal, Interval, Tick, Timestamp};

const GRAIN: Interval = Interval::M5;
/// How much of the past is kept.
const KEPT: Duration = Duration::from_secs(25 * 3_600);

/// The value of all trades in USD, by five minutes, as far as their ticks were seen.
#[derive(Debug, Default)]
pub struct Turnover {
    /// From here on every trade was seen.
    seen_from: Option<Timestamp>,
    buckets: VecDeque<(Timestamp, Decimal)>,
}

impl Turnover {
    /// Takes in a tick; `is_first` says that its asset had none before.
    pub fn add(&mut self, tick: &Tick, is_first: bool) {
        let start = GRAIN.bucket_start(tick.event_at);
        // Of the bucket in which one begins to look, something may be missing.
        let whole_from = if is_first { start } else { GRAIN.bucket_end(start) };
        let seen_from = *self.seen_from.get_or_insert(whole_from);
        let value = tick
            .quantity
            .and_then(|quantity| quantity.value().checked_mul(tick.price.value()));
        let Some(value) = value.filter(|_| start >= seen_from) else {
            return;
        };
        let place = self.buckets.partition_point(|(known, _)| *known < start);
        match self.buckets.get_mut(place) {
            Some((known, sum)) if *known == start => *sum = sum.saturating_add(value),
            _ => self.buckets.insert(place, (start, value)),
        }
        let newest = self.buckets.back().map_or(start, |(newest, _)| *newest);
        while self
            .buckets
            .front()
            .is_some_and(|(oldest, _)| newest.since(*oldest) > KEPT)
        {
            self.buckets.pop_front();
        }
    }

    /// From which moment on it knows all trades.
    pub fn seen_from(&self) -> Option<Timestamp> {
        self.seen_from
    }

    /// The value traded in five minutes that began at or after `since`; `None` where nobody told a quantity.
    pub fn since(&self, since: Timestamp) -> Option<Decimal> {
        let first = self.buckets.partition_point(|(start, _)| *start < since);
        let told = self.buckets.range(first..).map(|(_, sum)| *sum);
        told.reduce(Decimal::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use domain::{AssetId, Price, Quantity, Source};

    use super::*;

    fn ms(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("time")
    }

    fn tick(at: i64, price: &str, quantity: Option<&str>) -> Tick {
        Tick {
            asset: AssetId::parse("a").expect("id"),
            seq: 1,
            event_at: ms(at),
            received_at: ms(at),
            price: Price::parse(price).expect("price"),
            quantity: quantity.map(|text| Quantity::parse(text).expect("quantity")),
            range: None,
            source: Source::Tail,
            is_late: false,
        }
    }

    #[test]
    fn each_trade_counts_at_its_own_price() {
        let mut turnover = Turnover::default();
        for (at, price) in [(10, "5.5"), (20, "5.6"), (400_000, "7.25")] {
            turnover.add(&tick(at, price, Some("1")), true);
        }
        turnover.add(&tick(15, "5", Some("2")), false);
        turnover.add(&tick(30, "9", None), false);
        assert_eq!(turnover.since(ms(0)), Some("28.35".parse().expect("decimal")));
        assert_eq!(turnover.since(ms(300_000)), Some("7.25".parse().expect("decimal")));
        assert_eq!(turnover.since(ms(600_000)), None);
    }

    #[test]
    fn what_was_seen_from_the_middle_counts_from_the_next_five_minutes_on() {
        let mut turnover = Turnover::default();
        turnover.add(&tick(10, "5", Some("1")), false);
        turnover.add(&tick(300_000, "6", Some("1")), false);
        assert_eq!(turnover.seen_from(), Some(ms(300_000)));
        assert_eq!(turnover.since(ms(0)), Some("6".parse().expect("decimal")));
    }
}
