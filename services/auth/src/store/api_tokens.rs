use chrono::{DateTime, Utc};
use contracts::Scope;
use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable,
    SelectableHelper, delete, insert_into, pg::Pg, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use uuid::Uuid;

use super::{
    schema::{api_tokens, users},
    users::UserRow,
};

/// A personal API token.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_tokens, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct ApiTokenRow {
    /// The token's id.
    pub id: Uuid,
    /// Its owner.
    pub user_id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// SHA-256 of its text.
    pub token_hash: Vec<u8>,
    /// Its last characters.
    pub hint: String,
    /// What it may do; read them with [`ApiTokenRow::scopes`].
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
}

impl ApiTokenRow {
    /// What it may do. A scope that this release does not know grants nothing.
    pub fn scopes(&self) -> Vec<Scope> {
        self.scopes.iter().filter_map(|name| name.parse().ok()).collect()
    }
}

/// How many tokens a user has at most.
pub const MOST_TOKENS: i64 = 50;

/// Adds a token.
pub async fn insert(conn: &mut AsyncPgConnection, token: &ApiTokenRow) -> QueryResult<()> {
    insert_into(api_tokens::table)
        .values(token)
        .execute(conn)
        .await
        .map(|_| ())
}

/// How many tokens a user has.
pub async fn count(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<i64> {
    api_tokens::table
        .filter(api_tokens::user_id.eq(user_id))
        .count()
        .get_result(conn)
        .await
}

/// A user's tokens, newest first.
pub async fn of_user(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<Vec<ApiTokenRow>> {
    api_tokens::table
        .filter(api_tokens::user_id.eq(user_id))
        .order(api_tokens::id.desc())
        .limit(MOST_TOKENS)
        .select(ApiTokenRow::as_select())
        .load(conn)
        .await
}

/// A token by its hash, with its owner.
pub async fn find_by_hash(conn: &mut AsyncPgConnection, hash: &[u8]) -> QueryResult<Option<(ApiTokenRow, UserRow)>> {
    api_tokens::table
        .inner_join(users::table.on(users::id.eq(api_tokens::user_id)))
        .filter(api_tokens::token_hash.eq(hash))
        .select((ApiTokenRow::as_select(), UserRow::as_select()))
        .first(conn)
        .await
        .optional()
}

/// Remembers that a token was used.
pub async fn touch(conn: &mut AsyncPgConnection, id: Uuid, now: Timestamp) -> QueryResult<()> {
    let now: DateTime<Utc> = now.into();
    update(api_tokens::table.find(id))
        .set(api_tokens::last_used_at.eq(now))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Removes all tokens of a user; how many there were.
pub async fn remove_all(conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<usize> {
    delete(api_tokens::table.filter(api_tokens::user_id.eq(user_id)))
        .execute(conn)
        .await
}

/// Removes a token of a user; says whether there was one.
pub async fn remove(conn: &mut AsyncPgConnection, user_id: Uuid, id: Uuid) -> QueryResult<bool> {
    let removed = delete(api_tokens::table.find(id).filter(api_tokens::user_id.eq(user_id)))
        .execute(conn)
        .await?;
    Ok(removed > 0)
}
