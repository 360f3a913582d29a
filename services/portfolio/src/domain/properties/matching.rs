//! Resting orders against ticks.

use contracts::events::Side;
use domain::{OrderId, PortfolioId, PriceRange, Source, Tick, Timestamp};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use super::{bitcoin, price};
use crate::domain::{
    fill::Costs,
    matching::{Basis, Happening, Matcher, RestingOrder},
    order::Terms,
};

fn tick(seq: u64, at: Decimal, range: Option<(Decimal, Decimal)>) -> Tick {
    let time = Timestamp::from_millis(1_764_000_000_000 + i64::try_from(seq).expect("small") * 1000).expect("time");
    let range = range.map(|(low, high)| PriceRange {
        low: price(low),
        high: price(high),
    });
    Tick {
        asset: bitcoin(),
        seq,
        event_at: time,
        received_at: time,
        price: price(at),
        quantity: None,
        range,
        source: Source::Kraken,
        is_late: false,
    }
}

fn resting(number: u128, side: Side, terms: Terms) -> RestingOrder {
    RestingOrder {
        id: OrderId::from(Uuid::from_u128(number)),
        portfolio: PortfolioId::from(Uuid::from_u128(1)),
        asset: bitcoin(),
        side,
        quantity: dec!(1),
        terms,
        is_triggered: false,
        best: None,
        expires_at: None,
        after_seq: 1,
        since: Timestamp::default(),
        is_strict: false,
        is_unjudged: false,
        sibling: None,
    }
}

fn run(orders: Vec<RestingOrder>, ticks: &[Tick]) -> Vec<(u128, Happening)> {
    let mut matcher = Matcher::new(Costs::default());
    for order in orders {
        matcher.insert(order);
    }
    ticks
        .iter()
        .flat_map(|tick| matcher.step(tick))
        .map(|outcome| (outcome.order.uuid().as_u128(), outcome.happening))
        .collect()
}

#[test]
fn a_limit_order_fills_at_its_limit_when_touched_and_strictly_only_beyond() {
    let limit = Terms::Limit(price(dec!(100)));
    let strict = RestingOrder {
        is_strict: true,
        ..resting(2, Side::Buy, limit)
    };
    let ticks = [
        tick(2, dec!(100.01), None),
        tick(3, dec!(100), None),
        tick(4, dec!(99.99), None),
    ];
    let done = run(vec![resting(1, Side::Buy, limit), strict], &ticks);
    let filled = Happening::Filled(Basis::Limit(price(dec!(100))));
    assert_eq!(done, [(1, filled), (2, filled)]);
}

#[test]
fn the_first_fresh_price_judges_an_unjudged_limit_and_the_next_ones_find_it_resting() {
    let limit = price(dec!(100));
    let unjudged = |number, side| RestingOrder {
        is_unjudged: true,
        ..resting(number, side, Terms::Limit(limit))
    };
    let taken = |last| Happening::Filled(Basis::Marketable { last, limit });
    let done = run(
        vec![unjudged(1, Side::Buy), unjudged(2, Side::Sell)],
        &[tick(2, dec!(90), None)],
    );
    assert_eq!(done, [(1, taken(price(dec!(90)))), (2, Happening::Judged)]);
    let ticks = [
        tick(2, dec!(90), None),
        tick(3, dec!(99), None),
        tick(4, dec!(120), None),
    ];
    let done = run(vec![unjudged(2, Side::Sell)], &ticks);
    assert_eq!(
        done,
        [(2, Happening::Judged), (2, Happening::Filled(Basis::Limit(limit)))]
    );
    // The ask lies above the limit, the last price at it: that is a touch.
    let done = run(vec![unjudged(1, Side::Buy)], &[tick(2, dec!(100), None)]);
    assert_eq!(done, [(1, Happening::Filled(Basis::Limit(limit)))]);
}

#[test]
fn a_stop_that_an_interval_passed_fills_at_itself_also_where_the_interval_ends_behind_it() {
    let through = |side, terms, at, low, high| run(vec![resting(1, side, terms)], &[tick(3, at, Some((low, high)))]);
    let at = |value| [(1, Happening::Filled(Basis::Market(price(value))))];
    let stop = Terms::Stop(price(dec!(100)));
    assert_eq!(through(Side::Sell, stop, dec!(95), dec!(94), dec!(106)), at(dec!(100)));
    assert_eq!(through(Side::Buy, stop, dec!(105), dec!(94), dec!(106)), at(dec!(100)));
    assert_eq!(
        through(Side::Sell, stop, dec!(95), dec!(94), dec!(99)),
        at(dec!(95)),
        "it opened behind the stop"
    );
    let target = Terms::TakeProfit(price(dec!(100)));
    assert_eq!(
        through(Side::Sell, target, dec!(105), dec!(94), dec!(106)),
        at(dec!(100))
    );
    assert_eq!(through(Side::Buy, target, dec!(95), dec!(94), dec!(106)), at(dec!(100)));
}

#[test]
fn a_stop_that_is_jumped_over_fills_behind_it_and_one_that_is_passed_fills_at_itself() {
    let stop = Terms::Stop(price(dec!(100)));
    let jumped = run(
        vec![resting(1, Side::Sell, stop)],
        &[tick(2, dec!(105), None), tick(3, dec!(90), None)],
    );
    assert_eq!(jumped, [(1, Happening::Filled(Basis::Market(price(dec!(90)))))]);
    let passed = run(
        vec![resting(1, Side::Sell, stop)],
        &[tick(3, dec!(101), Some((dec!(98), dec!(106))))],
    );
    assert_eq!(passed, [(1, Happening::Filled(Basis::Market(price(dec!(100)))))]);
}

