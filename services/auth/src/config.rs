//! The service's settings; `defaults.toml` says what they mean.

use std::time::Duration;

use serde::Deserialize;
use service_kit::http::HttpOptions;

use crate::domain::{lockout::LockoutPolicy, password_hash::HashCost};

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of this service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The server.
    pub http: HttpOptions,
    /// Whether an account may be used only once its address is proved.
    pub require_verified_email: bool,
    /// Web origins whose pages may use the refresh cookie, beside that of PUBLIC_URL.
    pub allowed_origins: Vec<String>,
    /// How long an access token lives.
    pub access_token_seconds: u64,
    /// How long a session lives that is not used.
    pub session_days: u64,
    /// How often this process looks for new signing keys.
    pub key_refresh_seconds: u64,
    /// Password hashing.
    pub passwords: PasswordOptions,
    /// Wrong passwords.
    pub lockout: LockoutOptions,
    /// Answers that must not tell by their time.
    pub even_answers: EvenAnswers,
}

/// What password hashing costs and how much of it happens at once.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordOptions {
    /// Memory of one hash.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// How many hashes are computed at once.
    pub at_once: usize,
    /// How many requests wait for their turn.
    pub queue: usize,
    /// How long one waits.
    pub wait_ms: u64,
}

/// When wrong passwords shut the doors.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockoutOptions {
    /// How many failures are too many.
    pub failures: usize,
    /// The time in which they count.
    pub window_seconds: u64,
    /// How long the doors stay shut.
    pub lock_seconds: u64,
}

/// The steps of time at which answers leave.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvenAnswers {
    /// Refused logins.
    pub login_ms: u64,
    /// Registration, and the request for a new password.
    pub mail_ms: u64,
}

impl Config {
    /// How long an access token lives.
    pub fn access_lifetime(&self) -> Duration {
        Duration::from_secs(self.access_token_seconds)
    }

    /// How long a session lives that is not used.
    pub fn session_lifetime(&self) -> Duration {
        Duration::from_secs(self.session_days * 24 * 3600)
    }

    /// What a hash costs.
    pub fn hash_cost(&self) -> HashCost {
        HashCost {
            memory_kib: self.passwords.memory_kib,
            passes: self.passwords.passes,
        }
    }

    /// When wrong passwords shut the doors.
    pub fn lockout_policy(&self) -> LockoutPolicy {
        LockoutPolicy {
            failures: self.lockout.failures,
            window: Duration::from_secs(self.lockout.window_seconds),
            lock: Duration::from_secs(self.lockout.lock_seconds),
        }
    }
}
