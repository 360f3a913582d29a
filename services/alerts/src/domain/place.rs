//! Where alerts stand in the indexes of their asset, and how they move between them.

use domain::Timestamp;

use super::{
    alert::Status,
    asset::{After, Asset, Tools},
    condition::Condition,
    levels::Way,
    percent::Moves,
    slots::{Kind, Place, Slots},
    trigger::Trigger,
    truth::{clear_above, clear_below, turning_points, window_index},
    verdict::Occasion,
};

/// What brings a condition up for judgement, besides closed candles.
pub(super) fn is_price_driven(condition: &Condition, trigger: Trigger) -> bool {
    trigger.closing_interval().is_none()
        && !matches!(condition, Condition::Indicator(_) | Condition::VolumeSpike { .. })
}

/// Whether it is a state, which may stay true, and is looked at as prices come.
pub(super) fn is_lasting(slot: u32, slots: &Slots) -> bool {
    match slots.complex(slot) {
        Some(complex) => {
            !complex.condition.is_event() && is_price_driven(&complex.condition, slots.profile(slot).trigger)
        }
        None => slots.get(slot).kind.is_state(),
    }
}

impl Asset {
    /// Puts the alert where its condition, or the end of its state, will find it.
    pub(super) fn place(&mut self, slot: u32, slots: &mut Slots) {
        let is_latched = slots.is_latched(slot);
        slots.get_mut(slot).place = if is_latched { Place::Latched } else { Place::Armed };
        if slots.complex(slot).is_some() {
            self.place_complex(slot, is_latched, slots);
            return;
        }
        let price = self.price();
        for (way, level) in keys(slot, slots) {
            self.levels.insert(way, level, slot, price);
        }
    }

    fn place_complex(&mut self, slot: u32, is_latched: bool, slots: &Slots) {
        let Some(complex) = slots.complex(slot) else { return };
        if !is_price_driven(&complex.condition, slots.profile(slot).trigger) {
            return;
        }
        if let Condition::ChangePct {
            direction,
            percent,
            window,
        } = &complex.condition
        {
            if let Some(moves) = &mut self.moves[window_index(*window)] {
                if is_latched {
                    moves.latch(slot)
                } else {
                    moves.arm(slot, *direction, *percent)
                }
            }
            return;
        }
        let price = self.last.map(|last| last.price.value());
        for level in turning_points(&complex.condition) {
            self.levels.insert(Way::Either, level, slot, price);
        }
        if has_move(&complex.condition) {
            self.restless.insert(slot);
        }
    }

    /// Takes the alert out of where it stands.
    pub(super) fn unplace(&mut self, slot: u32, slots: &mut Slots) {
        match slots.get(slot).place {
            Place::Pending => self.pending.retain(|(other, _)| *other != slot),
            Place::Armed | Place::Latched => self.unplace_keys(slot, slots),
            Place::Waiting | Place::Free => {}
        }
        slots.get_mut(slot).place = Place::Waiting;
    }

    fn unplace_keys(&mut self, slot: u32, slots: &Slots) {
        let Some(complex) = slots.complex(slot) else {
            for (way, level) in keys(slot, slots) {
                self.levels.remove(way, level, slot);
            }
            return;
        };
        if let Condition::ChangePct { percent, window, .. } = &complex.condition {
            if let Some(moves) = &mut self.moves[window_index(*window)] {
                moves.take_out(slot, *percent);
            }
            return;
        }
        for level in turning_points(&complex.condition) {
            self.levels.remove(Way::Either, level, slot);
        }
        self.restless.remove(&slot);
    }

    /// Lets it be looked at by itself at the next tick behind one, unless only closed candles bring it up.
    pub(super) fn hold(&mut self, slot: u32, after: After, slots: &mut Slots) {
        let is_for_candles = slots
            .complex(slot)
            .is_some_and(|complex| !is_price_driven(&complex.condition, slots.profile(slot).trigger));
        if is_for_candles {
            self.place(slot, slots);
            return;
        }
        slots.get_mut(slot).place = Place::Pending;
        self.pending.push((slot, after));
    }

    /// Makes the alert a member of the candles and windows that its condition needs.
    pub(super) fn join(&mut self, slot: u32, slots: &Slots) {
        let Some(complex) = slots.complex(slot) else { return };
        if let Some(interval) = slots.profile(slot).trigger.closing_interval() {
            let group = self.groups.open(interval);
            group.members.insert(slot);
            group.keep_volumes();
        }
        let is_closing = slots.profile(slot).trigger.closing_interval().is_some();
        for part in complex.condition.parts() {
            if let Condition::ChangePct { window, .. } = part {
                let moves = self.moves[window_index(*window)].get_or_insert_with(|| Box::new(Moves::new(*window)));
                moves.members.insert(slot);
                moves.newcomers.push(slot);
            }
            if let Some(group) = self.groups.prepare(part)
                && !is_closing
            {
                group.members.insert(slot);
            }
        }
    }

