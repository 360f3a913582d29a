//! The public keys of access tokens.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::Data,
};
use serde::Serialize;
use service_kit::{
    ApiResult,
    identity::{AnyCaller, ServiceCaller},
};
use utoipa::ToSchema;

use crate::{domain::access_token::PublicJwk, state::State};

/// A JSON Web Key Set.
#[derive(Serialize, ToSchema)]
pub struct KeySet {
    /// Keys whose tokens count, also those that do not sign yet.
    keys: Vec<PublicJwk>,
}

/// The public keys of access tokens, without an envelope.
#[utoipa::path(tag = "auth", responses((status = 200, description = "A JSON Web Key Set", body = KeySet)))]
#[get("/.well-known/jwks.json")]
pub async fn public_keys(state: Data<State>, _: AnyCaller) -> ApiResult<HttpResponse> {
    Ok(key_set(&state))
}

/// The same for the gateway.
#[utoipa::path(tag = "internal", security(("bearer" = [])), responses((status = 200, description = "A JSON Web Key Set", body = KeySet)))]
#[get("/internal/jwks")]
pub async fn internal_keys(state: Data<State>, _: ServiceCaller) -> ApiResult<HttpResponse> {
    Ok(key_set(&state))
}

fn key_set(state: &State) -> HttpResponse {
    let keys = state.signing_keys.published(state.now());
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("public, max-age=30")))
        .json(KeySet { keys })
}
