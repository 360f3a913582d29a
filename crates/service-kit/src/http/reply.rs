//! The success and failure bodies of the API.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    error::{ApiError, ErrorKind, Fields},
    http::scope,
};

/// 200 with a body.
#[derive(Debug)]
pub struct Ok200<T>(pub T);

/// 201: something with an id was made.
#[derive(Debug)]
pub struct Created<T>(pub T);

/// 202: the work comes later.
#[derive(Debug)]
pub struct Accepted<T>(pub T);

/// One page of a list.
#[derive(Debug)]
pub struct Page<T> {
    items: Vec<T>,
    limit: usize,
    next: Option<String>,
    beside: Vec<(&'static str, Value)>,
}

impl<T> Page<T> {
    /// A page; `next` is the cursor of the one after it, `None` on the last (see [`crate::paging::cut`]).
    pub fn new(items: Vec<T>, limit: crate::paging::Limit, next: Option<String>) -> Self {
        Self {
            items,
            limit: limit.rows(),
            next,
            beside: Vec::new(),
        }
    }

    /// Adds a member to `page`, such as `unread`.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.beside.push((name, value.into()));
        self
    }
}

impl<T> From<Page<T>> for Reply<Vec<T>> {
    fn from(page: Page<T>) -> Self {
        let mut members = serde_json::Map::new();
        members.insert("limit".to_owned(), page.limit.into());
        members.insert("next".to_owned(), page.next.into());
        for (name, value) in page.beside {
            members.insert(name.to_owned(), value);
        }
        Reply::new(200, page.items).beside("page", Value::Object(members))
    }
}

/// Any success: status, data, message, members beside `data`, headers.
#[derive(Debug)]
pub struct Reply<T> {
    pub(crate) status: u16,
    data: T,
    message: Cow<'static, str>,
    beside: Vec<(&'static str, Value)>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl<T> Reply<T> {
    /// A success with a status of 2xx.
    pub fn new(status: u16, data: T) -> Self {
        let message = match status {
            201 => "created",
            202 => "accepted",
            _ => "ok",
        };
        Self {
            status,
            data,
            message: Cow::Borrowed(message),
            beside: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Replaces the message.
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// Adds a member beside `data`, such as `gaps`.
    pub fn beside(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.beside.push((name, value.into()));
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl<T: Serialize> Reply<T> {
    /// The body's bytes.
    pub(crate) fn body(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

impl<T: Serialize> Serialize for Reply<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3 + self.beside.len()))?;
        map.serialize_entry("success", &true)?;
        map.serialize_entry("data", &self.data)?;
        for (name, value) in &self.beside {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("message", &self.message)?;
        map.end()
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let body = match self.body() {
            Ok(body) => body,
            Err(cause) => return ApiError::internal(cause).error_response(),
        };
        let mut answer = json_response(self.status, body);
        for (name, value) in self.headers {
            answer.headers_mut().append(name, value);
        }
        answer
    }
}

/// What can be answered with a success, for code that handles any of them.
pub trait IntoReply {
    /// What is answered.
    type Data: Serialize;

    /// The general form.
    fn into_reply(self) -> Reply<Self::Data>;
}

impl<T: Serialize> IntoReply for Reply<T> {
    type Data = T;

    fn into_reply(self) -> Reply<T> {
        self
    }
}

impl<T: Serialize> IntoReply for Page<T> {
    type Data = Vec<T>;

    fn into_reply(self) -> Reply<Vec<T>> {
        self.into()
    }
}

/// An answer whose body is ready JSON.
pub(crate) fn json_response(status: u16, body: String) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, JSON))
        .body(body)
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// How a client says who it is; each 401 has to name a way.
const BEARER: HeaderValue = HeaderValue::from_static("Bearer");

macro_rules! shorthand {
    ($($name:ident = $status:literal;)*) => {$(
        impl<T> $name<T> {
            /// Replaces the message.
            pub fn message(self, message: impl Into<Cow<'static, str>>) -> Reply<T> {
                Reply::from(self).message(message)
            }

            /// Adds a member beside `data`.
            pub fn beside(self, name: &'static str, value: impl Into<Value>) -> Reply<T> {
                Reply::from(self).beside(name, value)
            }
        }

        impl<T> From<$name<T>> for Reply<T> {
            fn from(short: $name<T>) -> Self {
                Reply::new($status, short.0)
            }
        }

        impl<T: Serialize> IntoReply for $name<T> {
            type Data = T;

            fn into_reply(self) -> Reply<T> {
                self.into()
            }
        }

        impl<T: Serialize> Responder for $name<T> {
            type Body = BoxBody;

            fn respond_to(self, request: &HttpRequest) -> HttpResponse {
                Reply::from(self).respond_to(request)
            }
        }
    )*};
}

shorthand! {
    Ok200 = 200;
    Created = 201;
    Accepted = 202;
}

impl<T: Serialize> Responder for Page<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        Reply::from(self).respond_to(request)
    }
}

