//! Whether a followed file tells prices as they are made, and what its silence then says.
//!
//! A file carries its own time, and most often it is a record: only its lines move its candles on. But where lines are
//! written as prices are made, a minute must also end when nothing more comes.

use std::time::Duration;

use domain::{Interval, Timestamp};

/// Lines that are read within this time after their event are news.
const NEWS: Duration = Duration::from_secs(5);
/// So long after its end a minute waits for lines that are written late. Later ones revise its candle.
const GRACE: Duration = Duration::from_secs(10);
/// So long after the newest line its minute is over, grace included. Behind that nobody knows whether the writer lives; its
/// next line tells.
const SILENCE: Duration = Duration::from_secs(80);

/// What the lines of a followed file have told of its time.
#[derive(Debug, Default)]
pub struct TailClock {
    /// When the newest line was made, as long as all lines read with it were news.
    newest: Option<Timestamp>,
    told: Option<Timestamp>,
}

impl TailClock {
    /// Hears when the lines that were read together were made.
    pub fn hears(&mut self, lines: impl IntoIterator<Item = Timestamp>, now: Timestamp) {
        let mut newest = None;
        for at in lines {
            if now.since(at) > NEWS {
                // A record, or a writer that hands over many lines at once: its silence says nothing.
                self.newest = None;
                return;
            }
            newest = newest.max(Some(at));
        }
        self.newest = self.newest.max(newest);
    }

    /// The minute that has begun though no line says so, once for each minute.
    pub fn begins(&mut self, now: Timestamp) -> Option<Timestamp> {
        let newest = self.newest?;
        if now.since(newest) > SILENCE {
            return None;
        }
        let reached = Interval::M1.bucket_start(now.minus(GRACE));
        let is_known = reached <= newest || self.told.is_some_and(|told| told >= reached);
        if is_known {
            return None;
        }
        self.told = Some(reached);
        Some(reached)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_767_571_200_000 + seconds * 1_000).expect("time")
    }

    #[test]
    fn a_minute_of_news_ends_by_the_clock_after_its_grace_and_once() {
        let mut clock = TailClock::default();
        clock.hears([at(30), at(31)], at(33));
        assert_eq!(clock.begins(at(69)), None, "a late line may still come");
        assert_eq!(clock.begins(at(70)), Some(at(60)));
        assert_eq!(clock.begins(at(71)), None);
        clock.hears([at(72)], at(72));
        assert_eq!(clock.begins(at(129)), None);
        assert_eq!(clock.begins(at(130)), Some(at(120)));
    }

    #[test]
    fn the_first_moment_of_a_minute_is_long_enough_ago_at_its_end() {
        let mut clock = TailClock::default();
        clock.hears([at(0)], at(0));
        assert_eq!(clock.begins(at(70)), Some(at(60)));
    }

    #[test]
    fn the_silence_of_a_writer_that_may_be_dead_ends_nothing() {
        let mut clock = TailClock::default();
        clock.hears([at(30)], at(30));
        assert_eq!(clock.begins(at(3_600)), None);
    }

    #[test]
    fn the_silence_of_a_record_ends_nothing() {
        let mut clock = TailClock::default();
        assert_eq!(clock.begins(at(70)), None, "nothing was read yet");
        clock.hears([at(-90_000)], at(30));
        assert_eq!(clock.begins(at(70)), None);
        // A writer that hands over its lines once in a while: the newest is news, the oldest is not.
        clock.hears([at(20), at(30)], at(30));
        assert_eq!(clock.begins(at(70)), None);
    }

    #[test]
    fn a_line_ahead_of_the_clock_has_said_its_minute_itself() {
        let mut clock = TailClock::default();
        clock.hears([at(61)], at(30));
        assert_eq!(clock.begins(at(71)), None);
        assert_eq!(clock.begins(at(130)), Some(at(120)));
    }
}
