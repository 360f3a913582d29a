use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    delete, insert_into, pg::Pg, update, upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use uuid::Uuid;

use super::schema::{authenticators, recovery_codes};

/// A user's second factor.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = authenticators, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct AuthenticatorRow {
    /// The user.
    pub user_id: Uuid,
    /// The sealed secret.
    pub secret: Vec<u8>,
    /// When enrolment began.
    pub created_at: DateTime<Utc>,
    /// When a code proved it; none while enrolment is under way.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The newest step whose code was used.
    pub last_step: Option<i64>,
    /// Wrong codes during enrolment.
    pub tries: i32,
}

/// A user's second factor, confirmed or not, locked.
pub async fn lock(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<Option<AuthenticatorRow>> {
    authenticators::table
        .find(user_id)
        .select(AuthenticatorRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Whether a user has a second factor.
pub async fn is_enabled(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<bool> {
    let confirmed = authenticators::table
        .find(user_id)
        .filter(authenticators::confirmed_at.is_not_null());
    diesel::select(diesel::dsl::exists(confirmed)).get_result(conn).await
}

/// Begins an enrolment, in place of one that was not finished.
pub async fn begin(conn: &mut AsyncPgConnection, user_id: Uuid, secret: &[u8], now: Timestamp) -> QueryResult<()> {
    let row = AuthenticatorRow {
        user_id,
        secret: secret.to_vec(),
        created_at: now.into(),
        confirmed_at: None,
        last_step: None,
        tries: 0,
    };
    insert_into(authenticators::table)
        .values(&row)
        .on_conflict(authenticators::user_id)
        .do_update()
        .set((
            authenticators::secret.eq(excluded(authenticators::secret)),
            authenticators::created_at.eq(excluded(authenticators::created_at)),
            authenticators::tries.eq(0),
        ))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Counts a wrong code during enrolment.
pub async fn count_try(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    update(authenticators::table.find(user_id))
        .set(authenticators::tries.eq(authenticators::tries + 1))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Ends an enrolment well.
pub async fn confirm(conn: &mut AsyncPgConnection, user_id: Uuid, step: i64, now: Timestamp) -> QueryResult<()> {
    let now: DateTime<Utc> = now.into();
    update(authenticators::table.find(user_id))
        .set((authenticators::confirmed_at.eq(now), authenticators::last_step.eq(step)))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Remembers that the code of `step` was used.
pub async fn use_step(conn: &mut AsyncPgConnection, user_id: Uuid, step: i64) -> QueryResult<()> {
    update(authenticators::table.find(user_id))
        .set(authenticators::last_step.eq(step))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Removes a second factor with its recovery codes.
pub async fn remove(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)))
        .execute(conn)
        .await?;
    delete(authenticators::table.find(user_id))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Puts fresh recovery codes in the place of the old ones.
pub async fn replace_codes(conn: &mut AsyncPgConnection, user_id: Uuid, hashes: &[[u8; 32]]) -> QueryResult<()> {
    delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id)))
        .execute(conn)
        .await?;
    let rows: Vec<_> = hashes
        .iter()
        .map(|hash| {
            (
                recovery_codes::user_id.eq(user_id),
                recovery_codes::code_hash.eq(hash.as_slice()),
            )
        })
        .collect();
    insert_into(recovery_codes::table)
        .values(rows)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Takes a recovery code out; says whether it was there.
pub async fn spend_code(conn: &mut AsyncPgConnection, user_id: Uuid, hash: &[u8]) -> QueryResult<bool> {
    let spent = delete(recovery_codes::table.find((user_id, hash)))
        .execute(conn)
        .await?;
    Ok(spent == 1)
}
