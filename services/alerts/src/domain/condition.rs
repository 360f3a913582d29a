use domain::{Decimal, Interval, Price};
use indicators::IndicatorSpec;

use super::{closed::ClosedCandles, percent::Move};

/// The most conditions that `all` may join.
pub const MAX_PARTS: usize = 5;

/// What an alert watches for, valid by construction: see [`Condition::parse`](super::Condition::parse).
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A price level.
    Level {
        /// What about the level.
        kind: LevelKind,
        /// The level.
        price: Price,
    },
    /// A band of prices; its bounds belong to it.
    Channel {
        /// The lower bound.
        low: Price,
        /// The upper bound, above the lower one.
        high: Price,
        /// What about the band.
        op: ChannelOp,
    },
    /// The price moved by so many percent within a rolling window.
    ChangePct {
        /// Which way.
        direction: Direction,
        /// How much, above 0.
        percent: Decimal,
        /// Within which time.
        window: Window,
    },
    /// An indicator's value on closed candles.
    Indicator(IndicatorRule),
    /// A closed candle's volume against the mean of the 20 before it.
    VolumeSpike {
        /// How many times the mean.
        multiple: Decimal,
        /// Of which candles.
        interval: Interval,
    },
    /// All of these at once.
    All(Vec<Condition>),
}

/// What about an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorRule {
    /// Which indicator.
    pub spec: IndicatorSpec,
    /// Which of its components, where not the leading one.
    pub component: Option<&'static str>,
    /// On which candles.
    pub interval: Interval,
    /// What about its value.
    pub op: ValueOp,
    /// The fixed value that it is compared with.
    pub value: f64,
}

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the API.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// Reads its name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }
    };
}

named!(
    /// What about a price level.
    LevelKind {
        /// The price is at or over it.
        Above = "above",
        /// The price is at or under it.
        Below = "below",
        /// The price came from under it to it or over it.
        CrossesAbove = "crosses_above",
        /// The price came from over it to it or under it.
        CrossesBelow = "crosses_below",
        /// Either.
        Crosses = "crosses",
    }
);

named!(
    /// What about a band of prices.
    ChannelOp {
        /// The price is in it.
        Inside = "inside",
        /// The price is not in it.
        Outside = "outside",
        /// The price came into it.
        Enters = "enters",
        /// The price left it.
        Exits = "exits",
    }
);

named!(
    /// Which way a price moved.
    Direction {
        /// Up.
        Up = "up",
        /// Down.
        Down = "down",
        /// Either way.
        Either = "either",
    }
);

named!(
    /// Over which time a move is measured.
    Window {
        /// Five minutes.
        M5 = "5m",
        /// An hour.
        H1 = "1h",
        /// A day.
        H24 = "24h",
    }
);

named!(
    /// What about a value.
    ValueOp {
        /// At or over.
        Above = "above",
        /// At or under.
        Below = "below",
        /// Came from under to it or over it.
        CrossesAbove = "crosses_above",
        /// Came from over to it or under it.
        CrossesBelow = "crosses_below",
    }
);

impl Window {
    /// Its length.
    pub fn millis(self) -> i64 {
        match self {
            Self::M5 => 300_000,
            Self::H1 => 3_600_000,
            Self::H24 => 86_400_000,
        }
    }

    /// By how much the price that is compared with may be older than the window.
    pub fn tolerance_ms(self) -> i64 {
        (self.millis() / 10).max(60_000)
    }
}

impl Condition {
    /// The single conditions in it.
    pub fn parts(&self) -> &[Condition] {
        match self {
            Self::All(parts) => parts,
            single => std::slice::from_ref(single),
        }
    }

    /// Whether it is an event, true only at the moment of a change, and not a state.
    pub fn is_event(&self) -> bool {
        match self {
            Self::Level { kind, .. } => !matches!(kind, LevelKind::Above | LevelKind::Below),
            Self::Channel { op, .. } => matches!(op, ChannelOp::Enters | ChannelOp::Exits),
            Self::Indicator(rule) => matches!(rule.op, ValueOp::CrossesAbove | ValueOp::CrossesBelow),
            Self::ChangePct { .. } | Self::VolumeSpike { .. } => false,
            Self::All(parts) => parts.iter().any(Self::is_event),
        }
    }

    /// The candles of which it is a matter, where it is one of candles.
    pub fn interval(&self) -> Option<Interval> {
        match self {
            Self::Indicator(rule) => Some(rule.interval),
            Self::VolumeSpike { interval, .. } => Some(*interval),
            _ => None,
        }
    }

    /// The windows over which it measures moves.
    pub fn windows(&self) -> Vec<Window> {
        let window = |part: &Condition| match part {
            Self::ChangePct { window, .. } => Some(*window),
            _ => None,
        };
        self.parts().iter().filter_map(window).collect()
    }

    /// Whether it is already true at this price, against the price with which each window began, and by the newest closed
    /// candles; `None` where it is no state, or what it is judged on is missing.
    pub fn is_true_at(
        &self,
        price: Price,
        reference: &dyn Fn(Window) -> Option<Decimal>,
        closed: &ClosedCandles,
    ) -> Option<bool> {
        match self {
            Self::Level {
                kind: LevelKind::Above,
                price: level,
            } => Some(price >= *level),
            Self::Level {
                kind: LevelKind::Below,
                price: level,
            } => Some(price <= *level),
            Self::Channel {
                low,
                high,
                op: ChannelOp::Inside,
            } => Some(*low <= price && price <= *high),
            Self::Channel {
                low,
                high,
                op: ChannelOp::Outside,
            } => Some(price < *low || price > *high),
            Self::ChangePct {
                direction,
                percent,
                window,
            } => {
                let moved = Move {
                    price: price.value(),
                    reference: reference(*window)?,
                };
                Some(moved.judge(*direction, *percent).met)
            }
            Self::All(parts) => parts
                .iter()
                .map(|part| part.is_true_at(price, reference, closed))
                .try_fold(true, |all, part| part.map(|part| all && part)),
            _ => closed.meets(self),
        }
    }

    /// The API's form, which [`Condition::parse`](super::Condition::parse) reads.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::json;
        match self {
            Self::Level { kind, price } => json!({ "type": kind.as_str(), "price": price }),
            Self::Channel { low, high, op } => {
                json!({ "type": "channel", "low": low, "high": high, "op": op.as_str() })
            }
            Self::ChangePct {
                direction,
                percent,
                window,
            } => json!({
                "type": "change_pct",
                "direction": direction.as_str(),
                "percent": number(*percent),
                "window": window.as_str(),
            }),
            Self::Indicator(rule) => json!({
                "type": "indicator",
                "indicator": rule.name(),
                "interval": rule.interval.as_str(),
                "op": rule.op.as_str(),
                "value": rule.value,
            }),
            Self::VolumeSpike { multiple, interval } => {
                json!({ "type": "volume_spike", "multiple": number(*multiple), "interval": interval.as_str() })
            }
            Self::All(parts) => json!({ "all": parts.iter().map(Self::to_json).collect::<Vec<_>>() }),
        }
    }
}

impl IndicatorRule {
    /// The indicator as the API writes it: `rsi:14`, or `macd:12:26:9.histogram` for one of several components.
    pub fn name(&self) -> String {
        match self.component {
            Some(component) => format!("{}.{component}", self.spec),
            None => self.spec.to_string(),
        }
    }
}

/// Percentages and multiples are JSON numbers.
fn number(value: Decimal) -> serde_json::Value {
    serde_json::from_str(&value.normalize().to_string()).unwrap_or(serde_json::Value::Null)
}
