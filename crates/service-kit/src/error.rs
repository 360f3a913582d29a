//! What a client is told when something fails.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc, time::Duration};

/// The answer of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// The kinds of failure that the API knows; each has one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// 400: the body or the query can't be read at all.
    BadRequest,
    /// 401: no, an expired or a revoked token.
    Unauthorized,
    /// 403: known, but not allowed.
    Forbidden,
    /// 404: no such thing for this user.
    NotFound,
    /// 405: the path exists, the method doesn't.
    MethodNotAllowed,
    /// 409: the present state forbids it.
    Conflict,
    /// 413: the body is too long.
    PayloadTooLarge,
    /// 415: the body is not `application/json`.
    Unsupported,
    /// 422: readable, but a field is wrong.
    Invalid,
    /// 429: too often; say when to come back.
    TooMany,
    /// 503: a dependency is down or load is shed.
    Unavailable,
    /// 500: our fault; the client learns the request id only.
    Internal,
}

impl ErrorKind {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::PayloadTooLarge => 413,
            Self::Unsupported => 415,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }

    /// The code in the error body where nothing more precise is known.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::PayloadTooLarge => "payload_too_large",
            Self::Unsupported => "unsupported_media_type",
            Self::Invalid => "validation_failed",
            Self::TooMany => "too_many_requests",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// Whether the cause lies with us, so that it is logged and not told.
    pub fn is_ours(self) -> bool {
        matches!(self, Self::Unavailable | Self::Internal)
    }
}

/// Why each wrong field is wrong, by its path (`condition.price`).
pub type Fields = BTreeMap<String, Vec<String>>;

/// A failure on its way to the client.
///
/// Services have their own error enums and implement [`IntoApiError`] for them; this type is what `?` makes of those.
#[derive(Clone)]
pub struct ApiError(Box<Failed>);

/// Boxed, because every `Result` of a handler would carry its size.
#[derive(Clone)]
struct Failed {
    kind: ErrorKind,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    fields: Fields,
    retry_after: Option<Duration>,
    allow: Vec<String>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
    is_counted: bool,
}

impl ApiError {
    /// A failure with the kind's own code.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let retry_after = matches!(kind, ErrorKind::Unavailable | ErrorKind::TooMany).then_some(Duration::from_secs(1));
        Self(Box::new(Failed {
            kind,
            code: Cow::Borrowed(kind.code()),
            message: message.into(),
            fields: Fields::new(),
            retry_after,
            allow: Vec::new(),
            cause: None,
            is_counted: false,
        }))
    }

    /// 400 with a sentence.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::BadRequest, message)
    }

    /// 401 with a sentence.
    pub fn unauthorized(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Unauthorized, message)
    }

    /// 403 with a sentence.
    pub fn forbidden(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Forbidden, message)
    }

    /// 404: `what` is a word such as "alert".
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("no such {what}"))
    }

    /// 409 with its own code.
    pub fn conflict(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Conflict, message).with_code(code)
    }

    /// 422 on one field.
    pub fn invalid(field: &str, why: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Invalid, "some fields are wrong").with_field(field, why)
    }

    /// 429 with the time after which another attempt makes sense.
    pub fn too_many(message: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self::new(ErrorKind::TooMany, message).with_retry_after(retry_after)
    }

    /// 503; the cause is logged, not told.
    pub fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(ErrorKind::Unavailable, UNAVAILABLE).with_cause(cause)
    }

    /// 500; the cause is logged, not told.
    pub fn internal(cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::new(ErrorKind::Internal, INTERNAL).with_cause(cause)
    }

    /// Replaces the code.
    pub fn with_code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.0.code = code.into();
        self
    }

    /// Adds a reason to a field; only a 422 shows them.
    pub fn with_field(mut self, field: &str, why: impl fmt::Display) -> Self {
        self.0.fields.entry(field.to_owned()).or_default().push(why.to_string());
        self
    }

    /// Replaces the wrong fields.
    pub(crate) fn with_fields(mut self, fields: Fields) -> Self {
        self.0.fields = fields;
        self
    }

    /// Sets the `Retry-After` header.
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Sets the `Allow` header of a 405.
    pub(crate) fn with_allow(mut self, methods: Vec<String>) -> Self {
        self.0.allow = methods;
        self
    }

    /// Remembers why, for the log.
    pub fn with_cause(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    /// Its kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Its code in the error body.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The sentence for the client.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The wrong fields.
    pub fn fields(&self) -> &Fields {
        &self.0.fields
    }

    /// When to come back.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether it was counted where it arose, so that each one is not worth a line of the log.
    pub(crate) fn is_counted(&self) -> bool {
        self.0.is_counted
    }

    /// The methods that the path does have, of a 405.
    pub(crate) fn allow(&self) -> &[String] {
        &self.0.allow
    }

    /// The cause, with its own causes, in one line; for logs.
    pub fn cause_chain(&self) -> String {
        let mut text = String::new();
        let mut next = self.0.cause.as_deref().map(|cause| cause as &dyn std::error::Error);
        while let Some(cause) = next {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }
}

const UNAVAILABLE: &str = "something that this needs is not available right now, please try again";
const INTERNAL: &str = "something went wrong on our side; the request id helps us to find it";

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.message, self.0.code)?;
        for (field, reasons) in &self.0.fields {
            write!(f, "; {field}: {}", reasons.join(", "))?;
        }
        if self.0.cause.is_some() {
            write!(f, "; {}", self.cause_chain())?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiError({:?}: {self})", self.0.kind)
    }
}

