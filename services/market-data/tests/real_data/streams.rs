//! Recorded streams.

use std::time::Instant;

use market_data::domain::providers::{Frame, Quote, binance, coinbase, kraken, session::Session};

use super::{lines, text};

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
    let text = text("streams/control_frames.jsonl");
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
