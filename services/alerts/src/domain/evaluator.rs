use std::{collections::HashMap, hash::BuildHasherDefault};

use contracts::LogEntry;
use domain::{
    AlertId, AssetId, Candle, Decimal, Tick, Timestamp,
    candles::{CandleBook, Change, Entry},
};

use super::{
    alert::{Alert, Decision},
    asset::{Asset, Last, Tools},
    condition::{Condition, LevelKind},
    gap::GapLimits,
    name_hasher::NameHasher,
    profiles::Profile,
    slots::{Complex, Kind, NewSlot, Slots},
    trigger::TriggerKey,
    truth::Truth,
    verdict::{Changed, Journal, Occasion},
};

/// Whether the evaluator meets an alert for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It was just armed: ticks behind its base price that were already taken in still count for it.
    New,
    /// It was watched before, up to the entry at which the evaluator stands.
    Restored,
}

/// Decides which alerts fire: a pure function of the log's entries and of the alerts put in between them.
#[derive(Debug, Default)]
pub struct Evaluator {
    pub(super) slots: Slots,
    pub(super) assets: Vec<Asset>,
    by_id: HashMap<AssetId, u32, BuildHasherDefault<NameHasher>>,
    pub(super) book: CandleBook,
    pub(super) journal: Journal,
    pub(super) stamp: u64,
    limits: GapLimits,
    closed: Vec<Candle>,
    heard_at: Option<Timestamp>,
}

