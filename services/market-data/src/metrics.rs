//! What market-data counts.

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// The figures of one market-data service.
#[derive(Clone)]
pub struct Metrics {
    /// Ticks written to the log, by source.
    pub ticks: IntCounterVec,
    /// Ticks older than one before.
    pub late: IntCounter,
    /// Lines of files that say no price.
    pub bad_lines: IntCounter,
    /// Items of providers that could not be used, by source and reason.
    pub bad_items: IntCounterVec,
    /// Requests to providers that gave nothing, by source and reason.
    pub failed_requests: IntCounterVec,
    /// Prices held back because no second source or moment confirmed them.
    pub quarantined: IntCounterVec,
    /// Age of each source's newest price.
    pub age: IntGaugeVec,
    /// Entries in the log that are not recorded yet.
    pub unrecorded: IntGauge,
    /// Batches of the tick log that could not be read.
    pub unreadable: IntCounter,
    /// Rows that the recorder has committed.
    pub recorded: IntCounter,
    /// Candles made or completed from what providers tell of the past, by source.
    pub repaired: IntCounterVec,
    /// How long a commit of the recorder takes.
    pub commit_seconds: Histogram,
    /// Enabled assets.
    pub assets: IntGauge,
    /// 1 while this instance writes the log.
    pub is_active: IntGauge,
}

impl Metrics {
    /// Registers all of them.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            ticks: IntCounterVec::new(
                Opts::new("feed_ticks_total", "Ticks written to the tick log"),
                &["source"],
            )?,
            late: IntCounter::new("feed_late_ticks_total", "Ticks older than one before them")?,
            bad_lines: IntCounter::new("feed_bad_lines_total", "Lines of tick files that could not be read")?,
            bad_items: IntCounterVec::new(
                Opts::new("feed_bad_items_total", "Items of providers that could not be used"),
                &["source", "reason"],
            )?,
            failed_requests: IntCounterVec::new(
                Opts::new("feed_failed_requests_total", "Requests to providers that gave nothing"),
                &["source", "reason"],
            )?,
            quarantined: IntCounterVec::new(
                Opts::new("feed_quarantined_total", "Prices held back as lone spikes"),
                &["source"],
            )?,
            age: IntGaugeVec::new(
                Opts::new("feed_age_ms", "Age of the newest price of each source"),
                &["source"],
            )?,
            unrecorded: IntGauge::new(
                "feed_unrecorded_entries",
                "Entries of the tick log that are not recorded yet",
            )?,
            unreadable: IntCounter::new(
                "feed_unreadable_batches_total",
                "Batches of the tick log that could not be read",
            )?,
            recorded: IntCounter::new(
                "feed_recorded_rows_total",
                "Ticks and candles committed by the recorder",
            )?,
            repaired: IntCounterVec::new(
                Opts::new(
                    "feed_repaired_candles_total",
                    "Candles made or completed from what providers tell of the past",
                ),
                &["source"],
            )?,
            commit_seconds: Histogram::with_opts(HistogramOpts::new(
                "feed_commit_duration_seconds",
                "How long a commit of the recorder takes",
            ))?,
            assets: IntGauge::new("assets_total", "Enabled assets")?,
            is_active: IntGauge::new("feed_active", "1 while this instance writes the tick log")?,
        };
        registry.register(Box::new(metrics.ticks.clone()))?;
        registry.register(Box::new(metrics.late.clone()))?;
        registry.register(Box::new(metrics.bad_lines.clone()))?;
        registry.register(Box::new(metrics.bad_items.clone()))?;
        registry.register(Box::new(metrics.failed_requests.clone()))?;
        registry.register(Box::new(metrics.quarantined.clone()))?;
        registry.register(Box::new(metrics.age.clone()))?;
        registry.register(Box::new(metrics.unrecorded.clone()))?;
        registry.register(Box::new(metrics.unreadable.clone()))?;
        registry.register(Box::new(metrics.recorded.clone()))?;
        registry.register(Box::new(metrics.repaired.clone()))?;
        registry.register(Box::new(metrics.commit_seconds.clone()))?;
        registry.register(Box::new(metrics.assets.clone()))?;
        registry.register(Box::new(metrics.is_active.clone()))?;
        Ok(metrics)
    }
}
