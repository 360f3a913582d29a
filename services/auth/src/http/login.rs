//! Signing in.

use std::time::{Duration, Instant};

use actix_web::{http::header::SET_COOKIE, post, web::Data};
use contracts::Role;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::{SessionId, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, Json, Reply},
    identity::AnyCaller,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{client::Client, cookie, door::Attempt, views::MeView};
use crate::{
    domain::{
        access_token::Bearer,
        audit::AuditAction,
        canonical,
        keyring::{Sealed, random_bytes},
        password_hash::Verified,
        recovery,
        refresh::RefreshToken,
        totp::TotpSecret,
    },
    error::Error,
    state::{State, even_out},
    store::{
        Origin, authenticators, lockouts,
        sessions::{self, SessionRow},
        users::{self, UserRow},
    },
};

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
pub struct Login {
    /// The address of the account.
    email: String,
    /// Its password.
    #[schema(value_type = String)]
    password: SecretString,
    /// The code of the authenticator app, or a recovery code; needed once a second factor is set up.
    #[schema(value_type = Option<String>)]
    otp: Option<SecretString>,
    /// Where the refresh token goes.
    #[serde(default)]
    token_delivery: TokenDelivery,
}

/// Where the refresh token goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TokenDelivery {
    /// Into the cookie of a browser.
    #[default]
    Cookie,
    /// Into the body, for programs.
    Body,
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
pub struct SignedInView {
    /// The access token, for the header `Authorization: Bearer`.
    access: String,
    /// For how many seconds it counts.
    expires_in: u64,
    /// The user.
    user: MeView,
    /// The refresh token, where it was asked for in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
}

/// Which door is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Everybody,
    Admins,
}

/// Signs in.
#[utoipa::path(tag = "auth", request_body = Login, responses(
    (status = 200, description = "A session has begun", body = Envelope<SignedInView>),
    (status = 401, description = "`invalid_credentials`, or `otp_required` after a right password"),
    (status = 403, description = "`account_disabled` or `email_unverified`, after a right password"),
))]
#[post("/api/auth/login/")]
pub async fn login(
    state: Data<State>,
    _: AnyCaller,
    client: Client,
    body: Json<Login>,
) -> ApiResult<Reply<SignedInView>> {
    sign_in(&state, &client.0, body.into_inner(), Door::Everybody).await
}

/// Signs an administrator in.
#[utoipa::path(tag = "auth", request_body = Login, responses(
    (status = 200, description = "A session has begun", body = Envelope<SignedInView>),
    (status = 401, description = "`invalid_credentials`, or `otp_required` after a right password"),
    (status = 403, description = "`not_admin`, `account_disabled` or `email_unverified`, after a right password"),
))]
#[post("/api/auth/admin-login/")]
pub async fn admin_login(
    state: Data<State>,
    _: AnyCaller,
    client: Client,
    body: Json<Login>,
) -> ApiResult<Reply<SignedInView>> {
    sign_in(&state, &client.0, body.into_inner(), Door::Admins).await
}

async fn sign_in(state: &State, origin: &Origin, body: Login, door: Door) -> ApiResult<Reply<SignedInView>> {
    let start = Instant::now();
    let delivery = body.token_delivery;
    match try_sign_in(state, origin, body, door).await {
        Ok(signed_in) => answer(state, signed_in, delivery),
        Err(error) => {
            if matches!(error, Error::WrongCredentials | Error::LockedOut { .. }) {
                even_out(start, Duration::from_millis(state.config.even_answers.login_ms)).await;
            }
            Err(error.into())
        }
    }
}

/// What a successful sign-in leaves in hand.
struct SignedIn {
    user: UserRow,
    has_mfa: bool,
    session: SessionRow,
}

async fn try_sign_in(state: &State, origin: &Origin, body: Login, door: Door) -> Result<SignedIn, Error> {
    let email = canonical(&body.email);
    let attempt = Attempt::begin(state, origin, &email).await?;
    let user = users::find_by_email(&mut *state.conn().await?, &email).await?;
    let verified = attempt.verify(body.password, user.as_ref()).await?;
    let user = match user {
        Some(user) if verified != Verified::No => user,
        other => {
            attempt.fail(other.map(|user| user.id)).await?;
            return Err(Error::WrongCredentials);
        }
    };
    let started = begin_session(
        state,
        origin,
        Proof {
            user: &user,
            verified,
            otp: body.otp,
            subject: attempt.subject(),
            door,
        },
    )
    .await;
    match started {
        Ok(signed_in) => {
            state.outbox.wake();
            state.metrics.logins.with_label_values(&["ok"]).inc();
            Ok(signed_in)
        }
        Err(Error::WrongCredentials) => {
            attempt.fail(Some(user.id)).await?;
            Err(Error::WrongCredentials)
        }
        Err(error) => {
            state.metrics.logins.with_label_values(&["refused"]).inc();
            attempt.take_back().await?;
            Err(error)
        }
    }
}

/// What is known once the password was right.
struct Proof<'a> {
    user: &'a UserRow,
    verified: Verified,
    otp: Option<SecretString>,
    subject: &'a [u8],
    door: Door,
}

