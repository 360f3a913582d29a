//! Messages to users.

use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{NotificationId, UserId};
use serde_json::Value;
use uuid::Uuid;

use super::schema::notifications;

/// A notification.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
pub struct NotificationRow {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// What it is about.
    pub kind: String,
    /// One line.
    pub title: String,
    /// A sentence or two.
    pub message: String,
    /// Ids and evidence.
    pub data: Value,
    /// It stands in the list.
    pub in_app: bool,
    /// The fact that it tells.
    pub event_id: Option<Uuid>,
    /// Runs from the request that caused it.
    pub correlation_id: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When its owner read it.
    pub read_at: Option<DateTime<Utc>>,
}

/// Where a page of the list ends.
pub type Position = (DateTime<Utc>, Uuid);

/// Writes a notification down; `false` if this fact has already made one for this user.
pub async fn insert(conn: &mut AsyncPgConnection, row: &NotificationRow) -> QueryResult<bool> {
    let inserted = diesel::insert_into(notifications::table)
        .values(row)
        .on_conflict((notifications::event_id, notifications::user_id))
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted == 1)
}

/// A user's list, newest first.
pub async fn list(
    conn: &mut AsyncPgConnection,
    user: UserId,
    unread: Option<bool>,
    after: Option<Position>,
    limit: i64,
) -> QueryResult<Vec<NotificationRow>> {
    let mut query = notifications::table
        .filter(notifications::user_id.eq(user.uuid()))
        .filter(notifications::in_app.eq(true))
        .select(NotificationRow::as_select())
        .order((notifications::created_at.desc(), notifications::id.desc()))
        .limit(limit)
        .into_boxed();
    query = match unread {
        Some(true) => query.filter(notifications::read_at.is_null()),
        Some(false) => query.filter(notifications::read_at.is_not_null()),
        None => query,
    };
    if let Some((at, id)) = after {
        query = query.filter(
            notifications::created_at
                .lt(at)
                .or(notifications::created_at.eq(at).and(notifications::id.lt(id))),
        );
    }
    query.load(conn).await
}

/// How many a user has not read.
pub async fn count_unread(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<i64> {
    notifications::table
        .filter(notifications::user_id.eq(user.uuid()))
        .filter(notifications::in_app.eq(true))
        .filter(notifications::read_at.is_null())
        .count()
        .get_result(conn)
        .await
}

/// A user's notification.
pub async fn find(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: NotificationId,
) -> QueryResult<Option<NotificationRow>> {
    notifications::table
        .find(id.uuid())
        .filter(notifications::user_id.eq(user.uuid()))
        .select(NotificationRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Marks one as read; the first time counts. `None` if the user has no such notification.
pub async fn mark_read(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: NotificationId,
    now: DateTime<Utc>,
) -> QueryResult<Option<NotificationRow>> {
    diesel::update(
        notifications::table
            .find(id.uuid())
            .filter(notifications::user_id.eq(user.uuid()))
            .filter(notifications::read_at.is_null()),
    )
    .set(notifications::read_at.eq(now))
    .execute(conn)
    .await?;
    find(conn, user, id).await
}

/// Marks all as read; says how many were not.
pub async fn mark_all_read(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<usize> {
    let unread = notifications::table
        .filter(notifications::user_id.eq(user.uuid()))
        .filter(notifications::in_app.eq(true))
        .filter(notifications::read_at.is_null());
    diesel::update(unread)
        .set(notifications::read_at.eq(now))
        .execute(conn)
        .await
}

/// Deletes one, with what was still to be sent of it. `false` if the user has no such notification.
pub async fn delete(conn: &mut AsyncPgConnection, user: UserId, id: NotificationId) -> QueryResult<bool> {
    let one = notifications::table
        .find(id.uuid())
        .filter(notifications::user_id.eq(user.uuid()));
    Ok(diesel::delete(one).execute(conn).await? == 1)
}

/// The notifications that a digest gathers, newest first.
pub async fn of_digest(conn: &mut AsyncPgConnection, digest: Uuid) -> QueryResult<Vec<NotificationRow>> {
    use super::schema::deliveries;
    let gathered = deliveries::table
        .filter(deliveries::digest_id.eq(digest))
        .select(deliveries::notification_id);
    notifications::table
        .filter(diesel::NullableExpressionMethods::nullable(notifications::id).eq_any(gathered))
        .select(NotificationRow::as_select())
        .order((notifications::created_at.desc(), notifications::id.desc()))
        .limit(20_000)
        .load(conn)
        .await
}

/// Deletes old notifications, a bounded number at a time; says how many went.
pub async fn delete_older(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
    let old: Vec<Uuid> = notifications::table
        .filter(notifications::created_at.lt(before))
        .order(notifications::created_at)
        .limit(1_000)
        .select(notifications::id)
        .load(conn)
        .await?;
    diesel::delete(notifications::table.filter(notifications::id.eq_any(old)))
        .execute(conn)
        .await
}

/// Everything of a user behind an id, for the export.
pub async fn of_user(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: Uuid,
    limit: i64,
) -> QueryResult<Vec<NotificationRow>> {
    notifications::table
        .filter(notifications::user_id.eq(user.uuid()))
        .filter(notifications::id.gt(after))
        .select(NotificationRow::as_select())
        .order(notifications::id)
        .limit(limit)
        .load(conn)
        .await
}

/// How many notifications of a kind a user got since then.
pub async fn count_of_kind(
    conn: &mut AsyncPgConnection,
    user: UserId,
    kind: &str,
    since: DateTime<Utc>,
) -> QueryResult<i64> {
    notifications::table
        .filter(notifications::user_id.eq(user.uuid()))
        .filter(notifications::created_at.gt(since))
        .filter(notifications::kind.eq(kind))
        .count()
        .get_result(conn)
        .await
}

/// How many were made since then.
pub async fn count_since(conn: &mut AsyncPgConnection, since: DateTime<Utc>) -> QueryResult<i64> {
    notifications::table
        .filter(notifications::created_at.gt(since))
        .count()
        .get_result(conn)
        .await
}
