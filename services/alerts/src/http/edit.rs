//! Reading and applying a change of an alert.

use domain::{Price, Timestamp, decimal::WireDecimal};
use serde::Deserialize;
use serde_json::value::RawValue;
use service_kit::{ApiError, ApiResult, FieldErrors, Patch};
use utoipa::ToSchema;

use super::{
    body::{parse_channels, parse_condition, parse_cooldown, parse_expiry, parse_level, parse_note, parse_trigger},
    forms::{ConditionForm, TriggerForm},
    newest::Newest,
};
use crate::{
    domain::{Condition, Memory, Trigger},
    error::Error,
    store::{alerts::AlertRow, assets::AssetRow},
};

/// A change of an alert; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AlertPatch {
    /// The version that was changed; an old one is refused.
    version: Option<i32>,
    /// Whether it watches: `true` arms it again, `false` pauses it.
    is_active: Option<bool>,
    /// A ticker or an asset id.
    #[schema(min_length = 1, max_length = 100)]
    symbol: Option<String>,
    /// What to watch for, in the full or the short form, as for a new alert.
    #[schema(value_type = Option<ConditionForm>)]
    condition: Option<Box<RawValue>>,
    /// The level of the short form. Alone it moves the level of an alert about one, and leaves what it watches for there.
    #[schema(value_type = Option<String>, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    target_price: Option<WireDecimal>,
    /// How often it may fire: `once`, `every_time`, `once_per_minute`, `{"once_per_bar": "1h"}` or `{"once_per_bar_close": "1h"}`.
    #[schema(value_type = Option<TriggerForm>)]
    trigger: Option<Box<RawValue>>,
    /// The least time between two notifications.
    #[schema(minimum = 0, maximum = 604800)]
    cooldown_seconds: Option<i64>,
    /// When it ends; never with `null`.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Patch<String>,
    /// Where to tell you: of `in_app`, `email`, `webhook`, `telegram`, `discord`, `ntfy`.
    channels: Option<Vec<String>>,
    /// Your own words, at most 500 characters; none with `null`.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    note: Patch<String>,
}

/// A change of an alert, read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Edit {
    version: Option<i32>,
    is_active: Option<bool>,
    pub symbol: Option<String>,
    condition: Option<Condition>,
    /// Another level of the same kind.
    level: Option<Price>,
    trigger: Option<Trigger>,
    cooldown_seconds: Option<i32>,
    expires_at: Option<Option<Timestamp>>,
    channels: Option<Vec<String>>,
    note: Option<Option<String>>,
}

/// What the world looks like at the moment of a change.
pub(super) struct Surroundings {
    pub now: Timestamp,
    /// The asset of the alert after the change, and its partition.
    pub asset: Option<(AssetRow, i32)>,
    /// The newest prices of that asset.
    pub newest: Newest,
}

impl AlertPatch {
    /// Reads all fields; says of all that are wrong why.
    pub(super) fn parse(self, now: Timestamp) -> ApiResult<Edit> {
        let mut errors = FieldErrors::new();
        let (condition, level) = match (&self.condition, &self.target_price) {
            (Some(raw), price) => (parse_condition(raw, price.as_ref(), &mut errors), None),
            (None, Some(price)) => (None, parse_level(price, &mut errors)),
            (None, None) => (None, None),
        };
        let trigger = self
            .trigger
            .as_deref()
            .and_then(|raw| parse_trigger(Some(raw), &mut errors));
        let cooldown_seconds = parse_cooldown(self.cooldown_seconds, &mut errors).flatten();
        let expires_at = if self.expires_at.is_absent() {
            None
        } else {
            parse_expiry(self.expires_at, now, &mut errors)
        };
        let channels = self.channels.and_then(|channels| parse_channels(channels, &mut errors));
        let note = self.note.change().and_then(|note| parse_note(note, &mut errors));
        errors.check()?;
        Ok(Edit {
            version: self.version,
            is_active: self.is_active,
            symbol: self.symbol.map(|symbol| symbol.trim().to_owned()),
            condition,
            level,
            trigger,
            cooldown_seconds,
            expires_at,
            channels,
            note,
        })
    }
}

