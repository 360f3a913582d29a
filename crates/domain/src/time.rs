use std::{
    fmt,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A moment in UTC, to the millisecond. Written as `2026-11-22T07:10:00.000Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Why a text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time in RFC 3339, such as 2026-11-22T07:10:00.000Z")]
pub struct InvalidTimestamp;

/// The years that can be written with four digits: 0001 to 9999.
const MIN_MILLIS: i64 = -62_135_596_800_000;
const MAX_MILLIS: i64 = 253_402_300_799_999;

impl Timestamp {
    /// From milliseconds since 1970; `None` outside the years 1 to 9999.
    pub fn from_millis(millis: i64) -> Option<Self> {
        (MIN_MILLIS..=MAX_MILLIS).contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with any offset.
    pub fn parse(raw: &str) -> Result<Self, InvalidTimestamp> {
        let parsed = DateTime::parse_from_rfc3339(raw).map_err(|_| InvalidTimestamp)?;
        Self::from_millis(parsed.timestamp_millis()).ok_or(InvalidTimestamp)
    }

    /// This moment plus `duration`, at most the end of the year 9999.
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis).min(MAX_MILLIS))
    }

    /// This moment minus `duration`, at least the start of the year 1.
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis).max(MIN_MILLIS))
    }

    /// How long after `earlier` this is; zero where it is not after.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_millis().clamp(MIN_MILLIS, MAX_MILLIS))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> Self {
        DateTime::from_timestamp_millis(time.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&DateTime::<Utc>::from(*self).to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        Self::parse(&raw).map_err(D::Error::custom)
    }
}

/// Where the time comes from; tests turn it by hand.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// A clock that several tasks read.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Utc::now().into()
    }
}

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.millis()))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// The length of a candle. Buckets are half-open, `[start, end)`, in UTC; weeks start on Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Interval {
    /// One minute.
    #[serde(rename = "1m")]
    M1,
    /// Five minutes.
    #[serde(rename = "5m")]
    M5,
    /// A quarter of an hour.
    #[serde(rename = "15m")]
    M15,
    /// Half an hour.
    #[serde(rename = "30m")]
    M30,
    /// One hour.
    #[serde(rename = "1h")]
    H1,
    /// Four hours.
    #[serde(rename = "4h")]
    H4,
    /// One day.
    #[serde(rename = "1d")]
    D1,
    /// One week, from Monday 00:00.
    #[serde(rename = "1w")]
    W1,
}

/// Why a text is no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of 1m, 5m, 15m, 30m, 1h, 4h, 1d, 1w")]
pub struct UnknownInterval;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// 1970-01-01 was a Thursday: the first Monday came four days later.
const FIRST_MONDAY_MS: i64 = 4 * DAY_MS;

impl Interval {
    /// All intervals, shortest first.
    pub const ALL: [Interval; 8] = [
        Self::M1,
        Self::M5,
        Self::M15,
        Self::M30,
        Self::H1,
        Self::H4,
        Self::D1,
        Self::W1,
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::M1 => "1m",
            Self::M5 => "5m",
            Self::M15 => "15m",
            Self::M30 => "30m",
            Self::H1 => "1h",
            Self::H4 => "4h",
            Self::D1 => "1d",
            Self::W1 => "1w",
        }
    }

    /// Its length in milliseconds.
    pub fn millis(self) -> i64 {
        match self {
            Self::M1 => MINUTE_MS,
            Self::M5 => 5 * MINUTE_MS,
            Self::M15 => 15 * MINUTE_MS,
            Self::M30 => 30 * MINUTE_MS,
            Self::H1 => 60 * MINUTE_MS,
            Self::H4 => 240 * MINUTE_MS,
            Self::D1 => DAY_MS,
            Self::W1 => 7 * DAY_MS,
        }
    }

    /// The start of the bucket that holds `at`.
    pub fn bucket_start(self, at: Timestamp) -> Timestamp {
        let origin = if self == Self::W1 { FIRST_MONDAY_MS } else { 0 };
        let length = self.millis();
        Timestamp((at.0 - origin).div_euclid(length) * length + origin)
    }

    /// The end (exclusive) of the bucket that starts at `start`.
    pub fn bucket_end(self, start: Timestamp) -> Timestamp {
        Timestamp(start.0 + self.millis())
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Interval {
    type Err = UnknownInterval;
    fn from_str(raw: &str) -> Result<Self, UnknownInterval> {
        Self::ALL
            .into_iter()
            .find(|interval| interval.as_str() == raw)
            .ok_or(UnknownInterval)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(raw: &str) -> Timestamp {
        Timestamp::parse(raw).expect("time")
    }

    #[test]
    fn times_are_written_in_utc_with_milliseconds() {
        assert_eq!(at("2026-11-22T08:10:00+01:00").to_string(), "2026-11-22T07:10:00.000Z");
        assert_eq!(
            at("2026-11-22T07:10:00.123456Z").to_string(),
            "2026-11-22T07:10:00.123Z"
        );
        assert!(Timestamp::parse("2026-11-22").is_err());
    }

    #[test]
    fn a_trade_exactly_at_the_end_belongs_to_the_next_bucket() {
        assert_eq!(
            Interval::M1.bucket_start(at("2026-11-22T07:11:00Z")),
            at("2026-11-22T07:11:00Z")
        );
        assert_eq!(
            Interval::M1.bucket_start(at("2026-11-22T07:10:59.999Z")),
            at("2026-11-22T07:10:00Z")
        );
    }

    #[test]
    fn weeks_start_on_monday() {
        assert_eq!(
            Interval::W1.bucket_start(at("2026-11-25T12:00:00Z")),
            at("2026-11-23T00:00:00Z")
        );
        assert_eq!(
            Interval::W1.bucket_start(at("1969-12-31T12:00:00Z")),
            at("1969-12-29T00:00:00Z")
        );
    }

    #[test]
    fn every_bucket_holds_its_moment() {
        for interval in Interval::ALL {
            for millis in [-1, 0, 1, 59_999, 60_000, 1_542_153_600_000, 1_542_153_599_999] {
                let moment = Timestamp::from_millis(millis).expect("time");
                let start = interval.bucket_start(moment);
                assert!(
                    start <= moment && moment < interval.bucket_end(start),
                    "{interval} {moment}"
                );
            }
        }
    }
}
