//! The way out that every mail names (RFC 8058): a mail program posts to it, a person sees a plain page with a button.

use actix_web::{
    HttpResponse, get,
    http::{
        StatusCode,
        header::{CONTENT_SECURITY_POLICY, HeaderValue},
    },
    post,
    web::Data,
};
use domain::UserId;
use serde::Deserialize;
use service_kit::{ApiResult, http::Query, identity::AnyCaller};
use utoipa::IntoParams;

use crate::{
    domain::Locale,
    error::Error,
    state::State,
    store::{contacts, preferences},
};

/// The mail's token.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TokenQuery {
    /// The token of the link.
    #[serde(default)]
    #[param(required = false)]
    token: String,
}

/// A page that asks whether mails shall stop. Looking at it changes nothing: mail scanners open links too.
#[utoipa::path(tag = "notifications", params(TokenQuery),
    responses((status = 200, description = "A plain page", content_type = "text/html", body = String),
        (status = 404, description = "The link is of no use (any more); a plain page", content_type = "text/html", body = String)))]
#[get("/api/notifications/unsubscribe/")]
pub async fn show_unsubscribe(state: Data<State>, _: AnyCaller, query: Query<TokenQuery>) -> ApiResult<HttpResponse> {
    let Some(user) = state.unsubscribe.read(&query.into_inner().token) else {
        return Ok(unknown_link());
    };
    let locale = locale_of(&state, user).await?;
    let (title, text, button) = (
        locale.pick("Stop e-mails?", "Ne plus recevoir d'e-mails ?"),
        locale.pick(
            "Candlewick will send you no more e-mails about alerts and orders. Mails about your account's safety still come.",
            "Candlewick ne vous enverra plus d'e-mails d'alertes ni d'ordres. Ceux qui concernent la sécurité du compte restent.",
        ),
        locale.pick("Stop e-mails", "Arrêter les e-mails"),
    );
    // The form posts to the very address of the page, token included.
    let form = format!("<form method=\"post\"><p><button type=\"submit\">{button}</button></p></form>");
    Ok(page(StatusCode::OK, locale, title, text, &form))
}

/// Stops mails about alerts and orders. Says the same when they were stopped before.
#[utoipa::path(tag = "notifications", params(TokenQuery),
    responses((status = 200, description = "Mails are stopped; a plain page", content_type = "text/html", body = String),
        (status = 404, description = "The link is of no use (any more); a plain page", content_type = "text/html", body = String)))]
#[post("/api/notifications/unsubscribe/")]
pub async fn unsubscribe(state: Data<State>, _: AnyCaller, query: Query<TokenQuery>) -> ApiResult<HttpResponse> {
    let Some(user) = state.unsubscribe.read(&query.into_inner().token) else {
        return Ok(unknown_link());
    };
    let locale = locale_of(&state, user).await?;
    stop_mails(&state, user).await?;
    let (title, text) = (
        locale.pick("E-mails are stopped", "Les e-mails sont arrêtés"),
        locale.pick(
            "You can switch them on again in your settings.",
            "Vous pouvez les réactiver dans vos réglages.",
        ),
    );
    Ok(page(StatusCode::OK, locale, title, text, ""))
}

async fn stop_mails(state: &State, user: UserId) -> Result<(), Error> {
    let mut conn = state.db.get().await?;
    if contacts::find(&mut conn, user)
        .await?
        .is_some_and(|contact| contact.is_deleted())
    {
        return Ok(());
    }
    preferences::adjust(&mut conn, &state.sealer, user, state.now().into(), |settings| {
        std::mem::take(&mut settings.email)
    })
    .await
}

async fn locale_of(state: &State, user: UserId) -> Result<Locale, Error> {
    let mut conn = state.db.get().await?;
    Ok(contacts::find(&mut conn, user)
        .await?
        .map(|contact| contact.locale())
        .unwrap_or_default())
}

fn unknown_link() -> HttpResponse {
    page(
        StatusCode::NOT_FOUND,
        Locale::English,
        "This link does not work",
        "It may have been cut off. Sign in and change your settings instead.",
        "",
    )
}

/// A plain page; all its parts are ours.
fn page(status: StatusCode, locale: Locale, title: &str, text: &str, rest: &str) -> HttpResponse {
    let html = format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\"><title>{title} – Candlewick</title></head>\
         <body><main><h1>{title}</h1><p>{text}</p>{rest}</main></body></html>",
        locale.tag()
    );
    const POLICY: HeaderValue =
        HeaderValue::from_static("default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    let mut answer = HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(html);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    answer
}
