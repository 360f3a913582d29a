use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, insert_into};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use messaging::{LogStart, positions};
use uuid::Uuid;

use super::{
    alerts::AlertRow,
    schema::{alerts, changes, partitions},
};

/// The name of this service's evaluator among the readers of the tick log.
pub const READER: &str = "alerts";
/// The standings in which an alert is watched.
pub const ACTIVE: [&str; 3] = ["armed", "cooling", "no_data"];

/// Makes sure that a partition has its row.
pub async fn prepare(conn: &mut AsyncPgConnection, partition: u16) -> QueryResult<()> {
    let row = partitions::partition_id.eq(i32::from(partition));
    insert_into(partitions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// The number of the next change of a partition. Whoever takes one holds the partition until the transaction ends.
pub async fn next_change(conn: &mut AsyncPgConnection, partition: i32) -> QueryResult<i64> {
    insert_into(partitions::table)
        .values((partitions::partition_id.eq(partition), partitions::changes.eq(1)))
        .on_conflict(partitions::partition_id)
        .do_update()
        .set(partitions::changes.eq(partitions::changes + 1))
        .returning(partitions::changes)
        .get_result(conn)
        .await
}

/// Notes a change of an alert, and gives its number.
pub async fn note_change(conn: &mut AsyncPgConnection, partition: i32, alert: Uuid) -> QueryResult<i64> {
    note_changes(conn, partition, &[alert]).await
}

/// Notes a change of several alerts under one number.
pub async fn note_changes(conn: &mut AsyncPgConnection, partition: i32, alerts: &[Uuid]) -> QueryResult<i64> {
    let change_no = next_change(conn, partition).await?;
    for part in alerts.chunks(10_000) {
        let rows: Vec<_> = part
            .iter()
            .map(|alert| {
                (
                    changes::partition_id.eq(partition),
                    changes::change_no.eq(change_no),
                    changes::alert_id.eq(*alert),
                )
            })
            .collect();
        insert_into(changes::table).values(rows).execute(conn).await?;
    }
    Ok(change_no)
}

/// How many changes of a partition are committed.
pub async fn change_count(conn: &mut AsyncPgConnection, partition: i32) -> QueryResult<i64> {
    partitions::table
        .find(partition)
        .select(partitions::changes)
        .first(conn)
        .await
}

/// What users changed behind number `seen`: the count that includes it, the alerts, and those of them that still exist.
pub async fn changed_since(
    conn: &mut AsyncPgConnection,
    partition: i32,
    seen: i64,
) -> QueryResult<(i64, Vec<Uuid>, Vec<AlertRow>)> {
    let changed: Vec<(i64, Uuid)> = changes::table
        .filter(changes::partition_id.eq(partition))
        .filter(changes::change_no.gt(seen))
        .select((changes::change_no, changes::alert_id))
        .load(conn)
        .await?;
    let newest = changed.iter().map(|(change_no, _)| *change_no).max().unwrap_or(seen);
    let mut ids: Vec<Uuid> = changed.into_iter().map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows = Vec::new();
    for part in ids.chunks(5_000) {
        let found: Vec<AlertRow> = alerts::table
            .filter(alerts::id.eq_any(part))
            .filter(alerts::partition_id.eq(partition))
            .filter(alerts::status.eq_any(ACTIVE))
            .load(conn)
            .await?;
        rows.extend(found);
    }
    Ok((newest, ids, rows))
}

/// Where a partition's evaluator stood when it saved last.
#[derive(Debug)]
pub struct Standing {
    /// The next offset that nobody has decided on; `None` if none ever was.
    pub next_offset: Option<u64>,
    /// The changes known then.
    pub seen_changes: i64,
    /// The writer's term known then.
    pub writer_epoch: u64,
    /// The market as it was seen before an offset, as JSON.
    pub snapshot: Option<(u64, Vec<u8>)>,
}

/// Where to go on.
pub async fn standing(conn: &mut AsyncPgConnection, partition: u16) -> QueryResult<Standing> {
    let row: (i64, i64, Option<i64>, Option<Vec<u8>>) = partitions::table
        .find(i32::from(partition))
        .select((
            partitions::seen_changes,
            partitions::writer_epoch,
            partitions::snapshot_offset,
            partitions::snapshot,
        ))
        .first(conn)
        .await?;
    let next_offset = match positions::load(conn, READER, partition).await? {
        Some(LogStart::Offset(offset)) => Some(offset),
        _ => None,
    };
    Ok(Standing {
        next_offset,
        seen_changes: row.0,
        writer_epoch: row.1.unsigned_abs(),
        snapshot: row.2.map(i64::unsigned_abs).zip(row.3),
    })
}

/// The alerts of a partition that are watched, and how many changes they include. Run it in a transaction: nobody
/// changes the partition until its end.
pub async fn watched(conn: &mut AsyncPgConnection, partition: i32) -> QueryResult<(i64, Vec<AlertRow>)> {
    let changes = partitions::table
        .find(partition)
        .select(partitions::changes)
        .for_update()
        .first(conn)
        .await?;
    let rows = alerts::table
        .filter(alerts::partition_id.eq(partition))
        .filter(alerts::status.eq_any(ACTIVE))
        .load(conn)
        .await?;
    Ok((changes, rows))
}

/// Saves how far a partition was decided. `false` if that, or more, was saved already.
pub async fn save_position(
    conn: &mut AsyncPgConnection,
    partition: u16,
    offset: u64,
    seen: (i64, u64),
) -> QueryResult<bool> {
    // The row lock makes a repeated commit wait for the first one's fate.
    let id = i32::from(partition);
    let found: Option<i64> = partitions::table
        .find(id)
        .select(partitions::seen_changes)
        .for_update()
        .first(conn)
        .await
        .optional()?;
    if found.is_none() {
        return Ok(false);
    }
    if let Some(LogStart::Offset(next)) = positions::load(conn, READER, partition).await?
        && next > offset
    {
        return Ok(false);
    }
    positions::save(conn, READER, partition, offset).await?;
    save_seen(conn, partition, seen).await?;
    Ok(true)
}

/// Saves which changes of users and which writer's term were known.
pub async fn save_seen(conn: &mut AsyncPgConnection, partition: u16, seen: (i64, u64)) -> QueryResult<()> {
    let epoch = i64::try_from(seen.1).unwrap_or(i64::MAX);
    diesel::update(partitions::table.find(i32::from(partition)))
        .set((partitions::seen_changes.eq(seen.0), partitions::writer_epoch.eq(epoch)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Saves the market as it was seen before `next_offset`.
pub async fn save_snapshot(
    conn: &mut AsyncPgConnection,
    partition: u16,
    next_offset: u64,
    snapshot: Vec<u8>,
) -> QueryResult<()> {
    let offset = i64::try_from(next_offset).unwrap_or(i64::MAX);
    diesel::update(partitions::table.find(i32::from(partition)))
        .set((
            partitions::snapshot_offset.eq(offset),
            partitions::snapshot.eq(snapshot),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets the changes that the evaluator has saved as seen.
pub async fn prune_changes(conn: &mut AsyncPgConnection) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM alerts.changes USING alerts.partitions AS saved
         WHERE changes.partition_id = saved.partition_id AND changes.change_no <= saved.seen_changes",
    )
    .execute(conn)
    .await
}
