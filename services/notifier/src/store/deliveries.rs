//! Deliveries: planned, claimed by one worker at a time, listed for their owner.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, QueryResult, SelectableHelper,
    dsl::sql,
    sql_types::{Nullable, Timestamptz},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use domain::{Timestamp, UserId};
use uuid::Uuid;

use super::{
    contacts::ContactRow,
    notifications::NotificationRow,
    schema::{contacts, deliveries, delivery_attempts, notifications},
};
use crate::domain::{FloodGuard, Verdict};

/// A delivery.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = deliveries)]
pub struct DeliveryRow {
    /// Its id; the mail's Message-ID and the webhook's id are made of it.
    pub id: Uuid,
    /// To whom.
    pub user_id: Uuid,
    /// What it tells; `None` for mails that auth asked for.
    pub notification_id: Option<Uuid>,
    /// The way.
    pub channel: String,
    /// What has become of it.
    pub state: String,
    /// Counts towards the flood guard.
    pub is_guarded: bool,
    /// The mail at auth.
    pub mail_id: Option<Uuid>,
    /// Another address than the user's.
    pub recipient: Option<String>,
    /// The alert that it is about.
    pub alert_id: Option<Uuid>,
    /// Runs from the request that caused it.
    pub correlation_id: Uuid,
    /// Tries so far.
    pub attempts: i32,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// When the next one is due.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When the last one began.
    pub attempted_at: Option<DateTime<Utc>>,
    /// When it was accepted.
    pub sent_at: Option<DateTime<Utc>>,
    /// The claim.
    pub epoch: i64,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
}

/// A delivery to be written down.
#[derive(Debug, Clone, diesel::Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
pub struct NewDelivery {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub user_id: Uuid,
    /// What it tells.
    pub notification_id: Option<Uuid>,
    /// The way.
    pub channel: &'static str,
    /// `pending` or `suppressed`.
    pub state: &'static str,
    /// Lower goes first.
    pub priority: i16,
    /// Counts towards the flood guard.
    pub is_guarded: bool,
    /// Waits for a digest.
    pub is_held: bool,
    /// The mail at auth.
    pub mail_id: Option<Uuid>,
    /// Another address than the user's.
    pub recipient: Option<String>,
    /// The alert that it is about.
    pub alert_id: Option<Uuid>,
    /// Runs from the request that caused it.
    pub correlation_id: Uuid,
    /// Why it is suppressed.
    pub last_error: Option<String>,
    /// When it is due.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Now.
    pub created_at: DateTime<Utc>,
}

/// One try.
#[derive(Debug, Clone, diesel::Queryable, diesel::Selectable, diesel::Insertable)]
#[diesel(table_name = delivery_attempts, treat_none_as_default_value = false)]
pub struct AttemptRow {
    /// Of which delivery.
    pub delivery_id: Uuid,
    /// Its number, from 1.
    pub attempt: i32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When its outcome was known.
    pub ended_at: DateTime<Utc>,
    /// `sent`, `temporary`, `permanent` or `suppressed`.
    pub outcome: String,
    /// What went wrong.
    pub error: Option<String>,
}

/// Writes deliveries down; a mail that was already asked for is left as it is.
pub async fn insert(conn: &mut AsyncPgConnection, rows: &[NewDelivery]) -> QueryResult<usize> {
    diesel::insert_into(deliveries::table)
        .values(rows)
        .on_conflict(deliveries::mail_id)
        .do_nothing()
        .execute(conn)
        .await
}

/// What a worker asks for.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The channels that it serves.
    pub channels: &'a [&'static str],
    /// The most deliveries that it can take.
    pub limit: i64,
    /// The newest first instead of the oldest: one bystander must not wait behind a storm.
    pub newest_first: bool,
    /// How long nobody else takes them.
    pub lease: Duration,
    /// The flood guard.
    pub guard: FloodGuard,
}

