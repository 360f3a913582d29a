use std::{
    cmp::Ordering,
    collections::{BTreeSet, VecDeque},
};

use domain::{Decimal, Timestamp};

use super::{
    condition::{Direction, Window},
    exact::compare_products,
    truth::Truth,
};

/// By how many points a move must have fallen back before it may fire again.
const HYSTERESIS: Decimal = Decimal::from_parts(1, 0, 0, false, 1);

/// One price of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// When it was made.
    pub at: Timestamp,
    /// The asset's tick that told it.
    pub seq: u64,
    /// The price.
    pub price: Decimal,
}

/// The rolling window of one asset over one length: each price enters and leaves it once.
///
/// Alerts that are only about its move lie in ordered sets, so that a tick looks at the smallest move that would fire.
#[derive(Debug)]
pub(super) struct Moves {
    window: Window,
    points: VecDeque<Point>,
    armed_up: BTreeSet<(Decimal, u32)>,
    armed_down: BTreeSet<(Decimal, u32)>,
    latched: BTreeSet<u32>,
    /// Everybody who needs the window, to be told when the price to compare with is missing.
    pub members: BTreeSet<u32>,
    /// Members that were not told whether there is a price to compare with.
    pub newcomers: Vec<u32>,
    pub is_blind: Option<bool>,
    /// The past was not asked for yet.
    pub wants_history: bool,
}

/// The price of now against the one of the window's start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub price: Decimal,
    pub reference: Decimal,
}

impl Move {
    /// Compares the move with so many percent, exactly.
    fn compare(self, percent: Decimal) -> Ordering {
        // 100 · (p / r − 1) against t is p · 100 against r · (100 + t), since r is above 0.
        compare_products(
            (self.price, Decimal::ONE_HUNDRED),
            (self.reference, Decimal::ONE_HUNDRED + percent),
        )
    }

    pub(super) fn judge(self, direction: Direction, percent: Decimal) -> Truth {
        let (is_up, is_down) = (self.compare(percent).is_ge(), self.compare(-percent).is_le());
        let back = percent - HYSTERESIS;
        match direction {
            Direction::Up => Truth::of(is_up, self.compare(back).is_le()),
            Direction::Down => Truth::of(is_down, self.compare(-back).is_ge()),
            Direction::Either => {
                let back = back.max(Decimal::ZERO);
                let is_back = self.compare(back).is_le() && self.compare(-back).is_ge();
                Truth::of(is_up || is_down, is_back && !is_up && !is_down)
            }
        }
    }
}

impl Moves {
    pub(super) fn new(window: Window) -> Self {
        Self {
            window,
            points: VecDeque::new(),
            armed_up: BTreeSet::new(),
            armed_down: BTreeSet::new(),
            latched: BTreeSet::new(),
            members: BTreeSet::new(),
            newcomers: Vec::new(),
            is_blind: None,
            wants_history: true,
        }
    }

    pub(super) fn window(&self) -> Window {
        self.window
    }

    pub(super) fn arm(&mut self, slot: u32, direction: Direction, percent: Decimal) {
        if direction != Direction::Down {
            self.armed_up.insert((percent, slot));
        }
        if direction != Direction::Up {
            self.armed_down.insert((percent, slot));
        }
    }

    pub(super) fn latch(&mut self, slot: u32) {
        self.latched.insert(slot);
    }

    pub(super) fn take_out(&mut self, slot: u32, percent: Decimal) {
        self.armed_up.remove(&(percent, slot));
        self.armed_down.remove(&(percent, slot));
        self.latched.remove(&slot);
    }

    pub(super) fn leave(&mut self, slot: u32) {
        self.members.remove(&slot);
        self.newcomers.retain(|other| *other != slot);
    }

    /// Drops what is older than anything that will be compared with from `now` on.
    pub(super) fn advance(&mut self, now: Timestamp) {
        let start = now.millis() - self.window.millis();
        while self.points.get(1).is_some_and(|next| next.at.millis() <= start) {
            self.points.pop_front();
        }
    }

    pub(super) fn push(&mut self, point: Point) {
        self.points.push_back(point);
    }

    /// The last price at or before the window's start, unless it is too old. `at` must not go back.
    pub(super) fn reference(&self, at: Timestamp) -> Option<Decimal> {
        let start = at.millis() - self.window.millis();
        let point = self
            .points
            .iter()
            .take_while(|point| point.at.millis() <= start)
            .last()?;
        (point.at.millis() >= start - self.window.tolerance_ms()).then_some(point.price)
    }

    /// Adds to `found` the armed alerts that the move meets, and the latched ones that it lets go.
    pub(super) fn moved(&self, moved: Move, found: &mut Vec<u32>) {
        let met_up = self.armed_up.iter().take_while(|key| moved.compare(key.0).is_ge());
        let met_down = self.armed_down.iter().take_while(|key| moved.compare(-key.0).is_le());
        found.extend(met_up.chain(met_down).map(|key| key.1));
        found.extend(&self.latched);
    }

    /// Takes in prices of before the first one that it has, oldest first.
    pub(super) fn prepend(&mut self, history: &[Point]) {
        let first = self.points.front().map_or(u64::MAX, |point| point.seq);
        for point in history.iter().rev().filter(|point| point.seq < first) {
            self.points.push_front(*point);
        }
    }
}
