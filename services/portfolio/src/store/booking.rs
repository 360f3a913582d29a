//! Booking: journal entries and everything that follows from them, in the caller's transaction.
//!
//! Entries are entered in memory and written down together. Statements that do not need each other's results are
//! sent without waiting for the one before: what a trade costs is mostly waiting.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use contracts::events::Side;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use domain::{AssetId, PortfolioId, Timestamp};
use futures_util::join;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    holdings, journal,
    journal::JournalRow,
    portfolios::{self, PortfolioRow},
    together::all_of,
};
use crate::{
    domain::{
        book::{Book, Holding, Realized},
        fill::Fill,
        journal::{Entry, Place, chain_hash},
    },
    error::Error,
};

/// A book whose row is locked, with the holdings that were asked for.
#[derive(Debug)]
pub struct LockedBook {
    /// The row as it will be saved.
    pub row: PortfolioRow,
    /// Its sums and the loaded holdings.
    pub book: Book,
    /// The holdings as the tables have them.
    stored: BTreeMap<AssetId, Holding>,
    /// Entries that are not written down yet.
    entries: Vec<JournalRow>,
}

/// What an order takes out of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// So much cash.
    Cash(Decimal),
    /// So much of the asset.
    Asset(Decimal),
}

impl Need {
    /// Of an order that rests and holds so much.
    pub fn hold(side: Side, amount: Decimal) -> Self {
        match side {
            Side::Buy => Self::Cash(amount),
            Side::Sell => Self::Asset(amount),
        }
    }

    /// Of an order that is filled at once.
    pub fn fill(fill: &Fill) -> Self {
        match fill.side {
            Side::Buy => Self::Cash(fill.total),
            Side::Sell => Self::Asset(fill.quantity),
        }
    }
}

/// What an entry did.
#[derive(Debug, Clone, Copy)]
pub struct Booked {
    /// Its number.
    pub seq: i64,
    /// Profit or loss that it made certain.
    pub realized: Option<Realized>,
}

impl LockedBook {
    /// From a locked row, without holdings.
    pub fn new(row: PortfolioRow) -> Self {
        Self::with_holdings(row, BTreeMap::new())
    }

    /// From a locked row, with these holdings as they are stored.
    pub fn with_holdings(row: PortfolioRow, holdings: BTreeMap<AssetId, Holding>) -> Self {
        Self {
            book: row.book(holdings.clone()),
            row,
            stored: holdings,
            entries: Vec::new(),
        }
    }

    /// The book's id.
    pub fn id(&self) -> PortfolioId {
        self.row.portfolio_id()
    }

    /// The holding of an asset; nothing where there is none.
    pub fn holding(&self, asset: &AssetId) -> Holding {
        self.book.holdings.get(asset).cloned().unwrap_or_default()
    }

    /// Refuses what is beyond the owner's free means.
    pub fn afford(&self, asset: &AssetId, need: Need) -> Result<(), Error> {
        match need {
            Need::Cash(needed) if needed > self.book.cash => Err(Error::InsufficientFunds {
                needed,
                available: self.book.cash,
            }),
            Need::Asset(needed) if needed > self.holding(asset).free() => Err(Error::InsufficientHolding {
                needed,
                available: self.holding(asset).free().normalize(),
            }),
            Need::Cash(_) | Need::Asset(_) => Ok(()),
        }
    }

    /// Loads one holding, without lots, unless it is there.
    pub async fn load(&mut self, conn: &mut AsyncPgConnection, asset: &AssetId) -> QueryResult<()> {
        if self.book.holdings.contains_key(asset) {
            return Ok(());
        }
        if let Some(row) = holdings::one(conn, self.id(), asset).await? {
            let holding = row.holding(VecDeque::new());
            self.stored.insert(asset.clone(), holding.clone());
            self.book.holdings.insert(asset.clone(), holding);
        }
        Ok(())
    }

    /// Loads the lots that a sale of so much takes from. What was entered before must be written down.
    pub async fn load_lots(&mut self, conn: &AsyncPgConnection, asset: &AssetId, sold: Decimal) -> QueryResult<()> {
        let lots = holdings::oldest_lots(conn, self.id(), asset, sold).await?;
        for holdings in [&mut self.stored, &mut self.book.holdings] {
            if let Some(holding) = holdings.get_mut(asset) {
                holding.lots.clone_from(&lots);
            }
        }
        Ok(())
    }

    /// Books an entry and writes it down: journal, sums, holdings, lots.
    pub async fn post(&mut self, conn: &mut AsyncPgConnection, entry: &Entry, at: Timestamp) -> Result<Booked, Error> {
        let booked = self.enter(entry, at)?;
        self.write_down(conn).await?;
        Ok(booked)
    }

    /// Books an entry in memory. It counts only once [`LockedBook::write_down`] has run in the same transaction.
    pub fn enter(&mut self, entry: &Entry, at: Timestamp) -> Result<Booked, Error> {
        let seq = self.row.journal_seq + 1;
        let realized = self.book.apply(seq, entry)?;
        let previous = <[u8; 32]>::try_from(self.row.journal_hash.as_slice())
            .map_err(|_| Error::Corrupt("the hash of a book's last entry"))?;
        let hash = chain_hash(
            &Place {
                portfolio: self.id(),
                seq,
                at,
                previous,
            },
            entry,
        );
        let row = JournalRow {
            portfolio_id: self.row.id,
            seq,
            id: Uuid::now_v7(),
            kind: entry.kind().as_str().to_owned(),
            reference: entry.reference(),
            postings: serde_json::to_value(entry.postings()).map_err(Error::stored("the postings of an entry"))?,
            created_at: DateTime::<Utc>::from(at),
            prev_hash: previous.to_vec(),
            hash: hash.to_vec(),
        };
        self.entries.push(row);
        self.take_over(seq, &hash);
        Ok(Booked { seq, realized })
    }

    /// Writes down what was entered: journal, sums, holdings, lots.
    pub async fn write_down(&mut self, conn: &AsyncPgConnection) -> Result<(), Error> {
        let entries = std::mem::take(&mut self.entries);
        let changed: Vec<Change<'_>> = self
            .book
            .holdings
            .iter()
            .map(|(asset, new)| Change {
                asset,
                old: self.stored.get(asset),
                new,
            })
            .filter(|change| change.old != Some(change.new))
            .collect();
        // All of them are waited for, also where one fails: nothing may be under way when the transaction ends.
        let (written, saved, held) = join!(
            journal::insert(conn, &entries),
            portfolios::save(conn, &self.row),
            holdings::save(conn, self.row.id, &changed),
        );
        all_of([written, saved, held])?;
        self.stored.clone_from(&self.book.holdings);
        Ok(())
    }

    fn take_over(&mut self, seq: i64, hash: &[u8]) {
        let Book {
            cash,
            reserved,
            net_deposits,
            realized,
            realized_fifo,
            fees,
            ..
        } = &self.book;
        self.row = PortfolioRow {
            cash: *cash,
            reserved: *reserved,
            net_deposits: *net_deposits,
            realized: *realized,
            realized_fifo: *realized_fifo,
            fees: *fees,
            journal_seq: seq,
            journal_hash: hash.to_vec(),
            ..self.row.clone()
        };
    }
}

/// How a holding differs from what the tables say.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The asset.
    pub asset: &'a AssetId,
    /// As it is stored; `None` where nothing is.
    pub old: Option<&'a Holding>,
    /// As it is now.
    pub new: &'a Holding,
}
