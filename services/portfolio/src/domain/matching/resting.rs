//! One order that waits, and what a tick does to it.

use contracts::events::Side;
use domain::{AssetId, OrderId, PortfolioId, Price, Tick, Timestamp};
use rust_decimal::Decimal;

use crate::domain::{
    fill::{Costs, Fill, NoFill, Size},
    order::{Terms, trailing_stop},
};

/// An order that waits for its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestingOrder {
    /// The order.
    pub id: OrderId,
    /// Its book.
    pub portfolio: PortfolioId,
    /// Its asset.
    pub asset: AssetId,
    /// Which way.
    pub side: Side,
    /// How much.
    pub quantity: Decimal,
    /// Its prices.
    pub terms: Terms,
    /// Its stop was hit: only its limit counts.
    pub is_triggered: bool,
    /// The best price that a trailing stop has seen.
    pub best: Option<Price>,
    /// When its time runs out.
    pub expires_at: Option<Timestamp>,
    /// It hears the ticks after this one.
    pub after_seq: u64,
    /// It hears the ticks received from then on.
    pub since: Timestamp,
    /// Its limit must be traded through, a touch is not enough.
    pub is_strict: bool,
    /// There was no fresh price on its arrival: the first one judges it as that would have been judged.
    pub is_unjudged: bool,
    /// The other half of a pair.
    pub sibling: Option<OrderId>,
}

/// At what price an order is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// At its own limit.
    Limit(Price),
    /// At market around this price.
    Market(Price),
    /// At market around this price, never worse than the limit.
    Marketable {
        /// The price.
        last: Price,
        /// The limit.
        limit: Price,
    },
}

impl Basis {
    /// The fill of so much.
    pub fn fill(self, side: Side, quantity: Decimal, costs: &Costs) -> Result<Fill, NoFill> {
        match self {
            Self::Limit(limit) => costs.resting(side, quantity, limit),
            Self::Market(last) => costs.market(side, Size::Quantity(quantity), last),
            Self::Marketable { last, limit } => costs.marketable(side, quantity, last, limit),
        }
    }
}

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It is filled.
    Filled(Basis),
    /// Its stop was hit; it waits as a limit order.
    Triggered,
    /// It follows the price.
    Trailed(Price),
    /// Its first fresh price was not within its limit: from now on it rests.
    Judged,
    /// Its time ran out.
    Expired,
    /// The other half of its pair came first.
    PairDone,
}

impl RestingOrder {
    /// What a tick does to it.
    pub fn on_tick(&mut self, tick: &Tick, costs: &Costs) -> Option<Happening> {
        if tick.is_late || tick.seq <= self.after_seq || tick.received_at < self.since {
            return None;
        }
        if self.expires_at.is_some_and(|end| end <= tick.received_at) {
            return Some(Happening::Expired);
        }
        let (low, high) = self.reach(tick);
        match self.terms {
            Terms::Market => None,
            Terms::Limit(limit) if self.is_unjudged && costs.is_marketable(self.side, tick.price, limit) => {
                let last = tick.price;
                Some(Happening::Filled(Basis::Marketable { last, limit }))
            }
            Terms::Limit(limit) => {
                let is_first = std::mem::take(&mut self.is_unjudged);
                self.touch(limit, low, high).or(is_first.then_some(Happening::Judged))
            }
            Terms::StopLimit { limit, .. } if self.is_triggered => self.touch(limit, low, high),
            Terms::Stop(stop) => self
                .against(stop, tick.price, low, high)
                .map(|price| Happening::Filled(Basis::Market(price))),
            Terms::TakeProfit(stop) => self
                .in_favour(stop, tick.price, low, high)
                .map(|price| Happening::Filled(Basis::Market(price))),
            Terms::StopLimit { stop, limit } => {
                let last = self.against(stop, tick.price, low, high)?;
                if costs.is_marketable(self.side, last, limit) {
                    return Some(Happening::Filled(Basis::Marketable { last, limit }));
                }
                self.is_triggered = true;
                Some(Happening::Triggered)
            }
            Terms::TrailingStop(percent) => self.trail(percent, tick.price, low, high),
        }
    }

    // The extremes of a polled interval may lie before the order's birth, unless the tick before was after it too.
    fn reach(&self, tick: &Tick) -> (Price, Price) {
        match tick.range {
            Some(range) if self.after_seq > 0 && tick.seq > self.after_seq + 1 => {
                (range.low.min(tick.price), range.high.max(tick.price))
            }
            _ => (tick.price, tick.price),
        }
    }

