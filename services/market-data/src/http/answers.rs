//! Ready answers of public reads: kept for moments, marked with an ETag.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderValue, VARY},
    web::Bytes,
};
use moka::sync::Cache;
use serde::Serialize;
use service_kit::http::{Reply, accepts_csv, is_known};

use crate::error::Result;

/// An answer lives so long although something has changed since.
const MIN_AGE: Duration = Duration::from_millis(50);
/// An answer lives so long while nothing changes: staleness depends on the time alone.
const MAX_AGE: Duration = Duration::from_secs(1);
/// What caches in between may do.
const FOR_CACHES: HeaderValue = HeaderValue::from_static("public, max-age=1, stale-while-revalidate=5");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");

/// Ready answers by address and form.
pub struct AnswerCache(Cache<String, Arc<Answer>>);

/// A ready answer.
pub struct Answer {
    body: Bytes,
    /// The file's name, where it is one.
    file: Option<HeaderValue>,
    tag: HeaderValue,
    generation: u64,
    made_at: Instant,
}

impl AnswerCache {
    /// Holds at most so many bytes.
    pub fn new(bytes: u64) -> Self {
        let weigh =
            |key: &String, answer: &Arc<Answer>| u32::try_from(key.len() + answer.body.len() + 256).unwrap_or(u32::MAX);
        Self(
            Cache::builder()
                .max_capacity(bytes)
                .weigher(weigh)
                .time_to_idle(Duration::from_secs(30))
                .build(),
        )
    }

    /// The kept answer to this request, if it is still good at `generation`.
    pub fn get(&self, request: &HttpRequest, generation: u64) -> Option<Arc<Answer>> {
        let key = key_of(request);
        self.0.get(&key).filter(|answer| {
            let age = answer.made_at.elapsed();
            age < MIN_AGE || (answer.generation == generation && age < MAX_AGE)
        })
    }

    /// Keeps the answer to this request.
    pub fn put<T: Serialize>(&self, request: &HttpRequest, generation: u64, reply: &Reply<T>) -> Result<Arc<Answer>> {
        Ok(self.keep(request, generation, serde_json::to_vec(reply)?, None))
    }

    /// Keeps a CSV file as the answer to this request; `disposition` tells its name.
    pub fn put_csv(
        &self,
        request: &HttpRequest,
        generation: u64,
        body: Vec<u8>,
        disposition: HeaderValue,
    ) -> Arc<Answer> {
        self.keep(request, generation, body, Some(disposition))
    }

    fn keep(&self, request: &HttpRequest, generation: u64, body: Vec<u8>, file: Option<HeaderValue>) -> Arc<Answer> {
        let tag = tag_of(&body);
        let answer = Arc::new(Answer {
            body: body.into(),
            file,
            tag,
            generation,
            made_at: Instant::now(),
        });
        self.0.insert(key_of(request), answer.clone());
        answer
    }
}

impl Answer {
    /// The answer, or 304 where the client has it already.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let is_known = is_known(request.headers(), self.tag.to_str().unwrap_or_default());
        let mut response = if is_known {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((ETAG, self.tag.clone()))
            .insert_header((CACHE_CONTROL, FOR_CACHES))
            .insert_header((VARY, "Accept"));
        if is_known {
            return response.finish();
        }
        match &self.file {
            None => response.insert_header((CONTENT_TYPE, JSON)),
            Some(name) => response
                .insert_header((CONTENT_TYPE, CSV))
                .insert_header((CONTENT_DISPOSITION, name.clone())),
        };
        response.body(self.body.clone())
    }
}

fn key_of(request: &HttpRequest) -> String {
    let form = if accepts_csv(request.headers()) { "csv" } else { "json" };
    format!("{form} {}?{}", request.path(), request.query_string())
}

/// Names what the answer says, by FNV-1a over words and their number. Weak, since the gateway may send the same as gzip.
fn tag_of(body: &[u8]) -> HeaderValue {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for word in body.chunks(8) {
        let mut bytes = [0; 8];
        bytes[..word.len()].copy_from_slice(word);
        hash = (hash ^ u64::from_le_bytes(bytes)).wrapping_mul(0x0100_0000_01b3);
        hash ^= hash >> 29;
    }
    let text = format!("W/\"{hash:016x}-{:x}\"", body.len());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("W/\"0\""))
}
