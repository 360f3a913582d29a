//! Users whose account is gone.

use aws_lc_rs::digest;
use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, dsl::exists, insert_into, select};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;

use super::schema::forgotten_users;

fn hash(user: UserId) -> Vec<u8> {
    digest::digest(&digest::SHA256, user.uuid().as_bytes())
        .as_ref()
        .to_vec()
}

/// Whether the user's account is gone.
pub async fn contains(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<bool> {
    select(exists(forgotten_users::table.find(hash(user))))
        .get_result(conn)
        .await
}

/// Notes that the user's account is gone.
pub async fn insert(conn: &mut AsyncPgConnection, user: UserId, at: DateTime<Utc>) -> QueryResult<()> {
    insert_into(forgotten_users::table)
        .values((
            forgotten_users::user_hash.eq(hash(user)),
            forgotten_users::forgotten_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}
