//! One text for all ways to write the same JSON.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Members in order of their names, no white space, strings escaped one way; numbers keep their own text, because
/// reading them as floats would make different amounts equal.
pub(super) fn canonical(json: &str) -> serde_json::Result<String> {
    let mut text = String::with_capacity(json.len());
    write(json, &mut text)?;
    Ok(text)
}

fn write(json: &str, text: &mut String) -> serde_json::Result<()> {
    let json = json.trim_matches([' ', '\t', '\n', '\r']);
    match json.as_bytes().first() {
        Some(b'{') => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(json)?;
            text.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&serde_json::to_string(name)?);
                text.push(':');
                write(value.get(), text)?;
            }
            text.push('}');
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(json)?;
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item.get(), text)?;
            }
            text.push(']');
        }
        Some(b'"') => {
            let plain: String = serde_json::from_str(json)?;
            text.push_str(&serde_json::to_string(&plain)?);
        }
        _ => text.push_str(json),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn the_same_json_has_one_text_however_it_is_written() {
        let first = canonical(r#"{"b": [1.10, {"y": null, "x": true}], "a": "\u00e9\/"}"#).expect("json");
        let second = canonical("{ \"a\":\"é/\",\n\"b\":[ 1.10,{\"x\":true,\"y\":null} ] }").expect("json");
        assert_eq!(first, second);
        assert_eq!(first, r#"{"a":"é/","b":[1.10,{"x":true,"y":null}]}"#);
    }

    #[test]
    fn amounts_that_a_float_would_confuse_stay_different() {
        let large = canonical(r#"{"amount": 9007199254740993}"#).expect("json");
        assert_ne!(large, canonical(r#"{"amount": 9007199254740992}"#).expect("json"));
    }
}
