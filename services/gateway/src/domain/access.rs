//! Judges users' access tokens: signature, purpose, time. Whether a session was ended is asked elsewhere, each time.

use std::collections::HashMap;

use contracts::{ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, AccessClaims};
use domain::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

/// How far the clock of auth may be ahead. A token ends when it says, by whichever clock.
const LEEWAY_SECONDS: i64 = 60;
/// The longest token that is looked at.
const MAX_LENGTH: usize = 4_096;

/// The public keys that tokens may be signed with, by their names.
#[derive(Clone, Default)]
pub struct AccessKeys {
    keys: HashMap<String, DecodingKey>,
    issuer: String,
}

/// A key set as auth publishes it (RFC 7517, RFC 8037).
#[derive(Debug, Clone, Deserialize)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<PublicKey>,
}

/// One key of a set.
#[derive(Debug, Clone, Deserialize)]
pub struct PublicKey {
    /// Its name.
    pub kid: String,
    /// Its kind: only `Ed25519` counts.
    pub crv: String,
    /// The key, base64url.
    pub x: String,
}

/// The token counts for nothing. Clients hear one sentence, whatever the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Wrong shape, algorithm, purpose or signature.
    #[error("not a token of ours")]
    Invalid,
    /// Signed with a key that is not known (yet).
    #[error("unknown key")]
    UnknownKey,
    /// Too old, or from the future.
    #[error("outside its time")]
    Expired,
}

impl AccessKeys {
    /// Keys of one issuer; those that are no Ed25519 keys are left out.
    pub fn new(issuer: &str, set: &KeySet) -> Self {
        let keys = set
            .keys
            .iter()
            .filter(|key| key.crv == "Ed25519")
            .filter_map(|key| Some((key.kid.clone(), DecodingKey::from_ed_components(&key.x).ok()?)))
            .collect();
        Self {
            keys,
            issuer: issuer.to_owned(),
        }
    }

    /// Whether there is a key of this name.
    pub fn knows(&self, kid: &str) -> bool {
        self.keys.contains_key(kid)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// What a token says, if it counts at `now`; with the name of its key.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<(AccessClaims, String), Refused> {
        if token.len() > MAX_LENGTH {
            return Err(Refused::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refused::Invalid)?;
        // Only what auth itself writes: a header that brings its own key or conditions is somebody else's.
        let is_plain = header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none()
            && header.x5c.is_none()
            && header.crit.is_none();
        if header.typ.as_deref() != Some(ACCESS_TOKEN_TYPE) || header.alg != Algorithm::EdDSA || !is_plain {
            return Err(Refused::Invalid);
        }
        let kid = header.kid.ok_or(Refused::Invalid)?;
        let key = self.keys.get(&kid).ok_or(Refused::UnknownKey)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[ACCESS_TOKEN_AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        // Time is judged below, by the injected clock.
        validation.validate_exp = false;
        // Auth never writes when a token begins; one that says so counts no sooner.
        validation.validate_nbf = true;
        let claims = jsonwebtoken::decode::<AccessClaims>(token, key, &validation)
            .map_err(|_| Refused::Invalid)?
            .claims;
        let now = now.millis().div_euclid(1_000);
        let is_over = claims.exp <= now || claims.exp <= claims.iat;
        if is_over || claims.iat > now.saturating_add(LEEWAY_SECONDS) {
            return Err(Refused::Expired);
        }
        Ok((claims, kid))
    }
}
