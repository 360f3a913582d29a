//! On real market data, from the folder that CANDLEWICK_TEST_DATA names.

#[path = "api/helpers.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod helpers;

use std::{collections::BTreeMap, io::Read, path::PathBuf, time::Instant};

use domain::{
    AssetId, Candle, Decimal, Interval, Price, Quantity, Source, Tick,
    candles::{CandleBook, Change, Entry},
};
use helpers::App;
use market_data::domain::providers::{
    Frame, Quote, binance, coinbase,
    coingecko::parse_markets,
    kraken,
    past::{parse_klines, parse_market_chart, parse_ohlc},
    session::Session,
};

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

fn lines(path: &str) -> Vec<String> {
    let output = std::process::Command::new("xz").arg("-dc").arg(data(path)).output();
    let output = output.expect("xz must be installed to unpack streams/*.xz");
    assert!(output.status.success(), "{path} is in CANDLEWICK_TEST_DATA");
    String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The quotes, the unusable items and the unreadable frames of a recording.
fn quotes(frames: &[String], parse: fn(&str) -> Frame) -> (Vec<Quote>, usize, usize) {
    let (mut quotes, mut bad, mut unreadable) = (Vec::new(), 0, 0);
    for frame in frames {
        match parse(frame) {
            Frame::Quotes(found, missed) => {
                quotes.extend(found);
                bad += missed;
            }
            Frame::Unreadable => unreadable += 1,
            Frame::Alive | Frame::Refused(_) | Frame::Closing => {}
        }
    }
    (quotes, bad, unreadable)
}

/// The frames that a recorded session received.
fn received(path: &str) -> Vec<String> {
    let frame = |line: &String| {
        let line: serde_json::Value = serde_json::from_str(line).expect("json");
        (line["dir"] == "in").then(|| line["frame"].as_str().expect("frame").to_owned())
    };
    lines(path).iter().filter_map(frame).collect()
}

#[test]
fn every_recorded_kraken_trade_becomes_a_quote() {
    let frames = lines("streams/kraken_v2_BTCUSD_ETHUSD_book_trade_2026-07-07.jsonl.xz");
    let (quotes, bad, unreadable) = quotes(&frames, kraken::parse);
    assert_eq!((quotes.len(), bad, unreadable), (17, 0, 0));
    assert!(
        quotes
            .iter()
            .all(|quote| quote.quote == "USD" && quote.quantity.is_some())
    );
}

#[test]
fn every_recorded_coinbase_ticker_and_match_becomes_a_quote() {
    let frames = received("streams/coinbase_exchange_10products_ticker_matches_level2_2021-04-17.jsonl.xz");
    let (quotes, bad, unreadable) = quotes(&frames, coinbase::parse);
    let wanted = frames
        .iter()
        .filter(|frame| {
            ["ticker", "match", "last_match"]
                .iter()
                .any(|kind| frame.contains(&format!("\"type\":\"{kind}\"")))
        })
        .count();
    assert_eq!((quotes.len(), bad, unreadable), (wanted, 0, 0));
}

#[test]
fn every_recorded_binance_trade_becomes_a_quote_without_a_hole() {
    let all = lines("streams/binance_spot_BTCUSDT_ETHUSDT_trade_bookTicker_2024-08-08T2354.jsonl.xz");
    let frames: Vec<String> = all
        .iter()
        .map(|line| line.split_once(' ').expect("time and frame").1.to_owned())
        .collect();
    let (quotes, bad, unreadable) = quotes(&frames, binance::parse);
    assert_eq!((quotes.len(), bad, unreadable), (19_904 + 14_515, 0, 0));
    let bitcoin: Vec<u64> = quotes
        .iter()
        .filter(|quote| quote.base == "BTC")
        .filter_map(|quote| quote.trade_id)
        .collect();
    assert!(bitcoin.windows(2).all(|pair| pair[1] == pair[0] + 1));
    let mut session = Session::new(Instant::now());
    assert!(quotes.iter().all(|quote| session.is_new(quote)));
    assert!(
        !quotes.iter().any(|quote| session.is_new(quote)),
        "a second telling is no news"
    );
}

#[test]
fn recorded_oddities_of_streams_are_told_apart() {
    let text = std::fs::read_to_string(data("streams/control_frames.jsonl")).expect("control frames");
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("json");
        let (kind, frame) = (
            line["kind"].as_str().expect("kind"),
            line["frame"].as_str().expect("frame"),
        );
        let parsed = match line["exchange"].as_str().expect("exchange") {
            "kraken_v2" => kraken::parse(frame),
            "coinbase_exchange" => coinbase::parse(frame),
            "binance" => binance::parse(frame),
            _ => continue,
        };
        match kind {
            "subscribe_refused" => assert!(matches!(parsed, Frame::Refused(_)), "{frame}"),
            "server_shutdown" => assert_eq!(parsed, Frame::Closing),
            "trade_update" | "ticker" => assert!(
                matches!(&parsed, Frame::Quotes(found, 0) if !found.is_empty()),
                "{frame}"
            ),
            _ => assert_eq!(parsed, Frame::Alive, "{kind} {frame}"),
        }
    }
}

