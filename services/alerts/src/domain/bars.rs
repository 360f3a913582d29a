use std::collections::{BTreeSet, VecDeque};

use domain::{Candle, Decimal, Interval, Quantity, Timestamp};
use indicators::{Bar, IndicatorSpec, Value};

use super::{
    condition::{Condition, IndicatorRule},
    running::Running,
};

/// Against how many candles a volume is measured.
const VOLUME_CANDLES: usize = 20;

/// The closed candles of one asset, as far as its alerts need them.
#[derive(Debug, Default)]
pub(super) struct Groups(Vec<Group>);

/// What is kept of the closed candles of one interval.
#[derive(Debug)]
pub(super) struct Group {
    pub interval: Interval,
    indicators: Vec<Running>,
    /// The volumes of the newest candles without a break, newest last.
    volumes: VecDeque<Option<Decimal>>,
    pub close: Option<Decimal>,
    /// The end of the newest candle.
    end: Option<Timestamp>,
    /// The entry of the log that closed the newest candle.
    stamp: u64,
    /// Who is looked at when a candle closes.
    pub members: BTreeSet<u32>,
    /// How many candles of the past are wanted.
    pub wants: Option<usize>,
}

/// An indicator's value at the newest closed candle, and at the one before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub current: f64,
    pub previous: Option<f64>,
    pub stamp: u64,
}

impl Groups {
    pub(super) fn get(&self, interval: Interval) -> Option<&Group> {
        self.0.iter().find(|group| group.interval == interval)
    }

    pub(super) fn get_mut(&mut self, interval: Interval) -> Option<&mut Group> {
        self.0.iter_mut().find(|group| group.interval == interval)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Group> {
        self.0.iter_mut()
    }

    /// The group of an interval, begun if there was none.
    pub(super) fn open(&mut self, interval: Interval) -> &mut Group {
        let index = self
            .0
            .iter()
            .position(|group| group.interval == interval)
            .unwrap_or_else(|| {
                self.0.push(Group::new(interval));
                self.0.len() - 1
            });
        &mut self.0[index]
    }

    /// The group of those candles of which a single condition is a matter, with all that it asks for.
    pub(super) fn prepare(&mut self, part: &Condition) -> Option<&mut Group> {
        let group = self.open(part.interval()?);
        match part {
            Condition::Indicator(rule) => group.run(rule.spec),
            _ => group.keep_volumes(),
        }
        Some(group)
    }

    pub(super) fn leave(&mut self, slot: u32) {
        for group in &mut self.0 {
            group.members.remove(&slot);
        }
    }

    pub(super) fn reading(&self, rule: &IndicatorRule) -> Option<Reading> {
        let group = self.get(rule.interval)?;
        let running = group.indicators.iter().find(|running| running.spec() == rule.spec)?;
        let number = |value: &Value| match rule.component {
            Some(component) => value.get(component),
            None => value.number(),
        };
        let current = running.current.as_ref().and_then(number)?;
        Some(Reading {
            current,
            previous: running.previous.as_ref().and_then(number),
            stamp: group.stamp,
        })
    }

    /// Whether the newest candle's volume is so many times the mean of the 20 before; `None` where one is unknown.
    pub(super) fn is_spike(&self, interval: Interval, multiple: Decimal) -> Option<bool> {
        let volumes = &self.get(interval)?.volumes;
        if volumes.len() <= VOLUME_CANDLES {
            return None;
        }
        let newest = (*volumes.back()?)?;
        let mut total = Decimal::ZERO;
        for volume in volumes.iter().take(VOLUME_CANDLES) {
            total = total.checked_add((*volume)?)?;
        }
        let count = Decimal::from(VOLUME_CANDLES as u64);
        Some(newest > Decimal::ZERO && super::exact::compare_products((newest, count), (multiple, total)).is_ge())
    }
}

impl Group {
    fn new(interval: Interval) -> Self {
        Self {
            interval,
            indicators: Vec::new(),
            volumes: VecDeque::new(),
            close: None,
            end: None,
            stamp: 0,
            members: BTreeSet::new(),
            wants: None,
        }
    }

    /// Makes sure that an indicator runs. One that is new wants the past.
    pub(super) fn run(&mut self, spec: IndicatorSpec) {
        if self.indicators.iter().any(|running| running.spec() == spec) {
            return;
        }
        self.indicators.push(Running::new(spec));
        self.want();
    }

    /// Makes sure that volumes are kept.
    pub(super) fn keep_volumes(&mut self) {
        if self.volumes.len() <= VOLUME_CANDLES {
            self.want();
        }
    }

    pub(super) fn want(&mut self) {
        let interval = self.interval;
        let needed = self.indicators.iter().map(|running| running.past(interval)).max();
        self.wants = Some(needed.unwrap_or(0).max(VOLUME_CANDLES + 1));
    }

    /// Takes in a closed candle.
    pub(super) fn push(&mut self, candle: &Candle, stamp: u64) {
        if self.end.is_some_and(|end| candle.start > end) {
            self.indicators.iter_mut().for_each(|running| running.has_past = false);
            self.want();
        }
        self.take(candle, stamp);
    }

    fn take(&mut self, candle: &Candle, stamp: u64) {
        if self.end.is_some_and(|end| candle.start < end) {
            return;
        }
        if self.end.is_some_and(|end| candle.start > end) {
            self.cut();
        }
        // What began within its bucket says nothing about the bucket.
        let is_first = self.volumes.is_empty();
        self.end = Some(candle.end());
        self.stamp = stamp;
        self.close = Some(candle.prices.close.value());
        if is_first && candle.partial {
            return;
        }
        let bar = Bar::from(candle);
        for running in &mut self.indicators {
            running.push(&bar);
        }
        self.volumes.push_back(candle.volume.map(Quantity::value));
        if self.volumes.len() > VOLUME_CANDLES + 1 {
            self.volumes.pop_front();
        }
    }

    fn cut(&mut self) {
        self.volumes.clear();
        self.indicators.iter_mut().for_each(Running::cut);
    }

    /// Begins anew from closed candles of the past, oldest first, of which those from `open` on are ignored.
    pub(super) fn warm_up(&mut self, history: &[Candle], open: Option<Timestamp>) {
        let stamp = self.stamp;
        self.cut();
        self.end = None;
        // A hole in what was given is not a reason to ask again at once.
        self.wants = None;
        self.indicators.iter_mut().for_each(|running| running.has_past = true);
        for candle in history
            .iter()
            .filter(|candle| candle.is_closed && open.is_none_or(|open| candle.start < open))
        {
            self.take(candle, stamp);
        }
    }
}
