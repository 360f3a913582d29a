use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! closed_set {
    ($(#[$doc:meta])* $name:ident, $error:ident, $what:literal, $($(#[$vdoc:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        #[doc = concat!("The text is no ", $what, ".")]
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[error("{0:?} is no {what}", what = $what)]
        pub struct $error(pub String);

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = $error;
            fn from_str(raw: &str) -> Result<Self, $error> {
                Self::ALL.iter().copied().find(|value| value.as_str() == raw).ok_or_else(|| $error(raw.to_owned()))
            }
        }
    };
}

closed_set!(
    /// What a notification is about.
    Kind,
    UnknownKind,
    "kind of notification",
    /// An alert's condition was met.
    AlertFired = "alert_fired",
    /// An alert's time ran out.
    AlertExpired = "alert_expired",
    /// An alert fired too often and was paused.
    AlertPaused = "alert_paused",
    /// An alert cannot be judged for lack of prices.
    AlertNoData = "alert_no_data",
    /// An order was filled.
    OrderFilled = "order_filled",
    /// An order was refused.
    OrderRejected = "order_rejected",
    /// An order's time ran out.
    OrderExpired = "order_expired",
    /// A source of prices is late or gone (or well again); for administrators.
    FeedDegraded = "feed_degraded",
    /// Something happened to the account.
    Security = "security",
    /// The user pressed the test button.
    Test = "test",
    /// One message for many.
    Digest = "digest",
);

closed_set!(
    /// A way to reach a user.
    Channel,
    UnknownChannel,
    "channel",
    /// The list in the web app, and its live stream.
    InApp = "in_app",
    /// Electronic mail.
    Email = "email",
    /// A signed HTTP request to the user's own server.
    Webhook = "webhook",
    /// A bot's message on Telegram.
    Telegram = "telegram",
    /// A message in a Discord channel.
    Discord = "discord",
    /// A push message through ntfy.
    Ntfy = "ntfy",
);

closed_set!(
    /// What has become of a delivery.
    DeliveryState,
    UnknownState,
    "state of a delivery",
    /// It will be tried, for the first time or again.
    Pending = "pending",
    /// The other side has accepted it.
    Sent = "sent",
    /// It was given up.
    Failed = "failed",
    /// It was decided not to send it.
    Suppressed = "suppressed",
);

impl Kind {
    /// Whether it is told however the user has set quiet hours, digests and switches.
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::Security | Self::Test)
    }

    /// Whether its mails go to addresses too whose owner has not proved to read them.
    pub fn goes_to_unverified_addresses(self) -> bool {
        matches!(self, Self::Security)
    }
}

impl Channel {
    /// Whether a person reads it, so that floods, quiet hours and digests matter.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::Email | Self::Telegram | Self::Discord | Self::Ntfy)
    }
}
