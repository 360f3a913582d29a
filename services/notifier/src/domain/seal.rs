//! Users' secrets at rest: sealed under the platform's secret, bound to their owner.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    hmac,
};
use domain::UserId;
use secrecy::{ExposeSecret, SecretString};

/// Sealed data could not be opened: altered, or sealed under another secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed settings can't be opened: DATA_SECRET is another one, or they were altered")]
pub struct Unsealable;

const NONCE_BYTES: usize = 12;

/// Seals and opens what only this service may read.
pub struct Sealer(RandomizedNonceKey);

impl Sealer {
    /// Keyed by the platform's secret for data.
    pub fn new(secret: &SecretString) -> Result<Self, Unsealable> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
        let derived = hmac::sign(&key, b"candlewick/notifier/preferences/v1");
        RandomizedNonceKey::new(&AES_256_GCM, derived.as_ref())
            .map(Self)
            .map_err(|_| Unsealable)
    }

    /// Seals `plain` for its owner.
    pub fn seal(&self, owner: UserId, plain: Vec<u8>) -> Result<Vec<u8>, Unsealable> {
        let mut sealed = plain;
        let aad = Aad::from(*owner.uuid().as_bytes());
        let nonce = self
            .0
            .seal_in_place_append_tag(aad, &mut sealed)
            .map_err(|_| Unsealable)?;
        let mut out = nonce.as_ref().to_vec();
        out.append(&mut sealed);
        Ok(out)
    }

    /// Opens what was sealed for this owner.
    pub fn open(&self, owner: UserId, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or(Unsealable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unsealable)?;
        let mut body = body.to_vec();
        let aad = Aad::from(*owner.uuid().as_bytes());
        let plain = self.0.open_in_place(nonce, aad, &mut body).map_err(|_| Unsealable)?;
        Ok(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_secrets_open_for_their_owner_alone() {
        let sealer = Sealer::new(&SecretString::from("4f1f9b6f0ad3c5e2977d10c1b2a4e8d6".to_owned())).expect("sealer");
        let (owner, other) = (UserId::new(), UserId::new());
        let sealed = sealer.seal(owner, b"whsec_x".to_vec()).expect("sealed");
        assert_eq!(sealer.open(owner, &sealed).as_deref(), Ok(b"whsec_x".as_slice()));
        assert_eq!(sealer.open(other, &sealed), Err(Unsealable));
        let mut altered = sealed.clone();
        *altered.last_mut().expect("bytes") ^= 1;
        assert_eq!(sealer.open(owner, &altered), Err(Unsealable));
        assert_eq!(sealer.open(owner, b"short"), Err(Unsealable));
    }
}
