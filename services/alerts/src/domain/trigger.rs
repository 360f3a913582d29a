use std::fmt;

use domain::{Interval, Timestamp};

/// How often an alert may fire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// Once, until it is armed again by hand.
    Once,
    /// At each change from false to true.
    EveryTime,
    /// At most once in each minute, UTC.
    OncePerMinute,
    /// At most once in each bucket, UTC.
    OncePerBar(Interval),
    /// Only on closed candles.
    OncePerBarClose(Interval),
}

impl Trigger {
    /// Reads the API's form: `"once"` or `{"once_per_bar": "1h"}`.
    pub fn parse(raw: &str) -> Result<Self, String> {
        const EXPECTED: &str = "must be \"once\", \"every_time\", \"once_per_minute\", {\"once_per_bar\": interval} or {\"once_per_bar_close\": interval}";
        let value: serde_json::Value = serde_json::from_str(raw).map_err(|_| EXPECTED.to_owned())?;
        if let Some(name) = value.as_str() {
            return match name {
                "once" => Ok(Self::Once),
                "every_time" => Ok(Self::EveryTime),
                "once_per_minute" => Ok(Self::OncePerMinute),
                _ => Err(EXPECTED.to_owned()),
            };
        }
        let members = value.as_object().filter(|members| members.len() == 1).ok_or(EXPECTED)?;
        let (name, interval) = members.iter().next().ok_or(EXPECTED)?;
        let interval = interval.as_str().ok_or(EXPECTED)?;
        let interval: Interval = interval.parse().map_err(|error| format!("{name}: {error}"))?;
        match name.as_str() {
            "once_per_bar" => Ok(Self::OncePerBar(interval)),
            "once_per_bar_close" => Ok(Self::OncePerBarClose(interval)),
            _ => Err(EXPECTED.to_owned()),
        }
    }

    /// The API's form.
    pub fn to_json(self) -> serde_json::Value {
        match self {
            Self::Once => "once".into(),
            Self::EveryTime => "every_time".into(),
            Self::OncePerMinute => "once_per_minute".into(),
            Self::OncePerBar(interval) => serde_json::json!({ "once_per_bar": interval.as_str() }),
            Self::OncePerBarClose(interval) => serde_json::json!({ "once_per_bar_close": interval.as_str() }),
        }
    }

    /// The bucket in which it may fire at most once.
    pub fn bucket(self) -> Option<Interval> {
        match self {
            Self::OncePerMinute => Some(Interval::M1),
            Self::OncePerBar(interval) | Self::OncePerBarClose(interval) => Some(interval),
            Self::Once | Self::EveryTime => None,
        }
    }

    /// The candles at whose close it looks, and only then.
    pub fn closing_interval(self) -> Option<Interval> {
        match self {
            Self::OncePerBarClose(interval) => Some(interval),
            _ => None,
        }
    }
}

/// Names the occasion of a firing; unique within an alert's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TriggerKey {
    /// The asset's tick of this number.
    Seq(u64),
    /// The bucket of this interval that starts then.
    Bar(Interval, Timestamp),
}

impl fmt::Display for TriggerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq(seq) => write!(f, "seq:{seq}"),
            Self::Bar(interval, start) => write!(f, "bar:{interval}:{}", start.millis()),
        }
    }
}