/// Takes due deliveries. What the flood guard holds back is put aside for a digest instead.
pub async fn claim(conn: &mut AsyncPgConnection, claim: Claim<'_>, now: Timestamp) -> QueryResult<Vec<DeliveryRow>> {
    conn.transaction(async |conn: &mut AsyncPgConnection| {
        let mut due = lock_due(conn, claim, now.into()).await?;
        hold_floods(conn, claim.guard, &mut due, now).await?;
        let ids: Vec<Uuid> = due.iter().map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids)))
            .set((
                deliveries::attempts.eq(deliveries::attempts + 1),
                deliveries::attempted_at.eq(DateTime::<Utc>::from(now)),
                deliveries::epoch.eq(deliveries::epoch + 1),
                // The database's clock: workers' clocks may differ, and a paused worker's stands still.
                deliveries::lease_until.eq(
                    sql::<Nullable<Timestamptz>>("clock_timestamp() + make_interval(secs => ")
                        .bind::<diesel::sql_types::Double, _>(claim.lease.as_secs_f64())
                        .sql(")"),
                ),
            ))
            .returning(DeliveryRow::as_returning())
            .get_results(conn)
            .await
    })
    .await
}

async fn lock_due(conn: &mut AsyncPgConnection, claim: Claim<'_>, now: DateTime<Utc>) -> QueryResult<Vec<DeliveryRow>> {
    let is_free = sql::<diesel::sql_types::Bool>("(lease_until IS NULL OR lease_until < clock_timestamp())");
    let due = deliveries::table
        .filter(deliveries::state.eq("pending"))
        .filter(deliveries::is_held.eq(false))
        .filter(deliveries::digest_id.is_null())
        .filter(deliveries::channel.eq_any(claim.channels.to_vec()))
        .filter(deliveries::next_attempt_at.le(now))
        .filter(is_free)
        .select(DeliveryRow::as_select())
        .limit(claim.limit)
        .for_update()
        .skip_locked();
    if claim.newest_first {
        due.order((deliveries::priority, deliveries::next_attempt_at.desc()))
            .load(conn)
            .await
    } else {
        due.order((deliveries::priority, deliveries::next_attempt_at))
            .load(conn)
            .await
    }
}

/// Leaves in `due` what may go out now; puts the rest of a flooded user's deliveries aside.
async fn hold_floods(
    conn: &mut AsyncPgConnection,
    guard: FloodGuard,
    due: &mut Vec<DeliveryRow>,
    now: Timestamp,
) -> QueryResult<()> {
    let mut groups: BTreeMap<(Uuid, String), Vec<Uuid>> = BTreeMap::new();
    for row in due.iter().filter(|row| row.is_guarded) {
        groups
            .entry((row.user_id, row.channel.clone()))
            .or_default()
            .push(row.id);
    }
    if groups.is_empty() {
        return Ok(());
    }
    let users: Vec<Uuid> = groups.keys().map(|(user, _)| *user).collect();
    // Two workers must not count the same user's messages at the same time.
    let _locked: Vec<Uuid> = contacts::table
        .filter(contacts::user_id.eq_any(&users))
        .order(contacts::user_id)
        .select(contacts::user_id)
        .for_no_key_update()
        .load(conn)
        .await?;
    let recent: Vec<(Uuid, String, Option<DateTime<Utc>>)> = deliveries::table
        .filter(deliveries::user_id.eq_any(&users))
        .filter(deliveries::attempted_at.gt(DateTime::<Utc>::from(now.minus(guard.window))))
        .filter(
            deliveries::is_guarded
                .eq(true)
                .or(deliveries::priority.eq(PRIORITY_DIGEST)),
        )
        .select((deliveries::user_id, deliveries::channel, deliveries::attempted_at))
        .load(conn)
        .await?;
    for ((user, channel), ids) in groups {
        let times: Vec<Timestamp> = recent
            .iter()
            .filter(|(of, via, _)| *of == user && *via == channel)
            .filter_map(|(_, _, at)| at.map(Timestamp::from))
            .collect();
        let Verdict::HoldRest { send, until } = guard.judge(&times, ids.len(), now) else {
            continue;
        };
        let kept: Vec<Uuid> = ids.iter().copied().take(send).collect();
        hold(conn, user, &channel, &kept, until, now).await?;
        due.retain(|row| !ids.contains(&row.id) || kept.contains(&row.id));
    }
    Ok(())
}

/// The priority of digests, which are not held again but count.
pub const PRIORITY_DIGEST: i16 = 2;

