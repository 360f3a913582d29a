use std::{collections::BTreeSet, sync::Arc, time::Duration};

use aws_lc_rs::{
    digest::{SHA256, digest},
    hkdf::{HKDF_SHA256, KeyType, Salt},
    signature::{Ed25519KeyPair, KeyPair},
};
use contracts::{Role, Scope};
use domain::{SessionId, SharedClock, Timestamp, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who is behind a request, as its internal token says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A person, or a program with a personal API token.
    User(UserIdentity),
    /// Another service, on its own account.
    Service(String),
    /// Nobody in particular: public routes.
    Anonymous,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserIdentity {
    /// The account.
    pub id: UserId,
    /// What the account may do.
    pub role: Role,
    /// The sign-in; `None` for an API token.
    pub session: Option<SessionId>,
    /// What the API token may do; `None` for a sign-in, which may do everything.
    pub scopes: Option<BTreeSet<Scope>>,
}

/// Why a token was refused; clients hear one sentence for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefusedToken {
    /// Not a token of ours: shape, algorithm, type, key or signature.
    #[error("not an internal token")]
    Invalid,
    /// For another service.
    #[error("a token for another service")]
    Audience,
    /// Too old, or from the future.
    #[error("outside its time")]
    Expired,
}

/// The shared secret is missing or too weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("INTERNAL_SECRET is too weak")]
pub struct WeakSecret;

const TYPE: &str = "int+jwt";
const ISSUER: &str = "candlewick";
/// How long a token is good for.
const LIFETIME: Duration = Duration::from_secs(30);
/// A minted token is handed out again for this long, so that its rest of life covers a request.
const REUSE: Duration = Duration::from_secs(10);
/// How far the clocks of two machines may be apart.
const LEEWAY: Duration = Duration::from_secs(60);
/// The longest token that is looked at.
const MAX_LENGTH: usize = 4096;
/// The most tokens remembered on each side.
const REMEMBERED: u64 = 20_000;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    scopes: Option<BTreeSet<Scope>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sid: Option<Uuid>,
    iat: i64,
    exp: i64,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    User,
    Service,
    Anonymous,
}

/// Mints and verifies internal tokens. Cheap to clone.
#[derive(Clone)]
pub struct InternalTokens {
    inner: Arc<Inner>,
}

struct Inner {
    service: &'static str,
    clock: SharedClock,
    header: Header,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    minted: Cache<(String, Caller), (Timestamp, Arc<str>)>,
    verified: Cache<Vec<u8>, (Timestamp, Caller)>,
}

struct SeedLength;

impl KeyType for SeedLength {
    fn len(&self) -> usize {
        32
    }
}

