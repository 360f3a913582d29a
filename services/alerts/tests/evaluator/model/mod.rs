//! The reference: every alert is looked at with every entry, by whole numbers and full lists. Slow and plain, and
//! without a line of the evaluator's code.

mod market;
mod verdict;

use std::collections::BTreeMap;

pub use self::market::MINUTE;
use self::{
    market::{Market, mean, obv, vwap},
    verdict::{Moment, Truth, conclude, is_about_prices, is_event, looks_at_ticks, uses_bars, uses_moves},
};

/// A condition on whole prices; percentages in hundredths, indicator values in halves.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    Above(i64),
    Below(i64),
    CrossesAbove(i64),
    CrossesBelow(i64),
    Crosses(i64),
    Inside(i64, i64),
    Outside(i64, i64),
    Enters(i64, i64),
    Exits(i64, i64),
    /// Hundredths of a percent within five minutes; 1 up, -1 down, 0 either.
    Moved(i64, i8),
    /// The mean of two closes of one-minute candles against halves; the operator 0..4 as in the API.
    Mean(i64, u8),
    /// OBV of one-minute candles.
    Obv(i64, u8),
    /// VWAP of one-minute candles against halves.
    Vwap(i64, u8),
    /// Tenths of the mean volume of the 20 one-minute candles before.
    Volume(i64),
    All(Vec<Rule>),
}

