use domain::{AssetId, Money, OrderId, PortfolioId, Price, Quantity, Symbol, Timestamp, TradeId, UserId};
use serde::{Deserialize, Serialize};

use super::event;

/// Which way an order goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Cash becomes an asset.
    Buy,
    /// An asset becomes cash.
    Sell,
}

/// An order was filled, wholly or in part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderFilled {
    /// The order.
    pub order_id: OrderId,
    /// This fill.
    pub trade_id: TradeId,
    /// The book.
    pub portfolio_id: PortfolioId,
    /// Whose.
    pub user_id: UserId,
    /// The asset.
    pub asset_id: AssetId,
    /// Its ticker.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// The order's type, such as `market`.
    pub order_type: String,
    /// How much.
    pub quantity: Quantity,
    /// At which price, spread and slippage included.
    pub price: Price,
    /// What it cost or brought, fee included.
    pub total: Money,
    /// The fee within it.
    pub fee: Money,
    /// Profit or loss made certain by it; `None` for a buy.
    pub realized_pnl: Option<Money>,
    /// When.
    pub filled_at: Timestamp,
}
event!(OrderFilled, "order.filled", 1, Durable, |event| event
    .order_id
    .uuid()
    .to_string());

/// An order that ended without a (further) fill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderEnded {
    /// The order.
    pub order_id: OrderId,
    /// The book.
    pub portfolio_id: PortfolioId,
    /// Whose.
    pub user_id: UserId,
    /// The asset.
    pub asset_id: AssetId,
    /// Its ticker.
    pub symbol: Symbol,
    /// Which way.
    pub side: Side,
    /// The order's type.
    pub order_type: String,
    /// How much was asked for.
    pub quantity: Quantity,
    /// How much had been filled.
    pub filled_quantity: Quantity,
    /// Why, for people.
    pub reason: Option<String>,
    /// When.
    pub ended_at: Timestamp,
}

/// The platform refused an order after it had been accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderRejected(pub OrderEnded);
event!(OrderRejected, "order.rejected", 1, Durable, |event| event
    .0
    .order_id
    .uuid()
    .to_string());

/// An order's time ran out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderExpired(pub OrderEnded);
event!(OrderExpired, "order.expired", 1, Durable, |event| event
    .0
    .order_id
    .uuid()
    .to_string());

/// The owner, or the other half of a pair, took an order back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderCancelled(pub OrderEnded);
event!(OrderCancelled, "order.cancelled", 1, Durable, |event| event
    .0
    .order_id
    .uuid()
    .to_string());

/// Cash, holdings or orders of a portfolio changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortfolioChanged {
    /// The book.
    pub portfolio_id: PortfolioId,
    /// Whose.
    pub user_id: UserId,
    /// When.
    pub changed_at: Timestamp,
}
event!(PortfolioChanged, "portfolio.changed", 1, Live, |event| event
    .portfolio_id
    .uuid()
    .to_string());
