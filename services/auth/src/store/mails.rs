use chrono::{DateTime, Utc};
use contracts::events::MailKind;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    delete, insert_into, pg::Pg, update,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use uuid::Uuid;

use super::schema::mails;
use crate::domain::mail_token::MailState;

/// A mail that was asked for.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = mails, check_for_backend(Pg), treat_none_as_default_value = false)]
pub struct MailRow {
    /// The mail.
    pub id: Uuid,
    /// Whose account it is about.
    pub user_id: Uuid,
    /// Which mail; read it with [`MailRow::kind`].
    pub kind: String,
    /// To which address.
    pub address: String,
    /// SHA-256 of its token.
    pub token_hash: Option<Vec<u8>>,
    /// The account's count of credential changes.
    pub credential_epoch: i64,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When its token ends.
    pub expires_at: DateTime<Utc>,
    /// When its token was used.
    pub used_at: Option<DateTime<Utc>>,
}

impl MailRow {
    /// What the rules of one-time tokens look at; `None` for a kind that this release does not know.
    pub fn state(&self) -> Option<MailState> {
        Some(MailState {
            kind: kind_from(&self.kind)?,
            token_hash: self.token_hash.clone(),
            credential_epoch: self.credential_epoch,
            expires_at: self.expires_at.into(),
            is_used: self.used_at.is_some(),
        })
    }
}

const KINDS: [(MailKind, &str); 4] = [
    (MailKind::Verify, "verify"),
    (MailKind::AlreadyRegistered, "already_registered"),
    (MailKind::Reset, "reset"),
    (MailKind::VerifyNewEmail, "verify_new_email"),
];

/// The stored name of a kind.
pub fn kind_name(kind: MailKind) -> &'static str {
    KINDS
        .iter()
        .find(|(known, _)| *known == kind)
        .map_or("", |(_, name)| name)
}

fn kind_from(name: &str) -> Option<MailKind> {
    KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
}

/// Adds a mail.
pub async fn insert(conn: &mut AsyncPgConnection, mail: &MailRow) -> QueryResult<()> {
    insert_into(mails::table).values(mail).execute(conn).await.map(|_| ())
}

/// A mail by its id.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<MailRow>> {
    mails::table
        .find(id)
        .select(MailRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// How many mails of a kind were asked for since `since`.
pub async fn count_since(
    conn: &mut AsyncPgConnection,
    user_id: Uuid,
    kind: MailKind,
    since: Timestamp,
) -> QueryResult<i64> {
    let since: DateTime<Utc> = since.into();
    mails::table
        .filter(mails::user_id.eq(user_id))
        .filter(mails::kind.eq(kind_name(kind)))
        .filter(mails::created_at.gt(since))
        .count()
        .get_result(conn)
        .await
}

/// Marks a mail's token as used.
pub async fn mark_used(conn: &mut AsyncPgConnection, id: Uuid, now: Timestamp) -> QueryResult<()> {
    let now: DateTime<Utc> = now.into();
    update(mails::table.find(id))
        .set(mails::used_at.eq(now))
        .execute(conn)
        .await
        .map(|_| ())
}

/// Removes mails whose token ended before `before`.
pub async fn prune(conn: &mut AsyncPgConnection, before: Timestamp) -> QueryResult<usize> {
    let before: DateTime<Utc> = before.into();
    delete(mails::table.filter(mails::expires_at.lt(before)))
        .execute(conn)
        .await
}
