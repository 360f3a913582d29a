//! What the gateway counts.

use prometheus::{IntCounterVec, Opts, Registry};

/// The gateway's own figures.
#[derive(Clone)]
pub struct Metrics {
    /// Requests handed to a service, by service and outcome.
    pub forwarded: IntCounterVec,
    /// Requests refused before a service saw them, by reason.
    pub refused: IntCounterVec,
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
        Ok(Self { forwarded, refused })
    }
}
