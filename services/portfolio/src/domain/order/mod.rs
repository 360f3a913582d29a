//! Orders: what was asked for, and what becomes of it on arrival.

mod kinds;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use aws_lc_rs::digest;
use contracts::events::Side;
use domain::{AssetId, Price, Timestamp};
use rust_decimal::{Decimal, dec};

pub use kinds::{OrderStatus, OrderType, TimeInForce, UnknownOrderStatus, UnknownOrderType, UnknownTimeInForce};

use super::{
    amount::{Towards, price_after},
    catalogue::Asset,
    fill::{Costs, Fill, NoFill, Size},
};

/// The prices that drive an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// None.
    Market,
    /// Its limit.
    Limit(Price),
    /// Its trigger.
    Stop(Price),
    /// Its trigger and its limit.
    StopLimit {
        /// The trigger.
        stop: Price,
        /// The limit after it.
        limit: Price,
    },
    /// Its trigger.
    TakeProfit(Price),
    /// How far it follows, in percent.
    TrailingStop(Decimal),
}

impl Terms {
    /// The type's name.
    pub fn order_type(&self) -> OrderType {
        match self {
            Self::Market => OrderType::Market,
            Self::Limit(_) => OrderType::Limit,
            Self::Stop(_) => OrderType::Stop,
            Self::StopLimit { .. } => OrderType::StopLimit,
            Self::TakeProfit(_) => OrderType::TakeProfit,
            Self::TrailingStop(_) => OrderType::TrailingStop,
        }
    }

    /// The limit, where there is one.
    pub fn limit(&self) -> Option<Price> {
        match self {
            Self::Limit(limit) | Self::StopLimit { limit, .. } => Some(*limit),
            _ => None,
        }
    }

    /// The trigger, where it is fixed.
    pub fn stop(&self) -> Option<Price> {
        match self {
            Self::Stop(stop) | Self::TakeProfit(stop) | Self::StopLimit { stop, .. } => Some(*stop),
            _ => None,
        }
    }
}

/// One order as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderRequest {
    /// Which way.
    pub side: Side,
    /// How much of the asset.
    pub quantity: Decimal,
    /// Its prices.
    pub terms: Terms,
    /// How long it lives.
    pub time_in_force: TimeInForce,
    /// When it ends, for `gtd`.
    pub expires_at: Option<Timestamp>,
}

/// What becomes of an order on arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// It is filled now.
    Fill(Fill),
    /// It waits and holds this much: cash for a buy, the asset for a sale.
    Rest(Decimal),
    /// It cannot be filled now and does not want to wait.
    Cancel,
}

