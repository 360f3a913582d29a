use contracts::CONSUMERS;
use lapin::{
    Channel, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    types::{AMQPValue, FieldTable},
};

use crate::BrokerOptions;

/// The newest part of a partition that is kept: 2 GiB or a day.
const LOG_BYTES: i64 = 2 * 1024 * 1024 * 1024;
const LOG_SEGMENT_BYTES: i64 = 64 * 1024 * 1024;
/// After so many deliveries without an answer the broker itself gives a message up. Our own count ends long before.
const DELIVERY_LIMIT: i64 = 1_000;

/// What things are called on the broker, and how they are made.
pub(super) struct Names {
    prefix: String,
    exchange: String,
    dead_exchange: String,
    partitions: u16,
    queue_limit: u32,
}

impl Names {
    pub(super) fn new(options: &BrokerOptions) -> Self {
        let prefix = options.prefix.clone();
        Self {
            exchange: format!("{prefix}.facts"),
            dead_exchange: format!("{prefix}.dead"),
            prefix,
            partitions: options.partitions,
            queue_limit: options.queue_limit,
        }
    }

    pub(super) fn exchange(&self) -> &str {
        &self.exchange
    }

    pub(super) fn queue(&self, service: &str) -> String {
        format!("{}.{service}", self.prefix)
    }

    pub(super) fn dead_queue(&self, service: &str) -> String {
        format!("{}.{service}.dead", self.prefix)
    }

    pub(super) fn log(&self, partition: u16) -> String {
        format!("{}.ticks.{partition}", self.prefix)
    }

    /// Makes everything that anybody publishes to or reads, whoever comes first: a fact told before its
    /// reader's first start waits for it.
    pub(super) async fn declare(&self, channel: &Channel) -> lapin::Result<()> {
        for (name, kind) in [
            (&self.exchange, ExchangeKind::Topic),
            (&self.dead_exchange, ExchangeKind::Direct),
        ] {
            channel
                .exchange_declare(
                    name.as_str().into(),
                    kind,
                    ExchangeDeclareOptions {
                        durable: true,
                        ..Default::default()
                    },
                    FieldTable::default(),
                )
                .await?;
        }
        for consumer in CONSUMERS {
            self.declare_queue(channel, consumer.service, consumer.contexts).await?;
        }
        for partition in 0..self.partitions {
            let mut arguments = FieldTable::default();
            arguments.insert("x-queue-type".into(), text("stream"));
            arguments.insert("x-max-length-bytes".into(), AMQPValue::LongLongInt(LOG_BYTES));
            arguments.insert(
                "x-stream-max-segment-size-bytes".into(),
                AMQPValue::LongLongInt(LOG_SEGMENT_BYTES),
            );
            arguments.insert("x-max-age".into(), text("1D"));
            channel
                .queue_declare(self.log(partition).into(), durable(), arguments)
                .await?;
        }
        Ok(())
    }

    async fn declare_queue(&self, channel: &Channel, service: &str, contexts: &[&str]) -> lapin::Result<()> {
        let queue = self.queue(service);
        let dead_queue = self.dead_queue(service);
        let mut dead = FieldTable::default();
        dead.insert("x-queue-type".into(), text("quorum"));
        channel
            .queue_declare(dead_queue.as_str().into(), durable(), dead)
            .await?;
        channel
            .queue_bind(
                dead_queue.as_str().into(),
                self.dead_exchange.as_str().into(),
                queue.as_str().into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await?;

        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), text("quorum"));
        // One reader at a time keeps a key's facts in order; another instance takes over when it goes.
        arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
        arguments.insert(
            "x-max-length".into(),
            AMQPValue::LongLongInt(i64::from(self.queue_limit)),
        );
        arguments.insert("x-overflow".into(), text("reject-publish"));
        arguments.insert("x-dead-letter-exchange".into(), text(&self.dead_exchange));
        arguments.insert("x-dead-letter-routing-key".into(), text(&queue));
        arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT));
        channel
            .queue_declare(queue.as_str().into(), durable(), arguments)
            .await?;
        for context in contexts {
            channel
                .queue_bind(
                    queue.as_str().into(),
                    self.exchange.as_str().into(),
                    format!("{context}.#").into(),
                    QueueBindOptions::default(),
                    FieldTable::default(),
                )
                .await?;
        }
        Ok(())
    }
}

fn durable() -> QueueDeclareOptions {
    QueueDeclareOptions {
        durable: true,
        ..Default::default()
    }
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}
