//! From the entries of the tick log to candles: one-minute candles from ticks, every longer one from minutes.
//!
//! A [`CandleBook`] is a pure function of the log. It reads no clock: a bucket is over when the log says that the
//! feed's own time has passed its end, so every reader of the same entries comes to the same candles, however fast
//! it reads and into however many partitions the log is cut.
//!
//! The rules, beyond half-open UTC buckets:
//! - The open is the first and the close the last price by (event time, seq). The extremes that a polled source
//!   reports count for the bucket of the tick that carries them.
//! - A minute without a trade that the feed watched as a whole is *filled*: flat at the close before it, volume 0.
//!   One that the feed did not watch has no candle. One that the feed watched in part is *partial* where it traded.
//! - A longer candle takes its prices from the minutes that traded; filled minutes do not move its open or extremes.
//!   It is *partial* unless each of its minutes has a candle that is not.
//! - A tick of a minute that is already over revises what was made of it: see [`Change::Late`].

mod revision;
mod roll_up;
mod series;
mod trades;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::{AssetId, Candle, Interval, Tick, Timestamp};

pub use revision::LateTrade;
pub use roll_up::roll_up;
pub use series::Series;
pub use trades::{Mark, Trades};

/// One entry of a partition of the tick log.
#[derive(Debug, Clone, Copy)]
pub enum Entry<'a> {
    /// A price.
    Tick(&'a Tick),
    /// The feed's time has reached this moment.
    Clock(Timestamp),
    /// From this moment on no source watches the market.
    FeedDown(Timestamp),
    /// From this moment on the market is watched again.
    FeedUp(Timestamp),
}

/// A candle with the moments of its first and last trade, by which a late tick finds its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkedCandle {
    /// The candle.
    pub candle: Candle,
    /// Its first trade; `None` where nothing traded.
    pub first: Option<Mark>,
    /// Its last trade; `None` where nothing traded.
    pub last: Option<Mark>,
}

/// What an entry changed in candles that are over. Open candles are read with [`Series::open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A bucket is over; this is its candle. Within an asset and interval they come in order.
    Closed(MarkedCandle),
    /// A trade came for a minute that is over. Whoever keeps closed candles revises them with it; the open ones have
    /// already taken it in.
    Late(LateTrade),
}

/// Whether the market is being watched, as the log tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Watch {
    /// Since when without a break; `None` while the feed is down.
    pub up_since: Option<Timestamp>,
    /// The latest moment that a clock, feed or tick entry has shown.
    pub clock: Option<Timestamp>,
}

impl Watch {
    /// Whether the market was watched from `start` until now.
    pub(crate) fn covers_from(self, start: Timestamp) -> bool {
        self.up_since.is_some_and(|since| since <= start)
    }

    fn reach(&mut self, at: Timestamp) -> Timestamp {
        let clock = self.clock.map_or(at, |clock| clock.max(at));
        self.clock = Some(clock);
        clock
    }
}

/// The candles in the making of all assets of one partition of the log.
#[derive(Debug, Clone, Default)]
pub struct CandleBook {
    watch: Watch,
    series: HashMap<AssetId, Series>,
}

impl CandleBook {
    /// A book that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A book that goes on from what an earlier one had come to.
    pub fn restore(watch: Watch, series: impl IntoIterator<Item = Series>) -> Self {
        let series = series
            .into_iter()
            .map(|series| (series.asset().clone(), series))
            .collect();
        Self { watch, series }
    }

    /// Takes in the next entry of the log and tells what it changed. A tick costs the same however many there were.
    pub fn apply(&mut self, entry: Entry<'_>, changed: &mut dyn FnMut(Change)) {
        match entry {
            Entry::Tick(tick) => self.tick(tick, changed),
            Entry::Clock(at) => self.reach(at, changed),
            Entry::FeedDown(at) => {
                self.reach(at, changed);
                self.watch.up_since = None;
            }
            Entry::FeedUp(at) => {
                self.reach(at, changed);
                let clock = self.watch.clock.unwrap_or(at);
                self.watch.up_since.get_or_insert(clock);
            }
        }
    }

    /// Whether the market is being watched.
    pub fn watch(&self) -> Watch {
        self.watch
    }

    /// The candles in the making of one asset.
    pub fn series(&self, asset: &AssetId) -> Option<&Series> {
        self.series.get(asset)
    }

    /// The candles in the making of all assets, in no order.
    pub fn all_series(&self) -> impl Iterator<Item = &Series> {
        self.series.values()
    }

    /// The candle of `interval` that is still being made for `asset`.
    pub fn open(&self, asset: &AssetId, interval: Interval) -> Option<MarkedCandle> {
        self.series.get(asset)?.open(interval, self.watch)
    }

    fn tick(&mut self, tick: &Tick, changed: &mut dyn FnMut(Change)) {
        if !tick.is_late {
            self.watch.clock = Some(self.watch.clock.map_or(tick.event_at, |clock| clock.max(tick.event_at)));
        }
        match self.series.get_mut(&tick.asset) {
            Some(series) => series.tick(tick, self.watch, changed),
            None => {
                self.series.insert(tick.asset.clone(), Series::begin(tick));
            }
        }
    }

    fn reach(&mut self, at: Timestamp, changed: &mut dyn FnMut(Change)) {
        let clock = self.watch.reach(at);
        for series in self.series.values_mut() {
            series.reach(clock, self.watch, changed);
        }
    }
}
