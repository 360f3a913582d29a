use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::{ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, AccessClaims, Role};
use domain::{SessionId, Timestamp, UserId};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::SecretString;
use serde::Serialize;

use super::keyring::{CannotOpen, Keyring, Sealed, sha256};

/// A key that signs access tokens.
#[derive(Clone)]
pub struct SigningKey {
    id: String,
    public: Vec<u8>,
    private: EncodingKey,
}

/// A key as it is stored: its private part can be read only with the data secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// Its name in token headers.
    pub id: String,
    /// 32 bytes.
    pub public_key: Vec<u8>,
    /// The sealed PKCS#8 document.
    pub private_key: Vec<u8>,
}

/// A public key as JWKS lists it (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PublicJwk {
    /// The name in token headers.
    pub kid: String,
    /// `OKP`.
    pub kty: &'static str,
    /// `Ed25519`.
    pub crv: &'static str,
    /// `EdDSA`.
    pub alg: &'static str,
    /// `sig`.
    #[serde(rename = "use")]
    pub purpose: &'static str,
    /// The key, base64url.
    pub x: String,
}

/// No token could be signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningFailed {
    /// The stored key can't be read.
    #[error(transparent)]
    Sealed(#[from] CannotOpen),
    /// The key is no Ed25519 key, or no randomness was to be had.
    #[error("the signing key is unusable")]
    Key,
    /// The token could not be put together.
    #[error("could not sign")]
    Token(#[from] jsonwebtoken::errors::Error),
}

/// For whom a token is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The account's role.
    pub role: Role,
}

impl SealedKey {
    /// A fresh key, sealed.
    pub fn generate(keyring: &Keyring) -> Result<Self, SigningFailed> {
        let pair = Ed25519KeyPair::generate().map_err(|_| SigningFailed::Key)?;
        let public_key = pair.public_key().as_ref().to_vec();
        let document = pair.to_pkcs8v1().map_err(|_| SigningFailed::Key)?;
        let id = URL_SAFE_NO_PAD.encode(&sha256(&public_key)[..12]);
        let private_key = keyring.seal(Sealed::SigningKey(&id), document.as_ref())?;
        Ok(Self {
            id,
            public_key,
            private_key,
        })
    }

    /// Opens the key.
    pub fn open(self, keyring: &Keyring) -> Result<SigningKey, SigningFailed> {
        let document = keyring.open(Sealed::SigningKey(&self.id), &self.private_key)?;
        let pair = Ed25519KeyPair::from_pkcs8(&document).map_err(|_| SigningFailed::Key)?;
        if pair.public_key().as_ref() != self.public_key {
            return Err(SigningFailed::Key);
        }
        Ok(SigningKey {
            id: self.id,
            public: self.public_key,
            private: EncodingKey::from_ed_der(&document),
        })
    }
}

impl SigningKey {
    /// Its name in token headers.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its public part.
    pub fn public_jwk(&self) -> PublicJwk {
        PublicJwk {
            kid: self.id.clone(),
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            purpose: "sig",
            x: URL_SAFE_NO_PAD.encode(&self.public),
        }
    }

    /// Signs an access token for `bearer` that lives for `lifetime` from `now`.
    pub fn sign(
        &self,
        bearer: Bearer,
        issuer: &str,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<SecretString, SigningFailed> {
        let issued_at = now.millis().div_euclid(1000);
        let claims = AccessClaims {
            iss: issuer.to_owned(),
            aud: ACCESS_TOKEN_AUDIENCE.to_owned(),
            sub: bearer.user.uuid(),
            sid: bearer.session.uuid(),
            role: bearer.role,
            iat: issued_at,
            exp: issued_at + i64::try_from(lifetime.as_secs()).unwrap_or(0),
        };
        let header = Header {
            typ: Some(ACCESS_TOKEN_TYPE.to_owned()),
            kid: Some(self.id.clone()),
            ..Header::new(Algorithm::EdDSA)
        };
        Ok(jsonwebtoken::encode(&header, &claims, &self.private)?.into())
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation};
    use secrecy::ExposeSecret as _;

    use super::*;

    fn keyring() -> Keyring {
        Keyring::new(&"a data secret for these tests only".into()).expect("keyring")
    }

    #[test]
    fn a_token_is_verified_with_the_published_key_alone() {
        let key = SealedKey::generate(&keyring())
            .and_then(|sealed| sealed.open(&keyring()))
            .expect("key");
        let bearer = Bearer {
            user: UserId::new(),
            session: SessionId::new(),
            role: Role::User,
        };
        let now = Timestamp::from(chrono::Utc::now());
        let token = key
            .sign(bearer, "https://candlewick.example", now, Duration::from_secs(900))
            .expect("token");

        let header = jsonwebtoken::decode_header(token.expose_secret()).expect("header");
        assert_eq!(
            (header.typ.as_deref(), header.kid.as_deref(), header.alg),
            (Some("at+jwt"), Some(key.id()), Algorithm::EdDSA)
        );
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&["candlewick"]);
        validation.set_issuer(&["https://candlewick.example"]);
        let public = DecodingKey::from_ed_components(&key.public_jwk().x).expect("public key");
        let claims = jsonwebtoken::decode::<AccessClaims>(token.expose_secret(), &public, &validation)
            .expect("claims")
            .claims;
        assert_eq!(
            (claims.sub, claims.sid, claims.role),
            (bearer.user.uuid(), bearer.session.uuid(), Role::User)
        );
        assert_eq!(claims.exp - claims.iat, 900);
    }

    #[test]
    fn a_stored_key_needs_the_data_secret_and_its_own_row() {
        let sealed = SealedKey::generate(&keyring()).expect("key");
        let other = Keyring::new(&"another data secret for these tests".into()).expect("keyring");
        assert!(sealed.clone().open(&other).is_err());
        let swapped = SealedKey {
            public_key: SealedKey::generate(&keyring()).expect("key").public_key,
            ..sealed
        };
        assert!(swapped.open(&keyring()).is_err());
    }
}
