use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use contracts::{AnyEvent, events::AlertNoData};
use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool},
};
use domain::{AlertId, AssetId, Symbol, Timestamp, UserId};
use messaging::{
    Broker, BrokerOptions, Consumer, ConsumerOptions, Failure, Handler, Metrics, Outbox, Reception, Relay,
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const PARTITIONS: u16 = 2;

pub type Pool = deadpool::Pool<AsyncPgConnection>;
const TABLES: &str = include_str!("../../../../migrations/messaging/2026-11-25-000001_messaging/up.sql");

/// Which broker a test runs on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Rabbit,
}

/// A database and a broker that belong to one test.
pub struct Platform {
    pub pool: Pool,
    pub broker: Arc<dyn Broker>,
    pub metrics: Metrics,
    pub outbox: Outbox,
    /// What its names on the broker begin with.
    pub prefix: String,
    registry: prometheus::Registry,
    database: String,
    rabbit: Option<String>,
}

fn server_url() -> String {
    std::env::var("DATABASE_URL").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned())
}

pub fn amqp_url() -> String {
    std::env::var("AMQP_URL").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned())
}

async fn admin() -> AsyncPgConnection {
    AsyncPgConnection::establish(&server_url())
        .await
        .expect("PostgreSQL must answer at DATABASE_URL; `cargo xtask test` starts one")
}

impl Platform {
    pub async fn start(kind: Kind) -> Self {
        match kind {
            Kind::Memory => Self::on("memory:", None).await,
            Kind::Rabbit => Self::on(&amqp_url(), Some(amqp_url())).await,
        }
    }

    /// On the broker of this URL, to be cleaned up at the other one.
    pub async fn on(url: &str, rabbit: Option<String>) -> Self {
        Self::with(BrokerOptions::new(url), rabbit).await
    }

    pub async fn with(options: BrokerOptions, rabbit: Option<String>) -> Self {
        let database = format!("cw_messaging_{}", Uuid::new_v4().simple());
        admin()
            .await
            .batch_execute(&format!("CREATE DATABASE {database}"))
            .await
            .expect("database");
        let (base, _) = server_url()
            .rsplit_once('/')
            .map(|(base, name)| (base.to_owned(), name.to_owned()))
            .expect("url");
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::new_with_config(format!("{base}/{database}"), config);
        let pool = Pool::builder(manager).max_size(20).build().expect("pool");
        let mut conn = pool.get().await.expect("connection");
        let effects = "CREATE TABLE effects (n bigint GENERATED ALWAYS AS IDENTITY, event_id uuid NOT NULL, key text NOT NULL, seq bigint NOT NULL)";
        conn.batch_execute(&format!("{TABLES}; {effects};"))
            .await
            .expect("tables");
        drop(conn);
        let registry = prometheus::Registry::new();
        let metrics = Metrics::new(&registry).expect("metrics");
        let prefix = format!("test-{}", Uuid::new_v4().simple());
        let options = BrokerOptions {
            prefix: prefix.clone(),
            partitions: PARTITIONS,
            ..options
        };
        let broker = messaging::connect(options, metrics.clone()).expect("broker");
        Self {
            pool,
            broker,
            metrics,
            outbox: Outbox::new("alerts"),
            prefix,
            registry,
            database,
            rabbit,
        }
    }

    /// Writes `count` facts about `alert` down, each in a transaction of its own.
    pub async fn tell(&self, alert: AlertId, count: usize) {
        for _ in 0..count {
            let mut conn = self.pool.get().await.expect("connection");
            self.outbox
                .add(&mut conn, &fact(alert), now(), Uuid::now_v7())
                .await
                .expect("outbox");
        }
        self.outbox.wake();
    }

    pub fn relay(&self) -> Task {
        self.relay_to(&self.broker)
    }

    pub fn relay_to(&self, broker: &Arc<dyn Broker>) -> Task {
        let relay = Relay {
            pool: self.pool.clone(),
            broker: Arc::clone(broker),
            outbox: self.outbox.clone(),
            metrics: self.metrics.clone(),
        };
        let stop = CancellationToken::new();
        Task {
            handle: tokio::spawn(relay.run(stop.clone())),
            stop,
        }
    }

    pub fn consumer(&self, handler: &Arc<Recorder>) -> Task {
        let options = ConsumerOptions {
            first_pause: Duration::from_millis(10),
            order_wait: Duration::from_secs(2),
            ..ConsumerOptions::default()
        };
        self.consumer_of(&self.broker, Arc::clone(handler) as Arc<dyn Handler>, options)
    }

    pub fn consumer_of(&self, broker: &Arc<dyn Broker>, handler: Arc<dyn Handler>, options: ConsumerOptions) -> Task {
        let consumer = Consumer {
            service: "notifier",
            pool: self.pool.clone(),
            broker: Arc::clone(broker),
            handler,
            metrics: self.metrics.clone(),
            options,
        };
        let stop = CancellationToken::new();
        Task {
            handle: tokio::spawn(consumer.run(stop.clone())),
            stop,
        }
    }

