//! `?limit=` and `?cursor=` of lists.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::error::ApiError;

/// How many rows a page holds at most: 1 to 200, 50 where nothing is said.
///
/// In a query struct: `#[serde(default)] limit: Limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, utoipa::ToSchema)]
#[schema(value_type = u16, minimum = 1, maximum = 200, default = 50)]
pub struct Limit(u16);

impl Limit {
    /// The largest page.
    pub const MAX: u16 = 200;

    /// Checks a number of rows.
    pub fn new(rows: u16) -> Option<Self> {
        (1..=Self::MAX).contains(&rows).then_some(Self(rows))
    }

    /// The number of rows.
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }

    /// What to ask the database for: one row more, which tells whether there is a next page.
    pub fn probe(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LimitVisitor;
        impl de::Visitor<'_> for LimitVisitor {
            type Value = Limit;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number from 1 to 200")
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Limit, E> {
                u16::try_from(value)
                    .ok()
                    .and_then(Limit::new)
                    .ok_or_else(|| E::custom("must be a whole number from 1 to 200"))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
                let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                self.visit_u64(if is_plain { text.parse().unwrap_or(0) } else { 0 })
            }
        }
        deserializer.deserialize_u64(LimitVisitor)
    }
}

/// The place where a page ends, as opaque text: the sort key of its last row.
///
/// In a query struct: `cursor: Option<Cursor<(Timestamp, AlertId)>>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor<T>(pub T);

impl<T: Serialize> Cursor<T> {
    /// Its text.
    pub fn encode(&self) -> String {
        // A key that can't be written would be a mistake in our own types; an empty cursor is refused when it comes back.
        serde_json::to_vec(&self.0)
            .map(|json| URL_SAFE_NO_PAD.encode(json))
            .unwrap_or_default()
    }
}

impl<T: de::DeserializeOwned> Cursor<T> {
    /// Reads its text.
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > 1024 {
            return None;
        }
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice(&json).ok().map(Cursor)
    }
}

impl<'de, T: de::DeserializeOwned> Deserialize<'de> for Cursor<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::decode(&text).ok_or_else(|| de::Error::custom("must be the `next` of an earlier page"))
    }
}

impl<T> utoipa::PartialSchema for Cursor<T> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl<T> utoipa::ToSchema for Cursor<T> {}

/// The refusal of a cursor that comes from a list in another order.
pub fn of_another_order() -> ApiError {
    ApiError::invalid("cursor", "must be the `next` of an earlier page in the same order")
}

/// Cuts the probing row off and says where the next page begins.
///
/// `rows` were asked for with [`Limit::probe`]; `key` is the sort key of a row.
pub fn cut<R, K: Serialize>(mut rows: Vec<R>, limit: Limit, key: impl FnOnce(&R) -> K) -> (Vec<R>, Option<String>) {
    if rows.len() <= limit.rows() {
        return (rows, None);
    }
    rows.truncate(limit.rows());
    let next = rows.last().map(|row| Cursor(key(row)).encode());
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_round_trip_and_nonsense_is_refused() {
        let cursor = Cursor((7_u64, "bitcoin".to_owned()));
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        for nonsense in ["", "%", "AAAA", "bnVsbA", &"A".repeat(5000)] {
            assert_eq!(Cursor::<(u64, String)>::decode(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_probing_row_becomes_the_next_cursor() {
        let limit = Limit::new(2).expect("limit");
        let (rows, next) = cut(vec![3, 2, 1], limit, |row| *row);
        assert_eq!((rows, next), (vec![3, 2], Some(Cursor(2).encode())));
        assert_eq!(cut(vec![3, 2], limit, |row| *row), (vec![3, 2], None));
    }
}
