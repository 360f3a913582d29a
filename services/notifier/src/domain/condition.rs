//! An alert's condition in words.

use serde_json::Value;

use super::{Locale, text::clean_line};

/// The rule in a sentence's middle: `price at or above 70000 USD`.
///
/// A condition that this release does not know is called "the condition", never shown half.
pub fn in_words(condition: &Value, locale: Locale) -> String {
    words(condition, locale).unwrap_or_else(|| locale.pick("the condition", "la condition").to_owned())
}

fn words(condition: &Value, locale: Locale) -> Option<String> {
    if let Some(parts) = condition.get("all").and_then(Value::as_array) {
        let parts: Option<Vec<String>> = parts.iter().map(|part| words(part, locale)).collect();
        return Some(parts?.join(locale.pick(" and ", " et ")));
    }
    let kind = condition.get("type")?.as_str()?;
    match kind {
        "above" | "below" | "crosses_above" | "crosses_below" | "crosses" => {
            Some(format!("{} {} USD", level(kind, locale)?, number(condition, "price")?))
        }
        "channel" => channel(condition, locale),
        "change_pct" => change(condition, locale),
        "indicator" => indicator(condition, locale),
        "volume_spike" => {
            let (multiple, interval) = (number(condition, "multiple")?, name(condition, "interval")?);
            Some(match locale {
                Locale::English => format!("volume at least {multiple} times its average ({interval})"),
                Locale::French => format!("volume d'au moins {multiple} fois sa moyenne ({interval})"),
            })
        }
        _ => None,
    }
}

fn level(kind: &str, locale: Locale) -> Option<&'static str> {
    Some(match kind {
        "above" => locale.pick("price at or above", "prix supérieur ou égal à"),
        "below" => locale.pick("price at or below", "prix inférieur ou égal à"),
        "crosses_above" => locale.pick("price crosses above", "le prix passe au-dessus de"),
        "crosses_below" => locale.pick("price crosses below", "le prix passe au-dessous de"),
        "crosses" => locale.pick("price crosses", "le prix franchit"),
        _ => return None,
    })
}

fn channel(condition: &Value, locale: Locale) -> Option<String> {
    let (low, high) = (number(condition, "low")?, number(condition, "high")?);
    let verb = match condition.get("op")?.as_str()? {
        "inside" => locale.pick("price inside", "prix dans"),
        "outside" => locale.pick("price outside", "prix hors de"),
        "enters" => locale.pick("price enters", "le prix entre dans"),
        "exits" => locale.pick("price leaves", "le prix sort de"),
        _ => return None,
    };
    Some(format!("{verb} {low} – {high} USD"))
}

fn change(condition: &Value, locale: Locale) -> Option<String> {
    let (percent, window) = (number(condition, "percent")?, name(condition, "window")?);
    let verb = match condition.get("direction")?.as_str()? {
        "up" => locale.pick("price up by", "hausse de"),
        "down" => locale.pick("price down by", "baisse de"),
        "either" => locale.pick("price moved by", "variation de"),
        _ => return None,
    };
    Some(match locale {
        Locale::English => format!("{verb} {percent}% or more within {window}"),
        Locale::French => format!("{verb} {percent} % ou plus en {window}"),
    })
}

fn indicator(condition: &Value, locale: Locale) -> Option<String> {
    let verb = match condition.get("op")?.as_str()? {
        "above" => locale.pick("at or above", "supérieur ou égal à"),
        "below" => locale.pick("at or below", "inférieur ou égal à"),
        "crosses_above" => locale.pick("crosses above", "passe au-dessus de"),
        "crosses_below" => locale.pick("crosses below", "passe au-dessous de"),
        _ => return None,
    };
    let (indicator, interval) = (name(condition, "indicator")?, name(condition, "interval")?);
    Some(format!(
        "{} ({interval}) {verb} {}",
        indicator.to_uppercase(),
        number(condition, "value")?
    ))
}

fn number(condition: &Value, member: &str) -> Option<String> {
    match condition.get(member)? {
        Value::String(text) => Some(clean_line(text, 60)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn name(condition: &Value, member: &str) -> Option<String> {
    condition.get(member)?.as_str().map(|text| clean_line(text, 40))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_condition_of_the_api_is_put_into_words() {
        let cases = [
            (
                json!({"type": "above", "price": "70000"}),
                "price at or above 70000 USD",
            ),
            (
                json!({"type": "crosses_below", "price": "0.000000000012"}),
                "price crosses below 0.000000000012 USD",
            ),
            (
                json!({"type": "channel", "low": "1", "high": "2", "op": "exits"}),
                "price leaves 1 – 2 USD",
            ),
            (
                json!({"type": "change_pct", "direction": "down", "percent": 5, "window": "1h"}),
                "price down by 5% or more within 1h",
            ),
            (
                json!({"type": "indicator", "indicator": "rsi:14", "interval": "1h", "op": "crosses_above", "value": 70}),
                "RSI:14 (1h) crosses above 70",
            ),
            (
                json!({"type": "volume_spike", "multiple": 3, "interval": "5m"}),
                "volume at least 3 times its average (5m)",
            ),
            (
                json!({"all": [{"type": "above", "price": "1"}, {"type": "below", "price": "2"}]}),
                "price at or above 1 USD and price at or below 2 USD",
            ),
        ];
        for (condition, expected) in cases {
            assert_eq!(in_words(&condition, Locale::English), expected);
            assert_ne!(in_words(&condition, Locale::French), "la condition", "{condition}");
        }
    }

    #[test]
    fn an_unknown_condition_is_not_shown_half() {
        for condition in [
            json!(null),
            json!({"type": "moon"}),
            json!({"all": [{"type": "above", "price": "1"}, {"type": "moon"}]}),
        ] {
            assert_eq!(in_words(&condition, Locale::English), "the condition");
        }
    }
}
