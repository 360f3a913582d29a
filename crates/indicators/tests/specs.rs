//! How indicators are written.

use indicators::{DEFAULT_SET, IndicatorSpec, InvalidSpec, Kind, MAX_INDICATORS};
use proptest::prelude::*;

fn parse(text: &str) -> Result<String, String> {
    IndicatorSpec::parse(text)
        .map(|spec| spec.to_string())
        .map_err(|error| error.to_string())
}

#[test]
fn parameters_left_out_have_their_defaults() {
    let canonical: Vec<String> = Kind::ALL.map(|kind| parse(kind.as_str()).expect("spec")).into();
    let expected = "sma:20 ema:20 wma:20 rsi:14 macd:12:26:9 bb:20:2 atr:14 stoch:14:3:3 adx:14 cci:14 mfi:14 willr:14 \
                    roc:10 obv vwap sar:0.02:0.2";
    assert_eq!(canonical.join(" "), expected);
    assert_eq!(parse("macd:5").as_deref(), Ok("macd:5:26:9"));
    assert_eq!(parse("stoch:5").as_deref(), Ok("stoch:5:3:3"));
    assert_eq!(parse("sar:0.01").as_deref(), Ok("sar:0.01:0.2"));
}

#[test]
fn the_canonical_form_is_the_same_for_the_same_indicator() {
    for (text, canonical) in [
        (" RSI:14 ", "rsi:14"),
        ("rsi:014", "rsi:14"),
        ("bb:20:2.50", "bb:20:2.5"),
        ("bb:20:2.0", "bb:20:2"),
        ("bb:20:02", "bb:20:2"),
        ("sar:0.020:0.2", "sar:0.02:0.2"),
        ("sar:0.001:1", "sar:0.001:1"),
    ] {
        assert_eq!(parse(text).as_deref(), Ok(canonical), "{text}");
        assert_eq!(IndicatorSpec::parse(text), IndicatorSpec::parse(canonical), "{text}");
    }
}

#[test]
fn a_refusal_says_what_to_write_instead() {
    let names = "sma, ema, wma, rsi, macd, bb, atr, stoch, adx, cci, mfi, willr, roc, obv, vwap, sar";
    for (text, message) in [
        ("", format!("must name at least one indicator of {names}")),
        (
            "ichimoku",
            format!("unknown indicator \"ichimoku\": must be one of {names}"),
        ),
        ("rsi:14:3", "too many parameters: must be rsi:period".to_owned()),
        (
            "macd:2:3:4:5",
            "too many parameters: must be macd:fast:slow:signal".to_owned(),
        ),
        ("obv:1", "too many parameters: must be obv".to_owned()),
        ("sma:0", "sma period must be a whole number from 1 to 500".to_owned()),
        ("sma:501", "sma period must be a whole number from 1 to 500".to_owned()),
        ("sma:", "sma period must be a whole number from 1 to 500".to_owned()),
        ("sma:1.5", "sma period must be a whole number from 1 to 500".to_owned()),
        ("sma:-3", "sma period must be a whole number from 1 to 500".to_owned()),
        ("sma:+3", "sma period must be a whole number from 1 to 500".to_owned()),
        (
            "sma:99999999999999999999",
            "sma period must be a whole number from 1 to 500".to_owned(),
        ),
        ("rsi:0", "rsi period must be a whole number from 1 to 500".to_owned()),
        (
            "stoch:14:0",
            "stoch slow_k must be a whole number from 1 to 500".to_owned(),
        ),
        ("macd:0", "macd fast must be a whole number from 1 to 500".to_owned()),
        ("macd:1:1:1", "macd fast must be below macd slow".to_owned()),
        ("macd:26:12:9", "macd fast must be below macd slow".to_owned()),
        ("macd:12:12", "macd fast must be below macd slow".to_owned()),
        ("macd:30", "macd fast must be below macd slow".to_owned()),
        (
            "bb:20:0",
            "bb deviations must be a number from 0.1 to 10 with at most 3 decimals".to_owned(),
        ),
        (
            "bb:20:10.001",
            "bb deviations must be a number from 0.1 to 10 with at most 3 decimals".to_owned(),
        ),
        (
            "bb:20:2.0001",
            "bb deviations must be a number from 0.1 to 10 with at most 3 decimals".to_owned(),
        ),
        (
            "bb:20:2e0",
            "bb deviations must be a number from 0.1 to 10 with at most 3 decimals".to_owned(),
        ),
        (
            "bb:20:2.",
            "bb deviations must be a number from 0.1 to 10 with at most 3 decimals".to_owned(),
        ),
        (
            "bb:20:.5",
            "bb deviations must be a number from 0.1 to 10 with at most 3 decimals".to_owned(),
        ),
        (
            "bb:20:nan",
            "bb deviations must be a number from 0.1 to 10 with at most 3 decimals".to_owned(),
        ),
        (
            "sar:0:0.2",
            "sar step must be a number from 0.001 to 1 with at most 3 decimals".to_owned(),
        ),
        ("sar:0.3:0.2", "sar step must not exceed sar maximum".to_owned()),
    ] {
        assert_eq!(parse(text), Err(message), "{text}");
    }
    let long = "x".repeat(1_000);
    assert_eq!(IndicatorSpec::parse(&long), Err(InvalidSpec::Unknown("x".repeat(40))));
}

