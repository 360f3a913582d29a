use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use lapin::{
    Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions},
    types::{AMQPValue, FieldTable},
};

use super::connection::{Link, Linked, OwnChannel, in_time};
use crate::{BrokerError, LogReader, LogRecord, LogStart};

/// How many messages of a stream are on their way at once; credit goes back for half of them at a time.
const PREFETCH: u16 = 200;
const OFFSET_HEADER: &str = "x-stream-offset";

pub(super) async fn read(link: &Link, queue: &str, from: LogStart) -> Result<Box<dyn LogReader>, BrokerError> {
    let linked = link.get().await?;
    let channel = linked.new_channel().await?;
    in_time(channel.basic_qos(PREFETCH, BasicQosOptions::default())).await?;
    let start = match from {
        LogStart::First => AMQPValue::LongString("first".into()),
        LogStart::End => AMQPValue::LongString("next".into()),
        LogStart::Offset(offset) => AMQPValue::LongLongInt(i64::try_from(offset).unwrap_or(i64::MAX)),
    };
    let mut arguments = FieldTable::default();
    arguments.insert(OFFSET_HEADER.into(), start);
    let consumer =
        in_time(channel.basic_consume(queue.into(), "".into(), BasicConsumeOptions::default(), arguments)).await?;
    let first = if let LogStart::Offset(offset) = from { offset } else { 0 };
    Ok(Box::new(StreamReader {
        linked,
        consumer,
        _channel: channel,
        unacknowledged: 0,
        first,
    }))
}

struct StreamReader {
    linked: Arc<Linked>,
    consumer: Consumer,
    _channel: OwnChannel,
    unacknowledged: u16,
    /// The stream hands out whole chunks, which may begin before what was asked for.
    first: u64,
}

#[async_trait]
impl LogReader for StreamReader {
    async fn next(&mut self) -> Result<LogRecord, BrokerError> {
        loop {
            let delivery = tokio::select! {
                delivery = self.consumer.next() => delivery,
                () = self.linked.lost().cancelled() => return Err(BrokerError("the connection was lost".to_owned())),
            };
            let delivery = match delivery {
                Some(Ok(delivery)) => delivery,
                Some(Err(error)) => return Err(BrokerError(error.to_string())),
                None => return Err(BrokerError("the broker ended the subscription".to_owned())),
            };
            let offset =
                offset_of(&delivery).ok_or_else(|| BrokerError("a message of the log has no offset".to_owned()))?;
            self.unacknowledged += 1;
            if self.unacknowledged >= PREFETCH / 2 {
                self.unacknowledged = 0;
                in_time(delivery.acker.ack(BasicAckOptions { multiple: true })).await?;
            }
            if offset >= self.first {
                return Ok(LogRecord {
                    offset,
                    body: delivery.data,
                });
            }
        }
    }
}

fn offset_of(delivery: &Delivery) -> Option<u64> {
    match delivery.properties.headers().as_ref()?.inner().get(OFFSET_HEADER)? {
        AMQPValue::LongLongInt(offset) => u64::try_from(*offset).ok(),
        _ => None,
    }
}
