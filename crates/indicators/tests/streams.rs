//! How a stream behaves: in pieces or at once, on copies, at gaps, without volume, in a market that stands still.

use indicators::{Bar, Indicator, IndicatorSpec, Kind, Series, Shape, compute, compute_set};
use proptest::{collection::vec, prelude::*};

const DAY_MS: i64 = 86_400_000;

fn spec(text: &str) -> IndicatorSpec {
    IndicatorSpec::parse(text).expect("spec")
}

fn all_specs() -> Vec<IndicatorSpec> {
    Kind::ALL.map(IndicatorSpec::from).into()
}

/// A lively market of `count` minutes from `start_ms` on.
fn walk(count: usize, start_ms: i64) -> Vec<Bar> {
    let mut state = 12_345_u64;
    let mut uniform = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let mut close = 100.0;
    (0..count)
        .map(|index| {
            let open = close;
            close *= 1.0 + (uniform() - 0.5) * 0.02;
            let (high, low) = (
                f64::max(open, close) * (1.0 + uniform() * 0.003),
                f64::min(open, close) * 0.999,
            );
            Bar {
                start_ms: start_ms + index as i64 * 60_000,
                open,
                high,
                low,
                close,
                volume: Some(uniform() * 10.0),
            }
        })
        .collect()
}

fn flat(count: usize, price: f64) -> Vec<Bar> {
    let bar = |index| Bar {
        start_ms: index as i64 * 60_000,
        open: price,
        high: price,
        low: price,
        close: price,
        volume: Some(0.0),
    };
    (0..count).map(bar).collect()
}

fn values(series: &Series) -> Vec<indicators::Value> {
    series.values().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pieces_and_the_whole_give_the_same_values(cuts in vec(0..300_usize, 0..6), by_bar in any::<bool>(), unknown in 0..300_usize) {
        let mut bars = walk(300, 0);
        bars[unknown].volume = None;
        let mut cuts = cuts;
        cuts.extend([0, bars.len()]);
        cuts.sort_unstable();
        for spec in all_specs() {
            let whole = values(&compute(spec, &bars));
            let mut indicator = Indicator::new(spec);
            let mut pieces = Vec::new();
            for (number, piece) in cuts.windows(2).map(|cut| &bars[cut[0]..cut[1]]).enumerate() {
                if by_bar == (number % 2 == 0) {
                    pieces.extend(piece.iter().map(|bar| indicator.push(bar)));
                } else {
                    pieces.extend(indicator.extend(piece).values());
                }
            }
            prop_assert_eq!(&pieces, &whole, "{}", spec);
            prop_assert_eq!(indicator.bars_seen(), bars.len());
        }
    }
}

#[test]
fn an_open_candle_is_judged_on_a_copy() {
    let bars = walk(400, 0);
    for spec in all_specs() {
        let mut indicator = Indicator::new(spec);
        indicator.extend(&bars[..399]);
        let open = Bar {
            close: bars[399].close * 1.01,
            high: bars[399].high * 1.02,
            ..bars[399]
        };
        let seen = indicator.peek(&open);
        assert_eq!(
            Some(seen),
            compute(spec, &[&bars[..399], &[open]].concat()).last(),
            "{spec}"
        );
        assert_eq!(
            Some(indicator.push(&bars[399])),
            compute(spec, &bars).last(),
            "{spec} kept the open candle"
        );
    }
}

#[test]
fn a_reset_stream_remembers_nothing() {
    let bars = walk(500, 0);
    for spec in all_specs() {
        let mut indicator = Indicator::new(spec);
        indicator.extend(&bars[..250]);
        indicator.reset();
        assert_eq!(indicator.bars_seen(), 0);
        assert_eq!(
            values(&indicator.extend(&bars[250..])),
            values(&compute(spec, &bars[250..])),
            "{spec}"
        );
    }
}

