//! Providers that fail in every way, and what is said of prices then.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use test_kit::{Asked, ProviderStub, Reply, StreamStub};

use super::{
    helpers::{App, until},
    live::{coinbase, kraken, now, price_of},
};

async fn with(app: &mut App, feed: &str, settings: &[(&str, &str)]) {
    for (name, value) in settings {
        app.settings.push((format!("MARKET_DATA__{name}"), (*value).to_owned()));
    }
    app.run(feed).await.expect("start");
}

/// Lets CoinGecko be polled each second from the start.
pub async fn poll_each_second(app: &App) {
    use diesel_async::SimpleAsyncConnection;
    app.database
        .connect()
        .await
        .batch_execute("INSERT INTO market_data.sources (name, poll_seconds) VALUES ('coingecko', 1)")
        .await
        .expect("a source");
}

fn item(id: &str, symbol: &str, name: &str, rank: u32, at: &str) -> Value {
    json!({"id": id, "symbol": symbol, "name": name, "current_price": rank, "market_cap_rank": rank, "last_updated": at})
}

/// CoinGecko with nothing but pages; `page` makes each from how many were asked for before it.
fn pages(page: impl Fn(usize) -> String) -> impl Fn(&Asked) -> Reply {
    let count = AtomicUsize::new(0);
    move |asked| {
        if asked.target.starts_with("/coins/markets") {
            Reply::json(page(count.fetch_add(1, Ordering::SeqCst)))
        } else {
            Reply::status("404 Not Found", "", r#"{"error":"coin not found"}"#)
        }
    }
}

async fn state_of(app: &App, name: &str) -> Option<String> {
    let status = app.data("/api/market/status/").await;
    let all = status["providers"].as_array()?.clone();
    let one = all.into_iter().find(|provider| provider["name"] == name)?;
    one["state"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_40_answers_with_frozen_times_make_every_number_stale() {
    let at = now();
    let page = json!([item("bitcoin", "btc", "Bitcoin", 1, &at)]).to_string();
    let rest = ProviderStub::start(pages(move |_| page.clone())).await;
    let mut app = App::prepare(1).await;
    poll_each_second(&app).await;
    with(&mut app, "coingecko", &[("PROVIDERS__COINGECKO_URL", rest.url())]).await;
    until("the first price", || async { price_of(&app, "BTC").await.is_some() }).await;
    until("it is stale after three periods", || async {
        let one = app.data("/api/assets/BTC/price/").await;
        let list = app.data("/api/assets/?search=bitcoin").await;
        let tiles = app.data("/api/heatmap/?limit=1").await;
        let summary = app.data("/api/market/summary/").await;
        [&one, &list[0], &tiles[0], &summary]
            .iter()
            .all(|view| view["stale"] == true)
    })
    .await;
    assert_eq!(state_of(&app, "coingecko").await.as_deref(), Some("degraded"));
    app.ticks_stored(1).await;
    let polls = rest.asked_for("/coins/markets").len();
    until("it was polled again", || async {
        rest.asked_for("/coins/markets").len() > polls + 1
    })
    .await;
    let ticks = "SELECT count(*) FROM market_data.ticks";
    assert_eq!(app.count(ticks).await, 1, "a frozen answer is no news");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_40_a_second_source_carries_on_alone_and_a_returning_one_counts_again() {
    let (first, second) = (StreamStub::start().await, StreamStub::start().await);
    let mut app = App::prepare(1).await;
    let settings = [
        ("PROVIDERS__KRAKEN_URL", first.url()),
        ("PROVIDERS__COINBASE_URL", second.url()),
        ("STREAM_STALE_AFTER", "2"),
    ];
    with(&mut app, "kraken,coinbase", &settings).await;
    until("both are connected", || async {
        first.connections() > 0 && second.connections() > 0
    })
    .await;
    let mut id = 0;
    let mut next = || {
        id += 1;
        id
    };
    until("the median of both", || {
        first.say(kraken("BTC/USD", "100", next()));
        second.say(coinbase("BTC-USD", "102", next()));
        async { price_of(&app, "BTC").await.as_deref() == Some("101") }
    })
    .await;

    let silent_since = Instant::now();
    first.freeze();
    until("the second source alone", || {
        second.say(coinbase("BTC-USD", "102", next()));
        async { price_of(&app, "BTC").await.as_deref() == Some("102") }
    })
    .await;
    assert!(silent_since.elapsed() < Duration::from_secs(4), "two periods at most");
    let price = app.data("/api/assets/BTC/price/").await;
    assert_eq!((&price["stale"], &price["source"]), (&json!(false), &json!("coinbase")));
    first.thaw();
    until("the first is told to be down", || {
        second.say(coinbase("BTC-USD", "102", next()));
        async { state_of(&app, "kraken").await.as_deref() == Some("down") }
    })
    .await;
    assert!(
        silent_since.elapsed() < Duration::from_secs(11),
        "{:?}",
        silent_since.elapsed()
    );
    until("it counts again once it is back", || {
        first.say(kraken("BTC/USD", "100", next()));
        second.say(coinbase("BTC-USD", "102", next()));
        async { price_of(&app, "BTC").await.as_deref() == Some("101") }
    })
    .await;
    until("its state is told", || async {
        state_of(&app, "kraken").await.as_deref() == Some("live")
    })
    .await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_42_assets_that_share_a_ticker_are_renamed_and_vanish_without_confusion() {
    let rest = ProviderStub::start(pages(|number| {
        let at = now();
        let small = item("abc-small", "abc", "Abc the second", 900, &at);
        let page = match number {
            0 => json!([item("abc-large", "abc", "Abc", 5, &at), small]),
            1 | 2 => json!([item("abc-large", "xyz", "Xyz, formerly Abc", 5, &at), small]),
            // The large one is delisted.
            _ => json!([small]),
        };
        page.to_string()
    }))
    .await;
    let stream = StreamStub::start().await;
    let mut app = App::prepare(2).await;
    poll_each_second(&app).await;
    let settings = [
        ("PROVIDERS__COINGECKO_URL", rest.url()),
        ("PROVIDERS__KRAKEN_URL", stream.url()),
    ];
    with(&mut app, "coingecko,kraken", &settings).await;
    let id_of = async |ticker: &str| {
        let (status, body) = app.get(&format!("/api/assets/{ticker}/")).await;
        assert!(status == 200 || status == 404, "{status} {body}");
        body["data"]["asset_id"].as_str().map(str::to_owned)
    };
    until("the ticker means the larger of two", || async {
        id_of("ABC").await.as_deref() == Some("abc-large")
    })
    .await;
    until("the ticker passes on with the rename", || async {
        id_of("ABC").await.as_deref() == Some("abc-small") && id_of("XYZ").await.as_deref() == Some("abc-large")
    })
    .await;
    until("it is no longer listed there", || async {
        rest.asked_for("/coins/markets").len() > 5
    })
    .await;
    // Who holds it or has an alert on it still finds it under its id, with its last price and its age.
    let gone = app.data("/api/assets/abc-large/").await;
    assert_eq!((&gone["asset_id"], &gone["price"]), (&json!("abc-large"), &json!("5")));
    for id in ["abc-small", "abc-large"] {
        assert_eq!(id_of(id).await.as_deref(), Some(id));
        for path in ["price/", ""] {
            assert_eq!(app.get(&format!("/api/assets/{id}/{path}")).await.0, 200);
        }
        assert_eq!(app.get(&format!("/api/ohlc/{id}/?interval=1m")).await.0, 200);
    }
    // A venue's ticker means the asset that has it now.
    until("a quote for the ticker", || {
        stream.say(kraken(
            "ABC/USD",
            "901",
            u64::try_from(rest.asked().len()).expect("count"),
        ));
        async { price_of(&app, "abc-small").await.is_some_and(|price| price != "900") }
    })
    .await;
    assert_eq!(price_of(&app, "abc-large").await.as_deref(), Some("5"));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_43_a_half_open_socket_is_noticed_within_ten_seconds_and_repeats_no_tick() {
    let stream = StreamStub::start().await;
    let mut app = App::prepare(1).await;
    with(&mut app, "kraken", &[("PROVIDERS__KRAKEN_URL", stream.url())]).await;
    until("the first price", || {
        stream.say(kraken("BTC/USD", "100", 7));
        async { price_of(&app, "BTC").await.is_some() }
    })
    .await;
    let (before, frozen_at) = (stream.connections(), Instant::now());
    stream.freeze();
    stream.say(kraken("BTC/USD", "101", 8));
    tokio::time::sleep(Duration::from_millis(500)).await;
    stream.thaw();
    until("it is connected again", || async { stream.connections() > before }).await;
    assert!(
        frozen_at.elapsed() < Duration::from_secs(11),
        "{:?}",
        frozen_at.elapsed()
    );
    // What was told before the gap is told again after it, as venues do.
    until("news after the gap", || {
        stream.say(kraken("BTC/USD", "100", 7));
        stream.say(kraken("BTC/USD", "102", 9));
        async { price_of(&app, "BTC").await.as_deref() == Some("102") }
    })
    .await;
    let doubled = "SELECT count(*) - count(DISTINCT price) FROM market_data.ticks";
    assert_eq!(app.count(doubled).await, 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_43_a_stream_that_says_it_will_close_is_left_and_opened_again() {
    let stream = StreamStub::start().await;
    let mut app = App::prepare(1).await;
    with(&mut app, "binance", &[("PROVIDERS__BINANCE_URL", stream.url())]).await;
    until("it is connected", || async { stream.connections() > 0 }).await;
    until("it is connected again", || {
        stream.say(json!({"stream": "!serverShutdown", "data": {"e": "serverShutdown", "E": 1}}));
        async { stream.connections() > 1 }
    })
    .await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_43_a_silent_symbol_on_a_live_socket_is_stale_alone() {
    let stream = StreamStub::start().await;
    let mut app = App::prepare(1).await;
    let settings = [("PROVIDERS__KRAKEN_URL", stream.url()), ("STREAM_STALE_AFTER", "2")];
    with(&mut app, "kraken", &settings).await;
    let mut id = 0;
    let mut next = || {
        id += 1;
        id
    };
    until("prices of both", || {
        stream.say(kraken("BTC/USD", "100", next()));
        stream.say(kraken("ETH/USD", "5", next()));
        async { price_of(&app, "BTC").await.is_some() && price_of(&app, "ETH").await.is_some() }
    })
    .await;
    let stale = async |symbol: &str| app.data(&format!("/api/assets/{symbol}/price/")).await["stale"] == true;
    let silent_since = Instant::now();
    until("the silent one is stale", || {
        stream.say(kraken("ETH/USD", "5", next()));
        async { stale("BTC").await }
    })
    .await;
    assert!(
        silent_since.elapsed() < Duration::from_secs(6),
        "{:?}",
        silent_since.elapsed()
    );
    assert!(!stale("ETH").await, "the other one is not");
    assert_eq!(state_of(&app, "kraken").await.as_deref(), Some("live"));
    app.stop().await;
}
