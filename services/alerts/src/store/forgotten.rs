use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, dsl::exists, insert_into, select};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{Timestamp, UserId};

use super::{
    alerts::take_turn,
    schema::{alerts, firings, forgotten_users},
};

fn hash(user: UserId) -> Vec<u8> {
    digest(&SHA256, user.uuid().as_bytes()).as_ref().to_vec()
}

/// Whether the user's account is gone.
pub async fn is_forgotten(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<bool> {
    select(exists(forgotten_users::table.find(hash(user))))
        .get_result(conn)
        .await
}

/// Deletes everything of a user, and remembers that there is nobody any more.
pub async fn forget(conn: &mut AsyncPgConnection, user: UserId, now: Timestamp) -> QueryResult<()> {
    take_turn(conn, user).await?;
    insert_into(forgotten_users::table)
        .values((
            forgotten_users::user_hash.eq(hash(user)),
            forgotten_users::forgotten_at.eq(DateTime::<Utc>::from(now)),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let gone: Vec<(uuid::Uuid, i32)> = diesel::delete(alerts::table.filter(alerts::user_id.eq(user.uuid())))
        .returning((alerts::id, alerts::partition_id))
        .get_results(conn)
        .await?;
    diesel::delete(firings::table.filter(firings::user_id.eq(user.uuid())))
        .execute(conn)
        .await?;
    let mut partitions: Vec<i32> = gone.iter().map(|(_, partition)| *partition).collect();
    partitions.sort_unstable();
    partitions.dedup();
    for partition in partitions {
        let ids: Vec<uuid::Uuid> = gone
            .iter()
            .filter(|(_, of)| *of == partition)
            .map(|(id, _)| *id)
            .collect();
        super::partitions::note_changes(conn, partition, &ids).await?;
    }
    Ok(())
}
