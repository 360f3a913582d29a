//! Facts and ticks between services, safely: outbox and inbox, queues, the tick log, leases, dead letters.
//!
//! Two brokers speak the same [`Broker`] trait: RabbitMQ, and one inside the process. One test suite runs
//! on both. This crate does not know what a fact means; that is its consumers' business.

mod broker;
pub mod consumer;
pub mod dead_letters;
mod failure;
pub mod leases;
mod memory;
mod metrics;
pub mod outbox;
pub mod positions;
mod rabbit;
mod relay;
mod resting;
mod sequence_filter;
mod store;

pub use broker::{
    Acker, Broker, BrokerError, BrokerOptions, BrokerState, Deliveries, Delivery, LogReader, LogRecord, LogStart,
    OutgoingFact, PublishError, connect,
};
pub use consumer::{Consumer, ConsumerOptions, Handler, Pause, Reception};
pub use failure::{Failure, is_outage};
pub use metrics::Metrics;
pub use outbox::{Facts, Outbox};
pub use rabbit::{Rights, Topology, declare, virtual_host};
pub use relay::Relay;
pub use sequence_filter::{Admitted, SequenceFilter};
pub use store::Prepared;

/// What the client of the broker logs that nobody should read, as its name and a directive: it calls an error each refusal that a
/// service tells by itself, or expects where it has a user of its own.
pub const QUIET: (&str, &str) = ("lapin", "lapin::channel=off");
