//! The evaluator with what a service keeps around it, fed with the model's entries and rules.

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

use crate::model::{self, Entry, Mode, Rule, Told, Watched};

fn asset(number: usize) -> AssetId {
    AssetId::parse(&format!("asset-{number}")).expect("asset")
}

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("time")
}

fn price(value: i64) -> Price {
    Price::new(Decimal::from(value)).expect("price")
}

pub fn alert_id(number: usize) -> AlertId {
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
        Rule::Mean(halves, op) => indicator("sma:2", *op, *halves as f64 / 2.0),
        Rule::Obv(value, op) => indicator("obv", *op, *value as f64),
        Rule::Vwap(halves, op) => indicator("vwap", *op, *halves as f64 / 2.0),
        Rule::Volume(tenths) => Condition::VolumeSpike {
            multiple: Decimal::new(*tenths, 1),
            interval: Interval::M1,
        },
        Rule::All(rules) => Condition::All(rules.iter().map(condition).collect()),
    }
}

fn indicator(name: &str, op: u8, value: f64) -> Condition {
    Condition::Indicator(IndicatorRule {
        spec: indicators::IndicatorSpec::parse(name).expect("spec"),
        component: None,
        interval: Interval::M1,
        op: ValueOp::ALL[usize::from(op)],
        value,
    })
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

pub fn alert(watched: &Watched, memory: Memory) -> Alert {
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
pub struct Real {
    pub evaluator: Evaluator,
    pub memories: HashMap<AlertId, Memory>,
    history: CandleBook,
    candles: Vec<Candle>,
    ticks: Vec<model::Tick>,
    pub told: Vec<Told>,
}

impl Real {
    pub fn step(&mut self, entry: &Entry) {
        self.evaluator.step(&log_entry(entry));
        self.collect();
    }

    /// What market-data would have stored.
    pub fn record(&mut self, entry: &Entry) {
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

    pub fn collect(&mut self) {
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
            Want::Candles {
                asset,
                interval,
                count,
                until,
            } => {
                let mut candles: Vec<Candle> = self.candles.clone();
                candles.retain(|candle| {
                    candle.asset == asset
                        && candle.interval == interval
                        && until.is_none_or(|until| candle.start < until)
                });
                let newest = &candles[candles.len().saturating_sub(count)..];
                self.evaluator.give_candles(&asset, interval, newest);
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

    pub fn restart(&mut self, watched: &[Watched]) {
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
