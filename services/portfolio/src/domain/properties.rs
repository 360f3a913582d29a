//! The core against simple models, on random input.

use contracts::events::Side;
use domain::{AssetId, OrderId, PortfolioId, Price, PriceRange, Source, Tick, Timestamp};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use super::{
    book::Book,
    entries::{self, Hold},
    fill::{Costs, Fill, Size},
    matching::{Basis, Happening, Matcher, RestingOrder},
    order::Terms,
    prices::Mark,
    valuation::{self, CostMethod},
};

fn bitcoin() -> AssetId {
    AssetId::parse("bitcoin").expect("id")
}

fn price(value: Decimal) -> Price {
    Price::new(value).expect("price")
}

fn free_costs() -> Costs {
    let zero = Decimal::ZERO;
    Costs {
        half_spread_bps: zero,
        slippage_bps: zero,
        slippage_bps_per_10k: zero,
        max_slippage_bps: zero,
        taker_fee_bps: zero,
        maker_fee_bps: zero,
        min_notional: zero,
        reserve_collar_pct: zero,
    }
}

fn trade(book: &mut Book, seq: i64, fill: &Fill) -> Option<super::book::Realized> {
    let entry =
        entries::fill(Uuid::from_u128(seq as u128), &bitcoin(), fill, Hold::nothing(fill.side)).expect("balanced");
    book.apply(seq, &entry).expect("booked")
}

fn funded(amount: Decimal) -> Book {
    let mut book = Book::default();
    book.apply(1, &entries::deposit(Uuid::nil(), amount).expect("balanced"))
        .expect("booked");
    book
}

fn mark(value: Decimal) -> Mark {
    let at = Timestamp::default();
    Mark {
        price: price(value),
        source: Source::Kraken,
        event_at: at,
        received_at: at,
        seq: 1,
    }
}

#[test]
fn the_check_of_the_semantics_average_and_fifo_differ_in_parts_and_agree_in_sum() {
    let mut book = funded(dec!(100000));
    let costs = free_costs();
    for (seq, side, at) in [
        (2, Side::Buy, dec!(10)),
        (3, Side::Buy, dec!(20)),
        (4, Side::Sell, dec!(25)),
    ] {
        let fill = costs.market(side, Size::Quantity(dec!(100)), price(at)).expect("fill");
        trade(&mut book, seq, &fill);
    }
    let marks = [(bitcoin(), mark(dec!(25)))].into();
    let average = valuation::value(&book, &marks, CostMethod::Average).expect("value");
    let fifo = valuation::value(&book, &marks, CostMethod::Fifo).expect("value");
    assert_eq!((book.realized, average.unrealized), (dec!(1000), dec!(1000)));
    assert_eq!((book.realized_fifo, fifo.unrealized), (dec!(1500), dec!(500)));
}

#[test]
fn selling_out_clears_cost_lots_and_average() {
    let mut book = funded(dec!(1000));
    let costs = Costs::default();
    trade(
        &mut book,
        2,
        &costs
            .market(Side::Buy, Size::Quantity(dec!(3)), price(dec!(33.33)))
            .expect("fill"),
    );
    trade(
        &mut book,
        3,
        &costs
            .market(Side::Sell, Size::Quantity(dec!(3)), price(dec!(33.33)))
            .expect("fill"),
    );
    let holding = &book.holdings[&bitcoin()];
    assert_eq!(
        (holding.quantity, holding.cost, holding.lots.len(), holding.average()),
        (dec!(0), dec!(0), 0, None)
    );
}

#[test]
fn reliability_20_ten_thousand_smallest_buys_cost_at_least_their_exact_cost() {
    let mut book = funded(dec!(1000000));
    let costs = Costs {
        min_notional: Decimal::ZERO,
        ..Costs::default()
    };
    let mut exact = Decimal::ZERO;
    for seq in 2..10_002 {
        let fill = costs
            .market(Side::Buy, Size::Quantity(dec!(0.00000001)), price(dec!(67000.17)))
            .expect("fill");
        exact += fill.quantity * fill.price + fill.fee;
        trade(&mut book, seq, &fill);
    }
    assert!(dec!(1000000) - book.cash >= exact);
    assert_eq!(book.holdings[&bitcoin()].quantity, dec!(0.0001));
}

