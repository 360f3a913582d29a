//! Closed candles.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper, sql_query,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Numeric, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    AssetId, Candle, Decimal, Interval, Ohlc, Price, Quantity, Timestamp,
    candles::{LateTrade, Mark, MarkedCandle},
};

use super::{
    bad_row,
    batch::{Batch, Statement},
    schema::candles,
    utc,
};

/// A row of `candles`.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = candles)]
pub struct CandleRow {
    asset_id: String,
    span: i32,
    start_at: DateTime<Utc>,
    open: Decimal,
    high: Decimal,
    low: Decimal,
    close: Decimal,
    volume: Option<Decimal>,
    samples: i64,
    filled: bool,
    partial: bool,
    repaired: bool,
    first_at: Option<DateTime<Utc>>,
    first_seq: Option<i64>,
    last_at: Option<DateTime<Utc>>,
    last_seq: Option<i64>,
}

/// The minutes of an interval: how a bucket's length is stored.
pub fn span_of(interval: Interval) -> i32 {
    i32::try_from(interval.millis() / Interval::M1.millis()).unwrap_or(i32::MAX)
}

pub(super) fn interval_of(span: i32) -> Option<Interval> {
    Interval::ALL.into_iter().find(|interval| span_of(*interval) == span)
}

impl CandleRow {
    /// The candle, of `asset`: all rows of one list share its id.
    fn marked(self, asset: &AssetId) -> QueryResult<MarkedCandle> {
        let what = || format!("the candle of {} at {}", self.asset_id, self.start_at);
        let price = |value| Price::new(value).map_err(|why| bad_row(&what(), why));
        let mark = |at: Option<DateTime<Utc>>, seq: Option<i64>| {
            let (at, seq) = at.zip(seq)?;
            Some(Mark {
                at: at.into(),
                seq: seq.unsigned_abs(),
            })
        };
        let prices = Ohlc {
            open: price(self.open)?,
            high: price(self.high)?,
            low: price(self.low)?,
            close: price(self.close)?,
        };
        let candle = Candle {
            asset: asset.clone(),
            interval: interval_of(self.span).ok_or_else(|| bad_row(&what(), "no such interval"))?,
            start: self.start_at.into(),
            prices,
            volume: self
                .volume
                .map(Quantity::new)
                .transpose()
                .map_err(|why| bad_row(&what(), why))?,
            samples: self.samples.unsigned_abs(),
            is_closed: true,
            filled: self.filled,
            partial: self.partial,
            repaired: self.repaired,
        };
        Ok(MarkedCandle {
            first: mark(self.first_at, self.first_seq),
            last: mark(self.last_at, self.last_seq),
            candle,
        })
    }
}

struct StoreCandles;