/// When it may fire; lengths of bars in minutes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    Once,
    EveryTime,
    PerMinute,
    PerBar(i64),
    AtClose(i64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tick {
    pub asset: usize,
    pub seq: u64,
    pub at: i64,
    pub received: i64,
    pub price: i64,
    pub range: Option<(i64, i64)>,
    pub volume: Option<i64>,
    pub is_late: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Entry {
    Tick(Tick),
    Clock(i64),
    Down(i64),
    Up(i64),
}

/// Everything that can be told, as text where only equality matters.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Told {
    Fired {
        alert: usize,
        version: u32,
        key: String,
        price: i64,
        previous: Option<i64>,
        at: i64,
        received: i64,
        flags: String,
    },
    Paused {
        alert: usize,
        version: u32,
        at: i64,
    },
    NoData {
        alert: usize,
        version: u32,
        at: i64,
    },
}

#[derive(Debug, Clone)]
pub struct Watched {
    pub alert: usize,
    pub version: u32,
    pub asset: usize,
    pub rule: Rule,
    pub mode: Mode,
    pub cooldown: i64,
    pub expires: Option<i64>,
    /// The number, price and time of the newest tick when it was armed.
    pub base: Option<(u64, i64, i64)>,
    pub is_active: bool,
    pub is_latched: bool,
    pub is_blind: bool,
    pub bucket: Option<i64>,
    pub fired_seq: Option<u64>,
    pub notified: Option<i64>,
    pub recent: Vec<i64>,
}

#[derive(Debug, Default)]
pub struct Model {
    markets: BTreeMap<usize, Market>,
    pub alerts: Vec<Watched>,
    pub told: Vec<Told>,
}

impl Model {
    pub fn step(&mut self, entry: &Entry) {
        match entry {
            Entry::Tick(tick) => self.tick(tick),
            Entry::Clock(at) | Entry::Up(at) => self.reach_all(*at),
            Entry::Down(at) => {
                self.reach_all(*at);
                self.markets.values_mut().for_each(|market| market.was_down = true);
            }
        }
    }

    pub fn last(&self, asset: usize) -> Option<Tick> {
        self.markets.get(&asset)?.ticks.last().copied()
    }

    /// Takes in an alert that was just armed.
    pub fn arm(&mut self, alert: Watched) {
        self.alerts.retain(|other| other.alert != alert.alert);
        self.alerts.push(alert);
        let mut alert = self.alerts.pop().expect("just pushed");
        let last = self.last(alert.asset);
        if let (Some((seq, price, _)), Some(last)) = (alert.base, last)
            && seq < last.seq
            && is_event(&alert.rule)
            && is_about_prices(&alert.rule)
            && looks_at_ticks(&alert)
        {
            let moment = Moment {
                seq: last.seq,
                price: last.price,
                previous: Some(price),
                at: last.at,
                received: last.received,
                flags: "",
                bar: None,
            };
            let truth = self.judge(&alert.rule, alert.asset, Some(price), last.price, last.at, None);
            conclude(&mut alert, truth, &moment, &mut self.told);
        }
        self.alerts.push(alert);
    }

    fn reach_all(&mut self, at: i64) {
        let assets: Vec<usize> = self.markets.keys().copied().collect();
        for asset in assets {
            let Some(last) = self.last(asset) else { continue };
            self.reach(asset, at, last.received + (at - last.at).max(0));
        }
    }

    /// Closes minutes up to `at`, and judges who waits for closed candles.
    fn reach(&mut self, asset: usize, at: i64, received: i64) {
        let market = self.markets.get_mut(&asset).expect("market");
        let Some(mut frontier) = market.frontier else { return };
        while frontier + MINUTE <= at {
            frontier += MINUTE;
            let market = self.markets.get_mut(&asset).expect("market");
            market.frontier = Some(frontier);
            let mut ended = Vec::new();
            for minutes in [1, 5] {
                if frontier % (minutes * MINUTE) == 0 {
                    market.close(minutes, frontier);
                    ended.push(minutes);
                }
            }
            for minutes in ended {
                self.judge_closed(asset, minutes, frontier, received);
            }
        }
    }

    fn judge_closed(&mut self, asset: usize, minutes: i64, end: i64, received: i64) {
        let start = end - minutes * MINUTE;
        let bars = &self.markets[&asset].bars[&minutes];
        let (Some(bar), last) = (bars.last().copied(), self.last(asset)) else {
            return;
        };
        let before = bars.len().checked_sub(2).map(|index| bars[index].close);
        let Some(last) = last else { return };
        let mut alerts = std::mem::take(&mut self.alerts);
        for alert in alerts
            .iter_mut()
            .filter(|alert| alert.asset == asset && alert.is_active)
        {
            let wanted = match alert.mode {
                Mode::AtClose(length) => length == minutes,
                _ => minutes == 1 && uses_bars(&alert.rule),
            };
            if !wanted || alert.base.is_some_and(|(_, _, at)| end <= at) {
                continue;
            }
            let previous = alert
                .base
                .filter(|(_, _, at)| *at >= start)
                .map(|(_, price, _)| price)
                .or(before);
            let moment = Moment {
                seq: last.seq,
                price: bar.close,
                previous,
                at: end,
                received,
                flags: "",
                bar: Some((minutes, start)),
            };
            let truth = self.judge(&alert.rule, asset, previous, bar.close, end, Some(end));
            conclude(alert, truth, &moment, &mut self.told);
        }
        self.alerts = alerts;
    }

    fn tick(&mut self, tick: &Tick) {
        let market = self.markets.entry(tick.asset).or_default();
        if market.all.last().is_some_and(|last| tick.seq <= last.seq) {
            return;
        }
        market.frontier.get_or_insert(tick.at - tick.at.rem_euclid(MINUTE));
        if !tick.is_late {
            self.reach(tick.asset, tick.at, tick.received);
        }
        let market = self.markets.entry(tick.asset).or_default();
        market.all.push(*tick);
        if tick.is_late {
            return;
        }
        let before = market.ticks.last().copied();
        let is_gap = before.is_some_and(|last| market.was_down || tick.received - last.received > 60_000);
        market.was_down = false;
        market.ticks.push(*tick);
        let mut alerts = std::mem::take(&mut self.alerts);
        for alert in alerts.iter_mut().filter(|alert| alert.asset == tick.asset) {
            self.look(alert, tick, before, is_gap);
        }
        self.alerts = alerts;
    }

    fn look(&mut self, alert: &mut Watched, tick: &Tick, before: Option<Tick>, is_gap: bool) {
        if alert.is_active && uses_moves(&alert.rule) && alert.expires.is_none_or(|at| tick.received < at) {
            let is_blind = self.reference(tick.asset, tick.at).is_none();
            if is_blind && !alert.is_blind {
                self.told.push(Told::NoData {
                    alert: alert.alert,
                    version: alert.version,
                    at: tick.at,
                });
            }
            alert.is_blind = is_blind;
        }
        if !alert.is_active || !looks_at_ticks(alert) || alert.base.is_some_and(|(seq, _, _)| tick.seq <= seq) {
            return;
        }
        let known = before.map(|last| last.price);
        let previous = known.or(alert.base.map(|(_, price, _)| price));
        let flags = if is_gap { "late" } else { "" };
        let moment = |price, previous, flags| Moment {
            seq: tick.seq,
            price,
            previous,
            at: tick.at,
            received: tick.received,
            flags,
            bar: None,
        };
        let truth = self.judge(&alert.rule, tick.asset, previous, tick.price, tick.at, None);
        conclude(alert, truth, &moment(tick.price, known, flags), &mut self.told);
        let Some((low, high)) = tick.range.filter(|_| is_about_prices(&alert.rule)) else {
            return;
        };
        let start = known.unwrap_or(tick.price);
        let flags = if is_gap { "late range" } else { "range" };
        for (hull, extreme) in [
            (start.max(tick.price), high.max(start.max(tick.price))),
            (start.min(tick.price), low.min(start.min(tick.price))),
        ] {
            for (from, to) in [(hull, extreme), (extreme, hull)] {
                if extreme == hull || !alert.is_active || alert.is_latched || alert.fired_seq == Some(tick.seq) {
                    continue;
                }
                let truth = self.judge(&alert.rule, tick.asset, Some(from), to, tick.at, None);
                let was = self.judge(&alert.rule, tick.asset, None, from, tick.at, None);
                if truth.met && (is_event(&alert.rule) || !was.met) {
                    conclude(alert, truth, &moment(to, Some(from), flags), &mut self.told);
                }
            }
            let end = self.judge(&alert.rule, tick.asset, None, tick.price, tick.at, None);
            if alert.is_latched && alert.fired_seq == Some(tick.seq) && end.clear {
                alert.is_latched = false;
            }
        }
    }

    fn reference(&self, asset: usize, at: i64) -> Option<i64> {
        let start = at - 5 * MINUTE;
        let last = self.markets[&asset].ticks.iter().rfind(|tick| tick.at <= start)?;
        (start - last.at <= MINUTE).then_some(last.price)
    }

    /// `closed` is the end of the candles that were just closed.
    fn judge(
        &self,
        rule: &Rule,
        asset: usize,
        previous: Option<i64>,
        price: i64,
        at: i64,
        closed: Option<i64>,
    ) -> Truth {
        let known = |met: bool, clear: bool| Truth {
            met,
            clear,
            known: true,
        };
        let event = |met: bool| known(met, !met);
        let up = |level: i64| previous.is_some_and(|previous| previous < level) && price >= level;
        let down = |level: i64| previous.is_some_and(|previous| previous > level) && price <= level;
        let under = |level: i64| 1000 * price <= 999 * level;
        let over = |level: i64| 1000 * price >= 1001 * level;
        match rule {
            Rule::Above(level) => known(price >= *level, under(*level)),
            Rule::Below(level) => known(price <= *level, over(*level)),
            Rule::CrossesAbove(level) => event(up(*level)),
            Rule::CrossesBelow(level) => event(down(*level)),
            Rule::Crosses(level) => event(up(*level) || down(*level)),
            Rule::Inside(low, high) => known(*low <= price && price <= *high, under(*low) || over(*high)),
            Rule::Outside(low, high) => known(price < *low || price > *high, over(*low) && under(*high)),
            Rule::Enters(low, high) => {
                event(previous.is_some_and(|p| p < *low || p > *high) && *low <= price && price <= *high)
            }
            Rule::Exits(low, high) => {
                event(previous.is_some_and(|p| *low <= p && p <= *high) && (price < *low || price > *high))
            }
            Rule::Moved(size, way) => match self.reference(asset, at) {
                None => Truth::default(),
                Some(reference) => {
                    // Hundredths of a percent, times the reference.
                    let moved = 10_000 * (price - reference);
                    let (size, back) = (size * reference, (size - 10) * reference);
                    match way {
                        1 => known(moved >= size, moved <= back),
                        -1 => known(moved <= -size, moved >= -back),
                        _ => known(moved.abs() >= size, moved.abs() <= back.max(0) && moved.abs() < size),
                    }
                }
            },
            Rule::Mean(value, op) => self.markets[&asset].reads(|bars| mean(bars, *value), *op, closed),
            Rule::Obv(value, op) => self.markets[&asset].reads(|bars| obv(bars, *value), *op, closed),
            Rule::Vwap(value, op) => self.markets[&asset].reads(|bars| vwap(bars, *value), *op, closed),
            Rule::Volume(tenths) => match self.markets[&asset].volumes() {
                None => Truth::default(),
                Some((newest, total)) => event(newest > 0 && 200 * newest >= tenths * total),
            },
            Rule::All(rules) => {
                let truths: Vec<Truth> = rules
                    .iter()
                    .map(|rule| self.judge(rule, asset, previous, price, at, closed))
                    .collect();
                Truth {
                    met: truths.iter().all(|truth| truth.met),
                    clear: truths.iter().any(|truth| truth.clear),
                    known: truths.iter().all(|truth| truth.known),
                }
            }
        }
    }
}
