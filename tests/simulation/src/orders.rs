//! Who matches orders that rest, and commits what was filled with how far the log was read.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash},
};

use contracts::{LogEntry, events::Side};
use domain::{AssetId, Decimal, OrderId, PortfolioId, Price, Timestamp};
use messaging::SequenceFilter;
use portfolio::domain::{
    fill::Costs,
    matching::{Happening, Matcher, RestingOrder},
    order::Terms,
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use uuid::Uuid;

use crate::{
    Bug,
    log::{ASSETS, Feed, Log, asset, partition_of},
};

const ORDERS: usize = 8;

/// An order as the model sees it.
#[derive(Debug, Clone)]
pub struct Order {
    number: usize,
    asset: usize,
    kind: Kind,
    level: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    BuyLimit,
    SellLimit,
    SellStop,
}

/// Orders at prices that will be near.
pub fn resting(random: &mut ChaCha8Rng) -> Vec<Order> {
    (0..ORDERS)
        .map(|number| Order {
            number,
            asset: random.random_range(0..ASSETS),
            kind: [Kind::BuyLimit, Kind::SellLimit, Kind::SellStop][random.random_range(0..3)],
            level: random.random_range(990..1_010),
        })
        .collect()
}

impl Order {
    fn id(&self) -> OrderId {
        OrderId::from(Uuid::from_u128(self.number as u128 + 1))
    }

    /// Whether this price fills it.
    fn is_filled_at(&self, price: i64) -> bool {
        match self.kind {
            Kind::BuyLimit | Kind::SellStop => price <= self.level,
            Kind::SellLimit => price >= self.level,
        }
    }

    fn real(&self) -> RestingOrder {
        let level = Price::new(Decimal::from(self.level)).expect("a price");
        let (side, terms) = match self.kind {
            Kind::BuyLimit => (Side::Buy, Terms::Limit(level)),
            Kind::SellLimit => (Side::Sell, Terms::Limit(level)),
            Kind::SellStop => (Side::Sell, Terms::Stop(level)),
        };
        RestingOrder {
            id: self.id(),
            portfolio: PortfolioId::from(Uuid::from_u128(1)),
            asset: asset(self.asset),
            side,
            quantity: Decimal::ONE,
            terms,
            is_triggered: false,
            best: None,
            expires_at: None,
            after_seq: 0,
            since: Timestamp::default(),
            is_strict: false,
            is_unjudged: false,
            sibling: None,
        }
    }
}

/// An order that was filled, by its asset's tick of this number.
type Filled = (usize, u64);

/// Matches the orders of one partition.
pub struct OrderReader {
    partition: u16,
    orders: Vec<Order>,
    matcher: Matcher,
    filter: SequenceFilter,
    next: usize,
    filled: Vec<Filled>,
    committed: Committed,
}

/// What one transaction makes durable.
#[derive(Default)]
struct Committed {
    next: usize,
    epoch: u64,
    last_seqs: HashMap<AssetId, u64>,
    filled: Vec<Filled>,
}

impl OrderReader {
    /// Takes those of the orders that belong to a partition.
    pub fn new(partition: u16, orders: &[Order]) -> Self {
        let own = orders.iter().filter(|order| partition_of(order.asset) == partition);
        let mut reader = Self {
            partition,
            orders: own.cloned().collect(),
            matcher: Matcher::new(Costs::default()),
            filter: SequenceFilter::default(),
            next: 0,
            filled: Vec::new(),
            committed: Committed::default(),
        };
        reader.die(None);
        reader
    }

    /// Reads on.
    pub fn read(&mut self, log: &Log, count: usize) {
        for batch in log.read(self.partition, self.next, count) {
            self.next += 1;
            for entry in self.filter.admit(batch.clone()).entries {
                let LogEntry::Tick(tick) = entry else { continue };
                for outcome in self.matcher.step(&tick) {
                    let order = self.orders.iter().find(|order| order.id() == outcome.order);
                    if let (Some(order), Happening::Filled(_)) = (order, outcome.happening) {
                        self.filled.push((order.number, tick.seq));
                    }
                }
            }
        }
    }

    /// Makes durable what was filled.
    pub fn commit(&mut self, trace: &mut DefaultHasher) {
        let mut news = std::mem::take(&mut self.filled);
        // What one tick fills has no order.
        news.sort_unstable();
        (self.next, &news).hash(trace);
        self.committed.filled.extend(news);
        self.committed.next = self.next;
        self.committed.epoch = self.filter.epoch();
        self.committed.last_seqs = self.filter.last_seqs().clone();
    }

    /// Dies, and goes on from what is durable.
    pub fn die(&mut self, bug: Option<Bug>) {
        self.next = self.committed.next;
        self.filter = SequenceFilter::resume(self.committed.epoch, self.committed.last_seqs.clone());
        self.filled.clear();
        self.matcher = Matcher::new(Costs::default());
        for order in &self.orders {
            let is_filled = self.committed.filled.iter().any(|(number, _)| *number == order.number);
            if !is_filled || bug == Some(Bug::FilledOrdersReturn) {
                self.matcher.insert(order.real());
            }
        }
    }

    /// How many were filled.
    pub fn decided(&self) -> usize {
        self.committed.filled.len()
    }

    /// What is durable, against the first price of each asset that fills an order.
    pub fn differences(&self, feed: &Feed) -> Option<String> {
        let first = |order: &Order| {
            let at = feed
                .of(order.asset)
                .iter()
                .position(|price| order.is_filled_at(*price))?;
            Some((order.number, at as u64 + 1))
        };
        let mut expected: Vec<Filled> = self.orders.iter().filter_map(first).collect();
        let mut filled = self.committed.filled.clone();
        expected.sort_unstable();
        filled.sort_unstable();
        (filled != expected).then(|| format!("orders: {filled:?} filled instead of {expected:?}"))
    }
}
