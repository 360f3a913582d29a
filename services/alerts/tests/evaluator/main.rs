//! The evaluator against the reference model, on random stories.

mod cost;
mod driver;
mod model;
mod preview;
mod real;
mod sums;

use driver::{Action, Known, compare, tell};
use model::{Entry, MINUTE, Mode, Rule, Tick, Told};
use proptest::{collection::vec, option, prelude::*};

/// A Monday, 00:00 UTC.
const START: i64 = 1_700_438_400_000;

/// One step of a story, before times and numbers are filled in.
#[derive(Debug, Clone)]
enum Step {
    Tick {
        asset: usize,
        after: i64,
        price: i64,
        wick: Option<(i64, i64)>,
        volume: Option<i64>,
        is_late: bool,
        pause: bool,
    },
    Other(Action),
    Down,
    Up,
}

fn level() -> impl Strategy<Value = i64> {
    992_i64..1009
}

fn band() -> impl Strategy<Value = (i64, i64)> {
    (990_i64..1005, 1_i64..12).prop_map(|(low, width)| (low, low + width))
}

fn price_rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        level().prop_map(Rule::Above),
        level().prop_map(Rule::Below),
        level().prop_map(Rule::CrossesAbove),
        level().prop_map(Rule::CrossesBelow),
        level().prop_map(Rule::Crosses),
        band().prop_map(|(low, high)| Rule::Inside(low, high)),
        band().prop_map(|(low, high)| Rule::Outside(low, high)),
        band().prop_map(|(low, high)| Rule::Enters(low, high)),
        band().prop_map(|(low, high)| Rule::Exits(low, high)),
    ]
}

fn single_rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        6 => price_rule(),
        2 => (5_i64..150, -1_i8..2).prop_map(|(size, way)| Rule::Moved(size, way)),
        2 => (1985_i64..2015, 0_u8..4).prop_map(|(value, op)| Rule::Mean(value, op)),
        1 => (-200_i64..200, 0_u8..4).prop_map(|(value, op)| Rule::Obv(value, op)),
        1 => (1985_i64..2015, 0_u8..4).prop_map(|(value, op)| Rule::Vwap(value, op)),
        1 => (5_i64..30).prop_map(Rule::Volume),
    ]
}

fn rule(with_bars: bool) -> BoxedStrategy<Rule> {
    if with_bars {
        prop_oneof![4 => single_rule(), 1 => vec(single_rule(), 1..5).prop_map(Rule::All)].boxed()
    } else {
        prop_oneof![4 => price_rule(), 1 => vec(price_rule(), 1..5).prop_map(Rule::All)].boxed()
    }
}

fn mode(with_bars: bool) -> BoxedStrategy<Mode> {
    let ticks = prop_oneof![
        2 => Just(Mode::Once),
        4 => Just(Mode::EveryTime),
        1 => Just(Mode::PerMinute),
        1 => Just(Mode::PerBar(1)),
        1 => Just(Mode::PerBar(5)),
    ];
    let closes = prop_oneof![Just(Mode::AtClose(1)), Just(Mode::AtClose(5))];
    if with_bars {
        prop_oneof![3 => ticks, 1 => closes].boxed()
    } else {
        ticks.boxed()
    }
}

fn put(with_bars: bool) -> impl Strategy<Value = Step> {
    let known = prop_oneof![
        5 => Just(Known::Present),
        1 => (1_usize..3).prop_map(Known::Behind),
        1 => (1_usize..4).prop_map(Known::Ahead),
        1 => Just(Known::Nothing),
    ];
    let cooldown = prop_oneof![3 => Just(0_i64), 1 => Just(20_000_i64), 1 => Just(60_000_i64)];
    let expires = prop_oneof![4 => Just(None), 1 => (0_i64..2_000_000).prop_map(|after| Some(START + after))];
    (
        0_usize..12,
        0_usize..2,
        rule(with_bars),
        mode(with_bars),
        (cooldown, expires, known),
    )
        .prop_map(|(alert, asset, rule, mode, (cooldown, expires, known))| {
            // The asset follows from the alert half of the time, so that edits also move alerts.
            Step::Other(Action::Put {
                alert,
                asset: if alert < 6 { asset } else { alert % 2 },
                rule,
                mode,
                cooldown,
                expires,
                known,
            })
        })
}

fn tick() -> impl Strategy<Value = Step> {
    let price = prop_oneof![3 => 985_i64..1016, 2 => 996_i64..1004];
    let after = prop_oneof![4 => 0_i64..4_000, 3 => 0_i64..30_000, 1 => 60_000_i64..150_000];
    let wick = option::weighted(0.15, (0_i64..12, 0_i64..12));
    let volume = option::weighted(0.9, 0_i64..50);
    (
        0_usize..2,
        after,
        price,
        (wick, volume),
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.03),
    )
        .prop_map(|(asset, after, price, (wick, volume), is_late, pause)| Step::Tick {
            asset,
            after,
            price,
            wick,
            volume,
            is_late,
            pause,
        })
}

fn story(with_bars: bool) -> impl Strategy<Value = Vec<Step>> {
    let other = prop_oneof![
        1 => (0_usize..12).prop_map(|alert| Step::Other(Action::Remove(alert))),
        2 => (0_usize..12).prop_map(|alert| Step::Other(Action::Rearm(alert))),
        2 => Just(Step::Other(Action::Restart)),
        1 => (1_usize..20).prop_map(|back| Step::Other(Action::Repeat(back))),
    ];
    let feed = if with_bars {
        Just(Step::Other(Action::Restart)).boxed()
    } else {
        prop_oneof![Just(Step::Down), Just(Step::Up)].boxed()
    };
    vec(
        prop_oneof![60 => tick(), 18 => put(with_bars), 6 => other, 2 => feed],
        1..160,
    )
}

