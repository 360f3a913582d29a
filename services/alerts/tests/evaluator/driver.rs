//! Turns a random story into the same input for the evaluator and for the model, and compares what both tell.

use std::collections::HashMap;

use alerts::domain::{
    Alert, Arrival, Base, ChannelOp, Condition, Decision, Direction, Evaluator, GapLimits, IndicatorRule, LevelKind,
    Memory, Point, Trigger, ValueOp, Want, Window,
};
use contracts::LogEntry;
use domain::{
    AlertId, AssetId, Candle, Decimal, Interval, Price, PriceRange, Quantity, Source, Timestamp,
    candles::{CandleBook, Change, Entry as CandleEntry},
};

use crate::model::{self, Entry, Mode, Model, Rule, Told, Watched};

/// What the newest known price is when an alert is armed, against where the evaluator stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Known {
    Present,
    /// The API knew a tick that is so many behind the evaluator's.
    Behind(usize),
    /// The API knew a tick that the evaluator has yet to read.
    Ahead(usize),
    Nothing,
}

#[derive(Debug, Clone)]
pub enum Action {
    Entry(Entry),
    /// Creates the alert of this number, or edits it.
    Put {
        alert: usize,
        asset: usize,
        rule: Rule,
        mode: Mode,
        cooldown: i64,
        expires: Option<i64>,
        known: Known,
    },
    Remove(usize),
    Rearm(usize),
    /// The process dies and goes on from what it had committed.
    Restart,
    /// Entries of the past come again.
    Repeat(usize),
}

fn asset(number: usize) -> AssetId {
    AssetId::parse(&format!("asset-{number}")).expect("asset")
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("time")
}

fn price(value: i64) -> Price {
    Price::new(Decimal::from(value)).expect("price")
}

fn alert_id(number: usize) -> AlertId {
    AlertId::from(uuid::Uuid::from_u128(number as u128 + 1))
}

pub fn log_entry(entry: &Entry) -> LogEntry {
    match entry {
        Entry::Tick(tick) => LogEntry::Tick(domain::Tick {
            asset: asset(tick.asset),
            seq: tick.seq,
            event_at: time(tick.at),
            received_at: time(tick.received),
            price: price(tick.price),
            quantity: tick
                .volume
                .map(|volume| Quantity::new(Decimal::from(volume)).expect("quantity")),
            range: tick.range.map(|(low, high)| PriceRange {
                low: price(low),
                high: price(high),
            }),
            source: Source::Replay,
            is_late: tick.is_late,
        }),
        Entry::Clock(at) => LogEntry::Clock(time(*at)),
        Entry::Down(at) => LogEntry::FeedDown(time(*at)),
        Entry::Up(at) => LogEntry::FeedUp(time(*at)),
    }
}

fn condition(rule: &Rule) -> Condition {
    let level = |kind, at: &i64| Condition::Level {
        kind,
        price: price(*at),
    };
    let channel = |op, low: &i64, high: &i64| Condition::Channel {
        low: price(*low),
        high: price(*high),
        op,
    };
    match rule {
        Rule::Above(at) => level(LevelKind::Above, at),
        Rule::Below(at) => level(LevelKind::Below, at),
        Rule::CrossesAbove(at) => level(LevelKind::CrossesAbove, at),
        Rule::CrossesBelow(at) => level(LevelKind::CrossesBelow, at),
        Rule::Crosses(at) => level(LevelKind::Crosses, at),
        Rule::Inside(low, high) => channel(ChannelOp::Inside, low, high),
        Rule::Outside(low, high) => channel(ChannelOp::Outside, low, high),
        Rule::Enters(low, high) => channel(ChannelOp::Enters, low, high),
        Rule::Exits(low, high) => channel(ChannelOp::Exits, low, high),
        Rule::Moved(size, way) => Condition::ChangePct {
            direction: [Direction::Down, Direction::Either, Direction::Up][(way + 1) as usize],
            percent: Decimal::new(*size, 2).normalize(),
            window: Window::M5,
        },
        Rule::Mean(halves, op) => Condition::Indicator(IndicatorRule {
            spec: indicators::IndicatorSpec::parse("sma:2").expect("spec"),
            component: None,
            interval: Interval::M1,
            op: ValueOp::ALL[*op as usize],
            value: *halves as f64 / 2.0,
        }),
        Rule::Volume(tenths) => Condition::VolumeSpike {
            multiple: Decimal::new(*tenths, 1),
            interval: Interval::M1,
        },
        Rule::All(rules) => Condition::All(rules.iter().map(condition).collect()),
    }
}

fn trigger(mode: Mode) -> Trigger {
    let interval = |minutes| if minutes == 1 { Interval::M1 } else { Interval::M5 };
    match mode {
        Mode::Once => Trigger::Once,
        Mode::EveryTime => Trigger::EveryTime,
        Mode::PerMinute => Trigger::OncePerMinute,
        Mode::PerBar(minutes) => Trigger::OncePerBar(interval(minutes)),
        Mode::AtClose(minutes) => Trigger::OncePerBarClose(interval(minutes)),
    }
}