    fn touch(&self, limit: Price, low: Price, high: Price) -> Option<Happening> {
        let is_touched = match (self.side, self.is_strict) {
            (Side::Buy, false) => low <= limit,
            (Side::Buy, true) => low < limit,
            (Side::Sell, false) => high >= limit,
            (Side::Sell, true) => high > limit,
        };
        is_touched.then_some(Happening::Filled(Basis::Limit(limit)))
    }

    fn against(&self, stop: Price, price: Price, low: Price, high: Price) -> Option<Price> {
        let is_hit = match self.side {
            Side::Sell => low <= stop,
            Side::Buy => high >= stop,
        };
        is_hit.then(|| price_at(stop, price, low, high))
    }

    fn in_favour(&self, stop: Price, price: Price, low: Price, high: Price) -> Option<Price> {
        let is_hit = match self.side {
            Side::Sell => high >= stop,
            Side::Buy => low <= stop,
        };
        is_hit.then(|| price_at(stop, price, low, high))
    }

    // The old stop is tried against the worse extreme before the better one moves it.
    fn trail(&mut self, percent: Decimal, price: Price, low: Price, high: Price) -> Option<Happening> {
        let best = self.best.unwrap_or(price);
        if let Some(hit) = self.against(trailing_stop(self.side, best, percent)?, price, low, high) {
            return Some(Happening::Filled(Basis::Market(hit)));
        }
        let better = match self.side {
            Side::Sell => best.max(high),
            Side::Buy => best.min(low),
        };
        if self.best == Some(better) {
            return None;
        }
        self.best = Some(better);
        match self.against(trailing_stop(self.side, better, percent)?, price, price, price) {
            Some(hit) => Some(Happening::Filled(Basis::Market(hit))),
            None => Some(Happening::Trailed(better)),
        }
    }

    pub(super) fn levels(&self) -> Levels {
        let (rises, falls) = (Levels::rising, Levels::falling);
        match (self.terms, self.side) {
            (Terms::Market, _) => Levels::default(),
            _ if self.is_unjudged => Levels::any(),
            (Terms::Limit(price) | Terms::TakeProfit(price), Side::Buy) | (Terms::Stop(price), Side::Sell) => {
                falls(price)
            }
            (Terms::Limit(price) | Terms::TakeProfit(price), Side::Sell) | (Terms::Stop(price), Side::Buy) => {
                rises(price)
            }
            (Terms::StopLimit { limit, .. }, Side::Buy) if self.is_triggered => falls(limit),
            (Terms::StopLimit { limit, .. }, Side::Sell) if self.is_triggered => rises(limit),
            (Terms::StopLimit { stop, .. }, Side::Buy) => rises(stop),
            (Terms::StopLimit { stop, .. }, Side::Sell) => falls(stop),
            (Terms::TrailingStop(percent), side) => {
                let stop = self
                    .best
                    .and_then(|best| trailing_stop(side, best, percent).map(|stop| (best, stop)));
                match (stop, side) {
                    (Some((best, stop)), Side::Sell) => Levels {
                        rises: Some(best.value()),
                        falls: Some(stop.value()),
                    },
                    (Some((best, stop)), Side::Buy) => Levels {
                        rises: Some(stop.value()),
                        falls: Some(best.value()),
                    },
                    // It has seen no price yet.
                    (None, _) => Levels::any(),
                }
            }
        }
    }

    // Of two orders that one tick fires, the one that hurts comes first.
    pub(super) fn is_adverse(&self) -> bool {
        matches!(
            self.terms,
            Terms::Stop(_) | Terms::StopLimit { .. } | Terms::TrailingStop(_)
        ) && !self.is_triggered
    }
}

// A trigger that was passed on the way is filled at itself, one that was jumped over at the price behind it.
fn price_at(trigger: Price, price: Price, low: Price, high: Price) -> Price {
    if low <= trigger && trigger <= high {
        trigger
    } else {
        price
    }
}

/// Where it lies in the ladders of its asset.
#[derive(Default, Clone, Copy)]
pub(super) struct Levels {
    pub rises: Option<Decimal>,
    pub falls: Option<Decimal>,
}

impl Levels {
    /// The next price concerns it, whatever that is.
    fn any() -> Self {
        Self {
            rises: Some(Decimal::ZERO),
            falls: None,
        }
    }

    fn rising(price: Price) -> Self {
        Self {
            rises: Some(price.value()),
            falls: None,
        }
    }

    fn falling(price: Price) -> Self {
        Self {
            rises: None,
            falls: Some(price.value()),
        }
    }
}
