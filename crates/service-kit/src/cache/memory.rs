use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use super::Count;
use crate::sync::{Mutex, MutexGuard};

/// The map inside the process.
#[derive(Clone, Default)]
pub(super) struct MemoryCache(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    entries: HashMap<String, Entry>,
    writes_since_sweep: usize,
}

struct Entry {
    value: Value,
    expires_at: Instant,
}

enum Value {
    Text(String),
    Count(u64),
    Set(BTreeSet<String>),
}

impl State {
    fn live(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key).filter(|entry| entry.expires_at > Instant::now())
    }

    fn text(&self, key: &str) -> Option<String> {
        match &self.live(key)?.value {
            Value::Text(text) => Some(text.clone()),
            Value::Count(count) => Some(count.to_string()),
            Value::Set(_) => None,
        }
    }

    /// Drops what has expired once there were as many writes as entries, so that the map stays in proportion to what lives.
    fn insert(&mut self, key: &str, value: Value, expires_at: Instant) {
        self.writes_since_sweep += 1;
        if self.writes_since_sweep > self.entries.len().max(1024) {
            let now = Instant::now();
            self.entries.retain(|_, entry| entry.expires_at > now);
            self.writes_since_sweep = 0;
        }
        self.entries.insert(key.to_owned(), Entry { value, expires_at });
    }
}

impl MemoryCache {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &str) -> Option<String> {
        self.lock().text(key)
    }

    pub(super) fn get_many(&self, keys: &[String]) -> Vec<Option<String>> {
        let state = self.lock();
        keys.iter().map(|key| state.text(key)).collect()
    }

    pub(super) fn set(&self, key: &str, value: &str, ttl: Duration) {
        self.lock()
            .insert(key, Value::Text(value.to_owned()), Instant::now() + ttl);
    }

    pub(super) fn set_if_absent(&self, key: &str, value: &str, ttl: Duration) -> bool {
        let mut state = self.lock();
        let is_absent = state.live(key).is_none();
        if is_absent {
            state.insert(key, Value::Text(value.to_owned()), Instant::now() + ttl);
        }
        is_absent
    }

    pub(super) fn delete(&self, keys: &[String]) {
        let mut state = self.lock();
        for key in keys {
            state.entries.remove(key);
        }
    }

    pub(super) fn increment(&self, key: &str, by: u64, window: Duration) -> Count {
        let mut state = self.lock();
        let now = Instant::now();
        let (before, expires_at) = match state.live(key) {
            Some(Entry {
                value: Value::Count(count),
                expires_at,
            }) => (*count, *expires_at),
            _ => (0, now + window),
        };
        let value = before.saturating_add(by);
        state.insert(key, Value::Count(value), expires_at);
        Count {
            value,
            resets_in: expires_at - now,
        }
    }

    pub(super) fn add_members(&self, key: &str, members: &[String], ttl: Duration) {
        let mut state = self.lock();
        let mut set = match state.live(key) {
            Some(Entry {
                value: Value::Set(set), ..
            }) => set.clone(),
            _ => BTreeSet::new(),
        };
        set.extend(members.iter().cloned());
        state.insert(key, Value::Set(set), Instant::now() + ttl);
    }

    pub(super) fn members(&self, key: &str) -> Vec<String> {
        match self.lock().live(key) {
            Some(Entry {
                value: Value::Set(set), ..
            }) => set.iter().cloned().collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn ping(&self) {}
}
