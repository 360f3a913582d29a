use chrono::{DateTime, Utc};
use contracts::{Role, events::UserFacts};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable,
    Selectable, SelectableHelper, insert_into, pg::Pg, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use uuid::Uuid;

use super::schema::users;

/// An account.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(Pg))]
pub struct UserRow {
    /// The user.
    pub id: Uuid,
    /// The address by which the account is found.
    pub email: String,
    /// When its owner proved to read it.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The address that is to take its place once proved.
    pub pending_email: Option<String>,
    /// How to address the person.
    pub name: String,
    /// The telephone number.
    pub phone: Option<String>,
    /// The country's two letters.
    pub country: Option<String>,
    /// The language of mails.
    pub locale: String,
    /// `user` or `admin`; read it with [`UserRow::role`].
    pub role: String,
    /// May sign in.
    pub is_active: bool,
    /// Why not.
    pub disabled_reason: Option<String>,
    /// The stored password hash.
    pub password_hash: String,
    /// Counts changes of credentials.
    pub credential_epoch: i64,
    /// Counts all changes.
    pub version: i64,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

impl UserRow {
    /// What the account may do. The table's check admits no other names; less is the safe reading of one.
    pub fn role(&self) -> Role {
        self.role.parse().unwrap_or(Role::User)
    }

    /// What other services know of the account.
    pub fn facts(&self) -> UserFacts {
        UserFacts {
            user_id: self.id.into(),
            email: self.email.clone(),
            email_verified: self.email_verified_at.is_some(),
            name: self.name.clone(),
            locale: self.locale.clone(),
            role: self.role(),
            is_active: self.is_active,
            version: self.version.unsigned_abs(),
            created_at: self.created_at.into(),
        }
    }
}

/// A new account.
#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct NewUserRow<'a> {
    /// The user.
    pub id: Uuid,
    /// The address.
    pub email: &'a str,
    /// Proved already, for those made on the command line.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// How to address the person.
    pub name: &'a str,
    /// The language of mails.
    pub locale: &'a str,
    /// `user` or `admin`.
    pub role: &'a str,
    /// The password hash.
    pub password_hash: &'a str,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// Adds an account; `None` where the address is taken.
pub async fn insert(conn: &mut AsyncPgConnection, new: &NewUserRow<'_>) -> QueryResult<Option<UserRow>> {
    insert_into(users::table)
        .values(new)
        .on_conflict(users::email)
        .do_nothing()
        .returning(UserRow::as_returning())
        .get_result(conn)
        .await
        .optional()
}

/// An account by its id.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<UserRow>> {
    users::table
        .find(id)
        .select(UserRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// An account by its address.
pub async fn find_by_email(conn: &mut AsyncPgConnection, email: &str) -> QueryResult<Option<UserRow>> {
    users::table
        .filter(users::email.eq(email))
        .select(UserRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// An account by its id, which nobody else changes until the transaction ends.
pub async fn lock(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<UserRow>> {
    users::table
        .find(id)
        .select(UserRow::as_select())
        .for_update()
        .first(conn)
        .await
        .optional()
}

/// Every administrator who may sign in, locked in the order of ids: acts on administrators happen one after the other.
pub async fn lock_active_admins(conn: &mut AsyncPgConnection) -> QueryResult<Vec<Uuid>> {
    users::table
        .filter(users::role.eq(Role::Admin.as_str()).and(users::is_active))
        .order(users::id)
        .select(users::id)
        .for_update()
        .load(conn)
        .await
}

/// Stores what was changed in a locked account, under its next version.
pub async fn save(conn: &mut AsyncPgConnection, user: &mut UserRow) -> QueryResult<()> {
    user.version += 1;
    update(users::table.find(user.id))
        .set((
            users::email.eq(&user.email),
            users::email_verified_at.eq(user.email_verified_at),
            users::pending_email.eq(&user.pending_email),
            users::name.eq(&user.name),
            users::phone.eq(&user.phone),
            users::country.eq(&user.country),
            users::locale.eq(&user.locale),
            users::role.eq(&user.role),
            users::is_active.eq(user.is_active),
            users::disabled_reason.eq(&user.disabled_reason),
            users::password_hash.eq(&user.password_hash),
            users::credential_epoch.eq(user.credential_epoch),
            users::version.eq(user.version),
        ))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Remembers that somebody was there.
pub async fn touch(conn: &mut AsyncPgConnection, id: Uuid, now: Timestamp) -> QueryResult<()> {
    let now: DateTime<Utc> = now.into();
    update(users::table.find(id))
        .set(users::last_seen_at.eq(now))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Puts a stronger hash of the same password in the place of `weaker`.
pub async fn strengthen_hash(conn: &mut AsyncPgConnection, id: Uuid, weaker: &str, stronger: &str) -> QueryResult<()> {
    update(users::table.find(id).filter(users::password_hash.eq(weaker)))
        .set(users::password_hash.eq(stronger))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Removes an account and all that hangs on it.
pub async fn delete(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::delete(users::table.find(id)).execute(conn).await.map(|_| ())
}

/// Accounts behind `after`, in the order of their ids.
pub async fn page(conn: &mut AsyncPgConnection, after: Option<Uuid>, limit: i64) -> QueryResult<Vec<UserRow>> {
    let rows = users::table.select(UserRow::as_select()).order(users::id).limit(limit);
    match after {
        Some(after) => rows.filter(users::id.gt(after)).load(conn).await,
        None => rows.load(conn).await,
    }
}
