//! The gates in front of the services, as requests meet them.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use domain::{SharedClock, Timestamp};

use super::SERVICES;
use crate::{
    domain::guard::{Guard, Held, Importance},
    sync::{Mutex, MutexGuard},
};

/// One gate for each service.
pub struct Guards {
    gates: HashMap<&'static str, Arc<Mutex<Guard>>>,
    clock: SharedClock,
}

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
    /// Gates through which `limit` requests go at once, each.
    pub fn new(limit: u32, clock: SharedClock) -> Self {
        Self {
            gates: SERVICES
                .iter()
                .map(|service| (*service, Arc::new(Mutex::new(Guard::new(limit)))))
                .collect(),
            clock,
        }
    }

    /// Lets a request for a service through, or says why not; `None` for a service without a gate.
    pub fn enter(&self, service: &str, importance: Importance) -> Option<Result<Passage, Held>> {
        let gate = self.gates.get(service)?;
        let now = self.clock.now();
        let admitted = lock(gate).admit(now, importance);
        Some(admitted.map(|()| Passage {
            gate: Arc::clone(gate),
            clock: self.clock.clone(),
            since: now,
            answered: None,
        }))
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
