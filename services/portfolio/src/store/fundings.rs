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
#[diesel(table_name = fundings, check_for_backend(diesel::pg::Pg))]
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
