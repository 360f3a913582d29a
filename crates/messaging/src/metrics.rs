use prometheus::{Gauge, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// Why a publish has to be repeated.
const REASONS: [&str; 5] = ["unroutable", "refused", "blocked", "timeout", "disconnected"];

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
    pub(crate) log_offset: IntGaugeVec,
}

impl Metrics {
    /// Registers the counters of a service, beside those of the broker that it uses together with others of its process.
    pub fn beside(broker: &Self, registry: &Registry) -> Result<Self, prometheus::Error> {
        let shared = (broker.reconnects.clone(), broker.log_appended.clone());
        Self::register(registry, shared)
    }

    /// Registers the counters.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let reconnects = IntCounter::new("messaging_reconnects_total", "Connections made to the broker")?;
        let log_appended = IntCounter::new("messaging_log_appended_total", "Messages appended to the tick log")?;
        Self::register(registry, (reconnects, log_appended))
    }

    fn register(
        registry: &Registry,
        (reconnects, log_appended): (IntCounter, IntCounter),
    ) -> Result<Self, prometheus::Error> {
        registry.register(Box::new(reconnects.clone()))?;
        registry.register(Box::new(log_appended.clone()))?;
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
        // There from the start, so that the first failure is a rise.
        for reason in REASONS {
            publish_failures.with_label_values(&[reason]);
        }
        let outbox_rows = IntGauge::new("messaging_outbox_rows", "Facts that wait for the broker")?;
        registry.register(Box::new(outbox_rows.clone()))?;
        let outbox_age_seconds = Gauge::new(
            "messaging_outbox_age_seconds",
            "Age of the oldest fact that waits for the broker",
        )?;
        registry.register(Box::new(outbox_age_seconds.clone()))?;
        let log_offset = IntGaugeVec::new(
            Opts::new(
                "messaging_log_offset",
                "The newest message of the tick log that was read, by reader; what others are further is lag",
            ),
            &["reader", "partition"],
        )?;
        registry.register(Box::new(log_offset.clone()))?;
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
            reconnects,
            outbox_rows,
            outbox_age_seconds,
            log_appended,
            log_offset,
        })
    }

    /// Notes how far a reader of the tick log has come in a partition.
    pub fn read_log(&self, reader: &'static str, partition: u16, offset: u64) {
        self.log_offset
            .with_label_values(&[reader, &partition.to_string()])
            .set(i64::try_from(offset).unwrap_or(i64::MAX));
    }

    pub(crate) fn publish_failed(&self, error: &crate::PublishError) {
        let [unroutable, refused, blocked, timeout, disconnected] = REASONS;
        let reason = match error {
            crate::PublishError::Unroutable(_) => unroutable,
            crate::PublishError::Refused => refused,
            crate::PublishError::Blocked => blocked,
            crate::PublishError::Timeout => timeout,
            crate::PublishError::Broker(_) => disconnected,
        };
        self.publish_failures.with_label_values(&[reason]).inc();
    }
}
