use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper, insert_into, pg::Pg, sql_query, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;

use super::schema::signing_keys;
use crate::domain::access_token::SealedKey;

/// A signing key.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct SigningKeyRow {
    /// Its name in token headers.
    pub id: String,
    /// 32 bytes.
    pub public_key: Vec<u8>,
    /// Sealed.
    pub private_key: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it signs.
    pub signs_from: DateTime<Utc>,
    /// Until when its tokens count.
    pub trusted_until: Option<DateTime<Utc>>,
}

impl SigningKeyRow {
    /// A row for a fresh key.
    pub fn new(key: SealedKey, now: Timestamp, signs_from: Timestamp) -> Self {
        Self {
            id: key.id,
            public_key: key.public_key,
            private_key: key.private_key,
            created_at: now.into(),
            signs_from: signs_from.into(),
            trusted_until: None,
        }
    }

    /// The key in it.
    pub fn sealed(self) -> SealedKey {
        SealedKey {
            id: self.id,
            public_key: self.public_key,
            private_key: self.private_key,
        }
    }
}

/// Keys whose tokens count at `now`, the youngest first.
pub async fn trusted(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<Vec<SigningKeyRow>> {
    let now: DateTime<Utc> = now.into();
    signing_keys::table
        .filter(
            signing_keys::trusted_until
                .is_null()
                .or(signing_keys::trusted_until.gt(now)),
        )
        .order((signing_keys::signs_from.desc(), signing_keys::id))
        .limit(50)
        .select(SigningKeyRow::as_select())
        .load(conn)
        .await
}

/// Whoever makes or replaces keys does it alone until the transaction ends.
pub async fn lock_all(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    sql_query("LOCK TABLE auth.signing_keys IN SHARE ROW EXCLUSIVE MODE")
        .execute(conn)
        .await
        .map(|_| ())
}

/// Adds a key.
pub async fn insert(conn: &mut AsyncPgConnection, key: &SigningKeyRow) -> QueryResult<()> {
    insert_into(signing_keys::table)
        .values(key)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Sets an end to every key that would be trusted for longer than `until`.
pub async fn trust_until(conn: &mut AsyncPgConnection, until: Timestamp) -> QueryResult<()> {
    let until: DateTime<Utc> = until.into();
    update(
        signing_keys::table.filter(
            signing_keys::trusted_until
                .is_null()
                .or(signing_keys::trusted_until.gt(until)),
        ),
    )
    .set(signing_keys::trusted_until.eq(until))
    .execute(conn)
    .await
    .map(|_| ())
}

/// Removes keys that nobody trusts any more.
pub async fn prune(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<usize> {
    let now: DateTime<Utc> = now.into();
    diesel::delete(signing_keys::table.filter(signing_keys::trusted_until.le(now)))
        .execute(conn)
        .await
}
