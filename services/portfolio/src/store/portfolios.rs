//! Books and what is in them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper, insert_into, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, PortfolioId, UserId};
use messaging::Prepared;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    holdings::{self, HoldingRow},
    schema::portfolios,
};
use crate::domain::{
    book::{Book, Holding},
    fill::Costs,
    journal::GENESIS,
};

/// A book's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = portfolios, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct PortfolioRow {
    /// The book.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Counts the user's books from 1.
    pub number: i32,
    /// Resting limits must be traded through.
    pub is_strict: bool,
    /// Its own fee of an order that had rested, in basis points; none where the configuration's counts.
    pub maker_fee_bps: Option<Decimal>,
    /// Its own fee of an order that is filled at once, in basis points; none where the configuration's counts.
    pub taker_fee_bps: Option<Decimal>,
    /// Free cash.
    pub cash: Decimal,
    /// Cash that open orders hold.
    pub reserved: Decimal,
    /// Deposits less withdrawals.
    pub net_deposits: Decimal,
    /// Profit made certain, by average cost.
    pub realized: Decimal,
    /// Profit made certain, first in, first out.
    pub realized_fifo: Decimal,
    /// Fees paid.
    pub fees: Decimal,
    /// The number of its last journal entry.
    pub journal_seq: i64,
    /// The hash of that.
    pub journal_hash: Vec<u8>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

impl PortfolioRow {
    /// A book without entries.
    pub fn new(user: UserId, number: i32, opened_at: DateTime<Utc>) -> Self {
        let zero = Decimal::ZERO;
        Self {
            id: PortfolioId::new().uuid(),
            user_id: user.uuid(),
            number,
            is_strict: false,
            maker_fee_bps: None,
            taker_fee_bps: None,
            cash: zero,
            reserved: zero,
            net_deposits: zero,
            realized: zero,
            realized_fifo: zero,
            fees: zero,
            journal_seq: 0,
            journal_hash: GENESIS.to_vec(),
            opened_at,
            closed_at: None,
        }
    }

    /// Its id.
    pub fn portfolio_id(&self) -> PortfolioId {
        self.id.into()
    }

    /// Whose.
    pub fn owner(&self) -> UserId {
        self.user_id.into()
    }

    /// What trading costs in this book, where others trade at `usual` costs.
    pub fn costs(&self, usual: &Costs) -> Costs {
        let own = |fee: Option<Decimal>, usual: Decimal| fee.map_or(usual, |fee| fee.normalize());
        Costs {
            maker_fee_bps: own(self.maker_fee_bps, usual.maker_fee_bps),
            taker_fee_bps: own(self.taker_fee_bps, usual.taker_fee_bps),
            ..*usual
        }
    }

    /// Its sums as a book with these holdings.
    pub fn book(&self, holdings: BTreeMap<AssetId, Holding>) -> Book {
        Book {
            cash: self.cash,
            reserved: self.reserved,
            net_deposits: self.net_deposits,
            realized: self.realized,
            realized_fifo: self.realized_fifo,
            fees: self.fees,
            holdings,
        }
    }
}

