use std::{net::IpAddr, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    web::{Data, Payload},
};
use bytes::Bytes;
use service_kit::{
    ApiError, ApiResult, ErrorKind,
    http::{REQUEST_ID, TIMEOUT, read_body, request_id},
    identity::Caller,
    runtime::OnRuntime,
};

use super::{
    admission::{self, admit},
    caller::caller,
    client_address::client_address,
    cors,
};
use crate::{domain::routes::route, state::State};

/// What a service may see of a request's headers. Identity, forwarding and everything else that a client makes up stays outside.
const INWARD: &[&str] = &[
    "accept",
    "accept-language",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "origin",
    "sec-fetch-site",
    "user-agent",
];
/// What stays inside of an answer's headers: what belongs to one connection, and what this server says itself.
const INSIDE: &[&str] = &[
    "connection",
    "content-length",
    "content-security-policy",
    "cross-origin-resource-policy",
    "date",
    "keep-alive",
    "referrer-policy",
    "server",
    "strict-transport-security",
    "transfer-encoding",
    "upgrade",
    "x-content-type-options",
    "x-request-id",
];
/// The client's address, for the audit; believed only together with an internal token.
const CLIENT_ADDRESS: &str = "x-candlewick-client-addr";
/// The longest answer that is handed on.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Hands a request to the service that owns its path, on behalf of whoever is calling.
pub(super) async fn forward(state: Data<State>, request: HttpRequest, payload: Payload) -> HttpResponse {
    let headers = request.headers();
    if let Some(answer) = cors::preflight(request.method(), headers, &state.origins) {
        return answer;
    }
    let mut answer = match answer(&state, &request, payload).await {
        Ok(answer) => answer,
        Err(error) => actix_web::ResponseError::error_response(&error),
    };
    cors::admit(headers, &state.origins, answer.headers_mut());
    answer
}

async fn answer(state: &State, request: &HttpRequest, payload: Payload) -> ApiResult<HttpResponse> {
    let route = route(request.path()).ok_or_else(|| ApiError::new(ErrorKind::NotFound, "no such path"))?;
    let address = client_address(request, &state.config.trusted_proxies);
    let caller = caller(state, request.headers()).await?;
    let standing = admit(state, route.class, &caller, address).await?;
    let body = read_body(request, payload.into_inner()).await?;
    let sending = OnRuntime::new(
        state.context.runtime.clone(),
        send(build(state, route.service, request, &caller, address, body)?),
    );
    let answered = sending.await;
    let outcome = if answered.is_ok() { "answered" } else { "failed" };
    state
        .metrics
        .forwarded
        .with_label_values(&[route.service, outcome])
        .inc();
    let mut answer = answered?;
    if let Some(standing) = standing {
        admission::tell(&standing, answer.headers_mut());
    }
    Ok(answer)
}

fn build(
    state: &State,
    service: &'static str,
    request: &HttpRequest,
    caller: &Caller,
    address: IpAddr,
    body: Bytes,
) -> ApiResult<reqwest::RequestBuilder> {
    let base = state
        .context
        .services
        .get(service)
        .ok_or_else(|| ApiError::internal(NoAddress(service)))?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", base.as_str().trim_end_matches('/'));
    let token: Arc<str> = match caller {
        Caller::User(user) => state.context.internal.mint_user(service, user),
        Caller::Anonymous | Caller::Service(_) => state.context.internal.mint_anonymous(service),
    };
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes()).map_err(ApiError::internal)?;
    let timeout = state.config.upstream_timeout();
    let mut building = state
        .upstream
        .request(method, url)
        .timeout(timeout)
        .bearer_auth(&token)
        .header(REQUEST_ID.as_str(), request_id().to_string())
        .header(TIMEOUT.as_str(), timeout.as_millis().to_string())
        .header(CLIENT_ADDRESS, address.to_string());
    let is_about_cookies = service == "auth";
    for name in INWARD.iter().chain(is_about_cookies.then_some(&"cookie")) {
        for value in request.headers().get_all(*name) {
            building = building.header(*name, value.as_bytes());
        }
    }
    Ok(if body.is_empty() { building } else { building.body(body) })
}

async fn send(request: reqwest::RequestBuilder) -> ApiResult<HttpResponse> {
    // One more try where the first cannot have reached anybody: a service that restarts, an idle connection that was closed.
    let again = request.try_clone();
    let response = match (request.send().await, again) {
        (Err(error), Some(again)) if error.is_connect() => again.send().await,
        (outcome, _) => outcome,
    };
    let mut response = response.map_err(|error| ApiError::unavailable(error.without_url()))?;
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| ApiError::unavailable(error.without_url()))?
    {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(ApiError::internal(TooLong));
        }
        body.extend_from_slice(&chunk);
    }
    let status = StatusCode::from_u16(response.status().as_u16()).map_err(ApiError::internal)?;
    let mut answer = HttpResponse::new(status).set_body(actix_web::body::BoxBody::new(body));
    copy_headers(response.headers(), answer.headers_mut());
    Ok(answer)
}

fn copy_headers(from: &reqwest::header::HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value)
            && !INSIDE.contains(&name.as_str())
        {
            to.append(name, value);
        }
    }
}

/// A service without an address.
#[derive(Debug, thiserror::Error)]
#[error("no address is set for the service {0}")]
struct NoAddress(&'static str);

/// An answer above the limit.
#[derive(Debug, thiserror::Error)]
#[error("the answer is longer than 64 MiB")]
struct TooLong;