fn any_price() -> impl Strategy<Value = Decimal> {
    (1_i64..1_000_000_000, 0_u32..12).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn any_quantity() -> impl Strategy<Value = Decimal> {
    (1_i64..100_000_000_000).prop_map(|units| Decimal::new(units, 8))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn reliability_20_buying_and_selling_at_one_price_never_gains(quantity in any_quantity(), at in any_price(), free in any::<bool>()) {
        let base = if free { free_costs() } else { Costs::default() };
        let costs = Costs { min_notional: Decimal::ZERO, ..base };
        let (Ok(bought), Ok(sold)) =
            (costs.market(Side::Buy, Size::Quantity(quantity), price(at)), costs.market(Side::Sell, Size::Quantity(quantity), price(at)))
        else { return Ok(()) };
        prop_assert!(sold.total <= bought.total);
        prop_assert!(bought.total >= quantity * bought.price);
        prop_assert!(sold.total <= quantity * sold.price);
    }

    #[test]
    fn a_quote_amount_is_never_exceeded_and_wastes_less_than_a_step(amount in 100_i64..100_000_000, at in any_price()) {
        let amount = Decimal::new(amount, 2);
        let costs = Costs::default();
        let Ok(fill) = costs.market(Side::Buy, Size::Quote(amount), price(at)) else { return Ok(()) };
        prop_assert!(fill.total <= amount);
        let step = fill.price * dec!(0.00000001) * dec!(1.002);
        prop_assert!(amount - fill.total <= step + dec!(0.02), "{} of {}", fill.total, amount);
    }
}

#[derive(Debug, Clone)]
enum Step {
    Buy(Decimal, Decimal),
    Sell(u8, Decimal),
    Deposit(Decimal),
    Withdraw(u8),
    Hold(u8),
    LetGo,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any_quantity(), any_price()).prop_map(|(quantity, at)| Step::Buy(quantity, at)),
        (1_u8..=100, any_price()).prop_map(|(part, at)| Step::Sell(part, at)),
        (1_i64..10_000_000).prop_map(|cents| Step::Deposit(Decimal::new(cents, 2))),
        (1_u8..=100).prop_map(Step::Withdraw),
        (1_u8..=100).prop_map(Step::Hold),
        Just(Step::LetGo),
    ]
}

fn part_of(whole: Decimal, percent: u8, scale: u32) -> Decimal {
    (whole * Decimal::from(percent) / dec!(100)).round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::ToZero)
}

proptest! {
    #[test]
    fn equity_is_always_net_deposits_and_profit_and_accounts_sum_to_zero(steps in prop::collection::vec(any_step(), 1..60), last in any_price()) {
        let costs = Costs { min_notional: Decimal::ZERO, ..Costs::default() };
        let mut book = funded(dec!(1000000));
        let mut entries_so_far = vec![entries::deposit(Uuid::nil(), dec!(1000000)).expect("balanced")];
        let mut held = Hold::nothing(Side::Buy);
        for step in steps {
            let reference = Uuid::from_u128(entries_so_far.len() as u128);
            let free = book.holdings.get(&bitcoin()).map(|holding| holding.free()).unwrap_or_default();
            let entry = match step {
                Step::Buy(quantity, at) => match costs.market(Side::Buy, Size::Quantity(quantity), price(at)) {
                    Ok(fill) => entries::fill(reference, &bitcoin(), &fill, Hold::nothing(Side::Buy)),
                    Err(_) => continue,
                },
                Step::Sell(part, at) => match costs.market(Side::Sell, Size::Quantity(part_of(free, part, 8)), price(at)) {
                    Ok(fill) => entries::fill(reference, &bitcoin(), &fill, Hold::nothing(Side::Sell)),
                    Err(_) => continue,
                },
                Step::Deposit(amount) => entries::deposit(reference, amount),
                Step::Withdraw(part) => entries::withdrawal(reference, part_of(book.cash, part, 2)),
                Step::Hold(part) if held.amount.is_zero() => {
                    held.amount = part_of(book.cash, part, 2);
                    entries::reserve(reference, &bitcoin(), held)
                }
                Step::Hold(_) => continue,
                Step::LetGo => {
                    let entry = entries::release(reference, &bitcoin(), held);
                    held.amount = Decimal::ZERO;
                    entry
                }
            }.expect("every entry balances");
            let before = book.clone();
            match book.apply(entries_so_far.len() as i64 + 1, &entry) {
                Ok(_) => entries_so_far.push(entry),
                Err(_) => prop_assert_eq!(&before, &book, "a refused entry changes nothing"),
            }
        }
        let marks = [(bitcoin(), mark(last))].into();
        for (method, realized) in [(CostMethod::Average, book.realized), (CostMethod::Fifo, book.realized_fifo)] {
            let valued = valuation::value(&book, &marks, method).expect("value");
            prop_assert_eq!(valued.equity, book.net_deposits + realized + valued.unrealized);
        }
        prop_assert!(book.cash >= Decimal::ZERO && book.reserved >= Decimal::ZERO);
        let mut rebuilt = Book::default();
        for (index, entry) in entries_so_far.iter().enumerate() {
            rebuilt.apply(index as i64 + 1, entry).expect("rebuilds");
        }
        prop_assert_eq!(rebuilt, book);
    }
}

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