impl InternalTokens {
    /// Derives the key pair from the secret that all services share. `service` is the audience to accept.
    pub fn from_secret(secret: &SecretString, service: &'static str, clock: SharedClock) -> Result<Self, WeakSecret> {
        let seed = derive_seed(secret)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| WeakSecret)?;
        let document = pair.to_pkcs8v1().map_err(|_| WeakSecret)?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Audience and time are judged below: by our own clock, and with an answer of their own.
        validation.validate_aud = false;
        validation.validate_exp = false;
        let inner = Inner {
            service,
            clock,
            header,
            signing: EncodingKey::from_ed_der(document.as_ref()),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            validation,
            minted: Cache::builder().max_capacity(REMEMBERED).time_to_live(REUSE).build(),
            verified: Cache::builder().max_capacity(REMEMBERED).time_to_live(LIFETIME).build(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// A token by which `audience` knows the user.
    pub fn mint_user(&self, audience: &str, user: &UserIdentity) -> Arc<str> {
        self.mint(audience, Caller::User(user.clone()))
    }

    /// A token by which `audience` knows this service.
    pub fn mint_service(&self, audience: &str) -> Arc<str> {
        self.mint(audience, Caller::Service(self.inner.service.to_owned()))
    }

    /// A token for a request of nobody in particular.
    pub fn mint_anonymous(&self, audience: &str) -> Arc<str> {
        self.mint(audience, Caller::Anonymous)
    }

    fn mint(&self, audience: &str, caller: Caller) -> Arc<str> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let key = (audience.to_owned(), caller);
        if let Some((minted_at, token)) = inner.minted.get(&key)
            && now >= minted_at
            && now.since(minted_at) < REUSE
        {
            return token;
        }
        let token: Arc<str> = self.sign(&claims(audience, &key.1, now)).into();
        inner.minted.insert(key, (now, token.clone()));
        token
    }

    fn sign(&self, claims: &Claims) -> String {
        jsonwebtoken::encode(&self.inner.header, claims, &self.inner.signing).unwrap_or_else(|error| {
            // The key was made above and the claims are plain data; an empty token is refused by everyone.
            tracing::error!(%error, "an internal token could not be signed");
            String::new()
        })
    }

    /// Who a token speaks for, if it is ours, for this service and in its time.
    pub fn verify(&self, token: &str) -> Result<Caller, RefusedToken> {
        if token.len() > MAX_LENGTH {
            return Err(RefusedToken::Invalid);
        }
        let inner = &self.inner;
        let now = inner.clock.now();
        let hash = digest(&SHA256, token.as_bytes()).as_ref().to_vec();
        if let Some((expires_at, caller)) = inner.verified.get(&hash) {
            return if now <= expires_at.plus(LEEWAY) {
                Ok(caller)
            } else {
                Err(RefusedToken::Expired)
            };
        }
        let data = jsonwebtoken::decode::<Claims>(token, &inner.verifying, &inner.validation)
            .map_err(|_| RefusedToken::Invalid)?;
        if data.header.typ.as_deref() != Some(TYPE) {
            return Err(RefusedToken::Invalid);
        }
        if data.claims.aud != inner.service {
            return Err(RefusedToken::Audience);
        }
        let expires_at = seconds(data.claims.exp)?;
        let issued_at = seconds(data.claims.iat)?;
        if now > expires_at.plus(LEEWAY) || issued_at > now.plus(LEEWAY) || expires_at.since(issued_at) > LIFETIME {
            return Err(RefusedToken::Expired);
        }
        let caller = caller(data.claims)?;
        inner.verified.insert(hash, (expires_at, caller.clone()));
        Ok(caller)
    }
}

fn derive_seed(secret: &SecretString) -> Result<[u8; 32], WeakSecret> {
    let salt = Salt::new(HKDF_SHA256, b"candlewick internal tokens");
    let key = salt.extract(secret.expose_secret().as_bytes());
    let mut seed = [0; 32];
    key.expand(&[b"ed25519 seed v1"], SeedLength)
        .and_then(|material| material.fill(&mut seed))
        .map_err(|_| WeakSecret)?;
    Ok(seed)
}

fn claims(audience: &str, caller: &Caller, now: Timestamp) -> Claims {
    let issued = now.millis().div_euclid(1000);
    let (sub, kind, user) = match caller {
        Caller::User(user) => (user.id.uuid().to_string(), Kind::User, Some(user)),
        Caller::Service(name) => (name.clone(), Kind::Service, None),
        Caller::Anonymous => ("anonymous".to_owned(), Kind::Anonymous, None),
    };
    Claims {
        iss: ISSUER.to_owned(),
        aud: audience.to_owned(),
        sub,
        kind,
        role: user.map(|user| user.role),
        scopes: user.and_then(|user| user.scopes.clone()),
        sid: user.and_then(|user| user.session).map(Uuid::from),
        iat: issued,
        exp: issued + i64::try_from(LIFETIME.as_secs()).unwrap_or(0),
    }
}

fn caller(claims: Claims) -> Result<Caller, RefusedToken> {
    match claims.kind {
        Kind::Anonymous => Ok(Caller::Anonymous),
        Kind::Service => Ok(Caller::Service(claims.sub)),
        Kind::User => {
            let id = claims.sub.parse().map_err(|_| RefusedToken::Invalid)?;
            let role = claims.role.ok_or(RefusedToken::Invalid)?;
            let session = claims.sid.map(SessionId::from);
            Ok(Caller::User(UserIdentity {
                id,
                role,
                session,
                scopes: claims.scopes,
            }))
        }
    }
}

fn seconds(value: i64) -> Result<Timestamp, RefusedToken> {
    value
        .checked_mul(1000)
        .and_then(Timestamp::from_millis)
        .ok_or(RefusedToken::Expired)
}
