//! What every server answers by itself: health, metrics, its OpenAPI document, dead letters.

use actix_web::{HttpResponse, get, http::header::CONTENT_TYPE, post, web::Data};
use domain::{EventId, Timestamp};
use messaging::dead_letters::{self, DeadLetter};
use prometheus::{Encoder, TextEncoder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::{
    context::Context,
    error::{ApiError, ApiResult},
    http::{Ok200, Page, Path, Query, json_response},
    identity::ServiceCaller,
    paging::{self, Cursor, Limit},
    vitals::Vitals,
};

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
        Ok(Self {
            context,
            document: api.to_json()?,
        })
    }
}

/// Adds the routes. They are not part of the public document.
pub(crate) fn routes(config: &mut ServiceConfig<'_>) {
    config.map(|config| {
        config
            .service(live)
            .service(ready)
            .service(metrics)
            .service(document)
            .service(vitals)
            .service(list_dead_letters)
            .service(replay_dead_letter)
    });
}

/// Adds what anybody may see: whether it lives, and whether it is up.
pub fn public_routes(config: &mut ServiceConfig<'_>) {
    config.service(live).service(up);
}

/// How a server is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// One word: `live` or `stuck`, `up` or `down`.
    status: &'static str,
}

impl HealthView {
    fn answer(status: u16, word: &'static str) -> ApiResult<HttpResponse> {
        let body = serde_json::to_string(&Self { status: word }).map_err(ApiError::internal)?;
        Ok(json_response(status, body))
    }
}

/// Whether it takes requests.
#[utoipa::path(tag = "operations", responses(
    (status = 200, description = "It does", body = HealthView),
    (status = 503, description = "Not now", body = HealthView),
))]
#[get("/health/ready")]
async fn up(shared: Data<ServerShared>) -> ApiResult<HttpResponse> {
    let is_up = shared.context.health.report().await.is_ready();
    let (status, word) = if is_up { (200, "up") } else { (503, "down") };
    HealthView::answer(status, word)
}

/// Whether it lives; where not, it wants to be started again.
#[utoipa::path(tag = "operations", responses(
    (status = 200, description = "It lives", body = HealthView),
    (status = 503, description = "It is stuck", body = HealthView),
))]
#[get("/health/live")]
async fn live(shared: Data<ServerShared>) -> ApiResult<HttpResponse> {
    let is_alive = shared.context.health.is_alive(&shared.context.runtime).await;
    let (status, word) = if is_alive { (200, "live") } else { (503, "stuck") };
    HealthView::answer(status, word)
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
    encoder
        .encode(&shared.context.registry.gather(), &mut text)
        .map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, encoder.format_type().to_owned()))
        .body(text))
}

#[get("/internal/openapi.json")]
async fn document(_: ServiceCaller, shared: Data<ServerShared>) -> HttpResponse {
    json_response(200, shared.document.clone())
}

#[get("/internal/vitals")]
async fn vitals(_: ServiceCaller, shared: Data<ServerShared>) -> ApiResult<Ok200<Vitals>> {
    Ok(Ok200(crate::vitals::read(&shared.context).await?))
}

#[derive(Deserialize)]
struct ListDeadLetters {
    #[serde(default)]
    limit: Limit,
    cursor: Option<Cursor<(i64, Uuid)>>,
}

/// A fact that was given up, without its content, which may be personal.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeadLetterView {
    /// The fact's id.
    pub id: Uuid,
    /// The service that gave it up.
    pub service: String,
    /// The queue that it came from.
    pub queue: String,
    /// Such as `alert.fired.v1`.
    pub event: String,
    /// What it was about.
    pub key: String,
    /// Why the last try failed.
    pub cause: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was given up.
    #[schema(value_type = String, format = DateTime)]
    pub dead_at: Timestamp,
    /// When it was sent again.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    pub replayed_at: Option<Timestamp>,
}

/// A dead letter with its place in the list, newest first: microseconds since 1970, and its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlacedDeadLetter {
    /// The place.
    pub place: (i64, Uuid),
    /// The letter.
    pub letter: DeadLetterView,
}

#[get("/internal/dead-letters")]
async fn list_dead_letters(
    _: ServiceCaller,
    shared: Data<ServerShared>,
    query: Query<ListDeadLetters>,
) -> ApiResult<Page<PlacedDeadLetter>> {
    let ListDeadLetters { limit, cursor } = query.into_inner();
    let Some(db) = &shared.context.db else {
        return Ok(Page::new(Vec::new(), limit, None));
    };
    let before = match cursor {
        None => None,
        Some(Cursor((micros, id))) => Some((
            chrono::DateTime::from_timestamp_micros(micros)
                .ok_or_else(|| ApiError::invalid("cursor", "must be the `next` of an earlier page"))?,
            id,
        )),
    };
    let mut conn = db.get().await?;
    let letters = dead_letters::list(&mut conn, limit.probe(), before).await?;
    let (letters, next) = paging::cut(letters, limit, |letter| {
        (letter.dead_at.timestamp_micros(), letter.event_id)
    });
    let view = |letter: DeadLetter| PlacedDeadLetter {
        place: (letter.dead_at.timestamp_micros(), letter.event_id),
        letter: DeadLetterView {
            id: letter.event_id,
            service: shared.context.service.to_owned(),
            queue: letter.queue,
            event: letter.routing_key,
            key: letter.key,
            cause: letter.cause,
            attempts: letter.attempts,
            dead_at: letter.dead_at.into(),
            replayed_at: letter.replayed_at.map(Timestamp::from),
        },
    };
    Ok(Page::new(letters.into_iter().map(view).collect(), limit, next))
}

#[post("/internal/dead-letters/{id}/replay")]
async fn replay_dead_letter(_: ServiceCaller, shared: Data<ServerShared>, id: Path<Uuid>) -> ApiResult<Ok200<Uuid>> {
    let missing = || ApiError::not_found("dead letter that waits");
    let db = shared.context.db.as_ref().ok_or_else(missing)?;
    let id = id.into_inner();
    let mut conn = db.get().await?;
    if !dead_letters::replay(&mut conn, EventId::from(id)).await? {
        return Err(missing());
    }
    shared.context.outbox.wake();
    Ok(Ok200(id))
}
