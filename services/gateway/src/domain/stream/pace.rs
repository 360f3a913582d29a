//! When something that another service owns is asked for again.

use std::time::Duration;

/// How close together the same thing is asked for.
const REST: Duration = Duration::from_millis(250);
/// So long after the last news it is asked for once more: its owner may have heard of the news later than we did.
const SETTLE: Duration = Duration::from_millis(1_500);
/// The longest wait after failures.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// When one thing is asked for.
#[derive(Debug, Clone, Default)]
pub struct Pace {
    settles: bool,
    is_dirty: bool,
    is_asked: bool,
    was_dirty: bool,
    not_before: Duration,
    settle_at: Option<Duration>,
    failures: u32,
}

impl Pace {
    /// For what its owner tells only after it is true for everybody.
    pub fn exact() -> Self {
        Self::default()
    }

    /// For what its owner may hear of later than we do: it is asked for once more when it is quiet.
    pub fn settling() -> Self {
        Self {
            settles: true,
            ..Self::default()
        }
    }

    /// It has changed, as far as is known.
    pub fn mark(&mut self) {
        self.is_dirty = true;
    }

    /// Whether to ask now; the question counts as asked.
    pub fn ask(&mut self, now: Duration) -> bool {
        let is_due = self.is_dirty || self.settle_at.is_some_and(|at| at <= now);
        if self.is_asked || !is_due || now < self.not_before {
            return false;
        }
        self.was_dirty = self.is_dirty;
        (self.is_asked, self.is_dirty, self.settle_at) = (true, false, None);
        true
    }

    /// There was an answer.
    pub fn answered(&mut self, now: Duration) {
        (self.is_asked, self.failures) = (false, 0);
        self.not_before = now + REST;
        self.settle_at = (self.settles && self.was_dirty).then_some(now + SETTLE);
    }

    /// There was none.
    pub fn failed(&mut self, now: Duration) {
        (self.is_asked, self.is_dirty) = (false, true);
        self.not_before = now + (REST * 2_u32.saturating_pow(self.failures)).min(LONGEST_WAIT);
        self.failures = (self.failures + 1).min(8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn news_are_asked_for_at_once_then_after_a_rest_and_once_more_when_it_is_quiet() {
        let mut pace = Pace::settling();
        assert!(!pace.ask(at(0)));
        pace.mark();
        assert!(pace.ask(at(0)));
        pace.mark();
        assert!(!pace.ask(at(300)), "the first question is not answered yet");
        pace.answered(at(310));
        assert!(!pace.ask(at(500)));
        assert!(pace.ask(at(560)));
        pace.answered(at(570));
        assert!(!pace.ask(at(2_000)));
        assert!(pace.ask(at(2_070)));
        pace.answered(at(2_080));
        assert!(!pace.ask(at(60_000)), "quiet is quiet");
    }

    #[test]
    fn failures_are_tried_again_ever_more_rarely() {
        let mut pace = Pace::exact();
        pace.mark();
        let (mut now, mut tries) = (0, 0);
        while now < 120_000 {
            if pace.ask(at(now)) {
                tries += 1;
                pace.failed(at(now));
            }
            now += 50;
        }
        assert!((10..20).contains(&tries), "{tries}");
    }
}
