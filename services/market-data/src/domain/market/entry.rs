//! One asset in memory: its newest price and its recent past.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use domain::{
    AssetId, Decimal, Interval, Price, Timestamp,
    candles::{LateTrade, MarkedCandle},
};

use super::{DAY, WEEK};
use crate::domain::{
    asset::Asset,
    recorded::LastPrice,
    ring::{Ring, TurnoverRing},
};

/// How many closed candles of an interval are kept, until the database has them for certain.
const RECENT_MINUTES: usize = 240;
const RECENT_LONGER: usize = 32;

/// One asset in memory.
pub struct AssetEntry {
    /// What is known of it.
    pub asset: Arc<Asset>,
    /// Its newest price.
    pub last: Option<LastPrice>,
    /// Counts what has changed.
    pub generation: u64,
    /// Counts what has changed in closed candles.
    pub closed_generation: u64,
    minutes: Ring,
    pub(super) fives: TurnoverRing,
    pub(super) hours: Ring,
    week_ago: Option<WeekAgo>,
    recent: HashMap<Interval, VecDeque<MarkedCandle>>,
}

/// What the price was about a week ago, to the minute: a stretch of the past that moves on with time.
struct WeekAgo {
    from: Timestamp,
    to: Timestamp,
    prices: Ring,
}

/// How much of it is held before and behind the moment.
const BEFORE: Duration = Duration::from_secs(1_800);
const BEHIND: Duration = Duration::from_secs(5_400);

fn most_recent(interval: Interval) -> usize {
    if interval == Interval::M1 {
        RECENT_MINUTES
    } else {
        RECENT_LONGER
    }
}

impl AssetEntry {
    pub(super) fn new(asset: Arc<Asset>) -> Self {
        Self {
            asset,
            last: None,
            generation: 0,
            closed_generation: 0,
            minutes: Ring::new(Interval::M1, 27 * 60),
            fives: TurnoverRing::new(12 * 27),
            hours: Ring::new(Interval::H1, 24 * 8),
            week_ago: None,
            recent: HashMap::new(),
        }
    }

    /// A late trade changed candles that the log had told: only the database has them as they are now.
    pub(super) fn revise(&mut self, late: &LateTrade) {
        self.recent.clear();
        self.minutes.revise(late);
        self.hours.revise(late);
        if let Some(week_ago) = &mut self.week_ago {
            week_ago.prices.revise(late);
        }
        self.generation += 1;
        self.closed_generation += 1;
    }

    /// Its id.
    pub fn id(&self) -> &AssetId {
        &self.asset.facts.asset_id
    }

    /// The price of the last tick at or before `window` ago.
    pub fn reference(&self, now: Timestamp, window: Duration) -> Option<Price> {
        let (at, tolerance) = (now.minus(window), window / 10);
        if window <= DAY {
            return self.minutes.price_at(at, tolerance);
        }
        let week_ago = self.week_ago.as_ref().filter(|held| held.from <= at && at < held.to);
        let exactly = week_ago.and_then(|held| held.prices.price_at(at, tolerance));
        exactly.or_else(|| self.hours.price_at(at, tolerance))
    }

    /// The stretch of the past that is to be asked for, so that the price a week before `now` is known to the minute;
    /// `None` where it is there, or where there is no such past.
    pub fn missing_of_week_ago(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let at = now.minus(WEEK);
        let is_there = self
            .week_ago
            .as_ref()
            .is_some_and(|held| held.from <= at && at < held.to);
        let has_past = self.hours.begins_at().is_some_and(|begin| begin <= at);
        let from = Interval::M1.bucket_start(at.minus(BEFORE));
        let to = Interval::M1.bucket_start(at.plus(BEHIND));
        (has_past && !is_there).then_some((from, to))
    }

    /// Takes in the stored candles of that stretch, of one length.
    pub(super) fn fill_week_ago(&mut self, (from, to): (Timestamp, Timestamp), candles: &[MarkedCandle]) {
        let interval = candles.first().map_or(Interval::M1, |marked| marked.candle.interval);
        let mut prices = Ring::new(interval, candles.len().max(1));
        for marked in candles {
            prices.push(marked);
        }
        self.week_ago = Some(WeekAgo { from, to, prices });
        self.generation += 1;
    }

    /// Whether there were more closed candles than are kept.
    pub fn has_forgotten(&self, interval: Interval) -> bool {
        let kept = self.recent.get(&interval).map_or(0, VecDeque::len);
        kept == most_recent(interval)
    }

    /// The newest closed candles that the log has told, oldest first.
    pub fn recent(&self, interval: Interval) -> impl Iterator<Item = &MarkedCandle> {
        self.recent.get(&interval).into_iter().flatten()
    }

    /// Price × circulating supply, or what a provider last said.
    pub fn market_cap(&self) -> Option<Decimal> {
        let supply = self.asset.figures.circulating_supply.filter(|supply| !supply.is_zero());
        let product = supply
            .zip(self.last.as_ref())
            .and_then(|(supply, last)| last.price.value().checked_mul(supply));
        product.map(|cap| cap.round_dp(2)).or(self.asset.figures.market_cap)
    }

    pub(super) fn close(&mut self, marked: MarkedCandle) {
        self.generation += 1;
        self.closed_generation += 1;
        self.remember(&marked);
        let interval = marked.candle.interval;
        let recent = self.recent.entry(interval).or_default();
        if recent.len() == most_recent(interval) {
            recent.pop_front();
        }
        recent.push_back(marked);
    }

    pub(super) fn remember(&mut self, marked: &MarkedCandle) {
        match marked.candle.interval {
            Interval::M1 => self.minutes.push(marked),
            Interval::M5 => self.fives.push(&marked.candle),
            Interval::H1 => self.hours.push(marked),
            _ => {}
        }
    }

    pub(super) fn refill(&mut self, interval: Interval, candles: &[MarkedCandle]) {
        match interval {
            Interval::M1 => self.minutes.refill(candles),
            Interval::M5 => self.fives.refill(candles),
            Interval::H1 => self.hours.refill(candles),
            _ => {}
        }
    }
}
