use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use lapin::{
    Consumer,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions, QueueBindOptions,
        QueueDeclareOptions,
    },
    types::{AMQPValue, FieldTable},
};

use super::{
    REPLAY_HEADER,
    connection::{Link, Linked, OwnChannel, in_time},
    names::Names,
};
use crate::{Acker, BrokerError, Deliveries, Delivery, memory::NothingToSay};

/// The most messages that wait for a reader that only shows them.
const LIVE_LIMIT: i64 = 4_096;

pub(super) async fn consume(link: &Link, queue: &str, prefetch: u16) -> Result<Box<dyn Deliveries>, BrokerError> {
    let linked = link.get().await?;
    let channel = linked.new_channel().await?;
    in_time(channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
    let consumer = in_time(channel.basic_consume(
        queue.into(),
        "".into(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    ))
    .await?;
    Ok(Box::new(RabbitDeliveries {
        linked,
        consumer,
        _channel: channel,
        has_acks: true,
    }))
}

pub(super) async fn listen(link: &Link, names: &Names, contexts: &[&str]) -> Result<Box<dyn Deliveries>, BrokerError> {
    let linked = link.get().await?;
    let channel = linked.new_channel().await?;
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongLongInt(LIVE_LIMIT));
    arguments.insert("x-overflow".into(), AMQPValue::LongString("drop-head".into()));
    let options = QueueDeclareOptions {
        exclusive: true,
        auto_delete: true,
        ..Default::default()
    };
    let queue = in_time(channel.queue_declare("".into(), options, arguments)).await?;
    for context in contexts {
        let bound = channel.queue_bind(
            queue.name().clone(),
            names.facts_of(context).into(),
            format!("{context}.#").into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        in_time(bound).await?;
    }
    let options = BasicConsumeOptions {
        no_ack: true,
        ..Default::default()
    };
    let consumer =
        in_time(channel.basic_consume(queue.name().clone(), "".into(), options, FieldTable::default())).await?;
    Ok(Box::new(RabbitDeliveries {
        linked,
        consumer,
        _channel: channel,
        has_acks: false,
    }))
}

/// How many messages wait in a queue.
pub(super) async fn depth(link: &Link, queue: &str) -> Result<u64, BrokerError> {
    let linked = link.get().await?;
    // A queue that is not there closes the channel, so it gets one of its own.
    let channel = linked.new_channel().await?;
    let options = QueueDeclareOptions {
        passive: true,
        ..Default::default()
    };
    let declared = in_time(channel.queue_declare(queue.into(), options, FieldTable::default())).await?;
    Ok(u64::from(declared.message_count()))
}

struct RabbitDeliveries {
    linked: Arc<Linked>,
    consumer: Consumer,
    _channel: OwnChannel,
    has_acks: bool,
}

#[async_trait]
impl Deliveries for RabbitDeliveries {
    async fn next(&mut self) -> Result<Delivery, BrokerError> {
        let delivery = tokio::select! {
            delivery = self.consumer.next() => delivery,
            () = self.linked.lost().cancelled() => return Err(BrokerError("the connection was lost".to_owned())),
        };
        let delivery = match delivery {
            Some(Ok(delivery)) => delivery,
            Some(Err(error)) => return Err(BrokerError(error.to_string())),
            None => return Err(BrokerError("the broker ended the subscription".to_owned())),
        };
        let headers = delivery.properties.headers().as_ref();
        let is_replay =
            headers.is_some_and(|headers| matches!(headers.inner().get(REPLAY_HEADER), Some(AMQPValue::Boolean(true))));
        let mut delivery = delivery;
        let body = std::mem::take(&mut delivery.data);
        Ok(Delivery {
            body,
            is_redelivered: delivery.redelivered,
            is_replay,
            acker: self.acker(delivery),
        })
    }
}

impl RabbitDeliveries {
    fn acker(&self, delivery: lapin::message::Delivery) -> Box<dyn Acker> {
        if self.has_acks {
            Box::new(RabbitAcker(delivery))
        } else {
            Box::new(NothingToSay)
        }
    }
}

/// Bound to the channel of its delivery: what is said after the channel's end reaches nobody.
struct RabbitAcker(lapin::message::Delivery);

#[async_trait]
impl Acker for RabbitAcker {
    async fn ack(self: Box<Self>) -> Result<(), BrokerError> {
        in_time(self.0.ack(BasicAckOptions::default())).await.map(drop)
    }

    async fn reject(self: Box<Self>) -> Result<(), BrokerError> {
        in_time(self.0.reject(BasicRejectOptions { requeue: false }))
            .await
            .map(drop)
    }
}
