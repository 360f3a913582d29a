use std::fmt;

use crate::error::{ApiError, ApiResult, ErrorKind, Fields};

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

    /// Takes over what is wrong with fields about which nothing is said yet.
    pub(crate) fn adopt(&mut self, others: FieldErrors) {
        for (field, reasons) in others.fields {
            self.fields.entry(field).or_insert(reasons);
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
        let error = ApiError::new(ErrorKind::Invalid, "some fields are wrong").with_fields(errors.fields);
        match errors.code {
            Some(code) => error.with_code(code),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
