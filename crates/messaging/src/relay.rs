use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use diesel::{ExpressionMethods, QueryDsl, QueryResult, dsl::count_star};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::EventId;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use rand::Rng;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    Broker, Failure, Metrics, Outbox, OutgoingFact, PublishError,
    consumer::{Pause, Pool, connection},
    leases,
    resting::Resting,
    store::outbox,
};

const LEASE: &str = "relay";
const LEASE_TTL: Duration = Duration::from_secs(10);
/// A term is short, so that the lease is extended and the backlog measured often.
const TERM: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(100);
/// How many facts may be on their way to the broker at once.
const WINDOW: usize = 500;

/// Carries committed facts to the broker: each until it is confirmed, those of one key one after another.
///
/// Rows are claimed by their state, never by "id above the last one": numbers commit out of order. One relay
/// works for a service at a time, so that two of them cannot overtake each other within a key.
pub struct Relay {
    /// The service's database.
    pub pool: Pool,
    /// Where facts go.
    pub broker: Arc<dyn Broker>,
    /// Where they come from.
    pub outbox: Outbox,
    /// What is counted.
    pub metrics: Metrics,
}

#[derive(diesel::Queryable)]
struct Row {
    id: i64,
    event_id: Uuid,
    context: String,
    key: String,
    routing_key: String,
    target_queue: Option<String>,
    is_mandatory: bool,
    body: String,
}

/// How long a relay that has to stop waits for what is on its way.
const STOP_WAIT: Duration = Duration::from_millis(300);

type Key = (String, String);
type Flight = BoxFuture<'static, Landed>;

/// What became of the facts of one key.
struct Landed {
    key: Key,
    confirmed: Vec<i64>,
    total: usize,
    failure: Option<PublishError>,
}

impl Landed {
    /// The broker answered, and did not take this key's next fact. That says nothing of other keys.
    fn is_declined(&self) -> bool {
        matches!(self.failure, Some(PublishError::Unroutable(_) | PublishError::Refused))
    }

    /// The broker itself is the trouble.
    fn is_broker_away(&self) -> bool {
        self.failure.is_some() && !self.is_declined()
    }
}

