//! Which stretch of time a request asks for, and which candles show it best.

use std::{fmt, str::FromStr, time::Duration};

use domain::{Interval, Timestamp};

/// A stretch of time that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// One hour.
    H1,
    /// Six hours.
    H6,
    /// One day.
    H24,
    /// Seven days.
    D7,
    /// Thirty days.
    D30,
    /// Ninety days.
    D90,
    /// 365 days.
    Y1,
    /// Everything there is.
    Max,
}

/// Why a text names no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of 1h, 6h, 24h, 7d, 30d, 90d, 1y, max")]
pub struct UnknownRange;

const DAY: Duration = Duration::from_secs(86_400);

impl Range {
    /// All ranges, shortest first.
    pub const ALL: [Range; 8] = [
        Self::H1,
        Self::H6,
        Self::H24,
        Self::D7,
        Self::D30,
        Self::D90,
        Self::Y1,
        Self::Max,
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::H1 => "1h",
            Self::H6 => "6h",
            Self::H24 => "24h",
            Self::D7 => "7d",
            Self::D30 => "30d",
            Self::D90 => "90d",
            Self::Y1 => "1y",
            Self::Max => "max",
        }
    }

    /// Its length; `None` for everything.
    pub fn length(self) -> Option<Duration> {
        match self {
            Self::H1 => Some(DAY / 24),
            Self::H6 => Some(DAY / 4),
            Self::H24 => Some(DAY),
            Self::D7 => Some(DAY * 7),
            Self::D30 => Some(DAY * 30),
            Self::D90 => Some(DAY * 90),
            Self::Y1 => Some(DAY * 365),
            Self::Max => None,
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Range {
    type Err = UnknownRange;
    fn from_str(raw: &str) -> Result<Self, UnknownRange> {
        Self::ALL
            .into_iter()
            .find(|range| range.as_str() == raw)
            .ok_or(UnknownRange)
    }
}

/// The candles that show a stretch of `length` (everything: `None`) to a chart: a few thousand at most.
pub fn interval_for(length: Option<Duration>) -> Interval {
    const TARGET: i64 = 2_200;
    let Some(length) = length else { return Interval::D1 };
    let millis = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Interval::ALL
        .into_iter()
        .find(|interval| millis / interval.millis() <= TARGET)
        .unwrap_or(Interval::W1)
}

/// The stretches without candles between neighbours, oldest first: `(end of one, start of the next)`.
pub fn gaps(candles: &[domain::Candle]) -> Vec<(Timestamp, Timestamp)> {
    let holes = candles.windows(2).map(|pair| (pair[0].end(), pair[1].start));
    holes.filter(|(end, start)| end < start).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_range_is_shown_by_a_few_thousand_candles_at_most() {
        let expected = ["1m", "1m", "1m", "5m", "30m", "1h", "4h", "1d"];
        let found = Range::ALL.map(|range| interval_for(range.length()).as_str());
        assert_eq!(found, expected);
    }
}