fn alert(watched: &Watched, memory: Memory) -> Alert {
    Alert {
        id: alert_id(watched.alert),
        version: watched.version,
        asset: asset(watched.asset),
        condition: condition(&watched.rule),
        trigger: trigger(watched.mode),
        cooldown_ms: watched.cooldown,
        expires_at: watched.expires.map(time),
        base: watched.base.map(|(seq, at_price, at)| Base {
            seq,
            price: price(at_price),
            event_at: time(at),
        }),
        memory,
    }
}

/// The evaluator with what a service keeps around it.
#[derive(Default)]
struct Real {
    evaluator: Evaluator,
    memories: HashMap<AlertId, Memory>,
    history: CandleBook,
    candles: Vec<Candle>,
    ticks: Vec<model::Tick>,
    told: Vec<Told>,
}

impl Real {
    fn step(&mut self, entry: &Entry) {
        self.evaluator.step(&log_entry(entry));
        self.collect();
    }

    /// What market-data would have stored.
    fn record(&mut self, entry: &Entry) {
        let candles = &mut self.candles;
        let mut keep = |change| {
            if let Change::Closed(marked) = change {
                candles.push(marked.candle);
            }
        };
        match &log_entry(entry) {
            LogEntry::Tick(tick) => self.history.apply(CandleEntry::Tick(tick), &mut keep),
            LogEntry::Clock(at) => self.history.apply(CandleEntry::Clock(*at), &mut keep),
            LogEntry::FeedDown(at) => self.history.apply(CandleEntry::FeedDown(*at), &mut keep),
            LogEntry::FeedUp(at) => self.history.apply(CandleEntry::FeedUp(*at), &mut keep),
        }
        if let Entry::Tick(tick) = entry
            && !tick.is_late
        {
            self.ticks.push(*tick);
        }
    }

    fn collect(&mut self) {
        for (id, changed) in self.evaluator.take_changed() {
            self.memories.insert(id, changed.memory);
        }
        for decision in self.evaluator.take_decisions() {
            self.told.push(told(decision));
        }
        for want in self.evaluator.take_wants() {
            self.answer(want);
        }
    }

    fn answer(&mut self, want: Want) {
        match want {
            Want::Candles { asset, interval, .. } => {
                let candles: Vec<Candle> = self
                    .candles
                    .iter()
                    .filter(|candle| candle.asset == asset && candle.interval == interval)
                    .cloned()
                    .collect();
                self.evaluator.give_candles(&asset, interval, &candles);
            }
            Want::Prices {
                asset: id,
                window,
                from,
                until_seq,
            } => {
                let of_asset = self.ticks.iter().filter(|tick| asset(tick.asset) == id);
                let points: Vec<Point> = of_asset
                    .filter(|tick| time(tick.at) >= from && tick.seq <= until_seq)
                    .map(|tick| Point {
                        at: time(tick.at),
                        seq: tick.seq,
                        price: Decimal::from(tick.price),
                    })
                    .collect();
                self.evaluator.give_prices(&id, window, &points);
            }
            Want::Gap { .. } => {}
        }
    }

    fn restart(&mut self, watched: &[Watched]) {
        let snapshot = serde_json::to_string(&self.evaluator.snapshot()).expect("snapshot");
        self.evaluator = Evaluator::restore(GapLimits::default(), serde_json::from_str(&snapshot).expect("snapshot"));
        for held in watched {
            let memory = self.memories.get(&alert_id(held.alert)).cloned().unwrap_or_default();
            let memory: Memory = serde_json::from_value(serde_json::to_value(memory).expect("json")).expect("memory");
            self.evaluator.put(&alert(held, memory), Arrival::Restored);
        }
        self.collect();
    }
}

fn told(decision: Decision) -> Told {
    let number = |id: AlertId| (id.uuid().as_u128() - 1) as usize;
    let whole = |value: Price| value.value().to_string().parse::<i64>().expect("whole price");
    match decision {
        Decision::Fired(firing) => {
            let marks = [(firing.late, "late"), (firing.from_candle_range, "range")];
            let marks: Vec<&str> = marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect();
            Told::Fired {
                alert: number(firing.alert),
                version: firing.version,
                key: firing.key.to_string(),
                price: whole(firing.price),
                previous: firing.previous.map(whole),
                at: firing.event_at.millis(),
                received: firing.received_at.millis(),
                flags: format!(
                    "{}{}",
                    marks.join(" "),
                    if firing.suppressed { " suppressed" } else { "" }
                ),
            }
        }
        Decision::Paused { alert, version, at } => Told::Paused {
            alert: number(alert),
            version,
            at: at.millis(),
        },
        Decision::NoData { alert, version, since } => Told::NoData {
            alert: number(alert),
            version,
            at: since.millis(),
        },
    }
}

