use std::collections::{BTreeMap, HashMap};

use tokio::time::Instant;

/// Facts that arrived before their predecessor, by key and number.
pub(super) struct Parked<T> {
    by_key: HashMap<String, BTreeMap<u64, (Instant, T)>>,
}

/// What the number of a fact says, given the last one applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It is next.
    Now,
    /// A predecessor is missing. A queue made late never gets the first ones; then the wait ends by itself.
    Early,
    /// A later one was applied already.
    Late,
}

/// `last` is 0 where nothing of the key was applied yet.
pub(super) fn turn(last: u64, seq: u64) -> Turn {
    match seq {
        seq if seq <= last => Turn::Late,
        seq if seq > last + 1 => Turn::Early,
        _ => Turn::Now,
    }
}

impl<T> Parked<T> {
    pub(super) fn new() -> Self {
        Self { by_key: HashMap::new() }
    }

    pub(super) fn park(&mut self, key: String, seq: u64, until: Instant, item: T) {
        self.by_key.entry(key).or_default().insert(seq, (until, item));
    }

    /// The parked fact of `key` that follows `applied`, if it is here.
    pub(super) fn successor(&mut self, key: &str, applied: u64) -> Option<T> {
        let waiting = self.by_key.get_mut(key)?;
        let item = waiting.remove(&(applied + 1)).map(|(_, item)| item);
        if waiting.is_empty() {
            self.by_key.remove(key);
        }
        item
    }

    /// The first fact of a key whose wait is over.
    pub(super) fn overdue(&mut self, now: Instant) -> Option<T> {
        let key = self
            .by_key
            .iter()
            .find(|(_, waiting)| waiting.first_key_value().is_some_and(|(_, (until, _))| *until <= now))?
            .0
            .clone();
        let waiting = self.by_key.get_mut(&key)?;
        let item = waiting.pop_first().map(|(_, (_, item))| item);
        if waiting.is_empty() {
            self.by_key.remove(&key);
        }
        item
    }

    /// When the next wait is over.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.by_key
            .values()
            .filter_map(|waiting| waiting.first_key_value())
            .map(|(_, (until, _))| *until)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn facts_of_a_key_take_turns_by_their_numbers() {
        assert_eq!(turn(0, 1), Turn::Now);
        assert_eq!(turn(0, 7), Turn::Early);
        assert_eq!(turn(7, 8), Turn::Now);
        assert_eq!(turn(7, 9), Turn::Early);
        assert_eq!(turn(7, 7), Turn::Late);
    }

    #[test]
    fn parked_facts_follow_their_predecessor_or_their_deadline() {
        let now = Instant::now();
        let later = now + Duration::from_secs(5);
        let mut parked = Parked::new();
        parked.park("a".to_owned(), 3, later, "a3");
        parked.park("a".to_owned(), 4, later, "a4");
        assert_eq!(parked.successor("a", 1), None);
        assert_eq!(parked.successor("a", 2), Some("a3"));
        assert_eq!(parked.overdue(now), None);
        assert_eq!(parked.next_deadline(), Some(later));
        assert_eq!(parked.overdue(later), Some("a4"));
        assert_eq!(parked.next_deadline(), None);
    }
}
