//! When a polled provider may be asked: never before it allows it, never more than its budget, rarely while it is down.
//!
//! Polls come once in a period, each of one request or of a round of several. What else there is to ask (the past, mostly)
//! goes between them, and only while the provider is well. Its time is not that of the wall, which somebody may set.

use std::time::{Duration, Instant};

use domain::Timestamp;

/// While a provider is down it is asked no more often than this.
const PROBE_EVERY: Duration = Duration::from_secs(30);
/// So many failures in a row and it counts as down.
const FAILURES: u32 = 3;
/// No provider is believed that wants to be left alone for longer.
const LONGEST_REST: Duration = Duration::from_secs(3_600);
/// A poll that is due goes first; after so long the rest may ask whether it has.
const AFTER_POLL: Duration = Duration::from_millis(250);
/// Two requests lie at least so far apart, or half a period where that is shorter: five a minute is what strangers are given.
const SPACING: Duration = Duration::from_secs(12);

/// The right to ask one provider.
#[derive(Debug, Clone)]
pub struct Budget {
    period: Duration,
    /// So many requests must find room in a period, or it lasts longer.
    requests: u32,
    is_in_round: bool,
    polled_at: Option<Instant>,
    asked_at: Option<Instant>,
    /// The provider wants to be left alone until then.
    rests_until: Option<Instant>,
    failures: u32,
    /// By how much the pause after a failure is stretched, so that many instances do not come back at once.
    stretch: f64,
}

impl Budget {
    /// One request in each `period`.
    pub fn new(period: Duration) -> Self {
        Self {
            period,
            requests: 1,
            is_in_round: false,
            polled_at: None,
            asked_at: None,
            rests_until: None,
            failures: 0,
            stretch: 0.0,
        }
    }

    /// Changes the period, at once; `requests` is how many must find room in it.
    pub fn set_period(&mut self, period: Duration, requests: u32) {
        self.period = period;
        self.requests = requests;
    }

    /// The time from one poll to the next: the period, or as long as its requests take.
    pub fn pace(&self) -> Duration {
        self.period.max(self.spacing() * self.requests)
    }

    /// How far apart two requests lie at least.
    pub fn spacing(&self) -> Duration {
        SPACING.min(self.period / 2)
    }

    /// How many requests the time from one poll to the next has room for.
    pub fn room(&self) -> usize {
        let spacing = self.spacing().as_millis().max(1);
        usize::try_from(self.pace().as_millis() / spacing).unwrap_or(usize::MAX)
    }

    /// How long to wait at `now` before the next poll.
    pub fn wait(&self, now: Instant) -> Duration {
        let usual = if self.is_open() {
            self.pace().max(PROBE_EVERY)
        } else {
            self.pace()
        };
        let pause = usual + usual.mul_f64(self.stretch);
        let next = self.polled_at.map(|polled| polled + pause);
        next.max(self.rests_until)
            .max(self.spaced())
            .map_or(Duration::ZERO, |next| next.saturating_duration_since(now))
    }

    /// How long to wait at `now` before asking something else; `None` while only a poll may find out how it fares.
    pub fn wait_between(&self, now: Instant) -> Option<Duration> {
        let due_at = self.polled_at? + self.pace();
        if self.failures > 0 {
            return None;
        }
        if self.is_in_round || due_at <= now {
            return Some(AFTER_POLL);
        }
        let next = self.rests_until.max(self.spaced());
        Some(next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now)))
    }

    /// A poll goes out whose answer is the first of a round: all else waits for the round's end.
    pub fn begins_round(&mut self, now: Instant) {
        self.is_in_round = true;
        self.polled_at = Some(now);
    }

    /// How long to wait at `now` before the next request of the round; `None` where no round is under way, because one of
    /// its requests has failed for example.
    pub fn wait_in_round(&self, now: Instant) -> Option<Duration> {
        let next = self.rests_until.max(self.spaced());
        let wait = next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now));
        self.is_in_round.then_some(wait)
    }

    /// The round is over.
    pub fn ends_round(&mut self) {
        self.is_in_round = false;
    }

    fn spaced(&self) -> Option<Instant> {
        self.asked_at.map(|asked| asked + self.spacing())
    }

    /// A request goes out.
    pub fn asks(&mut self, now: Instant) {
        self.asked_at = Some(now);
    }

    /// A poll succeeded, or a request of a round; the time until the next round counts from the beginning of this one.
    pub fn succeeded(&mut self, now: Instant) {
        let began = self.polled_at.filter(|_| self.is_in_round);
        *self = Self {
            requests: self.requests,
            is_in_round: self.is_in_round,
            polled_at: began.or(Some(now)),
            asked_at: Some(now),
            ..Self::new(self.period)
        };
    }

    /// A request failed; `retry_after` is what the provider asked for. `chance` lies in [0, 1).
    pub fn failed(&mut self, now: Instant, retry_after: Option<Duration>, chance: f64) {
        self.failures = self.failures.saturating_add(1);
        self.is_in_round = false;
        self.polled_at = Some(now);
        self.asked_at = Some(now);
        self.stretch = chance.clamp(0.0, 1.0) * 0.5;
        self.rests_until = retry_after.map(|asked| now + asked.min(LONGEST_REST));
    }

    /// Whether the provider counts as down.
    pub fn is_open(&self) -> bool {
        self.failures >= FAILURES
    }
}

