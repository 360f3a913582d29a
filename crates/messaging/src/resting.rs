use std::{collections::HashMap, hash::Hash, time::Duration};

use tokio::time::Instant;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Keys whose first waiting fact was not taken: each is left alone for a while, which doubles, and holds up no other.
pub(crate) struct Resting<K> {
    by_key: HashMap<K, Rest>,
}

struct Rest {
    until: Instant,
    next: Duration,
}

impl<K: Eq + Hash> Resting<K> {
    pub(crate) fn new() -> Self {
        Self { by_key: HashMap::new() }
    }

    /// The fact of a key was not taken. `spread` from 0 to 1 keeps keys that failed together from coming again together.
    pub(crate) fn failed(&mut self, key: K, now: Instant, spread: f64) {
        let rest = self.by_key.entry(key).or_insert(Rest {
            until: now,
            next: FIRST,
        });
        rest.until = now + rest.next.mul_f64(0.5 + spread / 2.0);
        rest.next = (rest.next * 2).min(LONGEST);
    }

    /// Nothing of this key has failed since.
    pub(crate) fn taken(&mut self, key: &K) {
        self.by_key.remove(key);
    }

    /// Those whose rest is not over.
    pub(crate) fn at(&self, now: Instant) -> impl Iterator<Item = &K> {
        self.by_key
            .iter()
            .filter(move |(_, rest)| rest.until > now)
            .map(|(key, _)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_rests_longer_each_time_and_never_for_long() {
        let start = Instant::now();
        let mut resting = Resting::new();
        resting.failed("a", start, 1.0);
        assert_eq!(resting.at(start).collect::<Vec<_>>(), [&"a"]);
        assert_eq!(resting.at(start + FIRST).count(), 0);
        resting.failed("a", start, 1.0);
        assert_eq!(resting.at(start + FIRST).count(), 1);
        for _ in 0..20 {
            resting.failed("a", start, 1.0);
        }
        assert_eq!(resting.at(start + LONGEST).count(), 0);
        resting.taken(&"a");
        resting.failed("a", start, 0.0);
        assert_eq!(resting.at(start + FIRST / 2).count(), 0, "from the beginning");
    }
}
