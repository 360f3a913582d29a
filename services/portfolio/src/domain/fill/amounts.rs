//! What a quantity costs or brings at given terms, and which quantity costs or brings an amount.

use contracts::events::Side;
use rust_decimal::{Decimal, dec};

use super::{BPS, Fill};
use crate::domain::amount::{
    CASH_SCALE, COST_SCALE, Overflow, PRICE_SCALE, QUANTITY_SCALE, Towards, difference, price_after, product, quotient,
    sum,
};

const SMALLEST: Decimal = dec!(0.00000001);
const UNIT_SCALE: u32 = 28;
/// More than what rounding of worth and fee can come to.
const ROUNDING: Decimal = dec!(0.00000003);

/// At what price and fee.
#[derive(Clone, Copy)]
pub(super) struct Terms {
    pub price: Decimal,
    pub spread_bps: Decimal,
    pub slippage_bps: Decimal,
    pub fee_bps: Decimal,
}

/// The price so far from the last one, against the user.
pub(super) fn shifted(side: Side, last: Decimal, bps: Decimal) -> Result<Decimal, Overflow> {
    let shift = product(bps, BPS, PRICE_SCALE, Towards::Up)?;
    match side {
        Side::Buy => price_after(last, sum(Decimal::ONE, shift)?, Towards::Up),
        Side::Sell => price_after(last, difference(Decimal::ONE, shift)?, Towards::Down),
    }
}

/// What so much costs or brings.
pub(super) fn priced(side: Side, quantity: Decimal, terms: Terms) -> Result<Fill, Overflow> {
    let worth = product(
        quantity,
        terms.price,
        PRICE_SCALE,
        if side == Side::Buy { Towards::Up } else { Towards::Down },
    )?;
    let fee = product(worth, terms.fee_bps * BPS, COST_SCALE, Towards::Up)?;
    let total = match side {
        Side::Buy => {
            sum(worth, fee)?.round_dp_with_strategy(CASH_SCALE, rust_decimal::RoundingStrategy::ToPositiveInfinity)
        }
        Side::Sell => difference(worth, fee)?
            .round_dp_with_strategy(CASH_SCALE, rust_decimal::RoundingStrategy::ToNegativeInfinity),
    };
    let Terms {
        price,
        spread_bps,
        slippage_bps,
        fee_bps,
    } = terms;
    Ok(Fill {
        side,
        quantity,
        price,
        total,
        fee,
        spread_bps,
        slippage_bps,
        fee_bps,
    })
}

/// Of a buy the largest quantity whose total does not exceed the amount, of a sale the smallest that brings it.
pub(super) fn quantity_for(side: Side, amount: Decimal, terms: Terms) -> Result<Decimal, Overflow> {
    let rate = terms.fee_bps * BPS;
    let (factor, slack) = match side {
        Side::Buy => (sum(Decimal::ONE, rate)?, -ROUNDING),
        Side::Sell => (difference(Decimal::ONE, rate)?, ROUNDING),
    };
    // With all its digits: a price of a billionth has few of them left in eighteen decimals.
    let unit = product(terms.price, factor, UNIT_SCALE, Towards::Up)?;
    let is_small_enough = |quantity: Decimal| match side {
        Side::Buy => Ok(priced(side, quantity, terms)?.total <= amount),
        Side::Sell => Ok::<_, Overflow>(priced(side, quantity, terms)?.total < amount),
    };
    // Rounding moves the total by less than the slack, so the quantity lies between these two.
    let (one, other) = (sum(amount, slack)?.max(Decimal::ZERO), amount);
    let mut low = quotient(one.min(other), unit, QUANTITY_SCALE, Towards::Down)?;
    let mut high = sum(quotient(one.max(other), unit, QUANTITY_SCALE, Towards::Up)?, SMALLEST)?;
    while difference(high, low)? > SMALLEST {
        let half = product(sum(low, high)?, dec!(0.5), QUANTITY_SCALE, Towards::Down)?;
        if is_small_enough(half)? {
            low = half;
        } else {
            high = half;
        }
    }
    Ok(match side {
        Side::Buy => low,
        Side::Sell => high,
    })
}
