//! Reading a new alert out of a request.

use domain::{Price, Timestamp, decimal::WireDecimal};
use serde::Deserialize;
use serde_json::value::RawValue;
use service_kit::{ApiResult, FieldErrors, Patch};
use utoipa::ToSchema;

use super::forms::{ConditionForm, TriggerForm};
use crate::domain::{Condition, LevelKind, Trigger};

/// The longest note.
const MAX_NOTE: usize = 500;
/// The longest cooldown.
const MAX_COOLDOWN: i64 = 7 * 86_400;
/// The shortest time between notifications where nothing is said, unless the alert fires once.
const DEFAULT_COOLDOWN: i32 = 60;
/// Where an owner can be told.
const CHANNELS: [&str; 6] = ["in_app", "email", "webhook", "telegram", "discord", "ntfy"];
const DEFAULT_CHANNELS: [&str; 2] = ["in_app", "email"];

/// A new alert.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AlertBody {
    /// A ticker or an asset id.
    #[schema(example = "BTC", min_length = 1, max_length = 100)]
    symbol: String,
    /// What to watch for: an object, or in the short form the name of a level beside `target_price`.
    #[schema(value_type = ConditionForm, example = json!({"type": "above", "price": "70000"}))]
    condition: Box<RawValue>,
    /// The level of the short form.
    #[schema(value_type = Option<String>, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    target_price: Option<WireDecimal>,
    /// `once` (default), `every_time`, `once_per_minute`, `{"once_per_bar": "1h"}` or `{"once_per_bar_close": "1h"}`.
    #[schema(value_type = Option<TriggerForm>)]
    trigger: Option<Box<RawValue>>,
    /// The least time between two notifications; 0 for `once` and 60 otherwise where nothing is said.
    #[schema(minimum = 0, maximum = 604800)]
    cooldown_seconds: Option<i64>,
    /// When it ends; in 60 days where nothing is said, never with `null`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Patch<String>,
    /// Of `in_app`, `email`, `webhook`, `telegram`, `discord`, `ntfy`; the first two where nothing is said.
    channels: Option<Vec<String>>,
    /// Your own words, at most 500 characters.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// A new alert, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub symbol: String,
    pub condition: Condition,
    pub trigger: Trigger,
    pub cooldown_seconds: i32,
    pub expires_at: Option<Timestamp>,
    pub channels: Vec<String>,
    pub note: Option<String>,
}

impl AlertBody {
    /// Reads all fields; says of all that are wrong why.
    pub(super) fn parse(self, now: Timestamp, default_expiry: Timestamp) -> ApiResult<Draft> {
        let mut errors = FieldErrors::new();
        let condition = parse_condition(&self.condition, self.target_price.as_ref(), &mut errors);
        let trigger = parse_trigger(self.trigger.as_deref(), &mut errors);
        let default_cooldown = if trigger == Some(Trigger::Once) {
            0
        } else {
            DEFAULT_COOLDOWN
        };
        let cooldown_seconds =
            parse_cooldown(self.cooldown_seconds, &mut errors).map(|given| given.unwrap_or(default_cooldown));
        let expires_at = match self.expires_at {
            Patch::Absent => Some(Some(default_expiry)),
            given => parse_expiry(given, now, &mut errors),
        };
        let channels = match self.channels {
            Some(channels) => parse_channels(channels, &mut errors),
            None => Some(DEFAULT_CHANNELS.map(str::to_owned).to_vec()),
        };
        let note = parse_note(self.note, &mut errors);
        let symbol = self.symbol.trim().to_owned();
        if symbol.is_empty() || symbol.chars().count() > 100 {
            errors.add("symbol", "must be a ticker or an asset id");
        }
        let whole = condition
            .zip(trigger)
            .zip(cooldown_seconds)
            .zip(expires_at)
            .zip(channels)
            .zip(note);
        let (((((condition, trigger), cooldown_seconds), expires_at), channels), note) = errors.finish(whole)?;
        Ok(Draft {
            symbol,
            condition,
            trigger,
            cooldown_seconds,
            expires_at,
            channels,
            note,
        })
    }
}

/// Reads the full form, or the short one with its price beside it.
pub(super) fn parse_condition(
    raw: &RawValue,
    target_price: Option<&WireDecimal>,
    errors: &mut FieldErrors,
) -> Option<Condition> {
    if let Ok(name) = serde_json::from_str::<String>(raw.get()) {
        let kind = LevelKind::parse(&name);
        if kind.is_none() {
            errors.add(
                "condition",
                "must be one of above, below, crosses_above, crosses_below, crosses, or an object",
            );
        }
        let price = parse_level(errors.require("target_price", target_price)?, errors)?;
        return Some(Condition::Level { kind: kind?, price });
    }
    if target_price.is_some() {
        errors.add(
            "target_price",
            "goes with a condition that is a text, such as \"above\"",
        );
    }
    match Condition::parse(raw.get(), "condition") {
        Ok(condition) => Some(condition),
        Err(wrong) => {
            for error in wrong {
                errors.add(&error.field, error.message);
            }
            None
        }
    }
}

/// Reads the level of the short form.
pub(super) fn parse_level(raw: &WireDecimal, errors: &mut FieldErrors) -> Option<Price> {
    let price = raw
        .parse()
        .map_err(|error| error.to_string())
        .and_then(|value| Price::new(value).map_err(|error| error.to_string()));
    errors.take("target_price", price)
}

pub(super) fn parse_trigger(raw: Option<&RawValue>, errors: &mut FieldErrors) -> Option<Trigger> {
    match raw {
        None => Some(Trigger::Once),
        Some(raw) => errors.take("trigger", Trigger::parse(raw.get())),
    }
}

pub(super) fn parse_cooldown(given: Option<i64>, errors: &mut FieldErrors) -> Option<Option<i32>> {
    let Some(seconds) = given else { return Some(None) };
    if !(0..=MAX_COOLDOWN).contains(&seconds) {
        errors.add("cooldown_seconds", format!("must be 0 to {MAX_COOLDOWN}"));
        return None;
    }
    i32::try_from(seconds).ok().map(Some)
}

/// Reads a moment to come; `null` is never.
pub(super) fn parse_expiry(
    given: Patch<String>,
    now: Timestamp,
    errors: &mut FieldErrors,
) -> Option<Option<Timestamp>> {
    let Some(text) = given.value() else { return Some(None) };
    let moment = errors.take("expires_at", Timestamp::parse(&text))?;
    if moment <= now {
        errors.add("expires_at", "must be in the future");
        return None;
    }
    Some(Some(moment))
}

pub(super) fn parse_channels(given: Vec<String>, errors: &mut FieldErrors) -> Option<Vec<String>> {
    let mut channels: Vec<String> = Vec::new();
    for channel in given {
        if !CHANNELS.contains(&channel.as_str()) {
            errors.add("channels", format!("must be of {}", CHANNELS.join(", ")));
            return None;
        }
        if !channels.contains(&channel) {
            channels.push(channel);
        }
    }
    Some(channels)
}

pub(super) fn parse_note(given: Option<String>, errors: &mut FieldErrors) -> Option<Option<String>> {
    if given.as_ref().is_some_and(|note| note.chars().count() > MAX_NOTE) {
        errors.add("note", format!("must have at most {MAX_NOTE} characters"));
        return None;
    }
    Some(given.filter(|note| !note.is_empty()))
}
