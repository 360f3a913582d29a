use std::collections::{BTreeSet, HashSet};

use domain::{AlertId, AssetId, Decimal, Price, Tick, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    bars::Groups,
    gap::{self, Gap, GapLimits},
    levels::Levels,
    percent::{Move, Moves, Point},
    slots::{Kind, Place, Slots},
    truth::{Truth, View, clear_above, clear_below, is_about_prices},
    verdict::{Journal, Occasion, Outcome},
};

/// The newest tick that counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Its number.
    pub seq: u64,
    /// Its price.
    pub price: Price,
    /// When it was made.
    pub event_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// Who said it.
    pub source: domain::Source,
}

impl Last {
    fn of(tick: &Tick) -> Self {
        Self {
            seq: tick.seq,
            price: tick.price,
            event_at: tick.event_at,
            received_at: tick.received_at,
            source: tick.source,
        }
    }
}

/// Behind which tick an alert's first look comes, and the price that was known then.
pub(super) type After = (u64, Option<Decimal>);

/// What the evaluator's parts work on together.
pub(super) struct Tools<'a> {
    pub slots: &'a mut Slots,
    pub journal: &'a mut Journal,
    /// Counts the entries of the log.
    pub stamp: u64,
    pub limits: &'a GapLimits,
}

/// One asset: its newest price, and its alerts by what would make them fire.
#[derive(Debug)]
pub(super) struct Asset {
    pub id: AssetId,
    /// The number of the newest tick, late ones too.
    pub seen: u64,
    pub last: Option<Last>,
    /// When the reader of the log heard the newest tick that counted; `None` for what an earlier one has read.
    pub heard_at: Option<Timestamp>,
    pub levels: Levels,
    /// Looked at one by one at the next tick behind a number.
    pub pending: Vec<(u32, After)>,
    /// Conditions that every tick may change.
    pub restless: BTreeSet<u32>,
    pub due: BTreeSet<(i64, u32)>,
    pub next_due_ms: i64,
    pub moves: [Option<Box<Moves>>; 3],
    pub groups: Groups,
    /// No source gave prices since the newest tick.
    pub was_down: bool,
    /// Times without prices whose candles are waited for, oldest first.
    pub gaps: Vec<Gap>,
    found: Vec<u32>,
}

