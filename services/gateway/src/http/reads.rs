//! Public reads that many ask for at once: who asks a moment later gets the answer of who asked before.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{
            ACCEPT, ACCEPT_ENCODING, AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, Encoding,
            Header, HeaderMap, HeaderValue, VARY,
        },
    },
    web,
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use moka::sync::Cache;
use service_kit::{http::is_known, identity::Caller};
use tokio::sync::OnceCell;

use super::answer::Answer;
use crate::domain::routes::Place;

/// How much memory the answers may take, in bytes.
const ROOM: u64 = 8 * 1024 * 1024;

/// The answers that are shared.
pub struct SharedReads(Option<Cache<String, Arc<SharedAnswer>>>);

/// An answer that counts for everybody.
#[derive(Debug)]
pub struct SharedAnswer {
    headers: HeaderMap,
    body: Bytes,
    /// The body as gzip, once somebody has asked for that.
    packed: OnceCell<Bytes>,
}

impl SharedReads {
    /// Shares each answer for so long; zero shares none.
    pub fn new(lifetime: Duration) -> Self {
        let cache = || {
            Cache::builder()
                .max_capacity(ROOM)
                .weigher(|key: &String, answer: &Arc<SharedAnswer>| {
                    // Twice the body: it may be kept as gzip besides, which is hardly ever longer.
                    u32::try_from(key.len() + 2 * answer.body.len() + 1_024).unwrap_or(u32::MAX)
                })
                .time_to_live(lifetime)
                .build()
        };
        Self((!lifetime.is_zero()).then(cache))
    }

    /// Under which name this request's answer is shared; `None` where it is nobody else's business.
    pub fn key(&self, request: &HttpRequest, place: &Place, caller: &Caller) -> Option<String> {
        let is_shared = self.0.is_some()
            && request.method() == Method::GET
            && matches!(caller, Caller::Anonymous)
            && place.is_shared;
        let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
        is_shared.then(|| format!("{} {}", request.uri(), accept.unwrap_or_default()))
    }

    /// The answer that another request was given.
    pub fn get(&self, key: &str) -> Option<Arc<SharedAnswer>> {
        self.0.as_ref()?.get(key)
    }

    /// Keeps an answer, if whoever gave it lets caches have it; else it is returned as it is.
    pub(super) fn keep(&self, key: String, answer: Answer) -> Result<Arc<SharedAnswer>, Answer> {
        let control = answer.headers.get(CACHE_CONTROL);
        let control = control.and_then(|control| control.to_str().ok()).unwrap_or_default();
        let is_public = control.split(',').any(|part| part.trim() == "public");
        let Some(cache) = self.0.as_ref().filter(|_| answer.status == StatusCode::OK && is_public) else {
            return Err(answer);
        };
        let shared = Arc::new(SharedAnswer {
            headers: answer.headers,
            body: answer.body,
            packed: OnceCell::new(),
        });
        cache.insert(key, shared.clone());
        Ok(shared)
    }

    /// Forgets all answers, because something was changed by hand.
    pub fn forget(&self) {
        if let Some(cache) = &self.0 {
            cache.invalidate_all();
        }
    }
}

impl SharedAnswer {
    /// The answer to a request, 304 where its client has it already, gzip where it takes that.
    pub async fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let tag = self.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
        let is_known = tag.is_some_and(|tag| is_known(request.headers(), tag));
        let packed = if !is_known && takes_gzip(request) {
            self.packed().await
        } else {
            None
        };
        let is_packed = packed.is_some();
        let mut answer = if is_known {
            HttpResponse::NotModified().finish()
        } else {
            HttpResponse::Ok().body(packed.unwrap_or_else(|| self.body.clone()))
        };
        let headers = answer.headers_mut();
        for (name, value) in &self.headers {
            if !(is_known && name == CONTENT_TYPE) {
                headers.append(name.clone(), HeaderValue::clone(value));
            }
        }
        headers.append(VARY, HeaderValue::from_name(ACCEPT_ENCODING));
        if is_packed {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        answer
    }

    /// The body as gzip, made once for all who take it; `None` if it cannot be made.
    async fn packed(&self) -> Option<Bytes> {
        let body = self.body.clone();
        let packing = async { web::block(move || pack(&body)).await.map_err(io::Error::other)? };
        self.packed.get_or_try_init(|| packing).await.ok().cloned()
    }
}

