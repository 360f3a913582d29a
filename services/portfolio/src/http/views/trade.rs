use domain::Timestamp;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::PortfolioView;
use crate::{domain::amount::money_text, state::State, store::trades::TradeRow};

/// A fill.
#[derive(Debug, Serialize, ToSchema)]
pub struct TradeView {
    /// The fill.
    pub id: Uuid,
    /// The order that it fills; null for what was imported.
    #[schema(required)]
    pub order_id: Option<Uuid>,
    /// The asset.
    pub asset_id: String,
    /// Its ticker.
    pub symbol: String,
    /// Its name.
    pub name: String,
    /// `buy` or `sell`.
    pub side: String,
    /// How much.
    pub quantity: Decimal,
    /// The price of one unit, spread and slippage included.
    pub price: Decimal,
    /// Cash that went out (buy) or came in (sell), fee included.
    pub total: Decimal,
    /// The fee within it.
    pub fee: Decimal,
    /// Profit that a sale made certain, by average cost; null for a buy.
    #[schema(required)]
    pub realized_pnl: Option<Decimal>,
    /// The same, first in, first out.
    #[schema(required)]
    pub realized_pnl_fifo: Option<Decimal>,
    /// The price that it was filled at, and what was added to it.
    pub quote: QuoteView,
    /// When it was booked.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it happened; earlier than its booking where it was imported.
    #[schema(value_type = String, format = DateTime)]
    pub executed_at: Timestamp,
    /// Whose file it was imported from: its price is that of the file. Null for every fill that was made here.
    #[schema(required)]
    pub imported_from: Option<String>,
    /// What its file says and the figures don't.
    #[schema(required)]
    pub import_note: Option<String>,
}

/// Where a fill's price comes from. For what was imported it is the file: nothing was added here.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    /// Names the tick: asset and number; of what was imported, the file's owner.
    pub id: String,
    /// The market's price.
    pub price: Decimal,
    /// Who said it.
    pub source: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub event_at: Timestamp,
    /// How old it was.
    pub age_ms: i64,
    /// From the price to bid or ask, in basis points.
    #[schema(required)]
    pub spread_bps: Option<f64>,
    /// For size, in basis points.
    #[schema(required)]
    pub slippage_bps: Option<f64>,
    /// The fee's rate, in basis points.
    #[schema(required)]
    pub fee_bps: Option<f64>,
}

impl TradeView {
    /// A stored fill.
    pub fn new(state: &State, row: TradeRow) -> Self {
        let known = state.catalogue.get(&row.asset_id);
        let is_made_here = row.imported_from.is_none();
        let added = |bps: Decimal| bps.to_f64().filter(|_| is_made_here);
        let quote = QuoteView {
            id: if is_made_here {
                format!("{}:{}", row.asset_id, row.quote_seq)
            } else {
                format!("import:{}", row.quote_source)
            },
            price: row.quote_price.normalize(),
            source: row.quote_source,
            event_at: row.quote_event_at.into(),
            age_ms: row.quote_age_ms,
            spread_bps: added(row.spread_bps),
            slippage_bps: added(row.slippage_bps),
            fee_bps: added(row.fee_bps),
        };
        Self {
            id: row.id,
            order_id: row.order_id,
            symbol: known
                .as_ref()
                .map_or_else(|| row.asset_id.clone(), |asset| asset.symbol.to_string()),
            name: known.map_or_else(|| row.asset_id.clone(), |asset| asset.name.clone()),
            asset_id: row.asset_id,
            side: row.side,
            quantity: row.quantity.normalize(),
            price: row.price.normalize(),
            total: money_text(row.total),
            fee: money_text(row.fee),
            realized_pnl: row.realized_pnl.map(money_text),
            realized_pnl_fifo: row.realized_pnl_fifo.map(money_text),
            quote,
            created_at: row.created_at.into(),
            executed_at: row.executed_at.unwrap_or(row.created_at).into(),
            imported_from: row.imported_from,
            import_note: row.import_note,
        }
    }
}

/// A fill and the portfolio after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilledView {
    /// The fill.
    pub trade: TradeView,
    /// The portfolio.
    pub portfolio: PortfolioView,
}
