//! The order of lists of assets.

use std::{cmp::Ordering, str::FromStr};

use domain::{AssetId, Decimal};
use serde::{Deserialize, Serialize};

/// What a list of assets is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// Place by market cap.
    #[default]
    Rank,
    /// Newest price.
    Price,
    /// Percent in an hour.
    #[serde(rename = "change_1h")]
    Change1h,
    /// Percent in a day.
    #[serde(rename = "change_24h")]
    Change24h,
    /// Percent in a week.
    #[serde(rename = "change_7d")]
    Change7d,
    /// Traded in a day.
    #[serde(rename = "volume_24h")]
    Volume24h,
    /// Market cap.
    MarketCap,
    /// Name, whatever its case.
    Name,
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The smallest.
    #[default]
    Asc,
    /// The largest.
    Desc,
}

/// What a row is sorted by; unknown is `None`.
#[derive(Debug, Clone, PartialEq)]
pub enum SortKey {
    /// A number.
    Number(Option<Decimal>),
    /// A text.
    Text(String),
}

/// The place of a row: its key, then its id.
pub type Place = (SortKey, AssetId);

/// Compares two places. Unknown keys come last in both orders; ids decide between equal keys, always ascending.
pub fn compare(left: &Place, right: &Place, order: Order) -> Ordering {
    let by_key = match (&left.0, &right.0) {
        (SortKey::Number(None), SortKey::Number(None)) => Ordering::Equal,
        (SortKey::Number(None), SortKey::Number(Some(_))) => return Ordering::Greater,
        (SortKey::Number(Some(_)), SortKey::Number(None)) => return Ordering::Less,
        (SortKey::Number(left), SortKey::Number(right)) => left.cmp(right),
        (SortKey::Text(left), SortKey::Text(right)) => left.cmp(right),
        (SortKey::Number(_), SortKey::Text(_)) => Ordering::Less,
        (SortKey::Text(_), SortKey::Number(_)) => Ordering::Greater,
    };
    let by_key = if order == Order::Desc { by_key.reverse() } else { by_key };
    by_key.then_with(|| left.1.cmp(&right.1))
}

impl SortKey {
    /// The key of a computed percentage.
    pub fn percent(value: Option<f64>) -> Self {
        Self::Number(value.and_then(|value| Decimal::try_from(value).ok()))
    }

    /// As it stands in a cursor.
    pub fn encode(&self) -> Option<String> {
        match self {
            Self::Number(value) => value.map(|value| format!("n{value}")),
            Self::Text(text) => Some(format!("t{text}")),
        }
    }

    /// From a cursor.
    pub fn decode(raw: Option<&str>) -> Option<Self> {
        match raw {
            None => Some(Self::Number(None)),
            Some(raw) => match raw.split_at_checked(1)? {
                ("n", number) => Decimal::from_str(number).ok().map(|value| Self::Number(Some(value))),
                ("t", text) => Some(Self::Text(text.to_owned())),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(number: Option<i64>, id: &str) -> Place {
        (
            SortKey::Number(number.map(Decimal::from)),
            AssetId::parse(id).expect("id"),
        )
    }

    #[test]
    fn unknown_comes_last_in_both_orders_and_ids_decide() {
        let mut places = vec![
            place(None, "a"),
            place(Some(2), "c"),
            place(Some(1), "d"),
            place(Some(2), "b"),
        ];
        let names = |places: &[Place]| places.iter().map(|place| place.1.to_string()).collect::<String>();
        places.sort_by(|left, right| compare(left, right, Order::Asc));
        assert_eq!(names(&places), "dbca");
        places.sort_by(|left, right| compare(left, right, Order::Desc));
        assert_eq!(names(&places), "bcda");
    }

    #[test]
    fn a_key_survives_its_cursor() {
        for key in [
            SortKey::Number(None),
            SortKey::Number(Some(Decimal::new(-15, 1))),
            SortKey::Text("é x".to_owned()),
        ] {
            assert_eq!(SortKey::decode(key.encode().as_deref()), Some(key));
        }
        assert_eq!(SortKey::decode(Some("nx")), None);
        assert_eq!(SortKey::decode(Some("")), None);
    }
}
