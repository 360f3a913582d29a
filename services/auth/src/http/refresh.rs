//! Staying signed in, and signing out.

use actix_web::{HttpRequest, http::header::SET_COOKIE, post, web::Data};
use contracts::events::Warning;
use diesel_async::AsyncConnection;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult,
    http::{Envelope, Reply},
    identity::AnyCaller,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    client::{Client, MaybeJson, Page},
    cookie,
    login::access_token,
};
use crate::{
    domain::{
        audit::AuditAction,
        refresh::{RefreshToken, Verdict},
    },
    error::Error,
    state::State,
    store::{
        Origin,
        sessions::{self, SessionRow},
        users::{self, UserRow},
    },
};

/// The refresh token of a program; browsers have theirs in the cookie.
#[derive(Deserialize, ToSchema)]
pub struct RefreshBody {
    /// The token; left out where the cookie has it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    refresh: Option<SecretString>,
}

/// Fresh tokens.
#[derive(Serialize, ToSchema)]
pub struct RefreshedView {
    /// The access token.
    access: String,
    /// For how many seconds it counts.
    expires_in: u64,
    /// The next refresh token, where the last one came in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
}

/// How a refresh token came.
struct Shown {
    token: SecretString,
    is_in_cookie: bool,
}

/// Takes the token out of the body or, from our own pages only, out of the cookie.
fn shown(state: &State, request: &HttpRequest, page: &Page, body: Option<RefreshBody>) -> Result<Option<Shown>, Error> {
    if let Some(token) = body.and_then(|body| body.refresh) {
        if page.is_browser() {
            return Err(Error::ForeignOrigin);
        }
        return Ok(Some(Shown {
            token,
            is_in_cookie: false,
        }));
    }
    let Some(token) = cookie::read(request) else {
        return Ok(None);
    };
    page.check_own(&state.origins)?;
    Ok(Some(Shown {
        token: token.into(),
        is_in_cookie: true,
    }))
}

/// Hands out a fresh access token and rotates the refresh token.
#[utoipa::path(tag = "auth", request_body(content = Option<RefreshBody>, description = "Left out by browsers, which have the cookie"), responses(
    (status = 200, description = "Fresh tokens", body = Envelope<RefreshedView>),
    (status = 401, description = "`session_ended`: sign in again"),
    (status = 403, description = "`origin_not_allowed`: the request came from another site's page"),
))]
#[post("/api/auth/refresh/")]
pub async fn refresh(
    state: Data<State>,
    _: AnyCaller,
    client: Client,
    page: Page,
    request: HttpRequest,
    body: MaybeJson<RefreshBody>,
) -> ApiResult<Reply<RefreshedView>> {
    let Some(shown) = shown(&state, &request, &page, body.0)? else {
        return Err(Error::SessionEnded.into());
    };
    let outcome = rotate(&state, &client.0, &shown.token).await;
    let (label, answered) = match outcome {
        Ok(Outcome::Rotated(user, session)) => ("rotated", Ok((user, session))),
        Ok(Outcome::Repeated(user, session)) => ("repeated", Ok((user, session))),
        Ok(Outcome::Stolen) => ("stolen", Err(Error::SessionEnded)),
        Err(error) => ("refused", Err(error)),
    };
    state.metrics.refreshes.with_label_values(&[label]).inc();
    let (user, session) = answered?;
    let next = session.chain().newest(&state.keyring).reveal();
    let view = RefreshedView {
        access: access_token(&state, &user, &session)?.expose_secret().to_owned(),
        expires_in: state.config.access_token_seconds,
        refresh: (!shown.is_in_cookie).then(|| next.expose_secret().to_owned()),
    };
    let reply = Reply::new(200, view);
    let header = if shown.is_in_cookie {
        cookie::set(&next, state.config.session_lifetime())
    } else {
        None
    };
    Ok(match header {
        Some(header) => reply.header(SET_COOKIE, header),
        None => reply,
    })
}

/// What became of a refresh token.
enum Outcome {
    Rotated(UserRow, SessionRow),
    Repeated(UserRow, SessionRow),
    Stolen,
}

