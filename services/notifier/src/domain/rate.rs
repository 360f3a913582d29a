//! How many messages a person gets: at most so many within a window, then one that names all the rest.

use std::time::Duration;

use domain::Timestamp;

/// The flood guard of one user and channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FloodGuard {
    /// The most messages within the window.
    pub messages: usize,
    /// The length of the window.
    pub window: Duration,
}

/// What becomes of deliveries that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The first so many go out now, one by one.
    SendFirst(usize),
    /// The first so many go out; the rest is held until then, for a digest.
    HoldRest {
        /// How many go out.
        send: usize,
        /// When the window opens again.
        until: Timestamp,
    },
}

impl FloodGuard {
    /// Decides on `due` messages, given when the user's messages of the last window went out (in any order).
    pub fn judge(self, recent: &[Timestamp], due: usize, now: Timestamp) -> Verdict {
        let since = now.minus(self.window);
        let mut within: Vec<Timestamp> = recent.iter().copied().filter(|at| *at > since).collect();
        let room = self.messages.saturating_sub(within.len());
        if due <= room {
            return Verdict::SendFirst(due);
        }
        within.sort_unstable();
        // The window opens when enough of its messages have left it; those that go out now enter it now.
        let first = within.first().copied().unwrap_or(now);
        Verdict::HoldRest {
            send: room,
            until: first.plus(self.window),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUARD: FloodGuard = FloodGuard {
        messages: 15,
        window: Duration::from_secs(180),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + seconds * 1000).expect("time")
    }

    #[test]
    fn reliability_32_a_flood_of_5000_sends_15_and_holds_the_rest() {
        assert_eq!(
            GUARD.judge(&[], 5000, at(0)),
            Verdict::HoldRest {
                send: 15,
                until: at(180)
            }
        );
        let sent: Vec<Timestamp> = (0..15).map(at).collect();
        assert_eq!(
            GUARD.judge(&sent, 1, at(60)),
            Verdict::HoldRest {
                send: 0,
                until: at(180)
            }
        );
    }

    #[test]
    fn calm_users_are_never_held() {
        assert_eq!(GUARD.judge(&[at(0), at(10)], 13, at(20)), Verdict::SendFirst(13));
        let old: Vec<Timestamp> = (0..15).map(at).collect();
        assert_eq!(GUARD.judge(&old, 1, at(195)), Verdict::SendFirst(1));
    }

    #[test]
    fn reliability_32_no_window_ever_holds_more_than_its_limit() {
        // Messages arrive irregularly; whatever the guard lets out, every window of its length holds at most 15.
        let mut sent: Vec<Timestamp> = Vec::new();
        let mut waiting = 0_usize;
        let mut held_until = None;
        for second in 0..2_000 {
            waiting += usize::from((second * 7919) % 11 < 5);
            if held_until.is_some_and(|until| at(second) < until) {
                continue;
            }
            if held_until.take().is_some() && waiting > 0 {
                // The digest takes the place of everything that waited.
                sent.push(at(second));
                waiting = 0;
                continue;
            }
            match GUARD.judge(&sent, waiting, at(second)) {
                Verdict::SendFirst(count) => {
                    sent.extend(std::iter::repeat_n(at(second), count));
                    waiting -= count;
                }
                Verdict::HoldRest { send, until } => {
                    sent.extend(std::iter::repeat_n(at(second), send));
                    waiting -= send;
                    held_until = Some(until);
                }
            }
            let recent = sent
                .iter()
                .filter(|sent_at| **sent_at > at(second).minus(GUARD.window))
                .count();
            assert!(
                recent <= GUARD.messages,
                "{recent} messages in the window before second {second}"
            );
        }
    }
}
