//! Typed values out of texts: the parts of a query.

use std::{borrow::Cow, fmt::Display};

use serde::{
    Deserializer,
    de::{self, IntoDeserializer, Visitor, value::MapDeserializer},
    forward_to_deserialize_any,
};

/// Why a percent-encoded text can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the percent-encoding of the address is unreadable")]
pub struct BadEncoding;

/// Whether each `%` begins two hexadecimal digits and the decoded bytes are UTF-8.
pub fn check_encoding(text: &str) -> Result<(), BadEncoding> {
    if text.contains('%') {
        decode(text, false).map(drop)
    } else {
        Ok(())
    }
}

/// A name and its value.
pub type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Splits a query into names and values, decoded.
pub fn split_query(query: &str) -> Result<Vec<Pair<'_>>, BadEncoding> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name, true)?, decode(value, true)?))
        })
        .collect()
}

fn decode(text: &str, is_form: bool) -> Result<Cow<'_, str>, BadEncoding> {
    let has_plus = is_form && text.contains('+');
    if !has_plus && !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let high = rest.next().and_then(hex_digit).ok_or(BadEncoding)?;
                let low = rest.next().and_then(hex_digit).ok_or(BadEncoding)?;
                high << 4 | low
            }
            b'+' if is_form => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| BadEncoding)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// A deserializer over the names and values of a query.
pub fn query_deserializer<'a, E: de::Error>(
    pairs: Vec<Pair<'a>>,
) -> MapDeserializer<'a, impl Iterator<Item = (Cow<'a, str>, Text<'a>)>, E> {
    MapDeserializer::new(pairs.into_iter().map(|(name, value)| (name, Text(value))))
}

/// A text that turns into whatever type is asked for.
pub struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// Wraps a text.
    pub fn new(text: Cow<'a, str>) -> Self {
        Self(text)
    }
}

/// The deserializer of a [`Text`].
pub struct TextDeserializer<'a, E> {
    text: Cow<'a, str>,
    error: std::marker::PhantomData<E>,
}

impl<'de, E: de::Error> IntoDeserializer<'de, E> for Text<'de> {
    type Deserializer = TextDeserializer<'de, E>;

    fn into_deserializer(self) -> TextDeserializer<'de, E> {
        TextDeserializer {
            text: self.0,
            error: std::marker::PhantomData,
        }
    }
}

impl<E: de::Error> TextDeserializer<'_, E> {
    fn parse<T: std::str::FromStr>(&self, expected: impl Display) -> Result<T, E> {
        self.text
            .parse()
            .map_err(|_| E::custom(format_args!("must be {expected}")))
    }
}

macro_rules! parsed {
    ($($method:ident, $visit:ident, $kind:ty, $expected:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            let value = self.parse::<$kind>($expected)?;
            visitor.$visit(value)
        }
    )*};
}

impl<'de, E: de::Error> Deserializer<'de> for TextDeserializer<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    parsed! {
        deserialize_bool, visit_bool, bool, "true or false";
        deserialize_i8, visit_i8, i8, "a whole number";
        deserialize_i16, visit_i16, i16, "a whole number";
        deserialize_i32, visit_i32, i32, "a whole number";
        deserialize_i64, visit_i64, i64, "a whole number";
        deserialize_u8, visit_u8, u8, "a whole number, not negative";
        deserialize_u16, visit_u16, u16, "a whole number, not negative";
        deserialize_u32, visit_u32, u32, "a whole number, not negative";
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.text.parse::<u64>() {
            Ok(value) => visitor.visit_u64(value),
            // A type that also reads texts words its own refusal.
            Err(_) => visitor.visit_str(&self.text).map_err(|error: E| {
                let is_own = !error.to_string().starts_with("invalid type");
                if is_own {
                    error
                } else {
                    E::custom("must be a whole number, not negative")
                }
            }),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let value = self.parse::<f64>("a number")?;
        if !value.is_finite() {
            return Err(E::custom("must be a number"));
        }
        visitor.visit_f64(value)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        if !variants.contains(&self.text.as_ref()) {
            return Err(E::custom(format_args!("must be one of {}", variants.join(", "))));
        }
        visitor.visit_enum(self.text.into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_read_strictly() {
        for bad in ["%", "%4", "%zz", "a%2", "%ff", "%c3%28"] {
            assert_eq!(check_encoding(bad), Err(BadEncoding), "{bad}");
        }
        assert_eq!(check_encoding("%C3%A9+"), Ok(()));
        assert_eq!(
            split_query("a=1&b=%20x+y&&c").expect("query"),
            [
                ("a".into(), "1".into()),
                ("b".into(), " x y".into()),
                ("c".into(), "".into())
            ]
        );
    }
}