impl Edit {
    /// The condition that this arms; none where it arms nothing.
    pub(super) fn arms(&self, row: &AlertRow) -> Result<Option<Condition>, Error> {
        let may_arm =
            self.is_active == Some(true) || self.symbol.is_some() || self.condition.is_some() || self.trigger.is_some();
        match (&self.condition, may_arm) {
            (_, false) => Ok(None),
            (Some(condition), true) => Ok(Some(condition.clone())),
            (None, true) => row.condition().map(Some),
        }
    }

    /// With the condition that a level alone means for this alert; 422 where it is about no level.
    pub(super) fn of_level(mut self, row: &AlertRow) -> ApiResult<Self> {
        if let Some(price) = self.level.take() {
            let Condition::Level { kind, .. } = row.condition()? else {
                return Err(ApiError::invalid(
                    "target_price",
                    "goes with an alert about a level, or with a condition that is a text, such as \"above\"",
                ));
            };
            self.condition = Some(Condition::Level { kind, price });
        }
        Ok(self)
    }

    /// Changes an alert; tells whether that arms it. A change of asset, condition or trigger is a new version.
    pub(super) fn apply(self, row: &mut AlertRow, around: Surroundings) -> Result<bool, Error> {
        if self.version.is_some_and(|version| version != row.version) {
            return Err(Error::VersionConflict);
        }
        let is_new_meaning = self.change_meaning(row, &around)?;
        row.cooldown_seconds = self.cooldown_seconds.unwrap_or(row.cooldown_seconds);
        if let Some(expires_at) = self.expires_at {
            row.expires_at = expires_at.map(Into::into);
        }
        if let Some(channels) = self.channels {
            row.channels = channels.into();
        }
        if let Some(note) = self.note {
            row.note = note;
        }
        row.updated_at = around.now.into();
        let was_active = matches!(row.status.as_str(), "armed" | "cooling" | "no_data");
        let is_armed = match self.is_active {
            Some(is_active) => is_active && (!was_active || is_new_meaning),
            None => is_new_meaning,
        };
        if is_new_meaning {
            row.version += 1;
        }
        if is_armed {
            if row.expires_at.is_some_and(|at| Timestamp::from(at) <= around.now) {
                return Err(Error::Expired);
            }
            arm(row, &around, is_new_meaning)?;
        } else if self.is_active == Some(false) && (was_active || is_new_meaning) {
            // One that has ended by itself stays what it is.
            row.status = "paused".to_owned();
            if is_new_meaning {
                forget(row)?;
            }
        }
        Ok(is_armed)
    }

    fn change_meaning(&self, row: &mut AlertRow, around: &Surroundings) -> Result<bool, Error> {
        let mut is_changed = false;
        if let (Some(_), Some((asset, partition))) = (&self.symbol, &around.asset)
            && asset.asset_id != row.asset_id
        {
            row.asset_id = asset.asset_id.clone();
            row.partition_id = *partition;
            row.silent_since = None;
            is_changed = true;
        }
        if let Some(condition) = &self.condition
            && *condition != row.condition()?
        {
            row.condition = condition.to_json();
            is_changed = true;
        }
        if let Some(trigger) = self.trigger
            && trigger != row.trigger()?
        {
            row.trigger = trigger.to_json();
            is_changed = true;
        }
        Ok(is_changed)
    }
}

fn forget(row: &mut AlertRow) -> Result<(), Error> {
    row.memory = memory_json(&Memory::default(), row)?;
    Ok(())
}

fn memory_json(memory: &Memory, row: &AlertRow) -> Result<serde_json::Value, Error> {
    serde_json::to_value(memory).map_err(|error| row.corrupt("memory", error))
}

/// Lets it watch from now on, from the price of now.
fn arm(row: &mut AlertRow, around: &Surroundings, is_new_meaning: bool) -> Result<(), Error> {
    let memory = if is_new_meaning {
        Memory::default()
    } else {
        row.memory()?.rearmed()
    };
    row.memory = memory_json(&memory, row)?;
    row.status = "armed".to_owned();
    row.set_base(around.newest.base);
    row.already_true = around.newest.meets(&row.condition()?);
    Ok(())
}