#[test]
fn an_interval_that_reaches_before_the_orders_birth_counts_by_its_last_price_only() {
    let stop = Terms::Stop(price(dec!(100)));
    assert!(
        run(
            vec![resting(1, Side::Sell, stop)],
            &[tick(2, dec!(101), Some((dec!(98), dec!(106))))]
        )
        .is_empty()
    );
}

#[test]
fn of_a_pair_that_one_interval_hits_on_both_sides_the_worse_half_wins() {
    let (one, two) = (OrderId::from(Uuid::from_u128(1)), OrderId::from(Uuid::from_u128(2)));
    let target = RestingOrder {
        sibling: Some(two),
        ..resting(1, Side::Sell, Terms::Limit(price(dec!(110))))
    };
    let stop = RestingOrder {
        sibling: Some(one),
        ..resting(2, Side::Sell, Terms::Stop(price(dec!(90))))
    };
    let done = run(vec![target, stop], &[tick(3, dec!(100), Some((dec!(80), dec!(120))))]);
    assert_eq!(
        done,
        [
            (2, Happening::Filled(Basis::Market(price(dec!(90))))),
            (1, Happening::PairDone)
        ]
    );
}

#[test]
fn a_trailing_stop_follows_the_price_up_and_fires_on_the_way_down() {
    let order = RestingOrder {
        best: Some(price(dec!(100))),
        ..resting(1, Side::Sell, Terms::TrailingStop(dec!(10)))
    };
    let ticks = [
        tick(2, dec!(120), None),
        tick(3, dec!(109), None),
        tick(4, dec!(108), None),
        tick(5, dec!(50), None),
    ];
    let done = run(vec![order], &ticks);
    assert_eq!(
        done,
        [
            (1, Happening::Trailed(price(dec!(120)))),
            (1, Happening::Filled(Basis::Market(price(dec!(108)))))
        ]
    );
}

#[test]
fn a_stop_limit_becomes_a_limit_order_and_waits_when_the_price_is_beyond_its_limit() {
    let terms = Terms::StopLimit {
        stop: price(dec!(100)),
        limit: price(dec!(99)),
    };
    let ticks = [
        tick(2, dec!(95), None),
        tick(3, dec!(98), None),
        tick(4, dec!(99), None),
    ];
    let done = run(vec![resting(1, Side::Sell, terms)], &ticks);
    assert_eq!(
        done,
        [
            (1, Happening::Triggered),
            (1, Happening::Filled(Basis::Limit(price(dec!(99)))))
        ]
    );
}

#[test]
fn an_order_hears_no_tick_from_before_it_and_none_that_is_late() {
    let limit = Terms::Limit(price(dec!(100)));
    let late = Tick {
        is_late: true,
        ..tick(5, dec!(90), None)
    };
    assert!(run(vec![resting(1, Side::Buy, limit)], &[tick(1, dec!(90), None), late]).is_empty());
}

#[test]
fn an_order_ends_at_its_time_and_not_before() {
    let end = tick(3, dec!(1), None).received_at;
    let order = RestingOrder {
        expires_at: Some(end),
        ..resting(1, Side::Buy, Terms::Limit(price(dec!(50))))
    };
    let mut matcher = Matcher::new(Costs::default());
    matcher.insert(order);
    assert!(
        matcher
            .expire(end.minus(std::time::Duration::from_millis(1)))
            .is_empty()
    );
    assert_eq!(matcher.expire(end).len(), 1);
    assert!(matcher.is_empty());
}

fn any_terms() -> impl Strategy<Value = Terms> {
    let level = || (50_i64..150).prop_map(|value| price(Decimal::from(value)));
    prop_oneof![
        level().prop_map(Terms::Limit),
        level().prop_map(Terms::Stop),
        level().prop_map(Terms::TakeProfit),
        (level(), level()).prop_map(|(stop, limit)| Terms::StopLimit { stop, limit }),
        (1_i64..30).prop_map(|percent| Terms::TrailingStop(Decimal::from(percent))),
    ]
}

proptest! {
    #[test]
    fn the_ladder_finds_exactly_what_asking_every_order_finds(
        orders in prop::collection::vec((any::<bool>(), any_terms()), 1..20),
        walk in prop::collection::vec((50_i64..150, 0_i64..10, 0_i64..10), 1..40),
    ) {
        let orders: Vec<RestingOrder> = orders.into_iter().enumerate().map(|(index, (is_buy, terms))| {
            resting(index as u128 + 1, if is_buy { Side::Buy } else { Side::Sell }, terms)
        }).collect();
        let ticks: Vec<Tick> = walk.into_iter().enumerate().map(|(index, (at, down, up))| {
            let at = Decimal::from(at);
            tick(index as u64 + 2, at, Some((at - Decimal::from(down), at + Decimal::from(up))))
        }).collect();
        let found = run(orders.clone(), &ticks);
        let costs = Costs::default();
        let mut expected = Vec::new();
        let mut waiting = orders;
        for tick in &ticks {
            let mut at_once = Vec::new();
            waiting.retain_mut(|order| match order.on_tick(tick, &costs) {
                None => true,
                Some(happening) => {
                    at_once.push((order.id.uuid().as_u128(), happening));
                    matches!(happening, Happening::Triggered | Happening::Trailed(_))
                }
            });
            expected.push(at_once);
        }
        let mut expected: Vec<(u128, Happening)> = expected.into_iter().flatten().collect();
        let key = |entry: &(u128, Happening)| (entry.0, format!("{:?}", entry.1));
        let mut found = found;
        // Within one order the sequence must agree; between orders of one tick it may differ.
        expected.sort_by_key(|entry| entry.0);
        found.sort_by_key(|entry| entry.0);
        prop_assert_eq!(expected.iter().map(key).collect::<Vec<_>>(), found.iter().map(key).collect::<Vec<_>>());
    }
}
