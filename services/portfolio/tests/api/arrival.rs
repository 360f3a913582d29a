//! What becomes of an order by the price that there is when it arrives, or that comes first behind it.

use std::time::Duration;

use rust_decimal::dec;
use serde_json::{Value, json};

use crate::helpers::{App, dec};

const ORDERS: &str = "/api/virtual-portfolio/orders/";
/// Longer than a price of the tests' source is fresh.
const LONG: Duration = Duration::from_secs(11);

fn limit(side: &str, limit: &str) -> Value {
    json!({"symbol": "BTC", "side": side, "type": "limit", "quantity": "0.1", "limit_price": limit})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_order_placed_at_a_stale_price_is_a_taker_at_the_first_fresh_price_within_its_limit() {
    let app = App::start().await;
    let (ana, bob) = (app.user(), app.user());
    bob.trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"}))
        .await;
    app.clock.advance(LONG);
    let (bid, offer) = (
        ana.order(limit("buy", "61000")).await,
        bob.order(limit("sell", "59000")).await,
    );
    assert_eq!(
        (&bid["status"], &offer["status"]),
        (&json!("accepted"), &json!("accepted"))
    );
    app.append("bitcoin", "60000", app.clock_now()).await;
    let bought = ana.order_becomes(&bid, "filled").await;
    let paid = dec(&bought["trade"]["price"]);
    assert!(paid > dec!(60030) && paid < dec!(60100), "{bought}");
    let sold = bob.order_becomes(&offer, "filled").await;
    let got = dec(&sold["trade"]["price"]);
    assert!(got > dec!(59900) && got < dec!(59970), "{sold}");
    assert_eq!(ana.portfolio().await["reserved"], "0.00");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_order_of_an_asset_without_any_price_is_a_taker_at_the_first_one() {
    let app = App::start_bare().await;
    app.list("bitcoin", "BTC", 1).await;
    let ana = app.user();
    let bid = ana.order(limit("buy", "61000")).await;
    app.append("bitcoin", "60000", app.clock_now()).await;
    let bought = ana.order_becomes(&bid, "filled").await;
    assert!(dec(&bought["trade"]["price"]) < dec!(60100), "{bought}");
}

#[tokio::test(flavor = "multi_thread")]
async fn once_a_fresh_price_has_judged_it_a_limit_order_rests_at_its_limit_even_after_a_restart() {
    let mut app = App::start().await;
    let id = app.user().id;
    app.clock.advance(LONG);
    let order = app.user_named(id).order(limit("buy", "59000")).await;
    app.append("bitcoin", "60000", app.clock_now()).await;
    app.tried_all("bitcoin").await;
    app.running.take().expect("running").stop().await.expect("a clean stop");
    app.run().await;
    app.append("bitcoin", "58000", app.clock_now()).await;
    let filled = app.user_named(id).order_becomes(&order, "filled").await;
    assert_eq!(filled["trade"]["price"], "59000");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profitable_half_of_a_pair_must_lie_beyond_the_last_price() {
    let app = App::start().await;
    let ana = app.user();
    ana.trade(json!({"symbol": "BTC", "side": "buy", "quantity": "0.2"}))
        .await;
    let pair = |side: &str, profit: &str, loss: &str| {
        json!({"symbol": "BTC", "side": side, "type": "oco", "quantity": "0.1",
            "take_profit": {"limit_price": profit}, "stop_loss": {"stop_price": loss}})
    };
    for body in [
        pair("sell", "60000", "50000"),
        pair("sell", "59990", "50000"),
        pair("sell", "50001", "50000"),
        pair("buy", "60000", "70000"),
        pair("buy", "60010", "70000"),
    ] {
        let (status, refused) = ana.post(ORDERS, body.clone()).await;
        let reasons = &refused["error"]["fields"]["take_profit.limit_price"];
        assert_eq!((status, reasons.is_array()), (422, true), "{body} {refused}");
    }
    for body in [pair("sell", "60000.01", "50000"), pair("buy", "59999.99", "70000")] {
        assert_eq!(ana.order(body).await["status"], "accepted");
    }
}
