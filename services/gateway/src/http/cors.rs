use actix_web::{
    HttpResponse,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
        },
    },
};

use crate::domain::origins::Origins;

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS: &str = "authorization, content-type, idempotency-key, if-none-match, x-request-id";
const ANSWER_HEADERS: &str =
    "etag, idempotent-replayed, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-request-id";

/// The origin of the page that asks, if it may.
fn allowed<'a>(headers: &'a HeaderMap, origins: &Origins) -> Option<&'a HeaderValue> {
    headers
        .get(ORIGIN)
        .filter(|value| value.to_str().is_ok_and(|origin| origins.allow(origin)))
}

/// The answer to a browser that asks before it calls; `None` for any other request.
pub(super) fn preflight(method: &Method, headers: &HeaderMap, origins: &Origins) -> Option<HttpResponse> {
    if *method != Method::OPTIONS
        || !headers.contains_key(ORIGIN)
        || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    {
        return None;
    }
    let mut answer = HttpResponse::NoContent();
    if allowed(headers, origins).is_some() {
        answer
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "600"));
    }
    let mut answer = answer.finish();
    admit(headers, origins, answer.headers_mut());
    Some(answer)
}

/// Says to the browser whether the page may read the answer.
pub(super) fn admit(request: &HeaderMap, origins: &Origins, answer: &mut HeaderMap) {
    answer.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed(request, origins) {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWER_HEADERS));
    }
}
