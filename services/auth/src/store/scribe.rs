use std::time::Duration;

use contracts::{
    Event,
    events::{MailKind, SessionRevoked, UserMailRequested, UserWarned, Warning},
};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use domain::Timestamp;
use messaging::Outbox;
use uuid::Uuid;

use super::{
    audit::{self, NewEntry},
    mails::{self, MailRow},
    revocations, sessions,
    users::UserRow,
};
use crate::domain::{
    Keyring,
    audit::AuditAction,
    mail_token::{self, MailToken},
};

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The client's address.
    pub address: String,
    /// The client's program.
    pub user_agent: String,
}

/// Writes down what every change leaves behind, in the transaction of the change: facts for other services, mails,
/// revocations, and a line in the audit log.
pub struct Scribe<'a> {
    /// Where facts go.
    pub outbox: &'a Outbox,
    /// Makes mail tokens.
    pub keyring: &'a Keyring,
    /// The moment of the change.
    pub now: Timestamp,
    /// The request that makes it.
    pub request_id: Uuid,
    /// Where that came from.
    pub origin: &'a Origin,
    /// For how long an access token lives.
    pub access_lifetime: Duration,
}

/// So many mails of one kind are sent to one account while the token of the first one lives.
const MAILS_AT_ONCE: i64 = 5;

impl Scribe<'_> {
    /// Tells other services a fact.
    pub async fn tell<E: Event>(&self, conn: &mut AsyncPgConnection, fact: &E) -> QueryResult<()> {
        self.outbox.add(conn, fact, self.now, self.request_id).await
    }

    /// Warns the owner of an account.
    pub async fn warn(&self, conn: &mut AsyncPgConnection, user_id: Uuid, warning: Warning) -> QueryResult<()> {
        self.tell(
            conn,
            &UserWarned {
                user_id: user_id.into(),
                warning,
                to: None,
            },
        )
        .await
    }

    /// Warns the owner of an account at an address that is no longer, or not yet, the account's.
    pub async fn warn_at(
        &self,
        conn: &mut AsyncPgConnection,
        user_id: Uuid,
        warning: Warning,
        to: String,
    ) -> QueryResult<()> {
        self.tell(
            conn,
            &UserWarned {
                user_id: user_id.into(),
                warning,
                to: Some(to),
            },
        )
        .await
    }

    /// Writes a line about what somebody did to their own account.
    pub async fn audit(
        &self,
        conn: &mut AsyncPgConnection,
        action: AuditAction,
        user_id: Uuid,
        detail: &str,
    ) -> QueryResult<()> {
        self.audit_act(conn, action, Some(user_id), Some(user_id), detail).await
    }

    /// Writes a line about what `actor` did to `target`.
    pub async fn audit_act(
        &self,
        conn: &mut AsyncPgConnection,
        action: AuditAction,
        actor: Option<Uuid>,
        target: Option<Uuid>,
        detail: &str,
    ) -> QueryResult<()> {
        let entry = NewEntry {
            at: self.now,
            actor,
            action,
            target,
            request_id: Some(self.request_id),
            detail,
        };
        audit::append(conn, entry, self.origin).await
    }

    /// Ends all sessions of a user except `kept`.
    pub async fn end_sessions(
        &self,
        conn: &mut AsyncPgConnection,
        user_id: Uuid,
        kept: Option<Uuid>,
    ) -> QueryResult<()> {
        let ended = sessions::remove_all(conn, user_id, kept).await?;
        self.revoke(conn, user_id, &ended).await
    }

    /// Says that sessions, which are removed already, count no more.
    pub async fn revoke(&self, conn: &mut AsyncPgConnection, user_id: Uuid, ended: &[Uuid]) -> QueryResult<()> {
        let until = self.revoked_until();
        let facts: Vec<SessionRevoked> = ended
            .iter()
            .map(|id| SessionRevoked {
                session_id: (*id).into(),
                user_id: user_id.into(),
                until,
            })
            .collect();
        self.outbox.add_all(conn, &facts, self.now, self.request_id).await?;
        let noted: Vec<Option<Uuid>> = ended.iter().copied().map(Some).collect();
        revocations::add(conn, user_id, &noted, until).await
    }

    /// Ends all sessions of an account that is shut or removed, and whatever else was granted for it.
    pub async fn revoke_account(&self, conn: &mut AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
        self.end_sessions(conn, user_id, None).await?;
        revocations::add(conn, user_id, &[None], self.revoked_until()).await
    }

    /// Access tokens that were made until now may be around for their lifetime, as clocks go.
    fn revoked_until(&self) -> Timestamp {
        self.now.plus(self.access_lifetime + Duration::from_secs(300))
    }

    /// Asks for a mail about an account. Beyond a few at once none is sent: an inbox is not to be flooded.
    pub async fn request_mail(
        &self,
        conn: &mut AsyncPgConnection,
        user: &UserRow,
        kind: MailKind,
        address: &str,
    ) -> QueryResult<()> {
        let lifetime = mail_token::lifetime(kind);
        if mails::count_since(conn, user.id, kind, self.now.minus(lifetime)).await? >= MAILS_AT_ONCE {
            return Ok(());
        }
        let id = Uuid::now_v7();
        let token_hash = mail_token::has_token(kind).then(|| MailToken::of(self.keyring, id).hash().to_vec());
        let mail = MailRow {
            id,
            user_id: user.id,
            kind: mails::kind_name(kind).to_owned(),
            address: address.to_owned(),
            token_hash,
            credential_epoch: user.credential_epoch,
            created_at: self.now.into(),
            expires_at: self.now.plus(lifetime).into(),
            used_at: None,
        };
        mails::insert(conn, &mail).await?;
        self.tell(
            conn,
            &UserMailRequested {
                user_id: user.id.into(),
                mail_id: id,
                kind,
            },
        )
        .await
    }
}
