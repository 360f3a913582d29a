use domain::{AlertId, AssetId, Price, Source, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Condition, Trigger, TriggerKey};

/// An alert as the evaluator sees it: what to watch for, and what it remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// The alert.
    pub id: AlertId,
    /// Counts its meanings; a firing belongs to one of them.
    pub version: u32,
    /// The asset whose price it watches.
    pub asset: AssetId,
    /// What to watch for.
    pub condition: Condition,
    /// How often it may fire.
    pub trigger: Trigger,
    /// The least time between two notifications, in milliseconds of event time.
    pub cooldown_ms: i64,
    /// It never fires on what is received at or after this moment.
    pub expires_at: Option<Timestamp>,
    /// The price that was known when it was armed.
    pub base: Option<Base>,
    /// What it remembers between ticks.
    pub memory: Memory,
}

/// The newest price when an alert was armed. Older ticks are not its business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base {
    /// The number of the tick.
    pub seq: u64,
    /// The price.
    pub price: Price,
    /// When it was made.
    pub event_at: Timestamp,
}

/// How an alert stands, as far as the evaluator decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Watching.
    #[default]
    Armed,
    /// Watching, and not yet allowed to notify again.
    Cooling,
    /// It can't be judged: what it compares with is missing.
    NoData,
    /// It fired once, and waits to be armed again.
    Triggered,
    /// It fired too often, and waits to be armed again.
    Paused,
}

impl Status {
    /// Its name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Armed => "armed",
            Self::Cooling => "cooling",
            Self::NoData => "no_data",
            Self::Triggered => "triggered",
            Self::Paused => "paused",
        }
    }

    /// Whether the evaluator still looks at it.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Armed | Self::Cooling | Self::NoData)
    }
}

/// What an alert remembers: everything that is not in its definition or in the market.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Memory {
    /// How it stands.
    pub status: Status,
    /// A state that fired and was not yet false by the hysteresis.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub latched: bool,
    /// The start of the last bucket in which it fired, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket_ms: Option<i64>,
    /// The tick at which it fired last; it fires at most once at a tick.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fired_seq: Option<u64>,
    /// The event time of the last notification since it was armed, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_ms: Option<i64>,
    /// The event times of the newest notifications, oldest first: what the storm guard looks at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recent_ms: Vec<i64>,
}

impl Memory {
    /// What is left after its owner arms it again: it begins anew, but never fires twice in one bucket or tick, nor before
    /// its cooldown is over.
    pub fn rearmed(&self) -> Self {
        Self {
            bucket_ms: self.bucket_ms,
            fired_seq: self.fired_seq,
            notified_ms: self.notified_ms,
            ..Self::default()
        }
    }
}

/// What the evaluator came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// The condition was met.
    Fired(Firing),
    /// It fired too often and was paused.
    Paused {
        /// The alert.
        alert: AlertId,
        /// Its version.
        version: u32,
        /// When, in event time.
        at: Timestamp,
    },
    /// It can't be judged from now on.
    NoData {
        /// The alert.
        alert: AlertId,
        /// Its version.
        version: u32,
        /// Since when, in event time.
        since: Timestamp,
    },
}

/// One occasion on which a condition was met.
#[derive(Debug, Clone, PartialEq)]
pub struct Firing {
    /// The alert.
    pub alert: AlertId,
    /// Its version.
    pub version: u32,
    /// Names the occasion.
    pub key: TriggerKey,
    /// The price before.
    pub previous: Option<Price>,
    /// The price that met the condition.
    pub price: Price,
    /// The indicator's value, where the condition is about one.
    pub value: Option<f64>,
    /// Its value before.
    pub previous_value: Option<f64>,
    /// Who said the price.
    pub source: Source,
    /// When the price was made; the end of the bucket for a closed candle.
    pub event_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// Found after a gap in the prices.
    pub late: bool,
    /// Found in the extremes of a range, not in a price itself.
    pub from_candle_range: bool,
    /// Within the cooldown: kept, but nobody is told.
    pub suppressed: bool,
}
