use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, Version,
        header::{HOST, HeaderMap, ORIGIN},
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
    answer::{Answer, Begun, no_answer, read_first},
    audit::{self, Order},
    cors,
    front::Visitor,
};
use crate::{
    domain::{guard::Held, origins::Origins},
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
/// The client's address, for the audit; believed only together with an internal token.
const CLIENT_ADDRESS: &str = "x-candlewick-client-addr";

/// Hands a request to the service that owns its path, on behalf of whoever is calling.
pub(super) async fn forward(
    state: Data<State>,
    visitor: ReqData<Visitor>,
    request: HttpRequest,
    payload: Payload,
) -> ApiResult<HttpResponse> {
    let Some(service) = visitor.place.owner else {
        return unmatched(request).await;
    };
    let body = read_body(&request, payload.into_inner()).await?;
    let path = request.path();
    if let Some(act) = audit::act_of(request.method(), path) {
        let detail = audit::detail(path, &body);
        audit::note(&state, &visitor, request.headers(), Order { act, detail: &detail }).await?;
    }
    let shared = state.reads.key(&request, &visitor.place, &visitor.caller);
    let begun = begin(&state, service, &request, &visitor, body).await?;
    if path.starts_with("/api/admin/") && request.method() != Method::GET {
        state.reads.forget();
    }
    // To a client of HTTP/1.0 an answer that was cut off looks like a whole one.
    if begun.is_whole() || request.version() < Version::HTTP_11 {
        let answer = begun.whole().await?;
        let Some(key) = shared else {
            return Ok(answer.into_answer());
        };
        return Ok(match state.reads.keep(key, answer) {
            Ok(shared) => shared.respond(&request).await,
            Err(own) => own.into_answer(),
        });
    }
    Ok(begun.into_passing())
}

/// Asks a service what the client asked, on the client's behalf; the whole answer.
pub(super) async fn ask(
    state: &State,
    service: &'static str,
    request: &HttpRequest,
    visitor: &Visitor,
    body: Bytes,
) -> Result<Answer, Error> {
    begin(state, service, request, visitor, body).await?.whole().await
}

/// The same, up to where the answer is too long to be had at once.
async fn begin(
    state: &State,
    service: &'static str,
    request: &HttpRequest,
    visitor: &Visitor,
    body: Bytes,
) -> Result<Begun, Error> {
    let importance = visitor.place.importance(request.method().as_str());
    let gate = visitor.place.gate().unwrap_or(service);
    let passage = state.guards.enter(gate, importance);
    let passage = passage.ok_or(Error::NoAddress(service))?;
    let passage = passage.map_err(|held| refusal(state, held))?;
    let request = build(state, service, request, visitor, body)?;
    let patience = state.config.upstream_timeout();
    let sending = tokio::time::timeout(patience, send(request, || passage.may_retry()));
    let answered = OnRuntime::new(state.context.runtime.clone(), sending).await;
    let answered = answered.unwrap_or(Err(Error::TooSlow(patience)));
    let outcome = if answered.is_ok() { "answered" } else { "failed" };
    state.metrics.forwarded.with_label_values(&[service, outcome]).inc();
    match answered {
        Ok((response, first)) => Begun::new(state, response, first, passage),
        Err(error) => {
            passage.settle(false);
            Err(error)
        }
    }
}

/// Counts a request that a gate holds back, and says why it goes no further.
pub(super) fn refusal(state: &State, held: Held) -> Error {
    let reason = match held {
        Held::Open(_) => "service_away",
        Held::Full => "overload",
    };
    state.metrics.refused.with_label_values(&[reason]).inc();
    if let Some(count) = state.guards.refused() {
        tracing::warn!(count, reason, "requests were refused");
    }
    Error::Held(held)
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

async fn send(
    request: reqwest::RequestBuilder,
    may_retry: impl Fn() -> bool,
) -> Result<(reqwest::Response, (Bytes, bool)), Error> {
    // One more try where the first cannot have reached anybody: a service that restarts, an idle connection that was closed.
    let again = request.try_clone();
    let response = match (request.send().await, again) {
        (Err(error), Some(again)) if error.is_connect() && may_retry() => again.send().await,
        (outcome, _) => outcome,
    };
    let mut response = response.map_err(no_answer)?;
    let first = read_first(&mut response).await?;
    Ok((response, first))
}
