//! The service's settings; `defaults.toml` says what they mean.

use serde::Deserialize;
use service_kit::http::HttpOptions;

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of this service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The server.
    pub http: HttpOptions,
    /// The most alerts of one user.
    pub quota: i64,
    /// How long an alert lives where its owner says nothing, in days.
    pub expiry_days: u32,
    /// After how long without a price an alert stands at no_data, in seconds.
    pub no_data_after_s: u64,
    /// What was received so many seconds before it was decided counts as found late.
    pub late_after_s: u64,
    /// For how many days firings are kept.
    pub keep_firings_days: u32,
    /// How many seconds of the log are read again after a restart, at most.
    pub snapshot_every_s: u64,
    /// For how many seconds a partition stays with an owner that is silent.
    pub lease_s: u64,
    /// How far back a preview may look, in days.
    pub preview_days_max: u32,
    /// How many previews are computed at once.
    pub previews_at_once: usize,
}
