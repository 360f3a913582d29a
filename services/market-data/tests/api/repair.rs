//! The past of live prices is mended once: holes after an outage, and assets without history.

use std::collections::HashSet;

use diesel_async::SimpleAsyncConnection;
use market_data::domain::simulator;
use serde_json::{Value, json};
use test_kit::{Asked, ProviderStub, Reply, StreamStub};

use super::{
    helpers::{App, until},
    live::now,
};

const MINUTE: i64 = 60_000;

fn millis() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// The value of a parameter of a request's query.
fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let url = url::Url::parse(&format!("http://stub{}", asked.target)).expect("a target");
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// Binance with a bar in each bucket that is asked for: 200 USDT, 10 BTC, 3 trades.
fn klines(asked: &Asked) -> Reply {
    if parameter(asked, "symbol").as_deref() != Some("BTCUSDT") {
        return Reply::status("400 Bad Request", "", r#"{"code":-1121,"msg":"Invalid symbol."}"#);
    }
    let number = |name: &str| -> i64 { parameter(asked, name).expect(name).parse().expect(name) };
    let length: i64 = match parameter(asked, "interval").as_deref() {
        Some("1m") => MINUTE,
        Some("1h") => 60 * MINUTE,
        Some("1d") => 1_440 * MINUTE,
        other => panic!("no such interval: {other:?}"),
    };
    let mut rows = Vec::new();
    let mut start = number("startTime");
    while start <= number("endTime") && rows.len() < 1_000 {
        let row = json!([
            start,
            "200.0",
            "220.0",
            "180.0",
            "210.0",
            "10.0",
            start + length - 1,
            "2000",
            3,
            "1",
            "1",
            "0"
        ]);
        rows.push(row);
        start += length;
    }
    Reply::json(json!(rows).to_string())
}

/// CoinGecko with two assets, a point in each fifth minute of the last day, and its half-hours.
fn coingecko(asked: &Asked) -> Reply {
    let path = asked.target.split('?').next().unwrap_or_default();
    match (path, parameter(asked, "days").as_deref()) {
        ("/coins/markets", _) => {
            let item = |id: &str, symbol: &str, price: i64, rank: u32| json!({"id": id, "symbol": symbol, "name": id, "current_price": price, "market_cap_rank": rank, "last_updated": now()});
            Reply::json(json!([item("bitcoin", "btc", 100, 1), item("tether", "usdt", 1, 3)]).to_string())
        }
        ("/coins/bitcoin/market_chart", Some("1")) => {
            let newest = millis().div_euclid(MINUTE) * MINUTE;
            let points = (0..288).map(|back| json!([newest - back * 5 * MINUTE, 300]));
            Reply::json(json!({"prices": points.collect::<Vec<Value>>()}).to_string())
        }
        ("/coins/bitcoin/ohlc", Some("1")) => {
            let end = millis().div_euclid(30 * MINUTE) * 30 * MINUTE;
            let bars = (0..48)
                .rev()
                .map(|back| json!([end - back * 30 * MINUTE, 300, 330, 270, 310]));
            Reply::json(json!(bars.collect::<Vec<Value>>()).to_string())
        }
        _ => Reply::status("404 Not Found", "", r#"{"error":"coin not found"}"#),
    }
}

/// A live database that knows bitcoin and tether, with own candles of bitcoin at 100 in the minutes that are named, counted
/// from now.
async fn database(app: &mut App, own: impl Iterator<Item = i64>) -> i64 {
    let newest = millis().div_euclid(MINUTE);
    let mut conn = app.database.connect().await;
    let known: HashSet<&str> = HashSet::from(["bitcoin", "tether"]);
    for asset in simulator::assets() {
        let facts = asset.asset.facts;
        let statement = format!(
            "INSERT INTO market_data.assets (asset_id, symbol, name, enabled) VALUES ('{}', '{}', 'x', {})",
            facts.asset_id,
            facts.symbol,
            known.contains(facts.asset_id.as_str())
        );
        conn.batch_execute(&statement).await.expect("an asset");
    }
    for back in own {
        let start = (newest - back) * 60;
        let statement = format!(
            "INSERT INTO market_data.candles VALUES ('bitcoin', 1, to_timestamp({start}), 100, 100, 100, 100, 1, 5, false, false,
                false, to_timestamp({start}), 1, to_timestamp({start}), 1)"
        );
        conn.batch_execute(&statement).await.expect("a candle");
    }
    conn.batch_execute("INSERT INTO market_data.sources (name, poll_seconds) VALUES ('coingecko', 1)")
        .await
        .expect("a source");
    newest
}

/// The hole in the candles: from 40 minutes ago until 10 minutes ago.
fn own_minutes() -> impl Iterator<Item = i64> {
    (3..=9).chain(40..=70)
}

/// How many candles are as the database had them; those of the minutes since are not among them.
fn own_count(newest: i64) -> String {
    format!(
        "SELECT count(*) FROM market_data.candles WHERE asset_id = 'bitcoin' AND span = 1 AND close = 100
            AND samples = 5 AND NOT repaired AND start_at <= to_timestamp({})",
        (newest - 3) * 60
    )
}

/// What the minutes of the hole are, in one number that any change would change.
fn state_of_hole(newest: i64) -> String {
    let (from, to) = ((newest - 39) * 60, (newest - 10) * 60);
    format!(
        "SELECT coalesce(sum(hashtext(c::text)), 0) FROM market_data.candles AS c WHERE asset_id = 'bitcoin' AND span = 1
            AND start_at BETWEEN to_timestamp({from}) AND to_timestamp({to})"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_45_a_hole_is_mended_once_with_whole_bars_and_marked() {
    let (stream, bars, rest) = (
        StreamStub::start().await,
        ProviderStub::start(klines).await,
        ProviderStub::start(coingecko).await,
    );
    let mut app = App::prepare(2).await;
    let newest = database(&mut app, own_minutes()).await;
    for (name, url) in [
        ("PROVIDERS__BINANCE_URL", stream.url()),
        ("PROVIDERS__BINANCE_REST_URL", bars.url()),
        ("PROVIDERS__COINGECKO_URL", rest.url()),
        ("REPAIR__WAIT_SECONDS", "0"),
    ] {
        app.settings.push((format!("MARKET_DATA__{name}"), url.to_owned()));
    }
    app.run("coingecko,binance").await.expect("start");
    let (from, to) = ((newest - 39) * 60, (newest - 10) * 60);
    let mended = format!(
        "SELECT count(*) FROM market_data.candles WHERE asset_id = 'bitcoin' AND span = 1 AND repaired AND NOT partial
            AND volume = 10 AND samples = 3 AND start_at BETWEEN to_timestamp({from}) AND to_timestamp({to})"
    );
    until("the hole is mended", || async { app.count(&mended).await == 30 }).await;
    assert_eq!(
        app.count(&own_count(newest)).await,
        38,
        "what was watched stays as it was"
    );

    // Days and hours of an asset without history as well, and longer candles of what was mended.
    for span in [5, 60, 1_440] {
        let count = format!(
            "SELECT count(*) FROM market_data.candles WHERE asset_id = 'bitcoin' AND span = {span} AND repaired AND NOT partial"
        );
        until("longer candles are mended", || async { app.count(&count).await > 4 }).await;
    }
    let from = domain::Timestamp::from_millis((newest - 45) * MINUTE).expect("time");
    let (_, body) = app
        .get(&format!("/api/ohlc/BTC/?interval=1m&from={from}&limit=40"))
        .await;
    assert_eq!(body["gaps"], json!([]), "{body}");
    let repaired: Vec<bool> = body["data"]
        .as_array()
        .expect("candles")
        .iter()
        .map(|candle| candle["repaired"] == true)
        .collect();
    assert_eq!(repaired, [vec![false; 6], vec![true; 30], vec![false; 4]].concat());

    // A longer candle that was still open then is completed once the recorder has closed it in part.
    let fives = format!(
        "span = 5 AND asset_id = 'bitcoin' AND start_at BETWEEN to_timestamp({}) AND to_timestamp({})",
        (newest - 34) * 60,
        (newest - 20) * 60
    );
    let closed = format!("UPDATE market_data.candles SET repaired = false, partial = true, volume = 1 WHERE {fives}");
    app.database
        .connect()
        .await
        .batch_execute(&closed)
        .await
        .expect("closed candles");
    let complete =
        format!("SELECT count(*) FROM market_data.candles WHERE {fives} AND repaired AND NOT partial AND volume = 50");
    until("they are complete", || async { app.count(&complete).await >= 2 }).await;

    // A restart looks again and changes nothing.
    let hole = state_of_hole(newest);
    let before = app.count(&hole).await;
    let asked = |bars: &ProviderStub| {
        let about_hole = |asked: &Asked| parameter(asked, "startTime") == Some(((newest - 39) * MINUTE).to_string());
        bars.asked().iter().filter(|asked| about_hole(asked)).count()
    };
    assert_eq!(asked(&bars), 1);
    app.stop().await;
    app.run("coingecko,binance").await.expect("start");
    let polls = rest.asked_for("/coins/markets").len();
    until("some rounds passed", || async {
        rest.asked_for("/coins/markets").len() > polls + 3
    })
    .await;
    assert_eq!((app.count(&hole).await, asked(&bars)), (before, 1));
    assert_eq!(app.count(&own_count(newest)).await, 38);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_45_points_and_half_hours_of_coingecko_mend_what_they_can_within_its_budget() {
    let rest = ProviderStub::start(coingecko).await;
    let mut app = App::prepare(2).await;
    let newest = database(&mut app, own_minutes()).await;
    app.settings.push((
        "MARKET_DATA__PROVIDERS__COINGECKO_URL".to_owned(),
        rest.url().to_owned(),
    ));
    app.settings
        .push(("MARKET_DATA__REPAIR__WAIT_SECONDS".to_owned(), "0".to_owned()));
    app.run("coingecko").await.expect("start");
    let (from, to) = ((newest - 39) * 60, (newest - 10) * 60);
    let points = format!(
        "SELECT count(*) FROM market_data.candles WHERE asset_id = 'bitcoin' AND span = 1 AND repaired AND partial
            AND volume IS NULL AND close = 300 AND start_at BETWEEN to_timestamp({from}) AND to_timestamp({to})"
    );
    until("a point in each fifth minute", || async {
        app.count(&points).await == 6
    })
    .await;
    let halves =
        "SELECT count(*) FROM market_data.candles WHERE asset_id = 'bitcoin' AND span = 30 AND repaired AND NOT partial
        AND high = 330 AND close = 310";
    until("whole half-hours", || async { app.count(halves).await > 40 }).await;
    let hours = "SELECT count(*) FROM market_data.candles WHERE asset_id = 'bitcoin' AND span = 60 AND repaired AND NOT partial";
    until("hours made of them", || async { app.count(hours).await > 20 }).await;
    assert_eq!(
        app.count(&own_count(newest)).await,
        38,
        "what was watched stays as it was"
    );

    let hole = state_of_hole(newest);
    let before = app.count(&hole).await;
    app.stop().await;
    app.run("coingecko").await.expect("start");
    let polls = rest.asked_for("/coins/markets").len();
    until("some rounds passed", || async {
        rest.asked_for("/coins/markets").len() > polls + 3
    })
    .await;
    assert_eq!(app.count(&hole).await, before, "a second look changes nothing");
    let times: Vec<_> = rest.asked().iter().map(|asked| asked.at).collect();
    // A second start polls at once; apart from it no two requests are closer than half a poll's period.
    let close = times
        .windows(2)
        .filter(|pair| pair[1] - pair[0] < std::time::Duration::from_millis(450));
    assert!(close.count() <= 1, "the budget was exceeded");
    app.stop().await;
}
