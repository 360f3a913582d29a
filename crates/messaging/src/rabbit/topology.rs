use contracts::CONSUMERS;
use futures_util::future::try_join_all;
use lapin::{
    Channel, Connection, ErrorKind, ExchangeKind,
    options::{ExchangeBindOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{AMQPValue, FieldTable},
};

use super::{
    connection::in_time,
    names::{Names, Topology, contexts},
};
use crate::{BrokerError, BrokerOptions};

/// The newest part of a partition that is kept: 2 GiB or a day.
const LOG_BYTES: i64 = 2 * 1024 * 1024 * 1024;
const LOG_SEGMENT_BYTES: i64 = 64 * 1024 * 1024;
/// After so many deliveries without an answer the broker itself gives a message up. Our own count ends long before.
const DELIVERY_LIMIT: i64 = 1_000;

/// How what has a name on the broker is made.
pub(super) struct Builder<'a> {
    pub(super) names: &'a Names,
    pub(super) options: &'a BrokerOptions,
}

impl Builder<'_> {
    /// Makes everything that anybody publishes to or reads, whoever comes first: a fact told before its
    /// reader's first start waits for it. A user that may not make it looks whether it is all there. Gives a channel.
    pub(super) async fn prepare(&self, connection: &Connection) -> Result<Channel, BrokerError> {
        let channel = in_time(connection.create_channel()).await?;
        let declared = async {
            match self.declare(&channel).await {
                Ok(()) => Ok(true),
                // It closed the channel.
                Err(error) if is_refusal(&error) => Ok(false),
                Err(error) => Err(error),
            }
        };
        if in_time(declared).await? {
            return Ok(channel);
        }
        let channel = in_time(connection.create_channel()).await?;
        in_time(self.expect(&channel)).await.map_err(|BrokerError(reason)| {
            BrokerError(format!("{reason}; `candlewick migrate` makes what is missing"))
        })?;
        Ok(channel)
    }

    /// Makes everything.
    pub(super) async fn declare(&self, channel: &Channel) -> lapin::Result<()> {
        let names = self.names;
        let (facts, dead, ticks) = (names.facts(), names.dead(), names.ticks());
        // The first alone: where it is refused, the broker need not refuse all.
        declare_exchange(channel, &facts, ExchangeKind::Topic).await?;
        let topics = contexts().map(|context| (names.facts_of(context), ExchangeKind::Topic));
        let again = CONSUMERS.iter().map(|consumer| names.again(consumer.service));
        let direct = [dead.clone(), ticks.clone(), names.beats()].into_iter().chain(again);
        let exchanges: Vec<_> = topics.chain(direct.map(|name| (name, ExchangeKind::Direct))).collect();
        try_join_all(
            exchanges
                .iter()
                .map(|(name, kind)| declare_exchange(channel, name, kind.clone())),
        )
        .await?;
        try_join_all(contexts().map(|context| {
            channel.exchange_bind(
                facts.as_str().into(),
                names.facts_of(context).into(),
                format!("{context}.#").into(),
                ExchangeBindOptions::default(),
                FieldTable::default(),
            )
        }))
        .await?;

        for consumer in CONSUMERS {
            self.declare_queue(channel, consumer.service).await?;
        }
        for partition in names.partitions() {
            channel
                .queue_declare(names.log(partition).into(), durable(), log_arguments())
                .await?;
        }
        let mut bindings = Vec::new();
        for consumer in CONSUMERS {
            let queue = names.queue(consumer.service);
            bindings.push((names.dead_queue(consumer.service), dead.clone(), queue.clone()));
            bindings.push((queue.clone(), names.again(consumer.service), queue.clone()));
            let heard = consumer.contexts.iter();
            bindings.extend(heard.map(|context| (queue.clone(), facts.clone(), format!("{context}.#"))));
        }
        let partitions = names.partitions();
        bindings.extend(partitions.map(|partition| (names.log(partition), ticks.clone(), partition.to_string())));
        try_join_all(
            bindings
                .iter()
                .map(|(queue, exchange, key)| bind(channel, queue, exchange, key)),
        )
        .await?;
        Ok(())
    }

    /// Looks whether everything is there, without a right on it. What is bound where can't be seen.
    async fn expect(&self, channel: &Channel) -> lapin::Result<()> {
        let topology = Topology::of(self.options);
        for exchange in topology.exchanges {
            let options = ExchangeDeclareOptions {
                passive: true,
                ..Default::default()
            };
            // The kind does not count where nothing is made.
            channel
                .exchange_declare(exchange.into(), ExchangeKind::Direct, options, FieldTable::default())
                .await?;
        }
        for queue in topology.queues {
            let options = QueueDeclareOptions {
                passive: true,
                ..Default::default()
            };
            channel
                .queue_declare(queue.into(), options, FieldTable::default())
                .await?;
        }
        Ok(())
    }

    async fn declare_queue(&self, channel: &Channel, service: &str) -> lapin::Result<()> {
        let queue = self.names.queue(service);
        let mut dead = FieldTable::default();
        dead.insert("x-queue-type".into(), text("quorum"));
        channel
            .queue_declare(self.names.dead_queue(service).into(), durable(), dead)
            .await?;

        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), text("quorum"));
        // One reader at a time keeps a key's facts in order; another instance takes over when it goes.
        arguments.insert("x-single-active-consumer".into(), AMQPValue::Boolean(true));
        arguments.insert(
            "x-max-length".into(),
            AMQPValue::LongLongInt(i64::from(self.options.queue_limit)),
        );
        arguments.insert("x-overflow".into(), text("reject-publish"));
        arguments.insert("x-dead-letter-exchange".into(), text(&self.names.dead()));
        arguments.insert("x-dead-letter-routing-key".into(), text(&queue));
        arguments.insert("x-dead-letter-strategy".into(), text("at-least-once"));
        arguments.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT));
        channel
            .queue_declare(queue.as_str().into(), durable(), arguments)
            .await?;
        Ok(())
    }
}

/// Makes everything that a platform has on RabbitMQ. Takes a user who may.
pub async fn declare(options: &BrokerOptions) -> Result<(), BrokerError> {
    let connection = in_time(Connection::connect(&options.url, Default::default())).await?;
    let channel = in_time(connection.create_channel()).await?;
    let names = Names::new(options);
    let builder = Builder { names: &names, options };
    in_time(builder.declare(&channel)).await?;
    in_time(connection.close(200, "done".into())).await
}

async fn declare_exchange(channel: &Channel, name: &str, kind: ExchangeKind) -> lapin::Result<()> {
    let options = ExchangeDeclareOptions {
        durable: true,
        ..Default::default()
    };
    channel
        .exchange_declare(name.into(), kind, options, FieldTable::default())
        .await
}

async fn bind(channel: &Channel, queue: &str, exchange: &str, key: &str) -> lapin::Result<()> {
    channel
        .queue_bind(
            queue.into(),
            exchange.into(),
            key.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        )
        .await
}

fn is_refusal(error: &lapin::Error) -> bool {
    let ErrorKind::ProtocolError(error) = error.kind() else {
        return false;
    };
    matches!(error.kind(), AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED))
}

fn log_arguments() -> FieldTable {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), text("stream"));
    arguments.insert("x-max-length-bytes".into(), AMQPValue::LongLongInt(LOG_BYTES));
    arguments.insert(
        "x-stream-max-segment-size-bytes".into(),
        AMQPValue::LongLongInt(LOG_SEGMENT_BYTES),
    );
    arguments.insert("x-max-age".into(), text("1D"));
    arguments
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
