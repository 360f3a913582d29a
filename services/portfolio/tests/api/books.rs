//! The ledger: append-only, rebuildable, verified; what other services' facts do to books.

use contracts::{
    Role,
    events::{UserDeleted, UserFacts, UserRegistered},
};
use diesel_async::SimpleAsyncConnection;
use portfolio::store::{audit::stored, journal};
use serde_json::json;
use test_kit::eventually;
use uuid::Uuid;

use crate::helpers::App;

async fn busy_app() -> App {
    let app = App::start().await;
    let ana = app.user();
    for (symbol, side, quantity) in [
        ("BTC", "buy", "0.3"),
        ("ETH", "buy", "5"),
        ("BTC", "sell", "0.1"),
        ("BTC", "buy", "0.2"),
        ("BTC", "sell", "0.35"),
    ] {
        ana.trade(json!({"symbol": symbol, "side": side, "quantity": quantity}))
            .await;
        app.tick("bitcoin", &format!("{}", 60_000 + quantity.len() * 100)).await;
    }
    ana.order(json!({"symbol": "ETH", "side": "sell", "type": "limit", "quantity": "1", "limit_price": "9000"}))
        .await;
    ana.order(json!({"symbol": "ETH", "side": "buy", "type": "limit", "quantity": "1", "limit_price": "1000"}))
        .await;
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_17_the_journal_alone_rebuilds_the_live_tables_and_every_prefix_holds() {
    let app = busy_app().await;
    app.verify().await;
    let mut conn = app.database.connect().await;
    let rows = journal::stretch(&mut conn, Uuid::nil(), 0, 10_000)
        .await
        .expect("journal");
    let mut auditors = std::collections::BTreeMap::new();
    for row in &rows {
        let auditor: &mut portfolio::domain::audit::Auditor = auditors.entry(row.portfolio_id).or_default();
        auditor.take(&stored(row)).expect("every prefix holds");
    }
    assert!(rows.len() > 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_23_the_journal_cannot_be_changed_and_tampering_is_found() {
    let app = busy_app().await;
    let mut conn = app.database.connect().await;
    for statement in [
        "UPDATE portfolio.journal SET kind = 'deposit'",
        "DELETE FROM portfolio.journal",
        "TRUNCATE portfolio.journal CASCADE",
    ] {
        let refused = conn.batch_execute(statement).await.expect_err(statement);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    let unbalanced = "INSERT INTO portfolio.journal SELECT portfolio_id, 99, id, 'deposit', reference, '[{\"account\": \"cash\", \"asset\": \"USD\", \"amount\": \"1\"}]', created_at, prev_hash, hash FROM portfolio.journal LIMIT 1";
    assert!(
        conn.batch_execute(unbalanced).await.is_err(),
        "the database itself refuses what does not sum to zero"
    );
    let tamper = "SET session_replication_role = replica;
        UPDATE portfolio.journal SET postings = '[{\"account\": \"cash\", \"asset\": \"USD\", \"amount\": \"7\"}, {\"account\": \"external\", \"asset\": \"USD\", \"amount\": \"-7\"}]'
        WHERE seq = 4 AND portfolio_id = (SELECT portfolio_id FROM portfolio.journal WHERE seq = 5 LIMIT 1);";
    conn.batch_execute(tamper).await.expect("a superuser can");
    let report = portfolio::verify_ledger(&app.database.url()).await.expect("report");
    assert_eq!(
        (report.problems.len(), report.problems[0].seq),
        (1, Some(4)),
        "{report}"
    );
    assert!(report.problems[0].what.contains("hash"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_23_balances_that_differ_from_the_journal_are_found() {
    let app = busy_app().await;
    let mut conn = app.database.connect().await;
    conn.batch_execute(
        "UPDATE portfolio.holdings SET cost = cost + 0.00000001 WHERE asset_id = 'ethereum' AND quantity > 4",
    )
    .await
    .expect("update");
    let report = portfolio::verify_ledger(&app.database.url()).await.expect("report");
    assert_eq!(report.problems.len(), 1, "{report}");
    assert!(report.problems[0].what.starts_with("ethereum"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_gets_a_book_and_a_deleted_one_is_forgotten_while_the_ledger_stays() {
    let app = App::start().await;
    let ana = app.user();
    let facts = UserFacts {
        user_id: ana.id,
        email: "ana@example.com".to_owned(),
        email_verified: true,
        name: "Ana".to_owned(),
        locale: "en".to_owned(),
        role: Role::User,
        is_active: true,
        version: 1,
        created_at: app.clock_now(),
    };
    app.say("auth", &UserRegistered(facts), 1).await;
    let books = async || {
        app.database
            .number(&format!(
                "SELECT count(*) FROM portfolio.portfolios WHERE user_id = '{}'",
                ana.id.uuid()
            ))
            .await
    };
    eventually("the book is open", async || (books().await == 1).then_some(())).await;
    ana.post_once(
        "/api/virtual-portfolio/trades/",
        "key",
        json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}),
    )
    .await;
    ana.order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "1000"}))
        .await;
    ana.post("/api/watchlists/", json!({"name": "Mine", "assets": ["BTC"]}))
        .await;
    let entries = app.database.number("SELECT count(*) FROM portfolio.journal").await;
    app.say("auth", &UserDeleted { user_id: ana.id }, 2).await;
    eventually("the user is forgotten", async || (books().await == 0).then_some(())).await;
    for table in ["portfolios", "watchlists", "idempotency_keys"] {
        let left = app
            .database
            .number(&format!(
                "SELECT count(*) FROM portfolio.{table} WHERE user_id = '{}'",
                ana.id.uuid()
            ))
            .await;
        assert_eq!(left, 0, "{table}");
    }
    assert!(
        app.database.number("SELECT count(*) FROM portfolio.journal").await > entries,
        "the ledger stays and gets its last entries"
    );
    assert_eq!(
        ana.get("/api/virtual-portfolio/").await.0,
        404,
        "no late request opens a book again"
    );
    app.verify().await;
}