async fn begin_session(state: &State, origin: &Origin, proof: Proof<'_>) -> Result<SignedIn, Error> {
    let scribe = state.scribe(origin);
    let lifetime = state.config.session_lifetime();
    let mut conn = state.conn().await?;
    let (user, has_mfa, session) = conn
        .transaction::<_, Error, _>(async |conn| {
            let user = users::lock(conn, proof.user.id).await?.ok_or(Error::WrongCredentials)?;
            // The password may have been changed while the old one was being compared.
            if user.password_hash != proof.user.password_hash {
                return Err(Error::WrongCredentials);
            }
            check_admission(state, &user, proof.door)?;
            let factor = check_second_factor(state, conn, &user, proof.otp.as_ref()).await?;
            let session = new_session(user.id, scribe.now, lifetime, origin);
            sessions::insert(conn, &session).await?;
            let surplus = sessions::surplus(conn, user.id).await?;
            for id in &surplus {
                sessions::remove(conn, user.id, *id).await?;
            }
            lockouts::clear(conn, proof.subject).await?;
            users::touch(conn, user.id, scribe.now).await?;
            if let Verified::Upgrade(stronger) = &proof.verified {
                users::strengthen_hash(conn, user.id, &user.password_hash, stronger).await?;
            }
            scribe.revoke(conn, user.id, &surplus).await?;
            if factor == Factor::RecoveryCode {
                scribe.audit(conn, AuditAction::RecoveryCodeUsed, user.id, "").await?;
            }
            scribe
                .audit(
                    conn,
                    AuditAction::LoggedIn,
                    user.id,
                    if proof.door == Door::Admins { "admin door" } else { "" },
                )
                .await?;
            Ok((user, factor != Factor::None, session))
        })
        .await?;
    Ok(SignedIn { user, has_mfa, session })
}

fn check_admission(state: &State, user: &UserRow, door: Door) -> Result<(), Error> {
    if !user.is_active {
        return Err(Error::AccountDisabled);
    }
    if door == Door::Admins && user.role() != Role::Admin {
        return Err(Error::NotAdmin);
    }
    if state.config.require_verified_email && user.email_verified_at.is_none() {
        return Err(Error::EmailUnverified);
    }
    Ok(())
}

/// The second factor that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Factor {
    None,
    App,
    RecoveryCode,
}

/// Checks the code where the account has a second factor.
async fn check_second_factor(
    state: &State,
    conn: &mut AsyncPgConnection,
    user: &UserRow,
    otp: Option<&SecretString>,
) -> Result<Factor, Error> {
    let Some(factor) = authenticators::lock(conn, user.id)
        .await?
        .filter(|factor| factor.confirmed_at.is_some())
    else {
        return Ok(Factor::None);
    };
    let otp = otp.ok_or(Error::OtpRequired)?.expose_secret();
    let secret = TotpSecret::from_bytes(state.keyring.open(Sealed::Authenticator(user.id), &factor.secret)?);
    if let Some(step) = secret.accepted_step(otp, state.now(), factor.last_step) {
        authenticators::use_step(conn, user.id, step).await?;
        return Ok(Factor::App);
    }
    let code = recovery::canonical(otp).ok_or(Error::WrongCredentials)?;
    let hash = state.keyring.recovery_hash(user.id, &code);
    if authenticators::spend_code(conn, user.id, &hash).await? {
        Ok(Factor::RecoveryCode)
    } else {
        Err(Error::WrongCredentials)
    }
}

fn new_session(user_id: Uuid, now: Timestamp, lifetime: Duration, origin: &Origin) -> SessionRow {
    SessionRow {
        id: SessionId::new().uuid(),
        user_id,
        generation: 0,
        salt: random_bytes::<32>().to_vec(),
        rotated_at: now.into(),
        created_at: now.into(),
        last_used_at: now.into(),
        expires_at: now.plus(lifetime).into(),
        address: origin.address.clone(),
        user_agent: origin.user_agent.clone(),
    }
}

fn answer(state: &State, signed_in: SignedIn, delivery: TokenDelivery) -> ApiResult<Reply<SignedInView>> {
    let SignedIn { user, has_mfa, session } = signed_in;
    let access = access_token(state, &user, &session)?;
    let refresh = RefreshToken::issue(&state.keyring, session.id.into(), 0, &session.salt).reveal();
    let mut view = SignedInView {
        access: access.expose_secret().to_owned(),
        expires_in: state.config.access_token_seconds,
        user: MeView::new(user, has_mfa),
        refresh: None,
    };
    if delivery == TokenDelivery::Body {
        view.refresh = Some(refresh.expose_secret().to_owned());
        return Ok(Reply::new(200, view).message("you are signed in"));
    }
    let reply = Reply::new(200, view).message("you are signed in");
    Ok(match cookie::set(&refresh, state.config.session_lifetime()) {
        Some(header) => reply.header(SET_COOKIE, header),
        None => reply,
    })
}

/// A fresh access token of a session.
pub fn access_token(state: &State, user: &UserRow, session: &SessionRow) -> Result<SecretString, ApiError> {
    let now = state.now();
    let key = state.signing_keys.signer(now)?;
    let bearer = Bearer {
        user: user.id.into(),
        session: session.id.into(),
        role: user.role(),
    };
    Ok(key
        .sign(bearer, &state.issuer, now, state.config.access_lifetime())
        .map_err(Error::from)?)
}
