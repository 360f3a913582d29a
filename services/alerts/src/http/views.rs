use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use domain::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::forms::{ToldCondition, TriggerForm};
use crate::{
    error::Error,
    store::{alerts::AlertRow, assets, firings::FiringRow},
};

/// An alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlertView {
    /// The alert.
    id: Uuid,
    /// The asset.
    asset_id: String,
    /// Its ticker.
    asset_symbol: String,
    /// What is watched for.
    #[schema(value_type = ToldCondition)]
    condition: Value,
    /// How often it may fire.
    #[schema(value_type = TriggerForm)]
    trigger: Value,
    /// `draft`, `armed`, `triggered`, `cooling`, `no_data`, `paused` or `expired`.
    status: String,
    /// Whether it is watching.
    is_active: bool,
    /// The owner's own words.
    note: Option<String>,
    /// Where the owner is told.
    #[schema(value_type = Vec<String>)]
    channels: Value,
    /// The least time between two notifications.
    cooldown_seconds: i32,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// When it fired last, in event time.
    #[schema(value_type = Option<String>, format = DateTime)]
    triggered_at: Option<Timestamp>,
    /// How often it fired, suppressed times too.
    fired_count: i64,
    /// Whether its condition was true when it was armed.
    already_true: bool,
    /// Counts changes of asset, condition and trigger.
    version: i32,
}

impl AlertView {
    /// An alert with its asset's ticker.
    pub fn new(row: AlertRow, symbols: &Symbols) -> Self {
        let status = row.standing().to_owned();
        Self {
            id: row.id,
            asset_symbol: symbols.of(&row.asset_id),
            asset_id: row.asset_id,
            condition: row.condition,
            trigger: row.trigger,
            is_active: matches!(status.as_str(), "armed" | "cooling" | "no_data"),
            status,
            note: row.note,
            channels: row.channels,
            cooldown_seconds: row.cooldown_seconds,
            expires_at: row.expires_at.map(Timestamp::from),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            triggered_at: row.triggered_at.map(Timestamp::from),
            fired_count: row.fired_count,
            already_true: row.already_true,
            version: row.version,
        }
    }
}

/// The tickers of some assets.
#[derive(Debug, Default)]
pub struct Symbols(HashMap<String, String>);

impl Symbols {
    /// The tickers of the assets of these alerts.
    pub async fn load(conn: &mut AsyncPgConnection, rows: &[AlertRow]) -> Result<Self, Error> {
        let mut ids: Vec<String> = rows.iter().map(|row| row.asset_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let known = assets::of_ids(conn, &ids).await?;
        Ok(Self(
            known.into_iter().map(|asset| (asset.asset_id, asset.symbol)).collect(),
        ))
    }

    fn of(&self, asset_id: &str) -> String {
        self.0.get(asset_id).cloned().unwrap_or_else(|| asset_id.to_uppercase())
    }
}

/// One occasion on which an alert fired.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiringView {
    /// The firing.
    id: Uuid,
    /// The alert.
    alert_id: Uuid,
    /// Its version then.
    alert_version: i32,
    /// Names the occasion: `seq:<n>` or `bar:<interval>:<start_ms>`.
    trigger_key: String,
    /// The asset.
    asset_id: String,
    /// Its ticker then.
    asset_symbol: String,
    /// The condition then.
    #[schema(value_type = ToldCondition)]
    condition: Value,
    /// The price before.
    previous_price: Option<String>,
    /// The price that met the condition.
    price: String,
    /// The indicator's value before, where the condition is about one.
    previous_value: Option<f64>,
    /// The indicator's value.
    value: Option<f64>,
    /// Who said the price.
    source: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    event_at: Timestamp,
    /// When it was received.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// When it was decided.
    #[schema(value_type = String, format = DateTime)]
    evaluated_at: Timestamp,
    /// When the owner was first told: when it came into the list of the web app, or where the alert doesn't go there, when
    /// another channel first took it. Null until then, and where nobody is told.
    #[schema(value_type = Option<String>, format = DateTime)]
    notified_at: Option<Timestamp>,
    /// From receipt to decision.
    latency_ms: i64,
    /// Found after the fact.
    late: bool,
    /// Found in the extremes of a range.
    from_candle_range: bool,
    /// Nobody was told, because of the cooldown.
    suppressed: bool,
}

impl From<FiringRow> for FiringView {
    fn from(row: FiringRow) -> Self {
        let (received_at, evaluated_at) = (Timestamp::from(row.received_at), Timestamp::from(row.evaluated_at));
        Self {
            id: row.id,
            alert_id: row.alert_id,
            alert_version: row.alert_version,
            trigger_key: row.trigger_key,
            asset_id: row.asset_id,
            asset_symbol: row.asset_symbol,
            condition: row.condition,
            previous_price: row.previous_price.map(|price| price.to_string()),
            price: row.price.to_string(),
            previous_value: row.previous_value,
            value: row.value,
            source: row.source,
            event_at: row.event_at.into(),
            received_at,
            evaluated_at,
            notified_at: row.notified_at.map(Timestamp::from),
            latency_ms: (evaluated_at.millis() - received_at.millis()).max(0),
            late: row.late,
            from_candle_range: row.from_candle_range,
            suppressed: row.suppressed,
        }
    }
}
