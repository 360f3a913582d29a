use domain::{SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event;
use crate::Role;

/// What other services know of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserFacts {
    /// The user.
    pub user_id: UserId,
    /// Where mail goes.
    pub email: String,
    /// Whether its owner has proved to read it.
    pub email_verified: bool,
    /// How to address the person.
    pub name: String,
    /// The language of mails, such as `en` or `fr`.
    pub locale: String,
    /// What the account may do.
    pub role: Role,
    /// May sign in.
    pub is_active: bool,
    /// Counts the changes of the account; an older copy never replaces a newer one.
    pub version: u64,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// Somebody made an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserRegistered(pub UserFacts);
event!(UserRegistered, "user.registered", 1, Durable, |event| event
    .0
    .user_id
    .uuid()
    .to_string());

/// An account changed: name, address, locale, role or proof of address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserUpdated(pub UserFacts);
event!(UserUpdated, "user.updated", 1, Durable, |event| event
    .0
    .user_id
    .uuid()
    .to_string());

/// An administrator shut an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDisabled {
    /// The user.
    pub user_id: UserId,
    /// The account's version after this.
    pub version: u64,
}
event!(UserDisabled, "user.disabled", 1, Durable, |event| event
    .user_id
    .uuid()
    .to_string());

/// An administrator opened an account again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEnabled {
    /// The user.
    pub user_id: UserId,
    /// The account's version after this.
    pub version: u64,
}
event!(UserEnabled, "user.enabled", 1, Durable, |event| event
    .user_id
    .uuid()
    .to_string());

/// An account is gone; everybody forgets the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDeleted {
    /// The user.
    pub user_id: UserId,
}
event!(UserDeleted, "user.deleted", 1, Durable, |event| event
    .user_id
    .uuid()
    .to_string());

/// Something happened to an account that its owner should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// An old refresh token was used: the session was ended.
    TokenReused,
    /// The password was changed.
    PasswordChanged,
    /// The password was reset by mail.
    PasswordReset,
    /// A change of the e-mail address was asked for.
    EmailChangeRequested,
    /// The e-mail address was changed.
    EmailChanged,
    /// A second factor was added.
    MfaEnabled,
    /// The second factor was taken away.
    MfaDisabled,
    /// Too many wrong passwords locked the account for a while.
    LockedOut,
    /// A personal API token was made.
    TokenCreated,
    /// The role was changed by an administrator.
    RoleChanged,
}

/// The owner of an account is told of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserWarned {
    /// The user.
    pub user_id: UserId,
    /// What happened.
    pub warning: Warning,
    /// Where the notice goes when that is not the account's present address (a changed e-mail address).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}
event!(UserWarned, "user.warned", 1, Durable, |event| event
    .user_id
    .uuid()
    .to_string());

/// Which account mail is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Prove that you read this address.
    Verify,
    /// Somebody registered with an address that has an account.
    AlreadyRegistered,
    /// Set a new password.
    Reset,
    /// Prove that you read the new address.
    VerifyNewEmail,
}

/// A mail with a one-time token is wanted. The token itself stays with auth until the mail is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserMailRequested {
    /// The user.
    pub user_id: UserId,
    /// Names the mail at auth.
    pub mail_id: Uuid,
    /// Which mail.
    pub kind: MailKind,
}
event!(UserMailRequested, "user.mail_requested", 1, Durable, |event| event
    .user_id
    .uuid()
    .to_string());

/// A session ended before its time: its tokens count no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRevoked {
    /// The session.
    pub session_id: SessionId,
    /// Whose it was.
    pub user_id: UserId,
    /// When its last access token would have expired.
    pub until: Timestamp,
}
event!(SessionRevoked, "session.revoked", 1, Live, |event| event
    .session_id
    .uuid()
    .to_string());
