use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper, delete, insert_into,
    pg::Pg, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use uuid::Uuid;

use super::schema::{revocation_head, revocations};

/// One session, or all of a user, that counts no more.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revocations, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct RevocationRow {
    /// Its number.
    pub seq: i64,
    /// The session; none for all of the user.
    pub session_id: Option<Uuid>,
    /// Whose it was.
    pub user_id: Uuid,
    /// Until when it matters.
    pub until: DateTime<Utc>,
}

/// Notes that sessions (or all, `None`) of a user count no more.
///
/// Numbers are given under the head's lock, which is held until the transaction ends: they appear in their order.
pub async fn add(
    conn: &mut AsyncPgConnection,
    user_id: Uuid,
    ended: &[Option<Uuid>],
    until: Timestamp,
) -> QueryResult<()> {
    let Ok(count) = i64::try_from(ended.len()) else {
        return Ok(());
    };
    if count == 0 {
        return Ok(());
    }
    let last: i64 = update(revocation_head::table)
        .set(revocation_head::seq.eq(revocation_head::seq + count))
        .returning(revocation_head::seq)
        .get_result(conn)
        .await?;
    let rows: Vec<RevocationRow> = (last - count + 1..)
        .zip(ended)
        .map(|(seq, session_id)| RevocationRow {
            seq,
            session_id: *session_id,
            user_id,
            until: until.into(),
        })
        .collect();
    insert_into(revocations::table)
        .values(rows)
        .execute(conn)
        .await
        .map(|_| ())
}

/// What was noted behind `cursor` and still matters, oldest first.
pub async fn since(
    conn: &mut AsyncPgConnection,
    cursor: i64,
    now: Timestamp,
    limit: i64,
) -> QueryResult<Vec<RevocationRow>> {
    let now: DateTime<Utc> = now.into();
    revocations::table
        .filter(revocations::seq.gt(cursor))
        .filter(revocations::until.gt(now))
        .order(revocations::seq)
        .limit(limit)
        .select(RevocationRow::as_select())
        .load(conn)
        .await
}

/// The newest number.
pub async fn head(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    revocation_head::table.select(revocation_head::seq).first(conn).await
}

/// Removes what no longer matters.
pub async fn prune(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<usize> {
    let now: DateTime<Utc> = now.into();
    delete(revocations::table.filter(revocations::until.le(now)))
        .execute(conn)
        .await
}
