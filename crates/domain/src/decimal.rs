//! Reading decimals exactly: from plain text, or from the text of a JSON number, never through a float.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;

/// The most significant digits that a decimal may have.
pub const MAX_DIGITS: usize = 28;
/// The most digits after the decimal point.
pub const MAX_DECIMALS: usize = 18;

/// Why a text is not a decimal that Candlewick accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDecimal {
    /// Not of the form `-?digits[.digits]`.
    #[error("must be a decimal number in plain notation, such as \"0.25\"")]
    NotPlain,
    /// More than [`MAX_DIGITS`] or [`MAX_DECIMALS`].
    #[error("must have at most 28 significant digits and 18 decimals")]
    TooPrecise,
}

/// Reads plain decimal notation: an optional minus, digits, and optionally a point with more digits.
///
/// Exponents, signs without digits, white space, a negative zero and digits of other scripts are refused.
pub fn parse_plain(text: &str) -> Result<Decimal, InvalidDecimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(InvalidDecimal::NotPlain),
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(InvalidDecimal::NotPlain);
    }
    build(text.starts_with('-'), whole, fraction, 0)
}

/// Reads the text of a JSON number; an exponent is allowed (`1.2e-8`).
pub fn parse_json_number(text: &str) -> Result<Decimal, InvalidDecimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().map_err(|_| InvalidDecimal::TooPrecise)?;
            (mantissa, exponent)
        }
        None => return parse_plain(text),
    };
    let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(InvalidDecimal::NotPlain);
    }
    build(mantissa.starts_with('-'), whole, fraction, exponent)
}

fn build(negative: bool, whole: &str, fraction: &str, exponent: i32) -> Result<Decimal, InvalidDecimal> {
    let mut digits = format!("{whole}{fraction}");
    let mut scale = i64::try_from(fraction.len()).map_err(|_| InvalidDecimal::TooPrecise)? - i64::from(exponent);
    if digits.bytes().all(|digit| digit == b'0') {
        // A negative zero is a mistake of whoever wrote it; it must not read as 0.
        let is_fine = !negative && fraction.len() <= MAX_DECIMALS && digits.len() <= MAX_DIGITS;
        return if is_fine {
            Ok(Decimal::ZERO)
        } else {
            Err(InvalidDecimal::NotPlain)
        };
    }
    if exponent != 0 {
        // With an exponent, trailing zeros say nothing about precision: `1.50e3` is 1500.
        while scale > 0 && digits.ends_with('0') {
            digits.pop();
            scale -= 1;
        }
    }
    if scale < 0 {
        let zeros = usize::try_from(-scale).map_err(|_| InvalidDecimal::TooPrecise)?;
        if zeros > MAX_DIGITS {
            return Err(InvalidDecimal::TooPrecise);
        }
        digits.extend(std::iter::repeat_n('0', zeros));
        scale = 0;
    }
    let significant = digits.trim_start_matches('0');
    if significant.len() > MAX_DIGITS || scale > MAX_DECIMALS as i64 {
        return Err(InvalidDecimal::TooPrecise);
    }
    let mantissa: i128 = significant.parse().map_err(|_| InvalidDecimal::NotPlain)?;
    let mantissa = if negative { -mantissa } else { mantissa };
    let scale = u32::try_from(scale).map_err(|_| InvalidDecimal::TooPrecise)?;
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| InvalidDecimal::TooPrecise)
}

/// A decimal as it stands in a JSON body, a string or a number, not yet judged.
///
/// Deserialising never fails on the value: [`WireDecimal::parse`] does, so that a handler can collect
/// the errors of all fields. Works with `serde_json` only, and not inside flattened or untagged types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireDecimal(String);

impl WireDecimal {
    /// The decimal that was meant.
    pub fn parse(&self) -> Result<Decimal, InvalidDecimal> {
        let text = self.0.as_str();
        match text.as_bytes().first() {
            Some(b'"') => {
                let inner: String = serde_json::from_str(text).map_err(|_| InvalidDecimal::NotPlain)?;
                parse_plain(&inner)
            }
            Some(b'-' | b'0'..=b'9') => parse_json_number(text),
            _ => Err(InvalidDecimal::NotPlain),
        }
    }
}

