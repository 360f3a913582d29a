//! Changing and resetting the password.

use std::time::{Duration, Instant};

use actix_web::{post, web::Data};
use contracts::events::{MailKind, UserUpdated, Warning};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use service_kit::{
    ApiError, ApiResult,
    http::{Accepted, Envelope, Json, Ok200, Reply},
    identity::{AnyCaller, SessionCaller},
};
use utoipa::ToSchema;

use super::{
    client::Client,
    door::{check_password, find_active},
    register::redeem,
};
use crate::{
    domain::{EmailAddress, NewPassword, audit::AuditAction, canonical, mail_token::MailToken},
    error::Error,
    state::{State, even_out},
    store::{
        Origin, Scribe, api_tokens, lockouts, mails,
        users::{self, UserRow},
    },
};

/// A change of password by somebody who knows it.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The present password.
    #[schema(value_type = String)]
    current_password: SecretString,
    /// 12 to 128 characters.
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    new_password: SecretString,
}

/// Changes the password and ends every other session.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = PasswordChange, responses(
    (status = 200, description = "The password is changed; other sessions have ended", body = Envelope<Option<bool>>),
))]
#[post("/api/auth/change-password/")]
pub async fn change_password(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    body: Json<PasswordChange>,
) -> ApiResult<Reply<()>> {
    let session = user.session;
    let body = body.into_inner();
    let present = find_active(&state, user.id).await?;
    let is_same = body.current_password.expose_secret() == body.new_password.expose_secret();
    let password = parse_new(body.new_password, &present)?;
    let (attempt, _) = check_password(&state, &client.0, user.id, ("current_password", body.current_password)).await?;
    if is_same {
        attempt.take_back().await?;
        return Err(ApiError::invalid(
            "new_password",
            "must differ from the current password",
        ));
    }
    let hash = attempt.hash(password.into_secret()).await?;
    attempt.take_back().await?;
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        let row = users::lock(conn, user.id.uuid())
            .await?
            .filter(|row| row.is_active)
            .ok_or(Error::SessionEnded)?;
        // Of two changes at once the second no longer knows the current password.
        if row.password_hash != present.password_hash {
            return Err(Error::WrongPassword {
                field: "current_password",
            });
        }
        let id = row.id;
        let row = set_password(conn, row, hash).await?;
        if row.email_verified_at.is_none() {
            // The mail that was to prove the address is void now.
            scribe.request_mail(conn, &row, MailKind::Verify, &row.email).await?;
        }
        scribe.warn(conn, id, Warning::PasswordChanged).await?;
        scribe.end_sessions(conn, id, Some(session.uuid())).await?;
        Ok(scribe.audit(conn, AuditAction::PasswordChanged, id, "").await?)
    })
    .await?;
    state.outbox.wake();
    Ok(Ok200(()).message("your password is changed; other devices are signed out"))
}

fn parse_new(raw: SecretString, user: &UserRow) -> Result<NewPassword, ApiError> {
    let email = EmailAddress::parse(&user.email).map_err(ApiError::internal)?;
    NewPassword::parse(raw, &user.name, &email).map_err(|unfit| ApiError::invalid("new_password", unfit))
}

async fn set_password(conn: &mut AsyncPgConnection, mut row: UserRow, hash: String) -> Result<UserRow, Error> {
    row.password_hash = hash;
    row.credential_epoch += 1;
    // A change of address that somebody else may have asked for is off.
    row.pending_email = None;
    users::save(conn, &mut row).await?;
    Ok(row)
}

/// Who forgot the password.
#[derive(Deserialize, ToSchema)]
pub struct ResetRequest {
    /// The address of the account.
    email: String,
}

/// Mails a token for a new password, if the address has an account. The answer does not say whether.
#[utoipa::path(tag = "auth", request_body = ResetRequest, responses(
    (status = 202, description = "A mail is on its way, if the address has an account", body = Envelope<Option<bool>>),
))]
#[post("/api/auth/password-reset/")]
pub async fn request_reset(
    state: Data<State>,
    _: AnyCaller,
    client: Client,
    body: Json<ResetRequest>,
) -> ApiResult<Reply<()>> {
    let start = Instant::now();
    let outcome = send_reset(&state, &client.0, &canonical(&body.into_inner().email)).await;
    even_out(start, Duration::from_millis(state.config.even_answers.mail_ms)).await;
    outcome?;
    Ok(Accepted(()).message("if this address has an account, a mail with a link is on its way"))
}

