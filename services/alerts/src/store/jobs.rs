//! What goes by the clock instead of by prices.

use chrono::{DateTime, Utc};
use contracts::events::{AlertExpired, AlertNoData};
use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, Symbol, Timestamp};
use messaging::{Outbox, leases};
use uuid::Uuid;

use super::{
    alerts::AlertRow,
    assets,
    decisions::{asset_of, channels_of, lease_name},
    partitions::{self, ACTIVE},
    schema::alerts,
};

/// How many alerts one transaction takes on.
const BATCH: i64 = 1_000;

/// In whose name something is done by the clock.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// The partition of the tick log.
    pub partition: u16,
    /// The evaluator's term.
    pub epoch: i64,
}

impl Term {
    async fn is_current(self, conn: &mut AsyncPgConnection) -> QueryResult<bool> {
        leases::fence(conn, &lease_name(self.partition), self.epoch).await
    }
}

/// What an owner knows of the silence of its assets.
#[derive(Debug, Clone)]
pub struct Silence {
    /// Assets that give no prices.
    pub silent: Vec<AssetId>,
    /// Assets that give prices.
    pub alive: Vec<AssetId>,
    /// The present moment.
    pub now: Timestamp,
    /// Alerts that are younger have not waited long enough.
    pub grace: Timestamp,
}

/// Ends alerts of a partition whose time ran out, and tells of each; how many there were, `None` where somebody else
/// owns the partition. Run it in a transaction, again while it finds some, and only when the partition is decided up
/// to `now`: what was received before may still fire them.
pub async fn expire(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    term: Term,
    now: Timestamp,
) -> QueryResult<Option<usize>> {
    if !term.is_current(conn).await? {
        return Ok(None);
    }
    let rows: Vec<AlertRow> = alerts::table
        .filter(alerts::partition_id.eq(i32::from(term.partition)))
        .filter(alerts::status.eq_any(ACTIVE))
        .filter(alerts::expires_at.le(DateTime::<Utc>::from(now)))
        .order(alerts::id)
        .limit(BATCH)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    if rows.is_empty() {
        return Ok(Some(0));
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    diesel::update(alerts::table.filter(alerts::id.eq_any(&ids)))
        .set((
            alerts::status.eq("expired"),
            alerts::updated_at.eq(DateTime::<Utc>::from(now)),
        ))
        .execute(conn)
        .await?;
    partitions::note_changes(conn, i32::from(term.partition), &ids).await?;
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
    Ok(Some(rows.len()))
}

/// Notes which assets give prices and which don't, and tells the owner of each alert that fell silent, once; how many
/// there were, `None` where somebody else owns the partition. Run it in a transaction.
pub async fn note_silence(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    term: Term,
    silence: &Silence,
) -> QueryResult<Option<usize>> {
    if !term.is_current(conn).await? {
        return Ok(None);
    }
    speak_again(conn, &silence.alive).await?;
    Ok(Some(fall_silent(conn, outbox, silence).await?))
}

async fn fall_silent(conn: &mut AsyncPgConnection, outbox: &Outbox, silence: &Silence) -> QueryResult<usize> {
    let now = silence.now;
    let ids: Vec<String> = silence.silent.iter().map(ToString::to_string).collect();
    let rows: Vec<AlertRow> = alerts::table
        .filter(alerts::asset_id.eq_any(ids))
        .filter(alerts::status.eq_any(["armed", "cooling"]))
        .filter(alerts::silent_since.is_null())
        .filter(alerts::created_at.lt(DateTime::<Utc>::from(silence.grace)))
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

async fn speak_again(conn: &mut AsyncPgConnection, alive: &[AssetId]) -> QueryResult<usize> {
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
