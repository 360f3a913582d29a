use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, delete, insert_into, update};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;

use super::schema::lockouts;
use crate::domain::lockout::{Admitted, Locked, Lockout, LockoutPolicy};

/// Counts one more try at the doors of `subject`, or says for how long none is admitted. Commits before it returns.
pub async fn admit(
    conn: &mut AsyncPgConnection,
    subject: &[u8],
    now: Timestamp,
    policy: LockoutPolicy,
) -> QueryResult<Result<Admitted, Locked>> {
    conn.transaction(async |conn| {
        let mut lockout = lock(conn, subject, now).await?;
        let verdict = lockout.admit(now, policy);
        if verdict.is_ok() {
            save(conn, subject, &lockout).await?;
        }
        Ok(verdict)
    })
    .await
}

/// Takes back the try of `tried`.
pub async fn take_back(
    conn: &mut AsyncPgConnection,
    subject: &[u8],
    tried: Timestamp,
    policy: LockoutPolicy,
) -> QueryResult<()> {
    conn.transaction(async |conn| {
        let mut lockout = lock(conn, subject, tried).await?;
        lockout.take_back(tried, policy);
        save(conn, subject, &lockout).await
    })
    .await
}

/// Forgets all tries: their owner has proved everything.
pub async fn clear(conn: &mut AsyncPgConnection, subject: &[u8]) -> QueryResult<()> {
    delete(lockouts::table.find(subject)).execute(conn).await.map(|_| ())
}

/// Forgets what no longer counts.
pub async fn prune(conn: &mut AsyncPgConnection, now: Timestamp, policy: LockoutPolicy) -> QueryResult<usize> {
    let before: DateTime<Utc> = now.minus(policy.window + policy.lock).into();
    delete(lockouts::table.filter(lockouts::updated_at.lt(before)))
        .execute(conn)
        .await
}

async fn lock(conn: &mut AsyncPgConnection, subject: &[u8], now: Timestamp) -> QueryResult<Lockout> {
    let now: DateTime<Utc> = now.into();
    let none: Vec<DateTime<Utc>> = Vec::new();
    let (tries, locked_until): (Vec<DateTime<Utc>>, Option<DateTime<Utc>>) = insert_into(lockouts::table)
        .values((
            lockouts::subject.eq(subject),
            lockouts::tries.eq(none),
            lockouts::updated_at.eq(now),
        ))
        .on_conflict(lockouts::subject)
        .do_update()
        .set(lockouts::updated_at.eq(now))
        .returning((lockouts::tries, lockouts::locked_until))
        .get_result(conn)
        .await?;
    Ok(Lockout {
        tries: tries.into_iter().map(Timestamp::from).collect(),
        locked_until: locked_until.map(Timestamp::from),
    })
}

async fn save(conn: &mut AsyncPgConnection, subject: &[u8], lockout: &Lockout) -> QueryResult<()> {
    let tries: Vec<DateTime<Utc>> = lockout.tries.iter().map(|at| (*at).into()).collect();
    update(lockouts::table.find(subject))
        .set((
            lockouts::tries.eq(tries),
            lockouts::locked_until.eq(lockout.locked_until.map(DateTime::<Utc>::from)),
        ))
        .execute(conn)
        .await
        .map(|_| ())
}
