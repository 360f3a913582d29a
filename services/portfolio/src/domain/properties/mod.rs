//! The core against simple models, on random input.

mod matching;

use contracts::events::Side;
use domain::{AssetId, Price, Source, Timestamp};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use super::{
    book::Book,
    entries::{self, Hold},
    fill::{Costs, Fill, Size},
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
