//! Compares every value with TA-Lib's on recorded markets.
//!
//! Run with `CANDLEWICK_TEST_DATA=<folder> cargo test -p indicators --test real_data`; the folder holds `golden/`
//! (values computed by TA-Lib 0.8) and `ohlcv/` (the candles they were computed from).
//!
//! Not covered, because not offered: `mom_10` (momentum) and `vwap_20` (a sliding VWAP).

use std::{collections::HashMap, fs::File, path::PathBuf};

use flate2::read::GzDecoder;
use indicators::{Bar, IndicatorSpec, compute};

/// The golden files, and the candles of each.
const FILES: [(&str, &str); 7] = [
    (
        "golden_binance_spot_BTCUSDT_1h_from_2023-04-01_3000",
        "binance_spot_BTCUSDT_1h_2023_2025",
    ),
    (
        "golden_binance_spot_BTCUSDT_1m_from_2024-12-05_2880",
        "binance_spot_BTCUSDT_1m_2024-12",
    ),
    (
        "golden_binance_spot_ETHUSDT_1d_all_2736",
        "binance_spot_ETHUSDT_1d_2017_2025",
    ),
    (
        "golden_binance_spot_ETHUSDT_1h_from_2020-03-05_2600",
        "binance_spot_ETHUSDT_1h_2017_2021",
    ),
    (
        "golden_binance_spot_PEPEUSDT_30m_first_2500",
        "binance_spot_PEPEUSDT_30m_2023-05_2024-05",
    ),
    (
        "golden_binance_usdm_BTCUSDT_5m_from_2025-04-06_2500",
        "binance_usdm_BTCUSDT_5m_2025-04_07",
    ),
    (
        "golden_bitfinex_BTCUSD_1m_rows_from_2018-11-14_2000",
        "bitfinex_BTCUSD_1m_2018-11-12_26",
    ),
];

/// What a difference is measured against, besides the value itself.
#[derive(Clone, Copy)]
enum Scale {
    /// Price units: the close.
    Price,
    /// Numbers around 0 to 100.
    Hundred,
    /// Nothing but the value.
    Value,
}
use Scale::{Hundred, Price, Value};

/// The columns of the golden files, and what of ours must equal them.
const COLUMNS: [(&str, &str, &str, Scale); 34] = [
    ("sma_7", "sma:7", "value", Price),
    ("sma_20", "sma:20", "value", Price),
    ("sma_25", "sma:25", "value", Price),
    ("sma_50", "sma:50", "value", Price),
    ("sma_200", "sma:200", "value", Price),
    ("ema_12", "ema:12", "value", Price),
    ("ema_20", "ema:20", "value", Price),
    ("ema_26", "ema:26", "value", Price),
    ("ema_50", "ema:50", "value", Price),
    ("ema_200", "ema:200", "value", Price),
    ("wma_20", "wma:20", "value", Price),
    ("rsi_14", "rsi:14", "value", Hundred),
    ("macd", "macd:12:26:9", "macd", Price),
    ("macd_signal", "macd:12:26:9", "signal", Price),
    ("macd_hist", "macd:12:26:9", "histogram", Price),
    ("bb_upper", "bb:20:2", "upper", Price),
    ("bb_middle", "bb:20:2", "middle", Price),
    ("bb_lower", "bb:20:2", "lower", Price),
    // TA-Lib's ATR of one bar is the true range.
    ("tr", "atr:1", "value", Price),
    ("atr_14", "atr:14", "value", Price),
    ("stoch_k_5_3", "stoch:5:3:3", "k", Hundred),
    ("stoch_d_5_3_3", "stoch:5:3:3", "d", Hundred),
    ("stoch_k_14_3", "stoch:14:3:3", "k", Hundred),
    ("stoch_d_14_3_3", "stoch:14:3:3", "d", Hundred),
    ("adx_14", "adx:14", "adx", Hundred),
    ("plus_di_14", "adx:14", "plus_di", Hundred),
    ("minus_di_14", "adx:14", "minus_di", Hundred),
    ("cci_14", "cci:14", "value", Hundred),
    ("mfi_14", "mfi:14", "value", Hundred),
    ("willr_14", "willr:14", "value", Hundred),
    ("roc_10", "roc:10", "value", Hundred),
    ("obv", "obv", "value", Value),
    ("sar_002_02", "sar:0.02:0.2", "value", Price),
    ("vwap_day", "vwap", "value", Price),
];
const NOT_OFFERED: [&str; 2] = ["mom_10", "vwap_20"];
const TOLERANCE: f64 = 1e-9;

