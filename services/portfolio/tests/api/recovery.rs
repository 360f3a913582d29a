//! Resting orders after a restart, and beside one that is broken.

use serde_json::{Value, json};

use crate::helpers::App;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_orders_hear_what_they_missed() {
    let mut app = App::start().await;
    let id = app.user().id;
    let order: Value = app
        .user_named(id)
        .order(json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "59000"}))
        .await;
    // A tick that everybody has read, so that the position is saved behind it.
    app.tick("bitcoin", "60001").await;
    app.tried_all("bitcoin").await;
    app.running.take().expect("running").stop().await.expect("a clean stop");
    app.append("bitcoin", "58500", app.clock_now()).await;
    app.append("bitcoin", "60002", app.clock_now()).await;
    app.run().await;
    let filled = app.user_named(id).order_becomes(&order, "filled").await;
    assert_eq!(filled["trade"]["price"], "59000");
    app.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_settled_is_rejected_and_holds_up_no_other() {
    let app = App::start().await;
    let (ana, bob) = (app.user(), app.user());
    let sale = json!({"symbol": "ETH", "side": "sell", "type": "limit", "quantity": "1", "limit_price": "3100"});
    for user in [&ana, &bob] {
        user.trade(json!({"symbol": "ETH", "side": "buy", "quantity": "1"}))
            .await;
    }
    let (faulty, sound) = (ana.order(sale.clone()).await, bob.order(sale).await);
    // Ana's book does not know any more what it paid, so that no sale can be booked.
    let portfolio = faulty["id"].as_str().expect("id");
    app.database
        .execute(&format!(
            "DELETE FROM portfolio.lots WHERE portfolio_id = (SELECT portfolio_id FROM portfolio.orders WHERE id = '{portfolio}')"
        ))
        .await;
    app.append("ethereum", "3150", app.clock_now()).await;
    bob.order_becomes(&sound, "filled").await;
    let rejected = ana.order_becomes(&faulty, "rejected").await;
    assert_eq!(
        (&rejected["reason"], &rejected["reserved"]),
        (&json!("it could not be carried out"), &json!("0"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_row_cannot_be_read_holds_up_no_other() {
    let mut app = App::start().await;
    let id = app.user().id;
    let user = app.user_named(id);
    let buy = json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": "59000"});
    let (broken, sound) = (user.order(buy.clone()).await, user.order(buy).await);
    app.running.take().expect("running").stop().await.expect("a clean stop");
    let broken = broken["id"].as_str().expect("id");
    app.database
        .execute(&format!(
            "UPDATE portfolio.orders SET limit_price = NULL WHERE id = '{broken}'"
        ))
        .await;
    app.run().await;
    app.append("bitcoin", "58500", app.clock_now()).await;
    app.user_named(id).order_becomes(&sound, "filled").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_a_displaced_writer_fills_nothing() {
    let mut app = App::start().await;
    let id = app.user().id;
    let buy =
        |limit: &str| json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.1", "limit_price": limit});
    let (low, high) = (
        app.user_named(id).order(buy("50000")).await,
        app.user_named(id).order(buy("58000")).await,
    );
    app.append_of_writer(2, "bitcoin", "60001", app.clock_now()).await;
    app.tried_all("bitcoin").await;
    app.running.take().expect("running").stop().await.expect("a clean stop");
    app.append_of_writer(1, "bitcoin", "49000", app.clock_now()).await;
    app.append_of_writer(2, "bitcoin", "57000", app.clock_now()).await;
    app.run().await;
    let user = app.user_named(id);
    user.order_becomes(&high, "filled").await;
    user.order_becomes(&low, "accepted").await;
    app.verify().await;
}
