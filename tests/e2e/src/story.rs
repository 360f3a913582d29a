use std::path::Path;

use serde_json::{Value, json};
use test_kit::eventually;

use crate::{Client, Installation, Mails, append, text, tick_now};

/// A user's story, told over HTTP through the gateway: Ana registers, hears by mail of alerts that fire, trades, and goes.
///
/// Starts the platform, and stops it in order.
///
/// # Panics
/// When anything is not as she may expect.
pub async fn tell_story(platform: &mut Installation) {
    let file = platform.file("ticks.csv");
    append(&file, &tick_now("BTC", "60000"));
    append(&file, &tick_now("ETH", "2500.10"));
    platform.start(&format!("tail:{}", file.display())).await;
    let mails = platform.mails();
    let anybody = Client::new(&platform.url());

    // Nothing is said about anybody to somebody who is not signed in.
    assert_eq!(anybody.get("/api/alerts/").await.refused(401), "unauthorized");
    let (mut ana, email) = Client::registered(&platform.url(), &mails, "Ana").await;
    let me = ana.data("/api/auth/me/").await;
    assert_eq!(
        (&me["email"], &me["email_verified"], &me["role"]),
        (&json!(email), &json!(true), &json!("user"))
    );

    let assets = anybody.list_of("/api/assets/", 2).await;
    assert!(
        assets
            .iter()
            .any(|asset| asset["asset_id"] == "btc" && asset["price"] == "60000"),
        "{assets:?}"
    );
    let status = anybody.data("/api/market/status/").await;
    assert_eq!(status["simulated"], json!(true), "prices from a file are said to be so");

    alert_fires_once(&ana, &file, &mails, &email).await;
    trade(&ana).await;

    let refresh = ana.refresh.clone().expect("a refresh token");
    let fresh = ana.post("/api/auth/refresh/", json!({"refresh": refresh})).await.data();
    ana.access = Some(text(&fresh["access"]));
    ana.data("/api/auth/me/").await;
    ana.post("/api/auth/logout/", json!({})).await.data();
    eventually("the session counts no more", async || {
        (ana.get("/api/auth/me/").await.status == 401).then_some(())
    })
    .await;
    platform.stop();
}

async fn alert_fires_once(ana: &Client, file: &Path, mails: &Mails, email: &str) {
    let short = ana
        .post(
            "/api/alerts/",
            json!({"symbol": "btc", "condition": "above", "target_price": "61000"}),
        )
        .await;
    assert_eq!(short.status, 201, "{}", short.body);
    let short = short.data();
    assert_eq!(
        short["condition"],
        json!({"type": "above", "price": "61000"}),
        "the short form is told in full"
    );
    let full = json!({"symbol": "ETH", "condition": {"type": "below", "price": 2400}, "note": "buy the dip", "channels": ["in_app"]});
    let full = ana.post("/api/alerts/", full).await.data();
    assert_eq!(
        (&full["status"], &full["already_true"]),
        (&json!("armed"), &json!(false))
    );

    for price in ["60500", "61000", "61500", "60100", "61200"] {
        append(file, &tick_now("BTC", price));
    }
    append(file, &tick_now("ETH", "2399.99"));
    let fired = ana.list_of("/api/alerts/history/", 2).await;
    let of = |id: &Value| {
        fired
            .iter()
            .find(|row| row["alert_id"] == *id)
            .cloned()
            .unwrap_or_else(|| panic!("{fired:?}"))
    };
    assert_eq!(
        (&of(&short["id"])["price"], &of(&short["id"])["source"]),
        (&json!("61000"), &json!("tail"))
    );
    assert_eq!(of(&full["id"])["price"], json!("2399.99"));

    let notes = ana.list_of("/api/notifications/?unread=true", 2).await;
    assert!(notes.iter().all(|note| note["kind"] == "alert_fired"), "{notes:?}");
    let sent = mails.wait_for(email, 2).await;
    let about_alert = sent
        .iter()
        .filter(|mail| mail.contains("61000") && mail.contains("BTC"))
        .count();
    assert_eq!(about_alert, 1, "one mail for the alert that asks for mail");
    assert!(
        !sent.iter().any(|mail| mail.contains("2399.99")),
        "no mail for the one that does not"
    );

    let alert = ana.data(&format!("/api/alerts/{}/", text(&short["id"]))).await;
    assert_eq!(
        (&alert["status"], &alert["fired_count"], &alert["is_active"]),
        (&json!("triggered"), &json!(1), &json!(false))
    );
    assert_eq!(
        ana.data("/api/alerts/history/").await.as_array().map(Vec::len),
        Some(2),
        "each fired once"
    );
}

async fn trade(ana: &Client) {
    let priced = json!({"symbol": "BTC", "side": "buy", "quantity": "0.5", "price": "1"});
    assert_eq!(
        ana.post("/api/virtual-portfolio/trades/", priced).await.refused(422),
        "validation_failed"
    );

    let bought = ana
        .post(
            "/api/virtual-portfolio/trades/",
            json!({"symbol": "BTC", "side": "buy", "quantity": "0.5"}),
        )
        .await;
    assert_eq!(bought.status, 201, "{}", bought.body);
    let bought = bought.data();
    // 61,200 at the ask (5 bps) and 5 + 3.06 bps of slippage for an order of about 30,600 USD: never cheaper than the market.
    let price: f64 = text(&bought["trade"]["price"]).parse().expect("a price");
    assert!((61_200.0..61_320.0).contains(&price), "{bought}");

    let sold = ana
        .post(
            "/api/virtual-portfolio/trades/",
            json!({"symbol": "BTC", "side": "sell", "quantity": "0.2"}),
        )
        .await
        .data();
    assert!(
        text(&sold["trade"]["realized_pnl"]).starts_with('-'),
        "spread and fees cost something: {sold}"
    );

    let portfolio = ana.data("/api/virtual-portfolio/").await;
    let holding = &portfolio["holdings"][0];
    assert_eq!(
        (&holding["symbol"], &holding["quantity"], &holding["stale"]),
        (&json!("BTC"), &json!("0.3"), &json!(false))
    );
    let number = |name: &str| text(&portfolio[name]).parse::<f64>().expect("a decimal");
    let sum = number("initial_balance") + number("realized_pnl") + number("unrealized_pnl");
    assert!(
        (number("equity") - sum).abs() < 0.02,
        "equity is what was paid in and what was won: {portfolio}"
    );
    assert!(number("cash_balance") < 100_000.0 && number("fees_paid") > 0.0);
}