impl Evaluator {
    /// An evaluator that has seen nothing.
    pub fn new(limits: GapLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Takes in the next entry of the log. What follows from it is fetched with [`Evaluator::take_decisions`].
    pub fn step(&mut self, entry: &LogEntry) {
        self.stamp += 1;
        match entry {
            LogEntry::Tick(tick) => self.tick(tick),
            LogEntry::Clock(at) => self.reach(Entry::Clock(*at), *at),
            LogEntry::FeedUp(at) => self.reach(Entry::FeedUp(*at), *at),
            LogEntry::FeedDown(at) => {
                self.reach(Entry::FeedDown(*at), *at);
                for asset in &mut self.assets {
                    asset.was_down = true;
                }
            }
        }
    }

    /// What was decided since the last call, in order.
    pub fn take_decisions(&mut self) -> Vec<Decision> {
        std::mem::take(&mut self.journal.decisions)
    }

    /// What alerts remember differently since the last call.
    pub fn take_changed(&mut self) -> HashMap<AlertId, Changed> {
        std::mem::take(&mut self.journal.changed)
    }

    /// Whether something was decided that nobody has fetched.
    pub fn has_decisions(&self) -> bool {
        !self.journal.decisions.is_empty()
    }

    /// Whether something of the past is wanted.
    pub fn has_wants(&self) -> bool {
        self.journal.wants
    }

    /// How many times an alert was judged so far: the work that grows with what may fire, and not with what is watched.
    pub fn judged(&self) -> u64 {
        self.journal.judged
    }

    /// How many alerts it watches.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether it watches none.
    pub fn is_empty(&self) -> bool {
        self.slots.len() == 0
    }

    /// Watches an alert, in place of what it knew of it before. One that is not active is forgotten.
    pub fn put(&mut self, alert: &Alert, arrival: Arrival) {
        self.remove(alert.id);
        if !alert.memory.status.is_active() {
            return;
        }
        let index = self.index_of(&alert.asset);
        let slot = self.slots.insert(new_slot(alert, index));
        let (asset, mut tools) = self.split(index);
        asset.join(slot, tools.slots);
        asset.schedule(slot, tools.slots);
        tools.journal.wants |= tools.slots.complex(slot).is_some();
        for gap in &mut asset.gaps {
            // One that was armed behind the gap and restored since is a newcomer too.
            if arrival == Arrival::New || alert.base.is_some_and(|base| base.seq >= gap.after.seq) {
                gap.newcomers.insert(alert.id);
            }
        }
        let seen = asset.last.map_or(0, |last| last.seq);
        match alert.base {
            Some(base) if base.seq > seen => asset.hold(slot, (base.seq, Some(base.price.value())), tools.slots),
            Some(base) if base.seq < seen && arrival == Arrival::New => asset.catch_up(slot, base.price, &mut tools),
            _ => asset.settle(slot, tools.slots),
        }
    }

    /// Takes over what does not change an alert's meaning, such as its expiry; what it remembers stays.
    pub fn amend(&mut self, alert: &Alert) {
        let changed = self.journal.changed.get(&alert.id).cloned();
        match self.slots.find(alert.id.uuid().as_bytes()) {
            Some(slot) => {
                let memory = self.slots.memory(slot);
                self.put(
                    &Alert {
                        memory,
                        ..alert.clone()
                    },
                    Arrival::Restored,
                );
                self.journal.changed.extend(changed.map(|changed| (alert.id, changed)));
            }
            // It has just ended, and that is not saved yet.
            None if changed.is_some() => {}
            None => self.put(alert, Arrival::Restored),
        }
    }

    /// What is read from here on was heard at this moment of its reader's. That decides nothing: it tells the reader who is
    /// silent, whatever the clock shows of those who receive prices.
    pub fn hear_at(&mut self, now: Timestamp) {
        self.heard_at = Some(now);
    }

    /// The assets that alerts are about: those that gave no price after `oldest`, and those that did. Of those that were
    /// never heard, nothing is known until their reader, who began at `begin`, has listened long enough.
    pub fn assets_by_silence(
        &self,
        begin: Timestamp,
        oldest: impl Fn(Option<domain::Source>) -> Timestamp,
    ) -> (Vec<AssetId>, Vec<AssetId>) {
        let (mut silent, mut alive) = (Vec::new(), Vec::new());
        for asset in &self.assets {
            let oldest = oldest(asset.last.map(|last| last.source));
            match asset.heard_at {
                Some(at) if at >= oldest => alive.push(asset.id.clone()),
                None if begin >= oldest => {}
                _ => silent.push(asset.id.clone()),
            }
        }
        (silent, alive)
    }

    /// Forgets an alert.
    pub fn remove(&mut self, id: AlertId) {
        let Some(slot) = self.slots.find(id.uuid().as_bytes()) else {
            return;
        };
        let index = self.slots.get(slot).asset;
        let (asset, tools) = self.split(index);
        asset.end(slot, tools.slots);
        tools.journal.changed.remove(&id);
    }

    pub(super) fn index_of(&mut self, id: &AssetId) -> u32 {
        if let Some(index) = self.by_id.get(id) {
            return *index;
        }
        let index = self.assets.len() as u32;
        self.assets.push(Asset::new(id.clone()));
        self.by_id.insert(id.clone(), index);
        index
    }

    pub(super) fn known(&self, id: &AssetId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(super) fn split(&mut self, index: u32) -> (&mut Asset, Tools<'_>) {
        let tools = Tools {
            slots: &mut self.slots,
            journal: &mut self.journal,
            stamp: self.stamp,
            limits: &self.limits,
        };
        (&mut self.assets[index as usize], tools)
    }

    fn tick(&mut self, tick: &Tick) {
        let index = self.index_of(&tick.asset);
        let asset = &mut self.assets[index as usize];
        if tick.seq <= asset.seen {
            return;
        }
        // Ticks that are missing in the log are a time without prices.
        asset.was_down |= asset.seen > 0 && tick.seq > asset.seen + 1;
        asset.seen = tick.seq;
        if !tick.is_late {
            asset.heard_at = self.heard_at;
        }
        let mut closed = std::mem::take(&mut self.closed);
        self.book
            .apply(Entry::Tick(tick), &mut |change| collect(change, &mut closed));
        if !closed.is_empty() {
            self.close(&closed, |_| tick.received_at);
            closed.clear();
        }
        self.closed = closed;
        if !tick.is_late {
            self.stamp += 1;
            let (asset, mut tools) = self.split(index);
            asset.tick(tick, &mut tools);
        }
    }

    fn reach(&mut self, entry: Entry<'_>, at: Timestamp) {
        let mut closed = Vec::new();
        self.book.apply(entry, &mut |change| collect(change, &mut closed));
        // The book keeps its series in no order; decisions have one. Those of one asset stay as time went.
        closed.sort_by(|left, right| left.asset.cmp(&right.asset));
        for candles in closed.chunk_by(|left, right| left.asset == right.asset) {
            // Where time went on without a tick, it did so for its receiver too.
            self.close(candles, |last| last.received_at.plus(at.since(last.event_at)));
        }
        self.let_go_at(at);
    }

    fn let_go_at(&mut self, at: Timestamp) {
        for index in 0..self.assets.len() as u32 {
            let (asset, mut tools) = self.split(index);
            if asset.next_due_ms <= at.millis() {
                asset.take_due(at, &mut tools);
            }
        }
    }

    /// Lets go those whose cooldown or bucket is over by the feed's own time, also of assets that have no ticks; tells
    /// whether there were any. Judges nothing: the next tick comes to the same with and without it.
    pub fn let_go(&mut self) -> bool {
        let Some(clock) = self.book.watch().clock else {
            return false;
        };
        self.let_go_at(clock);
        !self.journal.changed.is_empty()
    }

    /// Candles of one asset were closed by the present entry: those alerts are judged that wait for them.
    fn close(&mut self, candles: &[Candle], received_at: impl Fn(&Last) -> Timestamp) {
        let Some(index) = candles.first().and_then(|candle| self.known(&candle.asset)) else {
            return;
        };
        let Some(last) = self.assets[index as usize].last else {
            return;
        };
        // All candles that end at one moment are known before anybody is judged at that moment.
        for ended in candles.chunk_by(|left, right| left.end() == right.end()) {
            self.stamp += 1;
            let (asset, mut tools) = self.split(index);
            let mut judged = Vec::new();
            for candle in ended {
                let Some(group) = asset.groups.get_mut(candle.interval) else {
                    continue;
                };
                judged.push((candle, group.close));
                group.push(candle, tools.stamp);
                tools.journal.wants |= group.wants.is_some();
            }
            for (candle, previous) in judged {
                asset.judge_closed(candle, previous, (last, received_at(&last)), &mut tools);
            }
        }
    }
}

impl Asset {
    fn judge_closed(
        &mut self,
        candle: &Candle,
        before: Option<Decimal>,
        now: (Last, Timestamp),
        tools: &mut Tools<'_>,
    ) {
        let Some(group) = self.groups.get(candle.interval) else {
            return;
        };
        for slot in group.members.iter().copied().collect::<Vec<_>>() {
            let Some(complex) = tools.slots.complex(slot) else {
                continue;
            };
            // A candle that was over before the alert was armed is not its business.
            if complex.base.is_some_and(|base| candle.end() <= base.event_at) {
                continue;
            }
            let start = complex.base.filter(|base| base.event_at >= candle.start);
            let previous = start.map(|base| base.price.value()).or(before);
            let mut occasion = closing_occasion(candle, previous, now);
            if let Condition::Indicator(rule) = &complex.condition
                && let Some(reading) = self.groups.reading(rule)
            {
                occasion.value = Some(reading.current);
                occasion.previous_value = reading.previous;
            }
            let truth: Truth = self.view(previous, &occasion, tools.stamp).judge(&complex.condition);
            self.conclude(slot, truth, &occasion, tools);
        }
    }
}

fn closing_occasion(candle: &Candle, previous: Option<Decimal>, (last, received_at): (Last, Timestamp)) -> Occasion {
    Occasion {
        seq: last.seq,
        price: candle.prices.close,
        previous: previous.and_then(|price| domain::Price::new(price).ok()),
        source: last.source,
        event_at: candle.end(),
        received_at,
        late: false,
        from_candle_range: false,
        bar: Some(TriggerKey::Bar(candle.interval, candle.start)),
        value: None,
        previous_value: None,
    }
}

fn collect(change: Change, closed: &mut Vec<Candle>) {
    if let Change::Closed(marked) = change {
        closed.push(marked.candle);
    }
}

fn new_slot(alert: &Alert, asset: u32) -> NewSlot {
    let is_closing = alert.trigger.closing_interval().is_some();
    let (kind, level) = match &alert.condition {
        Condition::Level { kind, price } if !is_closing => (plain_kind(*kind), price.value().normalize()),
        _ => (Kind::Complex, Decimal::ZERO),
    };
    let is_complex = kind == Kind::Complex;
    let complex = is_complex.then(|| {
        Box::new(Complex {
            condition: alert.condition.clone(),
            base: alert.base,
        })
    });
    NewSlot {
        id: alert.id.uuid().into_bytes(),
        version: alert.version,
        asset,
        kind,
        level,
        expires_at: alert.expires_at,
        profile: Profile {
            trigger: alert.trigger,
            cooldown_ms: alert.cooldown_ms,
        },
        memory: alert.memory.clone(),
        complex,
    }
}

fn plain_kind(kind: LevelKind) -> Kind {
    match kind {
        LevelKind::Above => Kind::Above,
        LevelKind::Below => Kind::Below,
        LevelKind::CrossesAbove => Kind::CrossUp,
        LevelKind::CrossesBelow => Kind::CrossDown,
        LevelKind::Crosses => Kind::CrossEither,
    }
}
