//! Facts are written down in the transaction that makes them true; the relay carries them to the broker.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use contracts::{Envelope, Event, Reach};
use diesel::{ExpressionMethods, QueryResult, insert_into, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{EventId, Timestamp};
use serde_json::Value;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::store::{Prepared, outbox, sequences};

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

    /// Writes many facts of one kind down, in their order, in three statements: see [`Outbox::add`].
    pub async fn add_all<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        events: &[E],
        occurred_at: Timestamp,
        correlation_id: Uuid,
    ) -> QueryResult<()> {
        if events.is_empty() {
            return Ok(());
        }
        let context = E::NAME.split('.').next().unwrap_or_default();
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for event in events {
            *counts.entry(event.key()).or_default() += 1;
        }
        let mut next = reserve(conn, context, &counts).await?;
        let mut rows = Vec::with_capacity(events.len());
        for event in events {
            let key = event.key();
            let seq = next.get_mut(&key).ok_or(diesel::result::Error::NotFound)?;
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
            *seq += 1;
            let body = serde_json::to_string(&envelope)
                .map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))?;
            rows.push((envelope.id.uuid(), key, envelope.routing_key(), body));
        }
        // PostgreSQL takes 65,535 parameters in one statement.
        for part in rows.chunks(5_000) {
            let values: Vec<_> = part
                .iter()
                .map(|(id, key, routing_key, body)| {
                    (
                        outbox::event_id.eq(id),
                        outbox::context.eq(context),
                        outbox::key.eq(key),
                        outbox::routing_key.eq(routing_key),
                        outbox::is_mandatory.eq(E::REACH == Reach::Durable),
                        outbox::body.eq(body),
                    )
                })
                .collect();
            insert_into(outbox::table).values(values).execute(conn).await?;
        }
        Ok(())
    }

    /// Writes facts of several kinds down, in their order, in the time of two statements: see [`Outbox::add`].
    ///
    /// Takes a shared connection, so that the caller's other statements may be under way at the same time.
    pub async fn add_facts(
        &self,
        mut conn: &AsyncPgConnection,
        facts: &Facts,
        occurred_at: Timestamp,
        correlation_id: Uuid,
    ) -> QueryResult<()> {
        if facts.0.is_empty() {
            return Ok(());
        }
        let mut next = reserve_all(conn, facts).await?;
        let mut rows = Vec::with_capacity(facts.0.len());
        for fact in &facts.0 {
            let place = (fact.context.to_owned(), fact.key.clone());
            let seq = next.get_mut(&place).ok_or(diesel::result::Error::NotFound)?;
            let envelope = Envelope {
                id: EventId::new(),
                name: fact.name.to_owned(),
                version: fact.version,
                occurred_at,
                key: fact.key.clone(),
                seq: seq.unsigned_abs(),
                correlation_id,
                producer: self.producer.to_owned(),
                payload: &fact.payload,
            };
            *seq += 1;
            let body = serde_json::to_string(&envelope).map_err(unwritable)?;
            rows.push((
                outbox::event_id.eq(envelope.id.uuid()),
                outbox::context.eq(fact.context),
                outbox::key.eq(&fact.key),
                outbox::routing_key.eq(envelope.routing_key()),
                outbox::is_mandatory.eq(fact.is_mandatory),
                outbox::body.eq(body),
            ));
        }
        // Of a handful there are few different statements, all of which the connection comes to know.
        Prepared(insert_into(outbox::table).values(rows))
            .execute(&mut conn)
            .await?;
        Ok(())
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

/// Facts of several kinds that become true together, in their order. For a handful; many of one kind are [`Outbox::add_all`]'s.
#[derive(Debug, Default)]
pub struct Facts(Vec<Fact>);

#[derive(Debug)]
struct Fact {
    context: &'static str,
    key: String,
    name: &'static str,
    version: u16,
    is_mandatory: bool,
    payload: Value,
}

impl Facts {
    /// Adds one behind those that are there.
    pub fn add<E: Event>(&mut self, event: &E) -> QueryResult<()> {
        self.0.push(Fact {
            context: E::NAME.split('.').next().unwrap_or_default(),
            key: event.key(),
            name: E::NAME,
            version: E::VERSION,
            is_mandatory: E::REACH == Reach::Durable,
            payload: serde_json::to_value(event).map_err(unwritable)?,
        });
        Ok(())
    }
}

fn unwritable(error: serde_json::Error) -> diesel::result::Error {
    diesel::result::Error::SerializationError(Box::new(error))
}

/// Takes as many numbers for each context and key as there are facts of it, and gives the first of each. Locked in their order.
async fn reserve_all(mut conn: &AsyncPgConnection, facts: &Facts) -> QueryResult<HashMap<(String, String), i64>> {
    let mut counts: BTreeMap<(String, String), i64> = BTreeMap::new();
    for fact in &facts.0 {
        *counts.entry((fact.context.to_owned(), fact.key.clone())).or_default() += 1;
    }
    let values: Vec<_> = counts
        .iter()
        .map(|((context, key), count)| {
            (
                sequences::context.eq(context),
                sequences::key.eq(key),
                sequences::last.eq(count),
            )
        })
        .collect();
    let drawing = insert_into(sequences::table)
        .values(values)
        .on_conflict((sequences::context, sequences::key))
        .do_update()
        .set(sequences::last.eq(sequences::last + excluded(sequences::last)))
        .returning((sequences::context, sequences::key, sequences::last));
    let drawn: Vec<(String, String, i64)> = Prepared(drawing).get_results(&mut conn).await?;
    let firsts = drawn.into_iter().map(|(context, key, last)| {
        let place = (context, key);
        let count = counts.get(&place).copied().unwrap_or_default();
        (place, last - count + 1)
    });
    Ok(firsts.collect())
}

async fn next_seq(conn: &mut AsyncPgConnection, context: &str, key: &str) -> QueryResult<i64> {
    let drawing = insert_into(sequences::table)
        .values((
            sequences::context.eq(context),
            sequences::key.eq(key),
            sequences::last.eq(1),
        ))
        .on_conflict((sequences::context, sequences::key))
        .do_update()
        .set(sequences::last.eq(sequences::last + excluded(sequences::last)))
        .returning(sequences::last);
    Prepared(drawing).get_result(conn).await
}

/// Takes so many numbers for each key, and gives the first of each. Keys are locked in their order.
async fn reserve(
    conn: &mut AsyncPgConnection,
    context: &str,
    counts: &BTreeMap<String, i64>,
) -> QueryResult<HashMap<String, i64>> {
    let mut first = HashMap::with_capacity(counts.len());
    let all: Vec<(&String, &i64)> = counts.iter().collect();
    for part in all.chunks(5_000) {
        let values: Vec<_> = part
            .iter()
            .map(|(key, count)| {
                (
                    sequences::context.eq(context),
                    sequences::key.eq(*key),
                    sequences::last.eq(**count),
                )
            })
            .collect();
        let ends: Vec<(String, i64)> = insert_into(sequences::table)
            .values(values)
            .on_conflict((sequences::context, sequences::key))
            .do_update()
            .set(sequences::last.eq(sequences::last + excluded(sequences::last)))
            .returning((sequences::key, sequences::last))
            .get_results(conn)
            .await?;
        first.extend(ends.into_iter().map(|(key, last)| {
            let count = counts.get(&key).copied().unwrap_or_default();
            (key, last - count + 1)
        }));
    }
    Ok(first)
}
