//! The part of a connection that other threads reach: it wakes it, watches over it, and tells it to end.

use std::{
    sync::{PoisonError, atomic::Ordering},
    task::Waker,
    time::Duration,
};

use domain::Timestamp;
use service_kit::identity::UserIdentity;

use super::frame::Close;
use crate::sync::{AtomicBool, AtomicU64, AtomicWaker, Mutex, MutexGuard, Notify};

/// Names one watch of one link.
pub type WatchKey = (u64, u64);

/// Who speaks on a connection, and until when.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The user.
    pub user: UserIdentity,
    /// When the token ends; `None` for a personal API token without an end.
    pub expires_at: Option<Timestamp>,
    /// Names the token, so that auth can be asked about it again; not the token.
    pub fingerprint: [u8; 32],
    /// The key that signed it; `None` for a personal API token.
    pub key: Option<String>,
}

/// Why a sign-in on a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The token ran out.
    Expired,
    /// The session was signed out, or the account was shut.
    Revoked,
}

/// What a connection has to do when it is next asked for output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orders {
    /// Ask whether the client is there.
    pub ping: bool,
    /// End what is private.
    pub ended: Option<Ended>,
    /// End the connection.
    pub close: Option<Close>,
}

/// How long a connection may be quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// After this the client is asked whether it is there.
    pub ping_after: Duration,
    /// After this without a word, or without reading what waits, it is given up.
    pub silence: Duration,
    /// How long the goodbye may take.
    pub goodbye: Duration,
}

/// One connection, as seen from outside.
#[derive(Debug)]
pub struct Link {
    id: u64,
    watches: AtomicU64,
    waker: AtomicWaker,
    /// Something waits for it.
    is_woken: AtomicBool,
    /// How often its socket had room.
    asked: AtomicU64,
    care: Mutex<Care>,
    standing: Mutex<Option<Standing>>,
    cut: Notify,
}

#[derive(Debug, Default)]
struct Care {
    orders: Orders,
    heard_at: Duration,
    pinged_at: Option<Duration>,
    waiting: Option<Waiting>,
    closing_since: Option<Duration>,
}

/// Since when something waits for a socket that has no room.
#[derive(Debug)]
struct Waiting {
    since: Duration,
    asked: u64,
}

impl Link {
    /// A connection named `id`.
    pub fn new(id: u64) -> Self {
        Self {
            id,
            watches: AtomicU64::new(0),
            waker: AtomicWaker::new(),
            is_woken: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            care: Mutex::default(),
            standing: Mutex::new(None),
            cut: Notify::new(),
        }
    }

    /// Its name.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// A name for one more watch.
    pub fn next_watch(&self) -> WatchKey {
        (self.id, self.watches.fetch_add(1, Ordering::Relaxed))
    }

    /// Says that there is something to send.
    pub fn wake(&self) {
        self.is_woken.store(true, Ordering::Release);
        self.waker.wake();
    }

