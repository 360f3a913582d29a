//! What books were worth.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{QueryResult, insert_into, prelude::*, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::PortfolioId;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::schema::snapshots;

/// A valuation to keep.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName, Insertable)]
#[diesel(table_name = snapshots, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
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

/// Adds a valuation.
pub async fn insert(mut conn: &AsyncPgConnection, row: &SnapshotRow) -> QueryResult<()> {
    insert_into(snapshots::table).values(row).execute(&mut conn).await?;
    Ok(())
}

/// Adds many valuations.
pub async fn insert_all(conn: &mut AsyncPgConnection, rows: &[SnapshotRow]) -> QueryResult<()> {
    for chunk in rows.chunks(5000) {
        insert_into(snapshots::table).values(chunk).execute(conn).await?;
    }
    Ok(())
}

/// A book's valuations from then on, oldest first, and the last one before; thinned, so that no return and no fall is
/// lost: of each stretch of `width` between two flows there are the last, the lowest and the highest, and every flow.
pub async fn thinned_since(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    since: DateTime<Utc>,
    width: Duration,
) -> QueryResult<Vec<SnapshotRow>> {
    sql_query(THINNED)
        .bind::<sql_types::Uuid, _>(portfolio.uuid())
        .bind::<sql_types::Timestamptz, _>(since)
        .bind::<sql_types::Double, _>(width.as_secs_f64())
        .load(conn)
        .await
}

const THINNED: &str = "
WITH counted AS (
    SELECT *,
        date_bin(make_interval(secs => $3), at, 'epoch') AS stretch,
        count(*) FILTER (WHERE flow <> 0)
            OVER (ORDER BY at, number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS flows
    FROM portfolio.snapshots
    WHERE portfolio_id = $1 AND at >= coalesce(
        (SELECT max(at) FROM portfolio.snapshots WHERE portfolio_id = $1 AND at <= $2), $2)
), placed AS (
    SELECT *,
        row_number() OVER (ORDER BY at, number) AS from_start,
        row_number() OVER (PARTITION BY stretch, flows ORDER BY equity IS NULL, at DESC, number DESC) AS from_end,
        row_number() OVER (PARTITION BY stretch, flows ORDER BY equity ASC NULLS LAST, at, number) AS from_lowest,
        row_number() OVER (PARTITION BY stretch, flows ORDER BY equity DESC NULLS LAST, at, number) AS from_highest
    FROM counted
)
SELECT portfolio_id, at, equity, flow, bitcoin_price
FROM placed
WHERE flow <> 0 OR 1 IN (from_start, from_end, from_lowest, from_highest)
ORDER BY at, number";
