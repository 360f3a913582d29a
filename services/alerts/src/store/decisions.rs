//! What the evaluator came to, written down in one transaction with how far it has come.

use std::collections::{HashMap, HashSet};

use contracts::events::{AlertFired, AlertNoData, AlertPaused};
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, sql_query,
    sql_types::{Jsonb, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AlertId, AssetId, FiringId, Symbol, Timestamp};
use messaging::{Outbox, leases};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{alerts::AlertRow, assets, partitions, schema::alerts};
use crate::domain::{Changed, Decision, Firing, STORM_FIRES, Status};

/// Everything that is committed at once.
#[derive(Debug)]
pub struct Commit {
    /// The partition of the tick log.
    pub partition: u16,
    /// The evaluator's term.
    pub epoch: i64,
    /// The last offset that was decided on; `None` where only users' changes were.
    pub offset: Option<u64>,
    /// The changes of users that were known.
    pub seen_changes: i64,
    /// The writer's term.
    pub writer_epoch: u64,
    /// What was decided, in order.
    pub decisions: Vec<Decision>,
    /// What alerts remember now.
    pub changed: HashMap<AlertId, Changed>,
    /// The market before the next offset, where it is to be saved.
    pub snapshot: Option<Vec<u8>>,
    /// When it was decided.
    pub evaluated_at: Timestamp,
    /// What was received so much earlier was found late.
    pub late_after_ms: i64,
}

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Committed {
    /// Everything is written down.
    Done(Written),
    /// It was written down before: the answer to an earlier try got lost.
    Before,
    /// Somebody else owns the partition: nothing was written.
    Fenced,
}

/// What of a commit was new. What is about an alert that a user changed or deleted meanwhile is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// The firings: when their tick was received, and whether they were suppressed.
    pub fired: Vec<(Timestamp, bool)>,
    /// How many alerts were paused.
    pub paused: usize,
    /// How many alerts can't be judged any more.
    pub blind: usize,
}

/// The name of a partition's lease.
pub fn lease_name(partition: u16) -> String {
    format!("partition:{partition}")
}

/// Writes a commit down, within the caller's transaction.
pub async fn save(conn: &mut AsyncPgConnection, outbox: &Outbox, commit: &Commit) -> QueryResult<Committed> {
    if !leases::fence(conn, &lease_name(commit.partition), commit.epoch).await? {
        return Ok(Committed::Fenced);
    }
    let rows = lock_concerned(conn, commit).await?;
    let seen = (commit.seen_changes, commit.writer_epoch);
    match commit.offset {
        Some(offset) if !partitions::save_position(conn, commit.partition, offset, seen).await? => {
            return Ok(Committed::Before);
        }
        Some(_) => {}
        None => partitions::save_seen(conn, commit.partition, seen).await?,
    }
    let names = names_of(conn, &rows).await?;
    let mut written = Written::default();
    let fired = save_firings(conn, outbox, (commit, &rows, &names), &mut written).await?;
    save_memories(conn, commit, &rows, &fired).await?;
    tell_others(conn, outbox, (commit, &rows, &names), &mut written).await?;
    if let (Some(snapshot), Some(offset)) = (&commit.snapshot, commit.offset) {
        partitions::save_snapshot(conn, commit.partition, offset + 1, snapshot.clone()).await?;
    }
    Ok(Committed::Done(written))
}

type Rows = HashMap<Uuid, AlertRow>;
type Names = HashMap<String, (Symbol, String)>;

/// The alerts that the commit is about, locked, without those that a user deleted or changed meanwhile.
async fn lock_concerned(conn: &mut AsyncPgConnection, commit: &Commit) -> QueryResult<Rows> {
    let decided = commit.decisions.iter().map(|decision| alert_of(decision).0);
    let ids: HashSet<Uuid> = decided
        .chain(commit.changed.keys().copied())
        .map(AlertId::uuid)
        .collect();
    let mut ids: Vec<Uuid> = ids.into_iter().collect();
    ids.sort_unstable();
    let mut rows = Rows::new();
    for part in ids.chunks(10_000) {
        let found: Vec<AlertRow> = alerts::table
            .filter(alerts::id.eq_any(part))
            .filter(alerts::armed_no.le(commit.seen_changes))
            .filter(alerts::partition_id.eq(i32::from(commit.partition)))
            .filter(alerts::status.eq_any(partitions::ACTIVE))
            .order(alerts::id)
            .for_update()
            .load(conn)
            .await?;
        rows.extend(found.into_iter().map(|row| (row.id, row)));
    }
    Ok(rows)
}

fn alert_of(decision: &Decision) -> (AlertId, u32) {
    match decision {
        Decision::Fired(firing) => (firing.alert, firing.version),
        Decision::Paused { alert, version, .. } | Decision::NoData { alert, version, .. } => (*alert, *version),
    }
}

