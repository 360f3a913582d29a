//! What this service counts.

use prometheus::{HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry};

use crate::domain::{Channel, Kind};

/// The service's figures. Labels are closed sets.
#[derive(Clone)]
pub struct Metrics {
    created: IntCounterVec,
    tries: IntCounterVec,
    pending: IntGaugeVec,
    seconds: HistogramVec,
    /// Deliveries that were put aside for a digest and have gone into one.
    pub gathered: IntCounter,
}

impl Metrics {
    /// Registers everything.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let created = IntCounterVec::new(
            Opts::new("notifications_created_total", "Notifications written down"),
            &["kind"],
        )?;
        let tries = IntCounterVec::new(
            Opts::new(
                "notifications_deliveries_total",
                "Tries of deliveries, by channel and outcome",
            ),
            &["channel", "outcome"],
        )?;
        let pending = IntGaugeVec::new(
            Opts::new("notifications_pending", "Deliveries that wait, in the whole database"),
            &["channel"],
        )?;
        let buckets = vec![0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0];
        let seconds = HistogramVec::new(
            HistogramOpts::new(
                "notifications_delivery_seconds",
                "From a notification's creation to its acceptance",
            )
            .buckets(buckets),
            &["channel"],
        )?;
        let gathered = IntCounter::new("notifications_gathered_total", "Deliveries gathered into digests")?;
        registry.register(Box::new(created.clone()))?;
        registry.register(Box::new(tries.clone()))?;
        registry.register(Box::new(pending.clone()))?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(gathered.clone()))?;
        for kind in Kind::ALL {
            created.with_label_values(&[kind.as_str()]);
        }
        for channel in Channel::ALL {
            for outcome in ["sent", "temporary", "permanent", "suppressed"] {
                tries.with_label_values(&[channel.as_str(), outcome]);
            }
        }
        Ok(Self {
            created,
            tries,
            pending,
            seconds,
            gathered,
        })
    }

    /// A notification was written down.
    pub fn created(&self, kind: Kind) {
        self.created.with_label_values(&[kind.as_str()]).inc();
    }

    /// A try is over.
    pub fn tried(&self, channel: Channel, outcome: &str) {
        self.tries.with_label_values(&[channel.as_str(), outcome]).inc();
    }

    /// A delivery was accepted, so long after its notification was made.
    pub fn delivered(&self, channel: Channel, after: std::time::Duration) {
        self.seconds
            .with_label_values(&[channel.as_str()])
            .observe(after.as_secs_f64());
    }

    /// How many deliveries wait.
    pub fn set_pending(&self, counts: &[(String, i64)]) {
        for channel in Channel::ALL {
            let count = counts
                .iter()
                .find(|(name, _)| name == channel.as_str())
                .map_or(0, |(_, count)| *count);
            self.pending.with_label_values(&[channel.as_str()]).set(count);
        }
    }
}
