//! Named, ordered lists of assets.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, insert_into, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use uuid::Uuid;

use super::schema::watchlists;

/// A list's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = watchlists, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct WatchlistRow {
    /// The list.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// Its name, unique for its owner.
    pub name: String,
    /// Its assets in order.
    pub assets: Vec<String>,
    /// Counts its changes.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed.
    pub updated_at: DateTime<Utc>,
}

/// The name of the constraint that keeps names apart.
pub const NAME_TAKEN: &str = "watchlists_user_id_name_key";

/// All lists of a user, oldest first.
pub async fn of_user(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<WatchlistRow>> {
    watchlists::table
        .filter(watchlists::user_id.eq(user.uuid()))
        .order((watchlists::created_at, watchlists::id))
        .select(WatchlistRow::as_select())
        .load(conn)
        .await
}

/// How many lists a user has.
pub async fn count(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    watchlists::table
        .filter(watchlists::user_id.eq(user.uuid()))
        .count()
        .get_result(conn)
        .await
}

/// One list of a user.
pub async fn find(conn: &mut AsyncPgConnection, user: UserId, id: Uuid) -> QueryResult<Option<WatchlistRow>> {
    watchlists::table
        .find(id)
        .filter(watchlists::user_id.eq(user.uuid()))
        .select(WatchlistRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Adds a list.
pub async fn insert(conn: &mut AsyncPgConnection, row: &WatchlistRow) -> QueryResult<()> {
    insert_into(watchlists::table).values(row).execute(conn).await?;
    Ok(())
}

/// Replaces name and assets if the list still has the version before `row.version`. Says whether it had.
pub async fn replace(conn: &mut AsyncPgConnection, row: &WatchlistRow) -> QueryResult<bool> {
    let changed = diesel::update(
        watchlists::table
            .find(row.id)
            .filter(watchlists::version.eq(row.version - 1)),
    )
    .set((
        watchlists::name.eq(&row.name),
        watchlists::assets.eq(&row.assets),
        watchlists::version.eq(row.version),
        watchlists::updated_at.eq(row.updated_at),
    ))
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

/// Deletes a list. Says whether there was one.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: Uuid) -> QueryResult<bool> {
    let gone = diesel::delete(watchlists::table.find(id).filter(watchlists::user_id.eq(user.uuid())))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// Deletes all lists of a user.
pub async fn delete_all(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(watchlists::table.filter(watchlists::user_id.eq(user.uuid())))
        .execute(conn)
        .await?;
    Ok(())
}
