//! When a stream is to be given up, and when to try again: decisions about time, without a socket.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::Quote;

/// A stream that says nothing for so long, not even a heartbeat, is dead.
pub const SILENCE: Duration = Duration::from_secs(9);
/// Half of that time without a word, the other side is asked whether it is there.
pub const PING_AFTER: Duration = Duration::from_secs(4);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// One connection to a provider.
#[derive(Debug)]
pub struct Session {
    heard_at: Instant,
    asked_at: Option<Instant>,
    /// The number of each pair's last trade.
    trades: HashMap<(String, String), u64>,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Wait for the next message.
    Wait,
    /// Ask the other side whether it is there.
    Ping,
    /// Give the connection up.
    GiveUp,
}

impl Session {
    /// A connection that has just been made.
    pub fn new(now: Instant) -> Self {
        Self {
            heard_at: now,
            asked_at: None,
            trades: HashMap::new(),
        }
    }

    /// Something came, whatever it was.
    pub fn heard(&mut self, now: Instant) {
        self.heard_at = now;
        self.asked_at = None;
    }

    /// Whether a quote is new: a trade that was told before, as after a new subscription, is not.
    pub fn is_new(&mut self, quote: &Quote) -> bool {
        let Some(id) = quote.trade_id else { return true };
        let pair = (quote.base.clone(), quote.quote.clone());
        match self.trades.get_mut(&pair) {
            Some(last) if id <= *last => false,
            Some(last) => {
                *last = id;
                true
            }
            None => {
                self.trades.insert(pair, id);
                true
            }
        }
    }

    /// Goes on over a new connection: trades that were told are still known.
    pub fn reconnected(&mut self, now: Instant) {
        self.heard(now);
    }

    /// What to do at `now`.
    pub fn next(&mut self, now: Instant) -> Next {
        let silence = now.saturating_duration_since(self.heard_at);
        if silence >= SILENCE {
            return Next::GiveUp;
        }
        if silence >= PING_AFTER && self.asked_at.is_none() {
            self.asked_at = Some(now);
            return Next::Ping;
        }
        Next::Wait
    }
}

/// How long to wait before the try of this number (from 0): the ceiling doubles each time, and the pause lies anywhere
/// below it, so that many instances do not come back in the same second. A provider that stays away is tried no more
/// than once in thirty seconds. `chance` lies in [0, 1).
pub fn pause_before(attempt: u32, chance: f64) -> Duration {
    let chance = chance.clamp(0.0, 1.0);
    let ceiling = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(attempt.min(16)));
    if ceiling < LONGEST_PAUSE {
        ceiling.mul_f64(chance)
    } else {
        LONGEST_PAUSE + LONGEST_PAUSE.mul_f64(chance)
    }
}

#[cfg(test)]
mod tests {
    use domain::{Price, Timestamp};

    use super::*;

    fn clock() -> impl Fn(u64) -> Instant {
        let began = Instant::now();
        move |seconds| began + Duration::from_secs(seconds)
    }

    fn quote(id: u64) -> Quote {
        let price = Price::parse("1").expect("price");
        Quote {
            base: "BTC".to_owned(),
            quote: "USD".to_owned(),
            price,
            quantity: None,
            at: Timestamp::from_millis(0).expect("time"),
            trade_id: Some(id),
        }
    }

    #[test]
    fn reliability_43_a_silent_socket_is_asked_and_given_up_within_ten_seconds() {
        let at = clock();
        let mut session = Session::new(at(0));
        assert_eq!(session.next(at(3)), Next::Wait);
        assert_eq!(session.next(at(4)), Next::Ping);
        assert_eq!(session.next(at(5)), Next::Wait, "asked once");
        session.heard(at(6));
        assert_eq!(session.next(at(9)), Next::Wait);
        assert_eq!(session.next(at(15)), Next::GiveUp);
    }

    #[test]
    fn reliability_43_a_trade_that_is_told_again_is_no_new_tick() {
        let at = clock();
        let mut session = Session::new(at(0));
        assert!(session.is_new(&quote(5)));
        session.reconnected(at(1));
        assert!(!session.is_new(&quote(5)) && !session.is_new(&quote(4)) && session.is_new(&quote(6)));
    }

    #[test]
    fn reliability_40_two_hundred_reconnecting_instances_spread_out() {
        let mut seconds = [0_u32; 61];
        for instance in 0..200 {
            let pause = pause_before(10, f64::from(instance) / 200.0);
            seconds[pause.as_secs() as usize] += 1;
        }
        assert!(seconds.iter().all(|count| *count <= 10), "{seconds:?}");
        assert!(pause_before(0, 0.99) < Duration::from_millis(500));
    }
}
