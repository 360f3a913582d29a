//! What is counted.

use prometheus::{Histogram, HistogramOpts, IntCounterVec, IntGauge, Opts, Registry};

/// The figures of this service.
pub struct Metrics {
    /// Sign-ins by outcome: `ok`, `wrong`, `locked`, `refused`.
    pub logins: IntCounterVec,
    /// Uses of refresh tokens by outcome: `rotated`, `repeated`, `stolen`, `refused`.
    pub refreshes: IntCounterVec,
    /// How long a password hash takes, without the wait for a turn.
    pub hashing: Histogram,
    /// Accounts.
    pub users: IntGauge,
    /// Sessions that have not ended.
    pub sessions: IntGauge,
}

impl Metrics {
    /// Registers the figures.
    pub fn register(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            logins: IntCounterVec::new(Opts::new("auth_logins_total", "Sign-ins by outcome"), &["outcome"])?,
            refreshes: IntCounterVec::new(
                Opts::new("auth_refreshes_total", "Uses of refresh tokens by outcome"),
                &["outcome"],
            )?,
            hashing: Histogram::with_opts(
                HistogramOpts::new("auth_password_hash_seconds", "Time of one password hash")
                    .buckets(vec![0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0]),
            )?,
            users: IntGauge::new("users_total", "Accounts")?,
            sessions: IntGauge::new("sessions_total", "Sessions that have not ended")?,
        };
        registry.register(Box::new(metrics.logins.clone()))?;
        registry.register(Box::new(metrics.refreshes.clone()))?;
        registry.register(Box::new(metrics.hashing.clone()))?;
        registry.register(Box::new(metrics.users.clone()))?;
        registry.register(Box::new(metrics.sessions.clone()))?;
        for outcome in ["ok", "wrong", "locked", "refused"] {
            metrics.logins.with_label_values(&[outcome]);
        }
        for outcome in ["rotated", "repeated", "stolen", "refused"] {
            metrics.refreshes.with_label_values(&[outcome]);
        }
        Ok(metrics)
    }
}