#[test]
fn every_period_within_the_bounds_is_allowed() {
    for kind in Kind::ALL {
        for name in kind.usage().split(':').skip(1).take(1) {
            if ["period", "fast_k"].contains(&name) {
                assert!(IndicatorSpec::parse(&format!("{kind}:1")).is_ok(), "{kind}");
                assert!(IndicatorSpec::parse(&format!("{kind}:500")).is_ok(), "{kind}");
                assert!(IndicatorSpec::parse(&format!("{kind}:501")).is_err(), "{kind}");
                assert!(IndicatorSpec::parse(&format!("{kind}:0")).is_err(), "{kind}");
            }
        }
    }
    assert!(IndicatorSpec::parse("macd:1:2:1").is_ok());
}

#[test]
fn a_set_keeps_its_order_and_drops_duplicates() {
    let texts = |raw: &str| -> Vec<String> {
        IndicatorSpec::parse_set(raw)
            .expect("set")
            .iter()
            .map(ToString::to_string)
            .collect()
    };
    assert_eq!(texts("rsi,sma:20, ema:12 ,rsi:14,sma"), ["rsi:14", "sma:20", "ema:12"]);
    assert_eq!(texts(DEFAULT_SET).join(","), DEFAULT_SET);
    assert_eq!(IndicatorSpec::default_set().len(), 11);
    assert!(IndicatorSpec::parse_set("rsi,,sma").is_err());
    assert_eq!(
        IndicatorSpec::parse_set(""),
        IndicatorSpec::parse("").map(|spec| vec![spec])
    );
}

#[test]
fn a_set_has_at_most_twenty() {
    let set = |count: usize| {
        (1..=count)
            .map(|period| format!("sma:{period}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    assert_eq!(
        IndicatorSpec::parse_set(&set(20)).map(|specs| specs.len()),
        Ok(MAX_INDICATORS)
    );
    assert_eq!(IndicatorSpec::parse_set(&set(21)), Err(InvalidSpec::TooMany));
    assert_eq!(InvalidSpec::TooMany.to_string(), "must name at most 20 indicators");
    let twice = format!("{},{}", set(20), set(20));
    assert_eq!(
        IndicatorSpec::parse_set(&twice).map(|specs| specs.len()),
        Ok(MAX_INDICATORS),
        "duplicates don't count"
    );
}

#[test]
fn warm_up_follows_the_reference() {
    let warm_up = |text: &str| IndicatorSpec::parse(text).expect("spec").warm_up_bars();
    assert_eq!(warm_up("sma:20"), 19);
    assert_eq!(warm_up("ema:200"), 199 + 6 * 200);
    assert_eq!(warm_up("rsi:14"), 14 + 12 * 14);
    assert_eq!(warm_up("atr:14"), 14 + 12 * 14);
    assert_eq!(warm_up("adx:14"), 27 + 12 * 14);
    assert_eq!(warm_up("macd:12:26:9"), 33 + 6 * 35);
    assert_eq!(warm_up("stoch:14:3:3"), 17);
    assert_eq!(warm_up("sar:0.02:0.2"), 251);
    assert_eq!(warm_up("sar:0.001:0.001"), 2_001);
    assert_eq!((warm_up("obv"), warm_up("vwap")), (0, 0));
    assert!(IndicatorSpec::parse("vwap").expect("spec").is_anchored_to_day());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        match IndicatorSpec::parse_set(&text) {
            Ok(specs) => prop_assert!(!specs.is_empty()),
            Err(error) => prop_assert!(error.to_string().len() > 10),
        }
    }

    #[test]
    fn what_is_printed_reads_as_the_same(kind in 0..16_usize, a in 1..600_u16, b in 1..600_u16, c in 1..600_u16) {
        let name = Kind::ALL[kind].as_str();
        for text in [format!("{name}:{a}"), format!("{name}:{a}:{b}"), format!("{name}:{a}:{b}:{c}"), format!("{name}:0.{a}:0.{b}")] {
            if let Ok(spec) = IndicatorSpec::parse(&text) {
                prop_assert_eq!(IndicatorSpec::parse(&spec.to_string()), Ok(spec));
            }
        }
    }
}
