//! Every indicator equals its definition, on random markets: quiet and wild, with flat spells and unknown volumes.

mod naive;

use indicators::{Bar, IndicatorSpec, compute};
use proptest::{collection::vec, option, prelude::*};

/// In ticks: the move from the last close, and how far high and low lie beyond open and close; and the volume.
type Move = (i32, u8, u8, Option<u16>);

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let lively = (-30..=30_i32, 0..10_u8, 0..10_u8, option::weighted(0.98, 0..1_000_u16));
    let flat = Just((0, 0, 0, Some(0)));
    let jump = (
        -1_500..=1_500_i32,
        0..100_u8,
        0..100_u8,
        option::weighted(0.98, 0..60_000_u16),
    );
    let spell = prop_oneof![
        6 => vec(lively, 1..40),
        2 => vec(flat, 1..30),
        1 => vec(jump, 1..3),
    ];
    vec(spell, 1..16).prop_map(|spells| spells.concat())
}

/// Ten-minute bars around 10,000 ticks of 1 / `ticks_per_unit`; the third day begins after a while.
fn market(moves: &[Move], ticks_per_unit: f64) -> Vec<Bar> {
    let price = |ticks: i32| f64::from(ticks) / ticks_per_unit;
    let mut close = 10_000;
    let mut bars = Vec::new();
    for (index, &(change, above, below, volume)) in moves.iter().enumerate() {
        let open = close;
        close = (close + change).max(200);
        bars.push(Bar {
            start_ms: 1_700_000_000_000 + index as i64 * 600_000,
            open: price(open),
            high: price(open.max(close) + i32::from(above)),
            low: price(open.min(close) - i32::from(below)),
            close: price(close),
            volume: volume.map(f64::from),
        });
    }
    bars
}

fn expected(spec: &str, bars: &[Bar]) -> Vec<Vec<f64>> {
    let mut parts = spec.split(':');
    let name = parts.next().expect("name");
    let numbers: Vec<f64> = parts.map(|part| part.parse().expect("number")).collect();
    let n = |index: usize| numbers[index] as usize;
    match name {
        "sma" => naive::sma(bars, n(0)),
        "ema" => naive::ema(bars, n(0)),
        "wma" => naive::wma(bars, n(0)),
        "rsi" => naive::rsi(bars, n(0)),
        "macd" => naive::macd(bars, n(0), n(1), n(2)),
        "bb" => naive::bb(bars, n(0), numbers[1]),
        "atr" => naive::atr(bars, n(0)),
        "stoch" => naive::stoch(bars, n(0), n(1), n(2)),
        "adx" => naive::adx(bars, n(0)),
        "cci" => naive::cci(bars, n(0)),
        "mfi" => naive::mfi(bars, n(0)),
        "willr" => naive::willr(bars, n(0)),
        "roc" => naive::roc(bars, n(0)),
        "obv" => naive::obv(bars),
        "vwap" => naive::vwap(bars),
        "sar" => naive::sar(bars, numbers[0], numbers[1]),
        other => panic!("no definition of {other}"),
    }
}

/// Prices are compared on the scale of prices, everything else on that of a hundred.
fn scale(spec: &str, bar: &Bar) -> f64 {
    let is_price =
        ["sma", "ema", "wma", "macd", "bb", "atr", "vwap", "sar"].contains(&spec.split(':').next().unwrap_or(""));
    if is_price { bar.close } else { 100.0 }
}

fn is_in_range(spec: &str, number: f64) -> bool {
    match spec.split(':').next() {
        Some("rsi" | "stoch" | "adx" | "mfi") => (0.0..=100.0).contains(&number),
        Some("willr") => (-100.0..=0.0).contains(&number),
        _ => true,
    }
}

fn check(spec: &str, bars: &[Bar]) -> Result<(), TestCaseError> {
    let parsed = IndicatorSpec::parse(spec).expect("spec");
    prop_assert_eq!(parsed.to_string(), spec);
    let series = compute(parsed, bars);
    prop_assert_eq!(series.len(), bars.len());
    let definition = expected(spec, bars);
    prop_assert_eq!(series.columns().len(), definition.len());
    for ((name, column), definition) in series.columns().zip(definition) {
        for (index, (ours, theirs)) in column.iter().zip(definition).enumerate() {
            let place = format!("{spec} {name} of bar {index}");
            match ours {
                None => prop_assert!(theirs.is_nan(), "{} is null, not {}", place, theirs),
                Some(ours) => {
                    let tolerance = 1e-9 * theirs.abs().max(scale(spec, &bars[index]));
                    prop_assert!(
                        (ours - theirs).abs() <= tolerance,
                        "{} is {}, not {}",
                        place,
                        ours,
                        theirs
                    );
                    prop_assert!(is_in_range(spec, ours), "{} is {}", place, ours);
                    prop_assert!(ours != 0.0 || ours.is_sign_positive(), "{} is a negative zero", place);
                }
            }
        }
    }
    Ok(())
}