impl Relay {
    /// Works until `stop`; failures of the database or the broker are waited out.
    pub async fn run(self, stop: CancellationToken) {
        let holder = Uuid::new_v4();
        let mut pause = Pause::new();
        let mut resting = Resting::new();
        while !stop.is_cancelled() {
            match self.term(holder, &mut resting, &stop).await {
                Ok(()) => pause.reset(),
                Err(failure) => {
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = pause.wait(&failure) => {}
                    }
                }
            }
        }
        if let Ok(mut conn) = connection(&self.pool).await
            && let Err(error) = leases::release(&mut conn, LEASE, holder).await
        {
            tracing::debug!(%error, "the relay's lease was not given back; it ends by itself");
        }
    }

    /// Relays for as long as the lease is held, or waits a while for it.
    async fn term(&self, holder: Uuid, resting: &mut Resting<Key>, stop: &CancellationToken) -> Result<(), Failure> {
        if !self.holds_lease(holder, stop).await? {
            return Ok(());
        }
        let deadline = Instant::now() + TERM;
        self.measure().await?;
        let mut in_flight: FuturesUnordered<Flight> = FuturesUnordered::new();
        let mut busy: HashSet<Key> = HashSet::new();
        let mut flying = 0;
        // What is on its way when the broker goes is waited for; nothing is sent after it in this term.
        let mut is_broker_away = false;
        while Instant::now() < deadline && !stop.is_cancelled() && !is_broker_away {
            if flying < WINDOW / 2 {
                let left_alone = busy.iter().chain(resting.at(Instant::now()));
                for (key, rows) in by_key(self.waiting(left_alone, WINDOW - flying).await?) {
                    flying += rows.len();
                    busy.insert(key.clone());
                    in_flight.push(self.send(key, rows).boxed());
                }
            }
            tokio::select! {
                Some(first) = in_flight.next(), if !in_flight.is_empty() => {
                    let mut landed = vec![first];
                    while let Some(Some(next)) = in_flight.next().now_or_never() {
                        landed.push(next);
                    }
                    self.settle(&landed).await?;
                    for landed in landed {
                        flying -= landed.total;
                        busy.remove(&landed.key);
                        is_broker_away |= landed.is_broker_away();
                        note(resting, landed);
                    }
                }
                () = self.outbox.woken() => {}
                () = tokio::time::sleep(POLL) => {}
                () = stop.cancelled() => {}
            }
        }
        // What is still on its way is waited for, or a second relay could overtake it.
        // Only a stop can't wait for long: what has not landed then stays in the outbox and is published again, and
        // its consumers drop what they get twice.
        let is_enough = async {
            stop.cancelled().await;
            tokio::time::sleep(STOP_WAIT).await;
        };
        let rest: Vec<Landed> = in_flight.take_until(is_enough).collect().await;
        self.settle(&rest).await?;
        for landed in rest {
            is_broker_away |= landed.is_broker_away();
            note(resting, landed);
        }
        if is_broker_away {
            return Err(Failure::Retry(anyhow::anyhow!("facts wait for the broker")));
        }
        Ok(())
    }

    /// Whether this relay may work; if not, it has waited a while.
    async fn holds_lease(&self, holder: Uuid, stop: &CancellationToken) -> Result<bool, Failure> {
        let mut conn = connection(&self.pool).await?;
        let held = leases::acquire(&mut conn, LEASE, holder, LEASE_TTL).await?;
        drop(conn);
        if held.is_none() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LEASE_TTL / 5) => {}
            }
        }
        Ok(held.is_some())
    }

    /// The oldest facts of other keys than these.
    async fn waiting(&self, left_alone: impl Iterator<Item = &Key>, limit: usize) -> Result<Vec<Row>, Failure> {
        use diesel::sql_types::{Array, Bool, Text};
        let excluded: Vec<String> = left_alone.map(|(context, key)| format!("{context}\n{key}")).collect();
        let mut conn = connection(&self.pool).await?;
        let is_free = diesel::dsl::sql::<Bool>("NOT (context || E'\\n' || key = ANY(")
            .bind::<Array<Text>, _>(excluded)
            .sql("))");
        let rows = outbox::table
            .select((
                outbox::id,
                outbox::event_id,
                outbox::context,
                outbox::key,
                outbox::routing_key,
                outbox::target_queue,
                outbox::is_mandatory,
                outbox::body,
            ))
            .filter(is_free)
            .order(outbox::id)
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .load(&mut conn)
            .await?;
        Ok(rows)
    }

    /// Publishes the facts of one key in order, up to the first that fails.
    fn send(&self, key: Key, rows: Vec<Row>) -> impl Future<Output = Landed> + Send + 'static {
        let broker = Arc::clone(&self.broker);
        let metrics = self.metrics.clone();
        async move {
            let total = rows.len();
            let mut confirmed = Vec::with_capacity(total);
            let mut failure = None;
            for row in rows {
                metrics.published.inc();
                let fact = OutgoingFact {
                    id: EventId::from(row.event_id),
                    routing_key: row.routing_key,
                    body: row.body.into_bytes(),
                    is_mandatory: row.is_mandatory,
                    target_service: row.target_queue,
                };
                if let Err(error) = broker.publish(fact).await {
                    metrics.publish_failed(&error);
                    tracing::warn!(event.id = %row.event_id, %error, "a fact waits for the broker");
                    failure = Some(error);
                    break;
                }
                metrics.confirmed.inc();
                confirmed.push(row.id);
            }
            Landed {
                key,
                confirmed,
                total,
                failure,
            }
        }
    }

    /// Strikes out what the broker has confirmed.
    async fn settle(&self, landed: &[Landed]) -> Result<(), Failure> {
        let confirmed: Vec<i64> = landed
            .iter()
            .flat_map(|landed| landed.confirmed.iter().copied())
            .collect();
        if confirmed.is_empty() {
            return Ok(());
        }
        let mut conn = connection(&self.pool).await?;
        diesel::delete(outbox::table.filter(outbox::id.eq_any(confirmed)))
            .execute(&mut conn)
            .await?;
        Ok(())
    }

    async fn measure(&self) -> Result<(), Failure> {
        let mut conn = connection(&self.pool).await?;
        let (rows, oldest) = backlog(&mut conn).await?;
        self.metrics.outbox_rows.set(rows);
        self.metrics.outbox_age_seconds.set(oldest);
        Ok(())
    }
}

/// Leaves a key alone for a while whose facts are not taken, and one no longer whose facts are.
fn note(resting: &mut Resting<Key>, landed: Landed) {
    if landed.is_declined() {
        resting.failed(landed.key, Instant::now(), rand::rng().random());
    } else if landed.failure.is_none() {
        resting.taken(&landed.key);
    }
}

fn by_key(rows: Vec<Row>) -> BTreeMap<Key, Vec<Row>> {
    let mut groups: BTreeMap<Key, Vec<Row>> = BTreeMap::new();
    for row in rows {
        groups
            .entry((row.context.clone(), row.key.clone()))
            .or_default()
            .push(row);
    }
    groups
}

/// How many facts wait, and for how many seconds the oldest has.
async fn backlog(conn: &mut AsyncPgConnection) -> QueryResult<(i64, f64)> {
    use diesel::sql_types::{Double, Nullable};
    let (rows, age): (i64, Option<f64>) = outbox::table
        .select((
            count_star(),
            diesel::dsl::sql::<Nullable<Double>>("extract(epoch from clock_timestamp() - min(created_at))::float8"),
        ))
        .first(conn)
        .await?;
    Ok((rows, age.unwrap_or(0.0).max(0.0)))
}
