use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Why a text names no asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAsset {
    /// Not an asset id.
    #[error("must be an asset id: 1 to 100 visible characters without '/', ':', ',' or capitals")]
    Id,
    /// Not a ticker.
    #[error("must be a ticker: 1 to 32 visible characters without '/', ':' or ','")]
    Symbol,
}

fn is_name(text: &str, max_chars: usize) -> bool {
    let is_allowed = |c: char| {
        !c.is_whitespace() && !c.is_control() && !matches!(c, '/' | ':' | ',' | '*' | '"' | '\\' | '?' | '#' | '%')
    };
    !text.is_empty() && text.chars().count() <= max_chars && text.chars().all(is_allowed)
}

/// What an asset *is*: the data provider's slug (`bitcoin`), stable for ever. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AssetId(Arc<str>);

impl AssetId {
    /// Reads an id; capitals are folded, since slugs have none.
    pub fn parse(raw: &str) -> Result<Self, InvalidAsset> {
        if is_name(raw, 100) {
            Ok(Self(raw.to_lowercase().into()))
        } else {
            Err(InvalidAsset::Id)
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which of `partitions` (at least 1) of the tick log carries this asset: FNV-1a of the id, modulo.
    ///
    /// Stored positions depend on it, so it must never change.
    pub fn partition(&self, partitions: u16) -> u16 {
        let hash = self.0.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        (hash % u64::from(partitions.max(1))) as u16
    }
}

/// A ticker (`BTC`): a label, upper case, not unique.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Symbol(Arc<str>);

impl Symbol {
    /// Reads a ticker in any case.
    pub fn parse(raw: &str) -> Result<Self, InvalidAsset> {
        if is_name(raw, 32) {
            Ok(Self(raw.to_uppercase().into()))
        } else {
            Err(InvalidAsset::Symbol)
        }
    }

    /// The ticker as text, upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! text_type {
    ($name:ident, $error:ty) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(raw: String) -> Result<Self, $error> {
                Self::parse(&raw)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0.as_ref().to_owned()
            }
        }
    };
}

text_type!(AssetId, InvalidAsset);
text_type!(Symbol, InvalidAsset);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickers_are_upper_case_and_ids_lower_case() {
        assert_eq!(
            Symbol::parse("btc").map(|symbol| symbol.to_string()),
            Ok("BTC".to_owned())
        );
        assert_eq!(
            AssetId::parse("Bitcoin").map(|id| id.to_string()),
            Ok("bitcoin".to_owned())
        );
    }

    #[test]
    fn names_with_separators_or_blanks_are_refused() {
        for raw in ["", " ", "a b", "a/b", "a:b", "a,b", "*", "a\n", "a\u{0}"] {
            assert!(Symbol::parse(raw).is_err(), "{raw:?}");
            assert!(AssetId::parse(raw).is_err(), "{raw:?}");
        }
        assert!(Symbol::parse(&"A".repeat(33)).is_err());
    }

    #[test]
    fn the_partition_of_an_asset_never_changes() {
        let partitions: Vec<u16> = ["bitcoin", "ethereum", "solana"]
            .iter()
            .filter_map(|id| AssetId::parse(id).ok())
            .map(|id| id.partition(8))
            .collect();
        assert_eq!(partitions, PARTITIONS_OF_8);
    }

    const PARTITIONS_OF_8: [u16; 3] = [5, 0, 1];
}