async fn names_of(conn: &mut AsyncPgConnection, rows: &Rows) -> QueryResult<Names> {
    let ids: HashSet<&String> = rows.values().map(|row| &row.asset_id).collect();
    let ids: Vec<String> = ids.into_iter().cloned().collect();
    if ids.is_empty() {
        return Ok(Names::new());
    }
    let known = assets::of_ids(conn, &ids).await?;
    Ok(known
        .into_iter()
        .filter_map(|row| Some((row.asset_id, (Symbol::parse(&row.symbol).ok()?, row.name))))
        .collect())
}

fn name_of(names: &Names, asset_id: &str) -> (Symbol, String) {
    names
        .get(asset_id)
        .cloned()
        .unwrap_or_else(|| (symbol_from_id(asset_id), asset_id.to_owned()))
}

/// A ticker for an asset that has none here.
pub(super) fn symbol_from_id(asset_id: &str) -> Symbol {
    let short: String = asset_id.chars().take(32).collect();
    #[allow(
        clippy::expect_used,
        reason = "the first characters of an asset id are allowed in a ticker"
    )]
    Symbol::parse(&short).expect("an asset id cut short is a ticker")
}

#[derive(diesel::QueryableByName)]
struct NewFiring {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
}

/// Writes firings down, and tells of those that are new and not suppressed.
async fn save_firings(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    (commit, rows, names): (&Commit, &Rows, &Names),
    written: &mut Written,
) -> QueryResult<HashMap<Uuid, (i64, Timestamp)>> {
    let mut records = Vec::new();
    let mut events: HashMap<Uuid, (AlertFired, bool)> = HashMap::new();
    for decision in &commit.decisions {
        let Decision::Fired(firing) = decision else { continue };
        let Some(row) = rows
            .get(&firing.alert.uuid())
            .filter(|row| row.version.unsigned_abs() == firing.version)
        else {
            continue;
        };
        let event = event_of(firing, row, names, commit);
        records.push(record_of(&event, firing, row));
        events.insert(event.firing_id.uuid(), (event, firing.suppressed));
    }
    if records.is_empty() {
        return Ok(HashMap::new());
    }
    let new: Vec<NewFiring> = sql_query(INSERT_FIRINGS)
        .bind::<Jsonb, _>(Value::Array(records))
        .load(conn)
        .await?;
    let mut fired: HashMap<Uuid, (i64, Timestamp)> = HashMap::new();
    let mut told = Vec::new();
    for row in new {
        let Some((event, is_suppressed)) = events.remove(&row.id) else {
            continue;
        };
        let entry = fired.entry(event.alert_id.uuid()).or_insert((0, event.event_at));
        *entry = (entry.0 + 1, entry.1.max(event.event_at));
        written.fired.push((event.received_at, is_suppressed));
        if !is_suppressed {
            told.push(event);
        }
    }
    told.sort_by_key(|event| (event.event_at, event.firing_id));
    outbox.add_all(conn, &told, commit.evaluated_at, Uuid::now_v7()).await?;
    Ok(fired)
}

const INSERT_FIRINGS: &str = "
INSERT INTO alerts.firings (id, alert_id, alert_version, trigger_key, user_id, asset_id, asset_symbol, condition, previous_price, price,
    previous_value, value, source, event_at, received_at, evaluated_at, late, from_candle_range, suppressed)
SELECT id, alert_id, alert_version, trigger_key, user_id, asset_id, asset_symbol, condition, previous_price, price,
    previous_value, value, source, event_at, received_at, evaluated_at, late, from_candle_range, suppressed
FROM jsonb_to_recordset($1) AS fired (id uuid, alert_id uuid, alert_version integer, trigger_key text, user_id uuid, asset_id text,
    asset_symbol text, condition jsonb, previous_price numeric, price numeric, previous_value double precision, value double precision,
    source text, event_at timestamptz, received_at timestamptz, evaluated_at timestamptz, late boolean, from_candle_range boolean,
    suppressed boolean)
ON CONFLICT (alert_id, alert_version, trigger_key) DO NOTHING
RETURNING id";

fn event_of(firing: &Firing, row: &AlertRow, names: &Names, commit: &Commit) -> AlertFired {
    let (symbol, asset_name) = name_of(names, &row.asset_id);
    let waited_ms = commit.evaluated_at.millis() - firing.received_at.millis();
    AlertFired {
        firing_id: FiringId::new(),
        alert_id: firing.alert,
        alert_version: firing.version,
        user_id: row.owner(),
        trigger_key: firing.key.to_string(),
        asset_id: asset_of(row),
        symbol,
        asset_name,
        condition: row.condition.clone(),
        note: row.note.clone(),
        channels: channels_of(row),
        previous_price: firing.previous,
        price: firing.price,
        source: firing.source,
        event_at: firing.event_at,
        received_at: firing.received_at,
        evaluated_at: commit.evaluated_at,
        late: firing.late || waited_ms > commit.late_after_ms,
        from_candle_range: firing.from_candle_range,
        previous_value: firing.previous_value,
        value: firing.value,
    }
}