    /// A counter's value; of one with labels, the sum of those that have this one.
    pub fn counted(&self, name: &str, label: Option<&str>) -> u64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == name).expect("a metric");
        let is_meant = |metric: &&prometheus::proto::Metric| {
            label.is_none_or(|label| metric.get_label().iter().any(|pair| pair.value() == label))
        };
        let values = family.get_metric().iter().filter(is_meant);
        values.map(|metric| metric.get_counter().get_value() as u64).sum()
    }

    pub async fn count(&self, what: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = sql_types::BigInt)]
            count: i64,
        }
        let mut conn = self.pool.get().await.expect("connection");
        let row: Count = sql_query(format!("SELECT count(*) AS count FROM {what}"))
            .get_result(&mut conn)
            .await
            .expect("count");
        row.count
    }

    /// The numbers applied, by key, in the order in which they were applied.
    pub async fn applied(&self) -> HashMap<String, Vec<i64>> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = sql_types::Text)]
            key: String,
            #[diesel(sql_type = sql_types::BigInt)]
            seq: i64,
        }
        let mut conn = self.pool.get().await.expect("connection");
        let rows: Vec<Row> = sql_query("SELECT key, seq FROM effects ORDER BY n")
            .load(&mut conn)
            .await
            .expect("effects");
        let mut applied: HashMap<String, Vec<i64>> = HashMap::new();
        for row in rows {
            applied.entry(row.key).or_default().push(row.seq);
        }
        applied
    }

    /// Waits until `what` has `expected` rows.
    pub async fn until(&self, what: &str, expected: i64) {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
        loop {
            let found = self.count(what).await;
            if found == expected {
                return;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{what}: {found} rows instead of {expected}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn stop(self) {
        self.broker.close().await;
        self.pool.close();
        if let Some(url) = self.rabbit {
            clean(&url, &self.prefix).await;
        }
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database);
        admin().await.batch_execute(&drop).await.expect("drop");
    }
}

async fn clean(url: &str, prefix: &str) {
    use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
    let connection = lapin::Connection::connect(url, lapin::ConnectionProperties::default())
        .await
        .expect("broker");
    let channel = connection.create_channel().await.expect("channel");
    let options = BrokerOptions {
        prefix: prefix.to_owned(),
        partitions: PARTITIONS,
        ..BrokerOptions::new(url)
    };
    let topology = messaging::Topology::of(&options);
    for queue in topology.queues {
        channel
            .queue_delete(queue.into(), QueueDeleteOptions::default())
            .await
            .expect("delete");
    }
    for exchange in topology.exchanges {
        channel
            .exchange_delete(exchange.into(), ExchangeDeleteOptions::default())
            .await
            .expect("delete");
    }
}

/// A running part of the platform.
pub struct Task {
    handle: JoinHandle<()>,
    stop: CancellationToken,
}

impl Task {
    pub async fn stop(self) {
        self.stop.cancel();
        self.handle.await.expect("task");
    }

    /// Ends it in the middle of whatever it does, as the death of its process would.
    pub async fn kill(self) {
        self.handle.abort();
        let _ = self.handle.await;
    }
}

/// Notes each fact in the database, or does what a test wants.
#[derive(Default)]
pub struct Recorder {
    pub panics_on: Mutex<Option<String>>,
    pub hangs_on: Mutex<Option<String>>,
    pub is_ignorant: AtomicBool,
    pub stalls: AtomicBool,
    pub tries: AtomicUsize,
}

#[async_trait]
impl Handler for Recorder {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        self.tries.fetch_add(1, Ordering::SeqCst);
        if AtomicBool::load(&self.is_ignorant, Ordering::SeqCst) {
            return Ok(Reception::Unknown);
        }
        let is_bad = self.panics_on.lock().expect("lock").as_ref() == Some(&event.key);
        assert!(!is_bad, "poison");
        note(conn, event).await?;
        let hangs = self.hangs_on.lock().expect("lock").as_ref() == Some(&event.key);
        if hangs || AtomicBool::load(&self.stalls, Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(Reception::Done)
    }
}

/// The effect of a fact, as these tests count it.
pub async fn note(conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<(), Failure> {
    let seq = i64::try_from(event.seq).expect("seq");
    sql_query("INSERT INTO effects (event_id, key, seq) VALUES ($1, $2, $3)")
        .bind::<sql_types::Uuid, _>(event.id.uuid())
        .bind::<sql_types::Text, _>(&event.key)
        .bind::<sql_types::BigInt, _>(seq)
        .execute(conn)
        .await?;
    Ok(())
}

pub fn fact(alert: AlertId) -> AlertNoData {
    AlertNoData {
        alert_id: alert,
        user_id: UserId::new(),
        asset_id: AssetId::parse("bitcoin").expect("id"),
        symbol: Symbol::parse("BTC").expect("symbol"),
        condition: serde_json::json!({"type": "above", "price": "1"}),
        channels: vec!["in_app".to_owned()],
        since: now(),
    }
}

pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T07:10:00.000Z").expect("time")
}

/// Does slow work that knows nothing of futures.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("work")
}
