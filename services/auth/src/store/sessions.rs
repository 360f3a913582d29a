use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    delete, insert_into, pg::Pg, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use uuid::Uuid;

use super::schema::sessions;
use crate::domain::refresh::RefreshChain;

/// A sign-in.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct SessionRow {
    /// The session.
    pub id: Uuid,
    /// Who signed in.
    pub user_id: Uuid,
    /// The place of the newest refresh token.
    pub generation: i32,
    /// Random bytes of this session's chain.
    pub salt: Vec<u8>,
    /// When the newest refresh token was made.
    pub rotated_at: DateTime<Utc>,
    /// When the password was given.
    pub created_at: DateTime<Utc>,
    /// When a token was last made.
    pub last_used_at: DateTime<Utc>,
    /// When it ends if it is not used.
    pub expires_at: DateTime<Utc>,
    /// Where the request came from that last made a token.
    pub address: String,
    /// With which program.
    pub user_agent: String,
}

impl SessionRow {
    /// What the rules of rotation look at.
    pub fn chain(&self) -> RefreshChain {
        RefreshChain {
            session_id: self.id.into(),
            generation: self.generation.unsigned_abs(),
            rotated_at: self.rotated_at.into(),
            salt: self.salt.clone(),
        }
    }
}

/// Adds a session.
pub async fn insert(conn: &mut AsyncPgConnection, session: &SessionRow) -> QueryResult<()> {
    insert_into(sessions::table)
        .values(session)
        .execute(conn)
        .await
        .map(|_| ())
}

/// A session that has not ended.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid, now: Timestamp) -> QueryResult<Option<SessionRow>> {
    let now: DateTime<Utc> = now.into();
    sessions::table
        .find(id)
        .filter(sessions::expires_at.gt(now))
        .select(SessionRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// As [`find`], and nobody else changes it until the transaction ends.
pub async fn lock(conn: &mut AsyncPgConnection, id: Uuid, now: Timestamp) -> QueryResult<Option<SessionRow>> {
    let now: DateTime<Utc> = now.into();
    sessions::table
        .find(id)
        .filter(sessions::expires_at.gt(now))
        .select(SessionRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Stores a session whose chain went on.
pub async fn save_rotation(conn: &mut AsyncPgConnection, session: &SessionRow) -> QueryResult<()> {
    update(sessions::table.find(session.id))
        .set((
            sessions::generation.eq(session.generation),
            sessions::rotated_at.eq(session.rotated_at),
            sessions::last_used_at.eq(session.last_used_at),
            sessions::expires_at.eq(session.expires_at),
            sessions::address.eq(&session.address),
            sessions::user_agent.eq(&session.user_agent),
        ))
        .execute(conn)
        .await
        .map(|_| ())
}

/// A user's sessions, the last used first.
pub async fn of_user(conn: &mut AsyncPgConnection, user_id: Uuid, now: Timestamp) -> QueryResult<Vec<SessionRow>> {
    let now: DateTime<Utc> = now.into();
    sessions::table
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .limit(MOST_SESSIONS + 1)
        .select(SessionRow::as_select())
        .load(conn)
        .await
}

/// How many sessions a user has at most; one more ends the one that was not used for the longest.
pub const MOST_SESSIONS: i64 = 50;

/// The sessions that are too many.
pub async fn surplus(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<Vec<Uuid>> {
    sessions::table
        .filter(sessions::user_id.eq(user_id))
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .offset(MOST_SESSIONS)
        .select(sessions::id)
        .load(conn)
        .await
}

/// Removes one session of a user; says whether there was one.
pub async fn remove(conn: &mut AsyncPgConnection, user_id: Uuid, id: Uuid) -> QueryResult<bool> {
    let removed = delete(sessions::table.find(id).filter(sessions::user_id.eq(user_id)))
        .execute(conn)
        .await?;
    Ok(removed > 0)
}

/// Removes all sessions of a user except `kept`, and names them.
pub async fn remove_all(conn: &mut AsyncPgConnection, user_id: Uuid, kept: Option<Uuid>) -> QueryResult<Vec<Uuid>> {
    let kept = kept.unwrap_or(Uuid::nil());
    delete(
        sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::id.ne(kept)),
    )
    .returning(sessions::id)
    .get_results(conn)
    .await
}

/// Removes sessions that ended by themselves.
pub async fn prune(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<usize> {
    let now: DateTime<Utc> = now.into();
    delete(sessions::table.filter(sessions::expires_at.le(now)))
        .execute(conn)
        .await
}
