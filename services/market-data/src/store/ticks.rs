//! Stored ticks.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    sql_query,
    sql_types::{Array, BigInt, Bool, Date, Nullable, Numeric, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, Decimal, Price, PriceRange, Quantity, Tick, Timestamp};

use super::{
    bad_row,
    batch::{Batch, Statement},
    schema::ticks,
    utc,
};

/// A row of `ticks`.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = ticks)]
pub struct TickRow {
    asset_id: String,
    seq: i64,
    event_at: DateTime<Utc>,
    received_at: DateTime<Utc>,
    price: Decimal,
    quantity: Option<Decimal>,
    low: Option<Decimal>,
    high: Option<Decimal>,
    source: String,
    is_late: bool,
}

impl TryFrom<TickRow> for Tick {
    type Error = diesel::result::Error;

    fn try_from(row: TickRow) -> QueryResult<Self> {
        let what = format!("tick {} of {}", row.seq, row.asset_id);
        let price = |value| Price::new(value).map_err(|why| bad_row(&what, why));
        let range = match row.low.zip(row.high) {
            Some((low, high)) => Some(PriceRange {
                low: price(low)?,
                high: price(high)?,
            }),
            None => None,
        };
        Ok(Tick {
            asset: AssetId::parse(&row.asset_id).map_err(|why| bad_row(&what, why))?,
            seq: row.seq.unsigned_abs(),
            event_at: row.event_at.into(),
            received_at: row.received_at.into(),
            price: price(row.price)?,
            quantity: row
                .quantity
                .map(Quantity::new)
                .transpose()
                .map_err(|why| bad_row(&what, why))?,
            range,
            source: row.source.parse().map_err(|why| bad_row(&what, why))?,
            is_late: row.is_late,
        })
    }
}

struct StoreTicks;

impl Statement for StoreTicks {
    const HEAD: &'static str = "INSERT INTO market_data.ticks
        (asset_id, seq, event_at, received_at, price, quantity, low, high, source, is_late) SELECT * FROM UNNEST(";
    const TAIL: &'static str = ")";
}

/// Stores ticks, in one statement for any number of them.
pub async fn store(conn: &mut AsyncPgConnection, found: &[Tick]) -> QueryResult<usize> {
    if found.is_empty() {
        return Ok(0);
    }
    let bound = |pick: fn(&PriceRange) -> Price| -> Vec<Option<Decimal>> {
        found
            .iter()
            .map(|tick| tick.range.as_ref().map(|range| pick(range).value()))
            .collect()
    };
    Batch::<StoreTicks>::new()
        .column::<Array<Text>, _>(found.iter().map(|tick| tick.asset.as_str()).collect::<Vec<_>>())
        .column::<Array<BigInt>, _>(found.iter().map(|tick| tick.seq.cast_signed()).collect::<Vec<_>>())
        .column::<Array<Timestamptz>, _>(found.iter().map(|tick| utc(tick.event_at)).collect::<Vec<_>>())
        .column::<Array<Timestamptz>, _>(found.iter().map(|tick| utc(tick.received_at)).collect::<Vec<_>>())
        .column::<Array<Numeric>, _>(found.iter().map(|tick| tick.price.value()).collect::<Vec<_>>())
        .column::<Array<Nullable<Numeric>>, _>(
            found
                .iter()
                .map(|tick| tick.quantity.map(Quantity::value))
                .collect::<Vec<_>>(),
        )
        .column::<Array<Nullable<Numeric>>, _>(bound(|range| range.low))
        .column::<Array<Nullable<Numeric>>, _>(bound(|range| range.high))
        .column::<Array<Text>, _>(found.iter().map(|tick| tick.source.as_str()).collect::<Vec<_>>())
        .column::<Array<Bool>, _>(found.iter().map(|tick| tick.is_late).collect::<Vec<_>>())
        .execute(conn)
        .await
}

/// The place of a tick in the order by event time.
pub type TickKey = (Timestamp, u64);

/// At most `limit` ticks of an asset with event times in `[from, to)`, behind `after` in the order of event time and number.
pub async fn load(
    conn: &mut AsyncPgConnection,
    asset: &AssetId,
    window: (Option<Timestamp>, Option<Timestamp>),
    after: Option<TickKey>,
    limit: i64,
) -> QueryResult<Vec<Tick>> {
    let mut query = ticks::table
        .filter(ticks::asset_id.eq(asset.as_str()))
        .order((ticks::event_at, ticks::seq))
        .limit(limit)
        .select(TickRow::as_select())
        .into_boxed();
    if let Some(from) = window.0 {
        query = query.filter(ticks::event_at.ge(utc(from)));
    }
    if let Some(to) = window.1 {
        query = query.filter(ticks::event_at.lt(utc(to)));
    }
    if let Some((at, seq)) = after {
        let behind = ticks::event_at.gt(utc(at));
        let same = ticks::event_at.eq(utc(at));
        query = query.filter(behind.or(same.and(ticks::seq.gt(seq.cast_signed()))));
    }
    let rows: Vec<TickRow> = query.load(conn).await?;
    rows.into_iter().map(Tick::try_from).collect()
}

/// Makes the partition for ticks received on `day`.
pub async fn keep_day(conn: &mut AsyncPgConnection, day: NaiveDate) -> QueryResult<()> {
    sql_query("SELECT market_data.keep_tick_day($1)")
        .bind::<Date, _>(day)
        .execute(conn)
        .await?;
    Ok(())
}

/// Drops all ticks received before `day`.
pub async fn drop_before(conn: &mut AsyncPgConnection, day: NaiveDate) -> QueryResult<()> {
    sql_query("SELECT market_data.drop_tick_days($1)")
        .bind::<Date, _>(day)
        .execute(conn)
        .await?;
    Ok(())
}
