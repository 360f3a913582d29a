use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::events::MailKind;
use domain::Timestamp;
use secrecy::SecretString;
use uuid::Uuid;

use super::{Keyring, keyring::sha256};

/// The one-time token of a mail, as its reader shows it: the mail's id and a MAC over it.
///
/// It is computed when the mail is written and never stored; the row of the mail holds its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct MailToken {
    mail_id: Uuid,
    mac: [u8; 32],
}

/// What decides whether a mail's token still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailState {
    /// Which mail.
    pub kind: MailKind,
    /// SHA-256 of the token.
    pub token_hash: Option<Vec<u8>>,
    /// The account's count of credential changes when the mail was asked for.
    pub credential_epoch: i64,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Was shown before.
    pub is_used: bool,
}

/// The token was never made, has ended, or was shown before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this link is not valid, or no longer; ask for a new one")]
pub struct InvalidMailToken;

const LENGTH: usize = 16 + 32;

impl MailToken {
    /// The token of a mail.
    pub fn of(keyring: &Keyring, mail_id: Uuid) -> Self {
        Self {
            mail_id,
            mac: keyring.mail_mac(mail_id),
        }
    }

    /// Reads a token.
    pub fn parse(raw: &str) -> Result<Self, InvalidMailToken> {
        let bytes = URL_SAFE_NO_PAD.decode(raw.trim()).map_err(|_| InvalidMailToken)?;
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| InvalidMailToken)?;
        let (mut id, mut mac) = ([0; 16], [0; 32]);
        id.copy_from_slice(&bytes[..16]);
        mac.copy_from_slice(&bytes[16..]);
        Ok(Self {
            mail_id: Uuid::from_bytes(id),
            mac,
        })
    }

    /// The mail that it came with.
    pub fn mail_id(&self) -> Uuid {
        self.mail_id
    }

    /// What is stored of it.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&self.bytes())
    }

    /// The text for the mail.
    pub fn reveal(&self) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.bytes()).into()
    }

    fn bytes(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..16].copy_from_slice(self.mail_id.as_bytes());
        bytes[16..].copy_from_slice(&self.mac);
        bytes
    }
}

impl MailState {
    /// Whether the mail may be sent and its token be used, for an account at `credential_epoch`.
    pub fn is_live(&self, credential_epoch: i64, now: Timestamp) -> bool {
        !self.is_used && now < self.expires_at && self.credential_epoch == credential_epoch
    }

    /// Whether `token` is this mail's.
    pub fn accepts(&self, token: &MailToken) -> bool {
        self.token_hash
            .as_deref()
            .is_some_and(|hash| verify_slices_are_equal(hash, &token.hash()).is_ok())
    }
}

/// For how long the token of such a mail counts.
pub fn lifetime(kind: MailKind) -> Duration {
    match kind {
        MailKind::Verify | MailKind::VerifyNewEmail | MailKind::AlreadyRegistered => Duration::from_secs(24 * 3600),
        MailKind::Reset => Duration::from_secs(30 * 60),
    }
}

/// Whether such a mail holds a token.
pub fn has_token(kind: MailKind) -> bool {
    kind != MailKind::AlreadyRegistered
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn keyring() -> Keyring {
        Keyring::new(&"a data secret for these tests only".into()).expect("keyring")
    }

    fn state(token: &MailToken) -> MailState {
        MailState {
            kind: MailKind::Reset,
            token_hash: Some(token.hash().to_vec()),
            credential_epoch: 4,
            expires_at: Timestamp::from_millis(1_800_000_000_000).expect("time"),
            is_used: false,
        }
    }

    #[test]
    fn a_mails_token_is_the_same_each_time_it_is_written() {
        let id = Uuid::now_v7();
        assert!(MailToken::of(&keyring(), id) == MailToken::of(&keyring(), id));
        let read = MailToken::parse(MailToken::of(&keyring(), id).reveal().expose_secret()).expect("token");
        assert!(state(&read).accepts(&MailToken::of(&keyring(), id)));
        assert!(!state(&read).accepts(&MailToken::of(&keyring(), Uuid::now_v7())));
    }

    #[test]
    fn a_token_ends_with_time_use_and_any_change_of_credentials() {
        let mail = state(&MailToken::of(&keyring(), Uuid::now_v7()));
        let before = mail.expires_at.minus(Duration::from_millis(1));
        assert!(mail.is_live(4, before));
        assert!(!mail.is_live(4, mail.expires_at));
        assert!(!mail.is_live(5, before));
        assert!(!MailState { is_used: true, ..mail }.is_live(4, before));
    }

    #[test]
    fn verification_lives_a_day_and_a_reset_half_an_hour() {
        assert_eq!(lifetime(MailKind::Verify), Duration::from_secs(86_400));
        assert_eq!(lifetime(MailKind::Reset), Duration::from_secs(1800));
    }

    #[test]
    fn garbage_is_no_token() {
        for raw in ["", "AAAA", "%%", &"A".repeat(64), &"A".repeat(10_000)] {
            assert!(MailToken::parse(raw).is_err() || raw.len() == 64, "{raw}");
        }
    }
}
