//! The double-entry journal: what moved, between which accounts, in a chain of hashes.

use std::{collections::BTreeMap, fmt, str::FromStr};

use aws_lc_rs::digest;
use domain::{AssetId, PortfolioId, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The code of cash. Asset ids have no capitals, so none is like it.
pub const CASH: &str = "USD";

/// The hash before the first entry of a book.
pub const GENESIS: [u8; 32] = [0; 32];

/// Where an amount lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Account {
    /// Free cash of the owner.
    Cash,
    /// Cash or assets of the owner that open orders hold.
    Reserved,
    /// Free assets of the owner.
    Holdings,
    /// Where deposits come from and withdrawals go.
    External,
    /// The other side of every fill.
    Market,
    /// Fees paid.
    Fees,
}

impl Account {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Reserved => "reserved",
            Self::Holdings => "holdings",
            Self::External => "external",
            Self::Market => "market",
            Self::Fees => "fees",
        }
    }
}

/// What a posting counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Unit {
    /// US dollars.
    Cash,
    /// An asset, in its own unit.
    Asset(AssetId),
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cash => f.write_str(CASH),
            Self::Asset(asset) => fmt::Display::fmt(asset, f),
        }
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> String {
        unit.to_string()
    }
}

impl TryFrom<String> for Unit {
    type Error = domain::InvalidAsset;
    fn try_from(raw: String) -> Result<Self, Self::Error> {
        if raw == CASH {
            Ok(Self::Cash)
        } else {
            AssetId::parse(&raw).map(Self::Asset)
        }
    }
}

/// One line of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Where.
    pub account: Account,
    /// Of what.
    #[serde(rename = "asset")]
    pub unit: Unit,
    /// How much comes in; negative where it goes out.
    pub amount: Decimal,
}

/// Why an entry was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Cash came in.
    Deposit,
    /// Cash went out.
    Withdrawal,
    /// An order was filled.
    Fill,
    /// A fill that was made elsewhere was taken over from a file.
    Import,
    /// An order took hold of cash or assets.
    Reserve,
    /// An order let go of them.
    Release,
    /// The book was closed.
    Reset,
}

/// A text that names no kind of entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no kind of journal entry")]
pub struct UnknownKind;

impl EntryKind {
    const ALL: [Self; 7] = [
        Self::Deposit,
        Self::Withdrawal,
        Self::Fill,
        Self::Import,
        Self::Reserve,
        Self::Release,
        Self::Reset,
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Withdrawal => "withdrawal",
            Self::Fill => "fill",
            Self::Import => "import",
            Self::Reserve => "reserve",
            Self::Release => "release",
            Self::Reset => "reset",
        }
    }

    /// Whether it moves an asset against cash.
    pub fn is_trade(self) -> bool {
        matches!(self, Self::Fill | Self::Import)
    }
}

impl FromStr for EntryKind {
    type Err = UnknownKind;
    fn from_str(raw: &str) -> Result<Self, UnknownKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or(UnknownKind)
    }
}

/// Why postings are no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongEntry {
    /// Something came from nowhere or went nowhere.
    #[error("the postings of {0} do not sum to zero")]
    Unbalanced(String),
    /// A sum has too many digits.
    #[error("the postings of {0} do not fit")]
    Overflow(String),
}

/// Postings that sum to zero in every unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    kind: EntryKind,
    reference: Uuid,
    postings: Vec<Posting>,
}

impl Entry {
    /// Checks postings; those of nothing are left out.
    pub fn post(kind: EntryKind, reference: Uuid, postings: Vec<Posting>) -> Result<Self, WrongEntry> {
        let mut sums: BTreeMap<&Unit, Decimal> = BTreeMap::new();
        for posting in &postings {
            let sum = sums.entry(&posting.unit).or_default();
            *sum = sum
                .checked_add(posting.amount)
                .ok_or_else(|| WrongEntry::Overflow(posting.unit.to_string()))?;
        }
        if let Some((unit, _)) = sums.iter().find(|(_, sum)| !sum.is_zero()) {
            return Err(WrongEntry::Unbalanced(unit.to_string()));
        }
        let postings = postings
            .into_iter()
            .filter(|posting| !posting.amount.is_zero())
            .collect();
        Ok(Self {
            kind,
            reference,
            postings,
        })
    }

