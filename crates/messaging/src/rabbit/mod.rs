//! RabbitMQ, spoken to so that nothing is lost and nothing waits for ever.
//!
//! The client library's own recovery gives up after some minutes; here each operation finds or makes a
//! connection, and callers try again without end.

mod connection;
mod facts;
mod heartbeat;
mod log;
mod names;
mod publisher;
mod rights;
mod topology;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable},
};

use crate::{
    Broker, BrokerError, BrokerOptions, BrokerState, Deliveries, LogReader, LogStart, Metrics, OutgoingFact,
    PublishError,
};
use connection::{Link, Linked, Purpose};
use names::Names;
use publisher::{Answer, Message};

pub use names::Topology;
pub use rights::Rights;
pub use topology::declare;

/// How long any single exchange with the broker may take.
const DEADLINE: Duration = Duration::from_secs(5);
const PERSISTENT: u8 = 2;
const REPLAY_HEADER: &str = "x-candlewick-replay";

/// The part of a broker that a URL names.
pub fn virtual_host(url: &str) -> Result<String, BrokerError> {
    let uri: lapin::uri::AMQPUri = url.parse().map_err(BrokerError)?;
    Ok(uri.vhost)
}

pub(crate) struct RabbitBroker {
    names: Arc<Names>,
    publishing: Link,
    consuming: Link,
    options: BrokerOptions,
    metrics: Metrics,
}

impl RabbitBroker {
    pub(crate) fn new(options: BrokerOptions, metrics: Metrics) -> Self {
        let names = Arc::new(Names::new(&options));
        let link = |purpose| Link::new(&options, purpose, Arc::clone(&names), metrics.clone());
        Self {
            publishing: link(Purpose::Publish),
            consuming: link(Purpose::Consume),
            names,
            options,
            metrics,
        }
    }

    async fn send(&self, linked: &Linked, message: Message) -> Result<(), PublishError> {
        if linked.is_blocked() {
            return Err(PublishError::Blocked);
        }
        let routing_key = message.routing_key.clone();
        match tokio::time::timeout(DEADLINE, linked.publisher().publish(message)).await {
            Ok(Some(Ok(Answer::Taken))) => Ok(()),
            Ok(Some(Ok(Answer::Returned))) => Err(PublishError::Unroutable(routing_key)),
            Ok(Some(Ok(Answer::Refused))) => Err(PublishError::Refused),
            Ok(Some(Err(error))) => {
                self.publishing.lost(linked, &error.to_string()).await;
                Err(BrokerError(error.to_string()).into())
            }
            Ok(None) => {
                self.publishing.lost(linked, "the connection has ended").await;
                Err(BrokerError("the connection has ended".to_owned()).into())
            }
            Err(_) if linked.is_blocked() => Err(PublishError::Blocked),
            Err(_) => {
                // It may be deaf: a new connection finds out sooner than this one.
                self.publishing.lost(linked, "no confirm in time").await;
                Err(PublishError::Timeout)
            }
        }
    }
}

#[async_trait]
impl Broker for RabbitBroker {
    async fn publish(&self, fact: OutgoingFact) -> Result<(), PublishError> {
        let linked = self.publishing.get().await?;
        let mut properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_message_id(fact.id.uuid().to_string().into())
            .with_content_type("application/json".into());
        let (exchange, routing_key, is_mandatory) = match &fact.target_service {
            Some(service) => {
                let mut headers = FieldTable::default();
                headers.insert(REPLAY_HEADER.into(), AMQPValue::Boolean(true));
                properties = properties.with_headers(headers);
                (self.names.again(service), self.names.queue(service), true)
            }
            None => {
                let context = fact.routing_key.split('.').next().unwrap_or_default();
                (self.names.facts_of(context), fact.routing_key, fact.is_mandatory)
            }
        };
        let message = Message {
            exchange,
            routing_key,
            is_mandatory,
            body: fact.body,
            properties,
        };
        self.send(&linked, message).await
    }

    async fn consume(&self, service: &str, prefetch: u16) -> Result<Box<dyn Deliveries>, BrokerError> {
        facts::consume(&self.consuming, &self.names.queue(service), prefetch).await
    }

    async fn consume_dead(&self, service: &str) -> Result<Box<dyn Deliveries>, BrokerError> {
        facts::consume(&self.consuming, &self.names.dead_queue(service), 10).await
    }

    async fn listen(&self, contexts: &[&str]) -> Result<Box<dyn Deliveries>, BrokerError> {
        facts::listen(&self.consuming, &self.names, contexts).await
    }

    async fn queue_depth(&self, service: &str) -> Result<Option<u64>, BrokerError> {
        if contracts::contexts_of(service).is_empty() {
            return Ok(None);
        }
        facts::depth(&self.consuming, &self.names.queue(service))
            .await
            .map(Some)
    }

    async fn append(&self, partition: u16, body: Vec<u8>) -> Result<(), PublishError> {
        let linked = self.publishing.get().await?;
        let message = Message {
            exchange: self.names.ticks(),
            routing_key: partition.to_string(),
            is_mandatory: true,
            body,
            properties: BasicProperties::default().with_delivery_mode(PERSISTENT),
        };
        self.send(&linked, message).await?;
        self.metrics.log_appended.inc();
        Ok(())
    }

    async fn read(&self, partition: u16, from: LogStart) -> Result<Box<dyn LogReader>, BrokerError> {
        log::read(&self.consuming, &self.names.log(partition), from).await
    }

    fn partitions(&self) -> u16 {
        self.options.partitions
    }

    fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn state(&self) -> BrokerState {
        match (self.publishing.state(), self.consuming.state()) {
            (BrokerState::Up, consuming) => consuming,
            (down, _) => down,
        }
    }

    async fn close(&self) {
        self.publishing.close().await;
        self.consuming.close().await;
    }
}
