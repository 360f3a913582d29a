//! What a user reads and keeps: cash, ledger, fills, books, watchlists, performance; and who may.

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::helpers::{App, answer, code, dec};

const TRADES: &str = "/api/virtual-portfolio/trades/";

#[tokio::test(flavor = "multi_thread")]
async fn cash_goes_in_and_out_and_the_history_says_so() {
    let app = App::start().await;
    let ana = app.user();
    let (status, body) = ana
        .post(
            "/api/virtual-portfolio/fund/",
            json!({"amount": "500.25", "direction": "deposit"}),
        )
        .await;
    assert_eq!(
        (status, &body["data"]["portfolio"]["cash_balance"]),
        (201, &json!("100500.25"))
    );
    let (status, body) = ana
        .post(
            "/api/virtual-portfolio/fund/",
            json!({"amount": 0.25, "direction": "withdraw"}),
        )
        .await;
    assert_eq!(
        (status, &body["data"]["portfolio"]["initial_balance"]),
        (201, &json!("100500.00"))
    );
    let (status, body) = ana
        .post(
            "/api/virtual-portfolio/fund/",
            json!({"amount": "100500.01", "direction": "withdraw"}),
        )
        .await;
    assert_eq!((status, code(&body)), (409, "insufficient_funds"));
    for amount in ["0", "-1", "0.001", "1000000000.01"] {
        assert_eq!(
            ana.post(
                "/api/virtual-portfolio/fund/",
                json!({"amount": amount, "direction": "deposit"})
            )
            .await
            .0,
            422,
            "{amount}"
        );
    }
    let history = ana.data("/api/virtual-portfolio/funding-history/").await;
    let rows: Vec<(&str, Decimal)> = history
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (row["direction"].as_str().expect("text"), dec(&row["amount"])))
        .collect();
    assert_eq!(
        rows,
        [
            ("withdraw", dec!(0.25)),
            ("deposit", dec!(500.25)),
            ("deposit", dec!(100000))
        ]
    );
    assert_eq!(history[0]["balance_after"], "100500.00");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_balances_chains_and_pages() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    ana.trade(json!({"symbol": "BTC", "side": "sell", "quantity": "0.05"}))
        .await;
    let (_, first) = ana.get("/api/virtual-portfolio/ledger/?limit=2").await;
    let cursor = first["page"]["next"].as_str().expect("a next page").to_owned();
    let (_, second) = ana
        .get(&format!("/api/virtual-portfolio/ledger/?limit=2&cursor={cursor}"))
        .await;
    assert_eq!(second["page"]["next"], Value::Null);
    let entries: Vec<Value> = [&first, &second]
        .into_iter()
        .flat_map(|page| page["data"].as_array().expect("rows").clone())
        .collect();
    assert_eq!(
        entries
            .iter()
            .map(|entry| entry["kind"].as_str().expect("kind"))
            .collect::<Vec<_>>(),
        ["fill", "fill", "deposit"]
    );
    for (newer, older) in entries.iter().zip(entries.iter().skip(1)) {
        assert_eq!(newer["prev_hash"], older["hash"]);
    }
    for entry in &entries {
        let mut sums = std::collections::BTreeMap::<String, Decimal>::new();
        for posting in entry["postings"].as_array().expect("postings") {
            *sums
                .entry(posting["asset"].as_str().expect("asset").to_owned())
                .or_default() += dec(&posting["amount"]);
        }
        assert!(sums.values().all(Decimal::is_zero), "{entry}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trades_are_filtered_paged_and_exported() {
    let app = App::start().await;
    let ana = app.user();
    for symbol in ["BTC", "ETH", "BTC"] {
        ana.trade(json!({"symbol": symbol, "side": "buy", "quote_amount": "100"}))
            .await;
    }
    ana.trade(json!({"symbol": "ETH", "side": "sell", "quantity": "0.01"}))
        .await;
    let count = async |query: &str| ana.data(&format!("{TRADES}{query}")).await.as_array().map(Vec::len);
    assert_eq!(
        (
            count("").await,
            count("?symbol=ETH").await,
            count("?side=sell").await,
            count("?symbol=bitcoin&side=sell").await
        ),
        (Some(4), Some(2), Some(1), Some(0))
    );
    assert_eq!(count("?to=2020-01-01T00:00:00Z").await, Some(0));
    assert_eq!(ana.get(&format!("{TRADES}?symbol=NONE")).await.0, 422);
    assert_eq!(ana.get(&format!("{TRADES}?limit=0")).await.0, 422);
    let (_, page) = ana.get(&format!("{TRADES}?limit=3")).await;
    let cursor = page["page"]["next"].as_str().expect("a next page");
    assert_eq!(count(&format!("?limit=3&cursor={cursor}")).await, Some(1));
    let csv = app
        .request(reqwest::Method::GET, TRADES, &ana.token())
        .header("Accept", "text/csv")
        .send()
        .await
        .expect("answer");
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let text = csv.text().await.expect("text");
    assert_eq!(text.lines().count(), 5);
    assert!(text.starts_with("id,created_at,order_id,asset_id,symbol,name,side,quantity,price,total,fee"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_opens_a_fresh_book_and_keeps_the_old_one_readable() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    assert_eq!(
        ana.post("/api/virtual-portfolio/reset/", json!({"confirm": false}))
            .await
            .0,
        422
    );
    let (status, fresh) = ana
        .post("/api/virtual-portfolio/reset/", json!({"confirm": true}))
        .await;
    assert_eq!(
        (status, &fresh["data"]["cash_balance"], &fresh["data"]["book"]),
        (201, &json!("100000.00"), &json!(2))
    );
    assert_eq!(ana.data(TRADES).await, json!([]));
    assert_eq!(
        ana.data(&format!("{TRADES}?book=1")).await.as_array().map(Vec::len),
        Some(1)
    );
    let old = ana.data("/api/virtual-portfolio/?book=1").await;
    assert_eq!(
        (old["holdings"][0]["quantity"].as_str(), old["closed_at"].is_string()),
        (Some("0.1"), true)
    );
    assert_eq!(ana.get("/api/virtual-portfolio/?book=9").await.0, 422);
    assert_eq!(
        app.user()
            .get(&format!("{TRADES}?book={}", old["portfolio_id"].as_str().expect("id")))
            .await
            .0,
        422,
        "not of this user"
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watchlists_keep_their_order_and_their_version() {
    let app = App::start().await;
    let ana = app.user();
    let (status, made) = ana
        .post(
            "/api/watchlists/",
            json!({"name": "Mine", "assets": ["ETH", "bitcoin"]}),
        )
        .await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["data"]["assets"][0]["asset_id"], "ethereum");
    let path = format!("/api/watchlists/{}/", made["data"]["id"].as_str().expect("id"));
    let (status, changed) = ana
        .put(&path, json!({"name": "Mine", "assets": ["BTC"], "version": 1}))
        .await;
    assert_eq!((status, &changed["data"]["version"]), (200, &json!(2)));
    let (status, refused) = ana
        .put(&path, json!({"name": "Other", "assets": [], "version": 1}))
        .await;
    assert_eq!((status, code(&refused)), (409, "version_conflict"));
    let (status, changed) = ana.put(&path, json!({"name": "Mine", "assets": ["ETH", "BTC"]})).await;
    assert_eq!(
        (status, &changed["data"]["version"]),
        (200, &json!(3)),
        "whatever the version"
    );
    assert_eq!(
        code(&ana.post("/api/watchlists/", json!({"name": "Mine"})).await.1),
        "name_taken"
    );
    assert_eq!(
        ana.post("/api/watchlists/", json!({"name": "X", "assets": ["NONE"]}))
            .await
            .0,
        422
    );
    assert_eq!(app.user().get(&path).await.0, 404, "not of this user");
    assert_eq!(ana.delete(&path).await.0, 200);
    assert_eq!(ana.get(&path).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_wants_the_right_token() {
    let app = App::start().await;
    for path in [
        "/api/virtual-portfolio/",
        TRADES,
        "/api/virtual-portfolio/orders/",
        "/api/virtual-portfolio/ledger/",
        "/api/virtual-portfolio/performance/",
        "/api/watchlists/",
        "/api/admin/transactions/",
        "/internal/stats",
    ] {
        assert_eq!(
            answer(app.request(reqwest::Method::GET, path, "none")).await.0,
            401,
            "{path}"
        );
    }
    assert_eq!(app.user().get("/internal/stats").await.0, 403);
    assert_eq!(app.user().get("/api/admin/transactions/").await.0, 403);
    assert_eq!(app.admin().get("/api/admin/transactions/").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_learns_values_transactions_figures_and_exports() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    let (_, values) = app
        .internal(&format!("/internal/values?user_ids={}", ana.id.uuid()))
        .await;
    assert_eq!(values["data"][0]["equity"], ana.portfolio().await["equity"]);
    let (_, page) = app.internal("/internal/transactions?limit=1").await;
    assert_eq!(
        (&page["data"][0]["kind"], page["page"]["next"].is_string()),
        (&json!("buy"), true)
    );
    assert!(
        app.internal("/internal/stats").await.1["data"]["trades_24h"]
            .as_i64()
            .is_some_and(|count| count >= 1)
    );
    let (_, export) = app
        .internal(&format!("/internal/export?user_id={}", ana.id.uuid()))
        .await;
    assert_eq!(
        export["data"]["portfolios"][0]["trades"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_every_fill_however_many_there_are() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
        .await;
    let copies = 100_010;
    app.database
        .execute(&format!(
            "INSERT INTO portfolio.trades
             SELECT made.* FROM portfolio.trades AS trade, generate_series(1, {copies}) AS n,
                jsonb_populate_record(trade, jsonb_build_object('id', gen_random_uuid(), 'seq', 1000 + n)) AS made
             WHERE trade.portfolio_id = (SELECT id FROM portfolio.portfolios WHERE user_id = '{}')",
            ana.id.uuid()
        ))
        .await;
    let csv = app
        .request(reqwest::Method::GET, TRADES, &ana.token())
        .header("Accept", "text/csv")
        .timeout(std::time::Duration::from_secs(300))
        .send()
        .await
        .expect("answer");
    let text = csv.text().await.expect("the whole text");
    let ids: std::collections::HashSet<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!((text.lines().count(), ids.len()), (copies + 2, copies + 1));
}
