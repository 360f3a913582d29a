//! The recent past of an asset in little space: what changes, volumes and sparklines are computed from.
//!
//! There are hundreds of assets with thousands of points each, so a point has what is read of it and no more, and the
//! lists take the room of their points and no more.

use std::{collections::VecDeque, time::Duration};

use domain::{
    Candle, Decimal, Interval, Price, Timestamp,
    candles::{LateTrade, MarkedCandle},
};

/// One closed candle, reduced to what a change needs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    start: Timestamp,
    /// When its first and its last trade were made, in milliseconds since its start; `None` where nothing traded, or where
    /// nobody tells.
    traded: Option<(u32, u32)>,
    open: Price,
    close: Price,
}

impl Point {
    fn of(marked: &MarkedCandle) -> Self {
        let candle = &marked.candle;
        let since = |at: Timestamp| offset(at, candle.start);
        Self {
            start: candle.start,
            traded: marked
                .first
                .zip(marked.last)
                .map(|(first, last)| (since(first.at), since(last.at))),
            open: candle.prices.open,
            close: candle.prices.close,
        }
    }

    /// It repeats the price before it.
    fn is_quiet(&self) -> bool {
        self.traded.is_none() && self.open == self.close
    }
}

fn offset(at: Timestamp, start: Timestamp) -> u32 {
    u32::try_from(at.since(start).as_millis()).unwrap_or(u32::MAX)
}

/// Makes room for one more at the end of a list that never has more than `capacity`.
fn make_room<T>(points: &mut VecDeque<T>, capacity: usize) {
    if points.capacity() == 0 {
        points.reserve_exact(capacity);
    }
    while points.len() >= capacity {
        points.pop_front();
    }
}

/// The prices of the newest closed candles of one interval.
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
        let point = Point::of(marked);
        if self.points.back().is_some_and(|last| last.start >= point.start) {
            return;
        }
        self.keep(point);
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

    /// Takes in a trade of a bucket that is over: it may have been the first or the last of it.
    pub fn revise(&mut self, late: &LateTrade) {
        let Some(start) = late.revises(self.interval) else {
            return;
        };
        let Ok(index) = self.points.binary_search_by_key(&start, |point| point.start) else {
            return;
        };
        let (at, price) = (offset(late.mark().at, start), late.price());
        let point = &mut self.points[index];
        let was = point.close;
        match point.traded {
            None if point.is_quiet() => (point.traded, point.open, point.close) = (Some((at, at)), price, price),
            // A candle that came from elsewhere: its ends are not known to the trade.
            None => return,
            Some((first, last)) => {
                if at < first {
                    point.open = price;
                }
                // Of two trades of one moment the one that came later is the later one.
                if at >= last {
                    point.close = price;
                }
                point.traded = Some((first.min(at), last.max(at)));
            }
        }
        let close = point.close;
        if close == was {
            return;
        }
        for quiet in self.points.range_mut(index + 1..).take_while(|point| point.is_quiet()) {
            (quiet.open, quiet.close) = (close, close);
        }
    }

    fn keep(&mut self, point: Point) {
        make_room(&mut self.points, self.capacity);
        self.points.push_back(point);
    }

    /// When the oldest of its candles began.
    pub fn begins_at(&self) -> Option<Timestamp> {
        self.points.front().map(|point| point.start)
    }

    /// The last price at or before `at`, unless it is older than that by more than `tolerance`.
    ///
    /// Exact where no candle traded both before and after `at`; of such a one it is the open.
    pub fn price_at(&self, at: Timestamp, tolerance: Duration) -> Option<Price> {
        let index = self.points.partition_point(|point| point.start <= at);
        let containing = self.points.get(index.checked_sub(1)?)?;
        let start = containing.start;
        let end = self.interval.bucket_end(start);
        let within = offset(at, start);
        let (price, known_at) = match containing.traded {
            _ if end <= at => (containing.close, end),
            // A quiet candle is flat: its price held all along.
            None => (containing.open, at),
            Some((_, last)) if last <= within => (containing.close, at),
            Some((first, _)) if first <= within => (containing.open, at),
            Some(_) => {
                let before = self.points.get(index.checked_sub(2)?)?;
                (before.close, self.interval.bucket_end(before.start))
            }
        };
        (at.since(known_at) <= tolerance).then_some(price)
    }

    /// The closes from `since` on, oldest first.
    pub fn closes_since(&self, since: Timestamp) -> impl Iterator<Item = Price> + '_ {
        let first = self.points.partition_point(|point| point.start < since);
        self.points.range(first..).map(|point| point.close)
    }
}

/// What was traded in the newest closed candles of one interval.
#[derive(Debug, Clone)]
pub struct TurnoverRing {
    capacity: usize,
    points: VecDeque<(Timestamp, Option<Decimal>)>,
}

