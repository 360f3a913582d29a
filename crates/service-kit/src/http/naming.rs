//! Reads JSON strictly, and names what is wrong as its writer would.

use serde::de::DeserializeOwned;

use super::faults;
use crate::FieldErrors;

/// Reads a part of a body, a `RawValue` for example, with the same strictness and the same naming of fields.
///
/// Use [`FieldErrors::nest`] to put what is wrong below the part's own name.
pub fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T, FieldErrors> {
    let mut wrong = FieldErrors::new();
    match read(text, &mut wrong) {
        Ok(value) if wrong.is_empty() => Ok(value),
        Ok(_) => Err(wrong),
        Err(fault) => {
            wrong.add(if fault.field.is_empty() { "body" } else { &fault.field }, &fault.why);
            faults::add_further::<T>(text, fault, &mut wrong);
            Err(wrong)
        }
    }
}

/// The first thing that keeps a body from being read.
pub(super) struct Fault {
    /// Where; empty for the whole.
    pub field: String,
    /// Why.
    pub why: String,
}

/// Reads JSON up to its first fault, and notes the members that nobody knows.
pub(super) fn read<T: DeserializeOwned>(text: &str, unknown: &mut FieldErrors) -> Result<T, Fault> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut deserializer, &mut track);
    let parsed = serde_ignored::deserialize(tracked, |path| unknown.add(&ignored_path(&path), "is not known"));
    parsed.map_err(|error| {
        let (field, why) = name_field(&track.path().to_string(), &plain(&error.to_string()));
        Fault { field, why }
    })
}

/// `a.b` from the steps that lead there; steps through options and newtypes are not seen by clients.
fn ignored_path(path: &serde_ignored::Path<'_>) -> String {
    use serde_ignored::Path;
    match path {
        Path::Root => String::new(),
        Path::Seq { parent, index } => join(&ignored_path(parent), &index.to_string()),
        Path::Map { parent, key } => join(&ignored_path(parent), key),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => {
            ignored_path(parent)
        }
    }
}

fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        format!("{parent}.{name}")
    }
}

/// Turns serde's path and message into the field's name and a reason that says what to change.
pub(crate) fn name_field(path: &str, message: &str) -> (String, String) {
    let path = if path == "." { "" } else { path.trim_end_matches(".?") };
    let path = path.replace('[', ".").replace(']', "");
    let quoted = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    let under = |name: &str| {
        if path.rsplit('.').next() == Some(name) {
            path.clone()
        } else {
            join(&path, name)
        }
    };
    if let Some(name) = quoted("missing field `") {
        (under(name), "is required".to_owned())
    } else if let Some(name) = quoted("unknown field `") {
        (under(name), "is not known".to_owned())
    } else if let Some(name) = quoted("duplicate field `") {
        (under(name), "is given twice".to_owned())
    } else if let Some(rest) = message.strip_prefix("unknown variant `") {
        let expected = rest
            .split_once("expected ")
            .map_or("another value", |(_, expected)| expected);
        (path, format!("must be {}", expected.replace('`', "")))
    } else if let Some((_, expected)) = message
        .strip_prefix("invalid type")
        .and_then(|rest| rest.split_once("expected "))
    {
        (path, format!("must be {}", describe(expected)))
    } else if let Some((_, expected)) = message
        .strip_prefix("invalid value")
        .and_then(|rest| rest.split_once("expected "))
    {
        (path, format!("must be {}", describe(expected)))
    } else if message == "expected value" {
        // One of some names was wanted, and something came that is no text.
        (path, "must be a text".to_owned())
    } else if message.starts_with("UUID parsing failed") {
        (path, "must be an id".to_owned())
    } else {
        (path, message.to_owned())
    }
}

/// Rust's names of types, in a client's words.
fn describe(expected: &str) -> String {
    let kind = match expected {
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "f32" | "f64" => "a number",
        "a string" | "a borrowed string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        other if other.starts_with("struct ") || other == "a map" => "an object",
        other => other,
    };
    kind.to_owned()
}

/// The message without serde_json's place in the text.
pub(super) fn plain(message: &str) -> String {
    match message.rfind(" at line ") {
        Some(end) => message[..end].to_owned(),
        None => message.to_owned(),
    }
}
