use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The `typ` in the header of a user's access token.
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The `aud` of a user's access token; its `iss` is PUBLIC_URL without a slash at the end.
pub const ACCESS_TOKEN_AUDIENCE: &str = "candlewick";

/// What a user's access token says (EdDSA; auth signs it, the gateway checks it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who made it.
    pub iss: String,
    /// For whom it was made.
    pub aud: String,
    /// The user.
    pub sub: Uuid,
    /// The session: a revoked one ends its tokens.
    pub sid: Uuid,
    /// What the account might do when it was made.
    pub role: Role,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
}

macro_rules! named_values {
    ($(#[$doc:meta])* $name:ident, $error:ident, $message:literal, $($(#[$vdoc:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        /// The text is none of the known values.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error($message)]
        pub struct $error;

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name on the wire.
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
                Self::ALL.iter().copied().find(|value| value.as_str() == raw).ok_or($error)
            }
        }
    };
}

named_values!(
    /// What an account may do in general.
    Role,
    UnknownRole,
    "must be one of user, admin",
    /// Everybody.
    User = "user",
    /// Runs the platform.
    Admin = "admin",
);

named_values!(
    /// What a personal API token may do.
    Scope,
    UnknownScope,
    "must be one of read, alerts, trade",
    /// Read everything of its owner.
    Read = "read",
    /// Create, change and delete alerts.
    Alerts = "alerts",
    /// Trade on paper.
    Trade = "trade",
);