async fn send_reset(state: &State, origin: &Origin, email: &str) -> Result<(), Error> {
    let scribe = state.scribe(origin);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        let Some(user) = users::find_by_email(conn, email).await? else {
            return Ok(());
        };
        let Some(user) = users::lock(conn, user.id).await?.filter(|user| user.is_active) else {
            return Ok(());
        };
        scribe.request_mail(conn, &user, MailKind::Reset, &user.email).await?;
        Ok(scribe
            .audit_act(conn, AuditAction::ResetRequested, None, Some(user.id), "")
            .await?)
    })
    .await?;
    state.outbox.wake();
    Ok(())
}

/// A new password with a mailed token.
#[derive(Deserialize, ToSchema)]
pub struct ResetConfirmation {
    /// The token of the mail.
    #[schema(value_type = String)]
    token: SecretString,
    /// 12 to 128 characters.
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    new_password: SecretString,
}

/// Sets a new password with a mailed token, ends all sessions and removes all API tokens. A second factor stays.
#[utoipa::path(tag = "auth", request_body = ResetConfirmation, responses(
    (status = 200, description = "The password is set; all sessions have ended and all API tokens are gone", body = Envelope<Option<bool>>),
    (status = 422, description = "`invalid_token`: wrong, spent or void; or the password is unfit"),
))]
#[post("/api/auth/password-reset/confirm/")]
pub async fn confirm_reset(
    state: Data<State>,
    _: AnyCaller,
    client: Client,
    body: Json<ResetConfirmation>,
) -> ApiResult<Reply<()>> {
    let body = body.into_inner();
    let token = MailToken::parse(body.token.expose_secret()).map_err(|_| Error::InvalidMailToken)?;
    let user = holder(&state, &token).await?;
    let password = parse_new(body.new_password, &user)?;
    let turn = state.hasher.turn().await?;
    let hash = state.hasher.hash(&turn, password.into_secret()).await?;
    drop(turn);
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        let (_, user) = redeem(&scribe, conn, &token, &[MailKind::Reset]).await?;
        reset(&state, &scribe, conn, user, hash).await
    })
    .await?;
    state.outbox.wake();
    Ok(Ok200(()).message("your password is set; please sign in with it"))
}

/// The account of a token that still counts: nothing is hashed for tokens that were made up.
async fn holder(state: &State, token: &MailToken) -> Result<UserRow, Error> {
    let mut conn = state.conn().await?;
    let mail = mails::find(&mut conn, token.mail_id())
        .await?
        .ok_or(Error::InvalidMailToken)?;
    let user = users::find(&mut conn, mail.user_id)
        .await?
        .ok_or(Error::InvalidMailToken)?;
    let is_live = mail.state().is_some_and(|mail| {
        mail.kind == MailKind::Reset && mail.accepts(token) && mail.is_live(user.credential_epoch, state.now())
    });
    if is_live && user.is_active {
        Ok(user)
    } else {
        Err(Error::InvalidMailToken)
    }
}

async fn reset(
    state: &State,
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    mut user: UserRow,
    hash: String,
) -> Result<(), Error> {
    let id = user.id;
    let is_proof = user.email_verified_at.is_none();
    if is_proof {
        // Whoever holds the token has read the mail.
        user.email_verified_at = Some(scribe.now.into());
    }
    let subject = state.keyring.lockout_subject(&user.email);
    let user = set_password(conn, user, hash).await?;
    lockouts::clear(conn, &subject).await?;
    if is_proof {
        scribe.tell(conn, &UserUpdated(user.facts())).await?;
    }
    scribe.warn(conn, id, Warning::PasswordReset).await?;
    // Whoever was in the account before may have made a token to stay in.
    if api_tokens::remove_all(conn, id).await? > 0 {
        scribe
            .audit(conn, AuditAction::ApiTokenRevoked, id, "all of them")
            .await?;
    }
    scribe.revoke_account(conn, id).await?;
    Ok(scribe.audit(conn, AuditAction::PasswordReset, id, "").await?)
}
