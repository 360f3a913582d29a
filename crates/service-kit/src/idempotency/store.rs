use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, insert_into,
    sql_query,
    sql_types::{BigInt, Bool},
    upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{KEPT_FOR, Scope};

diesel::table! {
    idempotency_keys (user_id, route, key) {
        user_id -> Uuid,
        route -> Text,
        key -> Text,
        body_hash -> Bytea,
        status -> SmallInt,
        answer -> Text,
        created_at -> Timestamptz,
    }
}

/// An answer that was given.
pub(super) struct Stored {
    pub(super) body_hash: Vec<u8>,
    pub(super) status: u16,
    pub(super) answer: String,
}

#[derive(diesel::QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    is_locked: bool,
}

/// Takes the lock of a request until the end of the transaction; `false` if another transaction has it.
pub(super) async fn try_lock(conn: &mut AsyncPgConnection, service: &str, scope: &Scope) -> QueryResult<bool> {
    let name = format!("{service}\n{}\n{}\n{}", scope.user, scope.route, scope.key);
    let hash = digest(&SHA256, name.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_ref()[..8]);
    let row: Locked = sql_query("SELECT pg_try_advisory_xact_lock($1) AS is_locked")
        .bind::<BigInt, _>(i64::from_be_bytes(first))
        .get_result(conn)
        .await?;
    Ok(row.is_locked)
}

/// The answer given to this request after `oldest`.
pub(super) async fn find(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    oldest: Timestamp,
) -> QueryResult<Option<Stored>> {
    use idempotency_keys::dsl;
    let row: Option<(Vec<u8>, i16, String)> = dsl::idempotency_keys
        .find((scope.user, &scope.route, &scope.key))
        .filter(dsl::created_at.gt(DateTime::<Utc>::from(oldest)))
        .select((dsl::body_hash, dsl::status, dsl::answer))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(body_hash, status, answer)| Stored {
        body_hash,
        status: status.unsigned_abs(),
        answer,
    }))
}

/// Stores an answer; one that is too old to count makes room.
pub(super) async fn insert(
    conn: &mut AsyncPgConnection,
    scope: &Scope,
    stored: &Stored,
    now: Timestamp,
) -> QueryResult<()> {
    use idempotency_keys::dsl;
    insert_into(dsl::idempotency_keys)
        .values((
            dsl::user_id.eq(scope.user),
            dsl::route.eq(&scope.route),
            dsl::key.eq(&scope.key),
            dsl::body_hash.eq(&stored.body_hash),
            dsl::status.eq(i16::try_from(stored.status).unwrap_or(200)),
            dsl::answer.eq(&stored.answer),
            dsl::created_at.eq(DateTime::<Utc>::from(now)),
        ))
        .on_conflict((dsl::user_id, dsl::route, dsl::key))
        .do_update()
        .set((
            dsl::body_hash.eq(excluded(dsl::body_hash)),
            dsl::status.eq(excluded(dsl::status)),
            dsl::answer.eq(excluded(dsl::answer)),
            dsl::created_at.eq(excluded(dsl::created_at)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// An answer that is kept for a user.
#[derive(Debug, Queryable, Serialize)]
pub(super) struct KeptAnswer {
    route: String,
    key: String,
    status: i16,
    answer: String,
    #[serde(serialize_with = "as_timestamp")]
    created_at: DateTime<Utc>,
}

fn as_timestamp<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    Timestamp::from(*at).serialize(serializer)
}

impl KeptAnswer {
    /// Its place among the answers of its user.
    pub(super) fn place(&self) -> (String, String) {
        (self.route.clone(), self.key.clone())
    }
}

/// A page of the answers that are kept for a user, behind a place.
pub(super) async fn of_user(
    conn: &mut AsyncPgConnection,
    user: Uuid,
    (route, key): &(String, String),
    limit: i64,
) -> QueryResult<Vec<KeptAnswer>> {
    use idempotency_keys::dsl;
    dsl::idempotency_keys
        .filter(dsl::user_id.eq(user))
        .filter(dsl::route.gt(route).or(dsl::route.eq(route).and(dsl::key.gt(key))))
        .order((dsl::route, dsl::key))
        .limit(limit)
        .select((dsl::route, dsl::key, dsl::status, dsl::answer, dsl::created_at))
        .load(conn)
        .await
}

/// Deletes answers older than a day; how many there were.
pub async fn forget_old(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<usize> {
    use idempotency_keys::dsl;
    let oldest = DateTime::<Utc>::from(now.minus(KEPT_FOR));
    diesel::delete(dsl::idempotency_keys.filter(dsl::created_at.le(oldest)))
        .execute(conn)
        .await
}

/// Deletes the answers given to a user, whose account is being deleted.
pub async fn forget_user(conn: &mut AsyncPgConnection, user: domain::UserId) -> QueryResult<usize> {
    use idempotency_keys::dsl;
    diesel::delete(dsl::idempotency_keys.filter(dsl::user_id.eq(user.uuid())))
        .execute(conn)
        .await
}
