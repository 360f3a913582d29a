//! Standard Webhooks: how a receiver knows that a request is ours, and unaltered.

use aws_lc_rs::{hmac, rand};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Timestamp;
use secrecy::{ExposeSecret, SecretString};

const PREFIX: &str = "whsec_";

/// The text is no signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be whsec_ followed by 24 to 64 bytes in base64, or 16 to 128 letters, digits and signs of your own")]
pub struct InvalidSecret;

/// A new signing secret, `whsec_…`, of 32 random bytes.
pub fn new_secret() -> SecretString {
    let mut bytes = [0_u8; 32];
    // The system's generator fails only where no secret could be made at all.
    rand::fill(&mut bytes).expect("the system gives random bytes");
    SecretString::from(format!("{PREFIX}{}", STANDARD.encode(bytes)))
}

/// Checks a secret that the user brought along.
pub fn check_secret(raw: &str) -> Result<SecretString, InvalidSecret> {
    key_bytes(raw)?;
    Ok(SecretString::from(raw.to_owned()))
}

/// The key: what is encoded behind the prefix, or without it the text itself.
fn key_bytes(raw: &str) -> Result<Vec<u8>, InvalidSecret> {
    let (bytes, lengths) = match raw.strip_prefix(PREFIX) {
        Some(encoded) => (STANDARD.decode(encoded).map_err(|_| InvalidSecret)?, 24..=64),
        None if raw.bytes().all(|byte| byte.is_ascii_graphic()) => (raw.as_bytes().to_vec(), 16..=128),
        None => return Err(InvalidSecret),
    };
    lengths.contains(&bytes.len()).then_some(bytes).ok_or(InvalidSecret)
}

/// The value of `webhook-signature` for a body.
pub fn sign(secret: &SecretString, id: &str, at: Timestamp, body: &str) -> Result<String, InvalidSecret> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key_bytes(secret.expose_secret())?);
    let signed = format!("{id}.{}.{body}", unix_seconds(at));
    Ok(format!("v1,{}", STANDARD.encode(hmac::sign(&key, signed.as_bytes()))))
}

/// The value of `webhook-timestamp`.
pub fn unix_seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_of_the_published_example() {
        let secret = check_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("secret");
        let at = Timestamp::from_millis(1_614_265_330_000).expect("time");
        let signature = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, r#"{"test": 2432232314}"#);
        assert_eq!(
            signature.as_deref(),
            Ok("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }

    #[test]
    fn secrets_are_random_and_checked() {
        let (one, other) = (new_secret(), new_secret());
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(check_secret(one.expose_secret()).is_ok());
        assert!(check_secret("my own secret of 1".replace(' ', "-").as_str()).is_ok());
        for wrong in [
            "",
            "with a space in it, long",
            "whsec_",
            "whsec_AAAA",
            "secret",
            "whsec_%%%%",
        ] {
            assert_eq!(check_secret(wrong).err(), Some(InvalidSecret), "{wrong}");
        }
    }
}
