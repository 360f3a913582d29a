//! The outermost layer of every server: request ids, refusals before routing, panics, headers, figures.

use std::{
    any::Any,
    future::{Ready, ready},
    panic::AssertUnwindSafe,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        ConnectionType, Method, StatusCode, Uri,
        header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    },
    web::Data,
};
use futures_util::FutureExt;
use tracing::Instrument;
use uuid::Uuid;

use super::{
    extract::too_large,
    headers::{Storing, finish},
    host::check_host,
    metrics::RequestMetrics,
    path::canonical,
    places::{Places, other_slash},
    scope::within_request,
    server::AllowedMethods,
    values::check_encoding,
};
use crate::{
    error::{ApiError, ErrorKind},
    health::Health,
    identity::SeenCaller,
};

/// The request id's header.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How long the caller will wait, in milliseconds; set between services.
pub const TIMEOUT: HeaderName = HeaderName::from_static("x-candlewick-timeout-ms");

/// What a request may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The longest body.
    pub body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
}

/// What all requests of a server share.
pub(crate) struct Settings {
    pub(crate) limits: Limits,
    pub(crate) deadline: Duration,
    pub(crate) is_https: bool,
    /// Callers are services, whose [`TIMEOUT`] counts.
    pub(crate) is_inside: bool,
    pub(crate) health: Health,
    pub(crate) metrics: RequestMetrics,
}

/// The layer; wraps the whole app.
#[derive(Clone)]
pub(crate) struct Border(pub(crate) Arc<Settings>);

impl<S, B> Transform<S, ServiceRequest> for Border
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = BorderService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(BorderService {
            service: Rc::new(service),
            settings: self.0.clone(),
            figures: self.0.metrics.handle(),
            places: Rc::default(),
        }))
    }
}

/// The layer around one worker's app.
pub(crate) struct BorderService<S> {
    service: Rc<S>,
    settings: Arc<Settings>,
    figures: Rc<super::metrics::WorkerFigures>,
    places: Rc<Places>,
}

impl<S, B> Service<ServiceRequest> for BorderService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(service);

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let start = Instant::now();
        let id = request_id(request.headers());
        let method = request.method().clone();
        let service = self.service.clone();
        let settings = self.settings.clone();
        let figures = self.figures.clone();
        let places = self.places.clone();
        let misdirected = check_host(request.headers(), request.uri()).err();
        let must_close = misdirected.is_some();
        let refusal = misdirected
            .map(|why| ApiError::bad_request(why.to_string()))
            .or_else(|| prepare(&mut request, &settings, &places));
        let deadline = deadline(request.headers(), &settings);
        let span = tracing::info_span!("request", request.id = %id, http.method = %method);
        let work = async move {
            let outcome = match refusal {
                Some(error) => Ok(request.into_response(error.error_response())),
                None => answer(service, request, deadline).await,
            };
            let mut response = match outcome {
                Ok(response) => response,
                Err(error) => {
                    // There is no request left to answer to: the finished answer travels inside the error.
                    let mut answer = error.error_response();
                    finish(
                        answer.headers_mut(),
                        StatusCode::INTERNAL_SERVER_ERROR,
                        id,
                        &settings,
                        Storing::of(false, &method),
                    );
                    figures.observe("failed", &method, answer.status(), start.elapsed());
                    return Err(Finished::wrap(answer));
                }
            };
            response = in_envelope(response);
            let is_private = response
                .request()
                .extensions()
                .get::<SeenCaller>()
                .is_some_and(SeenCaller::is_person);
            let status = response.status();
            finish(
                response.headers_mut(),
                status,
                id,
                &settings,
                Storing::of(is_private, &method),
            );
            if must_close || settings.health.is_draining() {
                // Whoever keeps the connection of a server that goes would meet a closed one with the next request.
                response
                    .response_mut()
                    .head_mut()
                    .set_connection_type(ConnectionType::Close);
            }
            let route = places.pattern(response.request(), &method);
            figures.observe(
                route.as_deref().unwrap_or("unmatched"),
                &method,
                status,
                start.elapsed(),
            );
            tracing::debug!(
                http.status = status.as_u16(),
                http.route = route.as_deref(),
                duration_us = start.elapsed().as_micros(),
                "answered"
            );
            Ok(response)
        };
        Box::pin(within_request(id, work.instrument(span)))
    }
}

/// Runs the app on one request, within its deadline and without letting a panic through.
async fn answer<S, B>(
    service: Rc<S>,
    request: ServiceRequest,
    deadline: Duration,
) -> Result<ServiceResponse<BoxBody>, ApiError>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let work = AssertUnwindSafe(async move { service.call(request).await }).catch_unwind();
    match tokio::time::timeout(deadline, work).await {
        Ok(Ok(Ok(response))) => Ok(response.map_into_boxed_body()),
        Ok(Ok(Err(error))) => match error.as_error::<ApiError>() {
            Some(known) => Err(known.clone()),
            None => Err(from_status(
                error.as_response_error().status_code(),
                Some(error.to_string()),
            )),
        },
        Ok(Err(panic)) => Err(ApiError::internal(Panicked(panic_text(panic.as_ref())))),
        Err(_) => Err(ApiError::unavailable(TooSlow(deadline))),
    }
}

