//! Exact arithmetic on decimals where the result may need more digits than a decimal has.

use std::cmp::Ordering;

use domain::Decimal;

/// The largest number that a decimal can hold.
const MAX_MANTISSA: u128 = (1 << 96) - 1;

/// The largest decimal that is not above `value · permille / 1000`. `value` must not be negative.
///
/// A price is a decimal, so it lies at or below the exact product where, and only where, it lies at or below this.
pub fn floor_permille(value: Decimal, permille: u32) -> Decimal {
    permille_of(value, permille, false)
}

/// The smallest decimal that is not below `value · permille / 1000`. `value` must not be negative.
pub fn ceil_permille(value: Decimal, permille: u32) -> Decimal {
    permille_of(value, permille, true)
}

fn permille_of(value: Decimal, permille: u32, upwards: bool) -> Decimal {
    let mut mantissa = value.mantissa().unsigned_abs() * u128::from(permille);
    let mut scale = value.scale() + 3;
    let mut is_cut = false;
    while scale > 0 && (mantissa > MAX_MANTISSA || scale > Decimal::MAX_SCALE) {
        is_cut |= !mantissa.is_multiple_of(10);
        mantissa /= 10;
        scale -= 1;
    }
    if is_cut && upwards {
        mantissa += 1;
    }
    let signed = i128::try_from(mantissa).unwrap_or(i128::MAX);
    Decimal::try_from_i128_with_scale(signed, scale).map_or(Decimal::MAX, |product| product.normalize())
}

/// Compares `left.0 · left.1` with `right.0 · right.1`, exactly.
pub fn compare_products(left: (Decimal, Decimal), right: (Decimal, Decimal)) -> Ordering {
    let left_sign = sign(left.0) * sign(left.1);
    let right_sign = sign(right.0) * sign(right.1);
    if left_sign != right_sign || left_sign == 0 {
        return left_sign.cmp(&right_sign);
    }
    let order = compare_quickly(left, right).unwrap_or_else(|| Wide::of(left, right).cmp(&Wide::of(right, left)));
    if left_sign < 0 { order.reverse() } else { order }
}

fn sign(value: Decimal) -> i8 {
    match value.cmp(&Decimal::ZERO) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// Compares the absolute values, where 128 bits suffice.
fn compare_quickly(left: (Decimal, Decimal), right: (Decimal, Decimal)) -> Option<Ordering> {
    let product = |pair: (Decimal, Decimal)| {
        let mantissa = pair
            .0
            .mantissa()
            .unsigned_abs()
            .checked_mul(pair.1.mantissa().unsigned_abs())?;
        Some((mantissa, pair.0.scale() + pair.1.scale()))
    };
    let (left, left_scale) = product(left)?;
    let (right, right_scale) = product(right)?;
    let lift = |mantissa: u128, by: u32| mantissa.checked_mul(10_u128.checked_pow(by)?);
    let left = lift(left, right_scale.saturating_sub(left_scale))?;
    let right = lift(right, left_scale.saturating_sub(right_scale))?;
    Some(left.cmp(&right))
}

/// A whole number of up to 512 bits, most significant part first, so that the derived order is the numeric one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Wide([u32; 16]);

impl Wide {
    /// The absolute product of `pair`, lifted to the scale that it shares with `other`.
    fn of(pair: (Decimal, Decimal), other: (Decimal, Decimal)) -> Self {
        let mut wide = Self([0; 16]);
        wide.0[15] = 1;
        wide.multiply(pair.0.mantissa().unsigned_abs());
        wide.multiply(pair.1.mantissa().unsigned_abs());
        let lift = (other.0.scale() + other.1.scale()).saturating_sub(pair.0.scale() + pair.1.scale());
        for _ in 0..lift {
            wide.multiply_small(10);
        }
        wide
    }

    fn multiply(&mut self, factor: u128) {
        let mut total = Self([0; 16]);
        for digit in (0..4).rev() {
            // The widest product has 2 · 96 + 186 bits, so nothing is carried out of the array.
            total.0.rotate_left(1);
            total.0[15] = 0;
            let mut part = Self(self.0);
            part.multiply_small((factor >> (32 * digit)) as u32);
            total.add(&part);
        }
        *self = total;
    }

    fn multiply_small(&mut self, factor: u32) {
        let mut carry = 0_u64;
        for digit in self.0.iter_mut().rev() {
            let product = u64::from(*digit) * u64::from(factor) + carry;
            *digit = product as u32;
            carry = product >> 32;
        }
    }

    fn add(&mut self, other: &Self) {
        let mut carry = 0_u64;
        for (digit, other) in self.0.iter_mut().zip(&other.0).rev() {
            let sum = u64::from(*digit) + u64::from(*other) + carry;
            *digit = sum as u32;
            carry = sum >> 32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::decimal::parse_plain;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        parse_plain(text).expect("decimal")
    }

    #[test]
    fn a_permille_is_exact_where_it_fits_and_rounded_the_safe_way_where_not() {
        assert_eq!(floor_permille(decimal("70000"), 999), decimal("69930"));
        assert_eq!(
            ceil_permille(decimal("0.000000000012"), 1001),
            decimal("0.000000000012012")
        );
        let long = decimal("9999999999999999999999999999");
        assert_eq!(ceil_permille(long, 1001) - floor_permille(long, 1001), decimal("1"));
    }

    proptest! {
        #[test]
        fn products_compare_as_whole_numbers_do(
            a in 0_i64..1_000_000_000, b in -1_000_000_i64..1_000_000, c in 0_i64..1_000_000_000, d in -1_000_000_i64..1_000_000,
            left_scale in 0_u32..20, right_scale in 0_u32..20,
        ) {
            let lift = |value: i128, by: u32| value * 10_i128.pow(by.saturating_sub(left_scale.min(right_scale)));
            let expected = lift(i128::from(a) * i128::from(b), right_scale).cmp(&lift(i128::from(c) * i128::from(d), left_scale));
            let left = (Decimal::new(a, left_scale), Decimal::from(b));
            let right = (Decimal::new(c, right_scale), Decimal::from(d));
            prop_assert_eq!(compare_products(left, right), expected);
            if b > 0 && d > 0 && a > 0 && c > 0 {
                prop_assert_eq!(Wide::of(left, right).cmp(&Wide::of(right, left)), expected);
            }
        }
    }
}
