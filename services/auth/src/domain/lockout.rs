use std::time::Duration;

use domain::Timestamp;

/// When wrong passwords shut the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockoutPolicy {
    /// How many failures are too many.
    pub failures: usize,
    /// The time in which they are counted.
    pub window: Duration,
    /// How long the door stays shut.
    pub lock: Duration,
}

impl Default for LockoutPolicy {
    fn default() -> Self {
        Self {
            failures: 10,
            window: Duration::from_secs(15 * 60),
            lock: Duration::from_secs(15 * 60),
        }
    }
}

/// What is remembered of the tries at one account's password doors.
///
/// A try is counted *before* its password is looked at and taken back when it was right, so that any
/// number of parallel guesses gets no more looks than one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lockout {
    /// Tries that have not been taken back, oldest first.
    pub tries: Vec<Timestamp>,
    /// Until when nothing is looked at.
    pub locked_until: Option<Timestamp>,
}

/// The door is shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locked {
    /// For how much longer.
    pub retry_after: Duration,
}

/// A try that may be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted {
    /// Should it fail, the door shuts.
    pub is_last: bool,
}

impl Lockout {
    /// Counts one more try, or says for how long none is admitted.
    pub fn admit(&mut self, now: Timestamp, policy: LockoutPolicy) -> Result<Admitted, Locked> {
        if let Some(until) = self.locked_until {
            if now < until {
                return Err(Locked {
                    retry_after: until.since(now),
                });
            }
            *self = Self::default();
        }
        let start = now.minus(policy.window);
        self.tries.retain(|tried| *tried > start);
        self.tries.push(now);
        let is_last = self.tries.len() >= policy.failures;
        if is_last {
            self.locked_until = Some(now.plus(policy.lock));
        }
        Ok(Admitted { is_last })
    }

    /// Takes back the try of `tried`: it was no wrong guess, but nor did it prove everything.
    pub fn take_back(&mut self, tried: Timestamp, policy: LockoutPolicy) {
        if let Some(at) = self.tries.iter().rposition(|other| *other == tried) {
            self.tries.remove(at);
        }
        if self.tries.len() < policy.failures {
            self.locked_until = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + second * 1000).expect("time")
    }

    #[test]
    fn the_tenth_failure_in_fifteen_minutes_locks_for_fifteen_minutes() {
        let policy = LockoutPolicy::default();
        let mut lockout = Lockout::default();
        for second in 0..9 {
            assert_eq!(lockout.admit(at(second), policy), Ok(Admitted { is_last: false }));
        }
        assert_eq!(lockout.admit(at(9), policy), Ok(Admitted { is_last: true }));
        assert_eq!(
            lockout.admit(at(10), policy),
            Err(Locked {
                retry_after: Duration::from_secs(899)
            })
        );
        assert_eq!(
            lockout.admit(at(9 + 899), policy),
            Err(Locked {
                retry_after: Duration::from_secs(1)
            })
        );
        assert_eq!(lockout.admit(at(9 + 900), policy), Ok(Admitted { is_last: false }));
    }

    #[test]
    fn failures_older_than_the_window_do_not_count() {
        let policy = LockoutPolicy::default();
        let mut lockout = Lockout::default();
        for second in 0..9 {
            lockout.admit(at(second), policy).expect("admitted");
        }
        assert_eq!(
            lockout.admit(at(900), policy),
            Ok(Admitted { is_last: false }),
            "the first one has left the window"
        );
    }

    #[test]
    fn a_try_that_was_no_failure_is_taken_back() {
        let policy = LockoutPolicy::default();
        let mut lockout = Lockout::default();
        for second in 0..100 {
            let tried = at(second);
            lockout.admit(tried, policy).expect("admitted");
            lockout.take_back(tried, policy);
        }
        assert_eq!(lockout, Lockout::default());
    }

    proptest! {
        /// However the tries fall, no window of fifteen minutes sees more than ten.
        #[test]
        fn no_window_admits_more_than_ten(gaps in prop::collection::vec(0i64..200, 1..300)) {
            let policy = LockoutPolicy::default();
            let mut lockout = Lockout::default();
            let (mut second, mut admitted) = (0, Vec::new());
            for gap in gaps {
                second += gap;
                if lockout.admit(at(second), policy).is_ok() {
                    admitted.push(second);
                }
            }
            for (index, first) in admitted.iter().enumerate() {
                let inside = admitted[index..].iter().take_while(|other| **other < first + 900).count();
                prop_assert!(inside <= 10, "{inside} tries from second {first}");
            }
        }
    }
}