/// Why an order is refused on arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A stop that would trigger at once.
    #[error("must be {0} the present price of {1}")]
    WrongSide(&'static str, Decimal),
    /// It can only be judged against a fresh price.
    #[error("needs a fresh price")]
    NeedsPrice,
    /// Too small or too large.
    #[error(transparent)]
    NoFill(#[from] NoFill),
}

impl OrderRequest {
    /// Decides what becomes of it, given the newest price if that is fresh.
    pub fn arrive(&self, last: Option<Price>, costs: &Costs) -> Result<Arrival, Refusal> {
        let size = Size::Quantity(self.quantity);
        let reference = self
            .terms
            .limit()
            .or(self.terms.stop())
            .or(last)
            .ok_or(Refusal::NeedsPrice)?;
        costs.check_minimum(size, reference)?;
        match self.terms {
            Terms::Market => Ok(Arrival::Fill(costs.market(
                self.side,
                size,
                last.ok_or(Refusal::NeedsPrice)?,
            )?)),
            Terms::Limit(limit) => self.arrive_at_limit(limit, last, costs),
            Terms::Stop(stop) | Terms::StopLimit { stop, .. } => {
                self.check_side(stop, last, self.side == Side::Buy)?;
                self.rest(costs, last)
            }
            Terms::TakeProfit(stop) => {
                self.check_side(stop, last, self.side == Side::Sell)?;
                self.rest(costs, last)
            }
            Terms::TrailingStop(_) => self.rest(costs, last),
        }
    }

    /// Whether it rests only because there is no fresh price to judge it by.
    pub fn is_unjudged(&self, last: Option<Price>) -> bool {
        last.is_none() && matches!(self.terms, Terms::Limit(_))
    }

    /// All that was asked for, in a fixed form. Hashes of it are kept for ever, so another form needs another version.
    fn line(&self, asset: &AssetId) -> String {
        let side = match self.side {
            Side::Buy => "buy",
            Side::Sell => "sell",
        };
        let trail = match self.terms {
            Terms::TrailingStop(percent) => Some(percent),
            _ => None,
        };
        let decimal = |value: Option<Decimal>| value.map_or("-".to_owned(), |value| value.normalize().to_string());
        let price = |price: Option<Price>| decimal(price.map(Price::value));
        format!(
            "v1 {asset} {side} {} {} {} {} {} {} {}",
            self.terms.order_type().as_str(),
            decimal(Some(self.quantity)),
            price(self.terms.limit()),
            price(self.terms.stop()),
            decimal(trail),
            self.time_in_force.as_str(),
            self.expires_at.map_or("-".to_owned(), |at| at.millis().to_string()),
        )
    }

    fn arrive_at_limit(&self, limit: Price, last: Option<Price>, costs: &Costs) -> Result<Arrival, Refusal> {
        let is_patient = matches!(self.time_in_force, TimeInForce::Gtc | TimeInForce::Gtd);
        match last {
            Some(last) if costs.is_marketable(self.side, last, limit) => Ok(Arrival::Fill(costs.marketable(
                self.side,
                self.quantity,
                last,
                limit,
            )?)),
            Some(_) if !is_patient => Ok(Arrival::Cancel),
            None if !is_patient => Err(Refusal::NeedsPrice),
            _ => self.rest(costs, last),
        }
    }

    fn rest(&self, costs: &Costs, last: Option<Price>) -> Result<Arrival, Refusal> {
        if self.side == Side::Sell {
            return Ok(Arrival::Rest(self.quantity));
        }
        let amount = match self.terms {
            Terms::Limit(limit) | Terms::StopLimit { limit, .. } => costs.reserve_at_limit(self.quantity, limit)?,
            Terms::Stop(stop) | Terms::TakeProfit(stop) => costs.reserve_with_collar(self.quantity, stop)?,
            Terms::TrailingStop(percent) => {
                let stop = trailing_stop(Side::Buy, last.ok_or(Refusal::NeedsPrice)?, percent)
                    .ok_or(NoFill::Overflow(super::amount::Overflow))?;
                costs.reserve_with_collar(self.quantity, stop)?
            }
            Terms::Market => return Err(Refusal::NeedsPrice),
        };
        Ok(Arrival::Rest(amount))
    }

    fn check_side(&self, stop: Price, last: Option<Price>, must_be_above: bool) -> Result<(), Refusal> {
        let last = last.ok_or(Refusal::NeedsPrice)?;
        if must_be_above && stop <= last {
            return Err(Refusal::WrongSide("above", last.value()));
        }
        if !must_be_above && stop >= last {
            return Err(Refusal::WrongSide("below", last.value()));
        }
        Ok(())
    }
}

/// A readable order.
#[derive(Debug)]
pub struct NewOrder {
    /// The asset.
    pub asset: Arc<Asset>,
    /// Its owner's name for it.
    pub client_order_id: Option<String>,
    /// What was asked for.
    pub shape: Shape,
}

/// One order or two.
#[derive(Debug)]
pub enum Shape {
    /// One.
    Single(OrderRequest),
    /// A limit and a stop.
    Pair(Pair),
}

/// Two orders of which one cancels the other.
#[derive(Debug)]
pub struct Pair {
    /// The profitable half.
    pub limit: OrderRequest,
    /// The protecting half.
    pub stop: OrderRequest,
}

impl Pair {
    /// The profitable half must lie beyond the last price, as venues want it: anything else could be had at once, alone.
    pub fn check_profit(&self, last: Price) -> Result<(), Refusal> {
        match (self.limit.side, self.limit.terms.limit()) {
            (Side::Sell, Some(limit)) if limit <= last => Err(Refusal::WrongSide("above", last.value())),
            (Side::Buy, Some(limit)) if limit >= last => Err(Refusal::WrongSide("below", last.value())),
            _ => Ok(()),
        }
    }
}

impl NewOrder {
    /// Which way it goes.
    pub fn side(&self) -> Side {
        self.leading().side
    }

    /// When it ends; both halves of a pair end together.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.leading().expires_at
    }

    fn leading(&self) -> &OrderRequest {
        match &self.shape {
            Shape::Single(request) => request,
            Shape::Pair(pair) => &pair.limit,
        }
    }

    /// The same for the same order, however its body is written.
    pub fn hash(&self) -> Vec<u8> {
        let asset = &self.asset.id;
        let text = match &self.shape {
            Shape::Single(request) => request.line(asset),
            Shape::Pair(pair) => format!("{}\n{}", pair.limit.line(asset), pair.stop.line(asset)),
        };
        digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec()
    }
}

/// Where a trailing stop stands after `best`, the best price that it has seen.
pub fn trailing_stop(side: Side, best: Price, percent: Decimal) -> Option<Price> {
    let share = percent.checked_mul(dec!(0.01))?;
    let stop = match side {
        Side::Sell => price_after(best.value(), Decimal::ONE.checked_sub(share)?, Towards::Down),
        Side::Buy => price_after(best.value(), Decimal::ONE.checked_add(share)?, Towards::Up),
    };
    Price::new(stop.ok()?).ok()
}
