//! How much of a service's room may be filled.

use std::time::Duration;

use domain::Timestamp;

/// For so long the quickest answer is looked for.
const WINDOW: Duration = Duration::from_millis(250);
/// Where not even the quickest of many answers takes less, requests wait for each other.
const QUICK: Duration = Duration::from_millis(15);
/// The least room is the most divided by this.
const LEAST: u32 = 64;

/// How many requests may run at once: as many as were allowed at most, and fewer for as long as they only wait for each other.
///
/// As in CoDel (Nichols and Jacobson, 2012) it is the quickest answer of a while that tells a queue from work that
/// takes long by its nature. More in flight than a service can work on makes each answer later and none more frequent,
/// and what is refused early costs it nothing.
#[derive(Debug, Clone)]
pub struct Room {
    most: u32,
    least: u32,
    now: u32,
    /// When the present window began.
    since: Option<Timestamp>,
    quickest: Duration,
    /// The most that ran at once in it.
    peak: u32,
}

impl Room {
    /// Room for `most`, which is at least 1.
    pub fn new(most: u32) -> Self {
        Self::between((most / LEAST).max(1), most)
    }

    /// Room that is always for as many: where each answer takes long, that tells of no queue.
    pub fn fixed(most: u32) -> Self {
        Self::between(most, most)
    }

    fn between(least: u32, most: u32) -> Self {
        Self {
            most,
            least,
            now: most,
            since: None,
            quickest: Duration::MAX,
            peak: 0,
        }
    }

    /// How many may ever run at once.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// How many may run at once now.
    pub fn now(&self) -> u32 {
        self.now
    }

    /// Takes note of how many run.
    pub fn holds(&mut self, running: u32) {
        self.peak = self.peak.max(running);
    }

    /// Takes note of an answer that took so long. At the end of a window a quarter of the room is taken away, or given back.
    pub fn answered_within(&mut self, now: Timestamp, time: Duration) {
        self.quickest = self.quickest.min(time);
        let since = *self.since.get_or_insert(now);
        // A clock that was set back begins a new window.
        if now >= since && now.since(since) < WINDOW {
            return;
        }
        let is_crowded = self.peak.saturating_mul(2) >= self.now;
        if self.quickest <= QUICK {
            self.now = (self.now + (self.now / 4).max(1)).min(self.most);
        } else if is_crowded {
            self.now = (self.now - self.now / 4).max(self.least);
        }
        (self.since, self.quickest, self.peak) = (Some(now), Duration::MAX, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + millis).expect("time")
    }

    /// Ten seconds of answers, forty a second, with so many in flight.
    fn answers(room: &mut Room, from: i64, running: u32, millis: u64) {
        for step in 0..400 {
            room.holds(running);
            room.answered_within(at(from + step * 25), Duration::from_millis(millis));
        }
    }

    #[test]
    fn reliability_70_where_all_wait_for_each_other_fewer_are_let_in_until_answers_are_quick_again() {
        let mut room = Room::new(256);
        answers(&mut room, 0, 256, 900);
        assert_eq!(room.now(), 4);
        answers(&mut room, 10_000, 4, 10);
        assert_eq!(room.now(), 256);
    }

    #[test]
    fn what_takes_long_by_its_nature_takes_no_room_away() {
        let mut room = Room::new(256);
        answers(&mut room, 0, 40, 900);
        assert_eq!(room.now(), 256, "a few that are slow are no crowd");
        for step in 0..400 {
            room.holds(200);
            let time = if step % 5 == 0 { 10 } else { 2_000 };
            room.answered_within(at(20_000 + step * 25), Duration::from_millis(time));
        }
        assert_eq!(room.now(), 256, "one that is quick got through the crowd");
    }

    #[test]
    fn reliability_53_where_each_answer_is_a_hash_the_room_stays_as_it_is() {
        let mut room = Room::fixed(32);
        answers(&mut room, 0, 32, 900);
        assert_eq!(room.now(), 32);
    }

    #[test]
    fn a_clock_that_is_set_back_begins_a_new_window() {
        let mut room = Room::new(64);
        answers(&mut room, 0, 64, 900);
        answers(&mut room, -3_600_000, 4, 10);
        assert_eq!(room.now(), 64);
    }
}
