//! Who calls, and what proves it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::AccessClaims;
use domain::{Timestamp, UserId};
use service_kit::identity::{Scope, UserIdentity};

use super::helpers::Answer;

/// A signed-in user.
#[derive(Debug, Clone)]
pub struct Session {
    pub email: String,
    pub identity: UserIdentity,
    pub access: String,
    pub refresh: String,
}

impl Session {
    pub fn user_id(&self) -> String {
        self.identity.id.uuid().to_string()
    }

    pub fn id(&self) -> String {
        self.identity.session.expect("a session").uuid().to_string()
    }

    /// The same user with an API token of this scope.
    pub fn with_token(&self, scope: Scope) -> Self {
        let identity = UserIdentity {
            session: None,
            scopes: Some([scope].into()),
            ..self.identity.clone()
        };
        Self {
            identity,
            ..self.clone()
        }
    }
}

/// Who calls.
#[derive(Clone, Copy)]
pub enum As<'a> {
    Nobody,
    User(&'a Session),
    Service,
}

/// The session that a login began.
pub fn session_of(email: &str, login: &Answer) -> Session {
    let data = login.data(200);
    let access = data["access"].as_str().expect("access token").to_owned();
    let claims = claims_of(&access);
    let identity = UserIdentity {
        id: UserId::from(claims.sub),
        role: claims.role,
        session: Some(claims.sid.into()),
        scopes: None,
    };
    let refresh = data["refresh"].as_str().unwrap_or_default().to_owned();
    Session {
        email: email.to_owned(),
        identity,
        access,
        refresh,
    }
}

/// What a token says, unchecked.
pub fn claims_of(access: &str) -> AccessClaims {
    let payload = access.split('.').nth(1).expect("payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("claims")
}

/// The code of an authenticator app with this secret, which is written in base 32.
pub fn totp(secret: &str, at: Timestamp) -> String {
    let mut bits = String::new();
    for letter in secret.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|known| *known == letter)
            .expect("base 32");
        bits.push_str(&format!("{value:05b}"));
    }
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
    let tag = aws_lc_rs::hmac::sign(&key, &(at.millis() / 30_000).to_be_bytes());
    let tag = tag.as_ref();
    let offset = usize::from(tag[19] & 15);
    let number = u32::from_be_bytes(tag[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}
