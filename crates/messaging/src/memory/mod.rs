//! The broker inside the process, for the standalone platform and for tests.

mod facts;
mod log;
mod segments;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    Broker, BrokerError, BrokerOptions, BrokerState, Deliveries, LogReader, LogStart, Metrics, OutgoingFact,
    PublishError,
};
use facts::Facts;
pub(crate) use facts::NothingToSay;
use log::Partition;

/// How long a publisher waits until all consumers have committed.
const CONFIRM: Duration = Duration::from_secs(30);

pub(crate) struct MemoryBroker {
    facts: Arc<Facts>,
    partitions: Vec<Arc<Partition>>,
    metrics: Metrics,
}

impl MemoryBroker {
    pub(crate) fn open(options: &BrokerOptions, metrics: Metrics) -> std::io::Result<Self> {
        let mut partitions = Vec::new();
        for number in 0..options.partitions.max(1) {
            let dir = options
                .log_dir
                .as_ref()
                .map(|dir| dir.join(format!("partition-{number}")));
            partitions.push(Arc::new(Partition::open(dir)?));
        }
        metrics.reconnects.inc();
        Ok(Self {
            facts: Arc::new(Facts::new(options.queue_limit)),
            partitions,
            metrics,
        })
    }

    fn partition(&self, number: u16) -> Result<Arc<Partition>, BrokerError> {
        self.partitions
            .get(usize::from(number))
            .cloned()
            .ok_or_else(|| BrokerError(format!("there is no partition {number}")))
    }
}

#[async_trait]
impl Broker for MemoryBroker {
    async fn publish(&self, fact: OutgoingFact) -> Result<(), PublishError> {
        let settled = self.facts.publish(fact)?;
        // Confirmed means consumed: a fact that only memory holds would be lost with the process.
        match tokio::time::timeout(CONFIRM, settled).await {
            Ok(()) => Ok(()),
            Err(_) => Err(PublishError::Timeout),
        }
    }

    async fn consume(&self, service: &str, prefetch: u16) -> Result<Box<dyn Deliveries>, BrokerError> {
        self.facts.consume(service, usize::from(prefetch))
    }

    async fn consume_dead(&self, service: &str) -> Result<Box<dyn Deliveries>, BrokerError> {
        self.facts.consume_dead(service)
    }

    async fn listen(&self, contexts: &[&str]) -> Result<Box<dyn Deliveries>, BrokerError> {
        Ok(self.facts.listen(contexts))
    }

    async fn queue_depth(&self, service: &str) -> Result<Option<u64>, BrokerError> {
        Ok(self.facts.depth(service))
    }

    async fn append(&self, partition: u16, body: Vec<u8>) -> Result<(), PublishError> {
        self.partition(partition)?
            .append(body)
            .map_err(|error| BrokerError(format!("the tick log cannot be written: {error}")))?;
        self.metrics.log_appended.inc();
        Ok(())
    }

    async fn read(&self, partition: u16, from: LogStart) -> Result<Box<dyn LogReader>, BrokerError> {
        Ok(Box::new(log::Reader::new(self.partition(partition)?, from)))
    }

    fn partitions(&self) -> u16 {
        u16::try_from(self.partitions.len()).unwrap_or(u16::MAX)
    }

    fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn state(&self) -> BrokerState {
        BrokerState::Up
    }

    async fn close(&self) {}
}