impl Asset {
    pub(super) fn new(id: AssetId) -> Self {
        Self {
            id,
            seen: 0,
            last: None,
            heard_at: None,
            levels: Levels::default(),
            pending: Vec::new(),
            restless: BTreeSet::new(),
            due: BTreeSet::new(),
            next_due_ms: i64::MAX,
            moves: [None, None, None],
            groups: Groups::default(),
            was_down: false,
            gaps: Vec::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn price(&self) -> Option<Decimal> {
        self.last.map(|last| last.price.value())
    }

    /// Takes in a tick that is neither late nor known.
    pub(super) fn tick(&mut self, tick: &Tick, tools: &mut Tools<'_>) {
        if self.is_calm(tick, tools.limits) {
            self.last = Some(Last::of(tick));
            return;
        }
        self.examine(tick, tools);
    }

    /// Whether nothing can come of a tick.
    fn is_calm(&self, tick: &Tick, limits: &GapLimits) -> bool {
        let Some(last) = &self.last else { return false };
        let price = tick.price.value();
        (self.levels.is_quiet_at(price) || price == last.price.value())
            && tick.event_at.millis() < self.next_due_ms
            && self.pending.is_empty()
            && self.restless.is_empty()
            && tick.range.is_none()
            && !self.was_down
            && !limits.is_gap(last, tick)
            && self.moves.iter().all(Option::is_none)
    }

    fn examine(&mut self, tick: &Tick, tools: &mut Tools<'_>) {
        let before = self.last;
        let is_late = before.is_some_and(|last| self.was_down || tools.limits.is_gap(&last, tick));
        let occasion = Occasion::of(tick, before.map(|last| last.price), is_late);
        if let Some(before) = before.filter(|_| is_late) {
            gap::note(&mut self.gaps, Gap::new(before, Last::of(tick)));
            tools.journal.wants = true;
        }
        self.was_down = false;
        self.take_due(tick.event_at, tools);
        match before {
            Some(last) => self.travel(last.price.value(), &occasion, tools),
            None => self.begin(&occasion, tools),
        }
        self.examine_pending(&occasion, tools);
        self.examine_moves(tick, &occasion, tools);
        self.examine_restless(&occasion, tools);
        if let Some(range) = tick.range {
            let price = tick.price.value();
            let start = before.map_or(price, |last| last.price.value());
            let nobody = HashSet::new();
            self.excursion(start.max(price), range.high, &occasion, (&nobody, tools));
            self.excursion(start.min(price), range.low, &occasion, (&nobody, tools));
        }
        self.last = Some(Last::of(tick));
        self.levels.rest_at(tick.price.value());
    }

    /// The very first price: states may be met, but nothing is crossed.
    fn begin(&mut self, occasion: &Occasion, tools: &mut Tools<'_>) {
        let mut found = std::mem::take(&mut self.found);
        self.levels.met_at_first(occasion.price.value(), &mut found);
        for slot in found.drain(..) {
            self.look(slot, None, occasion, tools);
        }
        self.found = found;
    }

    /// The price moved from `from` to the occasion's.
    fn travel(&mut self, from: Decimal, occasion: &Occasion, tools: &mut Tools<'_>) {
        let mut found = std::mem::take(&mut self.found);
        self.levels.passed(from, occasion.price.value(), &mut found);
        for slot in found.drain(..) {
            // Both bounds of a channel may find it, and an earlier one may have ended it.
            if tools.slots.is_live(slot) {
                self.look(slot, Some(from), occasion, tools);
            }
        }
        self.found = found;
    }

    /// The price went from `hull` to an extreme and back, between two ticks. It is not the business of the `absent`.
    pub(super) fn excursion(
        &mut self,
        hull: Decimal,
        extreme: Price,
        occasion: &Occasion,
        (absent, tools): (&HashSet<AlertId>, &mut Tools<'_>),
    ) {
        let end = occasion.price.value();
        let (is_over, is_under) = (
            extreme.value() > hull && hull >= end,
            extreme.value() < hull && hull <= end,
        );
        if !is_over && !is_under {
            return;
        }
        let Ok(back) = Price::new(hull) else { return };
        let mut touched = Vec::new();
        for (from, to) in [(hull, extreme), (extreme.value(), back)] {
            let at_extreme = occasion.at_extreme(to, from);
            let mut found = Vec::new();
            self.levels.passed(from, to.value(), &mut found);
            for slot in found {
                let is_armed = tools.slots.is_live(slot) && tools.slots.get(slot).place == Place::Armed;
                let is_absent = !absent.is_empty() && absent.contains(&tools.slots.alert(slot));
                if is_armed
                    && !is_absent
                    && !tools.slots.is_latched(slot)
                    && !tools.slots.has_fired_at(slot, occasion.seq)
                {
                    self.look_at_extreme(slot, from, &at_extreme, tools);
                    touched.push(slot);
                }
            }
        }
        // What fired at the extreme may be false again at the price itself.
        for slot in touched {
            if tools.slots.is_live(slot) && tools.slots.is_latched(slot) {
                self.look(slot, Some(end), occasion, tools);
            }
        }
    }

    /// A range fires only what it made true, and only conditions that are about prices alone.
    fn look_at_extreme(&mut self, slot: u32, from: Decimal, occasion: &Occasion, tools: &mut Tools<'_>) {
        if let Some(complex) = tools.slots.complex(slot) {
            let start = Occasion {
                price: occasion.previous.unwrap_or(occasion.price),
                ..occasion.clone()
            };
            let was_met = !complex.condition.is_event() && self.judge(slot, None, &start, tools.slots, 0).met;
            if !is_about_prices(&complex.condition) || was_met {
                return;
            }
        }
        self.look(slot, Some(from), occasion, tools);
    }

    fn examine_pending(&mut self, occasion: &Occasion, tools: &mut Tools<'_>) {
        if self.pending.is_empty() {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        for (slot, after) in pending {
            if occasion.seq <= after.0 {
                self.pending.push((slot, after));
                continue;
            }
            self.place(slot, tools.slots);
            let previous = occasion.previous.map(Price::value).or(after.1);
            self.look(slot, previous, occasion, tools);
        }
    }

    fn examine_moves(&mut self, tick: &Tick, occasion: &Occasion, tools: &mut Tools<'_>) {
        for index in 0..self.moves.len() {
            let Some(moves) = &mut self.moves[index] else { continue };
            moves.advance(tick.event_at);
            let reference = moves.reference(tick.event_at);
            moves.push(Point {
                at: tick.event_at,
                seq: tick.seq,
                price: tick.price.value(),
            });
            self.tell_blindness(index, reference.is_none(), tick, tools);
            let Some(reference) = reference else { continue };
            let mut found = Vec::new();
            if let Some(moves) = &self.moves[index] {
                moves.moved(
                    Move {
                        price: tick.price.value(),
                        reference,
                    },
                    &mut found,
                );
            }
            for slot in found {
                if tools.slots.is_live(slot) {
                    self.look(slot, occasion.previous.map(Price::value), occasion, tools);
                }
            }
        }
    }

    /// Members of a window without a price to compare with can't be judged; each is told once.
    fn tell_blindness(&mut self, index: usize, is_blind: bool, tick: &Tick, tools: &mut Tools<'_>) {
        let Some(moves) = &mut self.moves[index] else { return };
        let newcomers = std::mem::take(&mut moves.newcomers);
        let members = if moves.is_blind == Some(is_blind) {
            newcomers
        } else {
            moves.members.iter().copied().collect()
        };
        moves.is_blind = Some(is_blind);
        for slot in members {
            if !tools.slots.is_expired(slot, tick.received_at) {
                tools.journal.tell_data(tools.slots, slot, is_blind, tick.event_at);
            }
        }
    }

    fn examine_restless(&mut self, occasion: &Occasion, tools: &mut Tools<'_>) {
        if self.restless.is_empty() {
            return;
        }
        for slot in self.restless.iter().copied().collect::<Vec<_>>() {
            self.look(slot, occasion.previous.map(Price::value), occasion, tools);
        }
    }

    /// How the alert's condition stands.
    fn judge(&self, slot: u32, previous: Option<Decimal>, occasion: &Occasion, slots: &Slots, stamp: u64) -> Truth {
        let held = slots.get(slot);
        let (price, level) = (occasion.price.value(), held.level);
        let is_up = previous.is_some_and(|previous| previous < level && level <= price);
        let is_down = previous.is_some_and(|previous| previous > level && level >= price);
        match held.kind {
            Kind::Above => Truth::of(price >= level, price <= clear_below(level)),
            Kind::Below => Truth::of(price <= level, price >= clear_above(level)),
            Kind::CrossUp => Truth::of(is_up, false),
            Kind::CrossDown => Truth::of(is_down, false),
            Kind::CrossEither => Truth::of(is_up || is_down, false),
            Kind::Complex => match slots.complex(slot) {
                Some(complex) => self.view(previous, occasion, stamp).judge(&complex.condition),
                None => Truth::UNKNOWN,
            },
        }
    }

    pub(super) fn view(&self, previous: Option<Decimal>, occasion: &Occasion, stamp: u64) -> View<'_> {
        View {
            previous,
            price: occasion.price.value(),
            at: occasion.event_at,
            stamp,
            groups: &self.groups,
            moves: &self.moves,
        }
    }

    /// Judges one alert, and does what follows from it.
    pub(super) fn look(&mut self, slot: u32, previous: Option<Decimal>, occasion: &Occasion, tools: &mut Tools<'_>) {
        let truth = self.judge(slot, previous, occasion, tools.slots, tools.stamp);
        self.conclude(slot, truth, occasion, tools);
    }

    pub(super) fn conclude(&mut self, slot: u32, truth: Truth, occasion: &Occasion, tools: &mut Tools<'_>) {
        tools.journal.judged += 1;
        if !truth.known {
            return;
        }
        if tools.slots.is_latched(slot) {
            if truth.clear {
                self.unplace(slot, tools.slots);
                tools.slots.extra_mut(slot).memory.latched = false;
                tools.journal.note(tools.slots, slot);
                self.place(slot, tools.slots);
            }
            return;
        }
        if !truth.met {
            return;
        }
        match tools.journal.fire(tools.slots, slot, occasion) {
            Outcome::Ended => self.end(slot, tools.slots),
            Outcome::Fired => self.go_on(slot, tools),
            Outcome::Ignored => self.wait_for_chance(slot, occasion, tools.slots),
        }
    }
}
