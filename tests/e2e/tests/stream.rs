//! What a page that stays open is told.

use e2e::{Client, Installation, Mode, Stream, append, text, tick_now};
use serde_json::{Value, json};
use test_kit::eventually;

fn has(message: &Value, channel: &str, member: &str, value: &str) -> bool {
    message["channel"] == channel && message["data"][member] == value
}

async fn day_of_a_page(mode: Mode) {
    let mut platform = Installation::new(mode).await;
    let file = platform.file("ticks.csv");
    let feed = format!("tail:{}", file.display());
    append(&file, &(tick_now("BTC", "60000") + &tick_now("ETH", "2500.10")));
    platform.start(&feed).await;
    let anybody = Client::new(&platform.url());
    anybody.list_of("/api/assets/", 2).await;

    // The gateway hears of new assets a moment after market-data does.
    let mut page = eventually("both assets are on the stream", async || {
        let mut page = Stream::open(&platform.url()).await;
        page.subscribe(&["ticker:*"]).await;
        let all = page.snapshot("ticker:*").await;
        (all.as_array().map(Vec::len) == Some(2)).then_some(page)
    })
    .await;
    prices(&mut page, &anybody, &file).await;
    let ana = own(&mut page, &platform, &file).await;

    ana.post("/api/auth/logout/", json!({})).await.data();
    page.until("the end of the session", |message| message["code"] == "session_ended")
        .await;
    append(&file, &tick_now("BTC", "60500"));
    page.until("a price after that", |message| {
        has(message, "ticker:BTC", "price", "60500")
    })
    .await;

    let stopping = std::thread::spawn(move || {
        platform.stop();
        platform
    });
    assert_eq!(page.goodbye().await, 1012);
    let mut platform = stopping.join().expect("a clean stop");
    platform.start(&feed).await;
    let mut again = eventually("the assets are known again", async || {
        let mut page = Stream::open(&platform.url()).await;
        page.subscribe(&["ticker:BTC"]).await;
        let first = page.until("an answer", |_| true).await;
        (first["data"]["price"] == "60500").then_some(page)
    })
    .await;
    append(&file, &tick_now("BTC", "60501"));
    let update = again
        .until("a new price", |message| has(message, "ticker:BTC", "price", "60501"))
        .await;
    assert_eq!(update["type"], "update");
    platform.stop();
}

async fn prices(page: &mut Stream, anybody: &Client, file: &std::path::Path) {
    page.subscribe(&["ticker:*", "ticker:BTC", "candles:BTC:1m"]).await;
    let all = page.snapshot("ticker:*").await;
    let symbols: Vec<&Value> = all
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| &row["symbol"])
        .collect();
    assert!(
        symbols.contains(&&json!("BTC")) && symbols.contains(&&json!("ETH")),
        "{all}"
    );
    let candles = page.snapshot("candles:BTC:1m").await;
    assert!(!candles.as_array().expect("a list").is_empty());
    let mut candle = Value::Null;
    for price in ["60001", "60002.5", "60000.25"] {
        append(file, &tick_now("BTC", price));
        // The candle may be told before the price that changed it.
        let update = page
            .until(price, |message| {
                if has(message, "candles:BTC:1m", "close", "60000.25") {
                    candle = message.clone();
                }
                has(message, "ticker:BTC", "price", price)
            })
            .await;
        assert_eq!(
            (&update["data"]["source"], &update["data"]["stale"]),
            (&json!("tail"), &json!(false))
        );
    }
    let update = if candle.is_null() {
        page.until("the open candle", |message| {
            has(message, "candles:BTC:1m", "close", "60000.25")
        })
        .await
    } else {
        candle
    };
    let rows = anybody.data("/api/ohlc/BTC/?interval=1m").await;
    let same = rows
        .as_array()
        .expect("a list")
        .iter()
        .find(|row| row["timestamp"] == update["data"]["timestamp"]);
    assert_eq!(
        same,
        Some(&update["data"]),
        "a candle is the same on the stream and on the route"
    );
}

async fn own(page: &mut Stream, platform: &Installation, file: &std::path::Path) -> Client {
    let (ana, _) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    page.subscribe(&["portfolio"]).await;
    page.until("a refusal", |message| message["code"] == "unauthorized")
        .await;
    page.send(json!({"op": "auth", "token": ana.access})).await;
    page.until("the sign-in", |message| message["type"] == "authenticated")
        .await;
    // Snapshots come when their services have answered, in any order: one after another here.
    for channel in ["notifications", "orders"] {
        page.subscribe(&[channel]).await;
        assert_eq!(page.snapshot(channel).await, json!([]), "{channel}");
    }
    page.subscribe(&["portfolio"]).await;
    let portfolio = page.snapshot("portfolio").await;
    assert_eq!(portfolio, ana.data("/api/virtual-portfolio/").await);

    let alert = json!({"symbol": "BTC", "condition": {"type": "above", "price": "61000"}, "channels": ["in_app"]});
    assert_eq!(ana.post("/api/alerts/", alert).await.status, 201);
    let order = json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "0.5", "limit_price": "59950"});
    let order = ana.post("/api/virtual-portfolio/orders/", order).await.data();
    let id = text(&order["id"]);
    let is_order =
        |message: &Value, status: &str| has(message, "orders", "status", status) && has(message, "orders", "id", &id);
    page.until("the new order", |message| is_order(message, "accepted"))
        .await;
    append(file, &tick_now("BTC", "61000.5"));
    let told = page
        .until("the alert", |message| {
            has(message, "notifications", "kind", "alert_fired")
        })
        .await;
    assert_eq!(
        (&told["type"], &told["data"]["read"]),
        (&json!("update"), &json!(false))
    );
    append(file, &tick_now("BTC", "59940"));
    let filled = page.until("the fill", |message| is_order(message, "filled")).await;
    assert_eq!(filled["data"]["filled_quantity"], "0.5");

    // The holding is worth what the newest price says, on the stream as on the route.
    append(file, &tick_now("BTC", "60100"));
    let is_valued = |message: &Value| {
        message["channel"] == "portfolio" && message["data"]["holdings"][0]["latest_price"] == "60100"
    };
    let portfolio = page.until("the holding at its newest price", is_valued).await;
    assert_eq!(portfolio["data"], ana.data("/api/virtual-portfolio/").await);
    ana
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_prices_alerts_and_fills_on_the_standalone() {
    day_of_a_page(Mode::Standalone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_hears_prices_alerts_and_fills_on_six_processes() {
    day_of_a_page(Mode::Distributed).await;
}
