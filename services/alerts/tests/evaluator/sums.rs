//! Indicators that remember more than a window: sums over many candles, and over a day.

use crate::{
    driver::{Action, Known, compare},
    model::{Entry, MINUTE, Mode, Rule, Tick},
};

/// A Monday, 20:00 UTC.
const EVENING: i64 = 1_700_510_400_000;

/// A price that wanders for so many minutes, with two trades in most of them.
fn wandering(minutes: i64) -> Vec<Action> {
    let mut actions = vec![Action::Entry(Entry::Up(EVENING))];
    let (mut dice, mut seq, mut price) = (7_u64, 0, 1_000);
    let mut roll = move |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((dice >> 33) % sides) as i64
    };
    for minute in 0..minutes {
        let start = EVENING + minute * MINUTE;
        actions.push(Action::Entry(Entry::Clock(start)));
        for second in [1, 31] {
            price = (price + roll(7) - 3).clamp(985, 1_015);
            let is_quiet = roll(9) == 0;
            let volume = Some(roll(20)).filter(|_| roll(40) > 0);
            if is_quiet {
                continue;
            }
            seq += 1;
            let at = start + second * 1_000;
            actions.push(Action::Entry(Entry::Tick(Tick {
                asset: 0,
                seq,
                at,
                received: at,
                price,
                range: None,
                volume,
                is_late: false,
            })));
        }
    }
    actions
}

fn watch(alert: usize, rule: Rule) -> Action {
    Action::Put {
        alert,
        asset: 0,
        rule,
        mode: Mode::EveryTime,
        cooldown: 0,
        expires: None,
        known: Known::Present,
    }
}

#[test]
fn reliability_37_sums_over_many_candles_equal_the_model_across_restarts() {
    let mut actions = Vec::new();
    for (index, action) in wandering(700).into_iter().enumerate() {
        actions.push(action);
        if index == 60 {
            let levels = [-60, -20, 0, 20, 60];
            let sums = levels.iter().map(|level| Rule::Obv(*level, 2));
            let means = (1_992..2_008).map(|halves| Rule::Vwap(halves, 2));
            let all = sums.chain(means).enumerate();
            actions.extend(all.map(|(alert, rule)| watch(alert, rule)));
        }
        if index % 97 == 96 {
            actions.push(Action::Restart);
        }
        if index % 211 == 210 {
            // Somebody else comes, and asks for candles of the past.
            actions.push(watch(100 + index, Rule::Mean(1_990, 0)));
        }
    }
    let fired = compare(&actions);
    assert!(fired > 60, "only {fired} firings were compared");
}
