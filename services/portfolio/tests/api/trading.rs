//! Market orders, funding, ledger, lists.

use std::time::Duration;

use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::helpers::{App, answer, code, dec};

const TRADES: &str = "/api/virtual-portfolio/trades/";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_portfolio_holds_a_hundred_thousand_dollars() {
    let app = App::start().await;
    let portfolio = app.user().portfolio().await;
    for field in ["initial_balance", "cash_balance", "available_cash", "equity"] {
        assert_eq!(portfolio[field], "100000.00", "{field}");
    }
    assert_eq!(
        (&portfolio["pnl"], &portfolio["pnl_pct"], &portfolio["holdings"]),
        (&json!("0.00"), &json!(0.0), &json!([]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_order_is_filled_against_the_newest_price_and_says_how() {
    let app = App::start().await;
    let ana = app.user();
    let filled = ana
        .trade(json!({"symbol": "btc", "side": "buy", "quantity": "0.5"}))
        .await;
    let trade = &filled["trade"];
    // 30,000 USD: 5 bps half-spread, 5 + 3 bps slippage.
    assert_eq!(
        (&trade["price"], &trade["total"], &trade["fee"]),
        (&json!("60078"), &json!("30069.04"), &json!("30.039"))
    );
    assert_eq!(
        (&trade["quote"]["price"], &trade["quote"]["source"]),
        (&json!("60000"), &json!("kraken"))
    );
    assert_eq!(
        (
            &trade["quote"]["spread_bps"],
            &trade["quote"]["slippage_bps"],
            &trade["quote"]["fee_bps"]
        ),
        (&json!(5.0), &json!(8.0), &json!(10.0))
    );
    assert_eq!(trade["realized_pnl"], Value::Null);
    assert_eq!(
        (&trade["asset_id"], &trade["symbol"], &trade["side"]),
        (&json!("bitcoin"), &json!("BTC"), &json!("buy"))
    );
    let portfolio = &filled["portfolio"];
    assert_eq!(dec(&portfolio["cash_balance"]), dec!(100000) - dec!(30069.04));
    let holding = &portfolio["holdings"][0];
    assert_eq!(
        (&holding["quantity"], &holding["market_value"], &holding["cost"]),
        (&json!("0.5"), &json!("30000.00"), &json!("30069.04"))
    );
    assert_eq!(
        dec(&portfolio["equity"]),
        dec(&portfolio["initial_balance"]) + dec(&portfolio["realized_pnl"]) + dec(&portfolio["unrealized_pnl"])
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buying_and_selling_leaves_realised_profit_and_an_empty_holding() {
    let app = App::start().await;
    let ana = app.user();
    let bought = ana
        .trade(json!({"symbol": "ETH", "side": "buy", "quote_amount": "3000.00"}))
        .await;
    assert!(dec(&bought["trade"]["total"]) <= dec!(3000));
    app.tick("ethereum", "4000").await;
    let sold = ana
        .trade(json!({"symbol": "ETH", "side": "sell", "quantity": bought["trade"]["quantity"]}))
        .await;
    let gain = dec(&sold["trade"]["realized_pnl"]);
    assert_eq!(gain, dec(&sold["trade"]["total"]) - dec(&bought["trade"]["total"]));
    let portfolio = ana.portfolio().await;
    assert_eq!(dec(&portfolio["equity"]), dec!(100000) + gain);
    assert_eq!(portfolio["holdings"], json!([]));
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_21_the_client_never_sets_the_price() {
    let app = App::start().await;
    let ana = app.user();
    for field in ["price", "total", "fee", "user_id", "colour"] {
        let mut body = json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"});
        body[field] = json!("1");
        let (status, answer) = ana.post(TRADES, body).await;
        assert_eq!(
            (status, &answer["error"]["fields"][field]),
            (422, &json!(["is not known"]))
        );
    }
    assert_eq!(ana.portfolio().await["cash_balance"], "100000.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_21_a_stale_or_missing_price_is_refused_with_the_reason() {
    let app = App::start().await;
    app.list("dogecoin", "DOGE", 9).await;
    let ana = app.user();
    let (status, answer) = ana
        .post(TRADES, json!({"symbol": "DOGE", "side": "buy", "quantity": "100"}))
        .await;
    assert_eq!((status, code(&answer)), (409, "no_price"));
    app.clock.advance(Duration::from_secs(11));
    let (status, answer) = ana
        .post(TRADES, json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    assert_eq!((status, code(&answer)), (409, "stale_price"));
    app.tick("bitcoin", "61000").await;
    let filled = ana
        .trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    assert!(
        filled["trade"]["quote"]["age_ms"]
            .as_i64()
            .is_some_and(|age| age <= 10_000)
    );
    assert!(
        filled["trade"]["quote"]["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("bitcoin:"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_beyond_means_are_refused_and_change_nothing() {
    let app = App::start().await;
    let ana = app.user();
    let cases = [
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "2"}),
            409,
            "insufficient_funds",
        ),
        (
            json!({"symbol": "BTC", "side": "sell", "quantity": "0.1"}),
            409,
            "insufficient_holding",
        ),
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "0.00000001"}),
            422,
            "below_min_notional",
        ),
        (
            json!({"symbol": "BTC", "side": "buy", "quote_amount": "0.99"}),
            422,
            "below_min_notional",
        ),
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "0.1", "max_slippage_pct": "0.01"}),
            409,
            "max_slippage_exceeded",
        ),
        (json!({"symbol": "BTC", "side": "buy"}), 422, "validation_failed"),
        (
            json!({"symbol": "BTC", "side": "buy", "quantity": "1", "quote_amount": "1"}),
            422,
            "validation_failed",
        ),
        (
            json!({"symbol": "NONE", "side": "buy", "quantity": "1"}),
            422,
            "validation_failed",
        ),
        (
            json!({"symbol": "BTC", "side": "hold", "quantity": "1"}),
            422,
            "validation_failed",
        ),
    ];
    for (body, status, expected) in cases {
        let (got, answer) = ana.post(TRADES, body.clone()).await;
        assert_eq!((got, code(&answer)), (status, expected), "{body} {answer}");
    }
    assert_eq!(ana.portfolio().await["cash_balance"], "100000.00");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_19_what_is_no_decimal_is_refused_and_never_a_fault() {
    let app = App::start().await;
    let ana = app.user();
    let bad = [
        "\"NaN\"",
        "\"Infinity\"",
        "1e400",
        "1e-400",
        "-0",
        "\"-0\"",
        "\"５\"",
        "\"0x10\"",
        "\" 5 \"",
        "\"1e5\"",
        "-1",
        "0",
        "true",
        "[]",
        "{}",
        "\"\"",
        "\"9999999999999999999999999999999999999999\"",
        "0.123456789",
    ];
    for raw in bad {
        for field in ["quantity", "quote_amount", "max_slippage_pct"] {
            if field == "max_slippage_pct" && raw == "0.123456789" {
                continue;
            }
            let other = if field == "max_slippage_pct" {
                ", \"quantity\": 1"
            } else {
                ""
            };
            let body = format!("{{\"symbol\": \"BTC\", \"side\": \"buy\", \"{field}\": {raw}{other}}}");
            let (status, answer) = ana.post_text(TRADES, &body).await;
            assert_eq!(status, 422, "{body} {answer}");
            assert!(answer["error"]["fields"][field].is_array(), "{body} {answer}");
        }
        let (status, answer) = ana
            .post_text(
                "/api/virtual-portfolio/fund/",
                &format!("{{\"direction\": \"deposit\", \"amount\": {raw}}}"),
            )
            .await;
        assert_eq!(status, 422, "{raw} {answer}");
    }
    let huge = json!({"symbol": "BTC", "side": "buy", "quantity": "999999999999999999"});
    assert!(matches!(ana.post(TRADES, huge).await.0, 409 | 422));
}

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
async fn performance_is_judged_from_snapshots_and_compared_with_bitcoin() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quote_amount": "50000"}))
        .await;
    app.clock.advance(Duration::from_secs(3600));
    app.tick("bitcoin", "66000").await;
    app.tick("ethereum", "3300").await;
    ana.post(
        "/api/virtual-portfolio/fund/",
        json!({"amount": "100000", "direction": "deposit"}),
    )
    .await;
    let judged = ana.data("/api/virtual-portfolio/performance/?range=max").await;
    let growth = judged["time_weighted_return_pct"].as_f64().expect("a return");
    assert!(
        (4.0..5.0).contains(&growth),
        "half of the money rose by a tenth, less costs: {judged}"
    );
    assert_eq!(
        (&judged["sharpe"], &judged["win_rate_pct"], &judged["notes"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!(judged["benchmark"]["asset_id"], "bitcoin");
}
