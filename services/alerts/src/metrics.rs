use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// What this service counts.
#[derive(Debug, Clone)]
pub struct Metrics {
    /// Alerts that are watched by this instance, by partition.
    pub armed: IntGaugeVec,
    /// Alerts that are kept.
    pub total: IntGauge,
    /// Firings, by whether the owner is told.
    pub fired: IntCounterVec,
    /// From the receipt of a tick to the commit of what it fired.
    pub tick_to_fire: Histogram,
    /// Ticks that were judged.
    pub ticks: IntCounter,
    /// How long it took to judge a batch.
    pub evaluation: Histogram,
    /// Partitions that this instance owns.
    pub partitions: IntGauge,
    /// Commits that were refused because another instance owns the partition.
    pub fenced: IntCounter,
    /// Alerts that ran out.
    pub expired: IntCounter,
    /// Alerts that were paused by the storm guard.
    pub paused: IntCounter,
    /// Alerts that fell silent.
    pub no_data: IntCounter,
}

impl Metrics {
    /// Registers everything.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            armed: IntGaugeVec::new(
                Opts::new("alerts_armed", "Alerts that are watched by this instance"),
                &["partition"],
            )?,
            total: IntGauge::new("alerts_total", "Alerts that are kept")?,
            fired: IntCounterVec::new(Opts::new("alerts_fired_total", "Firings"), &["outcome"])?,
            tick_to_fire: Histogram::with_opts(
                HistogramOpts::new(
                    "alerts_tick_to_fire_seconds",
                    "From the receipt of a tick to the commit of what it fired",
                )
                .buckets(vec![
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
                ]),
            )?,
            ticks: IntCounter::new("alerts_ticks_total", "Ticks that were judged")?,
            evaluation: Histogram::with_opts(
                HistogramOpts::new(
                    "alerts_evaluation_seconds",
                    "How long it took to judge the ticks of a batch",
                )
                .buckets(vec![0.000_01, 0.000_1, 0.001, 0.01, 0.1, 1.0]),
            )?,
            partitions: IntGauge::new(
                "alerts_partitions_owned",
                "Partitions of the tick log that this instance decides on",
            )?,
            fenced: IntCounter::new(
                "alerts_fenced_total",
                "Commits refused because another instance owns the partition",
            )?,
            expired: IntCounter::new("alerts_expired_total", "Alerts that ran out")?,
            paused: IntCounter::new(
                "alerts_paused_total",
                "Alerts that were paused because they fired too often",
            )?,
            no_data: IntCounter::new("alerts_no_data_total", "Alerts that could not be judged any more")?,
        };
        for collector in metrics.collectors() {
            registry.register(collector)?;
        }
        // There from the start, so that the first one is a rise.
        for outcome in ["told", "suppressed"] {
            metrics.fired.with_label_values(&[outcome]);
        }
        Ok(metrics)
    }

    fn collectors(&self) -> Vec<Box<dyn prometheus::core::Collector>> {
        vec![
            Box::new(self.armed.clone()),
            Box::new(self.total.clone()),
            Box::new(self.fired.clone()),
            Box::new(self.tick_to_fire.clone()),
            Box::new(self.ticks.clone()),
            Box::new(self.evaluation.clone()),
            Box::new(self.partitions.clone()),
            Box::new(self.fenced.clone()),
            Box::new(self.expired.clone()),
            Box::new(self.paused.clone()),
            Box::new(self.no_data.clone()),
        ]
    }
}
