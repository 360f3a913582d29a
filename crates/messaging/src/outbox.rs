//! Facts are written down in the transaction that makes them true; the relay carries them to the broker.

use std::{
    collections::{BTreeMap, HashMap},
    slice,
    sync::Arc,
};

use contracts::{Envelope, Event, Reach};
use diesel::{ExpressionMethods, QueryResult, insert_into, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{EventId, Timestamp};
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::store::{Prepared, outbox, sequences};

/// So many rows to a statement at most: PostgreSQL takes 65,535 parameters in one.
const PART: usize = 5_000;
/// Statements of up to so many rows come often and are few: a connection keeps them prepared.
const HANDFUL: usize = 4;

/// The context and the key of a fact, which its number is counted within.
type Place = (String, String);

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
    ) -> QueryResult<()> {
        self.add_all(conn, slice::from_ref(event), occurred_at, correlation_id)
            .await
    }

    /// Writes facts of one kind down, in their order: see [`Outbox::add`].
    pub async fn add_all<E: Event>(
        &self,
        conn: &mut AsyncPgConnection,
        events: &[E],
        occurred_at: Timestamp,
        correlation_id: Uuid,
    ) -> QueryResult<()> {
        let mut facts = Facts::default();
        for event in events {
            facts.add(event)?;
        }
        self.add_facts(conn, &facts, occurred_at, correlation_id).await
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
        let mut next = reserve(conn, facts).await?;
        let mut rows = Vec::with_capacity(facts.0.len());
        for fact in &facts.0 {
            let seq = next.get_mut(&fact.place()).ok_or(diesel::result::Error::NotFound)?;
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
        while !rows.is_empty() {
            let part: Vec<_> = rows.drain(..rows.len().min(PART)).collect();
            let is_handful = part.len() <= HANDFUL;
            let writing = insert_into(outbox::table).values(part);
            if is_handful {
                Prepared(writing).execute(&mut conn).await?;
            } else {
                writing.execute(&mut conn).await?;
            }
        }
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

/// Facts that become true together, in their order.
#[derive(Debug, Default)]
pub struct Facts(Vec<Fact>);

#[derive(Debug)]
struct Fact {
    context: &'static str,
    key: String,
    name: &'static str,
    version: u16,
    is_mandatory: bool,
    payload: Box<RawValue>,
}

impl Fact {
    fn place(&self) -> Place {
        (self.context.to_owned(), self.key.clone())
    }
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
            payload: to_raw_value(event).map_err(unwritable)?,
        });
        Ok(())
    }
}

fn unwritable(error: serde_json::Error) -> diesel::result::Error {
    diesel::result::Error::SerializationError(Box::new(error))
}

/// Takes as many numbers for each context and key as there are facts of it, and gives the first of each. Locked in their order.
async fn reserve(mut conn: &AsyncPgConnection, facts: &Facts) -> QueryResult<HashMap<Place, i64>> {
    let mut counts: BTreeMap<Place, i64> = BTreeMap::new();
    for fact in &facts.0 {
        *counts.entry(fact.place()).or_default() += 1;
    }
    let mut firsts = HashMap::with_capacity(counts.len());
    let places: Vec<_> = counts.iter().collect();
    for part in places.chunks(PART) {
        let values: Vec<_> = part
            .iter()
            .map(|((context, key), count)| {
                (
                    sequences::context.eq(context),
                    sequences::key.eq(key),
                    sequences::last.eq(*count),
                )
            })
            .collect();
        let drawing = insert_into(sequences::table)
            .values(values)
            .on_conflict((sequences::context, sequences::key))
            .do_update()
            .set(sequences::last.eq(sequences::last + excluded(sequences::last)))
            .returning((sequences::context, sequences::key, sequences::last));
        let drawn: Vec<(String, String, i64)> = if part.len() <= HANDFUL {
            Prepared(drawing).get_results(&mut conn).await?
        } else {
            drawing.get_results(&mut conn).await?
        };
        firsts.extend(drawn.into_iter().map(|(context, key, last)| {
            let place = (context, key);
            let count = counts.get(&place).copied().unwrap_or_default();
            (place, last - count + 1)
        }));
    }
    Ok(firsts)
}
