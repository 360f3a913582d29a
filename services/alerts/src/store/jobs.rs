//! What goes by the clock instead of by prices.

use chrono::{DateTime, Utc};
use contracts::events::{AlertExpired, AlertNoData};
use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, Symbol, Timestamp};
use messaging::Outbox;
use uuid::Uuid;

use super::{
    alerts::AlertRow,
    assets,
    decisions::{asset_of, channels_of},
    partitions::{self, ACTIVE},
    schema::alerts,
};

/// How many alerts one transaction takes on.
const BATCH: i64 = 1_000;

/// Ends alerts of a partition whose time ran out, and tells of each; how many there were. Call it again while it finds
/// some, and only when the partition is decided up to `now`: what was received before may still fire them.
pub async fn expire(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    partition: u16,
    now: Timestamp,
) -> QueryResult<usize> {
    let rows: Vec<AlertRow> = alerts::table
        .filter(alerts::partition_id.eq(i32::from(partition)))
        .filter(alerts::status.eq_any(ACTIVE))
        .filter(alerts::expires_at.le(DateTime::<Utc>::from(now)))
        .order(alerts::id)
        .limit(BATCH)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    diesel::update(alerts::table.filter(alerts::id.eq_any(&ids)))
        .set((
            alerts::status.eq("expired"),
            alerts::updated_at.eq(DateTime::<Utc>::from(now)),
        ))
        .execute(conn)
        .await?;
    partitions::note_changes(conn, i32::from(partition), &ids).await?;
    let symbols = symbols_of(conn, &rows).await?;
    let events: Vec<AlertExpired> = rows
        .iter()
        .zip(symbols)
        .map(|(row, symbol)| AlertExpired {
            alert_id: row.alert_id(),
            user_id: row.owner(),
            asset_id: asset_of(row),
            symbol,
            condition: row.condition.clone(),
            note: row.note.clone(),
            channels: channels_of(row),
            expired_at: row.expires_at.map_or(now, Timestamp::from),
        })
        .collect();
    outbox.add_all(conn, &events, now, Uuid::now_v7()).await?;
    Ok(rows.len())
}

/// Notes that assets give no prices since `now`, and tells the owner of each of their alerts, once.
pub async fn fall_silent(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    silent: &[AssetId],
    (now, grace): (Timestamp, Timestamp),
) -> QueryResult<usize> {
    let ids: Vec<String> = silent.iter().map(ToString::to_string).collect();
    let rows: Vec<AlertRow> = alerts::table
        .filter(alerts::asset_id.eq_any(ids))
        .filter(alerts::status.eq_any(["armed", "cooling"]))
        .filter(alerts::silent_since.is_null())
        .filter(alerts::created_at.lt(DateTime::<Utc>::from(grace)))
        .order(alerts::id)
        .limit(BATCH)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let found: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    diesel::update(alerts::table.filter(alerts::id.eq_any(&found)))
        .set(alerts::silent_since.eq(DateTime::<Utc>::from(now)))
        .execute(conn)
        .await?;
    let symbols = symbols_of(conn, &rows).await?;
    let events: Vec<AlertNoData> = rows
        .iter()
        .zip(symbols)
        .map(|(row, symbol)| AlertNoData {
            alert_id: row.alert_id(),
            user_id: row.owner(),
            asset_id: asset_of(row),
            symbol,
            condition: row.condition.clone(),
            channels: channels_of(row),
            since: now,
        })
        .collect();
    outbox.add_all(conn, &events, now, Uuid::now_v7()).await?;
    Ok(rows.len())
}

/// Notes that assets give prices again.
pub async fn speak_again(conn: &mut AsyncPgConnection, alive: &[AssetId]) -> QueryResult<usize> {
    let ids: Vec<String> = alive.iter().map(ToString::to_string).collect();
    diesel::update(
        alerts::table
            .filter(alerts::asset_id.eq_any(ids))
            .filter(alerts::silent_since.is_not_null()),
    )
    .set(alerts::silent_since.eq(None::<DateTime<Utc>>))
    .execute(conn)
    .await
}

/// The ticker of each row's asset, in the order of the rows.
async fn symbols_of(conn: &mut AsyncPgConnection, rows: &[AlertRow]) -> QueryResult<Vec<Symbol>> {
    let mut ids: Vec<String> = rows.iter().map(|row| row.asset_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let known = assets::of_ids(conn, &ids).await?;
    let symbol_of = |row: &AlertRow| {
        let asset = known.iter().find(|asset| asset.asset_id == row.asset_id);
        asset
            .and_then(|asset| Symbol::parse(&asset.symbol).ok())
            .unwrap_or_else(|| super::decisions::symbol_from_id(&row.asset_id))
    };
    Ok(rows.iter().map(symbol_of).collect())
}
