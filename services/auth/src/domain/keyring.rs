use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey},
    digest, hkdf, hmac,
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

/// Every key that the service derives from the platform's `DATA_SECRET`: one for each purpose, so that a
/// value made for one is worth nothing for another.
pub struct Keyring {
    mails: hmac::Key,
    refresh: hmac::Key,
    recovery: hmac::Key,
    api_tokens: hmac::Key,
    lockouts: hmac::Key,
    sealing: RandomizedNonceKey,
}

/// What a sealed value belongs to; it cannot be opened as anything else.
#[derive(Debug, Clone, Copy)]
pub enum Sealed<'a> {
    /// The private part of a signing key.
    SigningKey(&'a str),
    /// The secret of a user's authenticator.
    Authenticator(Uuid),
}

/// The cipher failed: wrong secret, or an altered value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a stored secret cannot be opened: the data secret differs from the one it was sealed with, or the row was altered"
)]
pub struct CannotOpen;

/// AES-GCM's nonce, which stands before the ciphertext.
const NONCE_LENGTH: usize = 12;

impl Keyring {
    /// Derives the keys.
    pub fn new(data_secret: &SecretString) -> Result<Self, CannotOpen> {
        let root =
            hkdf::Salt::new(hkdf::HKDF_SHA256, b"candlewick/auth").extract(data_secret.expose_secret().as_bytes());
        let mac = |purpose| Ok(hmac::Key::new(hmac::HMAC_SHA256, &derive(&root, purpose)?));
        Ok(Self {
            mails: mac("mail tokens")?,
            refresh: mac("refresh tokens")?,
            recovery: mac("recovery codes")?,
            api_tokens: mac("personal tokens")?,
            lockouts: mac("lockouts")?,
            sealing: RandomizedNonceKey::new(&AES_256_GCM, &derive(&root, "sealing")?).map_err(|_| CannotOpen)?,
        })
    }

    /// The secret part of a mail's one-time token.
    pub fn mail_mac(&self, mail_id: Uuid) -> [u8; 32] {
        mac(&self.mails, &[mail_id.as_bytes()])
    }

    /// The secret part of a refresh token.
    pub fn refresh_mac(&self, session_id: Uuid, generation: u32, salt: &[u8]) -> [u8; 32] {
        mac(&self.refresh, &[session_id.as_bytes(), &generation.to_be_bytes(), salt])
    }

    /// The secret part of a personal API token.
    pub fn api_token_mac(&self, token_id: Uuid) -> [u8; 32] {
        mac(&self.api_tokens, &[token_id.as_bytes()])
    }

    /// What is stored of a recovery code.
    pub fn recovery_hash(&self, user_id: Uuid, code: &str) -> [u8; 32] {
        mac(&self.recovery, &[user_id.as_bytes(), code.as_bytes()])
    }

    /// Under which name the failures at an address are counted, whether or not it has an account.
    pub fn lockout_subject(&self, email: &str) -> [u8; 32] {
        mac(&self.lockouts, &[email.as_bytes()])
    }

    /// Encrypts `plain`.
    pub fn seal(&self, what: Sealed<'_>, plain: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let mut cipher = plain.to_vec();
        let nonce = self
            .sealing
            .seal_in_place_append_tag(Aad::from(what.label()), &mut cipher)
            .map_err(|_| CannotOpen)?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut cipher);
        Ok(sealed)
    }

    /// Decrypts what [`Keyring::seal`] made.
    pub fn open(&self, what: Sealed<'_>, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (nonce, cipher) = sealed.split_at_checked(NONCE_LENGTH).ok_or(CannotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen)?;
        let mut plain = cipher.to_vec();
        let length = self
            .sealing
            .open_in_place(nonce, Aad::from(what.label()), &mut plain)
            .map_err(|_| CannotOpen)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

impl Sealed<'_> {
    fn label(self) -> Vec<u8> {
        match self {
            Self::SigningKey(id) => format!("signing key {id}").into_bytes(),
            Self::Authenticator(user) => format!("authenticator {user}").into_bytes(),
        }
    }
}

/// SHA-256: for values that are random enough to need no slower hash.
pub fn sha256(value: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, value).as_ref());
    hash
}

/// `N` random bytes from the operating system.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    use rand::RngCore as _;
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

fn derive(root: &hkdf::Prk, purpose: &str) -> Result<[u8; 32], CannotOpen> {
    let mut key = [0; 32];
    let info = [purpose.as_bytes()];
    root.expand(&info, hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut key))
        .map_err(|_| CannotOpen)?;
    Ok(key)
}

fn mac(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    let mut tag = [0; 32];
    tag.copy_from_slice(context.sign().as_ref());
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyring(secret: &str) -> Keyring {
        Keyring::new(&secret.into()).expect("keyring")
    }

    #[test]
    fn sealed_values_open_only_with_the_same_secret_for_the_same_thing() {
        let (ring, other) = (
            keyring("one secret of the platform"),
            keyring("another secret of the platform"),
        );
        let user = Uuid::now_v7();
        let sealed = ring.seal(Sealed::Authenticator(user), b"plain").expect("sealed");
        assert_eq!(
            ring.open(Sealed::Authenticator(user), &sealed).as_deref(),
            Ok(b"plain".as_slice())
        );
        assert_eq!(
            ring.open(Sealed::Authenticator(Uuid::now_v7()), &sealed),
            Err(CannotOpen)
        );
        assert_eq!(ring.open(Sealed::SigningKey("k"), &sealed), Err(CannotOpen));
        assert_eq!(other.open(Sealed::Authenticator(user), &sealed), Err(CannotOpen));
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            assert_eq!(
                ring.open(Sealed::Authenticator(user), &altered),
                Err(CannotOpen),
                "byte {at}"
            );
        }
        assert_eq!(ring.open(Sealed::Authenticator(user), &sealed[..5]), Err(CannotOpen));
    }

    #[test]
    fn each_purpose_has_its_own_key() {
        let ring = keyring("one secret of the platform");
        let id = Uuid::now_v7();
        assert_ne!(ring.mail_mac(id), ring.refresh_mac(id, 0, &[]));
        assert_ne!(
            ring.mail_mac(id),
            keyring("another secret of the platform").mail_mac(id)
        );
        assert_eq!(ring.mail_mac(id), keyring("one secret of the platform").mail_mac(id));
    }
}
