//! From the receipt of a tick to the commit of what it fired, through RabbitMQ and PostgreSQL, and to the arrival of the
//! fact that it fired: 1,667 ticks a second on 200 assets, 100,000 alerts. A trigger notifies at the commit, so that the
//! time of the commit itself is measured.
//!
//! Needs both servers: `DATABASE_URL` and `AMQP_URL`, or the usual local ports. Results go to
//! `target/bench-results/tick_to_fire.json`.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use alerts::{Config, DEFAULTS, SCHEMA, SERVICE};
use contracts::{Event, LogBatch, LogEntry, events::AlertFired};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use domain::{AssetId, Clock, Price, Source, SystemClock, Tick, Timestamp};
use futures_util::StreamExt;
use messaging::{Broker, BrokerOptions, Deliveries};
use rust_decimal::Decimal;
use service_kit::{
    Context, Shared,
    cache::Cache,
    config::{self, CommonConfig},
};
use test_kit::{BrokerPrefix, Database, Figures, amqp_url, quantile};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

const PARTITIONS: u16 = 4;
const ASSETS: usize = 200;
const ALERTS: usize = 100_000;
/// A message of the log carries the ticks of five milliseconds: 25 in three of them make 1,667 a second.
const BATCH_EVERY: Duration = Duration::from_millis(5);
const TICKS_IN_THREE: usize = 25;
const WARM_UP: Duration = Duration::from_secs(5);
const MEASURED: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() {
    let database = Database::create().await;
    let prefix = BrokerPrefix::new(PARTITIONS);
    let mut options = BrokerOptions::new(amqp_url());
    options.prefix = prefix.as_str().to_owned();
    options.partitions = PARTITIONS;
    let metrics = messaging::Metrics::new(&prometheus::Registry::new()).expect("metrics");
    let broker = messaging::connect(options, metrics).expect("broker");
    let assets: Vec<AssetId> = (0..ASSETS)
        .map(|n| AssetId::parse(&format!("asset-{n}")).expect("id"))
        .collect();
    prepare(&database, &assets).await;
    let listener = listen(&database).await;
    let running = alerts::start(settings(&database), context(&database, &broker))
        .await
        .expect("start");
    let facts = broker.listen(&["alert"]).await.expect("facts");
    let (committed, told) = (Latencies::default(), Latencies::default());
    let committing = tokio::spawn(collect(listener, committed.clone()));
    let telling = tokio::spawn(hear(facts, told.clone()));
    let ticks = feed(broker.as_ref(), &assets).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    running.stop().await.expect("stopped in order");
    committing.abort();
    telling.abort();
    report(&committed.sorted(), &told.sorted(), ticks);
}

/// Latencies in milliseconds, each with the time of the tick's receipt.
#[derive(Debug, Clone, Default)]
struct Latencies(Arc<Mutex<Vec<(i64, i64)>>>);

impl Latencies {
    fn note(&self, received: i64) {
        let now = SystemClock.now().millis();
        self.0.lock().expect("latencies").push((received, now - received));
    }