/// Whether the client would have the answer as gzip rather than as it is.
fn takes_gzip(request: &HttpRequest) -> bool {
    let named = request.headers().get(ACCEPT_ENCODING);
    let named = named.and_then(|named| named.to_str().ok()).unwrap_or_default();
    // Nearly everybody only lists them, which is read faster.
    if !named.contains(';') {
        return named.split(',').any(|name| name.trim().eq_ignore_ascii_case("gzip"));
    }
    let accepted = AcceptEncoding::parse(request).ok();
    let choice = [Encoding::gzip(), Encoding::identity()];
    accepted.and_then(|accepted| accepted.negotiate(choice.iter())) == Some(Encoding::gzip())
}

fn pack(body: &[u8]) -> io::Result<Bytes> {
    let mut packer = GzEncoder::new(Vec::with_capacity(body.len() / 2), Compression::fast());
    packer.write_all(body)?;
    Ok(packer.finish()?.into())
}

#[cfg(test)]
mod tests {
    use actix_web::{body::to_bytes, http::header::IF_NONE_MATCH, test::TestRequest};
    use flate2::read::GzDecoder;

    use super::*;

    fn answer(status: StatusCode, control: &'static str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(control));
        headers.insert(ETAG, HeaderValue::from_static("W/\"one\""));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = Bytes::from_static(b"{}");
        Answer { status, headers, body }
    }

    #[actix_web::test]
    async fn what_is_public_is_shared_until_it_is_forgotten() {
        let reads = SharedReads::new(Duration::from_secs(60));
        let request = TestRequest::get().uri("/api/assets/?limit=3").to_http_request();
        let place = Place::of(request.path());
        let key = reads.key(&request, &place, &Caller::Anonymous).expect("a public read");
        let keep = |status, control| reads.keep(key.clone(), answer(status, control));
        assert!(keep(StatusCode::OK, "private, no-store").is_err());
        assert!(keep(StatusCode::NOT_FOUND, "public, max-age=1").is_err());
        assert!(reads.get(&key).is_none());
        assert!(keep(StatusCode::OK, "public, max-age=1").is_ok());
        let answer = reads.get(&key).expect("kept").respond(&request).await;
        assert_eq!((answer.status(), answer.headers().len()), (StatusCode::OK, 4));
        let again = TestRequest::get()
            .insert_header((IF_NONE_MATCH, "W/\"one\""))
            .to_http_request();
        let answer = reads.get(&key).expect("kept").respond(&again).await;
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        reads.forget();
        assert!(reads.get(&key).is_none());
    }

    #[actix_web::test]
    async fn a_shared_answer_is_packed_for_those_who_take_gzip() {
        let reads = SharedReads::new(Duration::from_secs(60));
        let shared = reads.keep("key".to_owned(), answer(StatusCode::OK, "public, max-age=1"));
        let shared = shared.map_err(|_| "not shared").expect("shared");
        for (accepted, is_packed) in [
            ("gzip, deflate, br, zstd", true),
            ("br;q=1, gzip;q=0.5", true),
            ("gzip;q=0", false),
            ("*", false),
            ("identity", false),
        ] {
            let asked = TestRequest::get().insert_header((ACCEPT_ENCODING, accepted));
            let answer = shared.respond(&asked.to_http_request()).await;
            assert_eq!(
                answer.headers().get(VARY).map(HeaderValue::as_bytes),
                Some(&b"accept-encoding"[..])
            );
            assert_eq!(answer.headers().contains_key(CONTENT_ENCODING), is_packed, "{accepted}");
            let body = to_bytes(answer.into_body()).await.expect("a body");
            let text = if is_packed {
                io::read_to_string(GzDecoder::new(&body[..]))
            } else {
                io::read_to_string(&body[..])
            };
            assert_eq!(text.expect("text"), "{}", "{accepted}");
        }
    }

    #[test]
    fn what_concerns_one_caller_or_changes_something_is_not_shared() {
        let reads = SharedReads::new(Duration::from_secs(60));
        let key = |request: TestRequest| {
            let request = request.to_http_request();
            reads.key(&request, &Place::of(request.path()), &Caller::Anonymous)
        };
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
        let place = Place::of(request.path());
        assert!(none.key(&request, &place, &Caller::Anonymous).is_none());
    }
}
