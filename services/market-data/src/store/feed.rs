//! Which prices this database holds, how a replay's times were moved, and what an administrator set for providers.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper, insert_into,
    upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::schema::{feed, feed_shifts, sources};
use crate::domain::feed::FeedKind;

/// The kind of prices that the database holds from now on: the one that it held before, or else `kind`.
pub async fn claim(
    conn: &mut AsyncPgConnection,
    kind: FeedKind,
    seed: Option<u64>,
) -> QueryResult<(String, Option<u64>)> {
    insert_into(feed::table)
        .values((feed::kind.eq(kind.as_str()), feed::seed.eq(seed.map(u64::cast_signed))))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let (kind, seed): (String, Option<i64>) = feed::table.select((feed::kind, feed::seed)).first(conn).await?;
    Ok((kind, seed.map(i64::cast_unsigned)))
}

/// The kind of prices that the database holds, and the simulator's seed; `None` while it holds none.
pub async fn kind(conn: &mut AsyncPgConnection) -> QueryResult<Option<(String, Option<u64>)>> {
    let row: Option<(String, Option<i64>)> = feed::table
        .select((feed::kind, feed::seed))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(kind, seed)| (kind, seed.map(i64::cast_unsigned))))
}

/// By how much a replay's times are moved: as it was when it first began, or else `shift_ms`.
pub async fn shift(conn: &mut AsyncPgConnection, name: &str, shift_ms: i64) -> QueryResult<i64> {
    insert_into(feed_shifts::table)
        .values((feed_shifts::feed.eq(name), feed_shifts::shift_ms.eq(shift_ms)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    feed_shifts::table
        .find(name)
        .select(feed_shifts::shift_ms)
        .first(conn)
        .await
}

/// What an administrator has set for a provider.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = sources)]
pub struct SourceRow {
    /// Its name.
    pub name: String,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// How often it is asked; `None` for its own default.
    pub poll_seconds: Option<i32>,
    /// Since when.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes.
    pub version: i64,
}

/// Keeps others from setting anything until the transaction ends: a source that was never set has no row to lock.
pub async fn lock_sources(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query("LOCK TABLE market_data.sources IN SHARE ROW EXCLUSIVE MODE")
        .execute(conn)
        .await?;
    Ok(())
}

/// All that was ever set.
pub async fn load_sources(conn: &mut AsyncPgConnection) -> QueryResult<Vec<SourceRow>> {
    sources::table
        .order(sources::name)
        .select(SourceRow::as_select())
        .load(conn)
        .await
}

/// Sets what holds for a provider from now on.
pub async fn save_source(conn: &mut AsyncPgConnection, row: &SourceRow) -> QueryResult<()> {
    insert_into(sources::table)
        .values((
            sources::name.eq(&row.name),
            sources::enabled.eq(row.enabled),
            sources::poll_seconds.eq(row.poll_seconds),
            sources::updated_at.eq(row.updated_at),
            sources::version.eq(row.version),
        ))
        .on_conflict(sources::name)
        .do_update()
        .set((
            sources::enabled.eq(excluded(sources::enabled)),
            sources::poll_seconds.eq(excluded(sources::poll_seconds)),
            sources::updated_at.eq(excluded(sources::updated_at)),
            sources::version.eq(excluded(sources::version)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