/// Takes the slash of the path, `HEAD` and early refusals off the app's hands.
fn prepare(request: &mut ServiceRequest, settings: &Settings, places: &Places) -> Option<ApiError> {
    if request.method() == Method::HEAD {
        // The connection already knows that no body may follow.
        request.head_mut().method = Method::GET;
    }
    if let Some(path_and_query) = request.uri().path_and_query()
        && let Err(error) = check_encoding(path_and_query.as_str())
    {
        return Some(ApiError::bad_request(error.to_string()));
    }
    let path = request.uri().path();
    match canonical(path) {
        Some(plain) if plain != path => {
            let plain = plain.into_owned();
            replace_path(request, &plain);
        }
        Some(_) => {}
        None => return Some(ApiError::new(ErrorKind::NotFound, "no such path")),
    }
    let length = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<u64>().ok());
    if length.is_some_and(|length| length > settings.limits.body_bytes as u64) {
        return Some(too_large(settings.limits.body_bytes));
    }
    settle_slash(request, places);
    let allowed = request.app_data::<Data<AllowedMethods>>();
    allowed.and_then(|allowed| allowed.refusal(request.path(), request.method()))
}

/// Adds or drops the slash at the end where only that way a route exists.
fn settle_slash(request: &mut ServiceRequest, places: &Places) {
    let path = request.path();
    if !places.wants_other_slash(request.resource_map(), path) {
        return;
    }
    // The raw path, not the decoded one, goes back into the address.
    if let Some(other) = other_slash(request.uri().path()) {
        replace_path(request, &other);
    }
}

fn replace_path(request: &mut ServiceRequest, path: &str) {
    let target = match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = target.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
}

fn request_id(headers: &HeaderMap) -> Uuid {
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| Uuid::try_parse(text).ok());
    given.unwrap_or_else(Uuid::now_v7)
}

fn deadline(headers: &HeaderMap, settings: &Settings) -> Duration {
    let own = settings.deadline;
    if !settings.is_inside {
        return own;
    }
    let asked = headers
        .get(TIMEOUT)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    asked.map_or(own, |millis: u64| Duration::from_millis(millis).min(own))
}

/// Puts failures that the framework made, without a body of ours, into the envelope.
fn in_envelope(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    // A page for people that says what failed is an answer as well as the envelope.
    let is_ours = |value: &HeaderValue| {
        let kinds: [&[u8]; 2] = [b"application/json", b"text/html"];
        kinds.iter().any(|kind| value.as_bytes().starts_with(kind))
    };
    let is_failure = status.is_client_error() || status.is_server_error();
    if !is_failure || response.headers().get(CONTENT_TYPE).is_some_and(is_ours) {
        return response;
    }
    let cause = response.response().error().map(ToString::to_string);
    response.into_response(from_status(status, cause).error_response())
}

fn from_status(status: StatusCode, cause: Option<String>) -> ApiError {
    let (kind, message) = match status.as_u16() {
        401 => (ErrorKind::Unauthorized, "a valid token is needed"),
        403 => (ErrorKind::Forbidden, "this is not allowed"),
        404 => (ErrorKind::NotFound, "no such thing"),
        405 => (ErrorKind::MethodNotAllowed, "the path has no such method"),
        409 => (ErrorKind::Conflict, "the present state forbids this"),
        413 => (ErrorKind::PayloadTooLarge, "the body is too long"),
        415 => (ErrorKind::Unsupported, "the body must be application/json"),
        422 => (ErrorKind::Invalid, "some fields are wrong"),
        429 => (ErrorKind::TooMany, "too many requests"),
        503 => return ApiError::unavailable(Framework(cause.unwrap_or_default())),
        400..500 => (ErrorKind::BadRequest, "the request can't be read"),
        _ => return ApiError::internal(Framework(cause.unwrap_or_default())),
    };
    ApiError::new(kind, message)
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a text".to_owned())
}

/// A handler panicked.
#[derive(Debug, thiserror::Error)]
#[error("panic: {0}")]
struct Panicked(String);

/// The deadline passed.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
struct TooSlow(Duration);

/// A failure that the framework made.
#[derive(Debug, thiserror::Error)]
#[error("framework: {0}")]
struct Framework(String);

/// An answer on its way through the framework's error path.
struct Finished(std::cell::RefCell<Option<HttpResponse>>);

impl Finished {
    fn wrap(answer: HttpResponse) -> Error {
        Self(std::cell::RefCell::new(Some(answer))).into()
    }
}

impl std::fmt::Debug for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a finished answer")
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a finished answer")
    }
}

impl ResponseError for Finished {
    fn status_code(&self) -> StatusCode {
        self.0
            .borrow()
            .as_ref()
            .map_or(StatusCode::INTERNAL_SERVER_ERROR, HttpResponse::status)
    }

    fn error_response(&self) -> HttpResponse {
        self.0
            .borrow_mut()
            .take()
            .unwrap_or_else(|| HttpResponse::InternalServerError().finish())
    }
}
