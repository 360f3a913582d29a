use domain::Timestamp;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{
        amount::money_text,
        book::Book,
        valuation::{self, CostMethod, ValuedHolding},
    },
    error::Error,
    state::State,
    store::portfolios::PortfolioRow,
};

/// A portfolio: one book of a user.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortfolioView {
    /// The book's id.
    pub portfolio_id: Uuid,
    /// Counts the user's books from 1.
    pub book: i32,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When a reset closed it.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub closed_at: Option<Timestamp>,
    /// How resting limits are filled: `normal` at the touch, `strict` when traded through.
    #[schema(value_type = String)]
    pub limit_fill: &'static str,
    /// The fee of an order that had rested, in basis points.
    #[schema(required)]
    pub maker_fee_bps: Option<f64>,
    /// The fee of an order that is filled at once, in basis points.
    #[schema(required)]
    pub taker_fee_bps: Option<f64>,
    /// Deposits less withdrawals.
    pub initial_balance: Decimal,
    /// Cash, what open orders hold included.
    pub cash_balance: Decimal,
    /// Cash that is free.
    pub available_cash: Decimal,
    /// Cash that open orders hold.
    pub reserved: Decimal,
    /// Profit made certain.
    pub realized_pnl: Decimal,
    /// Profit not made certain.
    pub unrealized_pnl: Decimal,
    /// Fees paid.
    pub fees_paid: Decimal,
    /// Worth of the holdings that have a price.
    pub holdings_value: Decimal,
    /// Cash and holdings.
    pub equity: Decimal,
    /// Equity less net deposits; holdings without a price are left out, with what they cost.
    pub pnl: Decimal,
    /// The same in percent of net deposits; null where no more was paid in than out.
    #[schema(required)]
    pub pnl_pct: Option<f64>,
    /// A holding has no price: its worth is missing in the sums.
    pub partial: bool,
    /// The assets without a price.
    pub unpriced: Vec<String>,
    /// A price in it is stale.
    pub stale: bool,
    /// When the oldest of its prices was made; null without holdings.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub updated_at: Option<Timestamp>,
    /// What it holds, the most valuable first.
    pub holdings: Vec<HoldingView>,
}

/// One holding.
#[derive(Debug, Serialize, ToSchema)]
pub struct HoldingView {
    /// The asset.
    pub asset_id: String,
    /// Its ticker.
    pub symbol: String,
    /// Its name.
    pub name: String,
    /// How much, what open orders hold included.
    pub quantity: Decimal,
    /// How much of it open orders hold.
    pub reserved: Decimal,
    /// What one unit cost on average, fees included. Buys move it; by average cost, sales never do.
    #[schema(required)]
    pub avg_price: Option<Decimal>,
    /// What all of it cost.
    pub cost: Decimal,
    /// The newest price; null where none is known.
    #[schema(required)]
    pub latest_price: Option<Decimal>,
    /// Worth at that price.
    #[schema(required)]
    pub market_value: Option<Decimal>,
    /// Worth less cost.
    #[schema(required)]
    pub pnl_abs: Option<Decimal>,
    /// The same in percent of cost.
    #[schema(required)]
    pub pnl_pct: Option<f64>,
    /// Share of equity, in percent.
    #[schema(required)]
    pub weight: Option<f64>,
    /// Who said the price.
    #[schema(required)]
    pub source: Option<String>,
    /// When the price was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub updated_at: Option<Timestamp>,
    /// The price is too old to trade at, or missing.
    pub stale: bool,
}

impl PortfolioView {
    /// A book valued now.
    pub fn new(state: &State, row: &PortfolioRow, book: &Book, method: CostMethod) -> Result<Self, Error> {
        let now = state.now();
        let marks = state.prices.newest_of(book.holdings.keys());
        let valued = valuation::value(book, &marks, method)?;
        let costs = row.costs(&state.config.costs);
        let holdings: Vec<HoldingView> = valued
            .holdings
            .iter()
            .map(|holding| HoldingView::new(state, holding, now))
            .collect();
        let realized = if method == CostMethod::Fifo {
            book.realized_fifo
        } else {
            book.realized
        };
        Ok(Self {
            portfolio_id: row.id,
            book: row.number,
            opened_at: row.opened_at.into(),
            closed_at: row.closed_at.map(Into::into),
            limit_fill: if row.is_strict { "strict" } else { "normal" },
            maker_fee_bps: costs.maker_fee_bps.to_f64(),
            taker_fee_bps: costs.taker_fee_bps.to_f64(),
            initial_balance: money_text(book.net_deposits),
            cash_balance: money_text(valued.cash),
            available_cash: money_text(book.cash),
            reserved: money_text(book.reserved),
            realized_pnl: money_text(realized),
            unrealized_pnl: money_text(valued.unrealized),
            fees_paid: money_text(book.fees),
            holdings_value: money_text(valued.holdings_value),
            equity: money_text(valued.equity),
            pnl: money_text(valued.profit),
            pnl_pct: valuation::percent(valued.profit, book.net_deposits),
            partial: !valued.unpriced.is_empty(),
            unpriced: valued.unpriced.iter().map(ToString::to_string).collect(),
            stale: holdings.iter().any(|holding| holding.stale),
            updated_at: valued.oldest_mark_at,
            holdings,
        })
    }
}

impl HoldingView {
    fn new(state: &State, holding: &ValuedHolding, now: Timestamp) -> Self {
        let known = state.catalogue.get(holding.asset.as_str());
        let gain_pct = holding
            .unrealized
            .and_then(|gain| valuation::percent(gain, holding.cost));
        Self {
            asset_id: holding.asset.to_string(),
            symbol: state.symbol_of(&holding.asset).to_string(),
            name: known.map_or_else(|| holding.asset.to_string(), |asset| asset.name.clone()),
            quantity: holding.quantity.normalize(),
            reserved: holding.reserved.normalize(),
            avg_price: holding.average,
            cost: money_text(holding.cost),
            latest_price: holding.mark.map(|mark| mark.price.value().normalize()),
            market_value: holding.value.map(money_text),
            pnl_abs: holding.unrealized.map(money_text),
            pnl_pct: gain_pct,
            weight: holding.weight,
            source: holding.mark.map(|mark| mark.source.to_string()),
            updated_at: holding.mark.map(|mark| mark.event_at),
            stale: holding.mark.is_none_or(|mark| state.prices.is_stale(&mark, now)),
        }
    }
}
