use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use contracts::AnyEvent;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, dsl::now, insert_into, upsert::excluded};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures_util::FutureExt;
use rand::Rng;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use super::{
    ConsumerOptions, Handler, Pause, Pool, Reception, connection,
    order::{Parked, Turn, turn},
};
use crate::{
    Acker, Delivery, Failure, Metrics,
    store::{Prepared, attempts, inbox, inbox_positions},
};

/// How often a fact that waits for its predecessor looks for it.
const PARKED_POLL: Duration = Duration::from_millis(200);

/// Handles the facts of its share of the keys, one after another.
pub(super) struct Worker {
    pub(super) service: &'static str,
    pub(super) pool: Pool,
    pub(super) handler: Arc<dyn Handler>,
    pub(super) metrics: Metrics,
    pub(super) options: ConsumerOptions,
}

struct Item {
    event: AnyEvent,
    acker: Box<dyn Acker>,
    is_redelivered: bool,
    is_replay: bool,
    /// Since when it waits for its predecessor.
    early_since: Option<Instant>,
}

/// What a transaction made of a fact.
enum Outcome {
    Done,
    Duplicate,
    Early,
}

impl Worker {
    pub(super) async fn run(self, mut inbox: mpsc::Receiver<Delivery>) {
        let mut parked: Parked<Item> = Parked::new();
        loop {
            let deadline = parked.next_deadline();
            tokio::select! {
                delivery = inbox.recv() => match delivery {
                    Some(delivery) => self.receive(delivery, &mut parked).await,
                    None => return,
                },
                () = sleep_until(deadline) => {
                    if let Some(item) = parked.overdue(Instant::now()) {
                        let ordering = self.patience(&item);
                        self.settle(item, ordering, &mut parked).await;
                    }
                }
            }
        }
    }

    async fn receive(&self, delivery: Delivery, parked: &mut Parked<Item>) {
        let event: AnyEvent = match serde_json::from_slice(&delivery.body) {
            Ok(event) => event,
            Err(error) => {
                tracing::error!(%error, service = self.service, "a message is no event");
                self.metrics.dead.inc();
                return said(delivery.acker.reject().await);
            }
        };
        if delivery.is_redelivered {
            self.metrics.redelivered.inc();
        }
        let ordering = if delivery.is_replay {
            Ordering::Ignore
        } else {
            Ordering::Keep
        };
        let item = Item {
            event,
            acker: delivery.acker,
            is_redelivered: delivery.is_redelivered,
            is_replay: delivery.is_replay,
            early_since: None,
        };
        self.settle(item, ordering, parked).await;
    }

    /// Whether a fact goes on waiting for its predecessor, which may be with another worker.
    fn patience(&self, item: &Item) -> Ordering {
        if item
            .early_since
            .is_none_or(|since| since.elapsed() < self.options.order_wait)
        {
            return Ordering::Keep;
        }
        tracing::warn!(event.id = %item.event.id, key = item.event.key, seq = item.event.seq, "a predecessor never came");
        self.metrics.out_of_order.inc();
        Ordering::Ignore
    }

    /// Brings a fact to its end, and then those that waited for it.
    async fn settle(&self, item: Item, ordering: Ordering, parked: &mut Parked<Item>) {
        let (mut item, mut ordering) = (item, ordering);
        loop {
            let key = order_key(&item.event);
            let seq = item.event.seq;
            match self.try_until_settled(&item, ordering).await {
                Ok(Outcome::Early) => {
                    let noticed = Instant::now();
                    item.early_since.get_or_insert(noticed);
                    parked.park(key, seq, noticed + PARKED_POLL, item);
                    return;
                }
                Ok(Outcome::Done) => {
                    self.metrics.consumed.inc();
                    self.handler.committed(&item.event).await;
                    said(item.acker.ack().await);
                }
                Ok(Outcome::Duplicate) => {
                    self.metrics.duplicates.inc();
                    said(item.acker.ack().await);
                }
                Err(error) => {
                    tracing::error!(event.id = %item.event.id, event.name = item.event.name, error = %format!("{error:#}"), service = self.service, "a fact was given up");
                    self.metrics.dead.inc();
                    said(item.acker.reject().await);
                }
            }
            match parked.successor(&key, seq) {
                Some(next) => (item, ordering) = (next, Ordering::Keep),
                None => return,
            }
        }
    }

