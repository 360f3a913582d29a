//! Orders that rest, and what the tick log does to them.

use std::time::Duration;

use domain::Timestamp;
use rust_decimal::dec;
use serde_json::json;

use crate::helpers::{App, code, dec};

const ORDERS: &str = "/api/virtual-portfolio/orders/";

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_order_holds_its_cash_and_is_filled_at_its_limit_when_touched() {
    let app = App::start().await;
    let ana = app.user();
    let order = ana
        .order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "59000"}))
        .await;
    assert_eq!(
        (&order["status"], &order["reserved"], &order["time_in_force"]),
        (&json!("accepted"), &json!("5905.90"), &json!("gtc"))
    );
    let portfolio = ana.portfolio().await;
    assert_eq!(
        (
            &portfolio["reserved"],
            &portfolio["available_cash"],
            &portfolio["cash_balance"]
        ),
        (&json!("5905.90"), &json!("94094.10"), &json!("100000.00"))
    );
    app.append("bitcoin", "59000.01", app.clock_now()).await;
    app.append("bitcoin", "59000", app.clock_now()).await;
    let filled = ana.order_becomes(&order, "filled").await;
    assert_eq!(
        (
            &filled["trade"]["price"],
            &filled["trade"]["total"],
            &filled["reserved"]
        ),
        (&json!("59000"), &json!("5905.90"), &json!("0.00"))
    );
    assert_eq!(ana.portfolio().await["reserved"], "0.00");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_hears_the_very_next_tick_after_its_answer() {
    let app = App::start().await;
    let ana = app.user();
    for _ in 0..20 {
        let order = ana
            .order(json!({"symbol": "ETH", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "2900"}))
            .await;
        app.append("ethereum", "2899", app.clock_now()).await;
        app.append("ethereum", "3000", app.clock_now()).await;
        ana.order_becomes(&order, "filled").await;
    }
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strict_portfolio_wants_its_limits_traded_through() {
    let app = App::start().await;
    let ana = app.user();
    ana.post(
        "/api/virtual-portfolio/reset/",
        json!({"confirm": true, "limit_fill": "strict"}),
    )
    .await;
    let order = ana
        .order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "59000"}))
        .await;
    app.append("bitcoin", "59000", app.clock_now()).await;
    let probe = ana
        .order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "58000"}))
        .await;
    assert_eq!(
        ana.data(&format!("{ORDERS}{}/", order["id"].as_str().expect("id")))
            .await["status"],
        "accepted"
    );
    app.append("bitcoin", "57999", app.clock_now()).await;
    ana.order_becomes(&probe, "filled").await;
    ana.order_becomes(&order, "filled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marketable_limit_is_filled_at_once_and_ioc_and_fok_never_rest() {
    let app = App::start().await;
    let ana = app.user();
    let filled = ana
        .order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "61000"}))
        .await;
    assert_eq!(filled["status"], "filled");
    assert!(dec(&filled["trade"]["price"]) < dec!(60100));
    for time in ["ioc", "fok"] {
        let order = ana.order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "50000", "time_in_force": time})).await;
        assert_eq!(
            (&order["status"], order["reason"].is_string()),
            (&json!("cancelled"), true)
        );
    }
    assert_eq!(ana.portfolio().await["reserved"], "0.00");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_order_id_stands_for_one_order_for_ever() {
    let app = App::start().await;
    let ana = app.user();
    let body = json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "50000", "client_order_id": "mine-1"});
    let first = ana.order(body.clone()).await;
    let (status, again) = ana.post(ORDERS, body.clone()).await;
    assert_eq!((status, &again["data"]["id"]), (200, &first["id"]));
    let mut other = body.clone();
    other["quantity"] = json!("0.2");
    let (status, refused) = ana.post(ORDERS, other).await;
    assert_eq!((status, code(&refused)), (409, "client_order_id_reused"));
    assert_eq!(
        app.user().post(ORDERS, body.clone()).await.0,
        201,
        "another user's name is another name"
    );
    let mut long = body;
    long["client_order_id"] = json!("x".repeat(49));
    assert_eq!(ana.post(ORDERS, long).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_order_gives_its_hold_back_and_hears_nothing_more() {
    let app = App::start().await;
    let ana = app.user();
    let order = ana
        .order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "59000"}))
        .await;
    let path = format!("{ORDERS}{}/", order["id"].as_str().expect("id"));
    assert_eq!(app.user().delete(&path).await.0, 404, "not of this user");
    assert_eq!(ana.delete(&path).await.1["data"]["status"], "cancelled");
    let (status, refused) = ana.delete(&path).await;
    assert_eq!((status, code(&refused)), (409, "order_final"));
    let later = ana
        .order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "58000"}))
        .await;
    app.append("bitcoin", "57000", app.clock_now()).await;
    ana.order_becomes(&later, "filled").await;
    assert_eq!(ana.data(&path).await["status"], "cancelled");
    assert_eq!(ana.data(&format!("{ORDERS}?status=open")).await, json!([]));
    assert_eq!(
        ana.data(&format!("{ORDERS}?status=cancelled"))
            .await
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(ana.get(&format!("{ORDERS}?status=odd")).await.0, 422);
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_good_until_a_time_expires_without_any_tick() {
    let app = App::start().await;
    let ana = app.user();
    let end = app.clock_now().plus(Duration::from_secs(5)).to_string();
    let order = ana.order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "59000", "time_in_force": "gtd", "expires_at": end})).await;
    app.clock.advance(Duration::from_secs(10));
    let expired = ana.order_becomes(&order, "expired").await;
    assert_eq!(
        (&expired["reserved"], ana.portfolio().await["reserved"].clone()),
        (&json!("0.00"), json!("0.00"))
    );
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_orders_are_refused_by_the_name_of_the_field() {
    let app = App::start().await;
    let ana = app.user();
    let past = Timestamp::from_millis(0).expect("time").to_string();
    let cases = [
        (json!({"type": "limit", "quantity": "1"}), "limit_price"),
        (
            json!({"type": "market", "quantity": "1", "limit_price": "5"}),
            "limit_price",
        ),
        (json!({"type": "stop", "quantity": "1"}), "stop_price"),
        (
            json!({"type": "trailing_stop", "quantity": "1", "trail_pct": "51"}),
            "trail_pct",
        ),
        (json!({"type": "odd", "quantity": "1"}), "type"),
        (
            json!({"type": "limit", "quantity": "1", "limit_price": "-5"}),
            "limit_price",
        ),
        (
            json!({"type": "limit", "quantity": "1", "limit_price": "5", "time_in_force": "gtd"}),
            "expires_at",
        ),
        (
            json!({"type": "limit", "quantity": "1", "limit_price": "5", "time_in_force": "gtd", "expires_at": past}),
            "expires_at",
        ),
        (
            json!({"type": "limit", "quantity": "1", "limit_price": "5", "expires_at": "2099-01-01T00:00:00Z"}),
            "expires_at",
        ),
        (
            json!({"type": "stop", "quantity": "1", "stop_price": "70000", "time_in_force": "ioc"}),
            "time_in_force",
        ),
        (
            json!({"type": "oco", "quantity": "1", "take_profit": {"limit_price": "50000"}}),
            "stop_loss",
        ),
        (
            json!({"type": "oco", "quantity": "1", "take_profit": {"limit_price": "1"}, "stop_loss": {"stop_price": "1"}}),
            "stop_loss.stop_price",
        ),
    ];
    for (mut body, field) in cases {
        body["symbol"] = json!("BTC");
        body["side"] = json!("buy");
        let (status, refused) = ana.post(ORDERS, body.clone()).await;
        assert_eq!(
            (status, refused["error"]["fields"][field].is_array()),
            (422, true),
            "{body} {refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_order_says_how_long_it_was_to_live() {
    let app = App::start().await;
    let ana = app.user();
    for (asked, told) in [(None, "ioc"), (Some("ioc"), "ioc"), (Some("fok"), "fok")] {
        let body =
            json!({"symbol": "BTC", "side": "buy", "type": "market", "quantity": "0.001", "time_in_force": asked});
        let order = ana.order(body).await;
        assert_eq!(
            (&order["status"], &order["time_in_force"]),
            (&json!("filled"), &json!(told))
        );
    }
}