#[test]
fn recorded_coingecko_pages_are_read_whole_and_oddities_become_unknowns() {
    let page = std::fs::read_to_string(data("coingecko/markets_usd_page1_100_2025-12-29.json")).expect("page");
    let markets = parse_markets(&page).expect("a list");
    assert_eq!((markets.listings.len(), markets.bad), (100, 0));
    let bitcoin = &markets.listings[0];
    assert_eq!(
        (
            bitcoin.facts.asset_id.as_str(),
            bitcoin.facts.rank,
            bitcoin.price.map(|(price, _)| price.to_string())
        ),
        ("bitcoin", Some(1), Some("87270".to_owned()))
    );
    let odd = std::fs::read_to_string(data("coingecko/markets_excerpt_null_tiny_stale.json")).expect("excerpt");
    let markets = parse_markets(&odd).expect("a list");
    assert_eq!(markets.listings.len(), 4);
    let of = |id: &str| {
        markets
            .listings
            .iter()
            .find(|listing| listing.facts.asset_id.as_str() == id)
            .expect(id)
    };
    assert!(of("atlas-2").price.is_none() && of("atlas-2").figures.ath.is_none());
    assert_eq!(
        of("dsun-token").price.map(|(price, _)| price.to_string()),
        Some("0.000000003271".to_owned())
    );
    assert_eq!(of("dsun-token").figures.market_cap, None);
    let empty = "coingecko/markets_usd_page2_empty_2022-02-23.json";
    let text = std::fs::read_to_string(data(empty)).expect(empty);
    assert_eq!(parse_markets(&text).map(|markets| markets.listings.len()), Some(0));
    for line in std::fs::read_to_string(data("coingecko/small_responses.jsonl"))
        .expect("responses")
        .lines()
    {
        let line: serde_json::Value = serde_json::from_str(line).expect("json");
        if line["status"] != 200 {
            let body = line["body"]
                .as_str()
                .map_or_else(|| line["body"].to_string(), str::to_owned);
            assert_eq!(parse_markets(&body), None, "{body}");
        }
    }
}

fn text(path: &str) -> String {
    std::fs::read_to_string(data(path)).expect("the file is in CANDLEWICK_TEST_DATA")
}

#[test]
fn recorded_charts_of_coingecko_are_read_whole_and_in_order() {
    for (path, points) in [
        ("coingecko/market_chart_bitcoin_usd_1d_2021-05-15.json", 288),
        ("coingecko/market_chart_bitcoin_usd_90d_daily_2021-05-15.json", 91),
    ] {
        let told = parse_market_chart(&text(path)).expect("a chart");
        assert_eq!((told.items.len(), told.bad), (points, 0), "{path}");
        assert!(told.items.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{path}");
    }
    let excerpt = text("coingecko/market_chart_excerpt_null_point.json").replace("market_caps", "prices");
    let told = parse_market_chart(&excerpt).expect("a chart");
    assert_eq!((told.items.len(), told.bad), (0, 1), "a point without a value");
}

#[test]
fn recorded_bars_of_coingecko_are_stamped_by_their_start_and_odd_lengths_are_left_out() {
    let week = parse_ohlc(&text("coingecko/ohlc_bitcoin_usd_7d_2021-05-15.json"), Interval::H4).expect("bars");
    assert_eq!((week.items.len(), week.bad), (42, 0));
    assert_eq!(week.items[0].start.to_string(), "2021-05-08T16:00:00.000Z");
    // The last one is still forming: it ends after the moment at which it was asked for.
    assert_eq!(week.items[41].start.to_string(), "2021-05-15T12:00:00.000Z");
    let year = text("coingecko/ohlc_bitcoin_usd_365d_2022-07-25.json");
    let told = parse_ohlc(&year, Interval::H4).expect("bars");
    assert_eq!(told.items.len() + told.bad, 96);
}

#[test]
fn recorded_klines_of_binance_are_one_backfill_with_the_hole_of_an_outage() {
    let mut starts = Vec::new();
    for (month, count) in [("05", 1_000), ("06", 468)] {
        let told = parse_klines(
            &unpack(&format!("rest/binance_klines_BTCUSDT_1h_2020-{month}.json.gz")),
            Interval::H1,
        );
        let told = told.expect("bars");
        assert_eq!((told.items.len(), told.bad), (count, 0), "{month}");
        assert!(
            told.items
                .iter()
                .all(|bar| bar.volume.is_some() && bar.trades.is_some_and(|trades| trades > 0))
        );
        starts.extend(told.items.into_iter().map(|bar| bar.start.millis()));
    }
    // Binance was down for three hours on 28 June.
    let holes = starts
        .windows(2)
        .filter(|pair| pair[1] - pair[0] != Interval::H1.millis());
    let holes: Vec<(i64, i64)> = holes.map(|pair| (pair[0], pair[1])).collect();
    assert_eq!(holes, [(1_593_306_000_000, 1_593_320_400_000)]);
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