#[derive(Serialize)]
struct FailureBody<'a> {
    success: bool,
    data: (),
    message: &'a str,
    error: FailureDetails<'a>,
}

#[derive(Serialize)]
struct FailureDetails<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<&'a Fields>,
    request_id: uuid::Uuid,
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The failure body; also the one place where a cause is logged.
    fn error_response(&self) -> HttpResponse {
        let request_id = scope::request_id();
        match self.kind() {
            ErrorKind::Internal => {
                tracing::error!(request.id = %request_id, code = self.code(), cause = self.cause_chain(), "request failed");
            }
            ErrorKind::Unavailable if !self.is_counted() => {
                tracing::warn!(request.id = %request_id, code = self.code(), cause = self.cause_chain(), "request could not be served");
            }
            _ => {}
        }
        let fields = (self.kind() == ErrorKind::Invalid).then_some(self.fields());
        let body = FailureBody {
            success: false,
            data: (),
            message: self.message(),
            error: FailureDetails {
                code: self.code(),
                fields,
                request_id,
            },
        };
        let mut answer = json_response(self.kind().status(), serde_json::to_string(&body).unwrap_or_default());
        if let Some(after) = self.retry_after() {
            let seconds = after.as_millis().div_ceil(1000).max(1);
            if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
                answer.headers_mut().insert(header::RETRY_AFTER, value);
            }
        }
        if self.kind() == ErrorKind::Unauthorized {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, BEARER);
        }
        if let Ok(value) = HeaderValue::from_str(&self.allow().join(", "))
            && !self.allow().is_empty()
        {
            answer.headers_mut().insert(header::ALLOW, value);
        }
        answer
    }
}

/// The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes what Reply writes")]
pub struct Envelope<T> {
    /// Always true.
    #[schema(example = true)]
    success: bool,
    /// What was asked for.
    data: T,
    /// A sentence for people.
    message: String,
}

/// The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes what Page writes")]
pub struct PageEnvelope<T> {
    /// Always true.
    #[schema(example = true)]
    success: bool,
    /// The rows.
    data: Vec<T>,
    /// A sentence for people.
    message: String,
    /// Where this page lies.
    page: PageInfo,
}

/// Where a page lies.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes what Page writes")]
pub struct PageInfo {
    /// The most rows that this page could have.
    limit: u16,
    /// The cursor of the next page, null on the last.
    #[schema(required)]
    next: Option<String>,
}

/// The shape of a failure, for the OpenAPI document.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes what ApiError writes")]
pub struct Failure {
    /// Always false.
    #[schema(example = false)]
    success: bool,
    /// Always null.
    #[schema(required, value_type = Option<Object>)]
    data: Option<()>,
    /// One plain sentence.
    message: String,
    /// What went wrong.
    error: FailureInfo,
}

/// What went wrong.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes what ApiError writes")]
pub struct FailureInfo {
    /// For programs, in snake_case.
    code: String,
    /// Why each wrong field is wrong; only with 422.
    #[schema(value_type = Option<std::collections::BTreeMap<String, Vec<String>>>, nullable = false)]
    fields: Option<Fields>,
    /// Names this request in our logs.
    request_id: uuid::Uuid,
}
