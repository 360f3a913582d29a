//! The headers of every answer: its request's id, what browsers may do with it, and who may keep it.

use actix_web::http::{
    Method, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
        STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    },
};
use uuid::Uuid;

use super::border::{REQUEST_ID, Settings};

const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Who may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storing {
    /// Nobody: it is somebody's own.
    Private,
    /// Nobody: it tells of an act, and may hold what signs one in.
    Act,
    /// Whoever the answer itself lets.
    Read,
}

impl Storing {
    /// Of an answer to somebody who has said who they are, or to anybody.
    pub(super) fn of(is_private: bool, method: &Method) -> Self {
        match is_private {
            true => Self::Private,
            false if *method == Method::GET => Self::Read,
            false => Self::Act,
        }
    }
}

/// Gives an answer the headers that all answers have.
pub(super) fn finish(headers: &mut HeaderMap, status: StatusCode, id: Uuid, settings: &Settings, storing: Storing) {
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CORP, HeaderValue::from_static("same-origin"));
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        );
    }
    if settings.is_https {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
    let is_good = status.is_success() || status == StatusCode::NOT_MODIFIED;
    let says_by_itself = headers.contains_key(CACHE_CONTROL) || (is_good && storing == Storing::Read);
    if storing == Storing::Private {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    } else if !says_by_itself {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
