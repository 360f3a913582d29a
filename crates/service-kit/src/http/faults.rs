//! All that is wrong with a body, though its reader stops at the first fault.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::naming::{Fault, read};
use crate::FieldErrors;

/// What may stand in for a wrong value so that the reader goes on: one of each kind, as JSON.
const STAND_INS: [&str; 9] = [
    "null",
    r#""""#,
    r#""1""#,
    "1",
    "false",
    "[]",
    "{}",
    r#""2000-01-01T00:00:00Z""#,
    r#""00000000-0000-0000-0000-000000000000""#,
];
/// How many more faults are looked for.
const FURTHER: usize = 10;

/// Adds what is wrong behind the first fault: something stands in for each wrong value until nothing is, or nothing helps.
pub(super) fn add_further<T: DeserializeOwned>(text: &str, first: Fault, wrong: &mut FieldErrors) {
    let Ok(mut body) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let mut fault = first;
    for _ in 0..FURTHER {
        let Some((next, unknown)) = behind::<T>(&mut body, &fault) else {
            return;
        };
        wrong.adopt(unknown);
        let Some(next) = next else { return };
        let mut found = FieldErrors::new();
        found.add(&next.field, &next.why);
        wrong.adopt(found);
        fault = next;
    }
}

/// The next fault, if there is one, and the members that nobody knows; `None` where nothing can stand in for what is wrong.
fn behind<T: DeserializeOwned>(body: &mut Value, fault: &Fault) -> Option<(Option<Fault>, FieldErrors)> {
    let mut name = first_name(&fault.why);
    for stand_in in STAND_INS {
        let stand_in = serde_json::from_str(stand_in).ok()?;
        match with_stand_in::<T>(body, fault, stand_in)? {
            Ok(found) => return Some(found),
            Err(why) => name = first_name(&why).or(name),
        }
    }
    with_stand_in::<T>(body, fault, Value::String(name?))?.ok()
}

/// What is behind a fault once `stand_in` is in its place, or why that is no better.
fn with_stand_in<T: DeserializeOwned>(
    body: &mut Value,
    fault: &Fault,
    stand_in: Value,
) -> Option<Result<(Option<Fault>, FieldErrors), String>> {
    put(body, &fault.field, stand_in)?;
    let mut unknown = FieldErrors::new();
    Some(match read::<T>(&body.to_string(), &mut unknown) {
        Ok(_) => Ok((None, unknown)),
        Err(next) if next.field.is_empty() || is_within(&next.field, &fault.field) => Err(next.why),
        Err(next) => Ok((Some(next), unknown)),
    })
}

fn is_within(field: &str, other: &str) -> bool {
    field
        .strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Of `must be one of a, b` or `must be a or b` the first name.
fn first_name(why: &str) -> Option<String> {
    let names = why.strip_prefix("must be ")?;
    let names = names.strip_prefix("one of ").unwrap_or(names);
    names.split([',', ' ']).next().map(str::to_owned)
}

/// Puts a value where `field` leads.
fn put(body: &mut Value, field: &str, value: Value) -> Option<()> {
    let (parents, name) = field.rsplit_once('.').unwrap_or(("", field));
    let steps = parents.split('.').filter(|step| !step.is_empty());
    let parent = steps.into_iter().try_fold(body, |place, step| match place {
        Value::Object(members) => members.get_mut(step),
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        _ => None,
    })?;
    match parent {
        Value::Object(members) => {
            members.insert(name.to_owned(), value);
        }
        Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = value,
        _ => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::naming::parse_json;
    use crate::error::ApiError;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Side {
        Buy,
        Sell,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what is wrong with it matters")]
    struct Part {
        price: u32,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what is wrong with it matters")]
    struct Body {
        name: String,
        side: Side,
        count: u32,
        at: Option<domain::Timestamp>,
        parts: Vec<Part>,
    }

    fn wrong(text: &str) -> Vec<String> {
        let errors = parse_json::<Body>(text).expect_err("a fault");
        let error = ApiError::from(errors);
        let told = error
            .fields()
            .iter()
            .flat_map(|(field, reasons)| reasons.iter().map(move |why| format!("{field} {why}")));
        told.collect()
    }

    #[test]
    fn every_field_that_is_wrong_is_named() {
        assert_eq!(
            wrong("{}"),
            [
                "count is required",
                "name is required",
                "parts is required",
                "side is required"
            ]
        );
        assert_eq!(
            wrong(
                r#"{"odd": 1, "name": 5, "side": "up", "count": -1, "at": "x", "parts": [{"price": 1}, {"price": "a"}, {}]}"#
            ),
            [
                "at must be a time in RFC 3339, such as 2026-11-22T07:10:00.000Z",
                "count must be a whole number, not negative",
                "name must be a text",
                "odd is not known",
                "parts.1.price must be a whole number, not negative",
                "parts.2.price is required",
                "side must be buy or sell",
            ]
        );
    }

    #[test]
    fn what_is_no_text_is_no_name() {
        for side in ["null", "5", r#"["buy"]"#] {
            let body = format!(r#"{{"name": "a", "side": {side}, "count": 1, "parts": []}}"#);
            assert_eq!(wrong(&body), ["side must be a text"], "{side}");
        }
    }

    #[test]
    fn one_fault_is_told_alone() {
        assert_eq!(
            wrong(r#"{"name": "a", "side": "buy", "count": 1, "parts": [], "name": "b"}"#),
            ["name is given twice"]
        );
        assert_eq!(
            wrong(r#"{"name": "a", "side": "buy", "count": 1, "parts": [], "at": 5, "x": 1}"#).len(),
            2
        );
    }
}
