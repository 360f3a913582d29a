//! What books were worth.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, insert_into, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::PortfolioId;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::schema::snapshots;

/// A valuation to keep.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = snapshots, check_for_backend(diesel::pg::Pg))]
pub struct SnapshotRow {
    /// The book.
    pub portfolio_id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Worth before the flow; `None` where a price was missing.
    pub equity: Option<Decimal>,
    /// What came in at that moment.
    pub flow: Decimal,
    /// What one bitcoin cost.
    pub bitcoin_price: Option<Decimal>,
}

/// Adds valuations.
pub async fn insert(conn: &mut AsyncPgConnection, rows: &[SnapshotRow]) -> QueryResult<()> {
    for chunk in rows.chunks(5000) {
        insert_into(snapshots::table).values(chunk).execute(conn).await?;
    }
    Ok(())
}

/// A book's valuations from then on, oldest first, and the last one before.
pub async fn since(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    since: DateTime<Utc>,
) -> QueryResult<Vec<SnapshotRow>> {
    let start: Option<DateTime<Utc>> = snapshots::table
        .filter(snapshots::portfolio_id.eq(portfolio.uuid()))
        .filter(snapshots::at.le(since))
        .order(snapshots::at.desc())
        .select(snapshots::at)
        .first(conn)
        .await
        .optional()?;
    snapshots::table
        .filter(snapshots::portfolio_id.eq(portfolio.uuid()))
        .filter(snapshots::at.ge(start.unwrap_or(since)))
        .order((snapshots::at, snapshots::number))
        .limit(200_000)
        .select(SnapshotRow::as_select())
        .load(conn)
        .await
}
