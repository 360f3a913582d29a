use domain::{Candle, Decimal};

/// What an indicator reads of a candle. All numbers must be finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// The bucket's start, milliseconds since 1970 in UTC.
    pub start_ms: i64,
    /// The first price.
    pub open: f64,
    /// The highest price.
    pub high: f64,
    /// The lowest price.
    pub low: f64,
    /// The last price.
    pub close: f64,
    /// Traded quantity in the asset's unit; `None` where no source tells it, which is not the same as 0.
    pub volume: Option<f64>,
}

impl Bar {
    /// Three times the typical price, the mean of high, low and close. In ratios of typical prices the three cancels.
    #[inline(always)]
    pub(crate) fn typical_price_by_3(&self) -> f64 {
        self.high + self.low + self.close
    }
}

impl From<&Candle> for Bar {
    fn from(candle: &Candle) -> Self {
        Self {
            start_ms: candle.start.millis(),
            open: nearest_f64(candle.prices.open.value()),
            high: nearest_f64(candle.prices.high.value()),
            low: nearest_f64(candle.prices.low.value()),
            close: nearest_f64(candle.prices.close.value()),
            volume: candle.volume.map(|volume| nearest_f64(volume.value())),
        }
    }
}

/// The powers of ten that a double holds exactly.
const EXACT_POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
const EXACT_MANTISSA: u128 = 1 << 53;

/// The double nearest to a decimal: the one that its text would be parsed to.
///
/// ADX compares differences of neighbouring prices, where one unit in the last place decides which side counts; so a
/// conversion that is merely close won't do.
pub fn nearest_f64(value: Decimal) -> f64 {
    let mantissa = value.mantissa();
    match EXACT_POWERS.get(value.scale() as usize) {
        // Both are exact, so the one division rounds correctly.
        Some(power) if mantissa.unsigned_abs() <= EXACT_MANTISSA => mantissa as f64 / power,
        _ => value.to_string().parse().unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_decimal_too_long_for_a_double_is_rounded_once() {
        for text in [
            "0.1",
            "28404.195",
            "0.0000006",
            "9007199254740993",
            "0.1234567890123456789012345678",
            "-7.3",
        ] {
            let decimal: Decimal = text.parse().expect("decimal");
            let double: f64 = text.parse().expect("double");
            assert_eq!(nearest_f64(decimal), double, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_decimal_becomes_the_double_that_its_text_is_parsed_to(mantissa in any::<i64>(), scale in 0_u32..28) {
            let decimal = Decimal::new(mantissa, scale);
            let double: f64 = decimal.to_string().parse().expect("double");
            prop_assert_eq!(nearest_f64(decimal), double);
        }
    }
}
