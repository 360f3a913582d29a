//! A process dies once at each step on the way of a fact.

use std::{future::pending, sync::Arc};

use async_trait::async_trait;
use contracts::AnyEvent;
use diesel::sql_query;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use domain::AlertId;
use futures_util::{StreamExt, stream};
use messaging::{
    Acker, Broker, BrokerError, BrokerState, ConsumerOptions, Deliveries, Delivery, Failure, Handler, LogReader,
    LogStart, Metrics, OutgoingFact, PublishError, Reception,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    platform::{Kind, Platform, fact, note, now},
    process::Process,
};

on_both!(reliability_1_a_crash_at_any_step_leaves_each_effect_once);

/// The steps of a fact, from the transaction that makes it true to the last word about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    ToldUncommitted,
    Told,
    TakenFromOutbox,
    Published,
    Confirmed,
    StruckOut,
    Received,
    InTransaction,
    Committed,
    BeforeAcknowledgement,
    Acknowledged,
}

impl Step {
    const ALL: [Self; 11] = [
        Self::ToldUncommitted,
        Self::Told,
        Self::TakenFromOutbox,
        Self::Published,
        Self::Confirmed,
        Self::StruckOut,
        Self::Received,
        Self::InTransaction,
        Self::Committed,
        Self::BeforeAcknowledgement,
        Self::Acknowledged,
    ];
}

const FACTS: i64 = 3;

async fn reliability_1_a_crash_at_any_step_leaves_each_effect_once(kind: Kind) {
    let crashes = Step::ALL.map(|step| crash_at(kind, step));
    stream::iter(crashes).buffer_unordered(4).collect::<Vec<()>>().await;
}

async fn crash_at(kind: Kind, step: Step) {
    let platform = Platform::start(kind).await;
    let alert = AlertId::new();
    match step {
        Step::ToldUncommitted => {
            tell_and_die(&platform, alert).await;
            platform.tell(alert, 3).await;
        }
        Step::Told => {
            // Nobody is woken: the process that would do it is gone.
            let mut conn = platform.pool.get().await.expect("connection");
            for _ in 0..FACTS {
                let fact = fact(alert);
                let added = platform.outbox.add(&mut conn, &fact, now(), Uuid::now_v7());
                added.await.expect("told");
            }
        }
        _ => {
            platform.tell(alert, 3).await;
            die_on_the_way(&platform, kind, step).await;
        }
    }
    let successor = start(&platform, kind, &Plan::new(None));
    platform.until("effects", FACTS).await;
    platform.until("outbox", 0).await;
    let applied = platform.applied().await;
    assert_eq!(applied[&alert.uuid().to_string()], [1, 2, 3], "{step:?}");
    assert_eq!(platform.count("inbox").await, FACTS, "{step:?}");
    assert_eq!(platform.count("dead_letters").await, 0, "{step:?}");
    successor.stop().await;
    assert_eq!(platform.count("effects").await, FACTS, "{step:?}");
    platform.stop().await;
}

/// Lets a process run until it dies at its step.
async fn die_on_the_way(platform: &Platform, kind: Kind, step: Step) {
    let plan = Plan::new(Some(step));
    let mut other = platform.pool.get().await.expect("connection");
    if step == Step::Confirmed {
        // A confirmed fact can't be struck out while somebody holds its row: that is the moment after the confirm.
        other
            .batch_execute("BEGIN; SELECT id FROM outbox FOR UPDATE")
            .await
            .expect("lock");
    }
    let process = start(platform, kind, &plan);
    match step {
        Step::Confirmed => {
            let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            platform.until(waiting, 1).await;
        }
        Step::StruckOut => platform.until("outbox", 0).await,
        _ => {
            let reached = tokio::time::timeout(std::time::Duration::from_secs(30), plan.reached.cancelled());
            reached.await.unwrap_or_else(|_| panic!("{step:?} was never reached"));
        }
    }
    process.kill().await;
    if step == Step::Confirmed {
        other.batch_execute("ROLLBACK").await.expect("unlock");
    }
    // As if the time had passed for which a dead relay keeps its lease.
    sql_query("UPDATE leases SET expires_at = now()")
        .execute(&mut other)
        .await
        .expect("lease");
}