fn record_of(event: &AlertFired, firing: &Firing, row: &AlertRow) -> Value {
    json!({
        "id": event.firing_id,
        "alert_id": event.alert_id,
        "alert_version": event.alert_version,
        "trigger_key": event.trigger_key,
        "user_id": event.user_id,
        "asset_id": event.asset_id,
        "asset_symbol": event.symbol,
        "condition": row.condition,
        "previous_price": event.previous_price,
        "price": event.price,
        "previous_value": firing.previous_value,
        "value": firing.value,
        "source": event.source,
        "event_at": event.event_at,
        "received_at": event.received_at,
        "evaluated_at": event.evaluated_at,
        "late": event.late,
        "from_candle_range": event.from_candle_range,
        "suppressed": firing.suppressed,
    })
}

pub(super) fn asset_of(row: &AlertRow) -> AssetId {
    #[allow(clippy::expect_used, reason = "only parsed asset ids are written to the column")]
    AssetId::parse(&row.asset_id).expect("a stored asset id is one")
}

/// Where the owner is told; nowhere but in the list where that can't be read.
pub(super) fn channels_of(row: &AlertRow) -> Vec<String> {
    serde_json::from_value(row.channels.clone())
        .inspect_err(|error| tracing::error!(alert.id = %row.id, %error, "the channels of an alert can't be read"))
        .unwrap_or_default()
}

/// Writes down what alerts remember, how they stand, and how often they fired.
async fn save_memories(
    conn: &mut AsyncPgConnection,
    commit: &Commit,
    rows: &Rows,
    fired: &HashMap<Uuid, (i64, Timestamp)>,
) -> QueryResult<()> {
    let records: Vec<Value> = commit
        .changed
        .iter()
        .filter(|(id, changed)| {
            rows.get(&id.uuid())
                .is_some_and(|row| row.version.unsigned_abs() == changed.version)
        })
        .map(|(id, changed)| {
            let fired = fired.get(&id.uuid());
            json!({
                "id": id,
                "status": changed.memory.status.as_str(),
                "memory": changed.memory,
                "fired": fired.map_or(0, |fired| fired.0),
                "triggered_at": fired.map(|fired| fired.1),
            })
        })
        .collect();
    if records.is_empty() {
        return Ok(());
    }
    sql_query(
        "UPDATE alerts.alerts AS kept
         SET status = new.status, memory = new.memory, fired_count = kept.fired_count + new.fired,
             triggered_at = COALESCE(new.triggered_at, kept.triggered_at), updated_at = $2
         FROM jsonb_to_recordset($1) AS new (id uuid, status text, memory jsonb, fired bigint, triggered_at timestamptz)
         WHERE kept.id = new.id",
    )
    .bind::<Jsonb, _>(Value::Array(records))
    .bind::<Timestamptz, _>(chrono::DateTime::<chrono::Utc>::from(commit.evaluated_at))
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether the owner of an alert was told already that it can't be judged, by its state or by the clock.
fn is_told_of_silence(row: &AlertRow) -> bool {
    row.silent_since.is_some() || row.status == Status::NoData.as_str()
}

/// Tells of alerts that were paused or can't be judged.
async fn tell_others(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    (commit, rows, names): (&Commit, &Rows, &Names),
    written: &mut Written,
) -> QueryResult<()> {
    let (mut paused, mut blind) = (Vec::new(), Vec::new());
    for decision in &commit.decisions {
        let (alert, version) = alert_of(decision);
        let Some(row) = rows
            .get(&alert.uuid())
            .filter(|row| row.version.unsigned_abs() == version)
        else {
            continue;
        };
        let (symbol, _) = name_of(names, &row.asset_id);
        match decision {
            Decision::Paused { at, .. } => paused.push(AlertPaused {
                alert_id: alert,
                user_id: row.owner(),
                asset_id: asset_of(row),
                symbol,
                condition: row.condition.clone(),
                channels: channels_of(row),
                paused_at: *at,
                fires: STORM_FIRES as u32,
            }),
            Decision::NoData { since, .. } if !is_told_of_silence(row) => blind.push(AlertNoData {
                alert_id: alert,
                user_id: row.owner(),
                asset_id: asset_of(row),
                symbol,
                condition: row.condition.clone(),
                channels: channels_of(row),
                since: *since,
            }),
            _ => {}
        }
    }
    (written.paused, written.blind) = (paused.len(), blind.len());
    outbox
        .add_all(conn, &paused, commit.evaluated_at, Uuid::now_v7())
        .await?;
    outbox.add_all(conn, &blind, commit.evaluated_at, Uuid::now_v7()).await
}
