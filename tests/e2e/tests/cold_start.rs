//! The six services meet an empty broker and an empty database, in whatever order they come.

use std::time::Duration;

use e2e::{Client, Installation, Mode, SERVICES, append, text, tick_now};
use serde_json::json;
use test_kit::{eventually, eventually_within};

/// How many orders are tried; more by `CANDLEWICK_COLD_STARTS`.
const ORDERS: usize = 3;
/// There are so many orders of six services. Steps of a number that shares no factor with it meet all of them.
const PERMUTATIONS: usize = 720;
const STEP: usize = 227;
/// How long a fact may take to have its effect.
const EFFECT: Duration = Duration::from_secs(60);
/// The services that tell of facts.
const TELLERS: [&str; 5] = ["auth", "market_data", "alerts", "portfolio", "notifier"];

#[tokio::test(flavor = "multi_thread")]
async fn reliability_13_the_first_fact_of_each_kind_arrives_whatever_the_order_of_starts() {
    let orders =
        std::env::var("CANDLEWICK_COLD_STARTS").map_or(ORDERS, |text| text.parse().expect("a number of orders"));
    // The last order begins with the gateway and ends with whom everybody asks.
    for number in (0..orders).map(|turn| (PERMUTATIONS - 1 + turn * STEP) % PERMUTATIONS) {
        meet(&order(number)).await;
    }
}

/// One of the orders, by its number.
fn order(mut number: usize) -> Vec<&'static str> {
    let mut rest = SERVICES.to_vec();
    let mut order = Vec::new();
    while !rest.is_empty() {
        order.push(rest.remove(number % rest.len()));
        number /= rest.len() + 1;
    }
    order
}

async fn meet(order: &[&str]) {
    let mut platform = Installation::new(Mode::Distributed).await;
    let ticks = platform.file("ticks.csv");
    append(&ticks, &tick_now("BTC", "60000"));
    platform
        .start_in_order(&format!("tail:{}", ticks.display()), order)
        .await;

    // `user.registered` makes a mail and a portfolio, `asset.listed` an alert's and an order's asset.
    let (ana, email) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    let alert = json!({"symbol": "BTC", "condition": {"type": "above", "price": "61000"}});
    eventually_within(
        EFFECT,
        &format!("{order:?}: the asset is known to alerts"),
        async || {
            let made = ana.post("/api/alerts/", alert.clone()).await;
            made.status.is_success().then_some(())
        },
    )
    .await;
    let buy = json!({"symbol": "BTC", "side": "buy", "quantity": "0.1"});
    eventually_within(
        EFFECT,
        &format!("{order:?}: the asset is known to portfolio"),
        async || {
            let made = ana.post("/api/virtual-portfolio/trades/", buy.clone()).await;
            made.status.is_success().then_some(())
        },
    )
    .await;
    let limit = json!({"symbol": "BTC", "side": "sell", "type": "limit", "quantity": "0.1", "limit_price": "61500"});
    ana.post("/api/virtual-portfolio/orders/", limit).await.data();

    // `alert.fired` and `order.filled` make a notification each, and the first a mail.
    append(&ticks, &tick_now("BTC", "62000"));
    eventually_within(EFFECT, &format!("{order:?}: both are told"), async || {
        let notes = ana.data("/api/notifications/").await;
        let kinds: Vec<String> = notes.as_array()?.iter().map(|note| text(&note["kind"])).collect();
        let is_told = |kind: &str| kinds.iter().any(|told| told == kind);
        (is_told("alert_fired") && is_told("order_filled")).then_some(())
    })
    .await;
    let mails = platform.mails();
    eventually_within(EFFECT, &format!("{order:?}: the alert's mail"), async || {
        let about_alert = |mail: &String| mail.contains("61000") && mail.contains("BTC");
        mails.to(&email).iter().any(about_alert).then_some(())
    })
    .await;

    // `session.revoked` ends the session everywhere.
    ana.post("/api/auth/logout/", json!({})).await.data();
    eventually(&format!("{order:?}: the session counts no more"), async || {
        (ana.get("/api/auth/me/").await.status == 401).then_some(())
    })
    .await;
    for teller in TELLERS {
        let waiting = format!("SELECT count(*) FROM {teller}.outbox");
        eventually(&format!("{order:?}: the outbox of {teller} is empty"), async || {
            (platform.count(&waiting).await == 0).then_some(())
        })
        .await;
    }
    platform.stop();
}
