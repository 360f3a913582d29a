//! What providers tell of the past: points of a price's course, and whole bars.

use domain::{Interval, Ohlc, Price, Quantity, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{decimal, read};

/// What could be used of an answer, oldest first, and how many of its items could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    /// The items.
    pub items: Vec<T>,
    /// Items without a time or a price, or that contradict themselves.
    pub bad: usize,
}

/// What a provider tells of one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastBar {
    /// The bucket's start.
    pub start: Timestamp,
    /// The four prices, in what the provider prices the asset in.
    pub prices: Ohlc,
    /// How much was traded, where it tells that.
    pub volume: Option<Quantity>,
    /// How many trades, where it tells that.
    pub trades: Option<u64>,
}

#[derive(Deserialize)]
struct Chart<'a> {
    #[serde(borrow)]
    prices: Vec<&'a RawValue>,
}

/// CoinGecko's `/coins/{id}/market_chart`: moments and prices. `None` where it is something else.
pub fn parse_market_chart(text: &str) -> Option<Told<(Timestamp, Price)>> {
    let rows = read::<Chart<'_>>(text)?.prices;
    let point = |row: &&RawValue| {
        let (at, value) = read::<(i64, &RawValue)>(row.get())?;
        Some((moment(at)?, price(value)?))
    };
    let mut items: Vec<_> = rows.iter().filter_map(point).collect();
    let bad = rows.len() - items.len();
    // Neighbours come in the wrong order now and then.
    items.sort_by_key(|(at, _)| *at);
    Some(Told { items, bad })
}

/// CoinGecko's `/coins/{id}/ohlc`, whose rows are stamped by the end of their bucket.
///
/// The answer of a long range mixes lengths; a row that does not end on a bucket of `interval` is left out as bad.
pub fn parse_ohlc(text: &str, interval: Interval) -> Option<Told<PastBar>> {
    let rows = read::<Vec<&RawValue>>(text)?;
    let bar = |row: &&RawValue| {
        let (end, open, high, low, close) = read::<(i64, &RawValue, &RawValue, &RawValue, &RawValue)>(row.get())?;
        let start = moment(end.checked_sub(interval.millis())?)?;
        Some(PastBar {
            start: aligned(start, interval)?,
            prices: ohlc([open, high, low, close])?,
            volume: None,
            trades: None,
        })
    };
    Some(told(&rows, rows.iter().filter_map(bar).collect()))
}

/// Binance's `/api/v3/klines` of `interval`, stamped by the start of their bucket.
pub fn parse_klines(text: &str, interval: Interval) -> Option<Told<PastBar>> {
    let rows = read::<Vec<&RawValue>>(text)?;
    let bar = |row: &&RawValue| {
        let columns = read::<Vec<&RawValue>>(row.get())?;
        let [start, open, high, low, close, volume, _, _, trades, ..] = columns.as_slice() else {
            return None;
        };
        Some(PastBar {
            start: aligned(moment(start.get().parse().ok()?)?, interval)?,
            prices: ohlc([open, high, low, close])?,
            volume: Some(quantity(volume)?),
            trades: trades.get().parse().ok(),
        })
    };
    Some(told(&rows, rows.iter().filter_map(bar).collect()))
}

fn told(rows: &[&RawValue], mut items: Vec<PastBar>) -> Told<PastBar> {
    items.sort_by_key(|bar| bar.start);
    items.dedup_by_key(|bar| bar.start);
    let bad = rows.len() - items.len();
    Told { items, bad }
}

fn moment(millis: i64) -> Option<Timestamp> {
    Timestamp::from_millis(millis).filter(|at| at.millis() > 0)
}

fn aligned(start: Timestamp, interval: Interval) -> Option<Timestamp> {
    (interval.bucket_start(start) == start).then_some(start)
}

/// Venues pad their numbers with zeros.
fn price(raw: &RawValue) -> Option<Price> {
    Price::new(decimal(raw)?.normalize()).ok()
}

fn quantity(raw: &RawValue) -> Option<Quantity> {
    Quantity::new(decimal(raw)?.normalize()).ok()
}

/// Four prices that do not contradict each other.
fn ohlc([open, high, low, close]: [&RawValue; 4]) -> Option<Ohlc> {
    let prices = Ohlc {
        open: price(open)?,
        high: price(high)?,
        low: price(low)?,
        close: price(close)?,
    };
    let is_inside = |value: Price| prices.low <= value && value <= prices.high;
    (is_inside(prices.open) && is_inside(prices.close)).then_some(prices)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("time")
    }

    #[test]
    fn points_are_put_in_order_and_those_without_a_price_are_counted() {
        let text = r#"{"prices":[[1621003519770,50675.25],[1621003958620,null],[1621003500000,5.1e4],[-1,3],[2,0]],"market_caps":[]}"#;
        let told = parse_market_chart(text).expect("a chart");
        let found: Vec<_> = told
            .items
            .iter()
            .map(|(at, price)| (at.millis(), price.to_string()))
            .collect();
        assert_eq!(
            found,
            [
                (1_621_003_500_000, "51000".to_owned()),
                (1_621_003_519_770, "50675.25".to_owned())
            ]
        );
        assert_eq!(told.bad, 3);
        assert_eq!(parse_market_chart("<html>"), None);
        assert_eq!(parse_market_chart(r#"{"error":"coin not found"}"#), None);
    }

    #[test]
    fn bars_stamped_by_their_end_are_stamped_by_their_start() {
        let text =
            "[[1620518400000,2,4,1,3],[1620518400001,2,4,1,3],[1620504000000,2,4,3,3],[1620532800000,null,1,1,1]]";
        let told = parse_ohlc(text, Interval::H4).expect("bars");
        assert_eq!((told.items.len(), told.bad), (1, 3));
        assert_eq!(told.items[0].start, ms(1_620_504_000_000));
        assert_eq!(told.items[0].prices.low.to_string(), "1");
    }

    #[test]
    fn klines_keep_their_digits_volume_and_trades() {
        let text = r#"[[1588280400000,"8819.15000000","8849.80000000","8734.50000000","8761.92000000","3089.56054500",1588283999999,"27174569.1",34467,"1","1","0"],
            [1588280400000,"1","1","1","1","1",1588283999999,"1",1],[1588280400007,"1","1","1","1","1",0,"1",1],["x"],[1588284000000,"2","1","1","1","1",0,"1",1]]"#;
        let told = parse_klines(text, Interval::H1).expect("bars");
        assert_eq!((told.items.len(), told.bad), (1, 4));
        let bar = &told.items[0];
        assert_eq!(
            (
                bar.prices.close.to_string(),
                bar.volume.map(|volume| volume.to_string()),
                bar.trades
            ),
            ("8761.92".to_owned(), Some("3089.560545".to_owned()), Some(34_467))
        );
        assert_eq!(
            parse_klines(r#"{"code":-1121,"msg":"Invalid symbol."}"#, Interval::H1),
            None
        );
    }
}
