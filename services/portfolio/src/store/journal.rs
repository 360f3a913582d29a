//! The journal: rows are added and read, never changed.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, insert_into, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::PortfolioId;
use uuid::Uuid;

use super::schema::journal;

/// An entry's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = journal, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct JournalRow {
    /// The book.
    pub portfolio_id: Uuid,
    /// Counts its entries from 1.
    pub seq: i64,
    /// Names the entry.
    pub id: Uuid,
    /// Why it was made.
    pub kind: String,
    /// What it is about.
    pub reference: Uuid,
    /// Its lines.
    pub postings: serde_json::Value,
    /// When.
    pub created_at: DateTime<Utc>,
    /// The hash of the entry before it.
    pub prev_hash: Vec<u8>,
    /// Its own hash.
    pub hash: Vec<u8>,
}

/// Adds entries.
pub async fn insert(mut conn: &AsyncPgConnection, rows: &[JournalRow]) -> QueryResult<()> {
    // A statement for one row is prepared once for each connection, one for many rows every time.
    if let [row] = rows {
        insert_into(journal::table).values(row).execute(&mut conn).await?;
        return Ok(());
    }
    for part in rows.chunks(5_000) {
        insert_into(journal::table).values(part).execute(&mut conn).await?;
    }
    Ok(())
}

/// A page of a book's entries, newest first.
pub async fn page(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<JournalRow>> {
    let mut query = journal::table
        .filter(journal::portfolio_id.eq(portfolio.uuid()))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(journal::seq.lt(before));
    }
    query
        .order(journal::seq.desc())
        .limit(limit)
        .select(JournalRow::as_select())
        .load(conn)
        .await
}

/// A stretch of the whole journal in the order of books and numbers, behind the given place.
pub async fn stretch(
    conn: &mut AsyncPgConnection,
    portfolio: Uuid,
    after: i64,
    limit: i64,
) -> QueryResult<Vec<JournalRow>> {
    journal::table
        .filter(
            journal::portfolio_id
                .eq(portfolio)
                .and(journal::seq.gt(after))
                .or(journal::portfolio_id.gt(portfolio)),
        )
        .order((journal::portfolio_id, journal::seq))
        .limit(limit)
        .select(JournalRow::as_select())
        .load(conn)
        .await
}
