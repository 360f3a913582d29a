use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::decimal::{InvalidDecimal, parse_plain};

/// Why a decimal is not a price, a quantity or an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// The text is no decimal.
    #[error(transparent)]
    Decimal(#[from] InvalidDecimal),
    /// Zero or below, where only positive values mean something.
    #[error("must be greater than 0")]
    NotPositive,
    /// Below zero.
    #[error("must not be negative")]
    Negative,
}

macro_rules! decimal_type {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "Decimal", into = "Decimal")]
        pub struct $name(Decimal);

        impl $name {
            /// Checks a decimal.
            pub fn new(value: Decimal) -> Result<Self, InvalidAmount> {
                let check: fn(Decimal) -> Result<(), InvalidAmount> = $check;
                check(value)?;
                Ok(Self(value))
            }

            /// Reads plain decimal notation.
            pub fn parse(text: &str) -> Result<Self, InvalidAmount> {
                Self::new(parse_plain(text)?)
            }

            /// The bare decimal, for arithmetic and storage.
            pub fn value(self) -> Decimal {
                self.0
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = InvalidAmount;
            fn try_from(value: Decimal) -> Result<Self, InvalidAmount> {
                Self::new(value)
            }
        }

        impl From<$name> for Decimal {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

decimal_type!(
    /// What one unit of an asset costs, in USD. Always above zero.
    Price,
    |value| if value > Decimal::ZERO { Ok(()) } else { Err(InvalidAmount::NotPositive) }
);

impl Price {
    /// By how many percent this price lies over the one before: 100 · (price / before − 1), to six decimals; `None` where the
    /// two lie too far apart for a decimal.
    pub fn percent_over(self, before: Self) -> Option<f64> {
        let ratio = self.value().checked_div(before.value())?;
        let percent = (ratio - Decimal::ONE).checked_mul(Decimal::ONE_HUNDRED)?;
        percent.round_dp(6).try_into().ok()
    }
}

decimal_type!(
    /// How much of an asset, in its own unit. Zero or more.
    Quantity,
    |value| if value >= Decimal::ZERO { Ok(()) } else { Err(InvalidAmount::Negative) }
);

decimal_type!(
    /// An amount of USD; negative where something is owed or lost.
    Money,
    |_| Ok(())
);

impl Quantity {
    /// Nothing of an asset.
    pub const ZERO: Quantity = Quantity(Decimal::ZERO);
}

impl Money {
    /// No money.
    pub const ZERO: Money = Money(Decimal::ZERO);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_in_percent_is_unknown_where_no_decimal_holds_it() {
        let price = |text| Price::parse(text).expect("price");
        assert_eq!(price("110").percent_over(price("100")), Some(10.0));
        assert_eq!(price("2").percent_over(price("3")), Some(-33.333_333));
        assert_eq!(price("100000000000").percent_over(price("0.000000000000000001")), None);
    }

    #[test]
    fn a_price_is_above_zero_and_a_quantity_not_below() {
        assert_eq!(Price::parse("0"), Err(InvalidAmount::NotPositive));
        assert_eq!(Price::parse("-1"), Err(InvalidAmount::NotPositive));
        assert_eq!(Quantity::parse("-0.1"), Err(InvalidAmount::Negative));
        assert!(Quantity::parse("0").is_ok());
    }

    #[test]
    fn reliability_44_tiny_prices_and_large_supplies_keep_their_digits_in_json() {
        for text in ["0.000000000012", "0.000000000001"] {
            let price = Price::parse(text).expect("price");
            assert_eq!(serde_json::to_string(&price).expect("json"), format!("\"{text}\""));
        }
        let supply: Quantity = serde_json::from_str("\"1000000000000000\"").expect("json");
        assert_eq!(supply.to_string(), "1000000000000000");
    }
}
