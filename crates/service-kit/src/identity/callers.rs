//! Extractors by which a route says who may call it.
//!
//! A handler names its caller before whatever it takes from the request, so that nobody is told what is wrong with a
//! request that they may not make.

use std::{
    collections::BTreeSet,
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header::AUTHORIZATION, web::Data};
use contracts::{Role, Scope};
use domain::{SessionId, UserId};

use super::tokens::{Caller, InternalTokens, UserIdentity};
use crate::error::{ApiError, ApiResult};

/// A signed-in person, or a program with one of the person's API tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserCaller {
    /// The account.
    pub id: UserId,
    /// What the account may do.
    pub role: Role,
    /// The sign-in; `None` for an API token.
    pub session: Option<SessionId>,
    scopes: Option<BTreeSet<Scope>>,
}

impl UserCaller {
    /// Whether an API token is used instead of a sign-in.
    pub fn is_via_token(&self) -> bool {
        self.scopes.is_some()
    }

    /// Whether the caller may do what `scope` names; a sign-in may do everything.
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&scope))
    }

    /// The sign-in, if that is what is used.
    pub fn sign_in(&self) -> Option<SessionId> {
        self.session.filter(|_| !self.is_via_token())
    }

    /// The caller as an identity, to mint a token for another service.
    pub fn identity(&self) -> UserIdentity {
        UserIdentity {
            id: self.id,
            role: self.role,
            session: self.session,
            scopes: self.scopes.clone(),
        }
    }
}

impl From<UserIdentity> for UserCaller {
    fn from(user: UserIdentity) -> Self {
        Self {
            id: user.id,
            role: user.role,
            session: user.session,
            scopes: user.scopes,
        }
    }
}

/// A caller who is signed in, or whose API token has the scope `read`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadCaller(UserCaller);

/// A caller who is signed in, or whose API token has the scope `alerts`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertsCaller(UserCaller);

/// A caller who is signed in, or whose API token has the scope `trade`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradeCaller(UserCaller);

/// A signed-in person. API tokens are refused: password, e-mail, sessions and tokens are not theirs to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCaller {
    user: UserCaller,
    /// The sign-in.
    pub session: SessionId,
}

/// A signed-in person with the role `admin`. API tokens are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminCaller(pub UserCaller);

/// Anybody, but through the gateway or a service: a token is still needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyCaller(pub Option<UserCaller>);

/// Another service, on its own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceCaller {
    /// Its name.
    pub name: String,
}

/// Who was seen behind this request; kept with it so that the token is read once.
#[derive(Clone)]
pub(crate) struct SeenCaller(Caller);

impl SeenCaller {
    /// Whether the answer is somebody's own.
    pub(crate) fn is_person(&self) -> bool {
        matches!(self.0, Caller::User(_))
    }
}

/// Notes who is behind a request; for a server that finds that out by other means than an internal token.
pub fn remember_caller(request: &HttpRequest, caller: Caller) {
    request.extensions_mut().insert(SeenCaller(caller));
}

/// Reads the token of a request.
pub(crate) fn caller_of(request: &HttpRequest) -> ApiResult<Caller> {
    if let Some(seen) = request.extensions().get::<SeenCaller>() {
        return Ok(seen.0.clone());
    }
    let refusal = || ApiError::unauthorized("a valid token is needed");
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values
        .next()
        .and_then(|value| value.to_str().ok())
        .ok_or_else(refusal)?;
    if values.next().is_some() {
        return Err(refusal());
    }
    let token = value.strip_prefix("Bearer ").ok_or_else(refusal)?;
    let tokens = request
        .app_data::<Data<InternalTokens>>()
        .ok_or_else(|| ApiError::internal(NoVerifier))?;
    let caller = tokens.verify(token).map_err(|refused| {
        tracing::debug!(%refused, "token refused");
        refusal()
    })?;
    request.extensions_mut().insert(SeenCaller(caller.clone()));
    Ok(caller)
}

#[derive(Debug, thiserror::Error)]
#[error("the server was started without a verifier of tokens")]
struct NoVerifier;

fn user_of(request: &HttpRequest) -> ApiResult<UserCaller> {
    match caller_of(request)? {
        Caller::User(user) => Ok(user.into()),
        Caller::Anonymous => Err(ApiError::unauthorized("a valid token is needed")),
        Caller::Service(_) => Err(ApiError::forbidden("only users may do this")),
    }
}

fn with_scope(request: &HttpRequest, scope: Scope) -> ApiResult<UserCaller> {
    let user = user_of(request)?;
    if user.has_scope(scope) {
        return Ok(user);
    }
    Err(ApiError::forbidden(format!("this API token lacks the scope {scope}")).with_code("missing_scope"))
}

fn reader_of(request: &HttpRequest) -> ApiResult<ReadCaller> {
    with_scope(request, Scope::Read).map(ReadCaller)
}

fn alerts_caller_of(request: &HttpRequest) -> ApiResult<AlertsCaller> {
    with_scope(request, Scope::Alerts).map(AlertsCaller)
}

fn trader_of(request: &HttpRequest) -> ApiResult<TradeCaller> {
    with_scope(request, Scope::Trade).map(TradeCaller)
}

fn session_of(request: &HttpRequest) -> ApiResult<SessionCaller> {
    let user = user_of(request)?;
    let session = user
        .sign_in()
        .ok_or_else(|| ApiError::forbidden("an API token may not do this").with_code("session_required"))?;
    Ok(SessionCaller { user, session })
}

fn admin_of(request: &HttpRequest) -> ApiResult<AdminCaller> {
    let user = user_of(request)?;
    if user.role != Role::Admin || user.is_via_token() {
        return Err(ApiError::forbidden("only admins may do this"));
    }
    Ok(AdminCaller(user))
}

fn anybody_of(request: &HttpRequest) -> ApiResult<AnyCaller> {
    match caller_of(request)? {
        Caller::User(user) => Ok(AnyCaller(Some(user.into()))),
        Caller::Anonymous | Caller::Service(_) => Ok(AnyCaller(None)),
    }
}

fn service_of(request: &HttpRequest) -> ApiResult<ServiceCaller> {
    match caller_of(request)? {
        Caller::Service(name) => Ok(ServiceCaller { name }),
        Caller::User(_) | Caller::Anonymous => Err(ApiError::forbidden("only services may do this")),
    }
}

macro_rules! extractor {
    ($($name:ident by $read:ident;)*) => {$(
        impl FromRequest for $name {
            type Error = ApiError;
            type Future = Ready<ApiResult<Self>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready($read(request))
            }
        }
    )*};
}

macro_rules! caller {
    ($($name:ident is $user:tt;)*) => {$(
        impl Deref for $name {
            type Target = UserCaller;

            fn deref(&self) -> &UserCaller {
                &self.$user
            }
        }
    )*};
}

caller! {
    ReadCaller is 0;
    AlertsCaller is 0;
    TradeCaller is 0;
    SessionCaller is user;
}

extractor! {
    UserCaller by user_of;
    ReadCaller by reader_of;
    AlertsCaller by alerts_caller_of;
    TradeCaller by trader_of;
    SessionCaller by session_of;
    AdminCaller by admin_of;
    AnyCaller by anybody_of;
    ServiceCaller by service_of;
}
