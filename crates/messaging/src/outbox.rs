//! Facts are written down in the transaction that makes them true; the relay carries them to the broker.

use std::sync::Arc;

use contracts::{Envelope, Event, Reach};
use diesel::{ExpressionMethods, QueryResult, insert_into, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{EventId, Timestamp};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::store::{outbox, sequences};

/// Where a service writes its facts down.
#[derive(Clone)]
pub struct Outbox {
    producer: &'static str,
    wake: Arc<Notify>,
}

impl Outbox {
    /// The outbox of a service.
    pub fn new(producer: &'static str) -> Self {
        Self {
            producer,
            wake: Arc::new(Notify::new()),
        }
    }

    /// Writes a fact down, within the caller's transaction, under the next number of its context and key.
    ///
    /// Writers of one key wait for each other until they commit; that is what keeps a key's facts in order.
    pub async fn add<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        event: &E,
        occurred_at: Timestamp,
        correlation_id: Uuid,
    ) -> QueryResult<EventId> {
        let key = event.key();
        let context = E::NAME.split('.').next().unwrap_or_default();
        let seq = next_seq(conn, context, &key).await?;
        let envelope = Envelope {
            id: EventId::new(),
            name: E::NAME.to_owned(),
            version: E::VERSION,
            occurred_at,
            key: key.clone(),
            seq: seq.unsigned_abs(),
            correlation_id,
            producer: self.producer.to_owned(),
            payload: event,
        };
        let body = serde_json::to_string(&envelope)
            .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))?;
        insert_into(outbox::table)
            .values((
                outbox::event_id.eq(envelope.id.uuid()),
                outbox::context.eq(context),
                outbox::key.eq(&key),
                outbox::routing_key.eq(envelope.routing_key()),
                outbox::is_mandatory.eq(E::REACH == Reach::Durable),
                outbox::body.eq(body),
            ))
            .execute(conn)
            .await?;
        Ok(envelope.id)
    }

    /// Tells the relay that something was committed. Without it the relay finds out within 100 ms.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits for [`Outbox::wake`].
    pub(crate) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// The service that writes here.
    pub fn producer(&self) -> &'static str {
        self.producer
    }
}

async fn next_seq(conn: &mut AsyncPgConnection, context: &str, key: &str) -> QueryResult<i64> {
    insert_into(sequences::table)
        .values((
            sequences::context.eq(context),
            sequences::key.eq(key),
            sequences::last.eq(1),
        ))
        .on_conflict((sequences::context, sequences::key))
        .do_update()
        .set(sequences::last.eq(sequences::last + excluded(sequences::last)))
        .returning(sequences::last)
        .get_result(conn)
        .await
}
