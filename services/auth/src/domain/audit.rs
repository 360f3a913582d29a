use aws_lc_rs::digest;
use domain::Timestamp;
use uuid::Uuid;

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// A security event that leaves a trace.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum AuditAction {
            $($(#[$doc])* $variant,)*
        }

        impl AuditAction {
            /// The names of all of them.
            pub const NAMES: &[&str] = &[$($text,)*];

            /// Its name in the log.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

actions! {
    /// An account was made.
    Registered = "registered",
    /// An administrator was made on the command line.
    AdminCreated = "admin_created",
    /// Somebody signed in.
    LoggedIn = "logged_in",
    /// A wrong password or code was given for an account.
    LoginFailed = "login_failed",
    /// Too many wrong passwords shut an account's doors for a while.
    LockedOut = "locked_out",
    /// Somebody signed out.
    LoggedOut = "logged_out",
    /// A session was ended from another one.
    SessionRevoked = "session_revoked",
    /// An old refresh token was shown; its session was ended.
    TokenReused = "token_reused",
    /// The password was changed by somebody who knew it.
    PasswordChanged = "password_changed",
    /// The password was set with a mailed token.
    PasswordReset = "password_reset",
    /// A mail for a new password was asked for.
    ResetRequested = "reset_requested",
    /// The address was proved.
    EmailVerified = "email_verified",
    /// A new address was asked for.
    EmailChangeRequested = "email_change_requested",
    /// A new address was proved and took the place of the old one.
    EmailChanged = "email_changed",
    /// A second factor was added.
    MfaEnabled = "mfa_enabled",
    /// The second factor was removed.
    MfaDisabled = "mfa_disabled",
    /// A recovery code stood in for the second factor.
    RecoveryCodeUsed = "recovery_code_used",
    /// A personal API token was made.
    ApiTokenCreated = "api_token_created",
    /// A personal API token was removed.
    ApiTokenRevoked = "api_token_revoked",
    /// Everything stored about a user was handed to them.
    DataExported = "data_exported",
    /// An account was shut.
    UserDisabled = "user_disabled",
    /// An account was opened again.
    UserEnabled = "user_enabled",
    /// An account got another role.
    RoleChanged = "role_changed",
    /// An account was removed.
    UserDeleted = "user_deleted",
    /// A new signing key was made.
    KeysRotated = "keys_rotated",
    /// An administrator told a provider of market data something else.
    SourceChangeOrdered = "source_change_ordered",
    /// An administrator switched or renamed an asset.
    AssetChangeOrdered = "asset_change_ordered",
    /// An administrator sent a fact again that was given up.
    DeadLetterReplayOrdered = "dead_letter_replay_ordered",
}

/// One line of the audit log as its hash covers it.
///
/// It names people by id only. The address that somebody came from is personal data: the line holds the hash of
/// it with a random salt, and both are forgotten with the user, so the chain outlives the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine<'a> {
    /// Its number, from 1 without gaps.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it; nobody for the command line or somebody unknown.
    pub actor: Option<Uuid>,
    /// What was done.
    pub action: &'a str,
    /// To whom.
    pub target: Option<Uuid>,
    /// The request that did it.
    pub request_id: Option<Uuid>,
    /// Particulars without personal data, such as `user -> admin`.
    pub detail: &'a str,
    /// The hash of [`origin_hash`].
    pub origin_hash: &'a [u8],
}

/// The hash before the first line.
pub const FIRST_HASH: [u8; 32] = [0; 32];

impl AuditLine<'_> {
    /// The hash of this line behind the line with `previous`.
    pub fn chained(&self, previous: &[u8]) -> [u8; 32] {
        let optional = |id: Option<Uuid>| id.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        hash_of(&[
            previous,
            &self.seq.to_be_bytes(),
            &self.at.millis().to_be_bytes(),
            &optional(self.actor),
            self.action.as_bytes(),
            &optional(self.target),
            &optional(self.request_id),
            self.detail.as_bytes(),
            self.origin_hash,
        ])
    }
}

/// The salted hash of where somebody came from.
pub fn origin_hash(salt: &[u8], address: &str, user_agent: &str) -> [u8; 32] {
    hash_of(&[salt, address.as_bytes(), user_agent.as_bytes()])
}

/// Each part stands behind its length, so that no two lists of parts read the same.
fn hash_of(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_line_changes_its_hash() {
        let (actor, target, request) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let line = AuditLine {
            seq: 1,
            at: Timestamp::from_millis(1_800_000_000_000).expect("time"),
            actor: Some(actor),
            action: "role_changed",
            target: Some(target),
            request_id: Some(request),
            detail: "user -> admin",
            origin_hash: &[1; 32],
        };
        let hash = line.chained(&FIRST_HASH);
        assert_eq!(hash, line.clone().chained(&FIRST_HASH));
        let others = [
            line.chained(&[1; 32]),
            AuditLine { seq: 2, ..line.clone() }.chained(&FIRST_HASH),
            AuditLine {
                actor: None,
                ..line.clone()
            }
            .chained(&FIRST_HASH),
            AuditLine {
                action: "role_change",
                ..line.clone()
            }
            .chained(&FIRST_HASH),
            AuditLine {
                actor: Some(target),
                target: Some(actor),
                ..line.clone()
            }
            .chained(&FIRST_HASH),
            AuditLine {
                request_id: None,
                ..line.clone()
            }
            .chained(&FIRST_HASH),
            AuditLine {
                detail: "admin -> user",
                ..line.clone()
            }
            .chained(&FIRST_HASH),
            AuditLine {
                origin_hash: &[2; 32],
                ..line
            }
            .chained(&FIRST_HASH),
        ];
        for other in others {
            assert_ne!(hash, other);
        }
    }
}
