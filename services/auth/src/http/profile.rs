//! The signed-in user's own account.

use actix_web::{get, post, web::Data};
use contracts::events::{MailKind, UserUpdated, Warning};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use secrecy::SecretString;
use serde::Deserialize;
use service_kit::{
    ApiResult, FieldErrors, Patch,
    http::{Envelope, Json, Ok200, Reply},
    identity::{ReadCaller, SessionCaller},
};
use utoipa::ToSchema;

use super::{
    client::Client,
    door::{confirm_password, find_active},
    views::MeView,
};
use crate::{
    domain::{
        EmailAddress,
        audit::AuditAction,
        profile::{Country, Locale, Name, Phone},
    },
    error::Error,
    state::State,
    store::{
        Scribe, authenticators,
        users::{self, UserRow},
    },
};

/// Who am I.
#[utoipa::path(tag = "auth", security(("bearer" = [])), responses((status = 200, description = "The signed-in user", body = Envelope<MeView>)))]
#[get("/api/auth/me/")]
pub async fn me(state: Data<State>, user: ReadCaller) -> ApiResult<Ok200<MeView>> {
    let row = find_active(&state, user.id).await?;
    let mfa_enabled = authenticators::is_enabled(&mut *state.conn().await?, row.id)
        .await
        .map_err(Error::from)?;
    Ok(Ok200(MeView::new(row, mfa_enabled)))
}

/// What a user changes of their account. Members that are left out stay.
#[derive(Deserialize, ToSchema)]
pub struct ProfileChange {
    /// The name.
    full_name: Option<String>,
    /// The same as `full_name`.
    name: Option<String>,
    /// A new address; it counts once it is proved.
    email: Option<String>,
    /// Needed to change the address.
    #[schema(value_type = Option<String>)]
    current_password: Option<SecretString>,
    /// The telephone number; null removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Patch<String>,
    /// The country's two letters; null removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    country: Patch<String>,
    /// The language of mails.
    locale: Option<String>,
}

struct Change {
    name: Option<Name>,
    email: Option<EmailAddress>,
    phone: Patch<Phone>,
    country: Patch<Country>,
    locale: Option<Locale>,
}

impl Change {
    fn parse(body: ProfileChange) -> ApiResult<(Self, Option<SecretString>)> {
        let mut errors = FieldErrors::new();
        if body.full_name.is_some() && body.name.is_some() {
            errors.add("name", "is the same as full_name: give one of them");
        }
        let (field, name) = if body.full_name.is_some() {
            ("full_name", body.full_name)
        } else {
            ("name", body.name)
        };
        let name = errors.take_optional(field, name, |raw| Name::parse(&raw));
        let email = errors.take_optional("email", body.email, |raw| EmailAddress::parse(&raw));
        let locale = errors.take_optional("locale", body.locale, |raw| Locale::parse(&raw));
        let phone = take_patch(&mut errors, "phone", body.phone, Phone::parse);
        let country = take_patch(&mut errors, "country", body.country, Country::parse);
        let (((name, email), locale), (phone, country)) =
            errors.finish(name.zip(email).zip(locale).zip(phone.zip(country)))?;
        Ok((
            Self {
                name,
                email,
                phone,
                country,
                locale,
            },
            body.current_password,
        ))
    }
}

/// An empty text clears a field as null does: that is what forms send.
fn take_patch<T, E: std::fmt::Display>(
    errors: &mut FieldErrors,
    field: &str,
    patch: Patch<String>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Option<Patch<T>> {
    match patch {
        Patch::Absent => Some(Patch::Absent),
        Patch::Null => Some(Patch::Null),
        Patch::Value(raw) if raw.trim().is_empty() => Some(Patch::Null),
        Patch::Value(raw) => errors.take(field, parse(&raw)).map(Patch::Value),
    }
}

/// Changes the account. A new address stays pending until it is proved.
#[utoipa::path(tag = "auth", security(("bearer" = [])), request_body = ProfileChange, responses(
    (status = 200, description = "The account as it is now", body = Envelope<MeView>),
))]
#[post("/api/auth/update-profile/")]
pub async fn update_profile(
    state: Data<State>,
    user: SessionCaller,
    client: Client,
    body: Json<ProfileChange>,
) -> ApiResult<Reply<MeView>> {
    let (change, password) = Change::parse(body.into_inner())?;
    let present = find_active(&state, user.id).await?;
    let is_new_address = change
        .email
        .as_ref()
        .is_some_and(|email| email.as_str() != present.email);
    if is_new_address {
        let Some(password) = password else {
            return Err(service_kit::ApiError::invalid(
                "current_password",
                "is required to change the e-mail address",
            ));
        };
        confirm_password(&state, &client.0, user.id, ("current_password", password)).await?;
    }
    let scribe = state.scribe(&client.0);
    let mut conn = state.conn().await?;
    let (row, mfa_enabled) = conn
        .transaction::<_, Error, _>(async |conn| {
            let row = users::lock(conn, user.id.uuid())
                .await?
                .filter(|row| row.is_active)
                .ok_or(Error::SessionEnded)?;
            let row = apply(&scribe, conn, row, change).await?;
            let mfa_enabled = authenticators::is_enabled(conn, row.id).await?;
            Ok((row, mfa_enabled))
        })
        .await?;
    state.outbox.wake();
    let message = if is_new_address {
        "we sent a mail to the new address; it counts once you confirm it"
    } else {
        "saved"
    };
    Ok(Ok200(MeView::new(row, mfa_enabled)).message(message))
}

async fn apply(
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    mut row: UserRow,
    change: Change,
) -> Result<UserRow, Error> {
    let before = row.facts();
    if let Some(name) = change.name {
        row.name = name.into();
    }
    if let Some(locale) = change.locale {
        row.locale = locale.into();
    }
    row.phone = change.phone.map(String::from).apply(row.phone);
    row.country = change.country.map(String::from).apply(row.country);
    let asked_for = change.email.map(|email| email.as_str().to_owned());
    if let Some(email) = &asked_for {
        // Naming the present address again drops a change that is pending.
        row.pending_email = (*email != row.email).then(|| email.clone());
    }
    users::save(conn, &mut row).await?;
    if (contracts::events::UserFacts {
        version: before.version,
        ..row.facts()
    }) != before
    {
        scribe.tell(conn, &UserUpdated(row.facts())).await?;
    }
    match asked_for {
        Some(email) if email != row.email => request_address(scribe, conn, &row, &email).await?,
        Some(_) if row.email_verified_at.is_none() => {
            scribe.request_mail(conn, &row, MailKind::Verify, &row.email).await?
        }
        _ => {}
    }
    Ok(row)
}

/// Mails the new address. One that has an account already gets the news of that instead: the answer tells nobody.
async fn request_address(
    scribe: &Scribe<'_>,
    conn: &mut AsyncPgConnection,
    row: &UserRow,
    email: &str,
) -> Result<(), Error> {
    match users::find_by_email(conn, email).await? {
        Some(owner) => {
            scribe
                .request_mail(conn, &owner, MailKind::AlreadyRegistered, email)
                .await?
        }
        None => scribe.request_mail(conn, row, MailKind::VerifyNewEmail, email).await?,
    }
    scribe
        .warn_at(conn, row.id, Warning::EmailChangeRequested, row.email.clone())
        .await?;
    Ok(scribe
        .audit(conn, AuditAction::EmailChangeRequested, row.id, "")
        .await?)
}
