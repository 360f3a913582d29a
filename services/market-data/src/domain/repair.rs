//! What becomes of candles when a provider tells of the past: which are made, which completed, which stay.
//!
//! A candle of which the market was watched from its beginning to its end is ours and stays as it is. What a provider
//! tells makes candles that are missing, and completes those that were watched in part. Asked again, it changes nothing.

use domain::{AssetId, Candle, Interval, Ohlc, Price, Timestamp, candles::MarkedCandle};

use super::providers::past::PastBar;

/// A stretch of time in which an asset lacks complete candles of one length.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hole {
    /// The asset.
    pub asset: AssetId,
    /// The length of the candles.
    pub interval: Interval,
    /// The start of the first that is missing or partial.
    pub from: Timestamp,
    /// The end of the last.
    pub to: Timestamp,
}

impl Hole {
    /// Whether a bucket lies in it, in part at least.
    pub fn touches(&self, start: Timestamp, interval: Interval) -> bool {
        start < self.to && interval.bucket_end(start) > self.from
    }
}

/// Candles of the buckets that hold points. Between points the price is not known, so they are partial.
pub fn from_points(hole: &Hole, points: &[(Timestamp, Price)], reached: Timestamp) -> Vec<Candle> {
    let interval = hole.interval;
    let buckets =
        points.chunk_by(|(left, _), (right, _)| interval.bucket_start(*left) == interval.bucket_start(*right));
    let candles = buckets.filter_map(|bucket| {
        let ((at, open), (_, close)) = (bucket.first()?, bucket.last()?);
        let prices = Ohlc {
            open: *open,
            high: bucket.iter().map(|(_, price)| *price).max()?,
            low: bucket.iter().map(|(_, price)| *price).min()?,
            close: *close,
        };
        let samples = u64::try_from(bucket.len()).unwrap_or(u64::MAX);
        Some(Candle {
            samples,
            partial: true,
            ..told(&hole.asset, interval, interval.bucket_start(*at), prices)
        })
    });
    candles.filter(|candle| is_wanted(hole, candle, reached)).collect()
}

/// Candles of whole bars of `interval`.
pub fn from_bars(hole: &Hole, interval: Interval, bars: &[PastBar], reached: Timestamp) -> Vec<Candle> {
    let candles = bars.iter().map(|bar| Candle {
        volume: bar.volume,
        samples: bar.trades.unwrap_or(0),
        // A venue lists quiet buckets as well, flat at the price before.
        filled: bar.trades == Some(0),
        ..told(&hole.asset, interval, bar.start, bar.prices)
    });
    candles.filter(|candle| is_wanted(hole, candle, reached)).collect()
}

fn is_wanted(hole: &Hole, candle: &Candle, reached: Timestamp) -> bool {
    hole.touches(candle.start, candle.interval) && candle.end() <= reached
}

fn told(asset: &AssetId, interval: Interval, start: Timestamp, prices: Ohlc) -> Candle {
    Candle {
        asset: asset.clone(),
        interval,
        start,
        prices,
        volume: None,
        samples: 0,
        is_closed: true,
        filled: false,
        partial: false,
        repaired: true,
    }
}

/// What becomes of a stored candle when `told` is said of its bucket; `None` where it stays as it is.
///
/// What was seen of a partial candle stays true: its extremes count beside those that were told, and where the bucket
/// is told only in part as well, so do its open and close.
pub fn completed(was: Option<&MarkedCandle>, told: &Candle) -> Option<MarkedCandle> {
    let whole = MarkedCandle {
        candle: told.clone(),
        first: None,
        last: None,
    };
    let Some(was) = was else { return Some(whole) };
    let own = &was.candle;
    if !own.partial {
        return None;
    }
    if own.filled {
        return (whole != *was).then_some(whole);
    }
    let ends = if told.partial || told.filled {
        own.prices
    } else {
        told.prices
    };
    let prices = Ohlc {
        open: ends.open,
        high: own.prices.high.max(told.prices.high),
        low: own.prices.low.min(told.prices.low),
        close: ends.close,
    };
    let candle = Candle {
        prices,
        volume: own.volume.max(told.volume),
        samples: own.samples.max(told.samples),
        partial: told.partial,
        repaired: true,
        ..own.clone()
    };
    let revised = MarkedCandle {
        candle,
        first: was.first,
        last: was.last,
    };
    (revised != *was).then_some(revised)
}

#[cfg(test)]
mod tests {
    use domain::{Quantity, candles::Mark};
    use proptest::prelude::*;

