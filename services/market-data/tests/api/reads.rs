//! Reads over HTTP, and what they refuse.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use super::helpers::{App, until};

const START: i64 = 1_767_571_200_000;

/// Two hours of two assets: BTC rises by 1 a minute from 100, ETH falls by 1 from 400; ETH pauses for three minutes.
pub async fn market() -> App {
    let mut app = App::prepare(2).await;
    let mut text = String::new();
    for minute in 0..120 {
        let at = START + minute * 60_000;
        text += &format!("{at},BTC,{},100\n", 100 + minute);
        if !(50..53).contains(&minute) {
            text += &format!("{},ETH,{},50\n", at + 1, 400 - minute);
        }
    }
    app.write("day.csv", &text);
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    app.ticks_stored(237).await;
    app.source_is("down").await;
    app
}

fn refused(body: &Value, field: &str) -> bool {
    body["error"]["fields"].get(field).is_some() && body["success"] == false
}

#[tokio::test(flavor = "multi_thread")]
async fn markets_are_read_as_the_contract_says() {
    let mut app = market().await;

    let assets = app.data("/api/assets/").await;
    let row = &assets[0];
    let keys = [
        "asset_id",
        "symbol",
        "name",
        "image_url",
        "rank",
        "price",
        "change_1h",
        "change_24h",
        "change_7d",
        "volume_24h",
        "market_cap",
        "sparkline_7d",
        "updated_at",
        "stale",
    ];
    for key in keys {
        assert!(row.get(key).is_some(), "{key} is missing in {row}");
    }
    assert_eq!(row["asset_id"], "btc");
    assert_eq!(row["price"], "219");
    assert_eq!(row["change_1h"], json!(36.875));
    assert_eq!(
        (&row["change_24h"], &row["rank"], &row["market_cap"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(row["sparkline_7d"], json!(["159", "219", "219"]));
    assert_eq!(row["volume_24h"], "1914000");

    let (_, page) = app.get("/api/assets/?sort=price&order=desc&limit=1").await;
    assert_eq!(page["data"][0]["symbol"], "ETH");
    let next = page["page"]["next"].as_str().expect("next").to_owned();
    let (_, page) = app
        .get(&format!("/api/assets/?sort=price&order=desc&limit=1&cursor={next}"))
        .await;
    assert_eq!(
        (&page["data"][0]["symbol"], &page["page"]["next"]),
        (&json!("BTC"), &Value::Null)
    );
    assert_eq!(app.get(&format!("/api/assets/?sort=name&cursor={next}")).await.0, 422);
    assert_eq!(
        app.data("/api/assets/?search=et").await.as_array().map(Vec::len),
        Some(1)
    );

    let ohlc = app.get("/api/ohlc/ETH/?interval=1m&range=6h").await.1;
    assert_eq!(ohlc["gaps"], json!([]));
    assert_eq!(ohlc["data"].as_array().map(Vec::len), Some(120));
    let quiet = &ohlc["data"][51];
    assert_eq!(
        (&quiet["filled"], &quiet["volume"], &quiet["samples"], &quiet["close"]),
        (&json!(true), &json!("0"), &json!(0), &json!("351"))
    );
    assert_eq!(
        app.data("/api/ohlc/btc/?interval=1h").await[1],
        json!({
            "timestamp": "2026-01-05T01:00:00.000Z", "open": "160", "high": "219", "low": "160", "close": "219", "volume": "6000",
            "samples": 60, "is_closed": true, "filled": false, "partial": false, "repaired": false,
        })
    );
    let oldest = app
        .data("/api/ohlc/btc/?interval=1m&from=2026-01-05T00:10:30Z&limit=2")
        .await;
    assert_eq!(
        (&oldest[0]["timestamp"], oldest.as_array().map(Vec::len)),
        (&json!("2026-01-05T00:10:00.000Z"), Some(2))
    );
    let between = app
        .data("/api/ohlc/btc/?interval=1m&from=2026-01-05T00:10:00Z&to=2026-01-05T00:12:00Z")
        .await;
    assert_eq!(between.as_array().map(Vec::len), Some(2));
    let newest = app.data("/api/ohlc/btc/?interval=1m&limit=2").await;
    assert_eq!(newest[1]["timestamp"], "2026-01-05T01:59:00.000Z");

    let points = app.data("/api/price-history/BTC/?range=6h&points=10").await;
    let prices: Vec<&str> = points
        .as_array()
        .expect("points")
        .iter()
        .filter_map(|point| point["price"].as_str())
        .collect();
    assert!(
        prices.len() <= 10 && prices.contains(&"100") && prices.contains(&"219"),
        "{prices:?}"
    );
    assert!(
        app.data("/api/price-history/BTC/?range=max")
            .await
            .as_array()
            .is_some_and(|points| points.len() > 100)
    );

    let indicators = app
        .data("/api/indicators/BTC/?interval=1m&set=sma:20,macd,rsi:14&series=true")
        .await;
    assert_eq!(indicators["latest"]["sma:20"], json!(209.5));
    assert_eq!(indicators["latest_closed"]["sma:20"], json!(209.5));
    assert_eq!(indicators["series"]["timestamps"].as_array().map(Vec::len), Some(120));
    assert_eq!(indicators["series"]["sma:20"][18], Value::Null);
    assert_eq!(indicators["series"]["sma:20"][19], json!(109.5));
    assert!(indicators["series"]["macd:12:26:9"]["signal"][33].is_number());

    let heatmap = app.data("/api/heatmap/?range=1h").await;
    assert_eq!(
        (heatmap.as_array().map(Vec::len), &heatmap[0]["change"]),
        (Some(2), &json!(36.875))
    );
    let movers = app.data("/api/movers/?range=1h").await;
    assert_eq!(
        (&movers["gainers"][0]["symbol"], &movers["losers"][0]["symbol"]),
        (&json!("BTC"), &json!("ETH"))
    );
    assert_eq!(
        app.data("/api/movers/?range=1h&min_volume=100000000").await,
        json!({"gainers": [], "losers": []})
    );
    let summary = app.data("/api/market/summary/").await;
    assert_eq!(
        (&summary["assets"], &summary["total_market_cap"]),
        (&json!(2), &Value::Null)
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_by_its_field() {
    let mut app = market().await;
    let cases = [
        ("/api/assets/?sort=size", "sort"),
        ("/api/assets/?order=up", "order"),
        ("/api/assets/?limit=0", "limit"),
        ("/api/assets/?limit=201", "limit"),
        ("/api/assets/?cursor=xx", "cursor"),
        ("/api/ohlc/BTC/?interval=2m", "interval"),
        ("/api/ohlc/BTC/?limit=5001", "limit"),
        ("/api/ohlc/BTC/?from=yesterday", "from"),
        ("/api/ohlc/BTC/?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("/api/ohlc/BTC/?from=2100-01-01T00:00:00Z", "from"),
        ("/api/price-history/BTC/?from=2100-01-01T00:00:00Z", "from"),
        (
            "/api/indicators/BTC/?from=2100-01-01T00:00:00Z&to=2100-01-02T00:00:00Z",
            "from",
        ),
        ("/api/ohlc/BTC/?range=2h", "range"),
        ("/api/ohlc/BTC/?range=1h&from=2026-01-02T00:00:00Z", "range"),
        ("/api/price-history/BTC/?points=1", "points"),
        ("/api/price-history/BTC/?points=5001", "points"),
        ("/api/indicators/BTC/?set=magic:3", "set"),
        ("/api/indicators/BTC/?set=sma:501", "set"),
        ("/api/indicators/BTC/?series=maybe", "series"),
        ("/api/heatmap/?range=30d", "range"),
        ("/api/heatmap/?limit=-1", "limit"),
        ("/api/movers/?min_volume=lots", "min_volume"),
    ];
    for (path, field) in cases {
        let (status, body) = app.get(path).await;
        assert!(status == 422 && refused(&body, field), "{path}: {status} {body}");
    }
    for path in [
        "/api/assets/NOPE/",
        "/api/assets/NOPE/price/",
        "/api/ohlc/NOPE/",
        "/api/price-history/a%20b/",
        "/api/indicators/%00/",
    ] {
        assert_eq!(app.get(path).await.0, 404, "{path}");
    }
    assert_eq!(app.get("/api/ohlc/BTC/?interval=%zz").await.0, 400);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn public_reads_carry_a_tag_and_an_unchanged_answer_is_304() {
    let mut app = market().await;
    for path in [
        "/api/assets/",
        "/api/assets/BTC/",
        "/api/assets/BTC/price/",
        "/api/ohlc/BTC/",
        "/api/heatmap/",
        "/api/market/summary/",
        "/api/indicators/BTC/",
    ] {
        let answer = app.raw(path, &[]).await;
        let tag = answer
            .headers()
            .get("etag")
            .expect("etag")
            .to_str()
            .expect("text")
            .to_owned();
        assert!(
            answer
                .headers()
                .get("cache-control")
                .is_some_and(|value| value.to_str().is_ok_and(|text| text.starts_with("public"))),
            "{path}"
        );
        let again = app.raw(path, &[("if-none-match", &tag)]).await;
        assert_eq!(
            (again.status().as_u16(), again.content_length()),
            (304, Some(0).filter(|_| again.content_length().is_some())),
            "{path}"
        );
        assert_eq!(app.raw(path, &[("if-none-match", "\"other\"")]).await.status(), 200);
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn candles_are_a_file_for_who_accepts_csv() {
    let mut app = market().await;
    let path = "/api/ohlc/ETH/?interval=1m&from=2026-01-05T00:49:00Z&limit=2";
    let json = app.get(path).await.1;
    assert_eq!(json["data"].as_array().map(Vec::len), Some(2));
    let answer = app.raw(path, &[("accept", "text/csv")]).await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(answer.status(), 200);
    assert_eq!(header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(header("content-disposition"), "attachment; filename=\"eth-1m.csv\"");
    assert_eq!(header("vary"), "Accept");
    let tag = header("etag");
    assert_eq!(
        answer.text().await.expect("a file"),
        "timestamp,open,high,low,close,volume,samples,is_closed,filled,partial,repaired\n\
         2026-01-05T00:49:00.000Z,351,351,351,351,50,1,true,false,false,false\n\
         2026-01-05T00:50:00.000Z,351,351,351,351,0,0,true,true,false,false\n"
    );
    let again = app.raw(path, &[("accept", "text/csv"), ("if-none-match", &tag)]).await;
    assert_eq!(again.status(), 304);
    let as_json = app
        .raw(path, &[("accept", "application/json"), ("if-none-match", &tag)])
        .await;
    assert_eq!(as_json.status(), 200, "another form of it is another answer");
    let refused = app.raw("/api/ohlc/ETH/?interval=2m", &[("accept", "text/csv")]).await;
    assert_eq!(refused.status(), 422);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn few_ticks_are_told_as_they_are_wherever_the_stretch_begins() {
    let mut app = App::prepare(1).await;
    let at = [10_000, 130_000, 400_000, 900_000];
    let text: String = (100..)
        .zip(at)
        .map(|(price, after)| format!("{},BTC,{price},1\n", START + after))
        .collect();
    app.write("few.csv", &text);
    app.run("replay:{dir}/few.csv?speed=max").await.expect("start");
    app.ticks_stored(4).await;
    for (from, expected) in [
        ("2026-01-05T00:00:00Z", &["100", "101", "102", "103"][..]),
        ("2026-01-05T00:00:10.001Z", &["101", "102", "103"]),
        ("2026-01-05T00:02:30Z", &["102", "103"]),
        ("2026-01-05T00:06:40Z", &["102", "103"]),
    ] {
        let points = app.data(&format!("/api/price-history/BTC/?from={from}")).await;
        let points = points.as_array().expect("points").iter();
        let prices: Vec<&str> = points.map(|point| point["price"].as_str().expect("a price")).collect();
        assert_eq!(prices, expected, "{from}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_course_older_than_the_finest_candles_is_told_by_longer_ones() {
    let mut app = market().await;
    app.stop().await;
    app.database
        .connect()
        .await
        .batch_execute("DELETE FROM market_data.ticks; DELETE FROM market_data.candles WHERE span = 1")
        .await
        .expect("the finest candles are gone");
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    let path = "/api/price-history/BTC/?from=2026-01-05T00:30:00Z&to=2026-01-05T01:00:00Z";
    let points = app.data(path).await;
    let ends = [&points[0]["price"], &points[11]["price"]];
    assert_eq!(
        (points.as_array().map(Vec::len), ends),
        (Some(12), [&json!("130"), &json!("159")])
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_change_of_a_week_refers_to_the_minute_a_week_ago() {
    let mut app = App::prepare(1).await;
    // Ten minutes apart for eight days, each 1 above the one before.
    let text: String = (0..1_152)
        .map(|n| format!("{},BTC,{},1\n", START + n * 600_000, 1_000 + n))
        .collect();
    app.write("days.csv", &text);
    app.run("replay:{dir}/days.csv?speed=max").await.expect("start");
    app.ticks_stored(1_152).await;
    app.source_is("down").await;
    // The last minute is over at 23:51 of the eighth day; at 23:51 of the first the tick of 23:50 was the newest.
    let expected = (2_151.0 / 1_143.0 - 1.0) * 100.0;
    until("the change of a week is exact", || async {
        let change = app.data("/api/assets/BTC/").await["change_7d"].as_f64();
        change.is_some_and(|change| (change - expected).abs() < 1e-6)
    })
    .await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_that_reaches_over_the_edges_of_what_is_asked_for_is_told_as_far_as_they_are() {
    let mut app = App::prepare(1).await;
    // Two minutes, and two more forty days later: nobody watched in between.
    let later = START + 40 * 86_400_000;
    let text: String = [START, START + 60_000, later, later + 60_000]
        .iter()
        .map(|at| format!("{at},BTC,100,1\n"))
        .collect();
    app.write("days.csv", &text);
    app.run("replay:{dir}/days.csv?speed=max").await.expect("start");
    app.ticks_stored(4).await;
    app.source_is("down").await;
    let hole = |from: &str, to: &str| json!([{"from": format!("2026-{from}.000Z"), "to": format!("2026-{to}.000Z")}]);
    let cases = [
        (
            "from=2026-01-15T00:00:30Z&to=2026-01-16T00:00:00Z",
            0,
            hole("01-15T00:00:00", "01-16T00:00:00"),
        ),
        (
            "from=2026-01-05T00:01:00Z&to=2026-01-06T00:00:00Z",
            1,
            hole("01-05T00:02:00", "01-06T00:00:00"),
        ),
        ("from=2026-02-13T00:00:00Z", 2, hole("02-13T00:00:00", "02-14T00:00:00")),
        (
            "from=2026-02-13T00:00:00Z&limit=1",
            1,
            hole("02-13T00:00:00", "02-14T00:00:00"),
        ),
        ("limit=3", 3, hole("01-05T00:02:00", "02-14T00:00:00")),
        ("range=30d", 2, hole("01-15T00:02:00", "02-14T00:00:00")),
        // What is cut off by a limit is no hole, nor is what was before the first price and after the last.
        (
            "from=2026-01-05T00:00:00Z&to=2026-01-06T00:00:00Z&limit=1",
            1,
            json!([]),
        ),
        ("to=2026-02-15T00:00:00Z&limit=2", 2, json!([])),
        ("from=2026-01-01T00:00:00Z&to=2026-01-05T00:02:00Z", 2, json!([])),
        ("from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z", 0, json!([])),
    ];
    for (query, candles, holes) in cases {
        let (_, body) = app.get(&format!("/api/ohlc/BTC/?interval=1m&{query}")).await;
        assert_eq!(body["data"].as_array().map(Vec::len), Some(candles), "{query}: {body}");
        assert_eq!(body["gaps"], holes, "{query}");
    }
    app.stop().await;
}
