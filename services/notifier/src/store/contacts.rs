//! The copy of auth's users.

use chrono::{DateTime, Utc};
use contracts::{Role, events::UserFacts};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper, query_dsl::methods::FilterDsl,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use uuid::Uuid;

use super::schema::{contacts, deliveries, notifications, preferences};
use crate::domain::{Locale, Recipient};

/// A user, or what is left of one.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = contacts, primary_key(user_id), treat_none_as_default_value = false)]
pub struct ContactRow {
    /// The user.
    pub user_id: Uuid,
    /// Where mail goes.
    pub email: String,
    /// Whether its owner has proved to read it.
    pub email_verified: bool,
    /// How to address the person.
    pub name: String,
    /// The language.
    pub locale: String,
    /// What the account may do.
    pub role: String,
    /// May sign in.
    pub is_active: bool,
    /// Counts the changes of the account.
    pub version: i64,
    /// When the account went away; nothing personal is left then.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl ContactRow {
    /// Whether the user is gone.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// What planning needs to know.
    pub fn recipient(&self) -> Recipient {
        Recipient {
            email_verified: self.email_verified,
            is_active: self.is_active,
        }
    }

    /// The language.
    pub fn locale(&self) -> Locale {
        Locale::from_tag(&self.locale)
    }
}

/// What is known of a user.
pub async fn find(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<ContactRow>> {
    contacts::table
        .find(user.uuid())
        .select(ContactRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// What is known of a user, who can't be forgotten until the transaction ends: what it writes down of the user is seen by
/// whoever forgets.
pub async fn hold(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<ContactRow>> {
    contacts::table
        .find(user.uuid())
        .select(ContactRow::as_select())
        .for_key_share()
        .first(conn)
        .await
        .optional()
}

/// Takes news of a user over, unless newer ones are known. Says whether they were taken.
pub async fn upsert(conn: &mut AsyncPgConnection, facts: &UserFacts) -> QueryResult<bool> {
    let row = ContactRow {
        user_id: facts.user_id.uuid(),
        email: facts.email.clone(),
        email_verified: facts.email_verified,
        name: facts.name.clone(),
        locale: facts.locale.clone(),
        role: facts.role.as_str().to_owned(),
        is_active: facts.is_active,
        version: i64::try_from(facts.version).unwrap_or(i64::MAX),
        deleted_at: None,
    };
    let update = diesel::insert_into(contacts::table)
        .values(&row)
        .on_conflict(contacts::user_id)
        .do_update()
        .set((
            contacts::email.eq(&row.email),
            contacts::email_verified.eq(row.email_verified),
            contacts::name.eq(&row.name),
            contacts::locale.eq(&row.locale),
            contacts::role.eq(&row.role),
            contacts::is_active.eq(row.is_active),
            contacts::version.eq(row.version),
        ));
    let changed = FilterDsl::filter(
        FilterDsl::filter(update, contacts::version.lt(row.version)),
        contacts::deleted_at.is_null(),
    )
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Shuts or opens an account, unless newer news are known.
pub async fn set_active(conn: &mut AsyncPgConnection, user: UserId, is_active: bool, version: u64) -> QueryResult<()> {
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    let known = QueryDsl::filter(contacts::table.find(user.uuid()), contacts::version.lt(version));
    diesel::update(QueryDsl::filter(known, contacts::deleted_at.is_null()))
        .set((contacts::is_active.eq(is_active), contacts::version.eq(version)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a user: everything goes but the id, which keeps late facts from bringing anything back.
pub async fn forget(conn: &mut AsyncPgConnection, user: UserId, now: DateTime<Utc>) -> QueryResult<()> {
    let id = user.uuid();
    let gone = ContactRow {
        user_id: id,
        email: String::new(),
        email_verified: false,
        name: String::new(),
        locale: String::new(),
        role: Role::User.as_str().to_owned(),
        is_active: false,
        version: i64::MAX,
        deleted_at: Some(now),
    };
    // Whoever holds the contact has to end first, and whoever wants it finds it gone.
    let _locked: Option<Uuid> = contacts::table
        .find(id)
        .select(contacts::user_id)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    diesel::insert_into(contacts::table)
        .values(&gone)
        .on_conflict(contacts::user_id)
        .do_update()
        .set(&gone)
        .execute(conn)
        .await?;
    diesel::delete(QueryDsl::filter(deliveries::table, deliveries::user_id.eq(id)))
        .execute(conn)
        .await?;
    diesel::delete(QueryDsl::filter(notifications::table, notifications::user_id.eq(id)))
        .execute(conn)
        .await?;
    diesel::delete(preferences::table.find(id)).execute(conn).await?;
    Ok(())
}

/// Everybody who runs the platform.
pub async fn active_admins(conn: &mut AsyncPgConnection) -> QueryResult<Vec<UserId>> {
    let admins = QueryDsl::filter(contacts::table, contacts::role.eq(Role::Admin.as_str()));
    let ids: Vec<Uuid> = QueryDsl::filter(admins, contacts::is_active.eq(true))
        .order(contacts::user_id)
        .limit(1_000)
        .select(contacts::user_id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(UserId::from).collect())
}
