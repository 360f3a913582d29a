//! What the handbook says about the passwords of the servers, done to a platform that works: whoever meets a server that
//! knows the new one already is told to come again, and nothing worse.

use std::{
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use e2e::{Client, Cluster, Installation, OwnServer, append, tick_now};
use local_servers::{Kind, find_program, require_programs};
use reqwest::Method;
use serde_json::json;
use test_kit::eventually_within;

const SERVICES: [&str; 6] = ["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"];
const ANOTHER: &str = "s1s2s3s4s5s6s7s8s9s0";
const START: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(120);

/// Calls a server's own program as the handbook does; what it said.
fn tool(name: &'static str, package: &'static str, arguments: &[&str]) -> String {
    require_programs(&[(name, package)]).unwrap_or_else(|error| panic!("{error}"));
    let program = find_program(name).expect("the program");
    let output = Command::new(program).args(arguments).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {said}");
    said
}

/// Whether a server lets somebody in with the password of this URL. A probe takes PostgreSQL's challenge for an answer.
fn lets_in(kind: Kind, url: &str) -> bool {
    if kind != Kind::Postgres {
        return kind.probe(url).is_ok();
    }
    let psql = find_program("psql").expect("the program");
    let output = Command::new(psql)
        .args([url, "-wqc", "SELECT 1"])
        .output()
        .expect("it runs");
    output.status.success()
}

/// The URL with another password.
fn with_password(url: &str, password: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (who, place) = rest.rsplit_once('@').expect("a password");
    let (user, _) = who.split_once(':').expect("a password");
    format!("{scheme}://{user}:{password}@{place}")
}

/// Trades and reads until it is over; what failed.
async fn work(client: Client, is_over: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Vec<String> {
    let mut failures = Vec::new();
    let buy = json!({"symbol": "BTC", "side": "buy", "quote_amount": "2.00"});
    let questions = [
        (Method::POST, "/api/virtual-portfolio/trades/", Some(&buy)),
        (Method::GET, "/api/alerts/", None),
        (Method::GET, "/api/auth/me/", None),
        (Method::GET, "/api/notifications/", None),
        (Method::GET, "/api/ohlc/BTC/?interval=1m", None),
    ];
    while !is_over.load(Ordering::Relaxed) {
        for (method, path, body) in questions.clone() {
            match client.attempt(method.clone(), path, body, &[]).await {
                Ok(answer) if answer.status.is_success() => {
                    answered.fetch_add(1, Ordering::Relaxed);
                }
                Ok(answer) => failures.push(format!("{method} {path}: {} {}", answer.status, answer.body)),
                Err(error) => failures.push(format!("{method} {path}: {error:?}")),
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    failures
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_86_passwords_of_the_servers_are_exchanged_while_people_work_and_nothing_is_lost() {
    let platform = Installation::with_own_servers().await;
    let ticks = platform.file("ticks.csv");
    append(&ticks, &tick_now("BTC", "60000"));
    let mut cluster = Cluster::start_on(platform, &format!("tail:{}", ticks.display())).await;
    let market = tokio::spawn(async move {
        for step in 0_u32.. {
            tokio::time::sleep(PAUSE).await;
            append(&ticks, &tick_now("BTC", &(60_000 + step % 500).to_string()));
        }
    });
    let (ana, _) = Client::registered(&cluster.url(), &cluster.mails(), "Ana").await;
    let mut in_a_row = 0;
    eventually_within(START, "every instance trades", async || {
        let buy = json!({"symbol": "BTC", "side": "buy", "quote_amount": "2.00"});
        let trade = ana.post("/api/virtual-portfolio/trades/", buy).await;
        in_a_row = if trade.status.is_success() { in_a_row + 1 } else { 0 };
        (in_a_row >= 4).then_some(())
    })
    .await;
    let is_over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let workers: Vec<_> = (0..3)
        .map(|_| tokio::spawn(work(ana.clone(), Arc::clone(&is_over), Arc::clone(&answered))))
        .collect();

    let platform = cluster.installation();
    let [database, broker, cache] = OwnServer::ALL.map(|server| platform.server_url(server));
    let alerts = platform.database_url_of("alerts");
    let alerts_broker = platform.amqp_url_of("alerts");
    platform.set_service_password(ANOTHER);
    tool(
        "psql",
        "postgresql-client",
        &[&database, "-qc", &format!("ALTER ROLE postgres PASSWORD '{ANOTHER}'")],
    );
    platform.set("DATABASE_URL", &with_password(&database, ANOTHER));
    platform.control_broker(&["change_password", "candlewick", ANOTHER]);
    platform.set("AMQP_URL", &with_password(&broker, ANOTHER));
    // Its program takes no password without a name.
    let named = cache.replace("redis://:", "redis://default:");
    let exchange = [
        "-u",
        &named,
        "--no-auth-warning",
        "CONFIG",
        "SET",
        "requirepass",
        ANOTHER,
    ];
    let said = tool("redis-cli", "redis-tools", &exchange);
    assert_eq!(said.trim(), "OK");
    platform.set("REDIS_URL", &with_password(&cache, ANOTHER));
    for service in SERVICES {
        cluster.replace(service).await;
    }

    is_over.store(true, Ordering::Relaxed);
    let mut failures = Vec::new();
    for worker in workers {
        failures.extend(worker.await.expect("a worker"));
    }
    let answered = answered.load(Ordering::Relaxed);
    // Until its service starts again, a new connection is refused.
    let refused = failures.iter().filter(|failure| failure.contains(": 503 ")).count();
    assert_eq!(refused, failures.len(), "of {answered} requests: {failures:#?}");
    assert!(answered > 100, "{answered} answers");
    // From then on, and with the session that there was, all is as before.
    let buy = json!({"symbol": "BTC", "side": "buy", "quote_amount": "2.00"});
    ana.post("/api/virtual-portfolio/trades/", buy).await.data();
    for path in [
        "/api/alerts/",
        "/api/auth/me/",
        "/api/notifications/",
        "/api/virtual-portfolio/",
    ] {
        ana.data(path).await;
    }
    market.abort();
    cluster.installation().command(&["ledger", "verify"]);
    for (kind, old) in [
        (Kind::Postgres, &alerts),
        (Kind::Postgres, &database),
        (Kind::RabbitMq, &alerts_broker),
        (Kind::RabbitMq, &broker),
        (Kind::Redis, &cache),
    ] {
        assert!(!lets_in(kind, old), "the old password still opens {}", kind.name());
    }
    cluster.stop();
}
