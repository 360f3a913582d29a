//! Ticks per second through the tick log: encoded, appended with confirm, read and decoded, all at once.
//!
//! `cargo bench -p messaging --bench tick_log`; needs RabbitMQ at `AMQP_URL` or on its usual local port. Each partition
//! has one writer, which waits for each confirm, and one reader. Results go to `target/bench-results/tick_log.json`.

#![allow(clippy::print_stdout, reason = "a bench reports on standard output")]

use std::{path::Path, sync::Arc, time::Instant};

use contracts::{LogBatch, LogEntry};
use domain::{AssetId, Price, Quantity, Source, Tick, Timestamp};
use messaging::{Broker, BrokerOptions, LogStart, Metrics, SequenceFilter};
use uuid::Uuid;

const PARTITIONS: u16 = 4;

struct Case {
    broker: &'static str,
    batch: u64,
    messages: u64,
}

const CASES: &[Case] = &[
    Case {
        broker: "in-process",
        batch: 100,
        messages: 2_000,
    },
    Case {
        broker: "RabbitMQ",
        batch: 1,
        messages: 1_000,
    },
    Case {
        broker: "RabbitMQ",
        batch: 10,
        messages: 1_000,
    },
    Case {
        broker: "RabbitMQ",
        batch: 100,
        messages: 1_000,
    },
    Case {
        broker: "RabbitMQ",
        batch: 1_000,
        messages: 500,
    },
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let rows: Vec<serde_json::Value> = CASES.iter().map(|case| runtime.block_on(measure(case))).collect();
    let result = serde_json::json!({"group": "tick log, publish to consumed", "rows": rows});
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-results");
    std::fs::create_dir_all(&dir).expect("a folder for results");
    std::fs::write(dir.join("tick_log.json"), result.to_string()).expect("the results");
}

async fn measure(case: &Case) -> serde_json::Value {
    let prefix = format!("bench-{}", Uuid::new_v4().simple());
    let amqp = std::env::var("AMQP_URL").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned());
    let url = if case.broker == "RabbitMQ" {
        amqp
    } else {
        "memory:".to_owned()
    };
    let options = BrokerOptions {
        prefix: prefix.clone(),
        partitions: PARTITIONS,
        ..BrokerOptions::new(&url)
    };
    let broker =
        messaging::connect(options, Metrics::new(&prometheus::Registry::new()).expect("metrics")).expect("a broker");
    let began = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for partition in 0..PARTITIONS {
        // Attached before the first append, so that nothing is missed.
        let reader = broker.read(partition, LogStart::First).await.expect("a reader");
        tasks.spawn(consume(reader, case.batch * case.messages));
        tasks.spawn(produce(Arc::clone(&broker), partition, case.batch, case.messages));
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("a task");
    }
    let seconds = began.elapsed().as_secs_f64();
    broker.close().await;
    if url.starts_with("amqp") {
        clean(&url, &prefix).await;
    }
    let ticks = case.batch * case.messages * u64::from(PARTITIONS);
    let rate = (ticks as f64 / seconds).round();
    println!("{}, {} ticks a message: {rate} ticks/s", case.broker, case.batch);
    let target = if case.batch == 1_000 { "≥ 200000" } else { "" };
    serde_json::json!({"name": format!("{}, {} ticks a message, {PARTITIONS} partitions", case.broker, case.batch), "value": rate, "unit": "ticks/s", "target": target})
}

async fn produce(broker: Arc<dyn Broker>, partition: u16, batch: u64, messages: u64) {
    let asset = AssetId::parse(&format!("asset-{partition}")).expect("an id");
    let at = Timestamp::from_millis(1_700_000_000_000).expect("a time");
    let mut seq = 0;
    for _ in 0..messages {
        let entries = (0..batch)
            .map(|_| {
                seq += 1;
                LogEntry::Tick(Tick {
                    asset: asset.clone(),
                    seq,
                    event_at: at,
                    received_at: at,
                    price: Price::parse("67123.45").expect("a price"),
                    quantity: Some(Quantity::parse("0.01234").expect("a quantity")),
                    range: None,
                    source: Source::Binance,
                    is_late: false,
                })
            })
            .collect();
        let body = LogBatch {
            epoch: 1,
            entries,
            feed_position: None,
        }
        .encode()
        .expect("json");
        broker.append(partition, body).await.expect("appended");
    }
}

async fn consume(mut reader: Box<dyn messaging::LogReader>, expected: u64) {
    let mut filter = SequenceFilter::default();
    let mut seen = 0;
    while seen < expected {
        let record = reader.next().await.expect("a record");
        let admitted = filter.admit(LogBatch::decode(&record.body).expect("a batch"));
        seen += admitted.entries.len() as u64;
    }
}

async fn clean(url: &str, prefix: &str) {
    use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};
    let connection = lapin::Connection::connect(url, lapin::ConnectionProperties::default())
        .await
        .expect("the broker");
    let channel = connection.create_channel().await.expect("a channel");
    let services = ["alerts", "portfolio", "notifier"];
    let queues = services
        .iter()
        .flat_map(|service| [format!("{prefix}.{service}"), format!("{prefix}.{service}.dead")]);
    for queue in queues.chain((0..PARTITIONS).map(|partition| format!("{prefix}.ticks.{partition}"))) {
        channel
            .queue_delete(queue.as_str().into(), QueueDeleteOptions::default())
            .await
            .expect("deleted");
    }
    for exchange in [format!("{prefix}.facts"), format!("{prefix}.dead")] {
        channel
            .exchange_delete(exchange.as_str().into(), ExchangeDeleteOptions::default())
            .await
            .expect("deleted");
    }
}
