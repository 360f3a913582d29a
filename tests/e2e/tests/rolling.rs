//! Every instance of every service is replaced while people read, trade and listen, and nobody notices.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use e2e::{Client, Cluster, Stream, append, tick_now};
use reqwest::Method;
use serde_json::{Value, json};
use test_kit::eventually_within;
use tokio::task::JoinHandle;
use uuid::Uuid;

const SERVICES: [&str; 6] = ["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"];
const READERS: usize = 6;
const LISTENERS: usize = 40;
const START: Duration = Duration::from_secs(60);
/// Between two requests of one reader, and between two prices.
const PAUSE: Duration = Duration::from_millis(80);

#[tokio::test(flavor = "multi_thread")]
async fn reliability_68_a_rolling_restart_fails_no_request_and_loses_no_stream() {
    let dir = tempfile::tempdir().expect("a folder");
    let ticks = dir.path().join("ticks.csv");
    append(&ticks, &(tick_now("BTC", "60000") + &tick_now("ETH", "2500")));
    let mut cluster = Cluster::start(&format!("tail:{}", ticks.display())).await;
    let (ana, _) = Client::registered(&cluster.url(), &cluster.mails(), "Ana").await;
    let market = tokio::spawn(make_prices(ticks));
    everybody_trades(&ana).await;

    let is_over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let readers: Vec<JoinHandle<Vec<String>>> = (0..READERS)
        .map(|number| tokio::spawn(use_it(ana.clone(), number, Arc::clone(&is_over), Arc::clone(&answered))))
        .collect();
    let listeners: Vec<JoinHandle<u64>> = (0..LISTENERS)
        .map(|_| tokio::spawn(listen(cluster.url(), Arc::clone(&is_over))))
        .collect();

    for service in SERVICES {
        cluster.replace(service).await;
    }

    is_over.store(true, Ordering::Relaxed);
    market.abort();
    let mut failures = Vec::new();
    for reader in readers {
        failures.extend(reader.await.expect("a reader"));
    }
    let mut heard = 0;
    for listener in listeners {
        heard += listener.await.expect("a listener, who heard every number");
    }
    let answered = answered.load(Ordering::Relaxed);
    assert_eq!(failures, Vec::<String>::new(), "of {answered} requests");
    assert!(answered > 200 && heard > 200, "{answered} answers, {heard} updates");
    cluster.stop();
}

/// Makes a price of each asset every so often, each another one than before.
async fn make_prices(file: PathBuf) {
    for step in 0_u32.. {
        tokio::time::sleep(PAUSE).await;
        let (btc, eth) = (60_000 + step % 500, 2_500 + step % 50);
        append(
            &file,
            &(tick_now("BTC", &btc.to_string()) + &tick_now("ETH", &eth.to_string())),
        );
    }
}

/// Waits until every instance has heard of the market.
async fn everybody_trades(client: &Client) {
    let mut in_a_row = 0;
    eventually_within(START, "every instance trades", async || {
        let buy = json!({"symbol": "BTC", "side": "buy", "quote_amount": "2.00"});
        let trade = client.post("/api/virtual-portfolio/trades/", buy).await;
        in_a_row = if trade.status.is_success() { in_a_row + 1 } else { 0 };
        // The balancer takes its instances in turn.
        (in_a_row >= 4).then_some(())
    })
    .await;
}

/// Asks one thing after the other; what failed.
async fn use_it(client: Client, number: usize, is_over: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Vec<String> {
    let mut failures = Vec::new();
    let mut turn = number;
    while !is_over.load(Ordering::Relaxed) {
        turn += 1;
        let buy = json!({"symbol": "BTC", "side": "buy", "quote_amount": "2.00"});
        let alert = json!({"symbol": "BTC", "condition": {"type": "above", "price": "99999999"}, "note": "far away"});
        let (method, path, body): (Method, &str, Option<Value>) = match turn % 7 {
            0 => (Method::GET, "/api/assets/BTC/price/", None),
            1 => (Method::GET, "/api/auth/me/", None),
            2 => (Method::GET, "/api/alerts/", None),
            3 => (Method::GET, "/api/virtual-portfolio/", None),
            4 => (Method::GET, "/api/notifications/", None),
            5 if number == 0 => (Method::POST, "/api/alerts/", Some(alert)),
            5 => (Method::GET, "/api/ohlc/ETH/?interval=1m", None),
            _ => (Method::POST, "/api/virtual-portfolio/trades/", Some(buy)),
        };
        let key = Uuid::new_v4().to_string();
        let headers: &[(&str, &str)] = if body.is_some() {
            &[("idempotency-key", &key)]
        } else {
            &[]
        };
        match client.attempt(method.clone(), path, body.as_ref(), headers).await {
            Ok(answer) if answer.status.is_success() => {
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => failures.push(format!("{method} {path}: {} {}", answer.status, answer.body)),
            Err(error) => failures.push(format!("{method} {path}: {error:?}")),
        }
        tokio::time::sleep(PAUSE).await;
    }
    failures
}

/// Hears all prices; whoever is sent away comes back at once. How many messages were heard, each with the number that
/// follows the one before.
async fn listen(url: String, is_over: Arc<AtomicBool>) -> u64 {
    let mut heard = 0;
    while !is_over.load(Ordering::Relaxed) {
        let mut stream = Stream::open(&url).await;
        stream.subscribe(&["ticker:*"]).await;
        while !is_over.load(Ordering::Relaxed) {
            match tokio::time::timeout(Duration::from_secs(1), stream.hear()).await {
                Ok(Some(_)) => heard += 1,
                // Told to go elsewhere.
                Ok(None) => break,
                Err(_) => {}
            }
        }
    }
    heard
}
