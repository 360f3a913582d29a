//! The wire forms of what this service shows.

use domain::Timestamp;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{
        amount::money_text,
        book::Book,
        journal::{Posting, hex},
        valuation::{self, CostMethod, ValuedHolding},
    },
    error::Error,
    state::State,
    store::{fundings::FundingRow, journal::JournalRow, orders::OrderRow, portfolios::PortfolioRow, trades::TradeRow},
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
    /// Equity less net deposits.
    pub pnl: Decimal,
    /// The same in percent of net deposits.
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
    /// What one unit cost.
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

/// A fill.
#[derive(Debug, Serialize, ToSchema)]
pub struct TradeView {
    /// The fill.
    pub id: Uuid,
    /// The order that it fills.
    pub order_id: Uuid,
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
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Where a fill's price comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    /// Names the tick: asset and number.
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
        let quote = QuoteView {
            id: format!("{}:{}", row.asset_id, row.quote_seq),
            price: row.quote_price.normalize(),
            source: row.quote_source,
            event_at: row.quote_event_at.into(),
            age_ms: row.quote_age_ms,
            spread_bps: row.spread_bps.to_f64(),
            slippage_bps: row.slippage_bps.to_f64(),
            fee_bps: row.fee_bps.to_f64(),
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

/// A deposit or withdrawal.
#[derive(Debug, Serialize, ToSchema)]
pub struct FundingView {
    /// Names it.
    pub id: Uuid,
    /// `deposit` or `withdraw`.
    pub direction: String,
    /// How much.
    pub amount: Decimal,
    /// Cash after it.
    pub balance_after: Decimal,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<FundingRow> for FundingView {
    fn from(row: FundingRow) -> Self {
        Self {
            id: row.id,
            direction: row.direction,
            amount: money_text(row.amount),
            balance_after: money_text(row.balance_after),
            created_at: row.created_at.into(),
        }
    }
}

/// An entry of the journal.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Names it.
    pub id: Uuid,
    /// Counts the book's entries from 1.
    pub seq: i64,
    /// Why it was made.
    pub kind: String,
    /// The funding, trade, order or next book that it is about.
    pub reference: Uuid,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Its lines; they sum to zero for each asset.
    pub postings: Vec<PostingView>,
    /// The hash of the entry before it.
    pub prev_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// One line of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostingView {
    /// `cash`, `reserved`, `holdings`, `external`, `market` or `fees`.
    #[schema(value_type = String)]
    pub account: &'static str,
    /// `USD` or an asset id.
    pub asset: String,
    /// What comes in; negative where it goes out.
    pub amount: Decimal,
}

impl TryFrom<JournalRow> for EntryView {
    type Error = Error;
    fn try_from(row: JournalRow) -> Result<Self, Error> {
        let postings: Vec<Posting> =
            serde_json::from_value(row.postings).map_err(|_| Error::Corrupt("the postings of an entry"))?;
        let view = |posting: Posting| PostingView {
            account: posting.account.as_str(),
            asset: posting.unit.to_string(),
            amount: posting.amount.normalize(),
        };
        Ok(Self {
            id: row.id,
            seq: row.seq,
            kind: row.kind,
            reference: row.reference,
            created_at: row.created_at.into(),
            postings: postings.into_iter().map(view).collect(),
            prev_hash: hex(&row.prev_hash),
            hash: hex(&row.hash),
        })
    }
}
