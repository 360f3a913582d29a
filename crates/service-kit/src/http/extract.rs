//! What handlers take: JSON bodies, queries and paths, with the refusals of the API.

use std::{future::Ready, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{CONTENT_TYPE, HeaderMap, UPGRADE},
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{
    border::Limits,
    naming::{name_field, parse_json, plain},
    values::{query_deserializer, split_query},
};
use crate::error::{ApiError, ApiResult, ErrorKind};

/// A JSON body: an object without members that `T` doesn't know.
///
/// 415 for another content type, 413 beyond the limit, 400 for what isn't JSON, 422 naming the field for the rest.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The body.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_content_type(&request)?;
            let body = read_body(&request, payload).await?;
            let value = parse_body(&body)?;
            request.extensions_mut().insert(RawBody(body));
            Ok(Self(value))
        })
    }
}

/// No body, or an empty object: what a route takes that has nothing to be told. 422 naming the member for anything else,
/// which its sender believes to have an effect.
#[derive(Debug, Clone, Copy)]
pub struct NoBody;

#[derive(serde::Deserialize)]
struct Nothing {}

impl FromRequest for NoBody {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let body = read_body(&request, payload).await?;
            if !body.is_empty() {
                check_content_type(&request)?;
                let Nothing {} = parse_body(&body)?;
            }
            Ok(Self)
        })
    }
}

/// The bytes of a body that was read, for whoever hashes it.
#[derive(Clone)]
pub(crate) struct RawBody(pub(crate) Bytes);

fn check_content_type(request: &HttpRequest) -> ApiResult<()> {
    let refusal = || ApiError::new(ErrorKind::Unsupported, "the body must be application/json");
    let value = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(refusal)?;
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, set)) if name.trim().eq_ignore_ascii_case("charset") => {
            set.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    if is_json && is_utf8 { Ok(()) } else { Err(refusal()) }
}

/// Reads a body up to the limit of the server, within its deadline.
pub async fn read_body(request: &HttpRequest, payload: Payload) -> ApiResult<Bytes> {
    // The parser takes all that follows for one endless body.
    if is_upgrade(request.headers()) {
        return Err(ApiError::bad_request("nothing here speaks another protocol"));
    }
    let limits = request.app_data::<Limits>().copied().unwrap_or_default();
    let reading = collect(payload, limits.body_bytes);
    match tokio::time::timeout(limits.body_deadline, reading).await {
        Ok(result) => result,
        Err(_) => Err(ApiError::bad_request("the body did not arrive in time")),
    }
}

fn is_upgrade(headers: &HeaderMap) -> bool {
    let mut wanted = headers.get_all(UPGRADE);
    wanted.any(|protocol| protocol.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket"))
}

async fn collect(mut payload: Payload, limit: usize) -> ApiResult<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| ApiError::bad_request("the body could not be read to its end"))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// 413 naming the limit.
pub(crate) fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        ErrorKind::PayloadTooLarge,
        format!("the body must not be longer than {limit} bytes"),
    )
}

fn parse_body<T: DeserializeOwned>(body: &[u8]) -> ApiResult<T> {
    let raw: &RawValue = serde_json::from_slice(body)
        .map_err(|error| ApiError::bad_request(format!("the body is not JSON: {}", plain(&error.to_string()))))?;
    if !raw.get().trim_start().starts_with('{') {
        return Err(ApiError::invalid("body", "must be an object"));
    }
    if has_escaped_nul(raw.get()) {
        return Err(ApiError::invalid("body", "must not contain the character U+0000"));
    }
    parse_json(raw.get()).map_err(ApiError::from)
}

/// Whether the text holds the escape of U+0000, which PostgreSQL stores in no text.
fn has_escaped_nul(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let escape = &rest[at + 1..];
        if escape.starts_with("u0000") {
            return true;
        }
        // Skip the escaped character, so that `\\u0000` is a backslash and five letters.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

/// The query of the address. 422 naming the parameter that is wrong; parameters that `T` doesn't know are ignored.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T> Query<T> {
    /// The parameters.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: DeserializeOwned> Query<T> {
    /// Reads a query's text.
    pub fn parse(query: &str) -> ApiResult<Self> {
        let pairs = split_query(query).map_err(|error| ApiError::bad_request(error.to_string()))?;
        if let Some((name, _)) = pairs.iter().find(|(_, value)| value.contains('\0')) {
            return Err(ApiError::invalid(name, "must not contain the character U+0000"));
        }
        let deserializer = query_deserializer::<serde::de::value::Error>(pairs);
        serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| {
                let (field, why) = name_field(&error.path().to_string(), &error.inner().to_string());
                ApiError::invalid(if field.is_empty() { "query" } else { &field }, why)
            })
    }
}

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::parse(request.query_string()))
    }
}

