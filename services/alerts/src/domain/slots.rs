//! The armed alerts, packed: what most of them need is in a slot of 56 bytes, the rest on the side.

use domain::{AlertId, Decimal, Timestamp};

use super::{
    alert::{Base, Memory},
    condition::Condition,
    profiles::{Profile, Profiles},
};

/// What is watched, as far as the levels' index needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Above,
    Below,
    CrossUp,
    CrossDown,
    CrossEither,
    /// Anything else: see [`Extra::complex`].
    Complex,
}

impl Kind {
    pub(super) fn is_state(self) -> bool {
        matches!(self, Self::Above | Self::Below)
    }
}

/// In which index the alert stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Place {
    /// In none: it is looked at by itself at the next tick.
    Pending,
    /// Where its condition finds it.
    Armed,
    /// Where the end of its state finds it.
    Latched,
    /// In the queue of what is due, until its bucket is over.
    Waiting,
    /// There is no alert in this slot.
    Free,
}

/// One alert.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub id: [u8; 16],
    pub level: Decimal,
    expires_ms: i64,
    pub asset: u32,
    pub version: u32,
    extra: u32,
    profile: u16,
    pub kind: Kind,
    pub place: Place,
}

/// What only some alerts have.
#[derive(Debug, Clone, Default)]
pub(super) struct Extra {
    pub memory: Memory,
    pub complex: Option<Box<Complex>>,
    /// When the asset's queue will look at it, in event time.
    pub due_ms: Option<i64>,
    /// Its own, where too many others are in use to share one.
    profile: Option<Profile>,
}

/// A condition that is more than a level, or a level that is judged on closed candles.
#[derive(Debug, Clone)]
pub(super) struct Complex {
    pub condition: Condition,
    pub base: Option<Base>,
}

const NONE: u32 = u32::MAX;
/// Slots are allotted in pieces, so that growing never copies and never holds twice what is needed.
const PIECE: usize = 4096;

/// All alerts of one evaluator.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pieces: Vec<Vec<Slot>>,
    free: Vec<u32>,
    extras: Vec<Option<Extra>>,
    free_extras: Vec<u32>,
    profiles: Profiles,
    by_id: IdTable,
    live: usize,
}

/// A slot's content before it has a number.
pub(super) struct NewSlot {
    pub id: [u8; 16],
    pub version: u32,
    pub asset: u32,
    pub kind: Kind,
    pub level: Decimal,
    pub expires_at: Option<Timestamp>,
    pub profile: Profile,
    pub memory: Memory,
    pub complex: Option<Box<Complex>>,
}

impl Slots {
    pub(super) fn len(&self) -> usize {
        self.live
    }

    pub(super) fn find(&self, id: &[u8; 16]) -> Option<u32> {
        self.by_id.find(id, |slot| self.get(slot).id)
    }

