//! The recent past of an asset in little space: what changes, volumes and sparklines are computed from.

use std::{collections::VecDeque, time::Duration};

use domain::{Candle, Decimal, Interval, Price, Timestamp, candles::MarkedCandle};

/// One closed candle, reduced to what a change or a volume needs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    start: Timestamp,
    first_at: Option<Timestamp>,
    open: Price,
    close: Price,
    turnover: Option<Decimal>,
}

/// The newest closed candles of one interval.
#[derive(Debug, Clone)]
pub struct Ring {
    interval: Interval,
    capacity: usize,
    points: VecDeque<Point>,
}

impl Ring {
    /// Keeps `capacity` candles of `interval`.
    pub fn new(interval: Interval, capacity: usize) -> Self {
        Self {
            interval,
            capacity,
            points: VecDeque::new(),
        }
    }

    /// Takes a closed candle; one that is not newer than the newest is ignored.
    pub fn push(&mut self, marked: &MarkedCandle) {
        let candle = &marked.candle;
        if self.points.back().is_some_and(|last| last.start >= candle.start) {
            return;
        }
        self.keep(Point {
            start: candle.start,
            first_at: marked.first.map(|mark| mark.at),
            open: candle.prices.open,
            close: candle.prices.close,
            turnover: turnover(candle),
        });
    }

    /// Takes candles in place of those that were kept, oldest first; only what is newer than they are stays.
    pub fn refill(&mut self, candles: &[MarkedCandle]) {
        let Some(newest) = candles.last().map(|marked| marked.candle.start) else {
            return;
        };
        let newer: Vec<Point> = self.points.drain(..).filter(|point| point.start > newest).collect();
        for marked in candles {
            self.push(marked);
        }
        for point in newer {
            self.keep(point);
        }
    }

    fn keep(&mut self, point: Point) {
        if self.points.len() == self.capacity {
            self.points.pop_front();
        }
        self.points.push_back(point);
    }

    /// The last price at or before `at`, unless it is older than that by more than `tolerance`.
    ///
    /// Known to the grain of the ring: closes, and opens of candles whose first trade is known.
    pub fn price_at(&self, at: Timestamp, tolerance: Duration) -> Option<Price> {
        let index = self.points.partition_point(|point| point.start <= at);
        let containing = self.points.get(index.checked_sub(1)?)?;
        let end = self.interval.bucket_end(containing.start);
        let (price, known_at) = if end <= at {
            (containing.close, end)
        } else if containing.first_at.is_some_and(|first| first <= at) {
            (containing.open, at)
        } else if containing.first_at.is_none() {
            // A filled candle is flat: its price held all along.
            (containing.open, at)
        } else {
            let before = self.points.get(index.checked_sub(2)?)?;
            (before.close, self.interval.bucket_end(before.start))
        };
        (at.since(known_at) <= tolerance).then_some(price)
    }

    /// The value traded in candles that began at or after `since`, and before `until`, in USD; `None` where nobody told a
    /// quantity.
    pub fn turnover_between(&self, since: Timestamp, until: Option<Timestamp>) -> Option<Decimal> {
        let told = self
            .points
            .iter()
            .rev()
            .take_while(|point| point.start >= since)
            .filter(|point| until.is_none_or(|until| point.start < until))
            .filter_map(|point| point.turnover);
        told.reduce(Decimal::saturating_add)
    }

    /// The closes from `since` on, oldest first.
    pub fn closes_since(&self, since: Timestamp) -> impl Iterator<Item = Price> + '_ {
        let first = self.points.partition_point(|point| point.start < since);
        self.points.range(first..).map(|point| point.close)
    }
}

/// What was traded in a candle, in USD: its quantity at the mean of its four prices.
pub fn turnover(candle: &Candle) -> Option<Decimal> {
    let prices = candle.prices;
    let sum = prices
        .open
        .value()
        .saturating_add(prices.high.value())
        .saturating_add(prices.low.value())
        .saturating_add(prices.close.value());
    let mean = sum / Decimal::from(4);
    Some(candle.volume?.value().checked_mul(mean)?.round_dp(8))
}

#[cfg(test)]
mod tests {
    use domain::{AssetId, Ohlc, Quantity, candles::Mark};

    use super::*;

    fn ms(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("time")
    }

    fn price(value: i64) -> Price {
        Price::new(Decimal::from(value)).expect("price")
    }

    fn candle(minute: i64, open: i64, close: i64, first: Option<i64>) -> MarkedCandle {
        let (open, close) = (price(open), price(close));
        let candle = Candle {
            asset: AssetId::parse("a").expect("id"),
            interval: Interval::M1,
            start: ms(minute * 60_000),
            prices: Ohlc {
                open,
                high: open.max(close),
                low: open.min(close),
                close,
            },
            volume: Some(Quantity::new(Decimal::ONE).expect("quantity")),
            samples: 1,
            is_closed: true,
            filled: first.is_none(),
            partial: false,
            repaired: false,
        };
        let mark = first.map(|at| Mark { at: ms(at), seq: 1 });
        MarkedCandle {
            candle,
            first: mark,
            last: mark,
        }
    }

    fn ring(candles: &[(i64, i64, i64, Option<i64>)]) -> Ring {
        let mut ring = Ring::new(Interval::M1, 3);
        for (minute, open, close, first) in candles {
            ring.push(&candle(*minute, *open, *close, *first));
        }
        ring
    }

    #[test]
    fn the_price_of_a_moment_is_the_last_one_known_then() {
        let ring = ring(&[(0, 10, 11, Some(0)), (1, 12, 13, Some(70_000)), (2, 13, 13, None)]);
        let at = |millis| {
            ring.price_at(ms(millis), Duration::from_secs(60))
                .map(|price| price.to_string())
        };
        assert_eq!(at(0).as_deref(), Some("10"));
        assert_eq!(at(60_000).as_deref(), Some("11"));
        assert_eq!(
            at(69_999).as_deref(),
            Some("11"),
            "the second minute had not traded yet"
        );
        assert_eq!(at(70_000).as_deref(), Some("12"));
        assert_eq!(at(150_000).as_deref(), Some("13"));
        assert_eq!(at(-1), None);
        assert_eq!(at(180_000 + 60_001), None, "too old");
    }

    #[test]
    fn a_ring_that_is_refilled_keeps_what_is_newer() {
        let mut kept = ring(&[(0, 1, 1, None), (2, 3, 3, None), (3, 4, 4, None)]);
        let candles = [(1, 2), (2, 9)].map(|(minute, price)| {
            let mut marked = candle(minute, price, price, None);
            marked.candle.repaired = true;
            marked
        });
        kept.refill(&candles);
        let closes: Vec<_> = kept.closes_since(ms(0)).map(|price| price.to_string()).collect();
        assert_eq!(closes, ["2", "9", "4"]);
    }

    #[test]
    fn a_ring_forgets_the_oldest() {
        let ring = ring(&[(0, 1, 1, None), (1, 2, 2, None), (2, 3, 3, None), (3, 4, 4, None)]);
        assert_eq!(
            ring.closes_since(ms(0))
                .map(|price| price.to_string())
                .collect::<Vec<_>>(),
            ["2", "3", "4"]
        );
        assert_eq!(
            ring.turnover_between(ms(120_000), None)
                .map(|sum| sum.to_string())
                .as_deref(),
            Some("7")
        );
    }
}