/// Dies between the fact and the commit.
async fn tell_and_die(platform: &Platform, alert: AlertId) {
    let mut conn = platform.pool.get().await.expect("connection");
    let told = conn
        .transaction(async |conn| {
            platform.outbox.add(conn, &fact(alert), now(), Uuid::now_v7()).await?;
            Err::<(), _>(diesel::result::Error::RollbackTransaction)
        })
        .await;
    assert!(told.is_err());
}

fn start(platform: &Platform, kind: Kind, plan: &Plan) -> Process {
    let broker: Arc<dyn Broker> = Arc::new(Doomed {
        plan: plan.clone(),
        inner: Process::broker(platform, kind),
    });
    let handler = Doomed {
        plan: plan.clone(),
        inner: (),
    };
    let tasks = vec![
        platform.relay_to(&broker),
        platform.consumer_of(&broker, Arc::new(handler), ConsumerOptions::default()),
    ];
    Process::of(broker, tasks)
}

/// Where a process stops for ever, if anywhere.
#[derive(Clone)]
struct Plan {
    step: Option<Step>,
    reached: CancellationToken,
}

impl Plan {
    fn new(step: Option<Step>) -> Self {
        Self {
            step,
            reached: CancellationToken::new(),
        }
    }

    async fn pass(&self, step: Step) {
        if self.step == Some(step) && !self.reached.is_cancelled() {
            self.reached.cancel();
            pending::<()>().await;
        }
    }
}

/// Something that follows a plan.
struct Doomed<T> {
    plan: Plan,
    inner: T,
}

#[async_trait]
impl Handler for Doomed<()> {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        note(conn, event).await?;
        self.plan.pass(Step::InTransaction).await;
        Ok(Reception::Done)
    }

    async fn committed(&self, _event: &AnyEvent) {
        self.plan.pass(Step::Committed).await;
    }
}

#[async_trait]
impl Acker for Doomed<Box<dyn Acker>> {
    async fn ack(self: Box<Self>) -> Result<(), BrokerError> {
        self.plan.pass(Step::BeforeAcknowledgement).await;
        let Self { plan, inner } = *self;
        inner.ack().await?;
        plan.pass(Step::Acknowledged).await;
        Ok(())
    }

    async fn reject(self: Box<Self>) -> Result<(), BrokerError> {
        self.inner.reject().await
    }
}

#[async_trait]
impl Deliveries for Doomed<Box<dyn Deliveries>> {
    async fn next(&mut self) -> Result<Delivery, BrokerError> {
        let delivery = self.inner.next().await?;
        self.plan.pass(Step::Received).await;
        let acker = Doomed {
            plan: self.plan.clone(),
            inner: delivery.acker,
        };
        Ok(Delivery {
            acker: Box::new(acker),
            ..delivery
        })
    }
}

#[async_trait]
impl Broker for Doomed<Arc<dyn Broker>> {
    async fn publish(&self, fact: OutgoingFact) -> Result<(), PublishError> {
        self.plan.pass(Step::TakenFromOutbox).await;
        self.inner.publish(fact).await?;
        self.plan.pass(Step::Published).await;
        Ok(())
    }

    async fn consume(&self, service: &str, prefetch: u16) -> Result<Box<dyn Deliveries>, BrokerError> {
        let inner = self.inner.consume(service, prefetch).await?;
        Ok(Box::new(Doomed {
            plan: self.plan.clone(),
            inner,
        }))
    }

    async fn consume_dead(&self, service: &str) -> Result<Box<dyn Deliveries>, BrokerError> {
        self.inner.consume_dead(service).await
    }

    async fn listen(&self, contexts: &[&str]) -> Result<Box<dyn Deliveries>, BrokerError> {
        self.inner.listen(contexts).await
    }

    async fn queue_depth(&self, service: &str) -> Result<Option<u64>, BrokerError> {
        self.inner.queue_depth(service).await
    }

    async fn append(&self, partition: u16, body: Vec<u8>) -> Result<(), PublishError> {
        self.inner.append(partition, body).await
    }

    async fn read(&self, partition: u16, from: LogStart) -> Result<Box<dyn LogReader>, BrokerError> {
        self.inner.read(partition, from).await
    }

    fn partitions(&self) -> u16 {
        self.inner.partitions()
    }

    fn metrics(&self) -> &Metrics {
        self.inner.metrics()
    }

    fn state(&self) -> BrokerState {
        self.inner.state()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