async fn rotate(state: &State, origin: &Origin, token: &SecretString) -> Result<Outcome, Error> {
    let token = RefreshToken::parse(token.expose_secret()).map_err(|_| Error::SessionEnded)?;
    let scribe = state.scribe(origin);
    let now = scribe.now;
    let mut conn = state.conn().await?;
    let id = token.session_id().uuid();
    let owner = sessions::find(&mut conn, id, now)
        .await?
        .ok_or(Error::SessionEnded)?
        .user_id;
    let outcome = conn
        .transaction::<_, Error, _>(async |conn| {
            // The user first, as everywhere: whoever ends a session holds the user's row.
            let user = users::lock(conn, owner)
                .await?
                .filter(|user| user.is_active)
                .ok_or(Error::SessionEnded)?;
            let mut session = sessions::lock(conn, id, now).await?.ok_or(Error::SessionEnded)?;
            match session.chain().judge(&state.keyring, &token, now) {
                Verdict::Rotate => {
                    session.generation += 1;
                    session.rotated_at = now.into();
                    session.last_used_at = now.into();
                    session.expires_at = now.plus(state.config.session_lifetime()).into();
                    session.address.clone_from(&origin.address);
                    session.user_agent.clone_from(&origin.user_agent);
                    sessions::save_rotation(conn, &session).await?;
                    users::touch(conn, user.id, now).await?;
                    Ok(Outcome::Rotated(user, session))
                }
                Verdict::Repeat => Ok(Outcome::Repeated(user, session)),
                Verdict::Stolen => {
                    sessions::remove(conn, user.id, id).await?;
                    scribe.warn(conn, user.id, Warning::TokenReused).await?;
                    scribe.revoke(conn, user.id, &[id]).await?;
                    scribe
                        .audit_act(conn, AuditAction::TokenReused, None, Some(user.id), "")
                        .await?;
                    Ok(Outcome::Stolen)
                }
                Verdict::Invented => Err(Error::SessionEnded),
            }
        })
        .await?;
    state.outbox.wake();
    Ok(outcome)
}

/// Ends this session. Succeeds without one, too.
#[utoipa::path(tag = "auth", request_body(content = Option<RefreshBody>, description = "Needed only without an access token and without the cookie"),
    responses(
        (status = 200, description = "Signed out", body = Envelope<Option<bool>>),
        (status = 403, description = "`origin_not_allowed`: a page of another origin asked with the cookie alone"),
    ))]
#[post("/api/auth/logout/")]
pub async fn logout(
    state: Data<State>,
    caller: AnyCaller,
    client: Client,
    page: Page,
    request: HttpRequest,
    body: MaybeJson<RefreshBody>,
) -> ApiResult<Reply<()>> {
    let by_access = caller.0.and_then(|user| Some((user.id.uuid(), user.sign_in()?.uuid())));
    let by_refresh = match shown(&state, &request, &page, body.0) {
        Ok(Some(shown)) => session_of(&state, &shown.token).await?,
        Ok(None) => None,
        // The access token has said already which session it is about.
        Err(Error::ForeignOrigin) if by_access.is_some() => None,
        Err(error) => return Err(error.into()),
    };
    for (user_id, session_id) in by_access
        .into_iter()
        .chain(by_refresh.filter(|session| Some(*session) != by_access))
    {
        end_session(&state, &client.0, (user_id, session_id), AuditAction::LoggedOut).await?;
    }
    let reply = Reply::new(200, ()).message("you are signed out");
    Ok(match cookie::clear() {
        Some(header) => reply.header(SET_COOKIE, header),
        None => reply,
    })
}

/// The user and session of a refresh token, whatever its place in the chain.
async fn session_of(state: &State, token: &SecretString) -> Result<Option<(Uuid, Uuid)>, Error> {
    let Ok(token) = RefreshToken::parse(token.expose_secret()) else {
        return Ok(None);
    };
    let now = state.now();
    let session = sessions::find(&mut *state.conn().await?, token.session_id().uuid(), now).await?;
    Ok(session
        .filter(|session| session.chain().judge(&state.keyring, &token, now) != Verdict::Invented)
        .map(|session| (session.user_id, session.id)))
}

/// Ends one session of a user; says whether there was one.
pub async fn end_session(
    state: &State,
    origin: &Origin,
    (user_id, session_id): (Uuid, Uuid),
    action: AuditAction,
) -> Result<bool, Error> {
    let scribe = state.scribe(origin);
    let mut conn = state.conn().await?;
    let was_there = conn
        .transaction::<_, Error, _>(async |conn| {
            if users::lock(conn, user_id).await?.is_none() || !sessions::remove(conn, user_id, session_id).await? {
                return Ok(false);
            }
            scribe.revoke(conn, user_id, &[session_id]).await?;
            scribe.audit(conn, action, user_id, "").await?;
            Ok(true)
        })
        .await?;
    state.outbox.wake();
    Ok(was_there)
}