    pub(super) fn get(&self, slot: u32) -> &Slot {
        &self.pieces[slot as usize / PIECE][slot as usize % PIECE]
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> &mut Slot {
        &mut self.pieces[slot as usize / PIECE][slot as usize % PIECE]
    }

    pub(super) fn profile(&self, slot: u32) -> Profile {
        let shared = self.profiles.get(self.get(slot).profile);
        let own = || self.extra(slot).and_then(|extra| extra.profile);
        #[allow(
            clippy::expect_used,
            reason = "an alert without a number is put in with a profile of its own"
        )]
        shared.or_else(own).expect("every alert has a profile")
    }

    pub(super) fn alert(&self, slot: u32) -> AlertId {
        AlertId::from(uuid::Uuid::from_bytes(self.get(slot).id))
    }

    /// Whether the slot still holds an alert.
    pub(super) fn is_live(&self, slot: u32) -> bool {
        self.get(slot).place != Place::Free
    }

    pub(super) fn has_fired_at(&self, slot: u32, seq: u64) -> bool {
        self.extra(slot)
            .is_some_and(|extra| extra.memory.fired_seq == Some(seq))
    }

    pub(super) fn is_expired(&self, slot: u32, now: Timestamp) -> bool {
        self.get(slot).expires_ms <= now.millis()
    }

    pub(super) fn extra(&self, slot: u32) -> Option<&Extra> {
        self.extras.get(self.get(slot).extra as usize)?.as_ref()
    }

    pub(super) fn complex(&self, slot: u32) -> Option<&Complex> {
        self.extra(slot)?.complex.as_deref()
    }

    pub(super) fn memory(&self, slot: u32) -> Memory {
        self.extra(slot).map(|extra| extra.memory.clone()).unwrap_or_default()
    }

    pub(super) fn is_latched(&self, slot: u32) -> bool {
        self.extra(slot).is_some_and(|extra| extra.memory.latched)
    }

    /// The side record, made when it is first needed.
    pub(super) fn extra_mut(&mut self, slot: u32) -> &mut Extra {
        let mut index = self.get(slot).extra;
        if index == NONE {
            index = self.add_extra(Extra::default());
            self.get_mut(slot).extra = index;
        }
        self.extras[index as usize].get_or_insert_default()
    }

    pub(super) fn insert(&mut self, new: NewSlot) -> u32 {
        let shared = self.profiles.take(new.profile);
        let is_plain = new.memory == Memory::default() && new.complex.is_none() && shared.is_some();
        let extra = if is_plain {
            NONE
        } else {
            self.add_extra(Extra {
                memory: new.memory,
                complex: new.complex,
                due_ms: None,
                profile: shared.is_none().then_some(new.profile),
            })
        };
        let content = Slot {
            id: new.id,
            level: new.level,
            expires_ms: new.expires_at.map_or(i64::MAX, Timestamp::millis),
            asset: new.asset,
            version: new.version,
            extra,
            profile: shared.unwrap_or(Profiles::NONE),
            kind: new.kind,
            place: Place::Pending,
        };
        let slot = self.allot(content);
        let pieces = &self.pieces;
        self.by_id
            .insert(slot, |slot| pieces[slot as usize / PIECE][slot as usize % PIECE].id);
        self.live += 1;
        slot
    }

    pub(super) fn remove(&mut self, slot: u32) {
        let pieces = &self.pieces;
        self.by_id
            .remove(slot, |slot| pieces[slot as usize / PIECE][slot as usize % PIECE].id);
        let extra = self.get(slot).extra;
        if extra != NONE {
            self.extras[extra as usize] = None;
            self.free_extras.push(extra);
        }
        self.profiles.release(self.get(slot).profile);
        self.get_mut(slot).place = Place::Free;
        self.free.push(slot);
        self.live -= 1;
    }

    fn allot(&mut self, content: Slot) -> u32 {
        if let Some(slot) = self.free.pop() {
            *self.get_mut(slot) = content;
            return slot;
        }
        if self.pieces.last().is_none_or(|piece| piece.len() == PIECE) {
            self.pieces.push(Vec::with_capacity(PIECE));
        }
        let index = self.pieces.len() - 1;
        let piece = &mut self.pieces[index];
        piece.push(content);
        (index * PIECE + piece.len() - 1) as u32
    }

    fn add_extra(&mut self, extra: Extra) -> u32 {
        if let Some(index) = self.free_extras.pop() {
            self.extras[index as usize] = Some(extra);
            return index;
        }
        self.extras.push(Some(extra));
        (self.extras.len() - 1) as u32
    }
}

/// From an alert's id to its slot, at about six bytes each: open addressing over slot numbers; the ids are in the slots.
#[derive(Debug, Default)]
struct IdTable {
    cells: Vec<u32>,
    count: usize,
}