/// What a service's error says about itself; `?` in a handler then makes an [`ApiError`] of it.
///
/// The message for the client is the error's `Display`, except where the fault is ours.
pub trait IntoApiError: std::error::Error + Send + Sync + Sized + 'static {
    /// Which kind of failure it is.
    fn kind(&self) -> ErrorKind;

    /// The code in the error body.
    fn code(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.kind().code())
    }

    /// The wrong fields, of an [`ErrorKind::Invalid`].
    fn fields(&self) -> Fields {
        Fields::new()
    }

    /// When to come back.
    fn retry_after(&self) -> Option<Duration> {
        None
    }

    /// Whether it was counted where it arose, so that each one is not worth a line of the log. A flood that is refused
    /// must not cost a line for each of its requests.
    fn is_counted(&self) -> bool {
        false
    }

    /// Takes itself apart; override it only to pass an [`ApiError`] inside on as it is.
    fn into_api_error(self) -> ApiError {
        let kind = self.kind();
        let message = match kind {
            ErrorKind::Internal => Cow::Borrowed(INTERNAL),
            ErrorKind::Unavailable => Cow::Borrowed(UNAVAILABLE),
            _ => Cow::Owned(self.to_string()),
        };
        let mut error = ApiError::new(kind, message).with_code(self.code());
        error.0.fields = self.fields();
        error.0.retry_after = self.retry_after().or(error.0.retry_after);
        error.0.is_counted = self.is_counted();
        error.with_cause(self)
    }
}

impl<E: IntoApiError> From<E> for ApiError {
    fn from(error: E) -> Self {
        error.into_api_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Broken {
        #[error("the pool ran dry")]
        Dry(#[source] std::io::Error),
        #[error("alert is final")]
        Final,
    }

    impl IntoApiError for Broken {
        fn kind(&self) -> ErrorKind {
            match self {
                Self::Dry(_) => ErrorKind::Internal,
                Self::Final => ErrorKind::Conflict,
            }
        }
    }

    #[test]
    fn a_fault_of_ours_is_not_told_but_its_causes_are_kept() {
        let error = ApiError::from(Broken::Dry(std::io::Error::other("socket closed")));
        assert!(!error.message().contains("pool"));
        assert_eq!(error.cause_chain(), "the pool ran dry: socket closed");
    }

    #[test]
    fn a_fault_of_the_client_is_told() {
        let error = ApiError::from(Broken::Final);
        assert_eq!(
            (error.message(), error.code(), error.kind().status()),
            ("alert is final", "conflict", 409)
        );
    }
}
