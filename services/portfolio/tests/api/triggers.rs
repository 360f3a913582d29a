//! Orders with a trigger: stops, take-profits, trailing stops, pairs.

use rust_decimal::dec;
use serde_json::json;

use crate::helpers::{App, code, dec};

const ORDERS: &str = "/api/virtual-portfolio/orders/";

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_sells_at_market_once_the_price_has_fallen_to_it() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.5"}))
        .await;
    let (status, refused) = ana
        .post(
            ORDERS,
            json!({"symbol": "BTC", "side": "sell", "type": "stop", "quantity": "0.5", "stop_price": "61000"}),
        )
        .await;
    assert_eq!(
        (status, refused["error"]["fields"]["stop_price"].is_array()),
        (422, true),
        "{refused}"
    );
    let order = ana
        .order(json!({"symbol": "BTC", "side": "sell", "type": "stop", "quantity": "0.5", "stop_price": "58000"}))
        .await;
    assert_eq!(order["reserved"], "0.5");
    let (status, refused) = ana
        .post(
            "/api/virtual-portfolio/trades/",
            json!({"symbol": "BTC", "side": "sell", "quantity": "0.1"}),
        )
        .await;
    assert_eq!((status, code(&refused)), (409, "insufficient_holding"));
    app.append("bitcoin", "57000", app.clock_now()).await;
    let filled = ana.order_becomes(&order, "filled").await;
    assert_eq!(filled["trade"]["quote"]["price"], "57000");
    assert!(dec(&filled["trade"]["realized_pnl"]) < dec!(-1500));
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_pair_the_first_half_cancels_the_other_and_one_hold_serves_both() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "2"}))
        .await;
    let body = json!({"symbol": "ETH", "side": "sell", "type": "oco", "quantity": "2",
        "take_profit": {"limit_price": "3300"}, "stop_loss": {"stop_price": "2800"}});
    let limit = ana.order(body).await;
    let stop = limit["linked_order"].clone();
    assert_eq!(
        (
            &limit["linked_order_id"],
            &stop["linked_order_id"],
            &limit["reserved"],
            &stop["reserved"]
        ),
        (&stop["id"], &limit["id"], &json!("2"), &json!("0"))
    );
    app.append("ethereum", "2790", app.clock_now()).await;
    ana.order_becomes(&stop, "filled").await;
    let cancelled = ana.order_becomes(&limit, "cancelled").await;
    assert_eq!(cancelled["reason"], "the other half of its pair came first");
    assert_eq!(ana.portfolio().await["holdings"], json!([]));
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trailing_stop_a_take_profit_and_a_stop_limit_do_what_they_say() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "3"}))
        .await;
    let trailing = ana
        .order(json!({"symbol": "ETH", "side": "sell", "type": "trailing_stop", "quantity": "1", "trail_pct": "5"}))
        .await;
    assert_eq!(trailing["stop_price"], "2850");
    let target = ana
        .order(json!({"symbol": "ETH", "side": "sell", "type": "take_profit", "quantity": "1", "stop_price": "3150"}))
        .await;
    let stop_limit = ana.order(json!({"symbol": "ETH", "side": "sell", "type": "stop_limit", "quantity": "1", "stop_price": "2950", "limit_price": "2960"})).await;
    app.append("ethereum", "3200", app.clock_now()).await;
    ana.order_becomes(&target, "filled").await;
    app.append("ethereum", "3040", app.clock_now()).await;
    let filled = ana.order_becomes(&trailing, "filled").await;
    assert_eq!(filled["trade"]["quote"]["price"], "3040", "5 % below 3,200");
    app.append("ethereum", "2940", app.clock_now()).await;
    ana.order_becomes(&stop_limit, "triggered").await;
    app.append("ethereum", "2960", app.clock_now()).await;
    let filled = ana.order_becomes(&stop_limit, "filled").await;
    assert_eq!(filled["trade"]["price"], "2960");
    app.verify().await;
}
