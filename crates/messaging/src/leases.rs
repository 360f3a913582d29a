//! Who may act on what is indivisible: a row with a holder, a term (epoch) and an end, by the database's clock.
//!
//! A queue is never a lock, and a paused process does not know that it was paused. So whoever decides asks
//! [`fence`] in the very transaction that records the decision.

use std::time::Duration;

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::store::leases;

#[derive(diesel::QueryableByName)]
struct EpochRow {
    #[diesel(sql_type = sql_types::BigInt)]
    epoch: i64,
}

/// Takes or extends the lease `name` for `ttl`. `None` while somebody else holds it.
///
/// The epoch rises each time the lease changes hands.
pub async fn acquire(
    conn: &mut AsyncPgConnection,
    name: &str,
    holder: Uuid,
    ttl: Duration,
) -> QueryResult<Option<i64>> {
    // Whoever takes it from another waits for the decisions that were fenced by then; the holder's own do not hold it up.
    let row: Option<EpochRow> = sql_query(
        "WITH rival AS (
             SELECT name FROM leases
             WHERE name = $1 AND holder <> $2 AND expires_at < clock_timestamp()
             FOR UPDATE
         )
         INSERT INTO leases AS held (name, holder, epoch, expires_at)
         SELECT $1, $2, 1, clock_timestamp() + make_interval(secs => $3) FROM (SELECT count(*) FROM rival) AS locked
         ON CONFLICT (name) DO UPDATE SET
             epoch = CASE WHEN held.holder = excluded.holder THEN held.epoch ELSE held.epoch + 1 END,
             holder = excluded.holder,
             expires_at = excluded.expires_at
         WHERE held.holder = excluded.holder
            OR (held.expires_at < clock_timestamp() AND EXISTS (SELECT FROM rival))
         RETURNING epoch",
    )
    .bind::<sql_types::Text, _>(name)
    .bind::<sql_types::Uuid, _>(holder)
    .bind::<sql_types::Double, _>(ttl.as_secs_f64())
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|row| row.epoch))
}

/// Whether `epoch` is still the term of `name`. Until the caller's transaction ends, nobody else can begin a new one;
/// the holder can extend its own.
pub async fn fence(conn: &mut AsyncPgConnection, name: &str, epoch: i64) -> QueryResult<bool> {
    let current: Option<i64> = leases::table
        .find(name)
        .select(leases::epoch)
        .for_key_share()
        .first(conn)
        .await
        .optional()?;
    Ok(current == Some(epoch))
}

/// Gives a lease back, so that another instance can go on at once.
pub async fn release(conn: &mut AsyncPgConnection, name: &str, holder: Uuid) -> QueryResult<()> {
    diesel::update(
        leases::table
            .filter(leases::name.eq(name))
            .filter(leases::holder.eq(holder)),
    )
    .set(leases::expires_at.eq(chrono::DateTime::UNIX_EPOCH))
    .execute(conn)
    .await?;
    Ok(())
}
