//! A real market day: seven symbols on 14 November 2018, when the market fell by about a tenth.

mod day;

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use day::{Day, Outcome, decimal, run};
use e2e::{Mode, text};
use serde_json::Value;

fn data() -> PathBuf {
    let folder = std::env::var_os("CANDLEWICK_TEST_DATA")
        .expect("CANDLEWICK_TEST_DATA must name the folder of recorded data: `cargo xtask test --data FOLDER`");
    folder.into()
}

fn unpacked(path: &Path) -> String {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("a gzip file of text");
    text
}

fn crash_day() -> Day {
    let text = unpacked(&data().join("ticks/crash_day_7symbols_2018-11-14.csv.gz"));
    let lines: String = text
        .lines()
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .flat_map(|line| [line, "\n"])
        .collect();
    let mut symbols: Vec<(String, String)> = Vec::new();
    for line in lines.lines() {
        let mut fields = line.split(',').skip(1);
        if let (Some(symbol), Some(price)) = (fields.next(), fields.next())
            && !symbols.iter().any(|(known, _)| known == symbol)
        {
            symbols.push((symbol.to_owned(), price.to_owned()));
        }
    }
    Day { lines, symbols }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_day_ends_the_same_on_the_standalone_and_on_six_processes_and_gives_the_venues_candles() {
    let day = crash_day();
    let standalone = run(Mode::Standalone, &day, false).await;
    let distributed = run(Mode::Distributed, &day, false).await;
    assert!(
        standalone.firings.len() >= 7,
        "the day had something to tell: {:?}",
        standalone.firings
    );
    assert_eq!(standalone, distributed);

    let source = unpacked(&data().join("ohlcv/bitfinex_ETHUSD_1m_2018-11-14.csv.gz"));
    let made = candles_of(&standalone, "ETH 1m");
    let mut compared = 0;
    for line in source.lines().skip(1) {
        let bar: Vec<&str> = line.split(',').collect();
        let start: i64 = bar[0].parse().expect("a time");
        let start = timestamp(start);
        let Some(candle) = made.iter().find(|candle| text(&candle["timestamp"]) == start) else {
            continue;
        };
        for (name, expected) in ["open", "high", "low", "close", "volume"].iter().zip(&bar[1..]) {
            assert_eq!(decimal(&text(&candle[*name])), decimal(expected), "{name} at {start}");
        }
        compared += 1;
    }
    assert!(compared > 1_300, "{compared} candles were compared");
}

/// The candles of a symbol and an interval.
fn candles_of<'a>(outcome: &'a Outcome, name: &str) -> &'a [Value] {
    let found = outcome.candles.iter().find(|(key, _)| key == name);
    found.and_then(|(_, rows)| rows.as_array()).map_or(&[], Vec::as_slice)
}

/// Milliseconds since 1970 on 14 November 2018, as the API writes them.
fn timestamp(millis: i64) -> String {
    const MIDNIGHT: i64 = 1_542_153_600_000;
    let seconds = (millis - MIDNIGHT) / 1_000;
    format!(
        "2018-11-14T{:02}:{:02}:{:02}.{:03}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        millis % 1_000
    )
}