    /// Why it was made.
    pub fn kind(&self) -> EntryKind {
        self.kind
    }

    /// The deposit, trade, order or book that it is about.
    pub fn reference(&self) -> Uuid {
        self.reference
    }

    /// Its lines.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

/// Where in which book an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The book.
    pub portfolio: PortfolioId,
    /// Counts the book's entries from 1.
    pub seq: i64,
    /// When it was written.
    pub at: Timestamp,
    /// The hash of the entry before it.
    pub previous: [u8; 32],
}

/// The hash of an entry at its place. It covers every field and the hash before it.
pub fn chain_hash(place: &Place, entry: &Entry) -> [u8; 32] {
    let mut text = format!(
        "candlewick-journal-1\n{}\n{}\n{}\n{}\n{}\n{}\n",
        hex(&place.previous),
        place.portfolio.uuid(),
        place.seq,
        place.at.millis(),
        entry.kind.as_str(),
        entry.reference,
    );
    for posting in &entry.postings {
        // Names hold no white space, so lines keep the fields apart.
        text.push_str(&format!(
            "{}\n{}\n{}\n",
            posting.account.as_str(),
            posting.unit,
            posting.amount.normalize()
        ));
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    hash
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A posting of cash.
pub fn cash(account: Account, amount: Decimal) -> Posting {
    Posting {
        account,
        unit: Unit::Cash,
        amount,
    }
}

/// A posting of an asset.
pub fn asset(account: Account, asset: &AssetId, amount: Decimal) -> Posting {
    Posting {
        account,
        unit: Unit::Asset(asset.clone()),
        amount,
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn place(seq: i64, previous: [u8; 32]) -> Place {
        let portfolio = PortfolioId::from(Uuid::from_u128(7));
        Place {
            portfolio,
            seq,
            at: Timestamp::from_millis(1_764_000_000_000).expect("time"),
            previous,
        }
    }

    fn deposit(amount: Decimal) -> Result<Entry, WrongEntry> {
        Entry::post(
            EntryKind::Deposit,
            Uuid::from_u128(1),
            vec![cash(Account::Cash, amount), cash(Account::External, -amount)],
        )
    }

    #[test]
    fn postings_that_do_not_sum_to_zero_are_refused() {
        let lopsided = vec![cash(Account::Cash, dec!(1)), cash(Account::External, dec!(-0.99))];
        assert_eq!(
            Entry::post(EntryKind::Deposit, Uuid::nil(), lopsided),
            Err(WrongEntry::Unbalanced("USD".into()))
        );
        let bitcoin = AssetId::parse("bitcoin").expect("id");
        let across_units = vec![cash(Account::Cash, dec!(1)), asset(Account::Market, &bitcoin, dec!(-1))];
        assert!(Entry::post(EntryKind::Fill, Uuid::nil(), across_units).is_err());
    }

    #[test]
    fn the_hash_covers_every_field_and_the_entry_before() {
        let entry = deposit(dec!(100000)).expect("entry");
        let hash = chain_hash(&place(1, GENESIS), &entry);
        assert_ne!(hash, chain_hash(&place(2, GENESIS), &entry));
        assert_ne!(hash, chain_hash(&place(1, hash), &entry));
        assert_ne!(
            hash,
            chain_hash(&place(1, GENESIS), &deposit(dec!(100000.01)).expect("entry"))
        );
    }

    #[test]
    fn the_hash_of_an_amount_does_not_depend_on_idle_zeros() {
        let (short, long) = (deposit(dec!(5)).expect("entry"), deposit(dec!(5.0000)).expect("entry"));
        assert_eq!(
            chain_hash(&place(1, GENESIS), &short),
            chain_hash(&place(1, GENESIS), &long)
        );
    }

    #[test]
    fn postings_travel_as_json_and_come_back() {
        let entry = deposit(dec!(12.50)).expect("entry");
        let json = serde_json::to_string(entry.postings()).expect("json");
        assert_eq!(
            json,
            r#"[{"account":"cash","asset":"USD","amount":"12.50"},{"account":"external","asset":"USD","amount":"-12.50"}]"#
        );
        let back: Vec<Posting> = serde_json::from_str(&json).expect("postings");
        assert_eq!(back, entry.postings());
    }
}
