//! Facts that were given up: kept in the service's own database, shown to a person, replayed on request.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::AnyEvent;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, dsl::now, insert_into};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::EventId;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Broker, Failure,
    consumer::{Pool, connection},
    store::{attempts, dead_letters, outbox},
};

/// A fact that was given up.
#[derive(Debug, Clone, Serialize, diesel::Queryable)]
pub struct DeadLetter {
    /// The event.
    pub event_id: Uuid,
    /// The service whose queue it came from.
    pub queue: String,
    /// Such as `alert.fired.v1`.
    pub routing_key: String,
    /// What it was about.
    pub key: String,
    /// The envelope's JSON.
    #[serde(skip)]
    pub body: String,
    /// Why the last try failed.
    pub cause: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was given up.
    pub dead_at: DateTime<Utc>,
    /// When it was sent again.
    pub replayed_at: Option<DateTime<Utc>>,
}

/// How many wait for a person.
pub async fn count_waiting(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    dead_letters::table
        .filter(dead_letters::replayed_at.is_null())
        .count()
        .get_result(conn)
        .await
}

/// The dead letters, newest first; go on behind `(dead_at, event_id)`.
pub async fn list(
    conn: &mut AsyncPgConnection,
    limit: i64,
    before: Option<(DateTime<Utc>, Uuid)>,
) -> QueryResult<Vec<DeadLetter>> {
    let mut query = dead_letters::table
        .order((dead_letters::dead_at.desc(), dead_letters::event_id.desc()))
        .limit(limit)
        .into_boxed();
    if let Some((at, id)) = before {
        use diesel::BoolExpressionMethods;
        query = query.filter(
            dead_letters::dead_at
                .lt(at)
                .or(dead_letters::dead_at.eq(at).and(dead_letters::event_id.lt(id))),
        );
    }
    query.load(conn).await
}

/// How many wait to be looked at.
pub async fn count_open(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    dead_letters::table
        .filter(dead_letters::replayed_at.is_null())
        .count()
        .get_result(conn)
        .await
}

/// Sends a dead letter to its queue once more, through the outbox. `false` if there is none, or it was replayed already.
pub async fn replay(conn: &mut AsyncPgConnection, event: EventId) -> QueryResult<bool> {
    conn.transaction(async |conn| {
        let letter: Option<DeadLetter> = diesel::update(
            dead_letters::table
                .find(event.uuid())
                .filter(dead_letters::replayed_at.is_null()),
        )
        .set(dead_letters::replayed_at.eq(now))
        .get_result(conn)
        .await
        .optional()?;
        let Some(letter) = letter else { return Ok(false) };
        diesel::delete(attempts::table.find(letter.event_id))
            .execute(conn)
            .await?;
        insert_into(outbox::table)
            .values((
                outbox::event_id.eq(letter.event_id),
                outbox::context.eq(letter.routing_key.split('.').next().unwrap_or_default().to_owned()),
                outbox::key.eq(letter.key),
                outbox::routing_key.eq(letter.routing_key),
                outbox::target_queue.eq(letter.queue),
                outbox::is_mandatory.eq(true),
                outbox::body.eq(letter.body),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
        Ok(true)
    })
    .await
}

/// Takes what the broker holds as given up from a service's queue into its database. Runs until it fails for good: never.
pub(crate) async fn collect(broker: Arc<dyn Broker>, pool: Pool, service: &'static str) {
    let mut pause = crate::consumer::Pause::new();
    loop {
        let mut deliveries = match broker.consume_dead(service).await {
            Ok(deliveries) => deliveries,
            Err(error) => {
                pause.wait(&error).await;
                continue;
            }
        };
        while let Ok(delivery) = deliveries.next().await {
            if let Err(error) = keep(&pool, service, &delivery.body).await {
                pause.wait(&error).await;
                // With the subscription's end the broker hands out again what was not acknowledged.
                break;
            }
            pause.reset();
            if let Err(error) = delivery.acker.ack().await {
                tracing::warn!(%error, "a stored dead letter could not be acknowledged and will come again");
                break;
            }
        }
    }
}

async fn keep(pool: &Pool, service: &str, body: &[u8]) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(body).into_owned();
    let event: Result<AnyEvent, _> = serde_json::from_str(&text);
    let (id, routing_key, key) = match &event {
        Ok(event) => (event.id.uuid(), event.routing_key(), event.key.clone()),
        Err(_) => (Uuid::now_v7(), "unreadable".to_owned(), String::new()),
    };
    let mut conn = connection(pool).await?;
    let tried: Option<(i32, String)> = attempts::table
        .find(id)
        .select((attempts::tries, attempts::last_error))
        .first(&mut conn)
        .await
        .optional()?;
    let (count, cause) = tried.unwrap_or_else(|| match &event {
        Ok(_) => (0, "the broker gave it up after too many deliveries".to_owned()),
        Err(error) => (1, format!("not the JSON of an event: {error}")),
    });
    insert_into(dead_letters::table)
        .values((
            dead_letters::event_id.eq(id),
            dead_letters::queue.eq(service),
            dead_letters::routing_key.eq(&routing_key),
            dead_letters::key.eq(&key),
            dead_letters::body.eq(&text),
            dead_letters::cause.eq(&cause),
            dead_letters::attempts.eq(count),
        ))
        .on_conflict(dead_letters::event_id)
        .do_update()
        .set((
            dead_letters::cause.eq(&cause),
            dead_letters::attempts.eq(count),
            dead_letters::dead_at.eq(now),
            dead_letters::replayed_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
