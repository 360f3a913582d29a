//! Live providers, played by stubs on the loopback that follow a script.

use std::{sync::Arc, time::Duration};

use domain::ManualClock;
use serde_json::json;
use test_kit::{ProviderStub, Reply, StreamStub};

use super::helpers::{App, until};

pub fn now() -> String {
    domain::Timestamp::from(chrono::Utc::now()).to_string()
}

pub fn kraken(symbol: &str, price: &str, id: u64) -> serde_json::Value {
    let price: serde_json::Value = serde_json::from_str(price).expect("number");
    json!({"channel": "trade", "type": "update", "data": [{"symbol": symbol, "price": price, "qty": 1, "trade_id": id, "timestamp": now()}]})
}

pub fn coinbase(product: &str, price: &str, id: u64) -> serde_json::Value {
    json!({"type": "ticker", "product_id": product, "price": price, "last_size": "1", "trade_id": id, "time": now()})
}

pub async fn price_of(app: &App, symbol: &str) -> Option<String> {
    app.data(&format!("/api/assets/{symbol}/price/")).await["price"]
        .as_str()
        .map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_41_and_43_streams_are_joined_guarded_and_opened_again() {
    let (first, second) = (StreamStub::start().await, StreamStub::start().await);
    let mut app = App::prepare(2).await;
    app.settings
        .push(("MARKET_DATA__PROVIDERS__KRAKEN_URL".to_owned(), first.url().to_owned()));
    app.settings.push((
        "MARKET_DATA__PROVIDERS__COINBASE_URL".to_owned(),
        second.url().to_owned(),
    ));
    app.run("kraken,coinbase").await.expect("start");
    until("both are connected", || async {
        first.connections() > 0 && second.connections() > 0
    })
    .await;

    until("the first price", || async {
        first.say(kraken("BTC/USD", "100.5", 1));
        price_of(&app, "BTC").await.is_some()
    })
    .await;
    second.say(coinbase("BTC-USD", "101.5", 1));
    until("the median of both", || async {
        price_of(&app, "BTC").await.as_deref() == Some("101")
    })
    .await;
    assert_eq!(app.data("/api/market/status/").await["simulated"], false);

    // A trade that is told twice is one tick, and one without a second voice moves nothing.
    second.say(coinbase("BTC-USD", "101.5", 1));
    second.say(coinbase("BTC-USD", "1015", 2));
    first.say(kraken("BTC/USD", "100.5", 2));
    app.ticks_stored(3).await;
    assert_eq!(price_of(&app, "BTC").await.as_deref(), Some("101"));
    let metrics = app.raw("/metrics", &[]).await.text().await.expect("metrics");
    assert!(
        metrics.contains("feed_quarantined_total{source=\"coinbase\"} 1"),
        "{metrics}"
    );

    let before = first.connections();
    first.hang_up();
    until("it is connected again", || async { first.connections() > before }).await;
    until("it is live again", || async {
        first.say(kraken("BTC/USD", "100.7", 9));
        let status = app.data("/api/market/status/").await;
        status["providers"]
            .as_array()
            .is_some_and(|all| all.iter().all(|provider| provider["state"] == "live"))
    })
    .await;
    assert_eq!(
        app.count("SELECT last FROM market_data.sequences WHERE context = 'feed' AND key = 'kraken'")
            .await,
        2
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_39_a_hostile_provider_is_left_alone_and_its_good_items_are_kept() {
    let item = json!({"id": "bitcoin", "symbol": "btc", "name": "Bitcoin", "current_price": 1.2e-8, "market_cap_rank": 1, "circulating_supply": 21_000_000, "last_updated": now()});
    let page = json!([item, {"id": "bad"}, null, {"id": "negative", "symbol": "neg", "name": "N", "current_price": -1, "last_updated": now()}]);
    let rest = ProviderStub::start(move |asked| match asked.number {
        0 => Reply::status(
            "429 Too Many Requests",
            "retry-after: 3\r\ncontent-type: text/html\r\n",
            "<html>slow down</html>",
        ),
        1 => Reply::status("200 OK", "content-type: text/html\r\n", "<html>sorry</html>"),
        _ => Reply::json(page.to_string()),
    })
    .await;
    let mut app = App::prepare(2).await;
    app.settings.push((
        "MARKET_DATA__PROVIDERS__COINGECKO_URL".to_owned(),
        rest.url().to_owned(),
    ));
    app.run("coingecko").await.expect("start");
    until("the first question", || async { !rest.asked().is_empty() }).await;
    let path = "/api/admin/sources/coingecko/";
    until("its state is known", || async {
        !app.data("/api/market/status/").await["providers"]
            .as_array()
            .is_none_or(Vec::is_empty)
    })
    .await;
    let (status, body) = app
        .patch(path, &App::user(contracts::Role::Admin), json!({"poll_seconds": 1}))
        .await;
    assert_eq!((status, &body["data"]["poll_seconds"]), (200, &json!(1)), "{body}");
    let (status, _) = app
        .patch(path, &App::user(contracts::Role::Admin), json!({"poll_seconds": 0}))
        .await;
    assert_eq!(status, 422);
    let first = rest.asked()[0].at;
    while rest.asked().len() < 2 {
        assert!(first.elapsed() < Duration::from_secs(90), "it was never asked again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let second = rest.asked()[1].at;
    assert!(
        second - first >= Duration::from_millis(2_990),
        "asked again after {:?}",
        second - first
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_clock_that_is_set_back_keeps_no_provider_from_being_asked() {
    let rest = ProviderStub::start(|_| Reply::json("[]")).await;
    let mut app = App::prepare(1).await;
    let now = domain::Timestamp::from(chrono::Utc::now());
    let clock = Arc::new(ManualClock::new(now));
    app.clock = clock.clone();
    app.settings.push((
        "MARKET_DATA__PROVIDERS__COINGECKO_URL".to_owned(),
        rest.url().to_owned(),
    ));
    app.run("coingecko").await.expect("start");
    until("its state is known", || async {
        !app.data("/api/market/status/").await["providers"]
            .as_array()
            .is_none_or(Vec::is_empty)
    })
    .await;
    let (status, body) = app
        .patch(
            "/api/admin/sources/coingecko/",
            &App::user(contracts::Role::Admin),
            json!({"poll_seconds": 1}),
        )
        .await;
    assert_eq!(status, 200, "{body}");
    until("the first question", || async { !rest.asked().is_empty() }).await;
    clock.set(now.minus(Duration::from_secs(3_600)));
    let before = rest.asked().len();
    until("it is asked as often as ever", || async {
        rest.asked().len() >= before + 3
    })
    .await;
    app.stop().await;
}

const URLS: [&str; 4] = ["COINGECKO_URL", "COINBASE_URL", "KRAKEN_URL", "BINANCE_URL"];

#[tokio::test(flavor = "multi_thread")]
async fn auto_takes_live_prices_if_one_provider_answers_and_keeps_to_them() {
    let dead = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let nobody = format!("ws://{}", dead.local_addr().expect("an address"));
    drop(dead);
    let stream = StreamStub::start().await;
    let mut app = App::prepare(1).await;
    for name in URLS {
        let url = if name == "KRAKEN_URL" { stream.url() } else { &nobody };
        app.settings
            .push((format!("MARKET_DATA__PROVIDERS__{name}"), url.to_owned()));
    }
    app.run("auto").await.expect("start");
    assert_eq!(app.data("/api/market/status/").await["simulated"], false);
    let live = "SELECT count(*) FROM market_data.feed WHERE kind = 'live'";
    assert_eq!(app.count(live).await, 1);
    app.stop().await;
    // Later nobody answers: the database holds live prices, so it waits for them rather than making some up.
    app.settings
        .push(("MARKET_DATA__PROVIDERS__KRAKEN_URL".to_owned(), nobody));
    app.run("auto").await.expect("start");
    assert_eq!(app.data("/api/market/status/").await["simulated"], false);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn auto_simulates_where_no_provider_answers_within_five_seconds_and_says_so() {
    // It takes connections and says nothing.
    let silent = ProviderStub::start(|_| Reply::Silence).await;
    let mut app = App::prepare(1).await;
    for name in URLS {
        let url = match name {
            "COINGECKO_URL" => silent.url().to_owned(),
            _ => silent.url().replace("http", "ws"),
        };
        app.settings.push((format!("MARKET_DATA__PROVIDERS__{name}"), url));
    }
    let began = std::time::Instant::now();
    app.run("auto").await.expect("start");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(app.data("/api/market/status/").await["simulated"], true);
    until("a simulated price", || async {
        app.data("/api/assets/BTC/price/").await["source"] == "simulator"
    })
    .await;
    app.stop().await;
}
