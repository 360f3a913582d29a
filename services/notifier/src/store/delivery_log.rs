//! Deliveries as their owner reads them, each with its tries.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl, QueryResult,
    SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::UserId;
use uuid::Uuid;

use super::{
    deliveries::{AttemptRow, DeliveryRow},
    notifications::Position,
    schema::{deliveries, delivery_attempts, notifications},
};
use crate::domain::{Channel, DeliveryState};

/// Which part of the log.
#[derive(Debug, Clone, Copy)]
pub struct LogFilter {
    /// Of one channel.
    pub channel: Option<Channel>,
    /// Those that stand so.
    pub state: Option<DeliveryState>,
    /// Older than this one.
    pub after: Option<Position>,
    /// The most rows.
    pub limit: i64,
}

/// An entry of the log.
#[derive(Debug, Clone)]
pub struct LoggedDelivery {
    /// The delivery.
    pub delivery: DeliveryRow,
    /// Its tries, in order.
    pub attempts: Vec<AttemptRow>,
    /// The kind and the title of what it tells; `None` for mails of the account.
    pub about: Option<(String, String)>,
}

/// A user's deliveries, newest first, whether or not what they tell stands in the list.
pub async fn list(conn: &mut AsyncPgConnection, user: UserId, filter: LogFilter) -> QueryResult<Vec<LoggedDelivery>> {
    // So that a delivery and its tries are seen at the same moment.
    let mut snapshot = conn.build_transaction().repeatable_read().read_only();
    snapshot
        .run(async |conn| {
            let rows = rows(conn, user, filter).await?;
            let ids = rows.iter().map(|(row, _)| row.id).collect();
            let mut attempts = attempts_of(conn, ids).await?;
            let logged = rows.into_iter().map(|(delivery, about)| LoggedDelivery {
                attempts: attempts.remove(&delivery.id).unwrap_or_default(),
                delivery,
                about,
            });
            Ok(logged.collect())
        })
        .await
}

async fn rows(
    conn: &mut AsyncPgConnection,
    user: UserId,
    filter: LogFilter,
) -> QueryResult<Vec<(DeliveryRow, Option<(String, String)>)>> {
    let mut query = deliveries::table
        .left_join(notifications::table.on(notifications::id.nullable().eq(deliveries::notification_id)))
        .filter(deliveries::user_id.eq(user.uuid()))
        .select((
            DeliveryRow::as_select(),
            (notifications::kind, notifications::title).nullable(),
        ))
        .order((deliveries::created_at.desc(), deliveries::id.desc()))
        .limit(filter.limit)
        .into_boxed();
    if let Some(channel) = filter.channel {
        query = query.filter(deliveries::channel.eq(channel.as_str()));
    }
    if let Some(state) = filter.state {
        query = query.filter(deliveries::state.eq(state.as_str()));
    }
    if let Some((at, id)) = filter.after {
        query = query.filter(
            deliveries::created_at
                .lt(at)
                .or(deliveries::created_at.eq(at).and(deliveries::id.lt(id))),
        );
    }
    query.load(conn).await
}

async fn attempts_of(conn: &mut AsyncPgConnection, ids: Vec<Uuid>) -> QueryResult<HashMap<Uuid, Vec<AttemptRow>>> {
    let rows: Vec<AttemptRow> = delivery_attempts::table
        .filter(delivery_attempts::delivery_id.eq_any(ids))
        .select(AttemptRow::as_select())
        .order((delivery_attempts::delivery_id, delivery_attempts::attempt))
        .load(conn)
        .await?;
    let mut found: HashMap<Uuid, Vec<AttemptRow>> = HashMap::new();
    for row in rows {
        found.entry(row.delivery_id).or_default().push(row);
    }
    Ok(found)
}

/// A notification's deliveries in the order in which they were planned, each with its tries.
///
/// One statement, so that a delivery and its tries are seen at the same moment.
pub async fn of_notification(
    conn: &mut AsyncPgConnection,
    notification: Uuid,
) -> QueryResult<Vec<(DeliveryRow, Vec<AttemptRow>)>> {
    let rows: Vec<(DeliveryRow, Option<AttemptRow>)> = deliveries::table
        .left_join(delivery_attempts::table.on(delivery_attempts::delivery_id.eq(deliveries::id)))
        .filter(deliveries::notification_id.eq(notification))
        .select((DeliveryRow::as_select(), Option::<AttemptRow>::as_select()))
        .order((deliveries::created_at, deliveries::id, delivery_attempts::attempt))
        .limit(1_000)
        .load(conn)
        .await?;
    let mut found: Vec<(DeliveryRow, Vec<AttemptRow>)> = Vec::new();
    for (delivery, attempt) in rows {
        match found.last_mut() {
            Some((last, attempts)) if last.id == delivery.id => attempts.extend(attempt),
            _ => found.push((delivery, attempt.into_iter().collect())),
        }
    }
    Ok(found)
}
