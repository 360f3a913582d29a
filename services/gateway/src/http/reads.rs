//! Public reads that many ask for at once: who asks a moment later gets the answer of who asked before.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue},
    },
};
use moka::sync::Cache;
use service_kit::{http::is_known, identity::Caller};

use crate::domain::routes;

/// How much memory the answers may take, in bytes.
const ROOM: u64 = 8 * 1024 * 1024;

/// The answers that are shared.
pub struct SharedReads(Option<Cache<String, Arc<SharedAnswer>>>);

/// An answer that counts for everybody.
#[derive(Debug)]
pub struct SharedAnswer {
    headers: HeaderMap,
    body: bytes::Bytes,
}

impl SharedReads {
    /// Shares each answer for so long; zero shares none.
    pub fn new(lifetime: Duration) -> Self {
        let cache = || {
            Cache::builder()
                .max_capacity(ROOM)
                .weigher(|key: &String, answer: &Arc<SharedAnswer>| {
                    u32::try_from(key.len() + answer.body.len() + 1_024).unwrap_or(u32::MAX)
                })
                .time_to_live(lifetime)
                .build()
        };
        Self((!lifetime.is_zero()).then(cache))
    }

    /// Under which name this request's answer is shared; `None` where it is nobody else's business.
    pub fn key(&self, request: &HttpRequest, caller: &Caller) -> Option<String> {
        let is_shared = self.0.is_some()
            && request.method() == Method::GET
            && matches!(caller, Caller::Anonymous)
            && routes::is_public_read(request.path());
        let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
        is_shared.then(|| format!("{} {}", request.uri(), accept.unwrap_or_default()))
    }

    /// The answer that another request was given.
    pub fn get(&self, key: &str) -> Option<Arc<SharedAnswer>> {
        self.0.as_ref()?.get(key)
    }

    /// Keeps an answer, if whoever gave it lets caches have it.
    pub fn keep(&self, key: String, status: StatusCode, headers: &HeaderMap, body: &bytes::Bytes) {
        let control = headers.get(CACHE_CONTROL).and_then(|control| control.to_str().ok());
        let is_public = control.is_some_and(|control| control.split(',').any(|part| part.trim() == "public"));
        if let Some(cache) = self.0.as_ref().filter(|_| status == StatusCode::OK && is_public) {
            let answer = SharedAnswer {
                headers: headers.clone(),
                body: body.clone(),
            };
            cache.insert(key, Arc::new(answer));
        }
    }

    /// Forgets all answers, because something was changed by hand.
    pub fn forget(&self) {
        if let Some(cache) = &self.0 {
            cache.invalidate_all();
        }
    }
}

impl SharedAnswer {
    /// The answer to a request, 304 where its client has it already.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let tag = self.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
        let is_known = tag.is_some_and(|tag| is_known(request.headers(), tag));
        let mut answer = if is_known {
            HttpResponse::NotModified().finish()
        } else {
            HttpResponse::Ok().body(self.body.clone())
        };
        for (name, value) in &self.headers {
            if !(is_known && name == CONTENT_TYPE) {
                answer.headers_mut().append(name.clone(), HeaderValue::clone(value));
            }
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header::IF_NONE_MATCH, test::TestRequest};
    use bytes::Bytes;

    use super::*;

    fn headers(control: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(control));
        headers.insert(ETAG, HeaderValue::from_static("\"one\""));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers
    }

    #[test]
    fn what_is_public_is_shared_until_it_is_forgotten() {
        let reads = SharedReads::new(Duration::from_secs(60));
        let request = TestRequest::get().uri("/api/assets/?limit=3").to_http_request();
        let key = reads.key(&request, &Caller::Anonymous).expect("a public read");
        let body = Bytes::from_static(b"{}");
        reads.keep(key.clone(), StatusCode::OK, &headers("private, no-store"), &body);
        reads.keep(key.clone(), StatusCode::NOT_FOUND, &headers("public, max-age=1"), &body);
        assert!(reads.get(&key).is_none());
        reads.keep(key.clone(), StatusCode::OK, &headers("public, max-age=1"), &body);
        let answer = reads.get(&key).expect("kept").respond(&request);
        assert_eq!((answer.status(), answer.headers().len()), (StatusCode::OK, 3));
        let again = TestRequest::get()
            .insert_header((IF_NONE_MATCH, "\"one\""))
            .to_http_request();
        let answer = reads.get(&key).expect("kept").respond(&again);
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        reads.forget();
        assert!(reads.get(&key).is_none());
    }

    #[test]
    fn what_concerns_one_caller_or_changes_something_is_not_shared() {
        let reads = SharedReads::new(Duration::from_secs(60));
        let key = |request: TestRequest| reads.key(&request.to_http_request(), &Caller::Anonymous);
        assert!(key(TestRequest::post().uri("/api/assets/")).is_none());
        assert!(key(TestRequest::get().uri("/api/alerts/")).is_none());
        assert!(key(TestRequest::get().uri("/api/admin/assets/")).is_none());
        assert!(key(TestRequest::get().uri("/api/market/status/")).is_none());
        let csv = key(TestRequest::get()
            .uri("/api/ohlc/BTC/")
            .insert_header((ACCEPT, "text/csv")));
        assert_ne!(csv, key(TestRequest::get().uri("/api/ohlc/BTC/")));
        let none = SharedReads::new(Duration::ZERO);
        let request = TestRequest::get().uri("/api/assets/").to_http_request();
        assert!(none.key(&request, &Caller::Anonymous).is_none());
    }
}
