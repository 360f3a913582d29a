//! The closed sets of words that describe an order.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident, $error:ident, $message:literal, $($(#[$vdoc:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        /// The text is none of the known values.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error($message)]
        pub struct $error;

        impl $name {
            /// Its name on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl FromStr for $name {
            type Err = $error;
            fn from_str(raw: &str) -> Result<Self, $error> {
                match raw { $($text => Ok(Self::$variant),)* _ => Err($error) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// What kind of order it is. A pair (`oco`) is a limit and a stop that know each other.
    OrderType, UnknownOrderType, "must be one of market, limit, stop, stop_limit, take_profit, trailing_stop, oco",
    /// Filled at once at whatever the price is.
    Market = "market",
    /// At its limit or better.
    Limit = "limit",
    /// At market once the price has moved against its owner.
    Stop = "stop",
    /// A limit order once the price has moved against its owner.
    StopLimit = "stop_limit",
    /// At market once the price has moved for its owner.
    TakeProfit = "take_profit",
    /// A stop that follows the price.
    TrailingStop = "trailing_stop",
}

named! {
    /// How long an order lives.
    TimeInForce, UnknownTimeInForce, "must be one of gtc, ioc, fok, gtd",
    /// Until it is cancelled.
    Gtc = "gtc",
    /// Now, what can be filled.
    Ioc = "ioc",
    /// Now, all or nothing.
    Fok = "fok",
    /// Until a given time.
    Gtd = "gtd",
}

named! {
    /// Where an order stands.
    OrderStatus, UnknownOrderStatus, "must be one of open, accepted, triggered, filled, cancelled, expired, rejected",
    /// It waits.
    Accepted = "accepted",
    /// Its stop was hit; it waits as a limit order.
    Triggered = "triggered",
    /// Done.
    Filled = "filled",
    /// Taken back, by its owner or by the other half of its pair.
    Cancelled = "cancelled",
    /// Its time ran out.
    Expired = "expired",
    /// The platform could not fill it.
    Rejected = "rejected",
}

impl OrderStatus {
    /// Whether nothing more can happen to it.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Accepted | Self::Triggered)
    }

    /// Whether it may become `next`.
    pub fn may_become(self, next: OrderStatus) -> bool {
        match self {
            Self::Accepted => next != Self::Accepted,
            Self::Triggered => next.is_final(),
            _ => false,
        }
    }
}
