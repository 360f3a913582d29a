use serde::{Deserialize, Serialize};

use crate::{Decimal, Ohlc, Price, PriceRange, Quantity, Tick, Timestamp};

/// The place of a trade in the order that decides open and close: event time, then sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Mark {
    /// When it was made.
    pub at: Timestamp,
    /// The asset's tick that told it.
    pub seq: u64,
}

/// What a candle takes from one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Print {
    pub mark: Mark,
    pub price: Price,
    pub quantity: Option<Quantity>,
    pub range: Option<PriceRange>,
}

impl From<&Tick> for Print {
    fn from(tick: &Tick) -> Self {
        Self {
            mark: Mark {
                at: tick.event_at,
                seq: tick.seq,
            },
            price: tick.price,
            quantity: tick.quantity,
            range: tick.range,
        }
    }
}

/// The trades of one bucket, summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trades {
    /// Their four prices.
    #[serde(flatten)]
    pub prices: Ohlc,
    /// The first of them.
    pub first: Mark,
    /// The last of them.
    pub last: Mark,
    /// The sum of the quantities that were told; `None` where none was.
    pub volume: Option<Quantity>,
    /// How many ticks.
    pub samples: u64,
}

impl Trades {
    pub(crate) fn of(print: &Print) -> Self {
        let (low, high) = extremes(print);
        Self {
            prices: Ohlc {
                open: print.price,
                high,
                low,
                close: print.price,
            },
            first: print.mark,
            last: print.mark,
            volume: print.quantity,
            samples: 1,
        }
    }

    pub(crate) fn add(&mut self, print: &Print) {
        let (low, high) = extremes(print);
        self.prices.high = self.prices.high.max(high);
        self.prices.low = self.prices.low.min(low);
        if print.mark < self.first {
            self.first = print.mark;
            self.prices.open = print.price;
        }
        if print.mark > self.last {
            self.last = print.mark;
            self.prices.close = print.price;
        }
        self.volume = sum(self.volume, print.quantity);
        self.samples += 1;
    }

    pub(crate) fn merge(&mut self, other: &Trades) {
        self.prices.high = self.prices.high.max(other.prices.high);
        self.prices.low = self.prices.low.min(other.prices.low);
        if other.first < self.first {
            self.first = other.first;
            self.prices.open = other.prices.open;
        }
        if other.last > self.last {
            self.last = other.last;
            self.prices.close = other.prices.close;
        }
        self.volume = sum(self.volume, other.volume);
        self.samples += other.samples;
    }
}

pub(crate) fn add_print(trades: &mut Option<Trades>, print: &Print) {
    match trades {
        Some(trades) => trades.add(print),
        None => *trades = Some(Trades::of(print)),
    }
}

pub(crate) fn merge_into(trades: &mut Option<Trades>, other: &Trades) {
    match trades {
        Some(trades) => trades.merge(other),
        None => *trades = Some(*other),
    }
}

/// Adds what is known; a sum beyond the range of decimals stays at its end.
pub(crate) fn sum(left: Option<Quantity>, right: Option<Quantity>) -> Option<Quantity> {
    match (left, right) {
        (Some(left), Some(right)) => {
            let total: Decimal = left.value().saturating_add(right.value());
            Some(Quantity::new(total).unwrap_or(left))
        }
        (known, None) | (None, known) => known,
    }
}

fn extremes(print: &Print) -> (Price, Price) {
    match print.range {
        Some(range) => (range.low.min(print.price), range.high.max(print.price)),
        None => (print.price, print.price),
    }
}
