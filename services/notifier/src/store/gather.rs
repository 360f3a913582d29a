//! Makes digests of what was put aside.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::{Timestamp, UserId};
use uuid::Uuid;

use super::{
    contacts,
    deliveries::{NewDelivery, PRIORITY_DIGEST, insert},
    notifications::{self, NotificationRow},
    schema::deliveries,
};
use crate::domain::{Channel, DeliveryState, Draft};

/// A user and a channel with deliveries whose time has come.
pub type Group = (Uuid, String);

/// The groups that are due, the oldest first.
pub async fn due_groups(conn: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<Vec<Group>> {
    deliveries::table
        .filter(deliveries::state.eq(DeliveryState::Pending.as_str()))
        .filter(deliveries::is_held.eq(true))
        .filter(deliveries::next_attempt_at.le(DateTime::<Utc>::from(now)))
        .group_by((deliveries::user_id, deliveries::channel))
        .order(diesel::dsl::min(deliveries::next_attempt_at))
        .select((deliveries::user_id, deliveries::channel))
        .limit(500)
        .load(conn)
        .await
}

/// Gathers a group into one digest; a single delivery goes out as itself. Says how many were gathered.
pub async fn gather(conn: &mut AsyncPgConnection, group: &Group, now: Timestamp) -> QueryResult<usize> {
    conn.transaction(async |conn: &mut AsyncPgConnection| {
        let (user, channel) = group;
        let held: Vec<Uuid> = deliveries::table
            .filter(deliveries::user_id.eq(user))
            .filter(deliveries::channel.eq(channel))
            .filter(deliveries::state.eq(DeliveryState::Pending.as_str()))
            .filter(deliveries::is_held.eq(true))
            .filter(deliveries::next_attempt_at.le(DateTime::<Utc>::from(now)))
            .order((deliveries::next_attempt_at, deliveries::id))
            .select(deliveries::id)
            .limit(20_000)
            .for_update()
            .skip_locked()
            .load(conn)
            .await?;
        let digest = match (held.len(), channel.parse::<Channel>()) {
            (0, _) | (_, Err(_)) => return Ok(0),
            (1, _) => None,
            (count, Ok(channel)) => Some(new_digest(conn, UserId::from(*user), channel, count, now).await?),
        };
        diesel::update(deliveries::table.filter(deliveries::id.eq_any(&held)))
            .set((deliveries::is_held.eq(false), deliveries::digest_id.eq(digest)))
            .execute(conn)
            .await?;
        Ok(held.len())
    })
    .await
}

async fn new_digest(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: Channel,
    count: usize,
    now: Timestamp,
) -> QueryResult<Uuid> {
    let locale = contacts::find(conn, user)
        .await?
        .map(|contact| contact.locale())
        .unwrap_or_default();
    let draft = Draft::digest(count, locale);
    let correlation_id = Uuid::now_v7();
    let notification = NotificationRow {
        id: Uuid::now_v7(),
        user_id: user.uuid(),
        kind: draft.kind.as_str().to_owned(),
        title: draft.title,
        message: draft.message,
        data: draft.data,
        // Its items already stand in the list, one by one.
        in_app: false,
        event_id: None,
        correlation_id,
        created_at: now.into(),
        read_at: None,
    };
    notifications::insert(conn, &notification).await?;
    let delivery = NewDelivery {
        id: Uuid::now_v7(),
        user_id: user.uuid(),
        notification_id: Some(notification.id),
        channel: channel.as_str(),
        state: DeliveryState::Pending.as_str(),
        priority: PRIORITY_DIGEST,
        is_guarded: false,
        is_held: false,
        mail_id: None,
        recipient: None,
        alert_id: None,
        correlation_id,
        last_error: None,
        next_attempt_at: Some(now.into()),
        created_at: now.into(),
    };
    insert(conn, std::slice::from_ref(&delivery)).await?;
    Ok(delivery.id)
}
