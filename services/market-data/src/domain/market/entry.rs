//! One asset in memory: its newest price and its recent past.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use domain::{AssetId, Decimal, Interval, Price, Timestamp, candles::MarkedCandle};

use super::DAY;
use crate::domain::{asset::Asset, recorded::LastPrice, ring::Ring};

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
    pub(super) fives: Ring,
    pub(super) hours: Ring,
    recent: HashMap<Interval, VecDeque<MarkedCandle>>,
}

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
            fives: Ring::new(Interval::M5, 12 * 27),
            hours: Ring::new(Interval::H1, 24 * 8),
            recent: HashMap::new(),
        }
    }

    /// A late trade changed candles that the log had told: only the database has them as they are now.
    pub(super) fn forget_recent(&mut self) {
        self.recent.clear();
        self.generation += 1;
        self.closed_generation += 1;
    }

    /// Its id.
    pub fn id(&self) -> &AssetId {
        &self.asset.facts.asset_id
    }

    /// The price of the last tick at or before `window` ago.
    pub fn reference(&self, now: Timestamp, window: Duration) -> Option<Price> {
        let ring = match window {
            window if window <= DAY => &self.minutes,
            _ => &self.hours,
        };
        ring.price_at(now.minus(window), window / 10)
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
        if let Some(ring) = self.ring(marked.candle.interval) {
            ring.push(marked);
        }
    }

    pub(super) fn refill(&mut self, interval: Interval, candles: &[MarkedCandle]) {
        if let Some(ring) = self.ring(interval) {
            ring.refill(candles);
        }
    }

    fn ring(&mut self, interval: Interval) -> Option<&mut Ring> {
        match interval {
            Interval::M1 => Some(&mut self.minutes),
            Interval::M5 => Some(&mut self.fives),
            Interval::H1 => Some(&mut self.hours),
            _ => None,
        }
    }
}
