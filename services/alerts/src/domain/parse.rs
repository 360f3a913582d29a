//! Reading conditions from the API's JSON, with an error for each field that is wrong.

use std::collections::BTreeMap;

use domain::{Decimal, Interval, Price, decimal::WireDecimal};
use indicators::IndicatorSpec;
use serde_json::value::RawValue;

use super::condition::{ChannelOp, Condition, Direction, IndicatorRule, LevelKind, MAX_PARTS, ValueOp, Window};

/// Which field is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's path, such as `condition.price`.
    pub field: String,
    /// What to write instead.
    pub message: String,
}

impl FieldError {
    /// Several, as one text for the log.
    pub fn list(errors: &[Self]) -> String {
        let texts: Vec<String> = errors
            .iter()
            .map(|error| format!("{} {}", error.field, error.message))
            .collect();
        texts.join("; ")
    }
}

const TYPES: &str =
    "must be one of above, below, crosses_above, crosses_below, crosses, channel, change_pct, indicator, volume_spike";

impl Condition {
    /// Reads the API's form; `path` is the field's name in error messages.
    pub fn parse(raw: &str, path: &str) -> Result<Self, Vec<FieldError>> {
        parse_condition(raw, path, true)
    }

    /// Reads what [`Condition::to_json`] wrote.
    pub fn from_json(value: &serde_json::Value) -> Result<Self, Vec<FieldError>> {
        Self::parse(&value.to_string(), "condition")
    }
}

fn parse_condition(raw: &str, path: &str, is_outermost: bool) -> Result<Condition, Vec<FieldError>> {
    let mut members = Members::read(raw, path)?;
    if let Some(all) = members.take_raw("all") {
        let parts = if is_outermost {
            parse_parts(&all, path)
        } else {
            Err(members.error("all", "must not hold another \"all\""))
        };
        members.finish();
        return members.build(parts.map(Condition::All));
    }
    let Some(name) = members.text("type") else {
        return members.build(Err(Vec::new()));
    };
    let condition = match name.as_str() {
        "channel" => parse_channel(&mut members),
        "change_pct" => parse_change(&mut members),
        "indicator" => parse_indicator(&mut members),
        "volume_spike" => parse_volume(&mut members),
        level => match LevelKind::parse(level) {
            Some(kind) => members.price("price").map(|price| Condition::Level { kind, price }),
            None => {
                members.wrong("type", TYPES);
                return members.build(Err(Vec::new()));
            }
        },
    };
    members.finish();
    members.build(condition.ok_or_else(Vec::new))
}

fn parse_parts(raw: &RawValue, path: &str) -> Result<Vec<Condition>, Vec<FieldError>> {
    let field = format!("{path}.all");
    let wrong = |message: &str| {
        vec![FieldError {
            field: field.clone(),
            message: message.to_owned(),
        }]
    };
    let parts: Vec<Box<RawValue>> =
        serde_json::from_str(raw.get()).map_err(|_| wrong("must be a list of conditions"))?;
    if parts.is_empty() || parts.len() > MAX_PARTS {
        return Err(wrong("must hold 1 to 5 conditions"));
    }
    let mut conditions = Vec::new();
    let mut errors = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        match parse_condition(part.get(), &format!("{field}.{index}"), false) {
            Ok(condition) => conditions.push(condition),
            Err(wrong) => errors.extend(wrong),
        }
    }
    if errors.is_empty() { Ok(conditions) } else { Err(errors) }
}

fn parse_channel(members: &mut Members) -> Option<Condition> {
    let (low, high) = (members.price("low"), members.price("high"));
    let op = members.named("op", ChannelOp::parse, "must be one of inside, outside, enters, exits");
    if let (Some(low), Some(high)) = (low, high)
        && low >= high
    {
        members.wrong("high", "must be above low");
    }
    Some(Condition::Channel {
        low: low?,
        high: high?,
        op: op?,
    })
}