impl From<Decimal> for WireDecimal {
    fn from(value: Decimal) -> Self {
        Self(format!("\"{value}\""))
    }
}

impl<'de> Deserialize<'de> for WireDecimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer).map_err(D::Error::custom)?;
        Ok(Self(raw.get().to_owned()))
    }
}

impl serde::Serialize for WireDecimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw = RawValue::from_string(self.0.clone()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reliability_19_texts_that_are_no_decimals_are_refused() {
        let bad = [
            "NaN", "Infinity", "1e400", "1e-400", "-0", "-0.0", "５", "0x10", " 5 ", "5 ", "", ".", "1.", ".5", "+1",
            "1_000", "1,5", "--1",
        ];
        for text in bad {
            assert!(parse_plain(text).is_err(), "{text:?} must be refused");
        }
        assert_eq!(parse_plain(&"9".repeat(40)), Err(InvalidDecimal::TooPrecise));
        assert_eq!(parse_plain("0.0000000000000000001"), Err(InvalidDecimal::TooPrecise));
    }

    /// How many decimals are sent round; a million where `CANDLEWICK_FULL_SIZE` is set.
    fn count() -> u32 {
        match std::env::var_os("CANDLEWICK_FULL_SIZE") {
            Some(value) if !value.is_empty() => 1_000_000,
            _ => 500_000,
        }
    }

    #[test]
    fn reliability_19_random_decimals_of_all_lengths_round_trip_exactly() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for _ in 0..count() {
            let digits = u32::try_from(next() % 28).expect("small") + 1;
            let wide = i128::from(next()) << 64 | i128::from(next());
            let mantissa = (wide % 10_i128.pow(digits)).abs().max(1);
            let sign = if next() % 2 == 0 { 1 } else { -1 };
            let scale = u32::try_from(next() % 19).expect("small");
            let value = Decimal::from_i128_with_scale(sign * mantissa, scale);
            let text = value.to_string();
            let same = |read: Decimal| read == value && read.to_string() == text;
            assert!(parse_plain(&text).is_ok_and(same), "{text}");
            for json in [text.clone(), format!("\"{text}\"")] {
                let wire: WireDecimal = serde_json::from_str(&json).expect("json");
                assert!(wire.parse().is_ok_and(same), "{json}");
            }
            let json = serde_json::to_string(&value).expect("json");
            assert_eq!(json, format!("\"{text}\""), "a decimal is a string on the wire");
            assert!(same(serde_json::from_str(&json).expect("decimal")), "{json}");
        }
    }

    #[test]
    fn json_numbers_are_read_from_their_text() {
        let cases = [
            ("1.2e-8", "0.000000012"),
            ("1E3", "1000"),
            ("1.50e3", "1500"),
            ("67123.45", "67123.45"),
            ("1e-12", "0.000000000001"),
            ("0", "0"),
        ];
        for (text, expected) in cases {
            let wire: WireDecimal = serde_json::from_str(text).expect("json");
            assert_eq!(
                wire.parse().map(|value| value.to_string()),
                Ok(expected.to_owned()),
                "{text}"
            );
        }
        for text in [
            "1e400",
            "1e-400",
            "true",
            "null",
            "[]",
            "-0",
            "-0e5",
            "\"1e5\"",
            "12345678901234567890123456789",
        ] {
            let wire: WireDecimal = serde_json::from_str(text).expect("json");
            assert!(wire.parse().is_err(), "{text}");
        }
    }

    #[test]
    fn plain_text_round_trips_with_all_its_digits() {
        for text in [
            "0.000000000012",
            "1000000000000000",
            "-12.340",
            "9999999999999999999999999999",
            "0.10",
        ] {
            assert_eq!(parse_plain(text).map(|value| value.to_string()), Ok(text.to_owned()));
        }
    }
}
