//! Checking a book's journal entry by entry, and what it adds up to.

use std::collections::BTreeMap;

use domain::{AssetId, PortfolioId, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    book::{Book, Realized},
    journal::{Account, Entry, EntryKind, GENESIS, Place, Posting, Unit, chain_hash},
};

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The book.
    pub portfolio: PortfolioId,
    /// Its number.
    pub seq: i64,
    /// Why it was made.
    pub kind: String,
    /// What it is about.
    pub reference: Uuid,
    /// Its lines; `None` where they cannot be read.
    pub postings: Option<Vec<Posting>>,
    /// When.
    pub at: Timestamp,
    /// The hash of the entry before it.
    pub previous: Vec<u8>,
    /// Its own hash.
    pub hash: Vec<u8>,
}

/// What an entry did to its owner's means: what a trade or a funding says of it must be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The trade, funding, order or book that it is about.
    pub reference: Uuid,
    /// Cash that came in; negative where it went out.
    pub cash: Decimal,
    /// Assets that came in or went out.
    pub assets: BTreeMap<AssetId, Decimal>,
    /// Fees paid.
    pub fee: Decimal,
    /// Profit or loss that it made certain.
    pub realized: Option<Realized>,
}

impl Moved {
    fn of(entry: &Entry, realized: Option<Realized>) -> Self {
        let mut moved = Self {
            reference: entry.reference(),
            cash: Decimal::ZERO,
            assets: BTreeMap::new(),
            fee: Decimal::ZERO,
            realized,
        };
        // These sums fit: the book has added them up before.
        for posting in entry.postings() {
            match (&posting.unit, posting.account) {
                (Unit::Cash, Account::Cash | Account::Reserved) => moved.cash += posting.amount,
                (Unit::Cash, Account::Fees) => moved.fee += posting.amount,
                (Unit::Asset(asset), Account::Holdings | Account::Reserved) => {
                    *moved.assets.entry(asset.clone()).or_default() += posting.amount
                }
                _ => {}
            }
        }
        moved.assets.retain(|_, amount| !amount.is_zero());
        moved
    }
}

/// Rebuilds one book from its journal and checks every entry on the way.
#[derive(Debug, Clone)]
pub struct Auditor {
    /// What the entries so far add up to.
    pub book: Book,
    /// The number of the last entry.
    pub seq: i64,
    /// The hash of the last entry.
    pub hash: [u8; 32],
}

impl Default for Auditor {
    fn default() -> Self {
        Self {
            book: Book::default(),
            seq: 0,
            hash: GENESIS,
        }
    }
}

impl Auditor {
    /// Takes the next entry and says what it did; an error says what is wrong with it.
    pub fn take(&mut self, stored: &StoredEntry) -> Result<Moved, String> {
        if stored.seq != self.seq + 1 {
            return Err(format!("entry {} is missing", self.seq + 1));
        }
        let kind: EntryKind = stored
            .kind
            .parse()
            .map_err(|_| format!("the kind {} is not known", stored.kind))?;
        let postings = stored.postings.clone().ok_or("its postings cannot be read")?;
        let entry = Entry::post(kind, stored.reference, postings).map_err(|error| error.to_string())?;
        if stored.previous != self.hash {
            return Err("it does not follow the entry before it".to_owned());
        }
        let place = Place {
            portfolio: stored.portfolio,
            seq: stored.seq,
            at: stored.at,
            previous: self.hash,
        };
        let hash = chain_hash(&place, &entry);
        if stored.hash != hash {
            return Err("its hash does not fit its content".to_owned());
        }
        let realized = self.book.apply(stored.seq, &entry).map_err(|error| error.to_string())?;
        (self.seq, self.hash) = (stored.seq, hash);
        Ok(Moved::of(&entry, realized))
    }
}
