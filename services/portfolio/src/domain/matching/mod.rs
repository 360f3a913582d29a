//! Resting orders against the stream of ticks. What does not fire costs nothing: orders lie by their levels.

mod resting;

use std::collections::{BTreeSet, HashMap};

use domain::{AssetId, OrderId, PortfolioId, Tick, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

pub use resting::{Basis, Happening, RestingOrder};

use super::fill::Costs;

/// What happens to which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The order.
    pub order: OrderId,
    /// Its book.
    pub portfolio: PortfolioId,
    /// What.
    pub happening: Happening,
    /// The tick that did it; `None` where time did.
    pub tick: Option<Tick>,
}

#[derive(Default)]
struct Ladder {
    rises: BTreeSet<(Decimal, OrderId)>,
    falls: BTreeSet<(Decimal, OrderId)>,
}

/// All resting orders of some assets.
pub struct Matcher {
    costs: Costs,
    orders: HashMap<OrderId, RestingOrder>,
    ladders: HashMap<AssetId, Ladder>,
    ends: BTreeSet<(Timestamp, OrderId)>,
}

impl Matcher {
    /// Without any orders.
    pub fn new(costs: Costs) -> Self {
        Self {
            costs,
            orders: HashMap::new(),
            ladders: HashMap::new(),
            ends: BTreeSet::new(),
        }
    }

    /// How many orders wait.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// Adds an order, or replaces what was known of it.
    pub fn insert(&mut self, order: RestingOrder) {
        self.remove(order.id);
        let (levels, id) = (order.levels(), order.id);
        let ladder = self.ladders.entry(order.asset.clone()).or_default();
        if let Some(level) = levels.rises {
            ladder.rises.insert((level, id));
        }
        if let Some(level) = levels.falls {
            ladder.falls.insert((level, id));
        }
        if let Some(end) = order.expires_at {
            self.ends.insert((end, id));
        }
        self.orders.insert(id, order);
    }

    /// Forgets an order.
    pub fn remove(&mut self, id: OrderId) -> Option<RestingOrder> {
        let order = self.orders.remove(&id)?;
        let levels = order.levels();
        if let Some(ladder) = self.ladders.get_mut(&order.asset) {
            if let Some(level) = levels.rises {
                ladder.rises.remove(&(level, id));
            }
            if let Some(level) = levels.falls {
                ladder.falls.remove(&(level, id));
            }
        }
        if let Some(end) = order.expires_at {
            self.ends.remove(&(end, id));
        }
        Some(order)
    }

    /// What a tick does. Orders that end are forgotten.
    pub fn step(&mut self, tick: &Tick) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for id in self.concerned(tick) {
            // It may have ended as the other half of a pair.
            let Some(mut order) = self.remove(id) else { continue };
            let Some(happening) = order.on_tick(tick, &self.costs) else {
                self.insert(order);
                continue;
            };
            outcomes.push(Outcome {
                order: id,
                portfolio: order.portfolio,
                happening,
                tick: Some(tick.clone()),
            });
            match happening {
                Happening::Trailed(_) | Happening::Judged => self.insert(order),
                Happening::Triggered => {
                    outcomes.extend(self.end_sibling(&order, Happening::PairDone, Some(tick)));
                    order.sibling = None;
                    self.insert(order);
                }
                Happening::Expired => outcomes.extend(self.end_sibling(&order, Happening::Expired, Some(tick))),
                Happening::Filled(_) | Happening::PairDone => {
                    outcomes.extend(self.end_sibling(&order, Happening::PairDone, Some(tick)))
                }
            }
        }
        outcomes
    }

    /// Ends what should have ended by `now`.
    pub fn expire(&mut self, now: Timestamp) -> Vec<Outcome> {
        let due: Vec<OrderId> = self
            .ends
            .iter()
            .take_while(|(end, _)| *end <= now)
            .map(|(_, id)| *id)
            .collect();
        let ended = due.into_iter().filter_map(|id| self.remove(id));
        ended
            .map(|order| Outcome {
                order: order.id,
                portfolio: order.portfolio,
                happening: Happening::Expired,
                tick: None,
            })
            .collect()
    }

    fn end_sibling(&mut self, order: &RestingOrder, happening: Happening, tick: Option<&Tick>) -> Option<Outcome> {
        let sibling = self.remove(order.sibling?)?;
        Some(Outcome {
            order: sibling.id,
            portfolio: sibling.portfolio,
            happening,
            tick: tick.cloned(),
        })
    }

    fn concerned(&self, tick: &Tick) -> Vec<OrderId> {
        let Some(ladder) = self.ladders.get(&tick.asset) else {
            return Vec::new();
        };
        let (low, high) = tick.range.map_or((tick.price, tick.price), |range| {
            (range.low.min(tick.price), range.high.max(tick.price))
        });
        let least = OrderId::from(Uuid::nil());
        let greatest = OrderId::from(Uuid::max());
        let falls = ladder.falls.range((low.value(), least)..).map(|(_, id)| *id);
        let rises = ladder.rises.range(..=(high.value(), greatest)).map(|(_, id)| *id);
        let mut ids: Vec<OrderId> = falls.chain(rises).collect();
        if ids.len() > 1 {
            ids.sort_unstable_by_key(|id| (self.orders.get(id).is_none_or(|order| !order.is_adverse()), *id));
            ids.dedup();
        }
        ids
    }
}
