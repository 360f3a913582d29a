//! Checking a book's journal entry by entry, and what it adds up to.

use domain::{PortfolioId, Timestamp};
use uuid::Uuid;

use super::{
    book::Book,
    journal::{Entry, EntryKind, GENESIS, Place, Posting, chain_hash},
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
    /// Takes the next entry; an error says what is wrong with it.
    pub fn take(&mut self, stored: &StoredEntry) -> Result<(), String> {
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
        self.book.apply(stored.seq, &entry).map_err(|error| error.to_string())?;
        (self.seq, self.hash) = (stored.seq, hash);
        Ok(())
    }
}
