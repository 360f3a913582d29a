//! Deposits and withdrawals.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, insert_into, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::PortfolioId;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::schema::fundings;

/// A deposit or withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = fundings, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct FundingRow {
    /// Names it.
    pub id: Uuid,
    /// The book.
    pub portfolio_id: Uuid,
    /// Its journal entry.
    pub seq: i64,
    /// `deposit` or `withdraw`.
    pub direction: String,
    /// How much.
    pub amount: Decimal,
    /// Cash after it, reserved included.
    pub balance_after: Decimal,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Adds one.
pub async fn insert(conn: &mut AsyncPgConnection, row: &FundingRow) -> QueryResult<()> {
    insert_into(fundings::table).values(row).execute(conn).await?;
    Ok(())
}

/// A page of a book's fundings, newest first.
pub async fn page(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<FundingRow>> {
    let mut query = fundings::table
        .filter(fundings::portfolio_id.eq(portfolio.uuid()))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(fundings::seq.lt(before));
    }
    query
        .order(fundings::seq.desc())
        .limit(limit)
        .select(FundingRow::as_select())
        .load(conn)
        .await
}

/// What there is behind one place of the whole journal and, where it is given, up to another: a book and a number each.
pub async fn stretch(
    conn: &mut AsyncPgConnection,
    (book, seq): (Uuid, i64),
    up_to: Option<(Uuid, i64)>,
) -> QueryResult<Vec<FundingRow>> {
    let mut query = fundings::table
        .filter(
            fundings::portfolio_id
                .gt(book)
                .or(fundings::portfolio_id.eq(book).and(fundings::seq.gt(seq))),
        )
        .into_boxed();
    if let Some((book, seq)) = up_to {
        query = query.filter(
            fundings::portfolio_id
                .lt(book)
                .or(fundings::portfolio_id.eq(book).and(fundings::seq.le(seq))),
        );
    }
    query.select(FundingRow::as_select()).load(conn).await
}