/// Reads a `Retry-After`: seconds, or a moment.
pub fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = chrono::DateTime::parse_from_rfc2822(value.trim()).ok()?;
    Some(Timestamp::from(moment.to_utc()).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> impl Fn(u64) -> Instant {
        let began = Instant::now();
        move |seconds| began + Duration::from_secs(seconds)
    }

    #[test]
    fn reliability_39_nothing_is_asked_before_retry_after() {
        let at = clock();
        let mut budget = Budget::new(Duration::from_secs(60));
        assert_eq!(budget.wait(at(0)), Duration::ZERO);
        budget.failed(at(0), Some(Duration::from_secs(119)), 0.9);
        assert_eq!(budget.wait(at(0)), Duration::from_secs(119));
        assert_eq!(budget.wait(at(118)), Duration::from_secs(1));
        budget.succeeded(at(120));
        assert_eq!(budget.wait(at(120)), Duration::from_secs(60));
    }

    #[test]
    fn reliability_39_a_retry_after_may_be_seconds_or_a_date() {
        let now = Timestamp::parse("2015-10-21T07:27:00Z").expect("time");
        assert_eq!(retry_after("30", now), Some(Duration::from_secs(30)));
        assert_eq!(
            retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now),
            Some(Duration::from_secs(60))
        );
        assert_eq!(retry_after("soon", now), None);
    }

    #[test]
    fn reliability_39_the_past_is_asked_for_between_polls_and_only_of_a_provider_that_is_well() {
        let at = clock();
        let mut budget = Budget::new(Duration::from_secs(60));
        budget.succeeded(at(0));
        assert_eq!(budget.wait_between(at(0)), Some(Duration::from_secs(12)));
        budget.asks(at(12));
        assert_eq!(budget.wait_between(at(20)), Some(Duration::from_secs(4)));
        budget.asks(at(55));
        assert_eq!(
            budget.wait_between(at(67)),
            Some(AFTER_POLL),
            "a poll that is due goes first"
        );
        assert_eq!(
            budget.wait(at(60)),
            Duration::from_secs(7),
            "a poll keeps its distance as well"
        );
        budget.failed(at(60), Some(Duration::from_secs(5)), 0.0);
        assert_eq!(budget.wait_between(at(65)), None);
    }

    #[test]
    fn reliability_39_something_else_fits_between_polls_however_short_their_period_is() {
        let at = clock();
        for period in [1, 10, 24, 60] {
            let mut budget = Budget::new(Duration::from_secs(period));
            budget.succeeded(at(0));
            let wait = budget.wait_between(at(0)).expect("it is well");
            assert!(wait <= Duration::from_secs(period) / 2, "{period}: {wait:?}");
            let then = at(0) + wait;
            assert_eq!(budget.wait_between(then), Some(Duration::ZERO), "{period}");
            budget.asks(then);
            let next = budget.wait(then);
            assert_eq!(
                then + next,
                at(0) + Duration::from_secs(period),
                "polls keep their pace"
            );
        }
    }

    #[test]
    fn reliability_39_a_round_of_requests_keeps_its_distances_and_the_past_waits_for_its_end() {
        let at = clock();
        let mut budget = Budget::new(Duration::from_secs(60));
        budget.set_period(Duration::from_secs(60), 5);
        assert_eq!((budget.pace(), budget.room()), (Duration::from_secs(60), 5));
        budget.begins_round(at(0));
        for second in [0, 12, 24] {
            assert_eq!(budget.wait_in_round(at(second)), Some(Duration::ZERO));
            assert_eq!(budget.wait_between(at(second)), Some(AFTER_POLL));
            budget.asks(at(second));
            budget.succeeded(at(second));
        }
        assert_eq!(budget.wait_in_round(at(25)), Some(Duration::from_secs(11)));
        budget.ends_round();
        assert_eq!(budget.wait_in_round(at(40)), None);
        assert_eq!(budget.wait_between(at(30)), Some(Duration::from_secs(6)));
        assert_eq!(
            budget.wait(at(30)),
            Duration::from_secs(30),
            "a period counts from the beginning of its round"
        );
        // More requests than a period has room for take longer, and a failure ends the round.
        budget.set_period(Duration::from_secs(30), 5);
        assert_eq!((budget.pace(), budget.room()), (Duration::from_secs(60), 5));
        budget.begins_round(at(60));
        budget.failed(at(61), Some(Duration::from_secs(100)), 0.0);
        assert_eq!(budget.wait_in_round(at(61)), None);
        assert_eq!(budget.wait(at(61)), Duration::from_secs(100));
    }

    #[test]
    fn reliability_40_a_dead_provider_is_probed_once_in_thirty_seconds_at_most() {
        let at = clock();
        let mut budget = Budget::new(Duration::from_secs(5));
        for _ in 0..3 {
            budget.failed(at(0), None, 0.0);
        }
        assert!(budget.is_open());
        assert_eq!(budget.wait(at(0)), Duration::from_secs(30));
    }
}
