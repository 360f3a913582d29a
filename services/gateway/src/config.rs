//! The gateway's settings; `defaults.toml` says what they mean.

use std::time::Duration;

use anyhow::bail;
use serde::Deserialize;
use service_kit::http::HttpOptions;

use crate::domain::{
    proxies::TrustedProxies,
    stream::{link::Patience, registry::Room},
};

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of this service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The public server.
    pub http: HttpOptions,
    /// The server for health and metrics.
    pub operations: HttpOptions,
    /// Whether requests are counted.
    pub rate_limits: Switch,
    /// How many requests are allowed.
    pub limits: LimitOptions,
    /// Proxies that may name the client.
    pub trusted_proxies: TrustedProxies,
    /// How long a service may take, in milliseconds.
    pub upstream_timeout_ms: u64,
    /// For how long a public read may be answered with what another request was told, in milliseconds.
    pub shared_reads_ms: u64,
    /// How often ended sessions are asked for, in milliseconds.
    pub revocation_poll_ms: u64,
    /// What streams may cost.
    pub stream: StreamOptions,
}

/// Limits of `/api/stream`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamOptions {
    /// A channel tells of the same thing at most once in so many milliseconds.
    pub update_interval_ms: u64,
    /// Connections at once.
    pub max_clients: usize,
    /// Connections at once from one address.
    pub max_clients_per_address: usize,
    /// Channels of one connection.
    pub max_channels: usize,
    /// The longest message that a client may send, in bytes.
    pub max_message_bytes: usize,
    /// A client that has said nothing for so many milliseconds is pinged.
    pub ping_after_ms: u64,
    /// One that has said nothing, or read nothing of what waits, for so many milliseconds is closed.
    pub silence_ms: u64,
}

impl StreamOptions {
    /// How many connections there may be.
    pub fn room(&self) -> Room {
        Room {
            clients: self.max_clients,
            per_address: self.max_clients_per_address,
        }
    }

    /// How long a connection may be quiet.
    pub fn patience(&self) -> Patience {
        Patience {
            ping_after: Duration::from_millis(self.ping_after_ms),
            silence: Duration::from_millis(self.silence_ms),
            goodbye: Duration::from_secs(2),
        }
    }

    /// How far apart publications are.
    pub fn update_interval(&self) -> Duration {
        Duration::from_millis(self.update_interval_ms)
    }
}

/// On or off, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// It works.
    On,
    /// It does not.
    Off,
}

/// How many requests are let in.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitOptions {
    /// For one address, at registration, sign-in and password reset.
    pub doors_per_minute: u64,
    /// For one address, reads of the market and all else without a sign-in.
    pub public_per_minute: u64,
    /// For one user, all else.
    pub user_per_minute: u64,
    /// How many requests to one service run at once.
    pub in_flight_per_service: u32,
    /// How many registrations, sign-ins and password resets run at once.
    pub in_flight_at_doors: u32,
}

impl Config {
    /// Refuses settings that contradict each other.
    pub fn check(&self) -> anyhow::Result<()> {
        if self.rate_limits == Switch::Off && !self.http.host.is_loopback() {
            bail!("GATEWAY__RATE_LIMITS may be off only where GATEWAY__HTTP__HOST is a loopback address");
        }
        Ok(())
    }

    /// For how long an answer to a public read is shared.
    pub fn shared_reads(&self) -> Duration {
        Duration::from_millis(self.shared_reads_ms)
    }

    /// How long a service may take.
    pub fn upstream_timeout(&self) -> Duration {
        Duration::from_millis(self.upstream_timeout_ms)
    }
}
