use serde::{Deserialize, Serialize};

use super::{
    Change, LateTrade, Mark, MarkedCandle, Trades, Watch,
    trades::{Print, add_print, merge_into},
};
use crate::{AssetId, Candle, Interval, Ohlc, Price, Quantity, Tick, Timestamp};

/// The intervals that are made from minutes.
const LONGER: [Interval; 7] = [
    Interval::M5,
    Interval::M15,
    Interval::M30,
    Interval::H1,
    Interval::H4,
    Interval::D1,
    Interval::W1,
];
const MINUTE: Interval = Interval::M1;

/// The candles in the making of one asset: the open bucket of every interval, and nothing older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    asset: AssetId,
    /// The start of the first minute that is not over.
    frontier: Timestamp,
    minute: Option<Trades>,
    /// The newest trade by (event time, seq), at whose price quiet minutes are filled.
    last: (Mark, Price),
    longer: [Bucket; LONGER.len()],
}

/// An open bucket of a longer interval, as far as its minutes are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Bucket {
    start: Timestamp,
    trades: Option<Trades>,
    /// How many of its minutes have a candle.
    minutes: u32,
    /// One of those is partial.
    has_partial: bool,
}

impl Bucket {
    fn at(interval: Interval, moment: Timestamp) -> Self {
        Self {
            start: interval.bucket_start(moment),
            trades: None,
            minutes: 0,
            has_partial: false,
        }
    }
}

impl Series {
    /// The series of an asset that had no tick before.
    pub(crate) fn begin(tick: &Tick) -> Self {
        let print = Print::from(tick);
        Self {
            asset: tick.asset.clone(),
            frontier: MINUTE.bucket_start(tick.event_at),
            minute: Some(Trades::of(&print)),
            last: (print.mark, print.price),
            longer: LONGER.map(|interval| Bucket::at(interval, tick.event_at)),
        }
    }

    /// The asset.
    pub fn asset(&self) -> &AssetId {
        &self.asset
    }

    /// The start of the open minute: everything before it is over.
    pub fn frontier(&self) -> Timestamp {
        self.frontier
    }

    /// The newest price by (event time, seq), and its place.
    pub fn last(&self) -> (Mark, Price) {
        self.last
    }

    /// The candle of `interval` that is still being made; `None` where it has no minute yet.
    pub fn open(&self, interval: Interval, watch: Watch) -> Option<MarkedCandle> {
        let is_minute_cut = !watch.covers_from(self.frontier);
        let Some(index) = LONGER.iter().position(|longer| *longer == interval) else {
            let trades = self.minute?;
            return Some(self.candle(MINUTE, self.frontier, Some(trades), is_minute_cut, false));
        };
        let bucket = &self.longer[index];
        let mut trades = bucket.trades;
        if let Some(minute) = &self.minute {
            merge_into(&mut trades, minute);
        }
        if trades.is_none() && bucket.minutes == 0 {
            return None;
        }
        let elapsed = (self.frontier.millis() - bucket.start.millis()) / MINUTE.millis();
        let is_partial = bucket.has_partial || i64::from(bucket.minutes) < elapsed || is_minute_cut;
        Some(self.candle(interval, bucket.start, trades, is_partial, false))
    }

    pub(crate) fn tick(&mut self, tick: &Tick, watch: Watch, changed: &mut dyn FnMut(Change)) {
        let print = Print::from(tick);
        if print.mark.at < self.frontier {
            self.late(print, changed);
            return;
        }
        if print.mark.at >= MINUTE.bucket_end(self.frontier) {
            self.reach(print.mark.at, watch, changed);
        }
        add_print(&mut self.minute, &print);
        self.remember(&print);
    }

    /// Ends every bucket that is over at `at`.
    pub(crate) fn reach(&mut self, at: Timestamp, watch: Watch, changed: &mut dyn FnMut(Change)) {
        let target = MINUTE.bucket_start(at);
        while self.frontier < target {
            if self.minute.is_none() && !watch.covers_from(self.frontier) && watch.up_since.is_none() {
                self.move_to(target, changed);
                return;
            }
            self.end_minute(watch, changed);
        }
    }

    fn end_minute(&mut self, watch: Watch, changed: &mut dyn FnMut(Change)) {
        let start = self.frontier;
        let is_covered = watch.covers_from(start);
        let trades = self.minute.take();
        if trades.is_some() || is_covered {
            let is_partial = !is_covered;
            for bucket in &mut self.longer {
                if let Some(trades) = &trades {
                    merge_into(&mut bucket.trades, trades);
                }
                bucket.minutes += 1;
                bucket.has_partial |= is_partial;
            }
            changed(Change::Closed(self.candle(MINUTE, start, trades, is_partial, true)));
        }
        self.move_to(MINUTE.bucket_end(start), changed);
    }

    /// Moves the frontier over minutes that have no candle, and ends the longer buckets behind it.
    fn move_to(&mut self, frontier: Timestamp, changed: &mut dyn FnMut(Change)) {
        self.frontier = frontier;
        for (index, interval) in LONGER.into_iter().enumerate() {
            let bucket = self.longer[index];
            if frontier < interval.bucket_end(bucket.start) {
                continue;
            }
            self.longer[index] = Bucket::at(interval, frontier);
            if bucket.trades.is_none() && bucket.minutes == 0 {
                continue;
            }
            let is_whole = i64::from(bucket.minutes) * MINUTE.millis() == interval.millis();
            let is_partial = bucket.has_partial || !is_whole;
            changed(Change::Closed(self.candle(
                interval,
                bucket.start,
                bucket.trades,
                is_partial,
                true,
            )));
        }
    }

    fn late(&mut self, print: Print, changed: &mut dyn FnMut(Change)) {
        for (interval, bucket) in LONGER.iter().zip(&mut self.longer) {
            if interval.bucket_start(print.mark.at) == bucket.start {
                add_print(&mut bucket.trades, &print);
            }
        }
        self.remember(&print);
        changed(Change::Late(LateTrade::new(self.asset.clone(), print, self.frontier)));
    }

    fn remember(&mut self, print: &Print) {
        if print.mark > self.last.0 {
            self.last = (print.mark, print.price);
        }
    }

    fn candle(
        &self,
        interval: Interval,
        start: Timestamp,
        trades: Option<Trades>,
        partial: bool,
        is_closed: bool,
    ) -> MarkedCandle {
        let quiet = Ohlc::flat(self.last.1);
        MarkedCandle {
            first: trades.map(|trades| trades.first),
            last: trades.map(|trades| trades.last),
            candle: Candle {
                asset: self.asset.clone(),
                interval,
                start,
                prices: trades.map_or(quiet, |trades| trades.prices),
                volume: trades.map_or(Some(Quantity::ZERO), |trades| trades.volume),
                samples: trades.map_or(0, |trades| trades.samples),
                is_closed,
                filled: trades.is_none(),
                partial,
                repaired: false,
            },
        }
    }
}