impl TurnoverRing {
    /// Keeps what was traded in `capacity` candles.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            points: VecDeque::new(),
        }
    }

    /// Takes a closed candle; one that is not newer than the newest is ignored.
    pub fn push(&mut self, candle: &Candle) {
        if self.points.back().is_some_and(|(last, _)| *last >= candle.start) {
            return;
        }
        self.keep((candle.start, turnover(candle)));
    }

    /// Takes candles in place of those that were kept, oldest first; only what is newer than they are stays.
    pub fn refill(&mut self, candles: &[MarkedCandle]) {
        let Some(newest) = candles.last().map(|marked| marked.candle.start) else {
            return;
        };
        let newer: Vec<_> = self.points.drain(..).filter(|(start, _)| *start > newest).collect();
        for marked in candles {
            self.push(&marked.candle);
        }
        for point in newer {
            self.keep(point);
        }
    }

    fn keep(&mut self, point: (Timestamp, Option<Decimal>)) {
        make_room(&mut self.points, self.capacity);
        self.points.push_back(point);
    }

    /// The value traded in candles that began at or after `since`, and before `until`, in USD; `None` where nobody told a
    /// quantity.
    pub fn between(&self, since: Timestamp, until: Option<Timestamp>) -> Option<Decimal> {
        let told = self
            .points
            .iter()
            .rev()
            .take_while(|(start, _)| *start >= since)
            .filter(|(start, _)| until.is_none_or(|until| *start < until))
            .filter_map(|(_, turnover)| *turnover);
        told.reduce(Decimal::saturating_add)
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
    use domain::{
        AssetId, Ohlc, Quantity, Source, Tick,
        candles::{CandleBook, Change, Entry, Mark},
    };

    use super::*;

    fn ms(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("time")
    }

    fn price(value: i64) -> Price {
        Price::new(Decimal::from(value)).expect("price")
    }

    /// A candle of a minute; its last trade came ten seconds behind its first.
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
        let mark = |at: i64, seq| Mark { at: ms(at), seq };
        MarkedCandle {
            candle,
            first: first.map(|at| mark(at, 1)),
            last: first.map(|at| mark(at + 10_000, 2)),
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
        assert_eq!(at(9_999).as_deref(), Some("10"));
        assert_eq!(at(10_000).as_deref(), Some("11"), "the first minute traded no more");
        assert_eq!(at(60_000).as_deref(), Some("11"));
        assert_eq!(
            at(69_999).as_deref(),
            Some("11"),
            "the second minute had not traded yet"
        );
        assert_eq!(at(70_000).as_deref(), Some("12"));
        assert_eq!(at(80_000).as_deref(), Some("13"));
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
    }

    #[test]
    fn what_was_traded_is_summed_between_moments() {
        let mut ring = TurnoverRing::new(3);
        for minute in 0..4 {
            ring.push(&candle(minute, minute + 1, minute + 1, None).candle);
        }
        let sum = |since, until: Option<i64>| ring.between(ms(since), until.map(ms)).map(|sum| sum.to_string());
        assert_eq!(sum(0, None).as_deref(), Some("9"), "the oldest was forgotten");
        assert_eq!(sum(120_000, None).as_deref(), Some("7"));
        assert_eq!(sum(0, Some(120_000)).as_deref(), Some("2"));
        assert_eq!(sum(240_000, None), None);
    }

    #[test]
    fn a_late_trade_changes_what_was_the_last_price() {
        let tick = |seq, at: i64, price: i64, is_late| Tick {
            asset: AssetId::parse("a").expect("id"),
            seq,
            event_at: ms(at),
            received_at: ms(at),
            price: self::price(price),
            quantity: None,
            range: None,
            source: Source::Tail,
            is_late,
        };
        let ticks = [
            tick(1, 5_000, 10, false),
            tick(2, 190_000, 13, false),
            tick(3, 30_000, 11, true),
            tick(4, 20_000, 12, true),
            tick(5, 65_000, 14, true),
        ];
        let (mut book, mut ring) = (CandleBook::new(), Ring::new(Interval::M1, 10));
        book.apply(Entry::FeedUp(ms(0)), &mut |_| {});
        for tick in &ticks {
            book.apply(Entry::Tick(tick), &mut |change| match change {
                Change::Closed(marked) if marked.candle.interval == Interval::M1 => ring.push(&marked),
                Change::Closed(_) => {}
                Change::Late(late) => ring.revise(&late),
            });
        }
        let at = |millis| {
            ring.price_at(ms(millis), Duration::from_secs(60))
                .map(|price| price.to_string())
        };
        assert_eq!(at(31_000).as_deref(), Some("11"));
        assert_eq!(at(64_999).as_deref(), Some("11"));
        assert_eq!(at(65_000).as_deref(), Some("14"));
        assert_eq!(at(150_000).as_deref(), Some("14"), "quiet minutes follow");
    }
}
