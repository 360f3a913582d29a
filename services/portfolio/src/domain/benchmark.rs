//! What a book's owner would have, had all that was paid in and out bought and sold one asset instead.

use domain::Timestamp;
use rust_decimal::Decimal;

use super::{amount::CASH_SCALE, statistics::CashFlow};

/// A moment of a book's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// Cash that came in (positive) or went out.
    pub flow: Decimal,
    /// What one unit of the asset cost, as far as that is known.
    pub price: Option<Decimal>,
}

/// What became of the flows.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// What they are worth in the end, in USD.
    pub equity: Decimal,
    /// The flows and, as if it were paid out, that worth.
    pub flows: Vec<CashFlow>,
}

/// Holds the asset with these flows, each at the price of its moment or, where that is not known, at the next one.
/// `None` where a price is missing, or where more was paid out than the asset would have been worth.
pub fn hold(moments: &[Moment]) -> Option<Held> {
    let mut units = Decimal::ZERO;
    for (number, moment) in moments.iter().enumerate().filter(|(_, moment)| !moment.flow.is_zero()) {
        let price = moments.iter().skip(number).find_map(|moment| moment.price)?;
        units = units.checked_add(moment.flow.checked_div(price)?)?;
        if units < Decimal::ZERO {
            return None;
        }
    }
    let price = moments.iter().rev().find_map(|moment| moment.price)?;
    let equity = units.checked_mul(price)?.round_dp(CASH_SCALE);
    let flows = moments.iter().filter(|moment| !moment.flow.is_zero());
    let mut flows: Vec<CashFlow> = flows
        .map(|moment| CashFlow {
            at: moment.at,
            amount: -moment.flow,
        })
        .collect();
    flows.push(CashFlow {
        at: moments.last()?.at,
        amount: equity,
    });
    Some(Held { equity, flows })
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::domain::statistics::money_weighted_pct;

    fn moment(day: i64, flow: Decimal, price: Option<Decimal>) -> Moment {
        Moment {
            at: Timestamp::from_millis(day * 86_400_000).expect("time"),
            flow,
            price,
        }
    }

    #[test]
    fn each_flow_buys_or_sells_at_the_price_of_its_moment() {
        let moments = [
            moment(0, dec!(1000), Some(dec!(100))),
            moment(10, dec!(600), Some(dec!(200))),
            moment(20, dec!(-500), Some(dec!(250))),
            moment(30, dec!(0), Some(dec!(150))),
        ];
        // 10 + 3 - 2 units.
        let held = hold(&moments).expect("held");
        assert_eq!(held.equity, dec!(1650));
        let amounts: Vec<Decimal> = held.flows.iter().map(|flow| flow.amount).collect();
        assert_eq!(amounts, [dec!(-1000), dec!(-600), dec!(500), dec!(1650)]);
    }

    #[test]
    fn one_flow_earns_what_the_price_does() {
        let moments = [
            moment(0, dec!(1000), Some(dec!(100))),
            moment(30, dec!(0), Some(dec!(90))),
        ];
        let held = hold(&moments).expect("held");
        assert_eq!((held.equity, money_weighted_pct(&held.flows)), (dec!(900), Some(-10.0)));
    }

    #[test]
    fn a_flow_before_the_first_price_buys_at_that() {
        let moments = [moment(0, dec!(1000), None), moment(1, dec!(0), Some(dec!(50)))];
        assert_eq!(hold(&moments).map(|held| held.equity), Some(dec!(1000)));
    }

    #[test]
    fn without_a_price_or_with_more_paid_out_than_it_was_worth_there_is_no_answer() {
        assert_eq!(hold(&[moment(0, dec!(1000), None)]), None);
        let moments = [
            moment(0, dec!(1000), Some(dec!(100))),
            moment(1, dec!(-1200), Some(dec!(110))),
            moment(2, dec!(0), Some(dec!(110))),
        ];
        assert_eq!(hold(&moments), None);
        assert_eq!(hold(&[]), None);
    }
}
