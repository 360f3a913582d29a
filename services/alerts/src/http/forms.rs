//! The forms of conditions and triggers, for the API's document; they are read in `domain::parse`.
#![allow(dead_code, reason = "these types only describe what is read and written elsewhere")]

use serde::Serialize;
use utoipa::ToSchema;

/// What to watch for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ConditionForm {
    /// One condition.
    Single(SingleCondition),
    /// Several at once.
    All(AllConditions),
    /// The short form: a level, whose price is in `target_price`.
    Short(LevelName),
}

/// A condition as it is told.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ToldCondition {
    /// One condition.
    Single(SingleCondition),
    /// Several at once.
    All(AllConditions),
}

/// Conditions that must be true together.
#[derive(Serialize, ToSchema)]
pub struct AllConditions {
    /// One to five of them.
    #[schema(min_items = 1, max_items = 5)]
    all: Vec<SingleCondition>,
}

/// One condition.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SingleCondition {
    /// A price level.
    Level(LevelCondition),
    /// A band of prices.
    Channel(ChannelCondition),
    /// A move within a time.
    ChangePct(ChangePctCondition),
    /// An indicator's value on closed candles.
    Indicator(IndicatorCondition),
    /// A closed candle's volume against the 20 before it.
    VolumeSpike(VolumeSpikeCondition),
}

/// The price is at or beyond a level, or crosses it.
#[derive(Serialize, ToSchema)]
pub struct LevelCondition {
    /// `above` and `below` are states and count the level itself; the others are events.
    #[serde(rename = "type")]
    kind: LevelName,
    /// The level, above 0.
    #[schema(
        format = "decimal",
        pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$",
        example = "70000"
    )]
    price: String,
}

/// What about a level.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelName {
    /// At or above it.
    Above,
    /// At or below it.
    Below,
    /// From below it to it or beyond.
    CrossesAbove,
    /// From above it to it or beyond.
    CrossesBelow,
    /// Either.
    Crosses,
}

/// The price is inside or outside a band, or enters or leaves it; the bounds belong to the band.
#[derive(Serialize, ToSchema)]
pub struct ChannelCondition {
    #[serde(rename = "type")]
    kind: ChannelName,
    /// The lower bound, above 0.
    #[schema(format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    low: String,
    /// The upper bound, above `low`.
    #[schema(format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    high: String,
    /// What about the band.
    op: ChannelOpName,
}

/// The type of a channel condition.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelName {
    /// A band.
    Channel,
}

/// What about a band: `inside` and `outside` are states, `enters` and `exits` events.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelOpName {
    /// Between the bounds.
    Inside,
    /// Beyond them.
    Outside,
    /// From beyond to between.
    Enters,
    /// From between to beyond.
    Exits,
}

/// The price moved by so many percent against the one of a while ago.
#[derive(Serialize, ToSchema)]
pub struct ChangePctCondition {
    #[serde(rename = "type")]
    kind: ChangePctName,
    /// Which way.
    direction: DirectionName,
    /// How much; at most 4 decimals, at most 100 where down.
    #[schema(exclusive_minimum = 0, maximum = 1000)]
    percent: f64,
    /// Against the price of how long ago.
    window: WindowName,
}

/// The type of a condition about a move.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangePctName {
    /// A move in percent.
    ChangePct,
}

/// Which way a price moved.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectionName {
    /// Upwards.
    Up,
    /// Downwards.
    Down,
    /// One or the other.
    Either,
}

/// How long ago.
#[derive(Serialize, ToSchema)]
pub enum WindowName {
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
    /// A day.
    #[serde(rename = "24h")]
    Day,
}

/// An indicator's value is at or beyond a fixed one, or crosses it, judged on closed candles.
#[derive(Serialize, ToSchema)]
pub struct IndicatorCondition {
    #[serde(rename = "type")]
    kind: IndicatorName,
    /// Its name with its parameters, `rsi:14`; of those with several values also which one, `macd:12:26:9.signal`. `obv`
    /// is summed over the newest 299 closed candles, as on a chart of 300 of which one is open; `vwap` over the UTC day.
    #[schema(example = "rsi:14")]
    indicator: String,
    /// On which candles.
    interval: IntervalName,
    /// What about its value.
    op: ValueOpName,
    /// What it is compared with.
    value: f64,
}

/// The type of a condition about an indicator.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IndicatorName {
    /// An indicator.
    Indicator,
}

/// What about a value: `above` and `below` are states and count equality, the others events.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueOpName {
    /// At or above.
    Above,
    /// At or below.
    Below,
    /// From below to it or beyond.
    CrossesAbove,
    /// From above to it or beyond.
    CrossesBelow,
}

/// A closed candle's volume is so many times the mean of the 20 before it, or more.
#[derive(Serialize, ToSchema)]
pub struct VolumeSpikeCondition {
    #[serde(rename = "type")]
    kind: VolumeSpikeName,
    /// How many times the mean; at most 4 decimals.
    #[schema(exclusive_minimum = 0, maximum = 1000)]
    multiple: f64,
    /// Of which candles.
    interval: IntervalName,
}

/// The type of a condition about volume.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VolumeSpikeName {
    /// More volume than usual.
    VolumeSpike,
}

/// The length of a candle.
#[derive(Serialize, ToSchema)]
pub enum IntervalName {
    #[serde(rename = "1m")]
    Minute,
    #[serde(rename = "5m")]
    FiveMinutes,
    #[serde(rename = "15m")]
    QuarterHour,
    #[serde(rename = "30m")]
    HalfHour,
    #[serde(rename = "1h")]
    Hour,
    #[serde(rename = "4h")]
    FourHours,
    #[serde(rename = "1d")]
    Day,
    #[serde(rename = "1w")]
    Week,
}

/// How often an alert may fire.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum TriggerForm {
    /// By name.
    Named(TriggerName),
    /// At most once in each bucket of this length, UTC.
    OncePerBar {
        /// The length.
        once_per_bar: IntervalName,
    },
    /// On closed candles of this length only.
    OncePerBarClose {
        /// The length.
        once_per_bar_close: IntervalName,
    },
}

/// How often, by name.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TriggerName {
    /// Once, until it is armed again.
    Once,
    /// At each change from false to true.
    EveryTime,
    /// At most once in each minute, UTC.
    OncePerMinute,
}
