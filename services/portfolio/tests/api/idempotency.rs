//! The same request twice has one effect.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use serde_json::json;
use test_kit::eventually;

use crate::helpers::{App, code};

const TRADES: &str = "/api/virtual-portfolio/trades/";

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_hundred_equal_requests_have_one_effect() {
    let app = App::start().await;
    let ana = app.user();
    ana.portfolio().await;
    let body = json!({"symbol": "BTC", "side": "buy", "quantity": "0.01"});
    let answers = join_all((0..100).map(|_| ana.post_once(TRADES, "one", body.clone()))).await;
    let mut ids: Vec<_> = answers
        .iter()
        .filter(|(status, ..)| *status == 201)
        .map(|(_, body, _)| body["data"]["trade"]["id"].to_string())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    for (status, body, _) in &answers {
        assert!(
            *status == 201 || (*status == 409 && code(body) == "idempotency_in_progress"),
            "{status} {body}"
        );
    }
    assert_eq!(ana.data(TRADES).await.as_array().map(Vec::len), Some(1));
    assert_eq!(app.database.number("SELECT count(*) FROM portfolio.journal WHERE kind = 'fill' AND portfolio_id = (SELECT portfolio_id FROM portfolio.trades WHERE quantity = 0.01 LIMIT 1)").await, 1);
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_another_body_another_user_a_refusal_and_a_day() {
    let app = App::start().await;
    let (ana, bob) = (app.user(), app.user());
    let body = json!({"symbol": "BTC", "side": "buy", "quantity": "0.01"});
    let (status, first, is_replay) = ana.post_once(TRADES, "k", body.clone()).await;
    assert_eq!((status, is_replay), (201, false));
    let spaced = json!({"side": "buy", "quantity": "0.01", "symbol": "BTC"});
    let (status, again, is_replay) = ana.post_once(TRADES, "k", spaced).await;
    assert_eq!(
        (status, is_replay, &again["data"]["trade"]["id"]),
        (201, true, &first["data"]["trade"]["id"])
    );
    let (status, refused, _) = ana
        .post_once(TRADES, "k", json!({"symbol": "BTC", "side": "buy", "quantity": "0.02"}))
        .await;
    assert_eq!((status, code(&refused)), (409, "idempotency_key_reused"));
    assert!(
        !bob.post_once(TRADES, "k", body.clone()).await.2,
        "another user's key is another key"
    );
    // A refusal frees the key.
    assert_eq!(
        ana.post_once(TRADES, "f", json!({"symbol": "BTC", "side": "sell", "quantity": "5"}))
            .await
            .0,
        409
    );
    assert_eq!(ana.post_once(TRADES, "f", body.clone()).await.0, 201);
    assert_eq!(ana.post_once(TRADES, &"x".repeat(256), body.clone()).await.0, 422);
    app.clock.advance(Duration::from_secs(24 * 3600 + 1));
    app.tick("bitcoin", "60000").await;
    assert!(
        !ana.post_once(TRADES, "k", body).await.2,
        "a day later it is a new request"
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_service_that_dies_leaves_a_trade_and_its_answer_or_neither() {
    let mut app = App::start().await;
    let ana = app.user().id;
    app.user_named(ana).portfolio().await;
    let body = json!({"symbol": "BTC", "side": "buy", "quantity": "0.01"});
    let done = "SELECT count(*) FROM portfolio.trades WHERE quantity = 0.01";
    // Committed, and the service is gone before or while it answers.
    let request = app
        .request(reqwest::Method::POST, TRADES, &app.user_named(ana).token())
        .header("Idempotency-Key", "committed")
        .json(&body);
    let sent = tokio::spawn(request.send());
    eventually("the trade is committed", async || {
        (app.database.number(done).await == 1).then_some(())
    })
    .await;
    drop(app.running.take());
    drop(sent.await);
    app.run().await;
    app.tick("bitcoin", "60000").await;
    let (status, _, is_replay) = app.user_named(ana).post_once(TRADES, "committed", body.clone()).await;
    assert_eq!((status, is_replay, app.database.number(done).await), (201, true, 1));
    // Not committed: it waits for its book when the service dies.
    let mut holder = app.database.connect().await;
    let hold = "BEGIN; SELECT 1 FROM portfolio.portfolios FOR UPDATE";
    holder.batch_execute(hold).await.expect("held");
    let request = app
        .request(reqwest::Method::POST, TRADES, &app.user_named(ana).token())
        .header("Idempotency-Key", "waiting")
        .json(&body);
    let sent = tokio::spawn(request.send());
    app.database.until_waiting(1).await;
    drop(app.running.take());
    drop(sent.await);
    holder.batch_execute("COMMIT").await.expect("let go");
    app.run().await;
    app.tick("bitcoin", "60000").await;
    assert_eq!(app.database.number(done).await, 1, "nothing came of it");
    let (status, _, is_replay) = app.user_named(ana).post_once(TRADES, "waiting", body).await;
    assert_eq!((status, is_replay, app.database.number(done).await), (201, false, 2));
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_order_id_is_answered_with_its_order_also_when_that_could_not_be_placed_any_more() {
    let app = App::start().await;
    let ana = app.user();
    let end = app.clock_now().plus(Duration::from_secs(5)).to_string();
    let body = json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "50000",
        "time_in_force": "gtd", "expires_at": end, "client_order_id": "mine"});
    let order = ana.order(body.clone()).await;
    app.clock.advance(Duration::from_secs(10));
    let (status, again) = ana.post("/api/virtual-portfolio/orders/", body.clone()).await;
    assert_eq!((status, &again["data"]["id"]), (200, &order["id"]), "{again}");
    let mut other = body;
    other["client_order_id"] = json!("another");
    let (status, refused) = ana.post("/api/virtual-portfolio/orders/", other).await;
    assert_eq!(
        (status, refused["error"]["fields"]["expires_at"].is_array()),
        (422, true)
    );
}
