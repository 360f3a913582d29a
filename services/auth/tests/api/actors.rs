//! Who calls, and what proves it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use contracts::AccessClaims;
use domain::UserId;
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