impl Statement for StoreCandles {
    const HEAD: &'static str = "INSERT INTO market_data.candles
        (asset_id, span, start_at, open, high, low, close, volume, samples, filled, partial, repaired,
        first_at, first_seq, last_at, last_seq) SELECT * FROM UNNEST(";
    const TAIL: &'static str = ") ON CONFLICT (asset_id, span, start_at) DO UPDATE SET
        open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume,
        samples = excluded.samples, filled = excluded.filled, partial = excluded.partial, repaired = excluded.repaired,
        first_at = excluded.first_at, first_seq = excluded.first_seq, last_at = excluded.last_at, last_seq = excluded.last_seq";
}

/// Stores closed candles, in one statement for any number of them. One that is there already is replaced.
pub async fn store(conn: &mut AsyncPgConnection, found: &[MarkedCandle]) -> QueryResult<usize> {
    if found.is_empty() {
        return Ok(0);
    }
    let candles: Vec<&Candle> = found.iter().map(|marked| &marked.candle).collect();
    let decimals = |pick: fn(&Ohlc) -> Price| -> Vec<Decimal> {
        candles.iter().map(|candle| pick(&candle.prices).value()).collect()
    };
    let flags = |pick: fn(&Candle) -> bool| -> Vec<bool> { candles.iter().map(|candle| pick(candle)).collect() };
    let times = |pick: fn(&MarkedCandle) -> Option<Mark>| -> Vec<Option<DateTime<Utc>>> {
        found
            .iter()
            .map(|marked| pick(marked).map(|mark| utc(mark.at)))
            .collect()
    };
    let numbers = |pick: fn(&MarkedCandle) -> Option<Mark>| -> Vec<Option<i64>> {
        found
            .iter()
            .map(|marked| pick(marked).map(|mark| mark.seq.cast_signed()))
            .collect()
    };
    Batch::<StoreCandles>::new()
        .column::<Array<Text>, _>(candles.iter().map(|candle| candle.asset.as_str()).collect::<Vec<_>>())
        .column::<Array<Integer>, _>(
            candles
                .iter()
                .map(|candle| span_of(candle.interval))
                .collect::<Vec<_>>(),
        )
        .column::<Array<Timestamptz>, _>(candles.iter().map(|candle| utc(candle.start)).collect::<Vec<_>>())
        .column::<Array<Numeric>, _>(decimals(|prices| prices.open))
        .column::<Array<Numeric>, _>(decimals(|prices| prices.high))
        .column::<Array<Numeric>, _>(decimals(|prices| prices.low))
        .column::<Array<Numeric>, _>(decimals(|prices| prices.close))
        .column::<Array<Nullable<Numeric>>, _>(
            candles
                .iter()
                .map(|candle| candle.volume.map(Quantity::value))
                .collect::<Vec<_>>(),
        )
        .column::<Array<BigInt>, _>(
            candles
                .iter()
                .map(|candle| candle.samples.cast_signed())
                .collect::<Vec<_>>(),
        )
        .column::<Array<Bool>, _>(flags(|candle| candle.filled))
        .column::<Array<Bool>, _>(flags(|candle| candle.partial))
        .column::<Array<Bool>, _>(flags(|candle| candle.repaired))
        .column::<Array<Nullable<Timestamptz>>, _>(times(|marked| marked.first))
        .column::<Array<Nullable<BigInt>>, _>(numbers(|marked| marked.first))
        .column::<Array<Nullable<Timestamptz>>, _>(times(|marked| marked.last))
        .column::<Array<Nullable<BigInt>>, _>(numbers(|marked| marked.last))
        .execute(conn)
        .await
}

/// Revises what a late trade changes: the candle of its bucket in each interval, and the quiet ones after it.
pub async fn revise(conn: &mut AsyncPgConnection, late: &LateTrade) -> QueryResult<()> {
    for interval in Interval::ALL {
        let Some(start) = late.revises(interval) else { continue };
        let key = (late.asset.as_str(), span_of(interval), utc(start));
        let was: Option<CandleRow> = candles::table
            .find(key)
            .select(CandleRow::as_select())
            .first(conn)
            .await
            .optional()?;
        let was = was.map(|row| row.marked(&late.asset)).transpose()?;
        let revised = late.revise(interval, was.as_ref());
        let close = revised.candle.prices.close;
        store(conn, std::slice::from_ref(&revised)).await?;
        if was.is_none_or(|was| was.candle.prices.close != close) {
            sql_query(FLATTEN)
                .bind::<Text, _>(late.asset.as_str())
                .bind::<Integer, _>(span_of(interval))
                .bind::<Timestamptz, _>(utc(start))
                .bind::<Numeric, _>(close.value())
                .execute(conn)
                .await?;
        }
    }
    Ok(())
}

const FLATTEN: &str = "UPDATE market_data.candles SET open = $4, high = $4, low = $4, close = $4
    WHERE asset_id = $1 AND span = $2 AND start_at > $3 AND filled AND start_at < COALESCE(
        (SELECT min(start_at) FROM market_data.candles WHERE asset_id = $1 AND span = $2 AND start_at > $3 AND NOT filled),
        'infinity')";

/// Which candles to read.
#[derive(Debug, Clone)]
pub struct CandleRange {
    /// The asset.
    pub asset: AssetId,
    /// The interval.
    pub interval: Interval,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub to: Option<Timestamp>,
    /// The most rows.
    pub limit: i64,
    /// Which rows stay when there are more: the oldest, or else the newest.
    pub keeps_oldest: bool,
}

/// Closed candles, oldest first.
pub async fn load(conn: &mut AsyncPgConnection, range: &CandleRange) -> QueryResult<Vec<MarkedCandle>> {
    let mut query = candles::table
        .filter(candles::asset_id.eq(range.asset.as_str()))
        .filter(candles::span.eq(span_of(range.interval)))
        .select(CandleRow::as_select())
        .limit(range.limit)
        .into_boxed();
    if let Some(from) = range.from {
        query = query.filter(candles::start_at.ge(utc(from)));
    }
    if let Some(to) = range.to {
        query = query.filter(candles::start_at.lt(utc(to)));
    }
    query = match range.keeps_oldest {
        true => query.order(candles::start_at.asc()),
        false => query.order(candles::start_at.desc()),
    };
    let rows: Vec<CandleRow> = query.load(conn).await?;
    let mut found: Vec<MarkedCandle> = rows
        .into_iter()
        .map(|row| row.marked(&range.asset))
        .collect::<QueryResult<_>>()?;
    if !range.keeps_oldest {
        found.reverse();
    }
    Ok(found)
}

/// Drops at most `limit` one-minute candles that began before `before`; says how many.
pub async fn drop_minutes(conn: &mut AsyncPgConnection, before: Timestamp, limit: i64) -> QueryResult<usize> {
    sql_query(
        "DELETE FROM market_data.candles_minutes WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM market_data.candles_minutes WHERE start_at < $1 LIMIT $2))",
    )
    .bind::<Timestamptz, _>(utc(before))
    .bind::<BigInt, _>(limit)
    .execute(conn)
    .await
}
