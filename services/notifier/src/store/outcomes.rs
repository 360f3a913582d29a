//! What became of a try, written down by whoever still holds the claim.

use chrono::{DateTime, Utc};
use contracts::events::NotificationSent;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::Timestamp;
use messaging::Outbox;
use uuid::Uuid;

use super::{
    deliveries::{AttemptRow, DeliveryRow},
    notifications::{self as messages, NotificationRow},
    schema::{deliveries, delivery_attempts, notifications},
};
use crate::domain::{DeliveryState, Kind};

/// What a delivery becomes after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Accepted.
    Sent,
    /// To be tried again then.
    Again(Timestamp),
    /// Given up.
    Failed,
    /// Decided not to send it.
    Suppressed,
    /// Put off without a try.
    Postponed(Timestamp),
}

/// A try that is over.
#[derive(Debug, Clone)]
pub struct Ended {
    /// When it began.
    pub started_at: Timestamp,
    /// When its outcome was known.
    pub ended_at: Timestamp,
    /// What follows.
    pub next: Next,
    /// What went wrong, for the user.
    pub error: Option<String>,
}

/// Writes an outcome down, for a digest also on what it gathers. `false` if the claim was lost meanwhile.
pub async fn record(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    delivery: &DeliveryRow,
    ended: &Ended,
) -> QueryResult<bool> {
    conn.transaction(async |conn: &mut AsyncPgConnection| {
        if !update(conn, delivery, ended).await? {
            return Ok(false);
        }
        let outcome = match &ended.next {
            Next::Postponed(_) => return Ok(true),
            Next::Sent => "sent",
            Next::Again(_) => "temporary",
            Next::Failed => "permanent",
            Next::Suppressed => "suppressed",
        };
        let attempt = AttemptRow {
            delivery_id: delivery.id,
            attempt: delivery.attempts,
            started_at: ended.started_at.into(),
            ended_at: ended.ended_at.into(),
            outcome: outcome.to_owned(),
            error: ended.error.clone(),
        };
        // A crash between two tries may have used this number already; the newer outcome is the true one.
        diesel::insert_into(delivery_attempts::table)
            .values(&attempt)
            .on_conflict((delivery_attempts::delivery_id, delivery_attempts::attempt))
            .do_nothing()
            .execute(conn)
            .await?;
        settle_gathered(conn, delivery.id, ended).await?;
        if ended.next == Next::Sent {
            tell_sent(conn, outbox, delivery, ended.ended_at).await?;
        }
        Ok(true)
    })
    .await
}

async fn update(conn: &mut AsyncPgConnection, delivery: &DeliveryRow, ended: &Ended) -> QueryResult<bool> {
    let (state, next_attempt_at) = match ended.next {
        Next::Sent => (DeliveryState::Sent, None),
        Next::Again(at) | Next::Postponed(at) => (DeliveryState::Pending, Some(DateTime::<Utc>::from(at))),
        Next::Failed => (DeliveryState::Failed, None),
        Next::Suppressed => (DeliveryState::Suppressed, None),
    };
    let attempts = if matches!(ended.next, Next::Postponed(_) | Next::Suppressed) {
        delivery.attempts - 1
    } else {
        delivery.attempts
    };
    let claimed = deliveries::table
        .find(delivery.id)
        .filter(deliveries::epoch.eq(delivery.epoch))
        .filter(deliveries::state.eq(DeliveryState::Pending.as_str()));
    let updated = diesel::update(claimed)
        .set((
            deliveries::state.eq(state.as_str()),
            deliveries::next_attempt_at.eq(next_attempt_at),
            deliveries::attempts.eq(attempts),
            deliveries::last_error.eq(&ended.error),
            deliveries::sent_at.eq((ended.next == Next::Sent).then(|| DateTime::<Utc>::from(ended.ended_at))),
            deliveries::lease_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(updated == 1)
}

async fn settle_gathered(conn: &mut AsyncPgConnection, digest: Uuid, ended: &Ended) -> QueryResult<()> {
    let state = match ended.next {
        Next::Sent => DeliveryState::Sent,
        Next::Failed => DeliveryState::Failed,
        Next::Suppressed => DeliveryState::Suppressed,
        Next::Again(_) | Next::Postponed(_) => return Ok(()),
    };
    diesel::update(deliveries::table.filter(deliveries::digest_id.eq(digest)))
        .set((
            deliveries::state.eq(state.as_str()),
            deliveries::next_attempt_at.eq(None::<DateTime<Utc>>),
            deliveries::attempts.eq(1),
            deliveries::last_error.eq(&ended.error),
            deliveries::attempted_at.eq(DateTime::<Utc>::from(ended.started_at)),
            deliveries::sent_at.eq((state == DeliveryState::Sent).then(|| DateTime::<Utc>::from(ended.ended_at))),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Tells of firings that went out and stand in no list, alone or in a digest. Those in a list were told of as they came.
async fn tell_sent(
    conn: &mut AsyncPgConnection,
    outbox: &Outbox,
    delivery: &DeliveryRow,
    sent_at: Timestamp,
) -> QueryResult<()> {
    let Some(id) = delivery.notification_id else {
        return Ok(());
    };
    let own: Option<NotificationRow> = notifications::table
        .find(id)
        .select(NotificationRow::as_select())
        .first(conn)
        .await
        .optional()?;
    let rows = match own {
        Some(digest) if digest.kind == Kind::Digest.as_str() => messages::of_digest(conn, delivery.id).await?,
        own => own.into_iter().collect(),
    };
    let facts: Vec<NotificationSent> = rows
        .into_iter()
        .filter(|row| !row.in_app && row.kind == Kind::AlertFired.as_str())
        .map(|row| NotificationSent {
            notification_id: row.id.into(),
            user_id: row.user_id.into(),
            kind: row.kind,
            data: row.data,
            channel: delivery.channel.clone(),
            sent_at,
        })
        .collect();
    if facts.is_empty() {
        return Ok(());
    }
    outbox.add_all(conn, &facts, sent_at, delivery.correlation_id).await
}

/// Ends the pending deliveries of alerts that no longer exist.
pub async fn suppress_alerts(conn: &mut AsyncPgConnection, alerts: &[Uuid], reason: &str) -> QueryResult<usize> {
    let pending = deliveries::table
        .filter(deliveries::alert_id.eq_any(alerts.to_vec()))
        .filter(deliveries::state.eq(DeliveryState::Pending.as_str()));
    diesel::update(pending)
        .set((
            deliveries::state.eq(DeliveryState::Suppressed.as_str()),
            deliveries::last_error.eq(reason),
            deliveries::next_attempt_at.eq(None::<DateTime<Utc>>),
            deliveries::is_held.eq(false),
            deliveries::digest_id.eq(None::<Uuid>),
        ))
        .execute(conn)
        .await
}