/// The user's open book.
pub async fn open_of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<PortfolioRow>> {
    portfolios::table
        .filter(portfolios::user_id.eq(user.uuid()))
        .filter(portfolios::closed_at.is_null())
        .select(PortfolioRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The user's open book, locked until the transaction ends. Every change of a book begins with this lock.
pub async fn lock_open_of(mut conn: &AsyncPgConnection, user: UserId) -> QueryResult<Option<PortfolioRow>> {
    portfolios::table
        .filter(portfolios::user_id.eq(user.uuid()))
        .filter(portfolios::closed_at.is_null())
        .select(PortfolioRow::as_select())
        .for_update()
        .first(&mut conn)
        .await
        .optional()
}

/// A book, locked until the transaction ends. Whoever locks several does so in the order of their ids.
pub async fn lock(conn: &mut AsyncPgConnection, portfolio: PortfolioId) -> QueryResult<Option<PortfolioRow>> {
    portfolios::table
        .find(portfolio.uuid())
        .select(PortfolioRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// A book of the user by its number.
pub async fn numbered(conn: &mut AsyncPgConnection, user: UserId, number: i32) -> QueryResult<Option<PortfolioRow>> {
    portfolios::table
        .filter(portfolios::user_id.eq(user.uuid()))
        .filter(portfolios::number.eq(number))
        .select(PortfolioRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// A book of the user by its id.
pub async fn of_user(conn: &mut AsyncPgConnection, user: UserId, portfolio: Uuid) -> QueryResult<Option<PortfolioRow>> {
    portfolios::table
        .find(portfolio)
        .filter(portfolios::user_id.eq(user.uuid()))
        .select(PortfolioRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// All books of a user, oldest first.
pub async fn all_of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<PortfolioRow>> {
    portfolios::table
        .filter(portfolios::user_id.eq(user.uuid()))
        .order(portfolios::number)
        .select(PortfolioRow::as_select())
        .load(conn)
        .await
}

/// Writes a new book down. `false` if the user has an open one already.
pub async fn insert(conn: &mut AsyncPgConnection, row: &PortfolioRow) -> QueryResult<bool> {
    let written = insert_into(portfolios::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(written == 1)
}

/// Saves a book's sums and the end of its journal.
pub async fn save(mut conn: &AsyncPgConnection, row: &PortfolioRow) -> QueryResult<()> {
    let saving = diesel::update(portfolios::table.find(row.id)).set((
        portfolios::cash.eq(row.cash),
        portfolios::reserved.eq(row.reserved),
        portfolios::net_deposits.eq(row.net_deposits),
        portfolios::realized.eq(row.realized),
        portfolios::realized_fifo.eq(row.realized_fifo),
        portfolios::fees.eq(row.fees),
        portfolios::journal_seq.eq(row.journal_seq),
        portfolios::journal_hash.eq(&row.journal_hash),
    ));
    Prepared(saving).execute(&mut conn).await?;
    Ok(())
}

/// Marks a book as closed.
pub async fn close(conn: &mut AsyncPgConnection, portfolio: PortfolioId, at: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(portfolios::table.find(portfolio.uuid()))
        .set(portfolios::closed_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives all books of a user to somebody who does not exist.
pub async fn pseudonymise(conn: &mut AsyncPgConnection, user: UserId, pseudonym: Uuid) -> QueryResult<usize> {
    diesel::update(portfolios::table.filter(portfolios::user_id.eq(user.uuid())))
        .set(portfolios::user_id.eq(pseudonym))
        .execute(conn)
        .await
}

/// Books of several users that are open, with their holdings; for values of many users at once.
pub async fn open_of_users(
    conn: &mut AsyncPgConnection,
    users: &[Uuid],
) -> QueryResult<Vec<(PortfolioRow, Vec<HoldingRow>)>> {
    let rows: Vec<PortfolioRow> = portfolios::table
        .filter(portfolios::user_id.eq_any(users))
        .filter(portfolios::closed_at.is_null())
        .select(PortfolioRow::as_select())
        .load(conn)
        .await?;
    with_holdings(conn, rows).await
}

/// Open books after `after`, by id; for the periodic valuation of all.
pub async fn open_after(
    conn: &mut AsyncPgConnection,
    after: Uuid,
    limit: i64,
) -> QueryResult<Vec<(PortfolioRow, Vec<HoldingRow>)>> {
    let rows: Vec<PortfolioRow> = portfolios::table
        .filter(portfolios::id.gt(after))
        .filter(portfolios::closed_at.is_null())
        .order(portfolios::id)
        .limit(limit)
        .select(PortfolioRow::as_select())
        .load(conn)
        .await?;
    with_holdings(conn, rows).await
}

/// How many books are open.
pub async fn count_open(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    portfolios::table
        .filter(portfolios::closed_at.is_null())
        .count()
        .get_result(conn)
        .await
}

async fn with_holdings(
    conn: &mut AsyncPgConnection,
    rows: Vec<PortfolioRow>,
) -> QueryResult<Vec<(PortfolioRow, Vec<HoldingRow>)>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let held = holdings::of_books(conn, &ids).await?;
    let mut by_book: BTreeMap<Uuid, Vec<HoldingRow>> = BTreeMap::new();
    for holding in held {
        by_book.entry(holding.portfolio_id).or_default().push(holding);
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let held = by_book.remove(&row.id).unwrap_or_default();
            (row, held)
        })
        .collect())
}