fn parse_change(members: &mut Members) -> Option<Condition> {
    let direction = members.named("direction", Direction::parse, "must be one of up, down, either");
    let window = members.named("window", Window::parse, "must be one of 5m, 1h, 24h");
    let percent = members.decimal("percent");
    if let (Some(percent), Some(direction)) = (percent, direction) {
        // A price can't fall by more than all of it.
        let most = if direction == Direction::Down {
            Decimal::ONE_HUNDRED
        } else {
            Decimal::ONE_THOUSAND
        };
        if percent <= Decimal::ZERO || percent > most || percent.normalize().scale() > 4 {
            members.wrong(
                "percent",
                &format!("must be above 0, at most {most}, with at most 4 decimals"),
            );
        }
    }
    Some(Condition::ChangePct {
        direction: direction?,
        percent: percent?.normalize(),
        window: window?,
    })
}

fn parse_indicator(members: &mut Members) -> Option<Condition> {
    let name = members.text("indicator");
    let indicator = name.and_then(|name| match parse_spec(&name) {
        Ok(parsed) => Some(parsed),
        Err(message) => {
            members.wrong("indicator", &message);
            None
        }
    });
    let interval = members.interval("interval");
    let op = members.named(
        "op",
        ValueOp::parse,
        "must be one of above, below, crosses_above, crosses_below",
    );
    let value = members.decimal("value").map(indicators::nearest_f64);
    let (spec, component) = indicator?;
    Some(Condition::Indicator(IndicatorRule {
        spec,
        component,
        interval: interval?,
        op: op?,
        value: value?,
    }))
}

/// Reads `rsi:14` or `macd:12:26:9.signal`.
fn parse_spec(text: &str) -> Result<(IndicatorSpec, Option<&'static str>), String> {
    // A point also stands in factors (`bb:20:2.5`): a component begins with a letter.
    let split = text
        .rsplit_once('.')
        .filter(|(_, tail)| tail.starts_with(|c: char| c.is_ascii_alphabetic()));
    let (name, component) = split.map_or((text, None), |(name, component)| (name, Some(component)));
    let spec = IndicatorSpec::parse(name).map_err(|error| error.to_string())?;
    let Some(component) = component else {
        return Ok((spec, None));
    };
    let names = spec.shape().names();
    let known = names.iter().find(|known| **known == component);
    let component =
        known.ok_or_else(|| format!("{} has no {component:.40}: it has {}", spec.kind(), names.join(", ")))?;
    Ok((spec, Some(*component)))
}

fn parse_volume(members: &mut Members) -> Option<Condition> {
    let multiple = members.decimal("multiple");
    if multiple
        .is_some_and(|value| value <= Decimal::ZERO || value > Decimal::ONE_THOUSAND || value.normalize().scale() > 4)
    {
        members.wrong("multiple", "must be above 0, at most 1000, with at most 4 decimals");
    }
    let interval = members.interval("interval");
    Some(Condition::VolumeSpike {
        multiple: multiple?.normalize(),
        interval: interval?,
    })
}

/// The members of a JSON object that were not read yet, and what was wrong with those that were.
struct Members {
    path: String,
    rest: BTreeMap<String, Box<RawValue>>,
    errors: Vec<FieldError>,
}

impl Members {
    fn read(raw: &str, path: &str) -> Result<Self, Vec<FieldError>> {
        match serde_json::from_str(raw) {
            Ok(rest) => Ok(Self {
                path: path.to_owned(),
                rest,
                errors: Vec::new(),
            }),
            Err(_) => Err(vec![FieldError {
                field: path.to_owned(),
                message: "must be a condition, as an object".to_owned(),
            }]),
        }
    }

    fn error(&self, name: &str, message: &str) -> Vec<FieldError> {
        vec![FieldError {
            field: format!("{}.{name}", self.path),
            message: message.to_owned(),
        }]
    }

    fn wrong(&mut self, name: &str, message: &str) {
        let error = self.error(name, message);
        self.errors.extend(error);
    }

    fn take_raw(&mut self, name: &str) -> Option<Box<RawValue>> {
        self.rest.remove(name)
    }

    fn required(&mut self, name: &str) -> Option<Box<RawValue>> {
        let raw = self.rest.remove(name);
        if raw.is_none() {
            self.wrong(name, "is missing");
        }
        raw
    }

    fn text(&mut self, name: &str) -> Option<String> {
        let raw = self.required(name)?;
        let text = serde_json::from_str(raw.get()).ok();
        if text.is_none() {
            self.wrong(name, "must be a text");
        }
        text
    }

