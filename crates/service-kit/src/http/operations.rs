//! What every server answers by itself: health, metrics, its OpenAPI document, dead letters.

use actix_web::{HttpResponse, get, http::header::CONTENT_TYPE, web::Data};
use prometheus::{Encoder, TextEncoder};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{context::Context, error::{ApiError, ApiResult}, http::json_response, identity::ServiceCaller};

/// What these routes need.
pub(crate) struct ServerShared {
    context: Context,
    document: String,
}

impl ServerShared {
    /// The context of the service.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    pub(crate) fn new(context: Context, api: &utoipa::openapi::OpenApi) -> anyhow::Result<Self> {
        Ok(Self { context, document: api.to_json()? })
    }
}

/// Adds the routes. They are not part of the public document.
pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.map(|config| config.service(live).service(ready).service(metrics).service(document));
}

/// Adds what anybody may see: whether it lives, and whether it is up.
pub(crate) fn public_routes(config: &mut ServiceConfig<'_>) {
    config.map(|config| config.service(live).service(up));
}

#[get("/health/ready")]
async fn up(shared: Data<ServerShared>) -> HttpResponse {
    let is_up = shared.context.health.report().await.is_ready();
    let (status, word) = if is_up { (200, "up") } else { (503, "down") };
    json_response(status, format!(r#"{{"status":"{word}"}}"#))
}

#[get("/health/live")]
async fn live(shared: Data<ServerShared>) -> HttpResponse {
    let is_alive = shared.context.health.is_alive(&shared.context.runtime).await;
    let (status, word) = if is_alive { (200, "live") } else { (503, "stuck") };
    json_response(status, format!(r#"{{"status":"{word}"}}"#))
}

#[get("/health/ready")]
async fn ready(shared: Data<ServerShared>) -> ApiResult<HttpResponse> {
    let report = shared.context.health.report().await;
    let body = serde_json::to_string(&report).map_err(ApiError::internal)?;
    Ok(json_response(if report.is_ready() { 200 } else { 503 }, body))
}

#[get("/metrics")]
async fn metrics(shared: Data<ServerShared>) -> ApiResult<HttpResponse> {
    let encoder = TextEncoder::new();
    let mut text = Vec::new();
    encoder.encode(&shared.context.registry.gather(), &mut text).map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, encoder.format_type().to_owned())).body(text))
}

#[get("/internal/openapi.json")]
async fn document(_: ServiceCaller, shared: Data<ServerShared>) -> HttpResponse {
    json_response(200, shared.document.clone())
}