struct Table {
    names: Vec<String>,
    rows: Vec<Vec<f64>>,
}

impl Table {
    fn read(folder: &str, name: &str) -> Self {
        let root = std::env::var("CANDLEWICK_TEST_DATA")
            .expect("CANDLEWICK_TEST_DATA must name the folder that holds golden/ and ohlcv/");
        let path = PathBuf::from(root).join(folder).join(format!("{name}.csv.gz"));
        let file = File::open(&path).unwrap_or_else(|error| panic!("can't open {}: {error}", path.display()));
        let mut reader = csv::Reader::from_reader(GzDecoder::new(file));
        let names = reader.headers().expect("header").iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|record| {
                record
                    .expect("row")
                    .iter()
                    .map(|cell| cell.parse().expect("number"))
                    .collect()
            })
            .collect();
        Self { names, rows }
    }

    fn column(&self, name: &str) -> Vec<f64> {
        let index = self
            .names
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| panic!("no column {name}"));
        self.rows.iter().map(|row| row[index]).collect()
    }
}

/// The candles at exactly the golden file's times.
fn bars(candles: &str, times: &[f64]) -> Vec<Bar> {
    let table = Table::read("ohlcv", candles);
    let by_time: HashMap<i64, &Vec<f64>> = table.rows.iter().map(|row| (row[0] as i64, row)).collect();
    let bar = |time: &f64| {
        let row = by_time
            .get(&(*time as i64))
            .unwrap_or_else(|| panic!("no candle at {time}"));
        Bar {
            start_ms: row[0] as i64,
            open: row[1],
            high: row[2],
            low: row[3],
            close: row[4],
            volume: Some(row[5]),
        }
    };
    times.iter().map(bar).collect()
}

#[test]
fn every_value_equals_talib() {
    let mut compared = 0;
    for (golden, candles) in FILES {
        let golden_table = Table::read("golden", golden);
        let bars = bars(candles, &golden_table.column("ts_ms"));
        for (column, spec, component, scale) in COLUMNS {
            let spec = IndicatorSpec::parse(spec).expect("spec");
            let series = compute(spec, &bars);
            let ours = series.column(component).expect("component");
            let expected = golden_table.column(column);
            assert_eq!(ours.len(), expected.len());
            let mut worst = 0.0_f64;
            for (index, expected) in expected.into_iter().enumerate() {
                let place = format!("{golden}: {column} in row {index}");
                let Some(value) = ours.get(index) else {
                    assert!(expected.is_nan(), "{place} is null, not {expected}");
                    continue;
                };
                assert!(!expected.is_nan(), "{place} is {value}, not null");
                let scale = match scale {
                    Price => bars[index].close,
                    Hundred => 100.0,
                    Value => 0.0,
                };
                let difference = (value - expected).abs() / expected.abs().max(scale).max(f64::MIN_POSITIVE);
                assert!(
                    difference <= TOLERANCE,
                    "{place} is {value}, not {expected}: off by {difference:e}"
                );
                worst = worst.max(difference);
                compared += 1;
            }
            if std::env::var_os("CANDLEWICK_TEST_VERBOSE").is_some() {
                eprintln!("{golden} {column} {worst:e}");
            }
        }
    }
    // 18,216 rows of 34 columns, less the 960 nulls of each file's warm-up.
    assert_eq!(compared, 612_624, "every row of every column");
}

#[test]
fn band_width_is_the_population_deviation() {
    for (golden, candles) in FILES {
        let golden_table = Table::read("golden", golden);
        let bars = bars(candles, &golden_table.column("ts_ms"));
        let series = compute(IndicatorSpec::parse("bb:20:1").expect("spec"), &bars);
        for (index, expected) in golden_table.column("stddev_20").into_iter().enumerate().skip(19) {
            let value = series.get(index).expect("row");
            let deviation = value.get("upper").expect("upper") - value.get("middle").expect("middle");
            let difference = (deviation - expected).abs() / bars[index].close;
            assert!(
                difference <= TOLERANCE,
                "{golden}: row {index} is {deviation}, not {expected}"
            );
        }
    }
}

#[test]
fn no_golden_column_is_forgotten() {
    for (golden, _) in FILES {
        for name in Table::read("golden", golden).names {
            let is_known = COLUMNS.iter().any(|(column, ..)| *column == name)
                || NOT_OFFERED.contains(&name.as_str())
                || ["ts_ms", "stddev_20"].contains(&name.as_str());
            assert!(is_known, "{golden}: {name} is compared with nothing");
        }
    }
}
