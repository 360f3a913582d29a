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

const AVERAGE_DOWN: &str = include_str!("../../../../migrations/portfolio/2026-11-26-000401_average_price/down.sql");
const AVERAGE_UP: &str = include_str!("../../../../migrations/portfolio/2026-11-26-000401_average_price/up.sql");

#[tokio::test(flavor = "multi_thread")]
async fn reliability_17_average_prices_of_before_they_were_kept_are_those_that_the_journal_says() {
    let app = busy_app().await;
    let bob = app.user();
    // Sold and sold out, bought again, and sold since.
    for (side, quantity) in [
        ("buy", "0.3"),
        ("sell", "0.3"),
        ("buy", "0.7"),
        ("sell", "0.1234"),
        ("sell", "0.2"),
    ] {
        bob.trade(json!({"symbol": "ETH", "side": side, "quantity": quantity}))
            .await;
    }
    app.database.execute(AVERAGE_DOWN).await;
    app.database.execute(AVERAGE_UP).await;
    app.verify().await;
    let sold = "SELECT count(*) FROM portfolio.holdings WHERE quantity > 0 AND bought_quantity > quantity";
    assert!(app.database.number(sold).await >= 2, "there were sales to be counted");
    // The release before writes quantity and cost alone.
    app.database
        .execute(
            "INSERT INTO portfolio.holdings (portfolio_id, asset_id, quantity, reserved, cost)
             SELECT id, 'dogecoin', 5, 0, 7 FROM portfolio.portfolios;
             UPDATE portfolio.holdings SET quantity = 4, cost = 5.6 WHERE asset_id = 'dogecoin'",
        )
        .await;
    let kept = "SELECT count(*) FROM portfolio.holdings WHERE asset_id = 'dogecoin' AND bought_quantity = 5 AND bought_cost = 7";
    assert!(
        app.database.number(kept).await > 0,
        "a first buy counts, a sale does not"
    );
    app.database
        .execute("UPDATE portfolio.holdings SET quantity = 6, cost = 9 WHERE asset_id = 'dogecoin'")
        .await;
    let moved = "SELECT count(*) FROM portfolio.holdings WHERE asset_id = 'dogecoin' AND bought_quantity = 6 AND bought_cost = 9";
    assert!(app.database.number(moved).await > 0, "another buy counts");
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

#[tokio::test(flavor = "multi_thread")]
async fn reliability_23_a_trade_a_funding_or_a_hold_that_differs_from_its_entry_is_found() {
    let app = busy_app().await;
    let mut conn = app.database.connect().await;
    let of_the_book = "portfolio_id = (SELECT portfolio_id FROM portfolio.journal WHERE seq = 5 LIMIT 1)";
    let seq = async |statement: &str| {
        let report = portfolio::verify_ledger(&app.database.url()).await.expect("report");
        assert_eq!(report.problems.len(), 1, "{statement} {report}");
        report.problems[0].seq
    };
    for (change, back, expected) in [
        (
            "UPDATE portfolio.trades SET fee = fee + 1 WHERE seq = 3",
            "UPDATE portfolio.trades SET fee = fee - 1 WHERE seq = 3",
            Some(3),
        ),
        (
            "UPDATE portfolio.trades SET realized_pnl = realized_pnl + 1 WHERE seq = 4",
            "UPDATE portfolio.trades SET realized_pnl = realized_pnl - 1 WHERE seq = 4",
            Some(4),
        ),
        (
            "UPDATE portfolio.trades SET seq = 99 WHERE seq = 6",
            "UPDATE portfolio.trades SET seq = 6 WHERE seq = 99",
            None,
        ),
        (
            "UPDATE portfolio.fundings SET amount = 5 WHERE seq = 1",
            "UPDATE portfolio.fundings SET amount = 100000 WHERE seq = 1",
            Some(1),
        ),
        (
            "UPDATE portfolio.orders SET reserved = reserved + 1 WHERE status = 'accepted' AND side = 'buy'",
            "UPDATE portfolio.orders SET reserved = reserved - 1 WHERE status = 'accepted' AND side = 'buy'",
            None,
        ),
    ] {
        conn.batch_execute(&format!("{change} AND {of_the_book}"))
            .await
            .expect(change);
        if change.contains("99") {
            // Its entry has no trade any more, and it has no entry.
            let report = portfolio::verify_ledger(&app.database.url()).await.expect("report");
            let found: Vec<Option<i64>> = report.problems.iter().map(|problem| problem.seq).collect();
            assert_eq!(found, [Some(6), Some(99)], "{report}");
        } else {
            assert_eq!(seq(change).await, expected, "{change}");
        }
        conn.batch_execute(&format!("{back} AND {of_the_book}"))
            .await
            .expect(back);
    }
    app.verify().await;
}
