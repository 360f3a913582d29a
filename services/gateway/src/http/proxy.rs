use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    body::BoxBody,
    http::{
        Method, StatusCode,
        header::{HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN},
    },
    web::{Data, Payload, ReqData},
};
use bytes::Bytes;
use reqwest::Url;
use service_kit::{
    ApiResult,
    http::{REQUEST_ID, TIMEOUT, read_body, request_id, unmatched},
    identity::Caller,
    runtime::OnRuntime,
};

use super::{
    audit::{self, Order},
    cors,
    front::Visitor,
};
use crate::{
    domain::{
        guard::Held,
        origins::Origins,
        routes::{importance, owner},
    },
    error::Error,
    state::State,
};

/// What a service may see of a request's headers. Identity, forwarding and everything else that a client makes up stays outside.
const INWARD: &[&str] = &[
    "accept",
    "accept-language",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "sec-fetch-site",
    "user-agent",
];
/// What stays inside of an answer's headers: what belongs to one connection, and what this server says itself.
const INSIDE: &[&str] = &[
    "connection",
    "content-length",
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
pub(super) async fn forward(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let Some(service) = owner(request.path()) else {
        return unmatched(request).await;
    };
    let body = read_body(&request, payload.into_inner()).await?;
    let path = request.path();
    if let Some(act) = audit::act_of(request.method(), path) {
        let detail = audit::detail(path, &body);
        audit::note(&state, &visitor, request.headers(), Order { act, detail: &detail }).await?;
    }
    let shared = state.reads.key(&request, &visitor.caller);
    if let Some(known) = shared.as_ref().and_then(|key| state.reads.get(key)) {
        return Ok(known.respond(&request));
    }
    let answer = ask(&state, service, &request, &visitor, body).await?;
    if let Some(key) = shared {
        state.reads.keep(key, answer.status, &answer.headers, &answer.body);
    } else if path.starts_with("/api/admin/") && request.method() != Method::GET {
        state.reads.forget();
    }
    Ok(answer.into_answer())
}

/// A service's answer as it came.
pub(super) struct Answer {
    /// The status.
    pub(super) status: StatusCode,
    headers: HeaderMap,
    /// The body.
    pub(super) body: Bytes,
}

impl Answer {
    /// The same answer to the client.
    pub(super) fn into_answer(self) -> HttpResponse {
        let mut answer = HttpResponse::new(self.status).set_body(BoxBody::new(self.body));
        *answer.headers_mut() = self.headers;
        answer
    }
}

/// Asks a service what the client asked, on the client's behalf.
pub(super) async fn ask(
    state: &State,
    service: &'static str,
    request: &HttpRequest,
    visitor: &Visitor,
    body: Bytes,
) -> Result<Answer, Error> {
    let importance = importance(request.method().as_str(), request.path());
    let passage = state.guards.enter(service, importance);
    let passage = passage.ok_or(Error::NoAddress(service))?;
    let passage = passage.map_err(|held| {
        let reason = match held {
            Held::Open(_) => "service_away",
            Held::Full => "overload",
        };
        state.metrics.refused.with_label_values(&[reason]).inc();
        Error::Held(held)
    })?;
    let request = build(state, service, request, visitor, body)?;
    let sending = send(request, || passage.may_retry());
    let answered = OnRuntime::new(state.context.runtime.clone(), sending).await;
    passage.settle(answered.is_ok());
    let outcome = if answered.is_ok() { "answered" } else { "failed" };
    state.metrics.forwarded.with_label_values(&[service, outcome]).inc();
    answered
}

fn build(
    state: &State,
    service: &'static str,
    request: &HttpRequest,
    visitor: &Visitor,
    body: Bytes,
) -> Result<reqwest::RequestBuilder, Error> {
    let base = state.context.services.get(service).ok_or(Error::NoAddress(service))?;
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url = Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/')));
    let url = url.map_err(|_| Error::Address(service))?;
    // What was decided by one path must not be carried out on another.
    if !url.path().ends_with(request.uri().path()) {
        return Err(Error::NoPath);
    }
    let token: Arc<str> = match &visitor.caller {
        Caller::User(user) => state.context.internal.mint_user(service, user),
        Caller::Anonymous | Caller::Service(_) => state.context.internal.mint_anonymous(service),
    };
    // Both sides know the same methods and statuses; the types are those of two versions of one crate.
    let method = reqwest::Method::from_bytes(request.method().as_str().as_bytes()).map_err(|_| Error::NoPath)?;
    let timeout = state.config.upstream_timeout();
    let mut building = state
        .upstream
        .request(method, url)
        .timeout(timeout)
        .bearer_auth(&token)
        .header(REQUEST_ID.as_str(), request_id().to_string())
        .header(TIMEOUT.as_str(), timeout.as_millis().to_string())
        .header(CLIENT_ADDRESS, visitor.address.to_string());
    let is_about_cookies = service == "auth";
    for name in INWARD.iter().chain(is_about_cookies.then_some(&"cookie")) {
        for value in request.headers().get_all(*name) {
            building = building.header(*name, value.as_bytes());
        }
    }
    if let Some(origin) = origin(request.headers(), &state.origins, &state.context.public_url) {
        building = building.header("origin", origin);
    }
    Ok(if body.is_empty() { building } else { building.body(body) })
}

/// The page's origin as services shall see it: a page of the gateway itself is as good as one of the web app.
fn origin(headers: &HeaderMap, origins: &Origins, public_url: &Url) -> Option<Vec<u8>> {
    let origin = headers.get(ORIGIN)?;
    let text = origin.to_str().unwrap_or_default();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_own = !origins.allow(text) && cors::is_own(text, host);
    Some(if is_own {
        public_url.origin().ascii_serialization().into_bytes()
    } else {
        origin.as_bytes().to_vec()
    })
}

async fn send(request: reqwest::RequestBuilder, may_retry: impl Fn() -> bool) -> Result<Answer, Error> {
    let no_answer = |error: reqwest::Error| Error::NoAnswer(error.without_url());
    // One more try where the first cannot have reached anybody: a service that restarts, an idle connection that was closed.
    let again = request.try_clone();
    let response = match (request.send().await, again) {
        (Err(error), Some(again)) if error.is_connect() && may_retry() => again.send().await,
        (outcome, _) => outcome,
    };
    let mut response = response.map_err(no_answer)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Error::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    let status = StatusCode::from_u16(response.status().as_u16()).map_err(|_| Error::NoStatus)?;
    Ok(Answer {
        status,
        headers: outward(response.headers()),
        body: Bytes::from(body),
    })
}

fn outward(from: &reqwest::header::HeaderMap) -> HeaderMap {
    let mut to = HeaderMap::new();
    for (name, value) in from {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value)
            && !INSIDE.contains(&name.as_str())
        {
            to.append(name, value);
        }
    }
    to
}
