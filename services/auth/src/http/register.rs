//! Making an account and proving its address.

use std::time::{Duration, Instant};

use actix_web::{post, web::Data};
use contracts::{
    Role,
    events::{MailKind, UserRegistered, UserUpdated, Warning},
};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::UserId;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors,
    db::is_constraint,
    http::{Accepted, Envelope, Json, Ok200, Reply},
    identity::AnyCaller,
};
use utoipa::ToSchema;

use super::client::{Client, Language};
use crate::{
    domain::{
        EmailAddress, NewPassword,
        audit::AuditAction,
        mail_token::MailToken,
        password_hash::Verified,
        profile::{Locale, Name},
    },
    error::Error,
    state::{State, even_out},
    store::{
        Origin, Scribe,
        mails::{self, MailRow},
        users::{self, NewUserRow, UserRow},
    },
};

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
pub struct Registration {
    /// How to address the person, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The address.
    email: String,
    /// 12 to 128 characters.
    #[schema(value_type = String, min_length = 12, max_length = 128)]
    password: SecretString,
}

struct NewAccount {
    name: Name,
    email: EmailAddress,
    password: SecretString,
    locale: Locale,
}

impl NewAccount {
    fn parse(body: Registration, locale: Locale) -> ApiResult<Self> {
        let mut errors = FieldErrors::new();
        let email = errors.take("email", EmailAddress::parse(&body.email));
        let name = errors.take("name", Name::parse(&body.name));
        let length = body.password.expose_secret().chars().count();
        let password = match &email {
            Some(email) => errors.take("password", NewPassword::parse(body.password, &body.name, email)),
            None if length < 12 => {
                errors.add("password", "must have at least 12 characters");
                None
            }
            None => None,
        };
        let ((name, email), password) = errors.finish(name.zip(email).zip(password))?;
        Ok(Self {
            name,
            email,
            password: password.into_secret(),
            locale,
        })
    }
}

/// Makes an account, or tells the owner of the address that there is one. The answer does not say which.
#[utoipa::path(tag = "auth", request_body = Registration, responses(
    (status = 202, description = "A mail is on its way, whether or not the address was taken", body = Envelope<Option<bool>>),
))]
#[post("/api/auth/register/")]
pub async fn register(
    state: Data<State>,
    _: AnyCaller,
    client: Client,
    language: Language,
    body: Json<Registration>,
) -> ApiResult<Reply<()>> {
    let start = Instant::now();
    let account = NewAccount::parse(body.into_inner(), language.0)?;
    let outcome = open_account(&state, &client.0, account).await;
    even_out(start, Duration::from_millis(state.config.even_answers.mail_ms)).await;
    outcome?;
    Ok(Accepted(()).message("check your inbox: we sent you an e-mail that says what to do next"))
}

async fn open_account(state: &State, origin: &Origin, account: NewAccount) -> Result<(), Error> {
    let turn = state.hasher.turn().await?;
    let known = users::find_by_email(&mut *state.conn().await?, account.email.as_str()).await?;
    // One hash either way.
    let (hash, knows_password) = match &known {
        Some(user) => {
            let verified = state
                .hasher
                .verify(&turn, account.password.clone(), Some(user.password_hash.clone()))
                .await?;
            (None, verified != Verified::No)
        }
        None => (Some(state.hasher.hash(&turn, account.password.clone()).await?), false),
    };
    drop(turn);
    let scribe = state.scribe(origin);
    let mut conn = state.conn().await?;
    conn.transaction::<_, Error, _>(async |conn| {
        if let Some(hash) = &hash
            && let Some(user) = insert(&scribe, conn, &account, hash).await?
        {
            scribe.tell(conn, &UserRegistered(user.facts())).await?;
            scribe.request_mail(conn, &user, MailKind::Verify, &user.email).await?;
            scribe.audit(conn, AuditAction::Registered, user.id, "").await?;
            return Ok(());
        }
        let Some(user) = users::find_by_email(conn, account.email.as_str()).await? else {
            return Ok(());
        };
        let Some(user) = users::lock(conn, user.id).await? else {
            return Ok(());
        };
        // Only who knows the password is sent the proof again: otherwise the owner of an address would, with one
        // click, take over an account that somebody else made with it.
        let is_again = knows_password && user.email_verified_at.is_none();
        let kind = if is_again {
            MailKind::Verify
        } else {
            MailKind::AlreadyRegistered
        };
        scribe.request_mail(conn, &user, kind, &user.email).await?;
        Ok(())
    })
    .await?;
    state.outbox.wake();
    Ok(())
}

