//! The gates in front of the services, as requests meet them.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::Duration,
};

use domain::{SharedClock, Timestamp};

use super::SERVICES;
use crate::{
    domain::guard::{DOORS, Guard, Held, Importance},
    sync::{Mutex, MutexGuard},
};

/// One gate for each service, and one for the doors: see `Place::gate`.
pub struct Guards {
    gates: HashMap<&'static str, Arc<Mutex<Guard>>>,
    clock: SharedClock,
    refusals: Mutex<Refusals>,
}

/// Requests that were held back and not told of yet.
#[derive(Default)]
struct Refusals {
    count: u64,
    told_at: Option<Timestamp>,
}

/// How often it is told that requests are held back.
const TELLING: Duration = Duration::from_secs(5);

/// A request on its way through a gate. Dropped without an outcome, it says nothing about the service.
pub struct Passage {
    gate: Arc<Mutex<Guard>>,
    clock: SharedClock,
    since: Timestamp,
    answered: Option<bool>,
}

fn lock(gate: &Mutex<Guard>) -> MutexGuard<'_, Guard> {
    gate.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Guards {
    /// Gates through which `limit` requests go at once to each service, and `doors` to its doors.
    pub fn new(limit: u32, doors: u32, clock: SharedClock) -> Self {
        let services = SERVICES.iter().map(|service| (*service, Guard::new(limit)));
        let gates = services.chain([(DOORS, Guard::fixed(doors))]);
        Self {
            gates: gates.map(|(name, guard)| (name, Arc::new(Mutex::new(guard)))).collect(),
            clock,
            refusals: Mutex::default(),
        }
    }

    /// Lets a request through the gate of this name, or says why not; `None` where there is no such gate.
    pub fn enter(&self, gate: &str, importance: Importance) -> Option<Result<Passage, Held>> {
        let gate = self.gates.get(gate)?;
        let now = self.clock.now();
        let admitted = lock(gate).admit(now, importance);
        Some(admitted.map(|()| Passage {
            gate: Arc::clone(gate),
            clock: self.clock.clone(),
            since: now,
            answered: None,
        }))
    }

    /// Whether as much as may runs behind a gate already, for a request of this importance. It asks nothing of the gate.
    pub fn is_full(&self, gate: &str, importance: Importance) -> bool {
        let gate = self.gates.get(gate);
        gate.is_some_and(|gate| lock(gate).is_full(importance))
    }

    /// Takes note that a request was held back. Now and then it gives their number since the last time, for the log: a line
    /// for each would cost more than the refusal.
    pub fn refused(&self) -> Option<u64> {
        let now = self.clock.now();
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.count += 1;
        // A clock that was set back is no reason to be silent.
        let is_fresh = |told: Timestamp| now >= told && now.since(told) < TELLING;
        if refusals.told_at.is_some_and(is_fresh) {
            return None;
        }
        refusals.told_at = Some(now);
        Some(std::mem::take(&mut refusals.count))
    }
}

impl Passage {
    /// Whether a request that cannot have reached the service may be sent once more.
    pub fn may_retry(&self) -> bool {
        lock(&self.gate).may_retry()
    }

    /// Says that the service answers, and that its answer is still on the way.
    pub fn answers(&self) {
        lock(&self.gate).answers();
    }

    /// Says that the service stopped in the middle of its answer.
    pub fn fails(&mut self) {
        self.answered = Some(false);
    }

    /// Says whether the service answered.
    pub fn settle(mut self, answered: bool) {
        self.answered = Some(answered);
    }
}

impl Drop for Passage {
    fn drop(&mut self) {
        let (mut gate, now) = (lock(&self.gate), self.clock.now());
        if self.answered == Some(true) {
            gate.took(now, now.since(self.since));
        }
        gate.settle(now, self.answered);
    }
}

#[cfg(test)]
mod tests {
    use domain::ManualClock;

    use super::*;

    #[test]
    fn what_is_held_back_is_told_at_once_and_then_every_five_seconds() {
        let clock = Arc::new(ManualClock::new(
            Timestamp::from_millis(1_790_000_000_000).expect("time"),
        ));
        let guards = Guards::new(1, 1, clock.clone());
        assert_eq!(guards.refused(), Some(1));
        assert_eq!((guards.refused(), guards.refused()), (None, None));
        clock.advance(TELLING);
        assert_eq!(guards.refused(), Some(3));
        assert_eq!(guards.refused(), None);
    }
}
