//! What the owner of a partition has heard of the tick log. Saved with its position.

use std::collections::HashMap;

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, insert_into};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::AssetId;
use messaging::SequenceFilter;

use super::schema::heard;
use crate::error::Error;

/// What was heard up to the saved position; nothing where none was saved.
pub async fn load(conn: &mut AsyncPgConnection, partition: u16) -> Result<SequenceFilter, Error> {
    let row: Option<(i64, serde_json::Value)> = heard::table
        .find(i32::from(partition))
        .select((heard::writer_epoch, heard::last_seq))
        .first(conn)
        .await
        .optional()?;
    let Some((epoch, last_seq)) = row else {
        return Ok(SequenceFilter::default());
    };
    let last_seq: HashMap<AssetId, u64> =
        serde_json::from_value(last_seq).map_err(Error::stored("what was heard of the tick log"))?;
    Ok(SequenceFilter::resume(epoch.unsigned_abs(), last_seq))
}

/// Saves what was heard up to the position that is saved in the same transaction.
pub async fn save(conn: &mut AsyncPgConnection, partition: u16, filter: &SequenceFilter) -> Result<(), Error> {
    let epoch = i64::try_from(filter.epoch()).unwrap_or(i64::MAX);
    let last_seq = serde_json::to_value(filter.last_seqs()).map_err(Error::stored("what was heard of the tick log"))?;
    insert_into(heard::table)
        .values((
            heard::partition_id.eq(i32::from(partition)),
            heard::writer_epoch.eq(epoch),
            heard::last_seq.eq(&last_seq),
        ))
        .on_conflict(heard::partition_id)
        .do_update()
        .set((heard::writer_epoch.eq(epoch), heard::last_seq.eq(&last_seq)))
        .execute(conn)
        .await?;
    Ok(())
}