async fn insert(
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    account: &NewAccount,
    hash: &str,
) -> Result<Option<UserRow>, Error> {
    let new = NewUserRow {
        id: UserId::new().uuid(),
        email: account.email.as_str(),
        email_verified_at: None,
        name: account.name.as_str(),
        locale: account.locale.as_str(),
        role: Role::User.as_str(),
        password_hash: hash,
        created_at: scribe.now.into(),
    };
    Ok(users::insert(conn, &new).await?)
}

/// The token of a mail.
#[derive(Deserialize, ToSchema)]
pub struct MailTokenBody {
    /// The token.
    #[schema(value_type = String)]
    token: SecretString,
}

/// An address that is proved now.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifiedView {
    /// Always true.
    email_verified: bool,
}

/// Proves an address with the token that was mailed to it.
#[utoipa::path(tag = "auth", request_body = MailTokenBody, responses(
    (status = 200, description = "The address is proved", body = Envelope<VerifiedView>),
    (status = 422, description = "`invalid_token`: wrong, spent or void"),
))]
#[post("/api/auth/verify-email/")]
pub async fn verify_email(
    state: Data<State>,
    _: AnyCaller,
    client: Client,
    body: Json<MailTokenBody>,
) -> ApiResult<Reply<VerifiedView>> {
    let token = MailToken::parse(body.into_inner().token.expose_secret()).map_err(|_| Error::InvalidMailToken)?;
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    let verified = conn
        .transaction::<_, Error, _>(async |conn| {
            let (mail, user) = redeem(&scribe, conn, &token, &[MailKind::Verify, MailKind::VerifyNewEmail]).await?;
            prove_address(&scribe, conn, &mail, user).await
        })
        .await;
    match verified {
        // Somebody else took the new address meanwhile.
        Err(Error::Database(error)) if is_constraint(&error, "users_email_key") => {
            return Err(Error::InvalidMailToken.into());
        }
        other => other?,
    }
    state.outbox.wake();
    Ok(Ok200(VerifiedView { email_verified: true }).message("your e-mail address is confirmed"))
}

/// Spends the token of a mail of one of these kinds, and locks its account.
pub async fn redeem(
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    token: &MailToken,
    kinds: &[MailKind],
) -> Result<(MailRow, UserRow), Error> {
    let mail = mails::find(conn, token.mail_id())
        .await?
        .ok_or(Error::InvalidMailToken)?;
    let user = users::lock(conn, mail.user_id)
        .await?
        .filter(|user| user.is_active)
        .ok_or(Error::InvalidMailToken)?;
    // Read again under the account's lock: of two who come with one token, the second finds it used.
    let mail = mails::find(conn, mail.id).await?.ok_or(Error::InvalidMailToken)?;
    let state = mail.state().ok_or(Error::InvalidMailToken)?;
    if !kinds.contains(&state.kind) || !state.accepts(token) || !state.is_live(user.credential_epoch, scribe.now) {
        return Err(Error::InvalidMailToken);
    }
    mails::mark_used(conn, mail.id, scribe.now).await?;
    Ok((mail, user))
}

async fn prove_address(
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    mail: &MailRow,
    mut user: UserRow,
) -> Result<(), Error> {
    if mail.address == user.email {
        user.email_verified_at = Some(scribe.now.into());
        users::save(conn, &mut user).await?;
        scribe.tell(conn, &UserUpdated(user.facts())).await?;
        return Ok(scribe.audit(conn, AuditAction::EmailVerified, user.id, "").await?);
    }
    if user.pending_email.as_deref() != Some(mail.address.as_str()) {
        return Err(Error::InvalidMailToken);
    }
    let old = std::mem::replace(&mut user.email, mail.address.clone());
    user.email_verified_at = Some(scribe.now.into());
    user.pending_email = None;
    user.credential_epoch += 1;
    users::save(conn, &mut user).await?;
    scribe.tell(conn, &UserUpdated(user.facts())).await?;
    scribe.warn_at(conn, user.id, Warning::EmailChanged, old).await?;
    Ok(scribe.audit(conn, AuditAction::EmailChanged, user.id, "").await?)
}
