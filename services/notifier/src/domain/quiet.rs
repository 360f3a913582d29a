//! Hours in which nobody wants to be disturbed, and the moments at which digests go out.

use std::fmt;

use chrono::{DateTime, Days, LocalResult, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use domain::Timestamp;
use serde::{Deserialize, Serialize};

/// How often mails are gathered into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DigestMode {
    /// Each mail goes out by itself.
    #[default]
    Off,
    /// On the full hour.
    Hourly,
    /// At eight in the morning, in the time zone of the quiet hours, else UTC.
    Daily,
}

/// A daily span in which people's channels stay silent; it may reach over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    start: NaiveTime,
    end: NaiveTime,
    zone: Tz,
}

/// Why quiet hours are wrong: the member and the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidQuietHours {
    /// `start`, `end` or `time_zone`.
    pub member: &'static str,
    /// What it must be.
    pub why: &'static str,
}

impl QuietHours {
    /// From `22:00`, `07:00` and `Europe/Paris`.
    pub fn parse(start: &str, end: &str, time_zone: &str) -> Result<Self, InvalidQuietHours> {
        let time = |member, raw: &str| {
            let why = "must be a time of day such as 22:00";
            NaiveTime::parse_from_str(raw, "%H:%M")
                .ok()
                .filter(|_| raw.len() == 5)
                .ok_or(InvalidQuietHours { member, why })
        };
        let (start, end) = (time("start", start)?, time("end", end)?);
        if start == end {
            return Err(InvalidQuietHours {
                member: "end",
                why: "must differ from start",
            });
        }
        let why = "must be a time zone such as Europe/Paris";
        let zone = time_zone.parse().map_err(|_| InvalidQuietHours {
            member: "time_zone",
            why,
        })?;
        Ok(Self { start, end, zone })
    }

    /// When it begins, such as `22:00`.
    pub fn start(&self) -> String {
        self.start.format("%H:%M").to_string()
    }

    /// When it ends, such as `07:00`.
    pub fn end(&self) -> String {
        self.end.format("%H:%M").to_string()
    }

    /// Where it is that time.
    pub fn time_zone(&self) -> &'static str {
        self.zone.name()
    }

    /// The end of the quiet span that holds `now`; `None` outside of it.
    pub fn until(&self, now: Timestamp) -> Option<Timestamp> {
        let local = DateTime::<Utc>::from(now).with_timezone(&self.zone).naive_local();
        let (today, time) = (local.date(), local.time());
        let is_over_midnight = self.start > self.end;
        let is_quiet = if is_over_midnight {
            time >= self.start || time < self.end
        } else {
            time >= self.start && time < self.end
        };
        if !is_quiet {
            return None;
        }
        let ends_tomorrow = is_over_midnight && time >= self.start;
        let day = if ends_tomorrow {
            today.checked_add_days(Days::new(1))?
        } else {
            today
        };
        Some(moment_after(self.zone, day.and_time(self.end), now))
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{} {}", self.start(), self.end(), self.time_zone())
    }
}

/// When a message may go out: at once (`None`), or held until the digest and the end of quiet hours.
pub fn hold_until(mode: DigestMode, quiet: Option<&QuietHours>, now: Timestamp) -> Option<Timestamp> {
    let zone = quiet.map_or(Tz::UTC, |quiet| quiet.zone);
    let gathered = next_digest(mode, zone, now);
    let quiet_end = |at: Timestamp| quiet.and_then(|quiet| quiet.until(at));
    match gathered {
        None => quiet_end(now),
        Some(at) => Some(quiet_end(at).unwrap_or(at)),
    }
}

fn next_digest(mode: DigestMode, zone: Tz, now: Timestamp) -> Option<Timestamp> {
    const HOUR_MS: i64 = 3_600_000;
    match mode {
        DigestMode::Off => None,
        DigestMode::Hourly => Timestamp::from_millis((now.millis().div_euclid(HOUR_MS) + 1) * HOUR_MS),
        DigestMode::Daily => {
            let local = DateTime::<Utc>::from(now).with_timezone(&zone).naive_local();
            let days = u64::from(local.hour() >= 8);
            let day = local.date().checked_add_days(Days::new(days))?;
            Some(moment_after(zone, day.and_hms_opt(8, 0, 0)?, now))
        }
    }
}

