//! What the gateway counts.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use crate::domain::stream::connection::Told;

/// The gateway's own figures.
#[derive(Clone)]
pub struct Metrics {
    /// Requests handed to a service, by service and outcome.
    pub forwarded: IntCounterVec,
    /// Requests refused before a service saw them, by reason.
    pub refused: IntCounterVec,
    /// What streams tell.
    pub stream: StreamMetrics,
}

/// Figures of `/api/stream`.
#[derive(Clone)]
pub struct StreamMetrics {
    /// Open connections.
    pub clients: IntGauge,
    /// Ended connections, by reason.
    pub closed: IntCounterVec,
    /// Messages of clients, by kind.
    pub received: IntCounterVec,
    snapshots: IntCounter,
    updates: IntCounter,
    answers: IntCounter,
    conflated: IntCounter,
}

impl StreamMetrics {
    fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let clients = IntGauge::new("gateway_stream_clients", "Open streams")?;
        let closed = IntCounterVec::new(
            Opts::new("gateway_stream_closed_total", "Ended streams, by reason"),
            &["reason"],
        )?;
        let received = IntCounterVec::new(
            Opts::new("gateway_stream_received_total", "Messages of clients, by kind"),
            &["kind"],
        )?;
        let messages = IntCounterVec::new(
            Opts::new("gateway_stream_messages_total", "Messages to clients, by kind"),
            &["kind"],
        )?;
        let conflated = IntCounter::new(
            "gateway_stream_conflated_total",
            "Updates left out because a newer one replaced them before the client had room",
        )?;
        registry.register(Box::new(clients.clone()))?;
        registry.register(Box::new(closed.clone()))?;
        registry.register(Box::new(received.clone()))?;
        registry.register(Box::new(messages.clone()))?;
        registry.register(Box::new(conflated.clone()))?;
        Ok(Self {
            clients,
            closed,
            received,
            snapshots: messages.with_label_values(&["snapshot"]),
            updates: messages.with_label_values(&["update"]),
            answers: messages.with_label_values(&["answer"]),
            conflated,
        })
    }

    /// Counts what a connection was told.
    pub fn told(&self, told: Told) {
        let parts = [
            (&self.snapshots, told.snapshots),
            (&self.updates, told.updates),
            (&self.answers, told.answers),
            (&self.conflated, told.conflated),
        ];
        for (counter, count) in parts {
            if count > 0 {
                counter.inc_by(count);
            }
        }
    }
}

impl Metrics {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let forwarded = IntCounterVec::new(
            Opts::new("gateway_forwarded_total", "Requests handed to a service, by outcome"),
            &["service", "outcome"],
        )?;
        let refused = IntCounterVec::new(
            Opts::new("gateway_refused_total", "Requests refused at the gateway, by reason"),
            &["reason"],
        )?;
        registry.register(Box::new(forwarded.clone()))?;
        registry.register(Box::new(refused.clone()))?;
        let stream = StreamMetrics::new(registry)?;
        Ok(Self {
            forwarded,
            refused,
            stream,
        })
    }
}
