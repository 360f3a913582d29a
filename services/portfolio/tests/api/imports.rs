//! Taking over fills that were made elsewhere.

use std::time::Duration;

use futures_util::future::join_all;
use rust_decimal::dec;
use serde_json::{Value, json};

use crate::helpers::{App, answer, dec};

const IMPORT: &str = "/api/virtual-portfolio/import/";
const KRAKEN: &str = include_str!("../samples/kraken.csv");
const BINANCE: &str = include_str!("../samples/binance.csv");

fn file(csv: &str) -> Value {
    json!({ "csv": csv })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_what_would_be_booked_and_changes_nothing() {
    let app = App::start().await;
    let ana = app.user();
    let preview = format!("{IMPORT}?preview=true");
    let with_wrong = format!("{KRAKEN}T9,O9,XXBTZUSD,2026-01-08 10:00:00,sell,limit,61000,6100,0,0.1,0,,\n");
    for _ in 0..2 {
        let (status, body) = ana.post(&preview, file(&with_wrong)).await;
        assert_eq!(status, 200, "{body}");
        let data = &body["data"];
        assert_eq!(
            (&data["source"], &data["new"], &data["known"], &data["wrong"]),
            (&json!("kraken"), &json!(3), &json!(0), &json!(1))
        );
        assert_eq!(
            (&data["rows"][3]["reason"], &data["rows"][3]["reason_code"]),
            (
                &json!("sells 0.1 BTC where 0.005 are held and free"),
                &json!("more_than_held")
            )
        );
        assert_eq!(data["portfolio"], Value::Null);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM portfolio.portfolios WHERE user_id IN (SELECT user_id FROM portfolio.portfolios GROUP BY user_id HAVING count(*) > 1)").await, 0);
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM portfolio.imported_rows")
            .await,
        0
    );
    let (status, body) = ana.post(IMPORT, file(&with_wrong)).await;
    assert_eq!(
        (status, body["error"]["fields"]["csv"][0].as_str()),
        (422, Some("line 5: sells 0.1 BTC where 0.005 are held and free"))
    );
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM portfolio.imported_rows")
            .await,
        0,
        "one wrong row keeps the whole file out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_books_each_row_once_leaves_the_cash_and_the_ledger_holds() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
        .await;
    let before = ana.portfolio().await;
    let (status, body) = ana.post(IMPORT, file(KRAKEN)).await;
    assert_eq!(status, 201, "{body}");
    let after = &body["data"]["portfolio"];
    assert_eq!(
        (&body["data"]["new"], &body["data"]["deposit"]),
        (&json!(3), &json!("2105.46"))
    );
    assert_eq!(after["cash_balance"], before["cash_balance"]);
    assert_eq!(
        dec(&after["initial_balance"]),
        dec(&before["initial_balance"]) + dec!(2105.46) - dec!(304.20)
    );
    assert_eq!(
        dec(&after["equity"]),
        dec(&after["initial_balance"]) + dec(&after["realized_pnl"]) + dec(&after["unrealized_pnl"])
    );
    // The same file again, and a longer one that holds it.
    let (status, again) = ana.post(IMPORT, file(KRAKEN)).await;
    assert_eq!(
        (status, &again["data"]["new"], &again["data"]["known"]),
        (200, &json!(0), &json!(3))
    );
    let longer = format!("{KRAKEN}T9,O9,XXBTZUSD,2026-01-08 10:00:00,buy,limit,61000,610,0,0.01,0,,\n");
    let (status, more) = ana.post(IMPORT, file(&longer)).await;
    assert_eq!(
        (status, &more["data"]["new"], &more["data"]["known"]),
        (201, &json!(1), &json!(3))
    );
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM portfolio.journal WHERE kind = 'import'")
            .await,
        4
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_fills_are_told_apart_from_those_that_were_made_here() {
    let app = App::start().await;
    let ana = app.user();
    assert_eq!(ana.post(IMPORT, file(BINANCE)).await.0, 201);
    ana.trade(json!({"symbol": "BTC", "side": "sell", "quantity": "0.01"}))
        .await;
    let trades = ana.data("/api/virtual-portfolio/trades/").await;
    let (made, imported) = (&trades[0], &trades[1]);
    assert_eq!(
        (&made["imported_from"], made["order_id"].is_string()),
        (&Value::Null, true)
    );
    assert!(made["quote"]["spread_bps"].is_number());
    assert_eq!(
        (
            &imported["imported_from"],
            &imported["order_id"],
            &imported["executed_at"]
        ),
        (&json!("binance"), &Value::Null, &json!("2026-02-03T18:20:11.000Z"))
    );
    assert_eq!(
        (
            &imported["price"],
            &imported["quote"]["source"],
            &imported["quote"]["spread_bps"]
        ),
        (&json!("62000"), &json!("binance"), &Value::Null)
    );
    let february = "/api/virtual-portfolio/trades/?from=2026-02-01T00:00:00Z&to=2026-02-02T00:00:00Z";
    assert_eq!(ana.data(february).await.as_array().map(Vec::len), Some(2));
    let (_, stats) = app.internal("/internal/stats").await;
    let here = app
        .database
        .number("SELECT count(*) FROM portfolio.trades WHERE order_id IS NOT NULL")
        .await;
    assert_eq!(
        stats["data"]["trades_24h"], here,
        "what was traded elsewhere is no trade of today"
    );
    let ledger = ana.data("/api/virtual-portfolio/ledger/").await;
    let kinds: Vec<&str> = ledger
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["kind"].as_str().expect("kind"))
        .collect();
    assert_eq!(
        kinds,
        [
            "fill",
            "withdrawal",
            "import",
            "import",
            "import",
            "import",
            "import",
            "deposit",
            "deposit"
        ]
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_export_is_known_in_its_book_and_fills_a_fresh_one() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    ana.trade(json!({"symbol": "BTC", "side": "sell", "quantity": "0.04"}))
        .await;
    let request = app
        .request(reqwest::Method::GET, "/api/virtual-portfolio/trades/", &ana.token())
        .header("accept", "text/csv");
    let export = request.send().await.expect("answer").text().await.expect("text");
    let (status, body) = ana.post(IMPORT, file(&export)).await;
    assert_eq!((status, &body["data"]["known"]), (200, &json!(2)), "{body}");
    let sold = ana.portfolio().await["realized_pnl"].clone();
    assert_eq!(
        ana.post("/api/virtual-portfolio/reset/", json!({"confirm": true}))
            .await
            .0,
        201
    );
    let (status, body) = ana.post(IMPORT, file(&export)).await;
    assert_eq!((status, &body["data"]["new"]), (201, &json!(2)), "{body}");
    let portfolio = &body["data"]["portfolio"];
    assert_eq!(portfolio["holdings"][0]["quantity"], "0.06");
    assert_eq!(portfolio["realized_pnl"], sold, "the same fills make the same profit");
    assert_eq!(portfolio["cash_balance"], "100000.00");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_the_same_file_many_times_at_once_is_booked_once() {
    let app = App::start().await;
    let ana = app.user();
    let answers = join_all((0..8).map(|_| ana.post(IMPORT, file(KRAKEN)))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    let (_, first, is_replay) = ana.post_once(IMPORT, "key", file(BINANCE)).await;
    let (status, second, was_replayed) = ana.post_once(IMPORT, "key", file(BINANCE)).await;
    assert_eq!((is_replay, was_replayed, status), (false, true, 201));
    assert_eq!(first["data"]["rows"], second["data"]["rows"]);
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM portfolio.journal WHERE kind = 'import'")
            .await,
        8
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_no_gain_in_the_returns_of_the_book() {
    let app = App::start().await;
    let ana = app.user();
    ana.portfolio().await;
    app.clock.advance(Duration::from_secs(1));
    app.tick("bitcoin", "60000").await;
    app.tick("ethereum", "3000").await;
    // Bought at half the price: a profit in the book, and none that was made here.
    let cheap = "txid,pair,time,type,price,cost,fee,vol\nT1,XXBTZUSD,2024-09-01 10:00:00,buy,30000,30000,0,1\n";
    assert_eq!(ana.post(IMPORT, file(cheap)).await.0, 201);
    let portfolio = ana.portfolio().await;
    assert_eq!(portfolio["pnl"], "30000.00");
    let performance = ana.data("/api/virtual-portfolio/performance/").await;
    assert_eq!(performance["time_weighted_return_pct"], 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_trade_exports_and_callers_without_the_right_are_refused() {
    let app = App::start().await;
    let ana = app.user();
    for body in [file(""), file("a,b\n1,2"), json!({}), json!({"csv": 5})] {
        let (status, answer) = ana.post(IMPORT, body.clone()).await;
        assert_eq!(
            (status, answer["error"]["fields"]["csv"].is_array()),
            (422, true),
            "{body} {answer}"
        );
    }
    let (status, _) = ana.post(&format!("{IMPORT}?preview=maybe"), file(KRAKEN)).await;
    assert_eq!(status, 422);
    let huge = file(&"x".repeat(300_000));
    assert_eq!(ana.post(IMPORT, huge).await.0, 413);
    let plain = app
        .request(reqwest::Method::POST, IMPORT, &ana.token())
        .header("content-type", "text/csv")
        .body(KRAKEN);
    assert_eq!(answer(plain).await.0, 415);
    let (status, _) = answer(app.request(reqwest::Method::POST, IMPORT, "x").json(&file(KRAKEN))).await;
    assert_eq!(status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_as_many_characters_as_may_be_fits_into_a_body_and_a_longer_one_is_refused_by_its_field() {
    let app = App::start().await;
    let ana = app.user();
    // Every one of them is escaped, so that the body is as long as it can be.
    for (length, reason) in [
        (131_000, "has no header of a trade export"),
        (131_001, "must be at most 131000 characters"),
    ] {
        let (status, refused) = ana.post(IMPORT, file(&"\"".repeat(length))).await;
        let told = refused["error"]["fields"]["csv"][0].as_str().unwrap_or_default();
        assert_eq!((status, told.starts_with(reason)), (422, true), "{refused}");
    }
}