    fn named<T>(&mut self, name: &str, parse: fn(&str) -> Option<T>, expected: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(&text);
        if value.is_none() {
            self.wrong(name, expected);
        }
        value
    }

    fn interval(&mut self, name: &str) -> Option<Interval> {
        self.named(name, |text| text.parse().ok(), &domain::UnknownInterval.to_string())
    }

    fn decimal(&mut self, name: &str) -> Option<Decimal> {
        let raw = self.required(name)?;
        let parsed = serde_json::from_str::<WireDecimal>(raw.get()).map_err(|_| domain::InvalidDecimal::NotPlain);
        match parsed.and_then(|wire| wire.parse()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(name, &error.to_string());
                None
            }
        }
    }

    fn price(&mut self, name: &str) -> Option<Price> {
        let value = self.decimal(name)?;
        match Price::new(value) {
            Ok(price) => Some(price),
            Err(error) => {
                self.wrong(name, &error.to_string());
                None
            }
        }
    }

    /// Whatever is left has no meaning.
    fn finish(&mut self) {
        for name in std::mem::take(&mut self.rest).into_keys() {
            let short: String = name.chars().take(40).collect();
            self.wrong(&short, "is not a member of this condition");
        }
    }

    fn build<T>(self, value: Result<T, Vec<FieldError>>) -> Result<T, Vec<FieldError>> {
        let mut errors = self.errors;
        match value {
            Ok(value) if errors.is_empty() => Ok(value),
            Ok(_) => Err(errors),
            Err(more) => {
                errors.extend(more);
                Err(errors)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(raw: &str) -> Vec<String> {
        let errors = Condition::parse(raw, "condition").expect_err("must be refused");
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_condition_reads_what_it_writes() {
        let forms = [
            r#"{"type":"above","price":"70000.10"}"#,
            r#"{"type":"crosses","price":"0.000000000012"}"#,
            r#"{"type":"channel","low":"1","high":"2","op":"exits"}"#,
            r#"{"type":"change_pct","direction":"either","percent":2.5,"window":"24h"}"#,
            r#"{"type":"indicator","indicator":"rsi:14","interval":"1h","op":"crosses_below","value":30.0}"#,
            r#"{"type":"indicator","indicator":"macd:12:26:9.histogram","interval":"4h","op":"above","value":0.0}"#,
            r#"{"type":"volume_spike","multiple":3,"interval":"5m"}"#,
            r#"{"all":[{"type":"below","price":"5"},{"type":"volume_spike","multiple":2,"interval":"1m"}]}"#,
        ];
        for form in forms {
            let condition = Condition::parse(form, "condition").expect(form);
            assert_eq!(
                Condition::from_json(&condition.to_json()),
                Ok(condition.clone()),
                "{form}"
            );
            let written: serde_json::Value = serde_json::from_str(form).expect("json");
            assert_eq!(condition.to_json(), written);
        }
    }

    #[test]
    fn each_wrong_member_is_named() {
        assert_eq!(fields("3"), ["condition"]);
        assert_eq!(fields("{}"), ["condition.type"]);
        assert_eq!(fields(r#"{"type":"sideways"}"#), ["condition.type"]);
        assert_eq!(
            fields(r#"{"type":"above","price":"-1","extra":1}"#),
            ["condition.price", "condition.extra"]
        );
        assert_eq!(
            fields(r#"{"type":"channel","low":2,"high":1,"op":"inside"}"#),
            ["condition.high"]
        );
        assert_eq!(
            fields(r#"{"type":"change_pct","direction":"down","percent":101,"window":"2h"}"#),
            ["condition.window", "condition.percent"]
        );
        assert_eq!(fields(r#"{"all":[]}"#), ["condition.all"]);
        assert_eq!(fields(r#"{"all":[{"all":[]}]}"#), ["condition.all.0.all"]);
        assert_eq!(
            fields(r#"{"all":[{"type":"above","price":"NaN"}]}"#),
            ["condition.all.0.price"]
        );
        let unknown = r#"{"type":"indicator","indicator":"macd:12:26:9.k","interval":"1h","op":"above","value":0}"#;
        assert_eq!(fields(unknown), ["condition.indicator"]);
    }
}
