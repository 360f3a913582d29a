//! When a failed delivery is tried again, and when it is given up.

use std::time::Duration;

use domain::Timestamp;

/// The pauses between the tries of one kind of channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    pauses: Vec<Duration>,
}

impl Schedule {
    /// From the pauses after the first, second, … failed try; after the last one the delivery is given up.
    pub fn new(pauses: Vec<Duration>) -> Self {
        Self { pauses }
    }

    /// From pauses in seconds.
    pub fn from_seconds(seconds: &[u64]) -> Self {
        Self::new(seconds.iter().map(|seconds| Duration::from_secs(*seconds)).collect())
    }

    /// When to try again after `attempts` failed tries; `None` once that was the last.
    ///
    /// `dice` in 0..1 spreads the tries of many deliveries by a fifth to either side. A target that asked for
    /// `at_least` gets it, up to a day.
    pub fn next(&self, attempts: u32, now: Timestamp, dice: f64, at_least: Option<Duration>) -> Option<Timestamp> {
        let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
        let pause = self.pauses.get(index)?.mul_f64(0.8 + 0.4 * dice.clamp(0.0, 1.0));
        let asked = at_least.unwrap_or_default().min(Duration::from_secs(86_400));
        Some(now.plus(pause.max(asked)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).expect("time")
    }

    #[test]
    fn reliability_33_tries_are_bounded_and_spread() {
        let schedule = Schedule::from_seconds(&[10, 100]);
        assert_eq!(
            schedule.next(1, now(), 0.5, None),
            Some(now().plus(Duration::from_secs(10)))
        );
        assert_eq!(
            schedule.next(1, now(), 0.0, None),
            Some(now().plus(Duration::from_secs(8)))
        );
        assert_eq!(
            schedule.next(1, now(), 1.0, None),
            Some(now().plus(Duration::from_secs(12)))
        );
        assert_eq!(
            schedule.next(2, now(), 0.5, None),
            Some(now().plus(Duration::from_secs(100)))
        );
        assert_eq!(schedule.next(3, now(), 0.5, None), None);
    }

    #[test]
    fn a_target_may_ask_for_more_time() {
        let schedule = Schedule::from_seconds(&[10]);
        let asked = Some(Duration::from_secs(60));
        assert_eq!(
            schedule.next(1, now(), 0.5, asked),
            Some(now().plus(Duration::from_secs(60)))
        );
    }
}
