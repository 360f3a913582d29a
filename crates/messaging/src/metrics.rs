use prometheus::{Gauge, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// What happens to messages in one service.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) published: IntCounter,
    pub(crate) confirmed: IntCounter,
    pub(crate) publish_failures: IntCounterVec,
    pub(crate) consumed: IntCounter,
    pub(crate) duplicates: IntCounter,
    pub(crate) redelivered: IntCounter,
    pub(crate) failures: IntCounter,
    pub(crate) out_of_order: IntCounter,
    pub(crate) dead: IntCounter,
    pub(crate) reconnects: IntCounter,
    pub(crate) outbox_rows: IntGauge,
    pub(crate) outbox_age_seconds: Gauge,
    pub(crate) log_appended: IntCounter,
    pub(crate) log_lag: IntGaugeVec,
}

impl Metrics {
    /// Registers the counters.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let publish_failures = IntCounterVec::new(
            Opts::new(
                "messaging_publish_failures_total",
                "Publishes that have to be repeated, by reason",
            ),
            &["reason"],
        )?;
        registry.register(Box::new(publish_failures.clone()))?;
        let outbox_rows = IntGauge::new("messaging_outbox_rows", "Facts that wait for the broker")?;
        registry.register(Box::new(outbox_rows.clone()))?;
        let outbox_age_seconds = Gauge::new(
            "messaging_outbox_age_seconds",
            "Age of the oldest fact that waits for the broker",
        )?;
        registry.register(Box::new(outbox_age_seconds.clone()))?;
        let log_lag = IntGaugeVec::new(
            Opts::new(
                "messaging_log_lag_messages",
                "Messages of the tick log not yet read, by reader",
            ),
            &["reader"],
        )?;
        registry.register(Box::new(log_lag.clone()))?;
        Ok(Self {
            published: counter("messaging_published_total", "Facts handed to the broker")?,
            confirmed: counter("messaging_confirmed_total", "Facts that the broker has confirmed")?,
            publish_failures,
            consumed: counter("messaging_consumed_total", "Facts whose effect was committed")?,
            duplicates: counter("messaging_duplicates_total", "Facts that had been handled before")?,
            redelivered: counter("messaging_redelivered_total", "Facts that the broker handed out again")?,
            failures: counter("messaging_handler_failures_total", "Tries at a fact that failed")?,
            out_of_order: counter(
                "messaging_out_of_order_total",
                "Facts applied without their predecessor",
            )?,
            dead: counter("messaging_dead_total", "Facts that were given up")?,
            reconnects: counter("messaging_reconnects_total", "Connections made to the broker")?,
            outbox_rows,
            outbox_age_seconds,
            log_appended: counter("messaging_log_appended_total", "Messages appended to the tick log")?,
            log_lag,
        })
    }

    /// Notes how many messages of the tick log a reader is behind.
    pub fn set_log_lag(&self, reader: &'static str, messages: u64) {
        self.log_lag
            .with_label_values(&[reader])
            .set(i64::try_from(messages).unwrap_or(i64::MAX));
    }

    pub(crate) fn publish_failed(&self, error: &crate::PublishError) {
        let reason = match error {
            crate::PublishError::Unroutable(_) => "unroutable",
            crate::PublishError::Refused => "refused",
            crate::PublishError::Blocked => "blocked",
            crate::PublishError::Timeout => "timeout",
            crate::PublishError::Broker(_) => "disconnected",
        };
        self.publish_failures.with_label_values(&[reason]).inc();
    }
}
