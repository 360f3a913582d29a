use domain::Timestamp;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{domain::amount::money_text, state::State, store::orders::OrderRow};

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    /// The order.
    pub id: Uuid,
    /// Its owner's name for it.
    #[schema(required)]
    pub client_order_id: Option<String>,
    /// The asset.
    pub asset_id: String,
    /// Its ticker.
    pub symbol: String,
    /// `buy` or `sell`.
    pub side: String,
    /// Its type.
    #[serde(rename = "type")]
    pub order_type: String,
    /// `accepted`, `triggered`, `filled`, `cancelled`, `expired` or `rejected`.
    pub status: String,
    /// How much.
    pub quantity: Decimal,
    /// How much of it is filled.
    pub filled_quantity: Decimal,
    /// Its limit.
    #[schema(required)]
    pub limit_price: Option<Decimal>,
    /// Its trigger; of a trailing stop, where that stands now.
    #[schema(required)]
    pub stop_price: Option<Decimal>,
    /// How far it trails, in percent.
    #[schema(required)]
    pub trail_pct: Option<f64>,
    /// `gtc`, `ioc`, `fok` or `gtd`.
    pub time_in_force: String,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub expires_at: Option<Timestamp>,
    /// Cash of a buy, or the asset of a sale, that it holds.
    pub reserved: Decimal,
    /// Why it ended.
    #[schema(required)]
    pub reason: Option<String>,
    /// The other half of a pair.
    #[schema(required)]
    pub linked_order_id: Option<Uuid>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl OrderView {
    /// A stored order.
    pub fn new(state: &State, row: OrderRow) -> Self {
        let trailing = row.trail_pct.zip(row.best_price).and_then(|(percent, best)| {
            let side = row.side().ok()?;
            crate::domain::order::trailing_stop(side, domain::Price::new(best).ok()?, percent).map(domain::Price::value)
        });
        let symbol = state
            .catalogue
            .get(&row.asset_id)
            .map_or_else(|| row.asset_id.clone(), |asset| asset.symbol.to_string());
        let reserved = if row.side == "buy" {
            money_text(row.reserved)
        } else {
            row.reserved.normalize()
        };
        Self {
            id: row.id,
            client_order_id: row.client_order_id,
            asset_id: row.asset_id,
            symbol,
            side: row.side,
            order_type: row.order_type,
            status: row.status,
            quantity: row.quantity.normalize(),
            filled_quantity: row.filled_quantity.normalize(),
            limit_price: row.limit_price.map(|price| price.normalize()),
            stop_price: row.stop_price.or(trailing).map(|price| price.normalize()),
            trail_pct: row.trail_pct.and_then(|percent| percent.to_f64()),
            time_in_force: row.time_in_force,
            expires_at: row.expires_at.map(Into::into),
            reserved,
            reason: row.reason,
            linked_order_id: row.linked_order_id,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}
