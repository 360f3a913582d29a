//! Candles of recorded prices and trades, against those of their sources.

use std::collections::BTreeMap;

use domain::{
    AssetId, Candle, Decimal, Interval, Price, Quantity, Source, Tick,
    candles::{CandleBook, Change, Entry},
};

use super::{data, helpers::App, unpack};

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
/// Trades built into candles equal the candles that were built from them elsewhere, quiet ones left out.
#[test]
fn candles_of_recorded_trades_equal_those_of_their_source() {
    let mut book = CandleBook::new();
    let mut closed: BTreeMap<(Interval, i64), Candle> = BTreeMap::new();
    let mut keep = |change: Change| {
        let Change::Closed(marked) = change else {
            panic!("nothing is late")
        };
        if !marked.candle.filled {
            closed.insert((marked.candle.interval, marked.candle.start.millis()), marked.candle);
        }
    };
    let text = unpack("trades/binance_XRPETH_aggtrades_2019-10-11_13.csv.gz");
    let mut end = 0;
    for (line, seq) in text.lines().skip(1).zip(1..) {
        let columns: Vec<&str> = line.split(',').collect();
        end = columns[0].parse::<i64>().expect("time") / 1_000;
        let at = domain::Timestamp::from_millis(end).expect("time");
        if seq == 1 {
            book.apply(Entry::FeedUp(Interval::D1.bucket_start(at)), &mut keep);
        }
        let tick = Tick {
            asset: AssetId::parse("ripple").expect("id"),
            seq,
            event_at: at,
            received_at: at,
            price: Price::parse(columns[2]).expect("price"),
            quantity: Some(Quantity::parse(columns[3]).expect("quantity")),
            range: None,
            source: Source::Replay,
            is_late: false,
        };
        book.apply(Entry::Tick(&tick), &mut keep);
    }
    book.apply(
        Entry::Clock(Interval::M5.bucket_end(domain::Timestamp::from_millis(end).expect("time"))),
        &mut keep,
    );
    for (interval, file) in [
        (Interval::M1, "ohlcv/binance_spot_XRPETH_1m_2019-10-11_13.csv.gz"),
        (Interval::M5, "ohlcv/binance_spot_XRPETH_5m_2019-10-11_13.csv.gz"),
    ] {
        let found: Bars = closed
            .iter()
            .filter(|((kind, _), _)| *kind == interval)
            .map(|((_, start), candle)| {
                let prices = candle.prices;
                let volume = candle.volume.expect("volume").value();
                (
                    *start,
                    [
                        prices.open.value(),
                        prices.high.value(),
                        prices.low.value(),
                        prices.close.value(),
                        volume,
                    ],
                )
            })
            .collect();
        assert_eq!(found, bars(file), "{interval}");
    }
}
