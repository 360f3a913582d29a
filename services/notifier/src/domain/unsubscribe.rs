//! The link by which a mail's reader stops mails without signing in.

use aws_lc_rs::{constant_time, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::UserId;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

const TAG_BYTES: usize = 16;

/// Makes and reads unsubscribe tokens: the user's id under a keyed hash, so that nothing has to be stored.
#[derive(Clone)]
pub struct UnsubscribeTokens(hmac::Key);

impl UnsubscribeTokens {
    /// Keyed by the platform's secret for data.
    pub fn new(secret: &SecretString) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes()))
    }

    /// The token of a user; always the same.
    pub fn token(&self, user: UserId) -> String {
        let mut bytes = user.uuid().as_bytes().to_vec();
        bytes.extend_from_slice(&self.tag(user)[..TAG_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whose token this is; `None` for one that is not ours.
    pub fn read(&self, token: &str) -> Option<UserId> {
        let bytes = URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .filter(|bytes| bytes.len() == 16 + TAG_BYTES)?;
        let (id, tag) = bytes.split_at(16);
        let user = UserId::from(Uuid::from_slice(id).ok()?);
        constant_time::verify_slices_are_equal(&self.tag(user)[..TAG_BYTES], tag).ok()?;
        Some(user)
    }

    fn tag(&self, user: UserId) -> Vec<u8> {
        let mut signed = b"candlewick/unsubscribe/v1/".to_vec();
        signed.extend_from_slice(user.uuid().as_bytes());
        hmac::sign(&self.0, &signed).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_user_and_cannot_be_made_up() {
        let tokens = UnsubscribeTokens::new(&SecretString::from("0123456789abcdef".to_owned()));
        let user = UserId::new();
        assert_eq!(tokens.read(&tokens.token(user)), Some(user));
        let others = UnsubscribeTokens::new(&SecretString::from("another secret".to_owned()));
        assert_eq!(tokens.read(&others.token(user)), None);
        for wrong in ["", "AAAA", "not base64!", &"A".repeat(43)] {
            assert_eq!(tokens.read(wrong), None, "{wrong}");
        }
    }
}