/// Puts all due deliveries of a user and channel aside, but those `kept`.
async fn hold(
    conn: &mut AsyncPgConnection,
    user: Uuid,
    channel: &str,
    kept: &[Uuid],
    until: Timestamp,
    now: Timestamp,
) -> QueryResult<()> {
    // Rows that another worker holds are left to it; waiting for them could close a circle.
    let rest: Vec<Uuid> = deliveries::table
        .filter(deliveries::user_id.eq(user))
        .filter(deliveries::channel.eq(channel))
        .filter(deliveries::state.eq("pending"))
        .filter(deliveries::is_guarded.eq(true))
        .filter(deliveries::is_held.eq(false))
        .filter(deliveries::digest_id.is_null())
        .filter(deliveries::next_attempt_at.le(DateTime::<Utc>::from(now)))
        .filter(sql::<diesel::sql_types::Bool>(
            "(lease_until IS NULL OR lease_until < clock_timestamp())",
        ))
        .filter(deliveries::id.ne_all(kept.to_vec()))
        .select(deliveries::id)
        .for_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::update(deliveries::table.filter(deliveries::id.eq_any(rest)))
        .set((
            deliveries::is_held.eq(true),
            deliveries::next_attempt_at.eq(DateTime::<Utc>::from(until)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What has to be known to send a delivery.
#[derive(Debug, Clone)]
pub struct Due {
    /// The delivery.
    pub delivery: DeliveryRow,
    /// What it tells.
    pub notification: Option<NotificationRow>,
    /// To whom; `None` while auth's news have not arrived.
    pub contact: Option<ContactRow>,
}

/// Reads a claimed delivery right before it is sent; `None` if the claim is lost or there is nothing to send any more.
pub async fn still_due(conn: &mut AsyncPgConnection, id: Uuid, epoch: i64) -> QueryResult<Option<Due>> {
    let row: Option<(DeliveryRow, Option<NotificationRow>, Option<ContactRow>)> = deliveries::table
        .left_join(
            notifications::table
                .on(diesel::NullableExpressionMethods::nullable(notifications::id).eq(deliveries::notification_id)),
        )
        .left_join(contacts::table.on(contacts::user_id.eq(deliveries::user_id)))
        .filter(deliveries::id.eq(id))
        .filter(deliveries::epoch.eq(epoch))
        .filter(deliveries::state.eq("pending"))
        .filter(sql::<diesel::sql_types::Bool>(
            "deliveries.lease_until > clock_timestamp()",
        ))
        .select((
            DeliveryRow::as_select(),
            Option::<NotificationRow>::as_select(),
            Option::<ContactRow>::as_select(),
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(delivery, notification, contact)| Due {
        delivery,
        notification,
        contact,
    }))
}

/// All deliveries of a user behind an id, for the export.
pub async fn of_user(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: Uuid,
    limit: i64,
) -> QueryResult<Vec<DeliveryRow>> {
    deliveries::table
        .filter(deliveries::user_id.eq(user.uuid()))
        .filter(deliveries::id.gt(after))
        .select(DeliveryRow::as_select())
        .order(deliveries::id)
        .limit(limit)
        .load(conn)
        .await
}

/// How many deliveries wait, by channel.
pub async fn count_pending(conn: &mut AsyncPgConnection) -> QueryResult<Vec<(String, i64)>> {
    deliveries::table
        .filter(deliveries::state.eq("pending"))
        .group_by(deliveries::channel)
        .select((deliveries::channel, diesel::dsl::count_star()))
        .load(conn)
        .await
}

/// Deletes old mails of accounts, which belong to no notification, a bounded number at a time; says how many went.
pub async fn delete_older(conn: &mut AsyncPgConnection, before: DateTime<Utc>) -> QueryResult<usize> {
    let old: Vec<Uuid> = deliveries::table
        .filter(deliveries::created_at.lt(before))
        .filter(deliveries::notification_id.is_null())
        .order(deliveries::created_at)
        .limit(1_000)
        .select(deliveries::id)
        .load(conn)
        .await?;
    diesel::delete(deliveries::table.filter(deliveries::id.eq_any(old)))
        .execute(conn)
        .await
}

/// How many deliveries made since then stand how, by channel and state.
pub async fn count_since(
    conn: &mut AsyncPgConnection,
    since: DateTime<Utc>,
) -> QueryResult<Vec<(String, String, i64)>> {
    deliveries::table
        .filter(deliveries::created_at.gt(since))
        .group_by((deliveries::channel, deliveries::state))
        .order((deliveries::channel, deliveries::state))
        .select((deliveries::channel, deliveries::state, diesel::dsl::count_star()))
        .load(conn)
        .await
}
