//! Keeps one service's trouble from becoming everybody's: a breaker, a retry budget and a bound on what runs at once.
//! The bound follows what the service can do: see [`Room`].
//!
//! All of them decide from counts and the time that is passed in; waiting and sending is done elsewhere.

use std::time::Duration;

use domain::Timestamp;

use super::room::Room;

/// The name of the gate before registration, sign-in and password reset: see `Place::gate`.
pub const DOORS: &str = "doors";

/// How many failures in a row open the breaker.
const FAILURES: u32 = 10;
/// How long it stays open the first time, and at most; each failed probe doubles the time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// What one request adds to the budget, in thousandths of a retry: one retry for ten requests.
const DEPOSIT: u32 = 100;
const RETRY: u32 = 1_000;
/// Retries that can be saved up.
const SAVED: u32 = 10 * RETRY;

/// How much it matters that a request is answered when not all can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importance {
    /// Public reads: shed first, they can be repeated and are cached.
    Low,
    /// What a user reads and writes.
    Normal,
    /// Trades, orders, sign-ins: shed last.
    High,
}

/// The gate in front of one service.
#[derive(Debug, Clone)]
pub struct Guard {
    room: Room,
    running: u32,
    failures: u32,
    /// Until when nothing is sent; then one request tries.
    open_until: Option<Timestamp>,
    pause: Duration,
    is_probing: bool,
    budget: u32,
}

/// The request may not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Held {
    /// The service did not answer lately.
    #[error("the service did not answer lately; it is tried again in {0:?}")]
    Open(Duration),
    /// As much as it can do runs already.
    #[error("too many requests run at once")]
    Full,
}

impl Guard {
    /// A gate through which at most `limit` requests go at once, fewer while they only wait for each other.
    pub fn new(limit: u32) -> Self {
        Self::around(Room::new(limit.max(1)))
    }

    /// A gate through which up to `limit` requests always go at once.
    pub fn fixed(limit: u32) -> Self {
        Self::around(Room::fixed(limit.max(1)))
    }

    fn around(room: Room) -> Self {
        Self {
            room,
            running: 0,
            failures: 0,
            open_until: None,
            pause: FIRST_PAUSE,
            is_probing: false,
            budget: SAVED,
        }
    }

    /// Lets a request through, or says why not. Each that went through has to be [`Guard::settle`]d.
    pub fn admit(&mut self, now: Timestamp, importance: Importance) -> Result<(), Held> {
        if let Some(until) = self.open_until {
            let rest = until.since(now);
            // A clock that was set back makes nobody wait longer than the pause.
            if now < until && rest <= self.pause {
                return Err(Held::Open(rest));
            }
            if self.is_probing {
                return Err(Held::Open(self.pause));
            }
            self.is_probing = true;
        } else if self.is_full(importance) {
            return Err(Held::Full);
        }
        self.running += 1;
        self.room.holds(self.running);
        self.budget = (self.budget + DEPOSIT).min(SAVED);
        Ok(())
    }

    /// Whether as much runs already as may, beside a request of this importance.
    pub fn is_full(&self, importance: Importance) -> bool {
        self.running >= self.share(importance)
    }

    /// How many may run beside a request of this importance. What matters most may overfill a room that has become small,
    /// and only that.
    fn share(&self, importance: Importance) -> u32 {
        let tenths = match importance {
            Importance::Low => 7,
            Importance::Normal => 9,
            Importance::High => 20,
        };
        (self.room.now().saturating_mul(tenths) / 10).clamp(1, self.room.most())
    }

    /// Whether a request that cannot have reached the service may be sent once more.
    pub fn may_retry(&mut self) -> bool {
        let is_saved = self.budget >= RETRY && self.open_until.is_none();
        if is_saved {
            self.budget -= RETRY;
        }
        is_saved
    }

    /// Takes note that the service answers; what it has to say may take a while yet.
    pub fn answers(&mut self) {
        self.failures = 0;
        self.open_until = None;
        self.pause = FIRST_PAUSE;
        self.is_probing = false;
    }

    /// Takes note of how long an answer took.
    pub fn took(&mut self, now: Timestamp, time: Duration) {
        self.room.answered_within(now, time);
    }

    /// Takes note of how a request ended: whether the service answered at all. `None` where nobody waited for it.
    pub fn settle(&mut self, now: Timestamp, answered: Option<bool>) {
        self.running = self.running.saturating_sub(1);
        match answered {
            Some(true) => self.answers(),
            Some(false) if self.is_probing => {
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                self.open_until = Some(now.plus(self.pause));
                self.is_probing = false;
            }
            Some(false) => {
                self.failures = self.failures.saturating_add(1);
                if self.failures >= FAILURES && self.open_until.is_none() {
                    self.open_until = Some(now.plus(self.pause));
                }
            }
            // The probe says nothing; the next request is one.
            None => self.is_probing = false,
        }
    }