#[test]
fn a_settled_value_does_not_depend_on_where_the_series_began() {
    let bars = walk(6_000, 0);
    for text in [
        "sma:20",
        "ema:20",
        "ema:200",
        "rsi:14",
        "macd:12:26:9",
        "atr:14",
        "stoch:14:3:3",
        "adx:14",
        "cci:14",
        "sar",
    ] {
        let spec = spec(text);
        let full = compute(spec, &bars);
        for start in (1..3_000).step_by(101) {
            let end = start + spec.warm_up_bars();
            let mut indicator = Indicator::new(spec);
            indicator.extend(&bars[start..end]);
            assert!(!indicator.is_settled(), "{text} is settled too early");
            let late = indicator.push(&bars[end]);
            assert!(indicator.is_settled(), "{text} isn't settled");
            let early = full.get(end).expect("bar");
            for ((name, late), (_, early)) in late.components().zip(early.components()) {
                let (late, early) = (late.expect("value"), early.expect("value"));
                assert!(
                    (late - early).abs() < 1e-2,
                    "{text} {name} is {late} from bar {start}, {early} from the first"
                );
            }
        }
    }
}

#[test]
fn an_rsi_that_never_saw_a_move_is_null() {
    let mut indicator = Indicator::new(spec("rsi:14"));
    assert!(
        indicator
            .extend(&flat(100, 100.1))
            .values()
            .all(|value| value.is_null())
    );
    let up = Bar {
        close: 101.0,
        high: 101.0,
        ..flat(1, 100.1)[0]
    };
    assert_eq!(indicator.push(&up).number(), Some(100.0));
    // What it was, it stays as long as the market stands still; TA-Lib likewise.
    assert_eq!(
        indicator
            .extend(&flat(50, 101.0))
            .last()
            .and_then(|value| value.number()),
        Some(100.0)
    );
    // Until nothing is left to compare: the averages fade to less than a double can hold.
    assert_eq!(
        indicator
            .extend(&flat(20_000, 101.0))
            .last()
            .and_then(|value| value.number()),
        None
    );
}

#[test]
fn a_market_that_stood_still_for_years_is_without_direction() {
    let bars = [walk(300, 0), flat(20_000, 100.0)].concat();
    let last = compute(spec("adx:14"), &bars).last().expect("bar");
    assert_eq!((last.get("plus_di"), last.get("minus_di")), (Some(0.0), Some(0.0)));
    assert!(last.get("adx").is_some());
}

#[test]
fn a_market_that_stands_still_has_flat_values_and_no_noise() {
    for price in [100.1, 0.1, 0.000_003_3, 28_404.195] {
        let bars = [walk(300, 0), flat(300, price)].concat();
        let last = |text: &str| compute(spec(text), &bars).last().expect("bar");
        for text in ["cci:14", "mfi:14", "willr:14", "roc:10", "stoch:14:3:3"] {
            assert!(
                last(text).components().all(|(_, number)| number == Some(0.0)),
                "{text} at {price}: {:?}",
                last(text)
            );
        }
        let bands = last("bb:20:2");
        assert!(bands.components().all(|(_, band)| band == Some(price)), "{bands:?}");
        assert_eq!(last("willr:14").number().map(f64::is_sign_positive), Some(true));
    }
}

#[test]
fn a_price_of_a_hundred_thousand_leaves_no_trace_in_one_of_a_millionth() {
    let after = walk(600, 0).into_iter().map(|bar| {
        let small = |price: f64| price * 1e-8;
        Bar {
            open: small(bar.open),
            high: small(bar.high),
            low: small(bar.low),
            close: small(bar.close),
            ..bar
        }
    });
    let after: Vec<Bar> = after.collect();
    let before = flat(50, 100_000.0);
    for text in [
        "sma:20",
        "wma:20",
        "bb:20:2",
        "stoch:14:3:3",
        "cci:14",
        "mfi:14",
        "willr:14",
    ] {
        let alone = compute(spec(text), &after).last().expect("bar");
        let behind = compute(spec(text), &[before.clone(), after.clone()].concat())
            .last()
            .expect("bar");
        for ((name, alone), (_, behind)) in alone.components().zip(behind.components()) {
            let (alone, behind) = (alone.expect("value"), behind.expect("value"));
            assert!(
                (alone - behind).abs() <= 1e-12 * alone.abs(),
                "{text} {name} is {behind}, {alone} alone"
            );
        }
    }
}