    use super::*;

    fn ms(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("time")
    }

    fn price(value: u32) -> Price {
        Price::parse(&value.to_string()).expect("price")
    }

    fn hole(from: i64, to: i64) -> Hole {
        Hole {
            asset: AssetId::parse("a").expect("id"),
            interval: Interval::M1,
            from: ms(from * 60_000),
            to: ms(to * 60_000),
        }
    }

    fn bar(minute: i64, prices: [u32; 4], trades: u64) -> PastBar {
        let [open, high, low, close] = prices.map(price);
        PastBar {
            start: ms(minute * 60_000),
            prices: Ohlc { open, high, low, close },
            volume: Some(Quantity::parse("2").expect("quantity")),
            trades: Some(trades),
        }
    }

    fn own(minute: i64, prices: [u32; 4], is_partial: bool) -> MarkedCandle {
        let bars = [bar(minute, prices, 7)];
        let mut candle = from_bars(&hole(0, 100), Interval::M1, &bars, ms(6_000_000)).remove(0);
        candle.repaired = false;
        candle.partial = is_partial;
        let mark = Some(Mark {
            at: candle.start,
            seq: 1,
        });
        MarkedCandle {
            candle,
            first: mark,
            last: mark,
        }
    }

    fn told(prices: [u32; 4]) -> Candle {
        from_bars(&hole(0, 100), Interval::M1, &[bar(0, prices, 9)], ms(6_000_000)).remove(0)
    }

    #[test]
    fn reliability_45_a_candle_that_was_watched_as_a_whole_is_never_overwritten() {
        assert_eq!(completed(Some(&own(0, [5, 6, 4, 5], false)), &told([1, 9, 1, 2])), None);
    }

    #[test]
    fn reliability_45_a_missing_candle_is_made_and_marked() {
        let made = completed(None, &told([1, 9, 1, 2])).expect("a candle");
        assert!(made.candle.repaired && made.candle.is_closed && !made.candle.partial);
        assert_eq!((made.candle.samples, made.first, made.last), (9, None, None));
    }

    #[test]
    fn reliability_45_a_partial_candle_is_completed_and_keeps_its_extremes() {
        let made = completed(Some(&own(0, [5, 12, 4, 5], true)), &told([1, 9, 1, 2])).expect("a candle");
        let prices = made.candle.prices;
        assert_eq!(
            [prices.open, prices.high, prices.low, prices.close].map(|price| price.to_string()),
            ["1", "12", "1", "2"]
        );
        assert!(made.candle.repaired && !made.candle.partial && made.first.is_some());
    }

    #[test]
    fn points_make_partial_candles_and_only_where_something_is_missing() {
        let points = [
            (0, 3),
            (60_000, 4),
            (90_000, 9),
            (119_999, 5),
            (180_000, 7),
            (240_000, 8),
        ];
        let points = points.map(|(at, value)| (ms(at), price(value)));
        let made = from_points(&hole(1, 4), &points, ms(240_000));
        assert_eq!(
            made.iter().map(|candle| candle.start.millis()).collect::<Vec<_>>(),
            [60_000, 180_000]
        );
        let first = &made[0];
        assert_eq!(
            (
                first.samples,
                first.partial,
                first.volume,
                first.prices.high.to_string()
            ),
            (3, true, None, "9".to_owned())
        );
    }

    #[test]
    fn what_is_not_over_is_not_made() {
        let bars = [bar(0, [1, 1, 1, 1], 0), bar(1, [1, 2, 1, 1], 3)];
        let made = from_bars(&hole(0, 9), Interval::M1, &bars, ms(119_999));
        assert_eq!(made.len(), 1);
        assert!(made[0].filled, "nothing traded in it");
    }

    proptest! {
        #[test]
        fn reliability_45_saying_the_same_twice_changes_nothing(
            own_prices in prop::array::uniform4(1_u32..9),
            told_prices in prop::array::uniform4(1_u32..9),
            is_partial: bool,
            is_told_partial: bool,
        ) {
            let sound = |[open, high, low, close]: [u32; 4]| {
                let all = [open, high, low, close];
                [open, *all.iter().max().expect("four"), *all.iter().min().expect("four"), close]
            };
            let was = own(0, sound(own_prices), is_partial);
            let mut told = told(sound(told_prices));
            told.partial = is_told_partial;
            if let Some(revised) = completed(Some(&was), &told) {
                prop_assert!(is_partial);
                prop_assert_eq!(completed(Some(&revised), &told), None);
            }
        }
    }
}
