//! The disks of the database and of the broker run full while people trade: requests are refused in so many words, nothing
//! that was promised is lost or done twice, and all goes on by itself when there is room again.

use std::time::{Duration, Instant};

use e2e::{Client, Installation, OwnServer, Program, SmallDisk, append, tick_now};
use reqwest::{Method, StatusCode};
use serde_json::json;
use test_kit::eventually_within;
use uuid::Uuid;

/// Room for the servers' own files and a little more, in MiB.
const ROOM: u32 = 240;
/// What the broker calls a full disk is one with less than 50 MB.
const BROKER_LEAVES_KIB: u64 = 20 * 1_024;
/// How long it may take until a full disk shows, and until all is well again.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a trade may be refused with: no server, or no price yet, or none that came through a broker without room.
const CLEAR: [&str; 3] = ["unavailable", "no_price", "stale_price"];
/// The most trades while a disk fills up: each writes some KiB.
const TRADES: usize = 3_000;

/// A trade under its idempotency key.
struct Try {
    key: String,
    status: StatusCode,
}

async fn buy(ana: &Client, key: &str) -> StatusCode {
    let body = json!({"symbol": "BTC", "side": "buy", "quote_amount": "2.00"});
    let headers = [("idempotency-key", key)];
    match ana
        .attempt(Method::POST, "/api/virtual-portfolio/trades/", Some(&body), &headers)
        .await
    {
        Ok(answer) => {
            let code = answer.body["error"]["code"].as_str().unwrap_or_default();
            let is_clear = answer.status.is_success() || CLEAR.contains(&code);
            assert!(is_clear, "{}: {}", answer.status, answer.body);
            answer.status
        }
        Err(error) => panic!("every request is answered: {error:?}"),
    }
}

/// Trades until the platform says 503, while prices go on.
async fn trade_until_refused(ana: &Client, ticks: &std::path::Path) -> Vec<Try> {
    let mut tries = Vec::new();
    let mut refused = 0;
    while refused < 3 {
        assert!(tries.len() < TRADES, "a full disk never showed");
        append(ticks, &tick_now("BTC", &(60_000 + tries.len() % 100).to_string()));
        let key = Uuid::new_v4().to_string();
        let began = Instant::now();
        let status = buy(ana, &key).await;
        assert!(
            began.elapsed() < Duration::from_secs(12),
            "it waited {:?}",
            began.elapsed()
        );
        refused += usize::from(status == StatusCode::SERVICE_UNAVAILABLE);
        tries.push(Try { key, status });
    }
    tries
}

/// Asks again for what was refused, under the same keys, until all is done. Then each trade has happened once.
async fn all_happened_once(platform: &Installation, ana: &Client, ticks: &std::path::Path, tries: &[Try]) {
    for Try { key, status } in tries {
        if status.is_success() {
            continue;
        }
        eventually_within(PATIENCE, "what was refused can be done", async || {
            append(ticks, &tick_now("BTC", "60050"));
            buy(ana, key).await.is_success().then_some(())
        })
        .await;
    }
    let trades = platform.count("SELECT count(*) FROM portfolio.trades").await;
    assert_eq!(trades, tries.len() as i64, "each trade happened once");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_77_full_disks_of_the_servers_lose_nothing_and_heal_when_there_is_room() {
    let [database, broker] = [ROOM; 2].map(SmallDisk::new);
    let mut platform = Installation::on_disks(&database, &broker).await;
    let ticks = platform.file("ticks.csv");
    append(&ticks, &tick_now("BTC", "60000"));
    platform.start(&format!("tail:{}", ticks.display())).await;
    let (ana, email) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    ana.list_of("/api/assets/", 1).await;
    let mut tries = Vec::new();
    let first = Uuid::new_v4().to_string();
    eventually_within(PATIENCE, "the first trade", async || {
        buy(&ana, &first).await.is_success().then_some(())
    })
    .await;
    tries.push(Try {
        key: first,
        status: StatusCode::CREATED,
    });

    // The broker stops taking facts; people go on, and what they did is told later.
    broker.fill(BROKER_LEAVES_KIB);
    eventually_within(PATIENCE, "the broker takes nothing more", async || {
        let key = Uuid::new_v4().to_string();
        append(&ticks, &tick_now("BTC", "60010"));
        let status = buy(&ana, &key).await;
        assert!(status.is_success(), "trades go on: {status}");
        tries.push(Try { key, status });
        (platform
            .count("SELECT count(*) FROM portfolio.outbox WHERE created_at < now() - interval '3 s'")
            .await
            > 0)
        .then_some(())
    })
    .await;

    // The database runs full too.
    database.fill(0);
    tries.extend(trade_until_refused(&ana, &ticks).await);
    platform.expect_running();

    database.free();
    broker.free();
    platform.revive_server(OwnServer::Postgres);
    all_happened_once(&platform, &ana, &ticks, &tries).await;
    for schema in ["auth", "market_data", "alerts", "portfolio", "notifier"] {
        let query = format!("SELECT count(*) FROM {schema}.outbox");
        eventually_within(PATIENCE, &format!("the outbox of {schema} is empty"), async || {
            (platform.count(&query).await == 0).then_some(())
        })
        .await;
    }
    // From a price to a mail, all works again.
    let alert = json!({"symbol": "BTC", "condition": "above", "target_price": "70000"});
    ana.post("/api/alerts/", alert).await.data();
    let mails = platform.mails().to(&email).len();
    append(&ticks, &tick_now("BTC", "70001"));
    platform.mails().wait_for(&email, mails + 1).await;
    platform.expect_running();
    platform.command(&["ledger", "verify"]);
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_77_a_standalone_installation_on_a_full_disk_loses_nothing() {
    let disk = SmallDisk::new(ROOM);
    let mut platform = Installation::standalone_on(&disk);
    let ticks = platform.file("ticks.csv");
    append(&ticks, &tick_now("BTC", "60000"));
    let feed = format!("tail:{}", ticks.display());
    platform.start(&feed).await;
    let (ana, _) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    ana.list_of("/api/assets/", 1).await;
    disk.fill(0);
    let tries = trade_until_refused(&ana, &ticks).await;
    disk.free();
    if !platform.is_running() {
        // Its own database may have given up, and the program with it; whoever watches over it starts it again.
        platform.kill();
        platform.start(&feed).await;
    }
    all_happened_once(&platform, &ana, &ticks, &tries).await;
    platform.stop();
}

#[test]
fn reliability_77_a_recording_on_a_full_disk_says_so_and_keeps_what_it_has() {
    let disk = SmallDisk::new(1);
    disk.fill(8);
    let file = disk.path().join("day.csv");
    let path = file.display().to_string();
    let (code, said) =
        Program::start(&["feed", "record", &path, "--feed", "simulator:1"], &[]).finish(Duration::from_secs(120));
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("the file can't be written") && said.contains("No space left"),
        "{said}"
    );
    let text = std::fs::read_to_string(&file).expect("the recording");
    let whole = |line: &str| line.split(',').count() == 4;
    assert!(
        text.ends_with('\n') && text.lines().all(whole),
        "its last line is a whole one:\n{text}"
    );
}
