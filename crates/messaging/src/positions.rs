//! How far a deciding reader of the tick log has come. Saved in the transaction that saves its decisions.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, dsl::now, insert_into};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    LogStart,
    store::{Prepared, log_positions},
};

/// Where `reader` goes on in `partition`; `None` if it never read it.
pub async fn load(conn: &mut AsyncPgConnection, reader: &str, partition: u16) -> QueryResult<Option<LogStart>> {
    let next: Option<i64> = log_positions::table
        .find((reader, i32::from(partition)))
        .select(log_positions::next_offset)
        .first(conn)
        .await
        .optional()?;
    Ok(next.map(|offset| LogStart::Offset(offset.unsigned_abs())))
}

/// Notes that `reader` has decided on everything up to and including `offset` of `partition`.
pub async fn save(conn: &mut AsyncPgConnection, reader: &str, partition: u16, offset: u64) -> QueryResult<()> {
    let next = i64::try_from(offset).unwrap_or(i64::MAX - 1) + 1;
    let saving = insert_into(log_positions::table)
        .values((
            log_positions::reader.eq(reader),
            log_positions::partition_id.eq(i32::from(partition)),
            log_positions::next_offset.eq(next),
        ))
        .on_conflict((log_positions::reader, log_positions::partition_id))
        .do_update()
        .set((log_positions::next_offset.eq(next), log_positions::updated_at.eq(now)));
    Prepared(saving).execute(conn).await?;
    Ok(())
}
