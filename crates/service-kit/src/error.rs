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
pub struct ApiError {
    kind: ErrorKind,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    fields: Fields,
    retry_after: Option<Duration>,
    allow: Vec<String>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    /// A failure with the kind's own code.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        let retry_after = matches!(kind, ErrorKind::Unavailable | ErrorKind::TooMany).then_some(Duration::from_secs(1));
        Self {
            kind,
            code: Cow::Borrowed(kind.code()),
            message: message.into(),
            fields: Fields::new(),
            retry_after,
            allow: Vec::new(),
            cause: None,
        }
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
        self.code = code.into();
        self
    }

    /// Adds a reason to a field; only a 422 shows them.
    pub fn with_field(mut self, field: &str, why: impl fmt::Display) -> Self {
        self.fields.entry(field.to_owned()).or_default().push(why.to_string());
        self
    }

    /// Sets the `Retry-After` header.
    pub fn with_retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Sets the `Allow` header of a 405.
    pub(crate) fn with_allow(mut self, methods: Vec<String>) -> Self {
        self.allow = methods;
        self
    }

    /// Remembers why, for the log.
    pub fn with_cause(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// Its kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Its code in the error body.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The sentence for the client.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The wrong fields.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// When to come back.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The methods that the path does have, of a 405.
    pub(crate) fn allow(&self) -> &[String] {
        &self.allow
    }

    /// The cause, with its own causes, in one line; for logs.
    pub fn cause_chain(&self) -> String {
        let mut text = String::new();
        let mut next = self.cause.as_deref().map(|cause| cause as &dyn std::error::Error);
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
        write!(f, "{} ({})", self.message, self.code)?;
        for (field, reasons) in &self.fields {
            write!(f, "; {field}: {}", reasons.join(", "))?;
        }
        if self.cause.is_some() {
            write!(f, "; {}", self.cause_chain())?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiError({:?}: {self})", self.kind)
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

    /// Takes itself apart; override it only to pass an [`ApiError`] inside on as it is.
    fn into_api_error(self) -> ApiError {
        let kind = self.kind();
        let message = match kind {
            ErrorKind::Internal => Cow::Borrowed(INTERNAL),
            ErrorKind::Unavailable => Cow::Borrowed(UNAVAILABLE),
            _ => Cow::Owned(self.to_string()),
        };
        let mut error = ApiError::new(kind, message).with_code(self.code());
        error.fields = self.fields();
        error.retry_after = self.retry_after().or(error.retry_after);
        error.with_cause(self)
    }
}

impl<E: IntoApiError> From<E> for ApiError {
    fn from(error: E) -> Self {
        error.into_api_error()
    }
}

/// Collects what is wrong with a request, so that the client hears of all of it at once.
///
/// ```
/// use service_kit::FieldErrors;
///
/// fn parse(price: &str, note: &str) -> service_kit::ApiResult<(domain::Price, String)> {
///     let mut errors = FieldErrors::new();
///     let price = errors.take("price", domain::Price::parse(price));
///     if note.len() > 500 {
///         errors.add("note", "must have at most 500 characters");
///     }
///     let price = errors.finish(price)?;
///     Ok((price, note.to_owned()))
/// }
/// assert_eq!(parse("-1", "").map_err(|error| error.fields()["price"].clone()), Err(vec!["must be greater than 0".to_owned()]));
/// ```
#[derive(Debug, Default)]
pub struct FieldErrors {
    fields: Fields,
    code: Option<&'static str>,
}

impl FieldErrors {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says what is wrong with a field.
    pub fn add(&mut self, field: &str, why: impl fmt::Display) {
        self.fields.entry(field.to_owned()).or_default().push(why.to_string());
    }

    /// The value, or nothing and a noted error.
    pub fn take<T, E: fmt::Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.inspect_err(|why| self.add(field, why)).ok()
    }

    /// The value of a field that must be there.
    pub fn require<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.add(field, "is required");
        }
        value
    }

    /// As [`FieldErrors::take`], for a field that may be absent: absent is `Some(None)`.
    pub fn take_optional<T, R, E: fmt::Display>(
        &mut self,
        field: &str,
        raw: Option<R>,
        parse: impl FnOnce(R) -> Result<T, E>,
    ) -> Option<Option<T>> {
        match raw {
            None => Some(None),
            Some(raw) => self.take(field, parse(raw)).map(Some),
        }
    }

    /// Takes over the errors of a part of the body, below `prefix`.
    pub fn nest(&mut self, prefix: &str, inner: FieldErrors) {
        for (field, reasons) in inner.fields {
            let path = if field.is_empty() {
                prefix.to_owned()
            } else {
                format!("{prefix}.{field}")
            };
            self.fields.entry(path).or_default().extend(reasons);
        }
    }

    /// A code for the answer in place of `validation_failed`.
    pub fn set_code(&mut self, code: &'static str) {
        self.code = Some(code);
    }

    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// 422 if anything was wrong.
    pub fn check(self) -> ApiResult<()> {
        if self.fields.is_empty() {
            Ok(())
        } else {
            Err(self.into())
        }
    }

    /// `value` if nothing was wrong, else 422. Wants all parsed values: `errors.finish(price.zip(amount))`.
    pub fn finish<T>(self, value: Option<T>) -> ApiResult<T> {
        match value {
            Some(value) if self.fields.is_empty() => Ok(value),
            _ => Err(self.into()),
        }
    }
}

impl From<FieldErrors> for ApiError {
    fn from(errors: FieldErrors) -> Self {
        let mut error = ApiError::new(ErrorKind::Invalid, "some fields are wrong");
        error.fields = errors.fields;
        match errors.code {
            Some(code) => error.with_code(code),
            None => error,
        }
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

    #[test]
    fn nested_errors_are_named_by_their_path() {
        let mut inner = FieldErrors::new();
        inner.add("price", "is required");
        inner.add("", "is odd");
        let mut outer = FieldErrors::new();
        outer.nest("condition", inner);
        let error = outer.check().expect_err("errors");
        assert_eq!(
            error.fields().keys().collect::<Vec<_>>(),
            ["condition", "condition.price"]
        );
    }
}
