//! What queries say, read strictly.

use domain::{Interval, Timestamp};
use service_kit::{ApiResult, FieldErrors};

use crate::domain::history::Range;

/// A stretch of time as a query gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The query says nothing.
    Newest,
    /// A stretch that ends now.
    Range(Range),
    /// Between two moments, either of which may be missing, not both.
    Between(Option<Timestamp>, Option<Timestamp>),
}

/// Reads `range`, or `from` and `to`.
pub fn window(errors: &mut FieldErrors, range: Option<&str>, from: Option<&str>, to: Option<&str>) -> Option<Window> {
    let range = errors.take_optional("range", range, str::parse::<Range>);
    let from = errors.take_optional("from", from, time);
    let to = errors.take_optional("to", to, time);
    let (range, from, to) = (range?, from?, to?);
    match (range, from, to) {
        (None, None, None) => Some(Window::Newest),
        (Some(range), None, None) => Some(Window::Range(range)),
        (Some(_), _, _) => {
            errors.add("range", "can't be combined with from or to");
            None
        }
        (None, Some(from), Some(to)) if from >= to => {
            errors.add("to", "must be after from");
            None
        }
        (None, from, to) => Some(Window::Between(from, to)),
    }
}

/// As [`window`], of `range`, `from` and `to`; refuses what begins after `latest`, the newest moment of which anything can
/// be known.
pub fn past_window(
    errors: &mut FieldErrors,
    (range, from, to): (Option<&str>, Option<&str>, Option<&str>),
    latest: Timestamp,
) -> Option<Window> {
    match window(errors, range, from, to) {
        Some(Window::Between(Some(from), _)) if from > latest => {
            errors.add("from", "must not be in the future");
            None
        }
        window => window,
    }
}

/// Reads a moment. A plus sign that was not encoded arrives as a blank.
pub fn time(raw: &str) -> Result<Timestamp, domain::InvalidTimestamp> {
    Timestamp::parse(&raw.replace(' ', "+"))
}

/// Reads an interval; one hour where none is given.
pub fn interval(errors: &mut FieldErrors, raw: Option<&str>) -> Option<Interval> {
    match raw {
        None => Some(Interval::H1),
        Some(raw) => errors.take("interval", raw.parse()),
    }
}

/// Reads a whole number within bounds.
pub fn number(
    errors: &mut FieldErrors,
    name: &str,
    raw: Option<&str>,
    bounds: (usize, usize),
    default: usize,
) -> Option<usize> {
    let Some(raw) = raw else { return Some(default) };
    let is_plain = !raw.is_empty() && raw.len() <= 9 && raw.bytes().all(|byte| byte.is_ascii_digit());
    let value: Option<usize> = if is_plain { raw.parse().ok() } else { None };
    let value = value.filter(|value| (bounds.0..=bounds.1).contains(value));
    if value.is_none() {
        errors.add(
            name,
            format_args!("must be a whole number from {} to {}", bounds.0, bounds.1),
        );
    }
    value
}

/// All values, or 422.
pub fn all<T>(errors: FieldErrors, values: Option<T>) -> ApiResult<T> {
    errors.finish(values)
}
