use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use contracts::internal::{TokenFacts, TokenQuestion};
use domain::{SessionId, Timestamp, UserId};
use service_kit::identity::{Caller, UserIdentity};

use crate::{
    domain::{access::Refused, stream::link::Standing},
    error::Error,
    state::{State, fingerprint},
};

/// What personal API tokens begin with.
const API_TOKEN_PREFIX: &str = "cwk_";

/// Who is calling. A token that counts for nothing is refused, also where none is needed.
pub(super) async fn caller(state: &State, headers: &HeaderMap) -> Result<Caller, Error> {
    let standing = identify(state, headers).await?;
    Ok(standing.map_or(Caller::Anonymous, |standing| Caller::User(standing.user)))
}

/// Who is calling, and until when; `None` for nobody in particular.
pub(super) async fn identify(state: &State, headers: &HeaderMap) -> Result<Option<Standing>, Error> {
    let mut values = headers.get_all(AUTHORIZATION);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value
        .to_str()
        .ok()
        .and_then(bearer)
        .filter(|token| !token.is_empty())
        .ok_or(Error::BadToken)?;
    if values.next().is_some() {
        return Err(Error::BadToken);
    }
    identify_token(state, token).await.map(Some)
}

/// Whose token this is, and until when it counts.
pub(super) async fn identify_token(state: &State, token: &str) -> Result<Standing, Error> {
    if token.starts_with(API_TOKEN_PREFIX) {
        api_token(state, &fingerprint(token)).await
    } else {
        access_token(state, token)
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn access_token(state: &State, token: &str) -> Result<Standing, Error> {
    let now = state.context.clock.now();
    let keys = state.tokens.keys.load();
    if keys.is_empty() {
        return Err(Error::NoKeys);
    }
    let name = fingerprint(token);
    // Whether its time has come or gone, and whether its key still counts, is asked each time.
    let cached = state
        .tokens
        .verified(&name)
        .filter(|(claims, kid)| keys.knows(kid) && claims.exp > now.millis().div_euclid(1_000));
    let (claims, kid) = match cached {
        Some(known) => known,
        None => {
            let (claims, kid) = keys.verify(token, now).map_err(|refused: Refused| {
                tracing::debug!(%refused, "access token refused");
                Error::BadToken
            })?;
            state.tokens.remember(name, &claims, &kid);
            (claims, kid)
        }
    };
    let session = SessionId::from(claims.sid);
    if state.tokens.is_ended(session) {
        return Err(Error::BadToken);
    }
    let user = UserIdentity {
        id: UserId::from(claims.sub),
        role: claims.role,
        session: Some(session),
        scopes: None,
    };
    Ok(Standing {
        user,
        expires_at: Timestamp::from_millis(claims.exp.saturating_mul(1_000)),
        fingerprint: name,
        key: Some(kid),
    })
}

/// Whose personal API token has this fingerprint, and until when it counts.
pub(crate) async fn api_token(state: &State, name: &[u8; 32]) -> Result<Standing, Error> {
    let facts = match state.tokens.introspected(name) {
        Some(facts) => facts,
        None => {
            let facts = introspect(state, name).await?;
            state.tokens.remember_introspection(*name, facts.clone());
            facts
        }
    };
    let facts = facts.ok_or(Error::BadToken)?;
    if facts.expires_at.is_some_and(|end| end <= state.context.clock.now()) {
        return Err(Error::BadToken);
    }
    let scopes = Some(facts.scopes.iter().copied().collect());
    let user = UserIdentity {
        id: facts.user_id,
        role: facts.role,
        session: None,
        scopes,
    };
    Ok(Standing {
        user,
        expires_at: facts.expires_at,
        fingerprint: *name,
        key: None,
    })
}

async fn introspect(state: &State, token: &[u8; 32]) -> Result<Option<Arc<TokenFacts>>, Error> {
    let question = TokenQuestion {
        token: None,
        token_hash: Some(hex::encode(token)),
    };
    match state
        .context
        .client
        .post("auth", "/internal/tokens/introspect", &question)
        .send::<TokenFacts>()
        .await
    {
        Ok(facts) => Ok(Some(Arc::new(facts))),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}
