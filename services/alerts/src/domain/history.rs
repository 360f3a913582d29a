//! What an evaluator needs besides the log: the past of the market, and its own state across restarts.

use domain::{
    AssetId, Candle, Decimal, Interval, Price, Timestamp,
    candles::{CandleBook, Series, Watch},
};
use serde::{Deserialize, Serialize};

use super::{
    asset::{Asset, Last, Tools},
    condition::Window,
    evaluator::Evaluator,
    gap::{Gap, GapLimits},
    percent::{Moves, Point},
    place::{is_lasting, is_price_driven},
    slots::{Kind, Slots},
    truth::{is_about_prices, window_index},
    verdict::Occasion,
};

/// Something of the past that an alert needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// Closed candles; answered by [`Evaluator::give_candles`].
    Candles {
        /// Of which asset.
        asset: AssetId,
        /// Of which length.
        interval: Interval,
        /// How many.
        count: usize,
        /// The newest is the one that ends at this moment, where it is known.
        until: Option<Timestamp>,
    },
    /// Every price in a time, late ones left out; answered by [`Evaluator::give_prices`].
    Prices {
        /// Of which asset.
        asset: AssetId,
        /// For which window.
        window: Window,
        /// From when.
        from: Timestamp,
        /// The number of the newest tick that is wanted.
        until_seq: u64,
    },
    /// One-minute candles of a time without prices; answered by [`Evaluator::fill_gap`] as soon as there are some.
    Gap {
        /// Of which asset.
        asset: AssetId,
        /// The time of the last price before.
        from: Timestamp,
        /// The time of the first price behind.
        to: Timestamp,
    },
}

/// The market as an evaluator has seen it, without alerts. What alerts remember is kept with the alerts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// The writer's term that was heard before; whoever saves this knows it. What comes behind is read again from then on.
    #[serde(default)]
    pub writer_epoch: u64,
    watch: Watch,
    series: Vec<Series>,
    assets: Vec<AssetSnapshot>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct AssetSnapshot {
    id: AssetId,
    seen: u64,
    last: Option<Last>,
    was_down: bool,
    #[serde(default)]
    gaps: Vec<Gap>,
}

impl Evaluator {
    /// The market as it has been seen so far.
    pub fn snapshot(&self) -> Snapshot {
        let assets = self
            .assets
            .iter()
            .filter(|asset| asset.seen > 0)
            .map(|asset| AssetSnapshot {
                id: asset.id.clone(),
                seen: asset.seen,
                last: asset.last,
                was_down: asset.was_down,
                gaps: asset.gaps.clone(),
            });
        Snapshot {
            writer_epoch: 0,
            watch: self.book.watch(),
            series: self.book.all_series().cloned().collect(),
            assets: assets.collect(),
        }
    }

    /// An evaluator that goes on from there; its alerts are put in once it stands where they were last saved.
    pub fn restore(limits: GapLimits, snapshot: Snapshot) -> Self {
        let mut evaluator = Self::new(limits);
        evaluator.book = CandleBook::restore(snapshot.watch, snapshot.series);
        for seen in snapshot.assets {
            let index = evaluator.index_of(&seen.id) as usize;
            let asset = &mut evaluator.assets[index];
            asset.seen = seen.seen;
            asset.last = seen.last;
            asset.was_down = seen.was_down;
            evaluator.journal.wants |= !seen.gaps.is_empty();
            asset.gaps = seen.gaps;
        }
        evaluator
    }

    /// What is needed from the past, each thing told once.
    pub fn take_wants(&mut self) -> Vec<Want> {
        if !std::mem::take(&mut self.journal.wants) {
            return Vec::new();
        }
        let mut wants = Vec::new();
        for asset in &mut self.assets {
            let id = &asset.id;
            for group in asset.groups.iter_mut() {
                let interval = group.interval;
                let until = self.book.open(id, interval).map(|open| open.candle.start);
                let want = |count| Want::Candles {
                    asset: id.clone(),
                    interval,
                    count,
                    until,
                };
                wants.extend(group.wants.take().map(want));
            }
            if let Some(last) = asset.last {
                for moves in asset.moves.iter_mut().flatten() {
                    if std::mem::take(&mut moves.wants_history) {
                        wants.push(moves.want(id, &last));
                    }
                }
            }
            if asset.levels.is_empty() {
                // Nobody would fire: the time without prices is of no concern.
                asset.gaps.clear();
            }
            for gap in asset.gaps.iter_mut().filter(|gap| !gap.is_told) {
                gap.is_told = true;
                wants.push(Want::Gap {
                    asset: id.clone(),
                    from: gap.before.event_at,
                    to: gap.after.event_at,
                });
            }
        }
        wants
    }

    /// The start of the candle that is still being made, where there is one.
    pub fn open_since(&self, asset: &AssetId, interval: Interval) -> Option<Timestamp> {
        self.book.open(asset, interval).map(|open| open.candle.start)
    }

