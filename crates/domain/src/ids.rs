use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id_type {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        ///
        /// A UUIDv7; plain on the wire, with a prefix in logs.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh id; later ones sort behind earlier ones.
            #[allow(clippy::new_without_default, reason = "a default id would read as the same value each time")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The bare UUID, for storage and the wire.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(raw: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(raw).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

id_type! {
    /// A person with an account.
    UserId, "user";
    /// One sign-in: a family of refresh tokens.
    SessionId, "session";
    /// A price or indicator alert.
    AlertId, "alert";
    /// One firing of an alert.
    FiringId, "firing";
    /// A paper-trading portfolio (one book).
    PortfolioId, "portfolio";
    /// An order in a portfolio.
    OrderId, "order";
    /// A fill of an order.
    TradeId, "trade";
    /// A watchlist.
    WatchlistId, "watchlist";
    /// A message to a user.
    NotificationId, "notification";
    /// An event on the broker.
    EventId, "event";
}