#[test]
fn unknown_volume_is_null_and_not_zero() {
    let mut bars = walk(100, 0);
    bars[0].volume = None;
    bars[40].volume = None;
    let obv = compute(spec("obv"), &bars);
    let nulls: Vec<usize> = (0..100)
        .filter(|index| obv.get(*index).is_some_and(|value| value.is_null()))
        .collect();
    assert_eq!(nulls, [0, 40]);
    assert_eq!(obv.get(1).and_then(|value| value.number()), bars[1].volume);
    let nulls = |text: &str| -> Vec<usize> {
        compute(spec(text), &bars)
            .values()
            .enumerate()
            .filter(|(_, value)| value.is_null())
            .map(|(index, _)| index)
            .collect()
    };
    assert_eq!(nulls("vwap"), [0, 40]);
    // Its first bar has no flow, and so needs no volume; but any other null is in the window for 14 bars.
    assert_eq!(nulls("mfi:14"), (0..14).chain(40..54).collect::<Vec<_>>());
    for spec in all_specs() {
        assert_eq!(spec.needs_volume(), nulls(&spec.to_string()).contains(&40), "{spec}");
    }
}

#[test]
fn vwap_begins_anew_at_midnight_utc() {
    let mut bars = walk(10, 3 * DAY_MS - 5 * 60_000);
    bars[5].volume = Some(0.0);
    let vwap = compute(spec("vwap"), &bars);
    let column = vwap.column("value").expect("column");
    assert_eq!(column.get(5), None, "nothing has been traded today");
    let typical = (bars[6].high + bars[6].low + bars[6].close) / 3.0;
    assert!((column.get(6).expect("value") - typical).abs() < 1e-12 * typical);
    assert!(column.get(4).is_some());

    let mut indicator = Indicator::new(spec("vwap"));
    indicator.push(&bars[0]);
    assert!(!indicator.is_settled(), "its day began earlier");
    indicator.extend(&bars[1..]);
    assert!(indicator.is_settled());
    let mut from_midnight = Indicator::new(spec("vwap"));
    from_midnight.push(&bars[5]);
    assert!(from_midnight.is_settled());
}

#[test]
fn values_know_their_components() {
    let bars = walk(100, 0);
    let names = |text: &str| -> Vec<&str> {
        compute(spec(text), &bars)
            .last()
            .expect("bar")
            .components()
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(names("rsi"), ["value"]);
    assert_eq!(names("bb"), ["upper", "middle", "lower"]);
    assert_eq!(names("macd"), ["macd", "signal", "histogram"]);
    assert_eq!(names("stoch"), ["k", "d"]);
    assert_eq!(names("adx"), ["adx", "plus_di", "minus_di"]);
    let bands = compute(spec("bb"), &bars).last().expect("bar");
    assert_eq!(bands.number(), bands.get("middle"));
    assert_eq!(bands.get("macd"), None);
    assert_eq!(Shape::Macd.index_of("histogram"), Some(2));
}

#[test]
fn the_di_come_before_adx() {
    let adx = compute(spec("adx:14"), &walk(40, 0));
    let first = |name: &str| {
        adx.column(name)
            .expect("column")
            .iter()
            .position(|number| number.is_some())
    };
    assert_eq!(
        (first("plus_di"), first("minus_di"), first("adx")),
        (Some(14), Some(14), Some(27))
    );
}

#[test]
fn too_few_bars_are_all_null() {
    for spec in all_specs() {
        assert!(compute(spec, &[]).is_empty());
        assert!(compute(spec, &[]).last().is_none());
        let one = compute(spec, &walk(1, 0));
        assert_eq!(one.len(), 1);
        assert_eq!(
            one.last().map(|value| value.is_null()),
            Some(spec.lookback() > 0),
            "{spec}"
        );
        assert_eq!(one.get(1), None);
    }
}

#[test]
fn a_set_is_computed_in_its_order() {
    let bars = walk(300, 0);
    let specs = IndicatorSpec::default_set();
    let all = compute_set(&specs, &bars);
    assert_eq!(all.len(), specs.len());
    for (spec, series) in specs.iter().zip(&all) {
        assert_eq!(values(series), values(&compute(*spec, &bars)));
    }
}

#[test]
fn streams_are_small_and_move_between_threads() {
    fn is_sent<T: Send + Sync + Clone + 'static>() {}
    is_sent::<Indicator>();
    is_sent::<Series>();
    assert!(size_of::<Indicator>() <= 256, "{} bytes", size_of::<Indicator>());
}