    /// Wants the candles of the past once more.
    pub fn want_candles(&mut self, asset: &AssetId, interval: Interval) {
        let Some(index) = self.known(asset) else { return };
        if let Some(group) = self.assets[index as usize].groups.get_mut(interval) {
            group.want();
            self.journal.wants = true;
        }
    }

    /// Takes in closed candles of the past, oldest first, and begins the indicators on them anew.
    pub fn give_candles(&mut self, asset: &AssetId, interval: Interval, candles: &[Candle]) {
        let open = self.open_since(asset, interval);
        let Some(index) = self.known(asset) else { return };
        if let Some(group) = self.assets[index as usize].groups.get_mut(interval) {
            group.warm_up(candles, open);
        }
    }

    /// Takes in prices of the past, oldest first.
    pub fn give_prices(&mut self, asset: &AssetId, window: Window, prices: &[Point]) {
        let Some(index) = self.known(asset) else { return };
        let asset = &mut self.assets[index as usize];
        if let Some(moves) = &mut asset.moves[window_index(window)] {
            moves.prepend(prices);
        }
    }

    /// Takes in the candles of the time without prices that lies between two moments: what their extremes reached fires
    /// now, marked as late and as found in a range. Without candles that time stays unknown.
    pub fn fill_gap(&mut self, asset: &AssetId, (from, to): (Timestamp, Timestamp), candles: &[Candle]) {
        let Some(index) = self.known(asset) else { return };
        let (asset, mut tools) = self.split(index);
        let found = asset.gaps.iter().position(|gap| gap.is_between(from, to));
        let (Some(gap), Some(last)) = (found.map(|found| asset.gaps.remove(found)), asset.last) else {
            return;
        };
        let prices = [gap.before.price, gap.after.price, last.price];
        let (Some(high_hull), Some(low_hull)) = (prices.iter().max(), prices.iter().min()) else {
            return;
        };
        let inside = || {
            candles
                .iter()
                .filter(|candle| candle.end() > gap.before.event_at && candle.start < gap.after.event_at)
        };
        let highest = inside()
            .max_by_key(|candle| candle.prices.high)
            .map(|candle| (candle, candle.prices.high));
        let lowest = inside()
            .min_by_key(|candle| candle.prices.low)
            .map(|candle| (candle, candle.prices.low));
        for ((candle, extreme), hull) in highest
            .into_iter()
            .zip([high_hull])
            .chain(lowest.into_iter().zip([low_hull]))
        {
            let mut occasion = Occasion::again(&gap.after, last.price);
            occasion.event_at = candle.end();
            occasion.late = true;
            asset.excursion(hull.value(), extreme, &occasion, (&gap.newcomers, &mut tools));
        }
        asset.levels.rest_at(last.price.value());
    }
}

impl Asset {
    /// The alert was armed at a price that is older than the newest tick: that tick counts for it.
    pub(super) fn catch_up(&mut self, slot: u32, base: Price, tools: &mut Tools<'_>) {
        self.settle(slot, tools.slots);
        let Some(last) = self.last else { return };
        let is_event = match tools.slots.complex(slot) {
            Some(complex) => {
                let is_price_driven = is_price_driven(&complex.condition, tools.slots.profile(slot).trigger);
                is_price_driven && complex.condition.is_event() && is_about_prices(&complex.condition)
            }
            None => !tools.slots.get(slot).kind.is_state(),
        };
        if is_event {
            let mut occasion = Occasion::again(&last, last.price);
            occasion.previous = Some(base);
            self.look(slot, Some(base.value()), &occasion, tools);
            self.levels.rest_at(last.price.value());
        }
    }

    /// Puts a new or restored alert in its place; a state that is or may be true is looked at with the next tick.
    pub(super) fn settle(&mut self, slot: u32, slots: &mut Slots) {
        let Some(last) = self.last else {
            self.place(slot, slots);
            return;
        };
        if !slots.is_latched(slot) && may_be_met(slot, last.price.value(), slots) {
            self.hold(slot, (last.seq, None), slots);
        } else {
            self.place(slot, slots);
        }
    }
}

/// Whether a state that prices decide may be true already. More than levels is not worth to be judged twice, and what
/// it compares with may not be here yet.
fn may_be_met(slot: u32, price: Decimal, slots: &Slots) -> bool {
    let held = slots.get(slot);
    match held.kind {
        Kind::Above => price >= held.level,
        Kind::Below => price <= held.level,
        Kind::Complex => is_lasting(slot, slots),
        Kind::CrossUp | Kind::CrossDown | Kind::CrossEither => false,
    }
}

impl Moves {
    fn want(&self, asset: &AssetId, last: &Last) -> Want {
        let window = self.window();
        let reach = u64::try_from(window.millis() + window.tolerance_ms()).unwrap_or_default();
        let from = last.event_at.minus(std::time::Duration::from_millis(reach));
        Want::Prices {
            asset: asset.clone(),
            window,
            from,
            until_seq: last.seq,
        }
    }
}