const SPECS: [&str; 54] = [
    "sma:1",
    "sma:2",
    "sma:7",
    "sma:20",
    "ema:1",
    "ema:2",
    "ema:20",
    "wma:1",
    "wma:5",
    "wma:20",
    "rsi:1",
    "rsi:2",
    "rsi:14",
    "macd:1:2:1",
    "macd:2:3:1",
    "macd:5:13:4",
    "macd:12:26:9",
    "bb:1:2",
    "bb:2:1",
    "bb:5:2.5",
    "bb:20:2",
    "bb:50:0.1",
    "atr:1",
    "atr:2",
    "atr:14",
    "stoch:1:1:1",
    "stoch:5:3:3",
    "stoch:14:3:3",
    "stoch:3:1:5",
    "stoch:2:10:7",
    "adx:1",
    "adx:2",
    "adx:5",
    "adx:14",
    "cci:1",
    "cci:2",
    "cci:5",
    "cci:14",
    "cci:16",
    "mfi:1",
    "mfi:2",
    "mfi:14",
    "willr:1",
    "willr:2",
    "willr:14",
    "willr:30",
    "roc:1",
    "roc:10",
    "obv",
    "vwap",
    "sar:0.02:0.2",
    "sar:0.005:0.05",
    "sar:0.1:0.1",
    "sar:0.05:0.5",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_indicator_equals_its_definition(moves in moves(), ticks_per_unit in prop_oneof![Just(1.0), Just(1e2), Just(1e10)]) {
        let bars = market(&moves, ticks_per_unit);
        for spec in SPECS {
            check(spec, &bars)?;
        }
    }

    #[test]
    fn the_first_value_comes_with_the_lookback(moves in vec((1..=30_i32, 0..10_u8, 0..10_u8, Just(Some(1_u16))), 60..90)) {
        let bars = market(&moves, 100.0);
        for spec in SPECS {
            let parsed = IndicatorSpec::parse(spec).expect("spec");
            let complete = compute(parsed, &bars).values().position(|value| value.components().all(|(_, number)| number.is_some()));
            prop_assert_eq!(complete, Some(parsed.lookback()), "{}", spec);
            prop_assert!(parsed.warm_up_bars() >= parsed.lookback());
        }
    }
}

#[test]
fn the_reference_vector_of_real_closes() {
    let closes = [
        44.34, 44.09, 44.15, 43.61, 44.33, 44.83, 45.10, 45.42, 45.84, 46.08, 45.89, 46.03, 45.61, 46.28, 46.28, 46.00,
        46.03, 46.41, 46.22, 45.64,
    ];
    let bars = closes.map(|close| Bar {
        start_ms: 0,
        open: close,
        high: close,
        low: close,
        close,
        volume: None,
    });
    let check = |spec: &str, component: &str, from: usize, expected: &[f64]| {
        let series = compute(IndicatorSpec::parse(spec).expect("spec"), &bars);
        let column = series.column(component).expect("component");
        assert!(
            (0..from).all(|index| column.get(index).is_none()),
            "{spec} has a value before bar {from}"
        );
        for (offset, expected) in expected.iter().enumerate() {
            let value = column.get(from + offset).expect("value");
            assert!(
                (value - expected).abs() < 5.1e-5,
                "{spec} {component} of bar {} is {value}",
                from + offset
            );
        }
    };
    check(
        "rsi:14",
        "value",
        14,
        &[70.4641, 66.2496, 66.4809, 69.3469, 66.2947, 57.9150],
    );
    check("ema:10", "value", 9, &[44.7790, 44.9810, 45.1717, 45.2514]);
    check("bb:20:2", "upper", 19, &[47.115328]);
    check("bb:20:2", "middle", 19, &[45.409]);
    check("bb:20:2", "lower", 19, &[43.702672]);
}
