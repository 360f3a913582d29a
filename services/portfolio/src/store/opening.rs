//! A user's book, opened when it is first needed.

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;
use domain::{Timestamp, UserId};
use futures_util::join;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    booking::LockedBook,
    forgotten, fundings,
    fundings::FundingRow,
    holdings,
    portfolios::{self, PortfolioRow},
    snapshots::{self, SnapshotRow},
};
use crate::{domain::entries, error::Error};

/// Of several tries to lock a book that others close and open, this many are made.
const TRIES: usize = 5;

/// What a new book begins with.
#[derive(Debug, Clone, Copy)]
pub struct Beginning {
    /// Its cash.
    pub balance: Decimal,
    /// What one bitcoin costs then.
    pub bitcoin_price: Option<Decimal>,
    /// When.
    pub now: Timestamp,
}

/// The user's open book, locked. Opens one where there is none.
pub async fn locked(conn: &mut AsyncPgConnection, user: UserId, beginning: Beginning) -> Result<LockedBook, Error> {
    for _ in 0..TRIES {
        if let Some(row) = portfolios::lock_open_of(conn, user).await? {
            return Ok(LockedBook::new(row));
        }
        // Either there is none, or the one that was waited for was closed meanwhile and another one is open.
        let last = portfolios::all_of(conn, user).await?.last().map_or(0, |row| row.number);
        let row = PortfolioRow::new(user, last + 1, beginning.now.into());
        if let Some(book) = open(conn, row, beginning).await? {
            return Ok(book);
        }
    }
    Err(Error::Busy)
}

/// As [`locked`], with everything that the book holds, without lots.
pub async fn locked_whole(
    conn: &mut AsyncPgConnection,
    user: UserId,
    beginning: Beginning,
) -> Result<LockedBook, Error> {
    let shared: &AsyncPgConnection = conn;
    // Sent together and done one after the other: what is held is looked up only once the lock was waited for, so that
    // it is what the transaction before has left.
    let (row, held) = join!(portfolios::lock_open_of(shared, user), holdings::of_open(shared, user));
    if let (Some(row), held) = (row?, held?) {
        let whole = holdings::assemble(held, Vec::new())?;
        return Ok(LockedBook::with_holdings(row, whole));
    }
    let book = locked(conn, user, beginning).await?;
    let held = holdings::of(conn, book.id()).await?;
    let whole = holdings::assemble(held, Vec::new())?;
    Ok(LockedBook::with_holdings(book.row, whole))
}

/// Opens this book with its first deposit. `None` if the user has an open one. The new row is locked by being new.
pub async fn open(
    conn: &mut AsyncPgConnection,
    row: PortfolioRow,
    beginning: Beginning,
) -> Result<Option<LockedBook>, Error> {
    if forgotten::contains(conn, row.owner()).await? {
        return Err(Error::Forgotten);
    }
    if !portfolios::insert(conn, &row).await? {
        return Ok(None);
    }
    let mut book = LockedBook::new(row);
    let flow = Flow {
        equity_before: Some(Decimal::ZERO),
        bitcoin_price: beginning.bitcoin_price,
        now: beginning.now,
    };
    deposit(conn, &mut book, beginning.balance, flow).await?;
    Ok(Some(book))
}

/// What is known at the moment of a deposit or withdrawal.
#[derive(Debug, Clone, Copy)]
pub struct Flow {
    /// What the book was worth before; `None` where a price was missing.
    pub equity_before: Option<Decimal>,
    /// What one bitcoin costs.
    pub bitcoin_price: Option<Decimal>,
    /// When.
    pub now: Timestamp,
}

/// Cash comes in.
pub async fn deposit(
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    amount: Decimal,
    flow: Flow,
) -> Result<FundingRow, Error> {
    let id = Uuid::now_v7();
    let seq = book.post(conn, &entries::deposit(id, amount)?, flow.now).await?.seq;
    record(
        conn,
        book,
        FundingRow {
            id,
            seq,
            ..funding(book, "deposit", amount, flow.now)
        },
        amount,
        flow,
    )
    .await
}

/// Cash goes out.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    amount: Decimal,
    flow: Flow,
) -> Result<FundingRow, Error> {
    if book.book.cash < amount {
        return Err(Error::InsufficientFunds {
            needed: amount,
            available: book.book.cash,
        });
    }
    let id = Uuid::now_v7();
    let seq = book.post(conn, &entries::withdrawal(id, amount)?, flow.now).await?.seq;
    record(
        conn,
        book,
        FundingRow {
            id,
            seq,
            ..funding(book, "withdraw", amount, flow.now)
        },
        -amount,
        flow,
    )
    .await
}

fn funding(book: &LockedBook, direction: &str, amount: Decimal, now: Timestamp) -> FundingRow {
    FundingRow {
        id: Uuid::nil(),
        portfolio_id: book.row.id,
        seq: book.row.journal_seq,
        direction: direction.to_owned(),
        amount,
        balance_after: book.book.cash + book.book.reserved,
        created_at: DateTime::<Utc>::from(now),
    }
}

async fn record(
    conn: &mut AsyncPgConnection,
    book: &LockedBook,
    row: FundingRow,
    flow: Decimal,
    known: Flow,
) -> Result<FundingRow, Error> {
    fundings::insert(conn, &row).await?;
    let snapshot = SnapshotRow {
        portfolio_id: book.row.id,
        at: row.created_at,
        equity: known.equity_before,
        flow,
        bitcoin_price: known.bitcoin_price,
    };
    snapshots::insert(conn, &snapshot).await?;
    Ok(row)
}
