//! Receives facts: each effect once, those of one key in order, a bad one never in the way of the others for long.

mod lanes;
mod order;
mod pause;
mod worker;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use contracts::AnyEvent;
use diesel_async::AsyncPgConnection;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use pause::Pause;

use crate::{Broker, Failure, Metrics, dead_letters};
use lanes::Lanes;
use worker::Worker;

/// The pool of connections that messaging works with.
pub type Pool = diesel_async::pooled_connection::deadpool::Pool<AsyncPgConnection>;
type PooledConnection = diesel_async::pooled_connection::deadpool::Object<AsyncPgConnection>;

/// What a service does with the facts that it hears.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Makes the effect of a fact, within the transaction that also notes the fact as handled.
    ///
    /// Says [`Reception::Unknown`] for a fact that it does not know; the fact is parked as a dead letter.
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure>;

    /// Called after the effect is committed, for wake-ups. It may be left out by a crash.
    async fn committed(&self, _event: &AnyEvent) {}
}

/// What a handler made of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reception {
    /// Its effect is in the transaction.
    Done,
    /// It is of no concern here.
    Ignored,
    /// A fact, or a version of one, that this release does not know.
    Unknown,
}

/// How a consumer works.
#[derive(Debug, Clone)]
pub struct ConsumerOptions {
    /// The most facts that are received and not yet acknowledged.
    pub prefetch: u16,
    /// How many facts of different keys are handled at once.
    pub workers: usize,
    /// How often a fact is tried before it is given up.
    pub max_attempts: i32,
    /// How long one try may take; a handler that is not done by then has failed.
    pub max_time: Duration,
    /// The pause after the first failed try; it doubles each time.
    pub first_pause: Duration,
    /// How long a fact waits for a predecessor of its key that has not arrived.
    pub order_wait: Duration,
}

impl Default for ConsumerOptions {
    fn default() -> Self {
        Self {
            prefetch: 50,
            workers: 4,
            max_attempts: 5,
            max_time: Duration::from_secs(30),
            first_pause: Duration::from_millis(100),
            order_wait: Duration::from_secs(5),
        }
    }
}

/// The reader of a service's durable queue.
pub struct Consumer {
    /// The service, which is also its queue's name.
    pub service: &'static str,
    /// Its database.
    pub pool: Pool,
    /// Where facts come from.
    pub broker: Arc<dyn Broker>,
    /// What is done with them.
    pub handler: Arc<dyn Handler>,
    /// What is counted.
    pub metrics: Metrics,
    /// How it works.
    pub options: ConsumerOptions,
}

impl Consumer {
    /// Works until `stop`; whatever was received and not committed comes again.
    pub async fn run(self, stop: CancellationToken) {
        let collector = dead_letters::collect(Arc::clone(&self.broker), self.pool.clone(), self.service);
        tokio::select! {
            () = stop.cancelled() => {}
            () = collector => {}
            () = self.receive_forever(&stop) => {}
        }
    }

    async fn receive_forever(&self, stop: &CancellationToken) {
        let mut pause = Pause::new();
        while !stop.is_cancelled() {
            match self.broker.consume(self.service, self.options.prefetch).await {
                Ok(mut deliveries) => {
                    pause.reset();
                    let error = self.receive(deliveries.as_mut()).await;
                    tracing::warn!(%error, service = self.service, "receiving facts was interrupted");
                }
                Err(error) => pause.wait(&error).await,
            }
        }
    }

    /// Hands deliveries to workers by key, until the broker is lost.
    async fn receive(&self, deliveries: &mut dyn crate::Deliveries) -> crate::BrokerError {
        // Dropping the set ends the workers: what they hold would be refused by the broker anyhow.
        let mut workers = tokio::task::JoinSet::new();
        let mut inboxes = Vec::with_capacity(self.options.workers);
        for _ in 0..self.options.workers.max(1) {
            let (sender, receiver) = mpsc::channel(usize::from(self.options.prefetch));
            inboxes.push(sender);
            workers.spawn(self.worker().run(receiver));
        }
        let mut lanes = Lanes::new(inboxes.len());
        loop {
            let delivery = tokio::select! {
                delivery = deliveries.next() => match delivery {
                    Ok(delivery) => delivery,
                    Err(error) => return error,
                },
                Some(ended) = workers.join_next() => {
                    return crate::BrokerError(format!("a worker ended: {ended:?}"));
                }
            };
            let lane = lanes.of(&delivery);
            if inboxes[lane].send(delivery).await.is_err() {
                return crate::BrokerError("a worker ended".to_owned());
            }
        }
    }

    fn worker(&self) -> Worker {
        Worker {
            service: self.service,
            pool: self.pool.clone(),
            handler: Arc::clone(&self.handler),
            metrics: self.metrics.clone(),
            options: self.options.clone(),
        }
    }
}

/// A connection from the pool; none to be had counts as the database being away.
pub(crate) async fn connection(pool: &Pool) -> Result<PooledConnection, Failure> {
    pool.get().await.map_err(|error| {
        let message = Box::new(format!("no connection: {error}"));
        Failure::Database(diesel::result::Error::DatabaseError(
            diesel::result::DatabaseErrorKind::UnableToSendCommand,
            message,
        ))
    })
}
