//! On real market data, from the folder that CANDLEWICK_TEST_DATA names.

#[path = "api/helpers.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod helpers;

use std::{collections::BTreeMap, io::Read, path::PathBuf};

use domain::Decimal;
use helpers::App;

fn data(path: &str) -> PathBuf {
    let folder =
        std::env::var("CANDLEWICK_TEST_DATA").expect("set CANDLEWICK_TEST_DATA to the folder of real market data");
    PathBuf::from(folder).join(path)
}

fn unpack(path: &str) -> String {
    let file = std::fs::File::open(data(path)).expect("the file is in CANDLEWICK_TEST_DATA");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("gzip");
    text
}

/// Time, then open, high, low, close and volume.
type Bars = BTreeMap<i64, [Decimal; 5]>;

fn bars(path: &str) -> Bars {
    let text = unpack(path);
    let rows = text.lines().skip(1).map(|line| {
        let mut columns = line.split(',');
        let at = columns.next().expect("time").parse().expect("time");
        let values: Vec<Decimal> = columns.map(|column| column.parse().expect("decimal")).collect();
        (at, values.try_into().expect("five columns"))
    });
    rows.collect()
}

async fn stored(app: &App, symbol: &str, interval: &str) -> Bars {
    let mut found = Bars::new();
    let body = app
        .data(&format!(
            "/api/ohlc/{symbol}/?interval={interval}&from=2000-01-01T00:00:00Z&limit=5000"
        ))
        .await;
    for candle in body.as_array().expect("candles") {
        if candle["filled"] == true {
            assert_eq!(candle["volume"], "0");
            continue;
        }
        let at = domain::Timestamp::parse(candle["timestamp"].as_str().expect("time"))
            .expect("time")
            .millis();
        let value = |name: &str| -> Decimal { candle[name].as_str().expect(name).parse().expect(name) };
        found.insert(at, ["open", "high", "low", "close", "volume"].map(value));
    }
    found
}

fn rolled(bars: &Bars, minutes: i64) -> Bars {
    let mut found = Bars::new();
    for (at, [open, high, low, close, volume]) in bars {
        let start = at.div_euclid(minutes * 60_000) * minutes * 60_000;
        found
            .entry(start)
            .and_modify(|bar| {
                *bar = [bar[0], bar[1].max(*high), bar[2].min(*low), *close, bar[4] + *volume];
            })
            .or_insert([*open, *high, *low, *close, *volume]);
    }
    found
}

const DAY: std::ops::Range<i64> = 1_542_153_600_000..1_542_240_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn candles_of_the_replayed_crash_day_equal_the_source_bars() {
    let feed = format!(
        "replay:{}?speed=max",
        data("ticks/crash_day_7symbols_2018-11-14.csv.gz").display()
    );
    let mut app = App::start(&feed).await;
    app.ticks_stored(32_564).await;
    app.source_is("down").await;
    for symbol in ["BTC", "ETH", "XRP", "LTC", "EOS", "IOT", "NEO"] {
        let day = if symbol == "BTC" { "2018-11-12_26" } else { "2018-11-14" };
        let mut source = bars(&format!("ohlcv/bitfinex_{symbol}USD_1m_{day}.csv.gz"));
        source.retain(|at, _| DAY.contains(at));
        for (interval, minutes) in [
            ("1m", 1),
            ("5m", 5),
            ("15m", 15),
            ("30m", 30),
            ("1h", 60),
            ("4h", 240),
            ("1d", 1_440),
        ] {
            assert_eq!(
                stored(&app, symbol, interval).await,
                rolled(&source, minutes),
                "{symbol} {interval}"
            );
        }
    }
    app.stop().await;
}