    /// Those behind the warm-up, the shortest first.
    fn sorted(&self) -> Vec<f64> {
        let found = self.0.lock().expect("latencies");
        let first = found.iter().map(|(received, _)| *received).min().unwrap_or(0);
        let warm = i64::try_from(WARM_UP.as_millis()).unwrap_or(0);
        let behind = found.iter().filter(|(received, _)| *received >= first + warm);
        let mut sorted: Vec<f64> = behind.map(|(_, latency)| *latency as f64).collect();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

async fn collect(mut connection: AsyncPgConnection, found: Latencies) {
    let mut notifications = std::pin::pin!(connection.notifications_stream());
    while let Some(Ok(notification)) = notifications.next().await {
        let received = notification.payload.split(' ').next();
        found.note(received.and_then(|text| text.parse().ok()).expect("a time"));
    }
}

/// The facts, as the gateway would hear them.
async fn hear(mut facts: Box<dyn Deliveries>, found: Latencies) {
    while let Ok(delivery) = facts.next().await {
        let fact: serde_json::Value = serde_json::from_slice(&delivery.body).expect("an envelope");
        if fact["name"] == AlertFired::NAME {
            let received = fact["payload"]["received_at"].as_str().expect("a time");
            found.note(Timestamp::parse(received).expect("a time").millis());
        }
    }
}

async fn listen(database: &Database) -> AsyncPgConnection {
    let mut connection = database.connect().await;
    let statements = "
        CREATE FUNCTION alerts.tell_commit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('fired', (extract(epoch FROM NEW.received_at) * 1000)::bigint || ' ' || NEW.id);
            RETURN NULL;
        END $$;
        CREATE TRIGGER tell_commit AFTER INSERT ON alerts.firings FOR EACH ROW EXECUTE FUNCTION alerts.tell_commit();
        LISTEN fired";
    connection.batch_execute(statements).await.expect("listening");
    connection
}

/// Writes assets and alerts down: levels within 50 % around 100, of all kinds, each of one owner among 20,000.
async fn prepare(database: &Database, assets: &[AssetId]) {
    let mut connection = database.connect().await;
    for (index, asset) in assets.iter().enumerate() {
        let partition = asset.partition(PARTITIONS);
        let count = ALERTS / ASSETS;
        let statement = format!(
            "INSERT INTO alerts.assets VALUES ('{asset}', 'A{index}', 'Asset {index}', {index}, true, 1);
             INSERT INTO alerts.alerts (id, user_id, asset_id, partition_id, condition, trigger, cooldown_seconds, channels, status, memory, armed_no, created_at, updated_at)
             SELECT gen_random_uuid(), md5('user ' || (random() * 20000)::int)::uuid, '{asset}', {partition},
                 jsonb_build_object('type', (ARRAY['above', 'below', 'crosses_above', 'crosses_below', 'crosses'])[1 + n % 5],
                     'price', CASE n % 5 WHEN 0 THEN 100.01 + random() * 50 WHEN 2 THEN 100.01 + random() * 50 ELSE 99.99 - random() * 50 END),
                 '\"once\"', 0, '[\"in_app\", \"email\"]', 'armed', '{{\"status\": \"armed\"}}', 0, now(), now()
             FROM generate_series(0, {}) AS n",
            count - 1
        );
        connection.batch_execute(&statement).await.expect("alerts");
    }
    let repair = "UPDATE alerts.alerts SET condition = jsonb_set(condition, '{price}', to_jsonb(trunc((condition->>'price')::numeric, 6)::text)); ANALYZE";
    connection.batch_execute(repair).await.expect("prices as text");
}

fn settings(database: &Database) -> Config {
    config::load(SERVICE, DEFAULTS, None, &environment(database)).expect("config")
}

fn environment(database: &Database) -> config::Environment {
    let pairs = [
        ("DATABASE_URL", database.url()),
        ("INTERNAL_SECRET", "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6".to_owned()),
        ("DATA_SECRET", "9a0c52e1d7b84f36c1aa02f4e65d7b38".to_owned()),
        ("SERVICES__MARKET_DATA", "http://127.0.0.1:9".to_owned()),
        ("ALERTS__HTTP__PORT", "0".to_owned()),
    ];
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn context(database: &Database, broker: &Arc<dyn Broker>) -> Context {
    let common = CommonConfig::load(None, &environment(database)).expect("common config");
    let shared = Shared {
        clock: Arc::new(SystemClock),
        version: "bench",
        shutdown: CancellationToken::new(),
        cache: Cache::in_memory(),
        broker: broker.clone(),
    };
    Context::assemble(SERVICE, Some(SCHEMA), &common, &shared).expect("context")
}

/// Walks the prices of all assets at random, in the log's rhythm; how many ticks it wrote.
async fn feed(broker: &dyn Broker, assets: &[AssetId]) -> u64 {
    let mut walk = Walk {
        state: 9,
        prices: vec![100_000_000; assets.len()],
        seqs: vec![0; assets.len()],
    };
    let mut rhythm = interval(BATCH_EVERY);
    rhythm.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let end = Instant::now() + WARM_UP + MEASURED;
    let (mut written, mut beat) = (0, 0_usize);
    while Instant::now() < end {
        rhythm.tick().await;
        let count = TICKS_IN_THREE * (beat + 1) / 3 - TICKS_IN_THREE * beat / 3;
        beat += 1;
        let mut entries: Vec<Vec<LogEntry>> = vec![Vec::new(); usize::from(PARTITIONS)];
        for _ in 0..count {
            let index = walk.below(assets.len());
            let tick = walk.next(index, &assets[index], SystemClock.now());
            entries[usize::from(assets[index].partition(PARTITIONS))].push(LogEntry::Tick(tick));
        }
        written += count as u64;
        for (partition, entries) in (0..PARTITIONS).zip(entries).filter(|(_, entries)| !entries.is_empty()) {
            let body = LogBatch {
                epoch: 1,
                entries,
                feed_position: None,
            }
            .encode()
            .expect("bytes");
            broker.append(partition, body).await.expect("appended");
        }
    }
    written
}

struct Walk {
    state: u64,
    prices: Vec<i64>,
    seqs: Vec<u64>,
}

impl Walk {
    fn below(&mut self, bound: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % bound
    }

    fn next(&mut self, index: usize, asset: &AssetId, now: Timestamp) -> Tick {
        self.prices[index] += self.below(80_001) as i64 - 40_000;
        self.seqs[index] += 1;
        Tick {
            asset: asset.clone(),
            seq: self.seqs[index],
            event_at: now,
            received_at: now,
            price: Price::new(Decimal::new(self.prices[index], 6)).expect("price"),
            quantity: None,
            range: None,
            source: Source::Kraken,
            is_late: false,
        }
    }
}

fn report(committed: &[f64], told: &[f64], ticks: u64) {
    let rate = ticks as f64 / (WARM_UP + MEASURED).as_secs_f64();
    let mut figures = Figures::of("tick to fire, RabbitMQ and PostgreSQL, 100,000 alerts");
    for (name, sorted, target) in [
        ("tick received to alert committed", committed, "≤ 25"),
        ("tick received to fact of the firing heard", told, "≤ 250"),
    ] {
        figures.row(&format!("{name}, p50"), quantile(sorted, 0.5), "ms", "");
        figures.row(&format!("{name}, p99"), quantile(sorted, 0.99), "ms", target);
        figures.row(&format!("{name}, worst"), quantile(sorted, 1.0), "ms", "");
    }
    figures.row("firings measured", committed.len() as f64, "firings", "");
    figures.row("ticks", rate, "ticks/s", "1,667");
    figures.keep("tick_to_fire");
}