    /// Tries until the effect is committed, or the fact has failed for good; an error is the reason to give it up.
    async fn try_until_settled(&self, item: &Item, ordering: Ordering) -> Result<Outcome, Failure> {
        let mut outage = Pause::new();
        let mut is_counted = !item.is_redelivered;
        loop {
            // Counted before it is tried: if it kills the process again, the count has grown.
            let failure = if is_counted {
                self.attempt(item, ordering).await
            } else {
                self.count_redelivery(item).await
            };
            let failure = match failure {
                Ok(Some(outcome)) => return Ok(outcome),
                Ok(None) => {
                    is_counted = true;
                    continue;
                }
                Err(failure) => failure,
            };
            let cause = match failure {
                Failure::Database(_) => {
                    outage.wait(&failure).await;
                    continue;
                }
                Failure::Reject(cause) => {
                    self.give_up(item, &cause).await;
                    return Err(Failure::Reject(cause));
                }
                Failure::Retry(cause) => cause,
            };
            self.metrics.failures.inc();
            tracing::warn!(event.id = %item.event.id, event.name = item.event.name, error = %format!("{cause:#}"), service = self.service, "a fact failed");
            let tries = self.count(item, &cause).await;
            if tries >= self.options.max_attempts {
                self.pass_over(item).await;
                return Err(Failure::Retry(cause));
            }
            tokio::time::sleep(pause_after(self.options.first_pause, tries)).await;
        }
    }

    /// One try, in one transaction. A handler that panics, or does not come back in time, has failed.
    async fn attempt(&self, item: &Item, ordering: Ordering) -> Result<Option<Outcome>, Failure> {
        let mut conn = connection(&self.pool).await?;
        let effect = AssertUnwindSafe(conn.transaction(async |conn| self.effect(conn, item, ordering).await));
        let cause = match timeout(self.options.max_time, effect.catch_unwind()).await {
            Ok(Ok(outcome)) => return outcome.map(Some),
            Ok(Err(panic)) => anyhow::anyhow!("the handler panicked: {}", text_of(panic.as_ref())),
            Err(_) => anyhow::anyhow!("the handler was not done after {:?}", self.options.max_time),
        };
        // The connection's transaction is in an unknown state.
        drop(diesel_async::pooled_connection::deadpool::Object::take(conn));
        Err(Failure::Retry(cause))
    }

    async fn effect(&self, conn: &mut AsyncPgConnection, item: &Item, ordering: Ordering) -> Result<Outcome, Failure> {
        let event = &item.event;
        let is_new = insert_into(inbox::table)
            .values(inbox::event_id.eq(event.id.uuid()))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
        if is_new == 0 {
            return Ok(Outcome::Duplicate);
        }
        let last: Option<i64> = inbox_positions::table
            .find((event.context(), &event.key))
            .select(inbox_positions::seq)
            .for_update()
            .first(conn)
            .await
            .optional()?;
        let turn = turn(last.map_or(0, i64::unsigned_abs), event.seq);
        if turn == Turn::Early && ordering == Ordering::Keep {
            diesel::delete(inbox::table.find(event.id.uuid())).execute(conn).await?;
            return Ok(Outcome::Early);
        }
        if turn == Turn::Late && !item.is_replay {
            self.metrics.out_of_order.inc();
        }
        match self.handler.handle(conn, event).await? {
            Reception::Done | Reception::Ignored => {}
            Reception::Unknown => {
                return Err(Failure::Reject(anyhow::anyhow!(
                    "{} is not known here",
                    event.routing_key()
                )));
            }
        }
        advance(conn, event).await?;
        diesel::delete(attempts::table.find(event.id.uuid()))
            .execute(conn)
            .await?;
        Ok(Outcome::Done)
    }

