//! What a tick costs, counted in alerts that are judged.

use alerts::domain::{
    Alert, Arrival, ChannelOp, Condition, Direction, Evaluator, GapLimits, LevelKind, Memory, Trigger, Window,
};
use contracts::LogEntry;
use domain::{AlertId, AssetId, Decimal, Price, Source, Tick, Timestamp};

const START: i64 = 1_700_438_400_000;

fn price(value: i64) -> Price {
    Price::new(Decimal::from(value)).expect("price")
}

fn bitcoin() -> AssetId {
    AssetId::parse("bitcoin").expect("asset")
}

fn tick(seq: u64, value: i64) -> LogEntry {
    let at = Timestamp::from_millis(START + 100 * i64::try_from(seq).expect("a small number")).expect("time");
    LogEntry::Tick(Tick {
        asset: bitcoin(),
        seq,
        event_at: at,
        received_at: at,
        price: price(value),
        quantity: None,
        range: None,
        source: Source::Replay,
        is_late: false,
    })
}

/// One of the conditions that a price around 1,000,000 is far from, each about levels of its own.
fn distant(number: i64) -> Condition {
    let level = |kind, at| Condition::Level { kind, price: price(at) };
    match number % 6 {
        0 => level(LevelKind::Above, 2_000_000 + number),
        1 => level(LevelKind::Below, 500_000 - number),
        2 => level(LevelKind::CrossesAbove, 2_000_000 + number),
        3 => level(LevelKind::Crosses, 500_000 - number),
        4 => Condition::Channel {
            low: price(3_000_000 + number),
            high: price(4_000_000 + number),
            op: ChannelOp::Enters,
        },
        _ => Condition::ChangePct {
            direction: Direction::Either,
            percent: Decimal::from(50 + number % 40),
            window: Window::M5,
        },
    }
}

fn watch(evaluator: &mut Evaluator, condition: Condition) {
    let alert = Alert {
        id: AlertId::new(),
        version: 1,
        asset: bitcoin(),
        condition,
        trigger: Trigger::Once,
        cooldown_ms: 0,
        expires_at: None,
        base: None,
        memory: Memory::default(),
    };
    evaluator.put(&alert, Arrival::New);
}

/// How many alerts are judged by a thousand ticks that meet none of so many, and by one more that meets three.
fn work_of(alerts: i64) -> (u64, u64) {
    let mut evaluator = Evaluator::new(GapLimits::default());
    for number in 0..alerts {
        watch(&mut evaluator, distant(number));
    }
    for level in [1_100_001, 1_100_002, 1_100_003] {
        watch(
            &mut evaluator,
            Condition::Level {
                kind: LevelKind::CrossesAbove,
                price: price(level),
            },
        );
    }
    evaluator.step(&tick(1, 1_000_000));
    drop(evaluator.take_decisions());
    let before = evaluator.judged();
    for seq in 2..1_002_u64 {
        evaluator.step(&tick(
            seq,
            1_000_000 + i64::try_from(seq * 7_919 % 90_001).expect("a small number"),
        ));
    }
    let quiet = evaluator.judged() - before;
    evaluator.step(&tick(1_002, 1_100_010));
    assert_eq!(evaluator.take_decisions().len(), 3, "of {alerts} alerts");
    (quiet, evaluator.judged() - before - quiet)
}

#[test]
fn reliability_35_what_does_not_fire_costs_nothing_however_many_alerts_there_are() {
    for alerts in [0, 1_000, 100_000] {
        assert_eq!(work_of(alerts), (0, 3), "with {alerts} alerts on one asset");
    }
}
