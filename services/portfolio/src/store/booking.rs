//! Booking: a journal entry and everything that follows from it, in the caller's transaction.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, insert_into, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, PortfolioId, Timestamp};
use uuid::Uuid;

use super::{
    journal::{self, JournalRow},
    portfolios::{self, HoldingRow, LotRow, PortfolioRow},
    schema::{holdings, lots},
};
use crate::{
    domain::{
        book::{Book, Holding, Lot, Realized},
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
        let book = row.book(BTreeMap::new());
        Self { row, book }
    }

    /// The book's id.
    pub fn id(&self) -> PortfolioId {
        self.row.portfolio_id()
    }

    /// The holding of an asset; nothing where there is none.
    pub fn holding(&self, asset: &AssetId) -> Holding {
        self.book.holdings.get(asset).cloned().unwrap_or_default()
    }

    /// Loads one holding. Lots are needed by whatever sells.
    pub async fn load(&mut self, conn: &mut AsyncPgConnection, asset: &AssetId, lots: Lots) -> QueryResult<()> {
        if let Some(row) = portfolios::holding(conn, self.id(), asset).await? {
            let mut holding = Holding {
                quantity: row.quantity,
                reserved: row.reserved,
                cost: row.cost,
                lots: VecDeque::new(),
            };
            if lots == Lots::Needed {
                let rows = portfolios::lots_of(conn, self.id(), Some(asset)).await?;
                holding.lots = rows
                    .into_iter()
                    .map(|lot| Lot {
                        seq: lot.seq,
                        quantity: lot.quantity,
                        cost: lot.cost,
                    })
                    .collect();
            }
            self.book.holdings.insert(asset.clone(), holding);
        }
        Ok(())
    }

    /// Books an entry: journal, sums, holdings, lots.
    pub async fn post(&mut self, conn: &mut AsyncPgConnection, entry: &Entry, at: Timestamp) -> Result<Booked, Error> {
        let seq = self.row.journal_seq + 1;
        let before = self.book.holdings.clone();
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
            postings: serde_json::to_value(entry.postings()).map_err(|_| Error::Corrupt("the postings of an entry"))?,
            created_at: DateTime::<Utc>::from(at),
            prev_hash: previous.to_vec(),
            hash: hash.to_vec(),
        };
        journal::insert(conn, &row).await?;
        self.take_over(seq, &hash);
        portfolios::save(conn, &self.row).await?;
        for (asset, holding) in &self.book.holdings {
            let old = before.get(asset);
            if old != Some(holding) {
                save_holding(conn, self.row.id, asset, holding).await?;
                save_lots(conn, self.row.id, asset, old.map(|old| &old.lots), &holding.lots).await?;
            }
        }
        Ok(Booked { seq, realized })
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

/// Whether lots are loaded with a holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lots {
    /// Something will be sold.
    Needed,
    /// Nothing will be sold.
    NotNeeded,
}

async fn save_holding(
    conn: &mut AsyncPgConnection,
    portfolio: Uuid,
    asset: &AssetId,
    holding: &Holding,
) -> QueryResult<()> {
    let row = HoldingRow {
        portfolio_id: portfolio,
        asset_id: asset.as_str().to_owned(),
        quantity: holding.quantity,
        reserved: holding.reserved,
        cost: holding.cost,
    };
    insert_into(holdings::table)
        .values(&row)
        .on_conflict((holdings::portfolio_id, holdings::asset_id))
        .do_update()
        .set((
            holdings::quantity.eq(excluded(holdings::quantity)),
            holdings::reserved.eq(excluded(holdings::reserved)),
            holdings::cost.eq(excluded(holdings::cost)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

async fn save_lots(
    conn: &mut AsyncPgConnection,
    portfolio: Uuid,
    asset: &AssetId,
    old: Option<&VecDeque<Lot>>,
    new: &VecDeque<Lot>,
) -> QueryResult<()> {
    let last_known = old.and_then(|old| old.back()).map_or(0, |lot| lot.seq);
    let row = |lot: &Lot| LotRow {
        portfolio_id: portfolio,
        asset_id: asset.as_str().to_owned(),
        seq: lot.seq,
        quantity: lot.quantity,
        cost: lot.cost,
    };
    let bought: Vec<LotRow> = new.iter().filter(|lot| lot.seq > last_known).map(row).collect();
    if !bought.is_empty() {
        insert_into(lots::table).values(&bought).execute(conn).await?;
    }
    let Some(oldest) = old.and_then(|old| old.front()) else {
        return Ok(());
    };
    // First in, first out: what was sold lies before what is left.
    let first_left = new.front().map_or(i64::MAX, |lot| lot.seq);
    if first_left > oldest.seq {
        let sold = lots::table
            .filter(lots::portfolio_id.eq(portfolio))
            .filter(lots::asset_id.eq(asset.as_str()))
            .filter(lots::seq.lt(first_left));
        diesel::delete(sold).execute(conn).await?;
    }
    if let Some(front) = new.front()
        && old.is_some_and(|old| old.iter().any(|lot| lot.seq == front.seq && lot != front))
    {
        diesel::update(lots::table.find((portfolio, asset.as_str(), front.seq)))
            .set((lots::quantity.eq(front.quantity), lots::cost.eq(front.cost)))
            .execute(conn)
            .await?;
    }
    Ok(())
}
