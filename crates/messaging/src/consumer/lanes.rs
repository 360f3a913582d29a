use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::Delivery;

/// The worker for facts that were handed out before.
const SUSPECTS: usize = 0;

/// Which worker handles which fact: those of one key always the same one, so that they stay in their order.
///
/// What was handed out before may have been what killed this process: such facts go through one worker, one at a time,
/// so that a bad one takes no innocent with it. Later facts of their keys follow them there, until the subscription ends.
pub(super) struct Lanes {
    count: usize,
    suspects: HashSet<String>,
}

impl Lanes {
    pub(super) fn new(count: usize) -> Self {
        Self {
            count: count.max(1),
            suspects: HashSet::new(),
        }
    }

    pub(super) fn of(&mut self, delivery: &Delivery) -> usize {
        #[derive(serde::Deserialize)]
        struct Keyed {
            key: String,
        }
        let keyed = serde_json::from_slice::<Keyed>(&delivery.body);
        self.of_key(
            keyed.map(|keyed| keyed.key).unwrap_or_default(),
            delivery.is_redelivered,
        )
    }

    fn of_key(&mut self, key: String, is_redelivered: bool) -> usize {
        if self.suspects.contains(&key) {
            return SUSPECTS;
        }
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        if is_redelivered {
            self.suspects.insert(key);
            return SUSPECTS;
        }
        usize::try_from(hasher.finish() % self.count as u64).unwrap_or(SUSPECTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_key_follow_the_one_that_was_handed_out_before() {
        let mut lanes = Lanes::new(4);
        let elsewhere = (0..)
            .map(|number| format!("key-{number}"))
            .find(|key| lanes.of_key(key.clone(), false) == 3)
            .expect("one of them");
        assert_eq!(lanes.of_key(elsewhere.clone(), true), SUSPECTS);
        assert_eq!(
            lanes.of_key(elsewhere.clone(), false),
            SUSPECTS,
            "behind its predecessor"
        );
        let mut next = Lanes::new(4);
        assert_eq!(next.of_key(elsewhere, false), 3, "a new subscription begins anew");
    }
}
