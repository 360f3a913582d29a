use actix_web::{
    HttpResponse,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderMap, HeaderValue, ORIGIN, VARY,
        },
    },
};

use reqwest::Url;

use crate::domain::origins::Origins;

const METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS: &str = "authorization, content-type, idempotency-key, if-none-match, x-request-id";
const ANSWER_HEADERS: &str =
    "etag, idempotent-replayed, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, x-request-id";

/// The origin of the page that asks, if it may.
pub(super) fn allowed(headers: &HeaderMap, origins: &Origins) -> Option<HeaderValue> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let may = |value: &&HeaderValue| {
        value
            .to_str()
            .is_ok_and(|origin| origins.allow(origin) || is_own(origin, host))
    };
    headers.get(ORIGIN).filter(may).cloned()
}

/// Whether a page of `origin` comes from where this request goes to: the documentation that the gateway serves itself.
///
/// A name of the internet would be anybody's who makes it lead here; an address, or a name of the local network, is not.
pub(super) fn is_own(origin: &str, host: Option<&str>) -> bool {
    let Ok(url) = Url::parse(origin) else { return false };
    let is_local = url.has_host() && url.domain().is_none_or(|name| !name.contains('.'));
    let authority = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    is_local && authority.is_some() && authority == host
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
    let origin = allowed(headers, origins);
    if origin.is_some() {
        answer
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, METHODS))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS))
            .insert_header((ACCESS_CONTROL_MAX_AGE, "600"));
    }
    let mut answer = answer.finish();
    admit(origin, answer.headers_mut());
    Some(answer)
}

/// Says to the browser whether the page may read the answer.
pub(super) fn admit(origin: Option<HeaderValue>, answer: &mut HeaderMap) {
    answer.append(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(ANSWER_HEADERS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_gateway_itself_is_no_stranger() {
        assert!(is_own("http://127.0.0.1:8000", Some("127.0.0.1:8000")));
        assert!(!is_own("http://127.0.0.1:8000", Some("127.0.0.1:3000")));
        assert!(is_own("http://gateway:8000", Some("gateway:8000")));
        assert!(!is_own("http://evil.example", Some("evil.example")));
        assert!(!is_own("null", None));
        assert!(!is_own("ftp://127.0.0.1:8000", Some("127.0.0.1:8000")));
    }
}
