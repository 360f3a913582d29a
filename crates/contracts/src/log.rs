use domain::{AssetId, Price, PriceRange, Quantity, Source, Tick, Timestamp};
use serde::{Deserialize, Serialize};

/// One entry of a partition of the tick log.
///
/// The log carries its own time, so that whoever decides on it comes to the same end however fast it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEntry {
    /// A price of an asset of this partition.
    Tick(Tick),
    /// The feed's own time has reached this moment. Written to every partition at each minute's start, before any tick of that minute.
    Clock(Timestamp),
    /// No source gives prices from this moment on: silence is no longer calm.
    FeedDown(Timestamp),
    /// Prices flow again.
    FeedUp(Timestamp),
}

/// How far into its input a feed had come, so that it can go on exactly there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPosition {
    /// Which input, such as `replay:day.csv.gz`.
    pub feed: String,
    /// How many of its records came before the end of this batch.
    pub position: u64,
}

/// What one message of the log carries: the entries of a few milliseconds, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogBatch {
    /// The writer's term; a reader ignores batches of a term lower than one that it has seen.
    pub epoch: u64,
    /// The entries, oldest first.
    pub entries: Vec<LogEntry>,
    /// Where the feed stands after this batch, where it can be resumed.
    pub feed_position: Option<FeedPosition>,
}

/// Why a message is no batch.
#[derive(Debug, thiserror::Error)]
pub enum WrongBatch {
    /// Not the JSON of a batch.
    #[error("the batch is unreadable")]
    Json(#[from] serde_json::Error),
    /// A version that this code does not know.
    #[error("the batch has version {0}")]
    Version(u16),
    /// A time outside the calendar.
    #[error("{0} milliseconds since 1970 is no time")]
    Time(i64),
}

const VERSION: u16 = 1;

/// The wire form: short names, since there are thousands a second.
#[derive(Serialize, Deserialize)]
struct WireBatch {
    v: u16,
    epoch: u64,
    entries: Vec<WireEntry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    feed_position: Option<FeedPosition>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireEntry {
    #[serde(rename = "t")]
    Tick(WireTick),
    Clock(i64),
    FeedDown(i64),
    FeedUp(i64),
}

#[derive(Serialize, Deserialize)]
struct WireTick {
    #[serde(rename = "a")]
    asset: AssetId,
    #[serde(rename = "n")]
    seq: u64,
    #[serde(rename = "e")]
    event_ms: i64,
    #[serde(rename = "r")]
    received_ms: i64,
    #[serde(rename = "p")]
    price: Price,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    quantity: Option<Quantity>,
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    range: Option<PriceRange>,
    #[serde(rename = "s")]
    source: Source,
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    is_late: bool,
}

impl LogBatch {
    /// The bytes of the message.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let entries = self.entries.iter().map(WireEntry::from).collect();
        serde_json::to_vec(&WireBatch {
            v: VERSION,
            epoch: self.epoch,
            entries,
            feed_position: self.feed_position.clone(),
        })
    }

    /// Reads the bytes of a message.
    pub fn decode(bytes: &[u8]) -> Result<Self, WrongBatch> {
        let wire: WireBatch = serde_json::from_slice(bytes)?;
        if wire.v != VERSION {
            return Err(WrongBatch::Version(wire.v));
        }
        let entries = wire
            .entries
            .into_iter()
            .map(LogEntry::try_from)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            epoch: wire.epoch,
            entries,
            feed_position: wire.feed_position,
        })
    }
}

impl From<&LogEntry> for WireEntry {
    fn from(entry: &LogEntry) -> Self {
        match entry {
            LogEntry::Tick(tick) => Self::Tick(WireTick {
                asset: tick.asset.clone(),
                seq: tick.seq,
                event_ms: tick.event_at.millis(),
                received_ms: tick.received_at.millis(),
                price: tick.price,
                quantity: tick.quantity,
                range: tick.range,
                source: tick.source,
                is_late: tick.is_late,
            }),
            LogEntry::Clock(at) => Self::Clock(at.millis()),
            LogEntry::FeedDown(at) => Self::FeedDown(at.millis()),
            LogEntry::FeedUp(at) => Self::FeedUp(at.millis()),
        }
    }
}

fn time(millis: i64) -> Result<Timestamp, WrongBatch> {
    Timestamp::from_millis(millis).ok_or(WrongBatch::Time(millis))
}

impl TryFrom<WireEntry> for LogEntry {
    type Error = WrongBatch;
    fn try_from(entry: WireEntry) -> Result<Self, WrongBatch> {
        Ok(match entry {
            WireEntry::Tick(tick) => Self::Tick(Tick {
                asset: tick.asset,
                seq: tick.seq,
                event_at: time(tick.event_ms)?,
                received_at: time(tick.received_ms)?,
                price: tick.price,
                quantity: tick.quantity,
                range: tick.range,
                source: tick.source,
                is_late: tick.is_late,
            }),
            WireEntry::Clock(at) => Self::Clock(time(at)?),
            WireEntry::FeedDown(at) => Self::FeedDown(time(at)?),
            WireEntry::FeedUp(at) => Self::FeedUp(time(at)?),
        })
    }
}
