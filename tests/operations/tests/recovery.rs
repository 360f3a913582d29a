//! What the handbook says about backups and secrets, done: dump, wipe, restore; each secret exchanged for another.

use std::process::Command;

use e2e::{Client, Installation, Mode, append};
use local_servers::{find_program, require_programs};
use operations::read;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery staple 7";

fn tick(platform: &Installation) -> std::path::PathBuf {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a time after 1970")
        .as_millis();
    let file = platform.file("ticks.csv");
    append(&file, &format!("{now},BTC,60000,0.5\n"));
    file
}

/// Calls a program of PostgreSQL's as the handbook does.
fn postgres_tool(name: &'static str, arguments: &[&str]) {
    require_programs(&[(name, "postgresql-client")]).unwrap_or_else(|error| panic!("{error}"));
    let program = find_program(name).expect("the program");
    let output = Command::new(program).args(arguments).output().expect("it runs");
    assert!(
        output.status.success(),
        "{name} (it has to be of the server's version or newer):\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Somebody with a position and an alert.
async fn somebody(platform: &Installation) -> (Client, String) {
    let (ana, email) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    ana.list_of("/api/assets/", 1).await;
    let trade = json!({"symbol": "BTC", "side": "buy", "quote_amount": "1000"});
    ana.post("/api/virtual-portfolio/trades/", trade).await.data();
    let alert = json!({"symbol": "BTC", "condition": "above", "target_price": "70000"});
    ana.post("/api/alerts/", alert).await.data();
    (ana, email)
}

async fn belongings(ana: &Client) -> [Value; 4] {
    let portfolio = ana.data("/api/virtual-portfolio/").await;
    let ledger = ana.data("/api/virtual-portfolio/ledger/").await;
    let alerts = ana.data("/api/alerts/").await;
    [
        portfolio["cash_balance"].clone(),
        portfolio["holdings"][0]["quantity"].clone(),
        ledger,
        alerts,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_brings_everything_back_after_everything_was_wiped() {
    let mut platform = Installation::new(Mode::Standalone).await;
    let feed = format!("tail:{}", tick(&platform).display());
    platform.start(&feed).await;
    let (ana, email) = somebody(&platform).await;
    let before = belongings(&ana).await;

    let dump = platform.file("candlewick.dump").display().to_string();
    let url = platform.database().url();
    postgres_tool(
        "pg_dump",
        &["--format=custom", "--no-owner", "--no-acl", "--file", &dump, &url],
    );
    platform.stop();
    let schemas = "auth, market_data, alerts, portfolio, notifier";
    platform
        .database()
        .execute(&format!("DROP SCHEMA {schemas} CASCADE"))
        .await;
    let left = "SELECT count(*) FROM information_schema.schemata WHERE schema_name IN ('auth', 'portfolio')";
    assert_eq!(platform.database().number(left).await, 0, "everything is gone");

    let arguments = [
        "--no-owner",
        "--no-acl",
        "--exit-on-error",
        "--single-transaction",
        "--dbname",
        &url,
        &dump,
    ];
    postgres_tool("pg_restore", &arguments);
    let data = platform.file("data").display().to_string();
    let said = platform.command(&["ledger", "verify", "--data-dir", &data]);
    assert!(!said.trim().is_empty(), "it says what it looked at");
    platform.start(&feed).await;
    let mut ana = Client::new(&platform.url());
    ana.login(&email, PASSWORD).await;
    assert_eq!(belongings(&ana).await, before);
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_86_each_secret_is_exchanged_for_another() {
    let mut platform = Installation::new(Mode::Distributed).await;
    let feed = format!("tail:{}", tick(&platform).display());
    platform.start(&feed).await;
    let (mut ana, email) = somebody(&platform).await;
    let before = belongings(&ana).await;

    // The keys of access tokens: whoever is signed in stays so.
    let said = platform.command(&["keys", "rotate"]);
    assert!(said.contains("the new signing key is"), "{said}");
    ana.data("/api/auth/me/").await;

    // INTERNAL_SECRET: tokens between services; sessions do not notice.
    platform.stop();
    platform.set("INTERNAL_SECRET", "another5c0ffee5c0ffee0123456789ab");
    platform.start(&feed).await;
    ana.data("/api/auth/me/").await;

    // DATA_SECRET: what was sealed under the old one goes, by the handbook's own statements; passwords and books stay.
    platform.stop();
    platform.set("DATA_SECRET", "anotherfeedfacefeedface9876543210");
    platform.database().execute(&statements_of("DATA_SECRET")).await;
    platform.start(&feed).await;
    assert_eq!(ana.get("/api/auth/me/").await.status, 401, "the old session is over");
    ana.access = None;
    ana.login(&email, PASSWORD).await;
    assert_eq!(belongings(&ana).await, before);
    platform.stop();
}

/// The SQL under a heading of the handbook.
fn statements_of(heading: &str) -> String {
    let handbook = read("docs/operations.md");
    let section = handbook
        .split(&format!("\n### {heading}\n"))
        .nth(1)
        .expect("the heading");
    let block = section
        .split("```sql\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    block.expect("a block of SQL").to_owned()
}