    /// Whether the service counts as gone.
    pub fn is_open(&self) -> bool {
        self.open_until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + millis).expect("time")
    }

    fn fail(guard: &mut Guard, times: u32) {
        for _ in 0..times {
            guard.admit(at(0), Importance::High).expect("through");
            guard.settle(at(0), Some(false));
        }
    }

    #[test]
    fn ten_failures_in_a_row_open_it_and_one_answer_closes_it() {
        let mut guard = Guard::new(100);
        fail(&mut guard, 9);
        guard.admit(at(0), Importance::Low).expect("through");
        guard.settle(at(0), Some(true));
        fail(&mut guard, 10);
        assert_eq!(
            guard.admit(at(100), Importance::High),
            Err(Held::Open(Duration::from_millis(400)))
        );
        guard.admit(at(500), Importance::Low).expect("the probe");
        assert!(
            matches!(guard.admit(at(500), Importance::High), Err(Held::Open(_))),
            "one probe at a time"
        );
        guard.settle(at(510), Some(true));
        guard.admit(at(510), Importance::High).expect("closed");
    }

    #[test]
    fn a_probe_with_a_long_answer_lets_others_in_once_it_has_begun() {
        let mut guard = Guard::new(2);
        fail(&mut guard, 10);
        guard.admit(at(500), Importance::High).expect("the probe");
        guard.answers();
        guard.admit(at(501), Importance::High).expect("closed");
        assert_eq!(guard.admit(at(502), Importance::High), Err(Held::Full), "both run");
        guard.settle(at(503), None);
        guard.admit(at(504), Importance::High).expect("room");
    }

    #[test]
    fn a_failed_probe_doubles_the_pause_up_to_five_seconds() {
        let mut guard = Guard::new(100);
        fail(&mut guard, 10);
        let mut now = 0;
        for pause in [500, 1_000, 2_000, 4_000, 5_000, 5_000] {
            now += pause;
            assert!(guard.admit(at(now - 1), Importance::High).is_err(), "{pause}");
            guard.admit(at(now), Importance::High).expect("the probe");
            guard.settle(at(now), Some(false));
        }
    }

    #[test]
    fn reliability_31_a_clock_that_is_set_back_an_hour_keeps_no_service_out() {
        let mut guard = Guard::new(100);
        fail(&mut guard, 10);
        guard.admit(at(-3_600_000), Importance::High).expect("the probe");
        guard.settle(at(-3_600_000), Some(true));
        guard.admit(at(-3_599_999), Importance::High).expect("closed");
    }

    #[test]
    fn reliability_70_public_reads_are_shed_first_and_trades_last() {
        let mut guard = Guard::new(10);
        for _ in 0..7 {
            guard.admit(at(0), Importance::Low).expect("through");
        }
        assert_eq!(guard.admit(at(0), Importance::Low), Err(Held::Full));
        guard.admit(at(0), Importance::Normal).expect("through");
        guard.admit(at(0), Importance::Normal).expect("through");
        assert_eq!(guard.admit(at(0), Importance::Normal), Err(Held::Full));
        guard.admit(at(0), Importance::High).expect("through");
        assert_eq!(guard.admit(at(0), Importance::High), Err(Held::Full));
        guard.settle(at(1), Some(true));
        guard.admit(at(1), Importance::High).expect("through");
    }

    #[test]
    fn reliability_70_trades_may_overfill_a_room_that_has_become_small() {
        let mut guard = Guard::new(640);
        for step in 0..400 {
            while guard.admit(at(step * 25), Importance::Normal).is_ok() {}
            while guard.running > 0 {
                guard.took(at(step * 25), Duration::from_millis(900));
                guard.settle(at(step * 25), Some(true));
            }
        }
        assert_eq!(guard.room.now(), 10);
        for _ in 0..9 {
            guard.admit(at(10_000), Importance::Normal).expect("through");
        }
        assert_eq!(guard.admit(at(10_000), Importance::Normal), Err(Held::Full));
        for _ in 9..20 {
            guard.admit(at(10_000), Importance::High).expect("through");
        }
        assert_eq!(guard.admit(at(10_000), Importance::High), Err(Held::Full));
    }

    proptest! {
        #[test]
        fn reliability_75_retries_are_at_most_a_tenth_of_the_requests_and_ten(requests in 1_u32..2_000) {
            let mut guard = Guard::new(u32::MAX / 16);
            let mut retries = 0;
            for _ in 0..requests {
                if guard.admit(at(0), Importance::High).is_ok() {
                    retries += u32::from(guard.may_retry());
                    guard.settle(at(0), None);
                }
            }
            prop_assert!(retries <= requests / 10 + 10, "{retries} of {requests}");
        }

        #[test]
        fn what_runs_never_exceeds_the_limit_and_ends_at_nothing(
            steps in proptest::collection::vec((0_u8..4, 0_u8..3, 0_i64..2_000), 1..300)
        ) {
            let mut guard = Guard::new(8);
            let (mut running, mut now) = (0_u32, 0);
            for (step, importance, pause) in steps {
                now += pause;
                let importance = [Importance::Low, Importance::Normal, Importance::High][usize::from(importance)];
                if step < 2 {
                    running += u32::from(guard.admit(at(now), importance).is_ok());
                } else if running > 0 {
                    running -= 1;
                    guard.settle(at(now), Some(step == 2));
                }
                prop_assert!(running <= 8);
                prop_assert_eq!(guard.running, running);
            }
        }
    }
}