/// What the evaluator alone tells of a story about alerts that are armed before its first price.
pub fn tell(actions: &[Action]) -> Vec<Told> {
    let (mut real, model) = (Real::default(), Model::default());
    for (index, action) in actions.iter().enumerate() {
        match action {
            Action::Entry(entry) => {
                real.step(entry);
                real.record(entry);
            }
            Action::Put { .. } => {
                real.evaluator.put(
                    &alert(&watched(action, 1, &actions[index..], &model), Memory::default()),
                    Arrival::New,
                );
                real.collect();
            }
            _ => {}
        }
    }
    real.told
}

/// Runs the story on both, and fails at the first action after which they differ.
pub fn compare(actions: &[Action]) -> usize {
    let (mut real, mut model) = (Real::default(), Model::default());
    let mut versions: HashMap<usize, u32> = HashMap::new();
    let mut fired = 0;
    for (index, action) in actions.iter().enumerate() {
        match action {
            Action::Entry(entry) => {
                // What market-data has stored by then ends at the entry before.
                real.step(entry);
                real.record(entry);
                model.step(entry);
            }
            Action::Put { alert, .. } => {
                let version = versions.entry(*alert).and_modify(|version| *version += 1).or_insert(1);
                let watched = watched(action, *version, &actions[index..], &model);
                real.memories.remove(&alert_id(*alert));
                arm(&mut real, &mut model, watched, Memory::default());
            }
            Action::Remove(alert) => {
                real.evaluator.remove(alert_id(*alert));
                model.alerts.retain(|held| held.alert != *alert);
            }
            Action::Rearm(alert) => rearm(&mut real, &mut model, *alert),
            Action::Restart => real.restart(&model.alerts),
            Action::Repeat(back) => {
                let past = actions[index.saturating_sub(*back)..index].iter();
                for entry in past.filter_map(|action| {
                    if let Action::Entry(entry @ Entry::Tick(_)) = action {
                        Some(entry)
                    } else {
                        None
                    }
                }) {
                    real.step(entry);
                    model.step(entry);
                }
            }
        }
        let sort = |told: &mut Vec<Told>| told.sort_by(|left, right| left.partial_cmp(right).expect("comparable"));
        sort(&mut real.told);
        sort(&mut model.told);
        assert_eq!(
            real.told, model.told,
            "after action {index}: {action:?}\nalerts: {:#?}",
            model.alerts
        );
        fired += model.told.len();
        real.told.clear();
        model.told.clear();
    }
    fired
}

fn arm(real: &mut Real, model: &mut Model, watched: Watched, memory: Memory) {
    real.evaluator.put(&alert(&watched, memory), Arrival::New);
    real.collect();
    model.arm(watched);
}

fn rearm(real: &mut Real, model: &mut Model, number: usize) {
    let Some(held) = model.alerts.iter().find(|held| held.alert == number).cloned() else {
        return;
    };
    let memory = real
        .memories
        .get(&alert_id(number))
        .cloned()
        .unwrap_or_default()
        .rearmed();
    real.memories.insert(alert_id(number), memory.clone());
    let last = model.last(held.asset);
    let watched = Watched {
        base: last.map(|tick| (tick.seq, tick.price, tick.at)),
        is_active: true,
        is_latched: false,
        is_blind: false,
        recent: Vec::new(),
        ..held
    };
    arm(real, model, watched, memory);
}

fn watched(action: &Action, version: u32, ahead: &[Action], model: &Model) -> Watched {
    let Action::Put {
        alert,
        asset,
        rule,
        mode,
        cooldown,
        expires,
        known,
    } = action
    else {
        panic!("not a put")
    };
    let counted = |action: &Action| match action {
        Action::Entry(Entry::Tick(tick)) if tick.asset == *asset && !tick.is_late => Some(*tick),
        _ => None,
    };
    let last = model.last(*asset);
    let tick = match known {
        Known::Present => last,
        Known::Behind(_) => last,
        Known::Ahead(by) => ahead.iter().filter_map(counted).take(*by).last().or(last),
        Known::Nothing => None,
    };
    let base = match known {
        // An older price of the same asset, one step away.
        Known::Behind(by) => last
            .filter(|tick| tick.seq > *by as u64)
            .map(|tick| (tick.seq - *by as u64, (tick.price + 3).min(1014), tick.at)),
        _ => tick.map(|tick| (tick.seq, tick.price, tick.at)),
    };
    Watched {
        alert: *alert,
        version,
        asset: *asset,
        rule: rule.clone(),
        mode: *mode,
        cooldown: *cooldown,
        expires: *expires,
        base,
        is_active: true,
        is_latched: false,
        is_blind: false,
        bucket: None,
        fired_seq: None,
        notified: None,
        recent: Vec::new(),
    }
}
