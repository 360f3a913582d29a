//! The second factor.

use std::time::Duration;

use actix_web::{delete, post, web::Data};
use contracts::events::Warning;
use diesel_async::AsyncConnection;
use qrcode::{EcLevel, QrCode, render::svg};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, Json, Ok200, Reply},
    identity::SessionCaller,
};
use utoipa::ToSchema;

use super::{
    client::{Client, MaybeJson},
    door::{Attempt, confirm_password, find_active},
};
use crate::{
    domain::{audit::AuditAction, keyring::Sealed, recovery, totp::TotpSecret},
    error::Error,
    state::State,
    store::{authenticators, sessions, users},
};

/// For how long after signing in the password need not be given again.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// After so many wrong codes an enrolment starts again.
const ENROLMENT_TRIES: i32 = 5;

/// The password, given again.
#[derive(Deserialize, ToSchema)]
pub struct PasswordBody {
    /// The password.
    #[schema(value_type = String)]
    pub password: SecretString,
}

/// What an authenticator app needs.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentView {
    /// The secret, to be typed.
    secret: String,
    /// The secret, as a link.
    otpauth_url: String,
    /// The link, to be scanned: an SVG image.
    qr_svg: String,
}

/// The password, where it has to be given again.
#[derive(Default, Deserialize, ToSchema)]
pub struct PasswordAgain {
    /// The password; needed when signing in was more than ten minutes ago.
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

/// Begins to set up a second factor. It counts once a code confirms it.
#[utoipa::path(tag = "auth", security(("bearer" = [])),
    request_body(content = Option<PasswordAgain>, description = "Needed when signing in was more than ten minutes ago"),
    responses(
        (status = 200, description = "The secret for the authenticator app", body = Envelope<EnrolmentView>),
        (status = 409, description = "`mfa_enabled`: there is one already"),
    ))]
#[post("/api/auth/mfa/totp/")]
pub async fn begin_totp(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    body: MaybeJson<PasswordAgain>,
) -> ApiResult<Ok200<EnrolmentView>> {
    let session = user.session;
    let row = find_active(&state, user.id).await?;
    if authenticators::is_enabled(&mut *state.conn().await?, row.id)
        .await
        .map_err(Error::from)?
    {
        return Err(Error::MfaEnabled.into());
    }
    match body.0.and_then(|body| body.password) {
        Some(password) => {
            confirm_password(&state, &client.0, user.id, ("password", password)).await?;
        }
        None => {
            let session = sessions::find(&mut *state.conn().await?, session.uuid(), state.now())
                .await
                .map_err(Error::from)?;
            let session = session.ok_or(Error::SessionEnded)?;
            if state.now().since(session.created_at.into()) > FRESH {
                return Err(ApiError::invalid(
                    "password",
                    "is required: you signed in more than ten minutes ago",
                ));
            }
        }
    }
    let secret = TotpSecret::generate();
    let sealed = state
        .keyring
        .seal(Sealed::Authenticator(row.id), secret.as_bytes())
        .map_err(Error::from)?;
    let now = state.now();
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        users::lock(conn, row.id).await?.ok_or(Error::SessionEnded)?;
        if authenticators::lock(conn, row.id)
            .await?
            .is_some_and(|factor| factor.confirmed_at.is_some())
        {
            return Err(Error::MfaEnabled);
        }
        Ok(authenticators::begin(conn, row.id, &sealed, now).await?)
    })
    .await?;
    Ok(Ok200(enrolment(&secret, &row.email)?))
}

fn enrolment(secret: &TotpSecret, email: &str) -> ApiResult<EnrolmentView> {
    let url = secret.otpauth_url(email);
    let code = QrCode::with_error_correction_level(url.expose_secret(), EcLevel::M).map_err(ApiError::internal)?;
    Ok(EnrolmentView {
        secret: secret.base32().expose_secret().to_owned(),
        qr_svg: code.render::<svg::Color<'_>>().min_dimensions(200, 200).build(),
        otpauth_url: url.expose_secret().to_owned(),
    })
}

/// A code of the authenticator app.
#[derive(Deserialize, ToSchema)]
pub struct OtpBody {
    /// Six digits.
    #[schema(value_type = String)]
    otp: SecretString,
}