    /// It fired and goes on: a state waits for its end, or for its next bucket.
    pub(super) fn go_on(&mut self, slot: u32, tools: &mut Tools<'_>) {
        let trigger = tools.slots.profile(slot).trigger;
        let is_event = tools.slots.complex(slot).map_or_else(
            || !tools.slots.get(slot).kind.is_state(),
            |complex| complex.condition.is_event(),
        );
        if trigger == Trigger::EveryTime && !is_event {
            self.unplace(slot, tools.slots);
            tools.slots.extra_mut(slot).memory.latched = true;
            tools.journal.note(tools.slots, slot);
            self.place(slot, tools.slots);
        } else if trigger.bucket().is_some() && is_lasting(slot, tools.slots) {
            self.unplace(slot, tools.slots);
        }
        self.reschedule(slot, tools.slots);
    }

    /// A state that is true but may not fire now: it waits for the next bucket, or the next tick. That goes for a candle
    /// of a bucket in which it has fired too: the tick that ended the candle may lie in the next one.
    pub(super) fn wait_for_chance(&mut self, slot: u32, occasion: &Occasion, slots: &mut Slots) {
        if !is_lasting(slot, slots) {
            return;
        }
        self.unplace(slot, slots);
        if slots.profile(slot).trigger.bucket().is_some() {
            self.reschedule(slot, slots);
        } else {
            self.hold(slot, (occasion.seq, None), slots);
        }
    }

    /// The alert leaves.
    pub(super) fn end(&mut self, slot: u32, slots: &mut Slots) {
        self.unplace(slot, slots);
        self.groups.leave(slot);
        for window in &mut self.moves {
            if let Some(moves) = window {
                moves.leave(slot);
                if moves.members.is_empty() {
                    *window = None;
                }
            }
        }
        if let Some(due) = slots.extra(slot).and_then(|extra| extra.due_ms) {
            self.due.remove(&(due, slot));
            self.find_next_due();
        }
        slots.remove(slot);
    }

    /// Enters it into the queue for when its cooldown or its bucket is over.
    fn reschedule(&mut self, slot: u32, slots: &mut Slots) {
        let due = next_due(slot, slots);
        let Some(known) = slots.extra(slot).map(|extra| extra.due_ms) else {
            return;
        };
        if let Some(known) = known {
            self.due.remove(&(known, slot));
        }
        slots.extra_mut(slot).due_ms = due;
        if let Some(due) = due {
            self.due.insert((due, slot));
        }
        self.find_next_due();
    }

    /// Restores the queue's entry of an alert that comes with a memory.
    pub(super) fn schedule(&mut self, slot: u32, slots: &mut Slots) {
        if slots.extra(slot).is_some() {
            self.reschedule(slot, slots);
        }
    }

    fn find_next_due(&mut self) {
        self.next_due_ms = self.due.first().map_or(i64::MAX, |(due, _)| *due);
    }

    /// Lets go those whose cooldown or bucket is over.
    pub(super) fn take_due(&mut self, now: Timestamp, tools: &mut Tools<'_>) {
        while let Some((due, slot)) = self.due.first().copied().filter(|(due, _)| *due <= now.millis()) {
            self.due.remove(&(due, slot));
            tools.slots.extra_mut(slot).due_ms = None;
            let cooldown_ms = tools.slots.profile(slot).cooldown_ms;
            let memory = &mut tools.slots.extra_mut(slot).memory;
            if memory.status == Status::Cooling && memory.notified_ms.is_none_or(|at| at + cooldown_ms <= now.millis())
            {
                memory.status = Status::Armed;
                tools.journal.note(tools.slots, slot);
            }
            let bucket_end = bucket_end(slot, tools.slots);
            if tools.slots.get(slot).place == Place::Waiting && bucket_end.is_none_or(|end| end <= now.millis()) {
                self.hold(slot, (0, None), tools.slots);
            }
            self.reschedule(slot, tools.slots);
        }
        self.find_next_due();
    }
}

/// The levels under which a plain level alert is found.
fn keys(slot: u32, slots: &Slots) -> impl Iterator<Item = (Way, domain::Decimal)> + use<> {
    let held = slots.get(slot);
    let level = held.level;
    let is_latched = held.place == Place::Latched;
    let (first, second) = match (held.kind, is_latched) {
        (Kind::Above, true) => (Some((Way::Down, clear_below(level))), None),
        (Kind::Below, true) => (Some((Way::Up, clear_above(level))), None),
        (Kind::Above | Kind::CrossUp, _) => (Some((Way::Up, level)), None),
        (Kind::Below | Kind::CrossDown, _) => (Some((Way::Down, level)), None),
        (Kind::CrossEither, _) => (Some((Way::Up, level)), Some((Way::Down, level))),
        (Kind::Complex, _) => (None, None),
    };
    first.into_iter().chain(second)
}

fn has_move(condition: &Condition) -> bool {
    condition
        .parts()
        .iter()
        .any(|part| matches!(part, Condition::ChangePct { .. }))
}

fn bucket_end(slot: u32, slots: &Slots) -> Option<i64> {
    let interval = slots.profile(slot).trigger.bucket()?;
    let start = slots.extra(slot)?.memory.bucket_ms?;
    Some(start + interval.millis())
}

fn next_due(slot: u32, slots: &Slots) -> Option<i64> {
    let extra = slots.extra(slot)?;
    let cooled = (extra.memory.status == Status::Cooling)
        .then_some(extra.memory.notified_ms)
        .flatten()
        .map(|at| at + slots.profile(slot).cooldown_ms);
    let bucket = (slots.get(slot).place == Place::Waiting)
        .then(|| bucket_end(slot, slots))
        .flatten();
    cooled.into_iter().chain(bucket).min()
}