/// Fills in times and numbers; the log's own clock strikes at each minute, before any tick of the new one.
fn actions(steps: &[Step], with_clock: bool) -> Vec<Action> {
    let mut actions = vec![Action::Entry(Entry::Up(START))];
    let (mut now, mut receive_delay) = (START + 1_000, 0);
    let mut seqs = [0_u64; 2];
    let mut newest = [START; 2];
    let mut struck = START;
    for step in steps {
        match step {
            Step::Other(action) => actions.push(action.clone()),
            Step::Down => actions.push(Action::Entry(Entry::Down(now))),
            Step::Up => actions.push(Action::Entry(Entry::Up(now))),
            Step::Tick {
                asset,
                after,
                price,
                wick,
                volume,
                is_late,
                pause,
            } => {
                now += after;
                receive_delay += if *pause { 90_000 } else { 0 };
                while with_clock && struck + MINUTE <= now {
                    struck += MINUTE;
                    actions.push(Action::Entry(Entry::Clock(struck)));
                }
                seqs[*asset] += 1;
                let is_late = *is_late && seqs[*asset] > 1;
                let at = if is_late {
                    newest[*asset] - (price % 7) * 17_000 - 1
                } else {
                    now
                };
                newest[*asset] = newest[*asset].max(at);
                let range = wick.map(|(under, over)| (price - under, price + over));
                let tick = Tick {
                    asset: *asset,
                    seq: seqs[*asset],
                    at,
                    received: now + receive_delay + 20,
                    price: *price,
                    range,
                    volume: *volume,
                    is_late,
                };
                actions.push(Action::Entry(Entry::Tick(tick)));
            }
        }
    }
    actions
}

/// The story as a disorderly feed tells it: old ticks, marked as such, between the others, and a fifth of all again.
/// Numbers are those of the log, so they differ from the orderly ones.
fn disorder(actions: &[Action], noise: &[u8]) -> Vec<Action> {
    let mut noisy: Vec<Action> = Vec::new();
    let mut seqs = [0_u64; 2];
    for (index, action) in actions.iter().enumerate() {
        let Action::Entry(Entry::Tick(tick)) = action else {
            noisy.push(action.clone());
            continue;
        };
        let roll = noise[index % noise.len()];
        if roll < 50 && seqs[tick.asset] > 0 {
            seqs[tick.asset] += 1;
            let age = if roll < 5 { 3_600_000 } else { 4_000 };
            let old = Tick {
                seq: seqs[tick.asset],
                at: tick.at - age,
                price: 1,
                volume: None,
                is_late: true,
                ..*tick
            };
            noisy.push(Action::Entry(Entry::Tick(old)));
        }
        seqs[tick.asset] += 1;
        noisy.push(Action::Entry(Entry::Tick(Tick {
            seq: seqs[tick.asset],
            ..*tick
        })));
        if roll.is_multiple_of(5) {
            let again = noisy[noisy.len().saturating_sub(usize::from(roll % 7) + 1)].clone();
            noisy.extend(matches!(again, Action::Entry(Entry::Tick(_))).then_some(again));
        }
    }
    noisy
}

/// What was told, without the log's numbers.
fn without_numbers(told: Vec<Told>) -> Vec<Told> {
    let strip = |mut one: Told| {
        if let Told::Fired { key, .. } = &mut one
            && key.starts_with("seq:")
        {
            key.clear();
        }
        one
    };
    told.into_iter().map(strip).collect()
}

fn orderly() -> impl Strategy<Value = Vec<Step>> {
    let clean = |step: Step| match step {
        Step::Tick {
            asset,
            after,
            price,
            wick,
            volume,
            pause,
            ..
        } => Step::Tick {
            asset,
            after,
            price,
            wick,
            volume,
            is_late: false,
            pause,
        },
        other => other,
    };
    let armed = (0_usize..12, price_rule(), mode(false)).prop_map(|(alert, rule, mode)| {
        Step::Other(Action::Put {
            alert,
            asset: alert % 2,
            rule,
            mode,
            cooldown: 0,
            expires: None,
            known: Known::Nothing,
        })
    });
    (vec(armed, 1..10), vec(tick().prop_map(clean), 1..120))
        .prop_map(|(armed, ticks)| armed.into_iter().chain(ticks).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn reliability_28_gaps_and_edges_of_all_conditions_equal_the_model(steps in story(true)) {
        compare(&actions(&steps, true));
    }

    #[test]
    fn reliability_28_prices_equal_the_model_with_the_feed_up_and_down(steps in story(false)) {
        compare(&actions(&steps, true));
    }

    #[test]
    fn reliability_37_modes_across_restarts_equal_the_model(steps in story(true), every in 1_usize..6) {
        let mut restarted = Vec::new();
        for (index, action) in actions(&steps, true).into_iter().enumerate() {
            restarted.push(action);
            if index % every == 0 {
                restarted.push(Action::Restart);
            }
        }
        compare(&restarted);
    }

    #[test]
    fn reliability_30_old_and_repeated_ticks_decide_nothing(steps in orderly(), noise in vec(any::<u8>(), 1..60)) {
        let orderly = actions(&steps, true);
        prop_assert_eq!(without_numbers(tell(&disorder(&orderly, &noise))), without_numbers(tell(&orderly)));
    }

    #[test]
    fn quiet_minutes_without_a_clock_equal_the_model(steps in story(true)) {
        compare(&actions(&steps, false));
    }
}
