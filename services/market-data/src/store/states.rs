//! What the log has told up to the recorder's position: the newest price and the open candles of each asset.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use contracts::FeedPosition;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper, insert_into,
    sql_types::{Array, BigInt, Integer, Jsonb, Numeric, Text, Timestamptz},
    upsert::excluded,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{
    AssetId, Decimal, Price, Timestamp,
    candles::{Series, Watch},
};

use super::{
    bad_row,
    batch::{Batch, Statement},
    schema::{asset_states, feed_positions, partitions},
    utc,
};
use crate::domain::recorded::{AssetState, LastPrice, RecordedPartition};

#[derive(Queryable, Selectable)]
#[diesel(table_name = asset_states)]
struct StateRow {
    asset_id: String,
    partition_id: i32,
    seq: i64,
    newest_at: DateTime<Utc>,
    price: Decimal,
    source: String,
    event_at: DateTime<Utc>,
    received_at: DateTime<Utc>,
    series: serde_json::Value,
}

/// Everything that is kept, by partition.
pub async fn load_all(conn: &mut AsyncPgConnection) -> QueryResult<HashMap<u16, (RecordedPartition, Vec<AssetState>)>> {
    let mut found: HashMap<u16, (RecordedPartition, Vec<AssetState>)> = HashMap::new();
    type Row = (i32, i64, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let rows: Vec<Row> = partitions::table.load(conn).await?;
    for (partition, epoch, up_since, clock) in rows {
        let watch = Watch {
            up_since: up_since.map(Timestamp::from),
            clock: clock.map(Timestamp::from),
        };
        found.entry(partition_number(partition)?).or_default().0 = RecordedPartition {
            epoch: epoch.unsigned_abs(),
            watch,
        };
    }
    let rows: Vec<StateRow> = asset_states::table.select(StateRow::as_select()).load(conn).await?;
    for row in rows {
        let partition = partition_number(row.partition_id)?;
        found.entry(partition).or_default().1.push(row.try_into()?);
    }
    Ok(found)
}

fn partition_number(stored: i32) -> QueryResult<u16> {
    u16::try_from(stored).map_err(|why| bad_row("a partition", why))
}

impl TryFrom<StateRow> for AssetState {
    type Error = diesel::result::Error;

    fn try_from(row: StateRow) -> QueryResult<Self> {
        let what = format!("the state of {}", row.asset_id);
        let series: Series = serde_json::from_value(row.series).map_err(|why| bad_row(&what, why))?;
        let last = LastPrice {
            seq: row.seq.unsigned_abs(),
            price: Price::new(row.price).map_err(|why| bad_row(&what, why))?,
            source: row.source.parse().map_err(|why| bad_row(&what, why))?,
            event_at: row.event_at.into(),
            received_at: row.received_at.into(),
        };
        Ok(AssetState {
            seq: row.seq.unsigned_abs(),
            newest_at: row.newest_at.into(),
            last,
            series,
        })
    }
}

struct StoreStates;

impl Statement for StoreStates {
    const HEAD: &'static str = "INSERT INTO market_data.asset_states
        (asset_id, partition_id, seq, newest_at, price, source, event_at, received_at, series) SELECT * FROM UNNEST(";
    const TAIL: &'static str = ") ON CONFLICT (asset_id) DO UPDATE SET partition_id = excluded.partition_id,
        seq = excluded.seq, newest_at = excluded.newest_at, price = excluded.price, source = excluded.source,
        event_at = excluded.event_at, received_at = excluded.received_at, series = excluded.series";
}

/// Keeps what changed of assets.
pub async fn store(conn: &mut AsyncPgConnection, partition: u16, states: &[AssetState]) -> QueryResult<()> {
    if states.is_empty() {
        return Ok(());
    }
    let series: Result<Vec<serde_json::Value>, _> =
        states.iter().map(|state| serde_json::to_value(&state.series)).collect();
    let series = series.map_err(|error| diesel::result::Error::SerializationError(Box::new(error)))?;
    Batch::<StoreStates>::new()
        .column::<Array<Text>, _>(
            states
                .iter()
                .map(|state| state.series.asset().as_str())
                .collect::<Vec<_>>(),
        )
        .column::<Array<Integer>, _>(vec![i32::from(partition); states.len()])
        .column::<Array<BigInt>, _>(states.iter().map(|state| state.seq.cast_signed()).collect::<Vec<_>>())
        .column::<Array<Timestamptz>, _>(states.iter().map(|state| utc(state.newest_at)).collect::<Vec<_>>())
        .column::<Array<Numeric>, _>(states.iter().map(|state| state.last.price.value()).collect::<Vec<_>>())
        .column::<Array<Text>, _>(
            states
                .iter()
                .map(|state| state.last.source.as_str())
                .collect::<Vec<_>>(),
        )
        .column::<Array<Timestamptz>, _>(states.iter().map(|state| utc(state.last.event_at)).collect::<Vec<_>>())
        .column::<Array<Timestamptz>, _>(
            states
                .iter()
                .map(|state| utc(state.last.received_at))
                .collect::<Vec<_>>(),
        )
        .column::<Array<Jsonb>, _>(series)
        .execute(conn)
        .await?;
    Ok(())
}

/// The number of the newest stored tick of an asset; 0 where there is none.
pub async fn last_seq(conn: &mut AsyncPgConnection, asset: &AssetId) -> QueryResult<u64> {
    let seq: Option<i64> = asset_states::table
        .find(asset.as_str())
        .select(asset_states::seq)
        .first(conn)
        .await
        .optional()?;
    Ok(seq.unwrap_or(0).unsigned_abs())
}

/// Keeps what is known of a partition as a whole.
pub async fn store_partition(conn: &mut AsyncPgConnection, partition: u16, row: &RecordedPartition) -> QueryResult<()> {
    let values = (
        partitions::partition_id.eq(i32::from(partition)),
        partitions::epoch.eq(row.epoch.cast_signed()),
        partitions::up_since.eq(row.watch.up_since.map(utc)),
        partitions::clock.eq(row.watch.clock.map(utc)),
    );
    insert_into(partitions::table)
        .values(values)
        .on_conflict(partitions::partition_id)
        .do_update()
        .set((
            partitions::epoch.eq(excluded(partitions::epoch)),
            partitions::up_since.eq(excluded(partitions::up_since)),
            partitions::clock.eq(excluded(partitions::clock)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes how many records of a feed a partition holds.
pub async fn store_position(conn: &mut AsyncPgConnection, partition: u16, position: &FeedPosition) -> QueryResult<()> {
    insert_into(feed_positions::table)
        .values((
            feed_positions::feed.eq(&position.feed),
            feed_positions::partition_id.eq(i32::from(partition)),
            feed_positions::position.eq(position.position.cast_signed()),
        ))
        .on_conflict((feed_positions::feed, feed_positions::partition_id))
        .do_update()
        .set(feed_positions::position.eq(excluded(feed_positions::position)))
        .execute(conn)
        .await?;
    Ok(())
}

/// How many records of each feed each partition holds.
pub async fn load_positions(conn: &mut AsyncPgConnection) -> QueryResult<HashMap<(String, u16), u64>> {
    let rows: Vec<(String, i32, i64)> = feed_positions::table.load(conn).await?;
    rows.into_iter()
        .map(|(feed, partition, position)| Ok(((feed, partition_number(partition)?), position.unsigned_abs())))
        .collect()
}
