//! From a condition that is met to a firing: expiry, buckets, cooldown and the storm guard.

use std::collections::HashMap;

use domain::{AlertId, Decimal, Price, Source, Tick, Timestamp};

use super::{
    alert::{Decision, Firing, Memory, Status},
    asset::Last,
    slots::Slots,
    trigger::{Trigger, TriggerKey},
};

/// The storm guard: so many notifications within this time are kept, the next one pauses.
pub const STORM_FIRES: usize = 15;
/// See [`STORM_FIRES`].
pub const STORM_WINDOW_MS: i64 = 180_000;

/// What happened, as far as a firing tells it.
#[derive(Debug, Clone)]
pub(super) struct Occasion {
    /// The asset's newest tick.
    pub seq: u64,
    pub price: Price,
    pub previous: Option<Price>,
    pub source: Source,
    pub event_at: Timestamp,
    pub received_at: Timestamp,
    pub late: bool,
    pub from_candle_range: bool,
    /// The closed candle that it is about; `None` for a tick.
    pub bar: Option<TriggerKey>,
    pub value: Option<f64>,
    pub previous_value: Option<f64>,
}

impl Occasion {
    pub(super) fn of(tick: &Tick, previous: Option<Price>, late: bool) -> Self {
        Self {
            seq: tick.seq,
            price: tick.price,
            previous,
            source: tick.source,
            event_at: tick.event_at,
            received_at: tick.received_at,
            late,
            from_candle_range: false,
            bar: None,
            value: None,
            previous_value: None,
        }
    }

    /// A known tick, looked at once more, while the price is `price`.
    pub(super) fn again(tick: &Last, price: Price) -> Self {
        Self {
            seq: tick.seq,
            price,
            previous: None,
            source: tick.source,
            event_at: tick.event_at,
            received_at: tick.received_at,
            late: false,
            from_candle_range: false,
            bar: None,
            value: None,
            previous_value: None,
        }
    }

    /// The same occasion at an extreme that the tick reports.
    pub(super) fn at_extreme(&self, price: Price, previous: Decimal) -> Self {
        Self {
            price,
            previous: Price::new(previous).ok(),
            from_candle_range: true,
            ..self.clone()
        }
    }
}

/// What the evaluator has to say since it was last asked.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pub decisions: Vec<Decision>,
    pub changed: HashMap<AlertId, Changed>,
    /// Somebody needs something of the past.
    pub wants: bool,
    /// How many times an alert was judged.
    pub judged: u64,
}

/// What an alert remembers now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its version.
    pub version: u32,
    /// What it remembers.
    pub memory: Memory,
}

/// What became of a condition that was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It had fired in this bucket, or at this tick.
    Ignored,
    /// It fired, and goes on watching.
    Fired,
    /// It no longer watches.
    Ended,
}

impl Journal {
    pub(super) fn note(&mut self, slots: &Slots, slot: u32) {
        let held = slots.get(slot);
        let changed = Changed {
            version: held.version,
            memory: slots.memory(slot),
        };
        self.changed.insert(slots.alert(slot), changed);
    }

    /// The alert in `slot` can or can't be judged from now on; it is told once when it can't.
    pub(super) fn tell_data(&mut self, slots: &mut Slots, slot: u32, is_blind: bool, since: Timestamp) {
        let cooldown_ms = slots.profile(slot).cooldown_ms;
        let (id, version) = (slots.alert(slot), slots.get(slot).version);
        if is_blind == (slots.memory(slot).status == Status::NoData) {
            return;
        }
        let memory = &mut slots.extra_mut(slot).memory;
        let is_cooling = memory.notified_ms.is_some_and(|at| since.millis() < at + cooldown_ms);
        memory.status = match (is_blind, is_cooling) {
            (true, _) => Status::NoData,
            (false, true) => Status::Cooling,
            (false, false) => Status::Armed,
        };
        if is_blind {
            self.decisions.push(Decision::NoData {
                alert: id,
                version,
                since,
            });
        }
        self.note(slots, slot);
    }

    /// The condition of the alert in `slot` is met: may it fire?
    pub(super) fn fire(&mut self, slots: &mut Slots, slot: u32, occasion: &Occasion) -> Outcome {
        if slots.is_expired(slot, occasion.received_at) {
            return Outcome::Ended;
        }
        let profile = slots.profile(slot);
        let bucket = bucket_of(profile.trigger, occasion);
        let (id, version) = (slots.alert(slot), slots.get(slot).version);
        let memory = &mut slots.extra_mut(slot).memory;
        let is_same_tick = occasion.bar.is_none() && memory.fired_seq == Some(occasion.seq);
        if is_same_tick || bucket.is_some_and(|bucket| memory.bucket_ms == Some(bucket.millis())) {
            return Outcome::Ignored;
        }
        let now = occasion.event_at.millis();
        let is_suppressed = memory.notified_ms.is_some_and(|at| now < at + profile.cooldown_ms);
        if !is_suppressed && is_storm(memory, now) {
            memory.status = Status::Paused;
            self.decisions.push(Decision::Paused {
                alert: id,
                version,
                at: occasion.event_at,
            });
            self.note(slots, slot);
            return Outcome::Ended;
        }
        memory.bucket_ms = bucket.map(Timestamp::millis).or(memory.bucket_ms);
        if occasion.bar.is_none() {
            memory.fired_seq = Some(occasion.seq);
        }
        if !is_suppressed {
            memory.notified_ms = Some(now);
            memory.recent_ms.push(now);
            let excess = memory.recent_ms.len().saturating_sub(STORM_FIRES);
            memory.recent_ms.drain(..excess);
        }
        memory.status = match profile.trigger {
            Trigger::Once => Status::Triggered,
            // The next tick with something to compare with tells the end of that.
            _ if memory.status == Status::NoData => Status::NoData,
            _ if profile.cooldown_ms > 0 => Status::Cooling,
            _ => Status::Armed,
        };
        let has_ended = memory.status == Status::Triggered;
        self.decisions.push(Decision::Fired(firing(
            id,
            version,
            profile.trigger,
            occasion,
            is_suppressed,
        )));
        self.note(slots, slot);
        if has_ended { Outcome::Ended } else { Outcome::Fired }
    }
}

fn is_storm(memory: &Memory, now: i64) -> bool {
    memory.recent_ms.len() == STORM_FIRES
        && memory
            .recent_ms
            .first()
            .is_some_and(|first| now - first < STORM_WINDOW_MS)
}

/// The start of the bucket in which the trigger allows one firing.
fn bucket_of(trigger: Trigger, occasion: &Occasion) -> Option<Timestamp> {
    let interval = trigger.bucket()?;
    // A closed candle counts for the bucket in which it was, not for the one that its end opens.
    let at = match occasion.bar {
        Some(TriggerKey::Bar(_, start)) => start,
        _ => occasion.event_at,
    };
    Some(interval.bucket_start(at))
}

fn firing(alert: AlertId, version: u32, trigger: Trigger, occasion: &Occasion, suppressed: bool) -> Firing {
    let key = occasion.bar.or_else(|| {
        bucket_of(trigger, occasion)
            .zip(trigger.bucket())
            .map(|(start, interval)| TriggerKey::Bar(interval, start))
    });
    Firing {
        alert,
        version,
        key: key.unwrap_or(TriggerKey::Seq(occasion.seq)),
        previous: occasion.previous,
        price: occasion.price,
        value: occasion.value,
        previous_value: occasion.previous_value,
        source: occasion.source,
        event_at: occasion.event_at,
        received_at: occasion.received_at,
        late: occasion.late,
        from_candle_range: occasion.from_candle_range,
        suppressed,
    }
}
