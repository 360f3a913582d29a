use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Included},
};

use domain::Decimal;

type Keys = BTreeSet<(Decimal, u32)>;

/// Which move over a level matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From under it to it or over it.
    Up,
    /// From over it to it or under it.
    Down,
    /// Any move that begins, ends or passes there.
    Either,
}

/// The price levels of one asset at which something may happen, by the way on which it may.
///
/// A price that stays strictly between the nearest levels costs two comparisons, however many levels there are.
#[derive(Debug)]
pub(super) struct Levels {
    up: Keys,
    down: Keys,
    either: Keys,
    /// While the price stays strictly between these, nothing happens.
    quiet: (Decimal, Decimal),
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            up: Keys::new(),
            down: Keys::new(),
            either: Keys::new(),
            quiet: (Decimal::MIN, Decimal::MAX),
        }
    }
}

impl Levels {
    pub(super) fn is_empty(&self) -> bool {
        self.up.is_empty() && self.down.is_empty() && self.either.is_empty()
    }

    pub(super) fn is_quiet_at(&self, price: Decimal) -> bool {
        self.quiet.0 < price && price < self.quiet.1
    }

    pub(super) fn insert(&mut self, way: Way, level: Decimal, slot: u32, price: Option<Decimal>) {
        self.keys(way).insert((level, slot));
        if price.is_none_or(|price| level <= price) {
            self.quiet.0 = self.quiet.0.max(level);
        }
        if price.is_none_or(|price| level >= price) {
            self.quiet.1 = self.quiet.1.min(level);
        }
    }

    /// Takes a level out. What is quiet may be more than is known after that, until [`Levels::rest_at`].
    pub(super) fn remove(&mut self, way: Way, level: Decimal, slot: u32) {
        self.keys(way).remove(&(level, slot));
    }

    /// Finds between which levels `price` lies.
    pub(super) fn rest_at(&mut self, price: Decimal) {
        let mut quiet = (Decimal::MIN, Decimal::MAX);
        for keys in [&self.up, &self.down, &self.either] {
            if let Some((below, _)) = keys.range(..=(price, u32::MAX)).next_back() {
                quiet.0 = quiet.0.max(*below);
            }
            if let Some((above, _)) = keys.range((price, 0)..).next() {
                quiet.1 = quiet.1.min(*above);
            }
        }
        self.quiet = quiet;
    }

    /// Adds to `found` what a move of the price may change.
    pub(super) fn passed(&self, from: Decimal, to: Decimal, found: &mut Vec<u32>) {
        if from < to {
            found.extend(
                self.up
                    .range((Excluded((from, u32::MAX)), Included((to, u32::MAX))))
                    .map(|key| key.1),
            );
        } else if to < from {
            // Higher levels are met first.
            found.extend(self.down.range((to, 0)..(from, 0)).rev().map(|key| key.1));
        }
        if from != to && !self.either.is_empty() {
            let (low, high) = if from < to { (from, to) } else { (to, from) };
            found.extend(self.either.range((low, 0)..=(high, u32::MAX)).map(|key| key.1));
        }
    }

    /// Adds to `found` what the very first price may change.
    pub(super) fn met_at_first(&self, price: Decimal, found: &mut Vec<u32>) {
        found.extend(self.up.range(..=(price, u32::MAX)).map(|key| key.1));
        found.extend(self.down.range((price, 0)..).map(|key| key.1));
        found.extend(self.either.iter().map(|key| key.1));
    }

    fn keys(&mut self, way: Way) -> &mut Keys {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
            Way::Either => &mut self.either,
        }
    }
}