impl IdTable {
    fn home(&self, id: &[u8; 16]) -> usize {
        let (high, low) = id.split_at(8);
        let word = |bytes: &[u8]| bytes.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
        let mixed = (word(high) ^ word(low).rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // Multiply-shift into any number of cells, so that the table need not double.
        ((u128::from(mixed) * self.cells.len() as u128) >> 64) as usize
    }

    fn find(&self, id: &[u8; 16], id_of: impl Fn(u32) -> [u8; 16]) -> Option<u32> {
        if self.cells.is_empty() {
            return None;
        }
        let mut cell = self.home(id);
        while self.cells[cell] != NONE {
            if id_of(self.cells[cell]) == *id {
                return Some(self.cells[cell]);
            }
            cell = (cell + 1) % self.cells.len();
        }
        None
    }

    fn insert(&mut self, slot: u32, id_of: impl Fn(u32) -> [u8; 16]) {
        if (self.count + 1) * 5 > self.cells.len() * 4 {
            let size = (self.cells.len() * 5 / 4).max(16);
            let old = std::mem::replace(&mut self.cells, vec![NONE; size]);
            for slot in old.into_iter().filter(|slot| *slot != NONE) {
                self.put(slot, &id_of);
            }
        }
        self.put(slot, &id_of);
        self.count += 1;
    }

    fn put(&mut self, slot: u32, id_of: impl Fn(u32) -> [u8; 16]) {
        let mut cell = self.home(&id_of(slot));
        while self.cells[cell] != NONE {
            cell = (cell + 1) % self.cells.len();
        }
        self.cells[cell] = slot;
    }

    fn remove(&mut self, slot: u32, id_of: impl Fn(u32) -> [u8; 16]) {
        let size = self.cells.len();
        let mut hole = self.home(&id_of(slot));
        while self.cells[hole] != slot {
            if self.cells[hole] == NONE {
                return;
            }
            hole = (hole + 1) % size;
        }
        self.cells[hole] = NONE;
        self.count -= 1;
        // Close the hole, or what was pushed past it could no longer be found.
        let mut cell = (hole + 1) % size;
        while self.cells[cell] != NONE {
            let home = self.home(&id_of(self.cells[cell]));
            let is_reachable = if hole <= cell {
                hole < home && home <= cell
            } else {
                hole < home || home <= cell
            };
            if !is_reachable {
                self.cells[hole] = self.cells[cell];
                self.cells[cell] = NONE;
                hole = cell;
            }
            cell = (cell + 1) % size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::trigger::Trigger;

    #[test]
    fn a_plain_alert_takes_56_bytes() {
        assert_eq!(size_of::<Slot>(), 56);
    }

    fn new_slot(number: u32, cooldown_ms: i64) -> NewSlot {
        NewSlot {
            id: uuid::Uuid::from_u128(u128::from(number)).into_bytes(),
            version: 1,
            asset: 0,
            kind: Kind::Above,
            level: Decimal::ONE,
            expires_at: None,
            profile: Profile {
                trigger: Trigger::Once,
                cooldown_ms,
            },
            memory: Memory::default(),
            complex: None,
        }
    }

    #[test]
    fn every_alert_has_its_own_profile_however_many_there_are() {
        let mut slots = Slots::default();
        let count = 66_000;
        let all: Vec<u32> = (0..count)
            .map(|number| slots.insert(new_slot(number, i64::from(number))))
            .collect();
        for (number, slot) in (0_i64..).zip(&all) {
            assert_eq!(slots.profile(*slot).cooldown_ms, number);
        }
        // Those that are gone leave their numbers to others, who share them.
        for slot in &all {
            slots.remove(*slot);
        }
        for number in 0..count {
            let slot = slots.insert(new_slot(number, 1_000_000 + i64::from(number % 2)));
            assert_eq!(slots.profile(slot).cooldown_ms, 1_000_000 + i64::from(number % 2));
            assert_ne!(slots.get(slot).profile, Profiles::NONE);
        }
    }

    #[test]
    fn ids_are_found_after_others_left() {
        let ids: Vec<[u8; 16]> = (0..500_u32)
            .map(|n| uuid::Uuid::from_u128(u128::from(n) << 96).into_bytes())
            .collect();
        let mut table = IdTable::default();
        let id_of = |slot: u32| ids[slot as usize];
        for slot in 0..500 {
            table.insert(slot, id_of);
        }
        for slot in (0..500).step_by(3) {
            table.remove(slot, id_of);
        }
        for slot in 0..500 {
            let expected = if slot % 3 == 0 { None } else { Some(slot) };
            assert_eq!(table.find(&ids[slot as usize], id_of), expected);
        }
    }
}