    async fn count_redelivery(&self, item: &Item) -> Result<Option<Outcome>, Failure> {
        let mut conn = connection(&self.pool).await?;
        let tries = count_attempt(
            &mut conn,
            item,
            "it was handed out, and the process ended before it was done",
        )
        .await?;
        if tries >= self.options.max_attempts {
            self.pass_over(item).await;
            return Err(Failure::Reject(anyhow::anyhow!(
                "the process ended {tries} times while it was handled"
            )));
        }
        Ok(None)
    }

    /// Notes a failed try. Where even that fails, the try counts as the first: the fact is tried again, not lost.
    async fn count(&self, item: &Item, cause: &anyhow::Error) -> i32 {
        let counted = async { count_attempt(&mut *connection(&self.pool).await?, item, &format!("{cause:#}")).await };
        counted.await.unwrap_or(1)
    }

    async fn give_up(&self, item: &Item, cause: &anyhow::Error) {
        self.count(item, cause).await;
        self.pass_over(item).await;
    }

    /// Lets the successors of a given-up fact go on at once.
    async fn pass_over(&self, item: &Item) {
        let passed = async {
            advance(&mut *connection(&self.pool).await?, &item.event)
                .await
                .map_err(Failure::from)
        };
        if let Err(error) = passed.await {
            tracing::debug!(%error, "its successors will wait for it in vain, and then go on");
        }
    }
}

/// Whether a fact waits for its predecessor.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ordering {
    Keep,
    Ignore,
}

async fn advance(conn: &mut AsyncPgConnection, event: &AnyEvent) -> diesel::QueryResult<()> {
    let seq = i64::try_from(event.seq).unwrap_or(i64::MAX);
    let advancing = insert_into(inbox_positions::table)
        .values((
            inbox_positions::context.eq(event.context()),
            inbox_positions::key.eq(&event.key),
            inbox_positions::seq.eq(seq),
        ))
        .on_conflict((inbox_positions::context, inbox_positions::key))
        .do_update()
        .set(inbox_positions::seq.eq(diesel::dsl::sql::<diesel::sql_types::BigInt>(
            "greatest(inbox_positions.seq, excluded.seq)",
        )));
    Prepared(advancing).execute(conn).await?;
    Ok(())
}

async fn count_attempt(conn: &mut AsyncPgConnection, item: &Item, error: &str) -> Result<i32, Failure> {
    let count = insert_into(attempts::table)
        .values((
            attempts::event_id.eq(item.event.id.uuid()),
            attempts::tries.eq(1),
            attempts::last_error.eq(error),
        ))
        .on_conflict(attempts::event_id)
        .do_update()
        .set((
            attempts::tries.eq(attempts::tries + excluded(attempts::tries)),
            attempts::last_error.eq(excluded(attempts::last_error)),
            attempts::updated_at.eq(now),
        ))
        .returning(attempts::tries)
        .get_result(conn)
        .await?;
    Ok(count)
}

fn pause_after(first: Duration, tries: i32) -> Duration {
    let doublings = u32::try_from(tries.clamp(1, 6) - 1).unwrap_or(0);
    first * 2_u32.pow(doublings) + first.mul_f64(rand::rng().random_range(0.0..0.5))
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or_default()
}

fn order_key(event: &AnyEvent) -> String {
    format!("{}\n{}", event.context(), event.key)
}

fn said(result: Result<(), crate::BrokerError>) {
    if let Err(error) = result {
        // The broker hands the fact out again, and the inbox knows it.
        tracing::debug!(%error, "what became of a fact could not be said");
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
