//! The preview's way through the past.

use alerts::domain::{
    Alert, Condition, Decision, Evaluator, GapLimits, Hole, IndicatorRule, Memory, Replay, Trigger, ValueOp,
};
use domain::{AlertId, AssetId, Candle, Decimal, Interval, Ohlc, Price, Source, Tick, Timestamp};

use crate::model::MINUTE;

/// A minute's start.
const START: i64 = 1_700_438_400_000;

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("time")
}

fn bitcoin() -> AssetId {
    AssetId::parse("bitcoin").expect("asset")
}

fn price(value: i64) -> Price {
    Price::new(Decimal::from(value)).expect("price")
}

fn tick(at: i64, value: i64) -> Tick {
    Tick {
        asset: bitcoin(),
        seq: 1,
        event_at: time(at),
        received_at: time(at),
        price: price(value),
        quantity: None,
        range: None,
        source: Source::Replay,
        is_late: false,
    }
}

fn candle(minute: i64, value: i64, partial: bool) -> Candle {
    Candle {
        asset: bitcoin(),
        interval: Interval::M1,
        start: time(START + minute * MINUTE),
        prices: Ohlc {
            open: price(value),
            high: price(value),
            low: price(value),
            close: price(value),
        },
        volume: None,
        samples: 1,
        is_closed: true,
        filled: false,
        partial,
        repaired: false,
    }
}

/// An alert that is true whenever the mean of two candles is known.
fn replay(start: i64) -> Replay {
    let alert = Alert {
        id: AlertId::new(),
        version: 1,
        asset: bitcoin(),
        condition: Condition::Indicator(IndicatorRule {
            spec: indicators::IndicatorSpec::parse("sma:2").expect("spec"),
            component: None,
            interval: Interval::M1,
            op: ValueOp::Above,
            value: 1.0,
        }),
        trigger: Trigger::Once,
        cooldown_ms: 0,
        expires_at: None,
        base: None,
        memory: Memory::default(),
    };
    Replay::new(Evaluator::new(GapLimits::default()), time(start), alert, AlertId::new())
}

/// The minute, counted from the start, at whose end it fired.
fn fired(mut replay: Replay) -> Vec<i64> {
    replay.finish(time(START + 9 * MINUTE));
    let decisions = replay.evaluator.take_decisions();
    let fires = decisions.iter().filter_map(|decision| match decision {
        Decision::Fired(firing) => Some((firing.event_at.millis() - START) / MINUTE),
        _ => None,
    });
    fires.collect()
}

#[test]
fn reliability_38_a_candle_in_whose_middle_the_stored_ticks_begin_does_not_count() {
    let mut cut = replay(START - MINUTE);
    for minute in 0..6 {
        cut.tick(tick(START + minute * MINUTE + 30_000, 100));
    }
    assert_eq!(fired(cut), [3]);
    let mut whole = replay(START);
    whole.know_candles(&[candle(0, 100, false), candle(1, 100, false)]);
    for minute in 0..6 {
        whole.tick(tick(START + minute * MINUTE + 30_000, 100));
    }
    assert_eq!(fired(whole), [2]);
}

#[test]
fn minutes_in_which_the_feed_was_down_are_holes_and_quiet_ones_are_none() {
    let mut replay = replay(START);
    // Quiet in minutes 1 to 6, down in 7 and 8.
    let minutes = (0..7).chain(9..11);
    let candles: Vec<Candle> = minutes.map(|minute| candle(minute, 100, minute == 9)).collect();
    replay.know_candles(&candles);
    for minute in [0, 9, 10] {
        replay.tick(tick(START + minute * MINUTE + 30_000, 100));
    }
    replay.finish(time(START + 11 * MINUTE));
    let (from, to, holes) = replay.coverage();
    assert_eq!((from, to), (Some(time(START + 30_000)), time(START + 11 * MINUTE)));
    let hole = Hole {
        from: time(START + 7 * MINUTE),
        to: time(START + 9 * MINUTE),
    };
    assert_eq!(holes, [hole]);
}

#[test]
fn reliability_38_a_stored_candle_that_was_cut_does_not_count() {
    for (partial, expected) in [(true, 3), (false, 2)] {
        let mut replay = replay(START);
        for minute in 0..6 {
            replay.candle(&candle(minute, 100, partial && minute == 0));
        }
        assert_eq!(fired(replay), [expected], "partial: {partial}");
    }
}