/// The next moment at which it is that local time; where the clocks jump over it, an hour later.
fn moment_after(zone: Tz, local: NaiveDateTime, now: Timestamp) -> Timestamp {
    let found = match zone.from_local_datetime(&local) {
        // The clocks go back: that time comes twice, and the first one may be over.
        LocalResult::Ambiguous(first, second) => Some(if Timestamp::from(first.to_utc()) > now {
            first
        } else {
            second
        }),
        found => found.earliest(),
    };
    let found = found.or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
    found.map_or_else(|| local.and_utc().into(), |found| found.to_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(raw: &str) -> Timestamp {
        Timestamp::parse(raw).expect("time")
    }

    fn paris() -> QuietHours {
        QuietHours::parse("22:00", "07:00", "Europe/Paris").expect("quiet hours")
    }

    #[test]
    fn quiet_hours_reach_over_midnight_in_the_users_own_zone() {
        assert_eq!(paris().until(at("2026-01-10T20:59:59Z")), None);
        assert_eq!(
            paris().until(at("2026-01-10T21:00:00Z")),
            Some(at("2026-01-11T06:00:00Z"))
        );
        assert_eq!(
            paris().until(at("2026-01-11T05:59:59Z")),
            Some(at("2026-01-11T06:00:00Z"))
        );
        assert_eq!(paris().until(at("2026-01-11T06:00:00Z")), None);
        // Summer time: the same hours, two hours before UTC.
        assert_eq!(
            paris().until(at("2026-07-10T20:00:00Z")),
            Some(at("2026-07-11T05:00:00Z"))
        );
    }

    #[test]
    fn an_end_that_the_clocks_jump_over_is_found() {
        let quiet = QuietHours::parse("22:00", "02:30", "Europe/Paris").expect("quiet hours");
        assert_eq!(
            quiet.until(at("2026-03-29T00:00:00Z")),
            Some(at("2026-03-29T01:30:00Z"))
        );
    }

    #[test]
    fn an_end_that_comes_twice_is_the_one_that_is_still_to_come() {
        let quiet = QuietHours::parse("22:00", "02:30", "Europe/Paris").expect("quiet hours");
        // 02:10 in summer time, and an hour later once more.
        assert_eq!(
            quiet.until(at("2026-10-25T00:10:00Z")),
            Some(at("2026-10-25T00:30:00Z"))
        );
        assert_eq!(
            quiet.until(at("2026-10-25T01:10:00Z")),
            Some(at("2026-10-25T01:30:00Z"))
        );
        assert_eq!(quiet.until(at("2026-10-25T01:30:00Z")), None);
    }

    #[test]
    fn digests_go_out_on_the_hour_or_at_eight_and_never_into_quiet_hours() {
        let now = at("2026-01-10T20:15:00Z");
        assert_eq!(hold_until(DigestMode::Off, None, now), None);
        assert_eq!(
            hold_until(DigestMode::Hourly, None, now),
            Some(at("2026-01-10T21:00:00Z"))
        );
        assert_eq!(
            hold_until(DigestMode::Hourly, Some(&paris()), now),
            Some(at("2026-01-11T06:00:00Z"))
        );
        assert_eq!(
            hold_until(DigestMode::Daily, None, now),
            Some(at("2026-01-11T08:00:00Z"))
        );
        assert_eq!(
            hold_until(DigestMode::Daily, Some(&paris()), now),
            Some(at("2026-01-11T07:00:00Z"))
        );
    }

    #[test]
    fn wrong_quiet_hours_name_their_member() {
        let member = |start, end, zone| QuietHours::parse(start, end, zone).expect_err("wrong").member;
        assert_eq!(member("25:00", "07:00", "UTC"), "start");
        assert_eq!(member("22:00", "7:00", "UTC"), "end");
        assert_eq!(member("22:00", "22:00", "UTC"), "end");
        assert_eq!(member("22:00", "07:00", "Moon/Base"), "time_zone");
    }
}
