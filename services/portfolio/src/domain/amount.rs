//! Exact arithmetic on money and quantities, with every rounding named.

use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of cash.
pub const CASH_SCALE: u32 = 2;
/// Decimals of a quantity.
pub const QUANTITY_SCALE: u32 = 8;
/// Decimals of fees, cost and profit.
pub const COST_SCALE: u32 = 8;
/// The most decimals of a price.
pub const PRICE_SCALE: u32 = 18;

const PRICE_DIGITS: u32 = 12;

/// A result that does not fit into 28 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large")]
pub struct Overflow;

/// Which way a result that is not exact goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// Never below the exact result: what a user pays.
    Up,
    /// Never above the exact result: what a user gets.
    Down,
}

impl Towards {
    fn strategy(self) -> RoundingStrategy {
        match self {
            Self::Up => RoundingStrategy::ToPositiveInfinity,
            Self::Down => RoundingStrategy::ToNegativeInfinity,
        }
    }
}

/// `a + b`.
pub fn sum(a: Decimal, b: Decimal) -> Result<Decimal, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}

/// `a - b`.
pub fn difference(a: Decimal, b: Decimal) -> Result<Decimal, Overflow> {
    a.checked_sub(b).ok_or(Overflow)
}

/// `a · b` to `scale` decimals, never on the wrong side of the exact product.
pub fn product(a: Decimal, b: Decimal, scale: u32, towards: Towards) -> Result<Decimal, Overflow> {
    if a.is_zero() || b.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let raw = a.checked_mul(b).ok_or(Overflow)?;
    Ok(settle(raw, raw.scale() == a.scale() + b.scale(), scale, towards)?
        .round_dp_with_strategy(scale, towards.strategy()))
}

/// `a / b` to `scale` decimals, never on the wrong side of the exact quotient. `b` must not be zero.
pub fn quotient(a: Decimal, b: Decimal, scale: u32, towards: Towards) -> Result<Decimal, Overflow> {
    if a.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let raw = a.checked_div(b).ok_or(Overflow)?;
    let is_exact = raw
        .checked_mul(b)
        .is_some_and(|back| back == a && back.scale() == raw.scale() + b.scale());
    Ok(settle(raw, is_exact, scale, towards)?.round_dp_with_strategy(scale, towards.strategy()))
}

/// `a · b / c` to `scale` decimals by half-even rounding: a share of a whole.
pub fn share(whole: Decimal, part: Decimal, of: Decimal, scale: u32) -> Result<Decimal, Overflow> {
    let raw = match whole.checked_mul(part) {
        Some(product) => product.checked_div(of),
        None => part.checked_div(of).and_then(|ratio| whole.checked_mul(ratio)),
    };
    Ok(raw.ok_or(Overflow)?.round_dp(scale))
}

/// A price after a markup, with at least 12 significant digits and at most 18 decimals.
pub fn price_after(price: Decimal, factor: Decimal, towards: Towards) -> Result<Decimal, Overflow> {
    let raw = price.checked_mul(factor).ok_or(Overflow)?;
    let scale = price_scale(raw);
    let rounded = product(price, factor, scale, towards)?;
    // A price is never nothing: the smallest one that can be written stands in for less.
    let least = Decimal::new(1, PRICE_SCALE);
    Ok(rounded.max(least).normalize())
}

/// Money as it is shown: at least two decimals, no idle zeros behind them.
pub fn money_text(value: Decimal) -> Decimal {
    let mut shown = value.normalize();
    if shown.scale() < CASH_SCALE {
        shown.rescale(CASH_SCALE);
    }
    if shown.is_zero() {
        Decimal::new(0, CASH_SCALE)
    } else {
        shown
    }
}

/// Whether a value has no more than `scale` decimals.
pub fn fits(value: Decimal, scale: u32) -> bool {
    value.normalize().scale() <= scale
}

// Where 28 digits did not hold the exact result, the last digit may have been rounded either way.
fn settle(raw: Decimal, is_exact: bool, scale: u32, towards: Towards) -> Result<Decimal, Overflow> {
    if is_exact {
        return Ok(raw);
    }
    let unit = Decimal::new(1, raw.scale().max(scale));
    match towards {
        Towards::Up => sum(raw, unit),
        Towards::Down => difference(raw, unit),
    }
}

fn price_scale(price: Decimal) -> u32 {
    let mut whole_digits = 0_u32;
    let mut rest = price.trunc().abs();
    while rest >= Decimal::ONE {
        rest = (rest / Decimal::TEN).trunc();
        whole_digits += 1;
    }
    if whole_digits == 0 {
        return PRICE_SCALE;
    }
    PRICE_DIGITS.saturating_sub(whole_digits).max(CASH_SCALE)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn products_round_to_the_side_that_was_asked_for() {
        assert_eq!(product(dec!(0.00000001), dec!(67000), 2, Towards::Up), Ok(dec!(0.01)));
        assert_eq!(product(dec!(0.00000001), dec!(67000), 2, Towards::Down), Ok(dec!(0)));
        assert_eq!(product(dec!(2), dec!(3.25), 2, Towards::Up), Ok(dec!(6.50)));
    }

    #[test]
    fn a_product_of_more_digits_than_fit_still_never_falls_short() {
        let tiny = dec!(0.000000000000000001);
        let quantity = dec!(0.00000001);
        assert_eq!(product(tiny, quantity, 2, Towards::Up), Ok(dec!(0.01)));
        let long = dec!(1234567890123456.12345678);
        assert!(product(long, dec!(0.000000000012012), 2, Towards::Up).expect("fits") >= dec!(14829.62));
    }

    #[test]
    fn a_quotient_that_is_not_exact_keeps_its_side() {
        assert_eq!(quotient(dec!(1), dec!(3), 8, Towards::Down), Ok(dec!(0.33333333)));
        assert_eq!(quotient(dec!(1), dec!(3), 8, Towards::Up), Ok(dec!(0.33333334)));
        assert_eq!(quotient(dec!(1), dec!(4), 8, Towards::Up), Ok(dec!(0.25)));
    }

    #[test]
    fn prices_keep_twelve_digits_and_are_never_nothing() {
        assert_eq!(
            price_after(dec!(67123.45), dec!(1.001), Towards::Up),
            Ok(dec!(67190.57345))
        );
        assert_eq!(
            price_after(dec!(0.000000000012), dec!(1.001), Towards::Up),
            Ok(dec!(0.000000000012012))
        );
        assert_eq!(
            price_after(dec!(0.000000000000000001), dec!(0.5), Towards::Down),
            Ok(dec!(0.000000000000000001))
        );
    }

    #[test]
    fn money_is_shown_with_two_decimals_or_more() {
        assert_eq!(money_text(dec!(100000)).to_string(), "100000.00");
        assert_eq!(money_text(dec!(1.23450000)).to_string(), "1.2345");
        assert_eq!(money_text(dec!(-0.00000000)).to_string(), "0.00");
    }
}