/// Parts of the path. 404 for whatever is malformed: no such thing can exist.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T> Path<T> {
    /// The parts.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let has_nul = request
            .match_info()
            .iter()
            .any(|(_, value)| value.contains('\0') || value.contains("%00"));
        let parsed = actix_web::web::Path::<T>::from_request(request, &mut Payload::None).into_inner();
        std::future::ready(match parsed {
            Ok(value) if !has_nul => Ok(Self(value.into_inner())),
            _ => Err(ApiError::not_found("thing")),
        })
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 256 * 1024,
            body_deadline: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Inner {
        price: domain::decimal::WireDecimal,
        #[serde(default)]
        count: Option<u32>,
    }

    #[derive(Debug, Deserialize)]
    struct Body {
        condition: Inner,
        #[serde(default)]
        names: Vec<String>,
    }

    fn refuse(body: &str) -> (u16, String, String) {
        let error = parse_body::<Body>(body.as_bytes()).expect_err(body);
        let (field, why) = error
            .fields()
            .iter()
            .next()
            .map(|(field, why)| (field.clone(), why.join(", ")))
            .unwrap_or_default();
        (error.kind().status(), field, why)
    }

    #[test]
    fn each_wrong_body_is_refused_by_the_name_of_its_field() {
        let cases = [
            (r#"{"condition": {"count": 1}}"#, "condition.price", "is required"),
            (r#"{}"#, "condition", "is required"),
            (
                r#"{"condition": {"price": 1, "count": -1}}"#,
                "condition.count",
                "must be a whole number, not negative",
            ),
            (
                r#"{"condition": {"price": 1, "count": "x"}}"#,
                "condition.count",
                "must be a whole number, not negative",
            ),
            (
                r#"{"condition": {"price": 1}, "names": ["a", 2]}"#,
                "names.1",
                "must be a text",
            ),
            (r#"{"condition": 5}"#, "condition", "must be an object"),
            (
                r#"{"condition": {"price": 1, "colour": 1}}"#,
                "condition.colour",
                "is not known",
            ),
            (
                r#"{"condition": {"price": 1}, "user_id": 1}"#,
                "user_id",
                "is not known",
            ),
            (
                r#"{"condition": {"price": 1, "price": 2}}"#,
                "condition.price",
                "is given twice",
            ),
            ("[]", "body", "must be an object"),
            ("null", "body", "must be an object"),
            (
                r#"{"condition": {"price": 1}, "names": ["\u0000"]}"#,
                "body",
                "must not contain the character U+0000",
            ),
        ];
        for (body, field, why) in cases {
            assert_eq!(refuse(body), (422, field.to_owned(), why.to_owned()), "{body}");
        }
        for body in ["", "{", "{\"a\": }", "\u{7f}", "{}x"] {
            assert_eq!(refuse(body).0, 400, "{body}");
        }
        assert_eq!(
            parse_body::<Body>(b"{\"condition\": \"\xff\"}")
                .expect_err("utf-8")
                .kind()
                .status(),
            400
        );
    }

    #[test]
    fn decimals_keep_their_text_through_the_extractor() {
        let body: Body =
            parse_body(br#"{"condition": {"price": 1.20e-8, "count": 3}, "names": ["\\u0000"]}"#).expect("body");
        assert_eq!(
            body.condition.price.parse().expect("decimal").to_string(),
            "0.000000012"
        );
        assert_eq!(body.condition.count, Some(3));
        assert_eq!(body.names, ["\\u0000"]);
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Order {
        Asc,
        Desc,
    }

    #[derive(Debug, Deserialize)]
    struct List {
        #[serde(default)]
        limit: crate::paging::Limit,
        cursor: Option<crate::paging::Cursor<u64>>,
        order: Option<Order>,
        unread: Option<bool>,
        days: Option<u32>,
        #[allow(dead_code, reason = "only what is wrong with it matters")]
        id: Option<uuid::Uuid>,
    }

    #[test]
    fn a_wrong_query_value_is_422_naming_the_parameter() {
        let cases = [
            ("limit=0", "limit", "must be a whole number from 1 to 200"),
            ("limit=201", "limit", "must be a whole number from 1 to 200"),
            ("limit=1e2", "limit", "must be a whole number from 1 to 200"),
            ("limit=", "limit", "must be a whole number from 1 to 200"),
            ("cursor=xx", "cursor", "must be the `next` of an earlier page"),
            ("order=up", "order", "must be one of asc, desc"),
            ("unread=yes", "unread", "must be true or false"),
            ("days=-1", "days", "must be a whole number, not negative"),
            ("days=1&days=2", "days", "is given twice"),
            ("id=7", "id", "must be an id"),
            ("days=%00", "days", "must not contain the character U+0000"),
        ];
        for (query, field, why) in cases {
            let error = Query::<List>::parse(query).expect_err(query);
            assert_eq!(
                error.fields().iter().next(),
                Some((&field.to_owned(), &vec![why.to_owned()])),
                "{query}"
            );
            assert_eq!(error.kind().status(), 422);
        }
        assert_eq!(
            Query::<List>::parse("days=%zz").expect_err("encoding").kind().status(),
            400
        );
        let good = Query::<List>::parse("limit=7&order=desc&unread=true&days=30&other=1")
            .expect("query")
            .0;
        assert_eq!(
            (good.limit.rows(), good.order, good.unread, good.days),
            (7, Some(Order::Desc), Some(true), Some(30))
        );
        assert!(good.cursor.is_none());
    }
}
