use std::collections::HashSet;

use domain::{AlertId, Source, Tick, Timestamp};
use serde::{Deserialize, Serialize};

use super::asset::Last;

/// For how long a source may be silent before what comes next counts as found late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapLimits {
    /// Where nothing else is said.
    pub default_ms: u64,
    /// By source.
    pub by_source: Vec<(Source, u64)>,
}

impl Default for GapLimits {
    fn default() -> Self {
        Self {
            default_ms: 60_000,
            by_source: Vec::new(),
        }
    }
}

impl GapLimits {
    /// The limit of a source in milliseconds; the general one where none is named.
    pub fn of(&self, source: Option<Source>) -> u64 {
        let known = self.by_source.iter().find(|(known, _)| Some(*known) == source);
        known.map_or(self.default_ms, |(_, limit)| *limit)
    }

    pub(super) fn is_gap(&self, last: &Last, tick: &Tick) -> bool {
        let age = tick.received_at.millis() - last.received_at.millis();
        // Most ticks follow at once: don't search for what can't matter.
        if age < 1_000 {
            return false;
        }
        age > i64::try_from(self.of(Some(last.source))).unwrap_or(i64::MAX)
    }
}

/// A time without prices that has ended, and that candles of other sources may still fill. It is part of the snapshot, so
/// that a restart while its candles are waited for does not forget it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The newest tick before it.
    pub before: Last,
    /// The first tick behind it.
    pub after: Last,
    /// Alerts that came later: what happened in the gap is not their business.
    pub(super) newcomers: HashSet<AlertId>,
    /// Whether its candles were asked for; whoever asked does not outlive the process.
    #[serde(skip)]
    pub(super) is_told: bool,
}

impl Gap {
    pub(super) fn new(before: Last, after: Last) -> Self {
        Self {
            before,
            after,
            newcomers: HashSet::new(),
            is_told: false,
        }
    }

    /// Whether it lies between these two moments.
    pub(super) fn is_between(&self, from: Timestamp, to: Timestamp) -> bool {
        self.before.event_at == from && self.after.event_at == to
    }
}

/// The most gaps of one asset that are waited for; of more, the oldest stays unknown.
const MOST: usize = 16;

/// Notes that a gap has ended.
pub(super) fn note(gaps: &mut Vec<Gap>, gap: Gap) {
    if gaps.len() >= MOST {
        gaps.remove(0);
    }
    gaps.push(gap);
}