    /// The socket has room: what was said before this is being looked at, and `waker` hears what comes later.
    pub fn is_asked(&self, waker: &Waker) {
        self.waker.register(waker);
        self.is_woken.store(false, Ordering::Release);
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    /// Something came from the client.
    pub fn heard(&self, now: Duration) {
        let mut care = self.care();
        care.heard_at = now;
        care.pinged_at = None;
    }

    /// What has to be done, once.
    pub fn take_orders(&self) -> Orders {
        std::mem::take(&mut self.care().orders)
    }

    /// Ends the connection; the first reason counts.
    pub fn close(&self, why: Close, now: Duration) {
        {
            let mut care = self.care();
            care.orders.close.get_or_insert(why);
            care.closing_since.get_or_insert(now);
        }
        self.wake();
    }

    /// Ends a sign-in, if it still is the one that counts.
    pub fn end_standing(&self, which: &Standing, why: Ended) {
        {
            let mut standing = self.lock_standing();
            if standing.as_ref().is_none_or(|now| now.fingerprint != which.fingerprint) {
                return;
            }
            *standing = None;
        }
        self.care().orders.ended = Some(why);
        self.wake();
    }

    /// Who speaks on it.
    pub fn standing(&self) -> Option<Standing> {
        self.lock_standing().clone()
    }

    /// Somebody speaks on it from now on.
    pub fn stand(&self, standing: Standing) {
        *self.lock_standing() = Some(standing);
        // What ended was the sign-in before this one.
        self.care().orders.ended = None;
    }

    /// Looks after it: asks a quiet client whether it is there, gives a dead one up.
    pub fn look_after(&self, now: Duration, patience: &Patience) {
        match self.care_for(now, patience) {
            Verdict::Nothing => {}
            Verdict::Ping => {
                self.care().orders.ping = true;
                self.wake();
            }
            Verdict::Close(why) => self.close(why, now),
            Verdict::Cut => self.cut.notify_one(),
        }
    }

    /// Waits until the connection has to be cut without a goodbye.
    pub async fn cut(&self) {
        self.cut.notified().await;
    }

    fn care_for(&self, now: Duration, patience: &Patience) -> Verdict {
        let asked = self.asked.load(Ordering::Relaxed);
        let is_woken = self.is_woken.load(Ordering::Acquire);
        let mut care = self.care();
        if let Some(since) = care.closing_since {
            return match now.saturating_sub(since) > patience.goodbye {
                true => Verdict::Cut,
                false => Verdict::Nothing,
            };
        }
        if now.saturating_sub(care.heard_at) > patience.silence {
            return Verdict::Close(Close::Silent);
        }
        match &care.waiting {
            // Asked since: the socket had room, whatever waits now is new.
            Some(waiting) if is_woken && waiting.asked == asked => {
                if now.saturating_sub(waiting.since) > patience.silence {
                    return Verdict::Close(Close::Stalled);
                }
            }
            _ => care.waiting = is_woken.then_some(Waiting { since: now, asked }),
        }
        let is_due = now.saturating_sub(care.heard_at.max(care.pinged_at.unwrap_or_default())) > patience.ping_after;
        if is_due {
            care.pinged_at = Some(now);
            return Verdict::Ping;
        }
        Verdict::Nothing
    }

    fn care(&self) -> MutexGuard<'_, Care> {
        self.care.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_standing(&self) -> MutexGuard<'_, Option<Standing>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Nothing,
    Ping,
    Close(Close),
    Cut,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        ping_after: Duration::from_secs(20),
        silence: Duration::from_secs(60),
        goodbye: Duration::from_secs(2),
    };

    fn after(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn asked(link: &Link) -> Orders {
        link.is_asked(Waker::noop());
        link.take_orders()
    }

    #[test]
    fn a_quiet_client_is_pinged_and_closed_after_60_s() {
        let link = Link::new(1);
        let mut pings = 0;
        for second in 1..=60 {
            link.look_after(after(second), &PATIENCE);
            pings += usize::from(asked(&link).ping);
        }
        assert_eq!(pings, 2);
        link.look_after(after(61), &PATIENCE);
        assert_eq!(asked(&link).close, Some(Close::Silent));
    }

    #[test]
    fn a_client_that_answers_stays() {
        let link = Link::new(1);
        for second in 1..=600 {
            link.look_after(after(second), &PATIENCE);
            let orders = asked(&link);
            assert_eq!(orders.close, None);
            if orders.ping {
                link.heard(after(second));
            }
        }
    }

    #[test]
    fn reliability_71_a_client_that_talks_but_never_reads_is_closed_and_then_cut() {
        let link = Link::new(1);
        asked(&link);
        for second in 1..=62 {
            link.wake();
            link.heard(after(second));
            link.look_after(after(second), &PATIENCE);
        }
        assert_eq!(link.take_orders().close, Some(Close::Stalled));
        assert_eq!(link.care_for(after(63), &PATIENCE), Verdict::Nothing);
        assert_eq!(link.care_for(after(65), &PATIENCE), Verdict::Cut);
    }

    #[test]
    fn a_client_that_reads_slowly_is_not_stalled() {
        let link = Link::new(1);
        for second in 1..=600 {
            link.wake();
            link.heard(after(second));
            link.look_after(after(second), &PATIENCE);
            if second % 50 == 0 {
                assert_eq!(asked(&link).close, None);
            }
        }
    }
}