/// Codes that stand in for the app.
#[derive(Serialize, ToSchema)]
pub struct RecoveryView {
    /// Each is good once. They are shown only now.
    recovery_codes: Vec<String>,
}

/// Confirms the second factor with a code. Other sessions end.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = OtpBody, responses(
    (status = 200, description = "The second factor counts from now on", body = Envelope<RecoveryView>),
    (status = 409, description = "`no_enrolment`: none is under way, or five codes were wrong"),
))]
#[post("/api/auth/mfa/totp/confirm/")]
pub async fn confirm_totp(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    body: Json<OtpBody>,
) -> ApiResult<Reply<RecoveryView>> {
    let session = user.session;
    let row = find_active(&state, user.id).await?;
    let attempt = Attempt::begin(&state, &client.0, &row.email).await?;
    let otp = body.into_inner().otp;
    let codes = recovery::generate();
    let hashes: Vec<[u8; 32]> = codes
        .iter()
        .filter_map(|code| recovery::canonical(code.expose_secret()))
        .map(|code| state.keyring.recovery_hash(row.id, &code))
        .collect();
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    let is_right = conn
        .transaction::<_, Error, _>(async |conn| {
            let mut user = users::lock(conn, row.id).await?.ok_or(Error::SessionEnded)?;
            let factor = authenticators::lock(conn, user.id)
                .await?
                .filter(|factor| factor.confirmed_at.is_none());
            let factor = factor
                .filter(|factor| factor.tries < ENROLMENT_TRIES)
                .ok_or(Error::NoEnrolment)?;
            let secret = TotpSecret::from_bytes(state.keyring.open(Sealed::Authenticator(user.id), &factor.secret)?);
            let Some(step) = secret.accepted_step(otp.expose_secret(), scribe.now, None) else {
                authenticators::count_try(conn, user.id).await?;
                return Ok(false);
            };
            authenticators::confirm(conn, user.id, step, scribe.now).await?;
            authenticators::replace_codes(conn, user.id, &hashes).await?;
            user.credential_epoch += 1;
            users::save(conn, &mut user).await?;
            scribe.warn(conn, user.id, Warning::MfaEnabled).await?;
            scribe.end_sessions(conn, user.id, Some(session.uuid())).await?;
            scribe.audit(conn, AuditAction::MfaEnabled, user.id, "").await?;
            Ok(true)
        })
        .await;
    drop(conn);
    match is_right {
        Ok(true) => attempt.take_back().await?,
        Ok(false) => {
            attempt.fail(Some(row.id)).await?;
            return Err(Error::WrongOtp.into());
        }
        Err(error) => {
            attempt.take_back().await?;
            return Err(error.into());
        }
    }
    state.outbox.wake();
    let recovery_codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
    Ok(Ok200(RecoveryView { recovery_codes }).message("keep these codes somewhere safe: they are shown only now"))
}

/// Removes the second factor. Other sessions end.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = PasswordBody, responses(
    (status = 200, description = "Signing in needs the password alone", body = Envelope<Option<bool>>),
    (status = 404, description = "There is no second factor"),
))]
#[delete("/api/auth/mfa/totp/")]
pub async fn remove_totp(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    body: Json<PasswordBody>,
) -> ApiResult<Reply<()>> {
    let session = user.session;
    let row = confirm_password(&state, &client.0, user.id, ("password", body.into_inner().password)).await?;
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        let mut user = users::lock(conn, row.id).await?.ok_or(Error::SessionEnded)?;
        let factor = authenticators::lock(conn, user.id)
            .await?
            .ok_or(Error::NotFound("second factor"))?;
        authenticators::remove(conn, user.id).await?;
        if factor.confirmed_at.is_none() {
            return Ok(());
        }
        user.credential_epoch += 1;
        users::save(conn, &mut user).await?;
        scribe.warn(conn, user.id, Warning::MfaDisabled).await?;
        scribe.end_sessions(conn, user.id, Some(session.uuid())).await?;
        Ok(scribe.audit(conn, AuditAction::MfaDisabled, user.id, "").await?)
    })
    .await?;
    state.outbox.wake();
    Ok(Ok200(()).message("the second factor is removed; other devices are signed out"))
}
