//! Fewer points of a price's course, without losing its extremes.

use domain::{Candle, Price, Timestamp};

/// A point of a price's course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricePoint {
    /// When.
    pub at: Timestamp,
    /// The price.
    pub price: Price,
}

/// The course of a price through candles: each gives its open, its extremes (the one nearer to the open first) and its
/// close, spread evenly over its bucket; that of an open one ends with its newest trade, at `newest`. A quiet one gives its
/// close alone.
pub fn walk(candles: &[Candle], newest: Timestamp) -> Vec<PricePoint> {
    let mut points = Vec::with_capacity(candles.len() * 4);
    for candle in candles {
        let (prices, start, whole) = (candle.prices, candle.start.millis(), candle.interval.millis());
        // Never so short that two points would have the same moment.
        let length = match candle.is_closed {
            true => whole,
            false => (newest.millis() - start + 1).clamp(4, whole),
        };
        let mut add = |offset: i64, price: Price| {
            if let Some(at) = Timestamp::from_millis(start + offset) {
                points.push(PricePoint { at, price });
            }
        };
        if prices.low == prices.high {
            add(0, prices.close);
            continue;
        }
        let to_low = prices.open.value() - prices.low.value();
        let to_high = prices.high.value() - prices.open.value();
        let (first, second) = if to_low <= to_high {
            (prices.low, prices.high)
        } else {
            (prices.high, prices.low)
        };
        let inner = [first, second].map(|price| (price != prices.open && price != prices.close).then_some(price));
        add(0, prices.open);
        for (step, price) in (1..).zip(inner) {
            if let Some(price) = price {
                add(length * step / 3, price);
            }
        }
        add(length - 1, prices.close);
    }
    points
}

/// At most `wanted` (2 or more) of the points: the first, the last, and of each stretch between the lowest and the highest;
/// where there is no room for all of these, the lowest and the highest of all.
pub fn thin(points: Vec<PricePoint>, wanted: usize) -> Vec<PricePoint> {
    if points.len() <= wanted {
        return points;
    }
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return points;
    };
    let inner = &points[1..points.len() - 1];
    let stretches = wanted.saturating_sub(2) / 2;
    if stretches == 0 {
        return extremes(&points, (wanted > 2).then_some(last));
    }
    let mut kept = Vec::with_capacity(wanted);
    kept.push(first);
    for stretch in 0..stretches {
        let (from, to) = (
            inner.len() * stretch / stretches,
            inner.len() * (stretch + 1) / stretches,
        );
        let part = &inner[from..to];
        let low = part.iter().enumerate().min_by_key(|(_, point)| point.price);
        let high = part.iter().enumerate().max_by_key(|(_, point)| point.price);
        let (Some((low_at, low)), Some((high_at, high))) = (low, high) else {
            continue;
        };
        match low_at.cmp(&high_at) {
            std::cmp::Ordering::Less => kept.extend([*low, *high]),
            std::cmp::Ordering::Equal => kept.push(*low),
            std::cmp::Ordering::Greater => kept.extend([*high, *low]),
        }
    }
    kept.push(last);
    kept
}

/// The lowest and the highest point in their order, and one more behind them.
fn extremes(points: &[PricePoint], last: Option<PricePoint>) -> Vec<PricePoint> {
    let low = points.iter().min_by_key(|point| (point.price, point.at));
    let high = points.iter().max_by_key(|point| (point.price, point.at));
    let mut kept: Vec<PricePoint> = low.into_iter().chain(high).copied().chain(last).collect();
    kept.sort_by_key(|point| point.at);
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use domain::{AssetId, Decimal, Interval, Ohlc};
    use proptest::prelude::*;

    use super::*;

    fn points(prices: &[i64]) -> Vec<PricePoint> {
        let point = |(index, price): (usize, &i64)| PricePoint {
            at: Timestamp::from_millis(index as i64).expect("time"),
            price: Price::new(Decimal::from(*price)).expect("price"),
        };
        prices.iter().enumerate().map(point).collect()
    }

    #[test]
    fn the_course_of_an_open_candle_ends_with_its_newest_trade() {
        let price = |value: i64| Price::new(Decimal::from(value)).expect("price");
        let ms = |millis| Timestamp::from_millis(millis).expect("time");
        let mut candle = Candle {
            asset: AssetId::parse("a").expect("id"),
            interval: Interval::M1,
            start: ms(60_000),
            prices: Ohlc {
                open: price(5),
                high: price(9),
                low: price(4),
                close: price(6),
            },
            volume: None,
            samples: 4,
            is_closed: false,
            filled: false,
            partial: false,
            repaired: false,
        };
        let times = |candle: &Candle| {
            walk(std::slice::from_ref(candle), ms(89_999))
                .iter()
                .map(|point| point.at.millis())
                .collect::<Vec<_>>()
        };
        assert_eq!(times(&candle), [60_000, 70_000, 80_000, 89_999]);
        candle.is_closed = true;
        assert_eq!(times(&candle), [60_000, 80_000, 100_000, 119_999]);
    }

    proptest! {
        #[test]
        fn extremes_survive_and_order_and_number_are_kept(prices in proptest::collection::vec(1i64..10_000, 1..600), wanted in 4usize..100) {
            let all = points(&prices);
            let kept = thin(all.clone(), wanted);
            prop_assert!(kept.len() <= wanted);
            prop_assert!(kept.windows(2).all(|pair| pair[0].at < pair[1].at));
            prop_assert_eq!(kept.iter().map(|point| point.price).max(), all.iter().map(|point| point.price).max());
            prop_assert_eq!(kept.iter().map(|point| point.price).min(), all.iter().map(|point| point.price).min());
            prop_assert_eq!((kept.first(), kept.last()), (all.first(), all.last()));
        }
    }

    #[test]
    fn two_points_are_the_extremes_and_a_third_is_the_last() {
        let texts = |wanted| {
            thin(points(&[5, 6, 1, 7, 5]), wanted)
                .iter()
                .map(|point| point.price.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(2), ["1", "7"]);
        assert_eq!(texts(3), ["1", "7", "5"]);
    }
}
