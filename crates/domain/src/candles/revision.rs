use super::{
    Mark, MarkedCandle, Trades,
    trades::{Print, sum},
};
use crate::{AssetId, Candle, Interval, Ohlc, Price, PriceRange, Quantity, Timestamp};

/// A trade of a minute that was already over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateTrade {
    /// The asset.
    pub asset: AssetId,
    print: Print,
    /// The start of the asset's open minute when the trade came.
    frontier: Timestamp,
}

impl LateTrade {
    pub(crate) fn new(asset: AssetId, print: Print, frontier: Timestamp) -> Self {
        Self { asset, print, frontier }
    }

    /// The start of the candle of `interval` that it revises; `None` where that candle is still open.
    pub fn revises(&self, interval: Interval) -> Option<Timestamp> {
        let start = interval.bucket_start(self.print.mark.at);
        (interval.bucket_end(start) <= self.frontier).then_some(start)
    }

    /// The place of the trade.
    pub fn mark(&self) -> Mark {
        self.print.mark
    }

    /// Its price.
    pub fn price(&self) -> Price {
        self.print.price
    }

    /// Its quantity.
    pub fn quantity(&self) -> Option<Quantity> {
        self.print.quantity
    }

    /// The extremes that it reports.
    pub fn range(&self) -> Option<PriceRange> {
        self.print.range
    }

    /// What becomes of the candle of the trade's bucket, given as it was, or `None` where there was none.
    ///
    /// A candle that had to be born for it is partial: nothing tells that the rest of its bucket was watched.
    pub fn revise(&self, interval: Interval, was: Option<&MarkedCandle>) -> MarkedCandle {
        let single = Trades::of(&self.print);
        let born = |start, partial, repaired| MarkedCandle {
            first: Some(single.first),
            last: Some(single.last),
            candle: Candle {
                asset: self.asset.clone(),
                interval,
                start,
                prices: single.prices,
                volume: single.volume,
                samples: 1,
                is_closed: true,
                filled: false,
                partial,
                repaired,
            },
        };
        let Some(was) = was else {
            return born(interval.bucket_start(self.print.mark.at), true, false);
        };
        let candle = &was.candle;
        if candle.filled {
            return born(candle.start, candle.partial, candle.repaired);
        }
        // A candle that came from elsewhere has no marks; the trade lies within its bucket, so it moves the extremes.
        let is_first = was.first.is_some_and(|first| self.print.mark < first);
        let is_last = was.last.is_some_and(|last| self.print.mark > last);
        let prices = Ohlc {
            open: if is_first { self.print.price } else { candle.prices.open },
            high: candle.prices.high.max(single.prices.high),
            low: candle.prices.low.min(single.prices.low),
            close: if is_last { self.print.price } else { candle.prices.close },
        };
        MarkedCandle {
            first: if is_first { Some(self.print.mark) } else { was.first },
            last: if is_last { Some(self.print.mark) } else { was.last },
            candle: Candle {
                prices,
                volume: sum(candle.volume, self.print.quantity),
                samples: candle.samples + 1,
                ..candle.clone()
            },
        }
    }
}
