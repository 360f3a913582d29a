//! Writes a notification down with everything that follows from it, in the caller's transaction.

use std::sync::PoisonError;

use contracts::{AnyEvent, events::NotificationCreated};
use diesel_async::AsyncPgConnection;
use domain::{AlertId, NotificationId, Timestamp, UserId};
use messaging::{Failure, Reception};
use uuid::Uuid;

use super::Facts;
use crate::{
    domain::{Channel, DeliveryState, Draft, Fate, Kind, Locale, Planned, plan},
    error::Error,
    state::State,
    store::{
        contacts,
        deliveries::{self, NewDelivery},
        notifications::{self, NotificationRow},
        preferences,
    },
};

/// Whom a fact concerns, and how that person wants to hear of it.
pub(crate) struct Subject {
    pub user: UserId,
    pub alert: Option<AlertId>,
    /// The channels that an alert names; `None` for all that are switched on.
    pub wanted: Option<Vec<Channel>>,
    /// Another address than the user's present one.
    pub recipient: Option<String>,
}

impl Subject {
    pub(crate) fn user(user: UserId) -> Self {
        Self {
            user,
            alert: None,
            wanted: None,
            recipient: None,
        }
    }

    pub(super) fn alert(user: UserId, alert: AlertId, wanted: Vec<Channel>) -> Self {
        Self {
            alert: Some(alert),
            wanted: Some(wanted),
            ..Self::user(user)
        }
    }
}

/// The channels that this release knows; a newer one's are left out.
pub(super) fn channels_of(names: &[String]) -> Vec<Channel> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

impl Facts {
    /// Tells a fact. Does nothing if this fact was told before, or the user is gone.
    pub(super) async fn tell(
        &self,
        conn: &mut AsyncPgConnection,
        event: &AnyEvent,
        subject: &Subject,
        draft: impl Fn(Locale) -> Draft,
    ) -> Result<Reception, Failure> {
        let written = write_down(
            &self.state,
            conn,
            subject,
            Some(event.id.uuid()),
            event.correlation_id,
            draft,
        )
        .await?;
        if let Some(written) = written {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            made.entry(event.id).or_default().push(written.kind);
        }
        Ok(Reception::Done)
    }
}

/// A notification that was written down, to be counted once it is committed.
pub(crate) struct Written {
    pub row: NotificationRow,
    pub kind: Kind,
}

/// Writes down a notification, its deliveries and the news of it. `None` if the user is gone, or this fact was told before.
pub(crate) async fn write_down(
    state: &State,
    conn: &mut AsyncPgConnection,
    subject: &Subject,
    event_id: Option<Uuid>,
    correlation_id: Uuid,
    draft: impl Fn(Locale) -> Draft,
) -> Result<Option<Written>, Error> {
    let contact = contacts::hold(conn, subject.user).await?;
    if contact.as_ref().is_some_and(|contact| contact.is_deleted()) {
        return Ok(None);
    }
    let now = state.now();
    let draft = draft(contact.as_ref().map(|contact| contact.locale()).unwrap_or_default());
    let settings = preferences::find(conn, &state.sealer, subject.user).await?;
    let recipient = contact.as_ref().map(|contact| contact.recipient());
    let plan = plan(
        draft.kind,
        subject.wanted.as_deref(),
        &settings,
        recipient.as_ref(),
        now,
    );
    let row = NotificationRow {
        id: NotificationId::new().uuid(),
        user_id: subject.user.uuid(),
        kind: draft.kind.as_str().to_owned(),
        title: draft.title,
        message: draft.message,
        data: draft.data,
        in_app: plan.in_app,
        event_id,
        correlation_id,
        created_at: now.into(),
        read_at: None,
    };
    if !notifications::insert(conn, &row).await? {
        return Ok(None);
    }
    let planned: Vec<NewDelivery> = plan
        .deliveries
        .iter()
        .map(|planned| delivery(&row, draft.kind, subject, planned, now))
        .collect();
    if !planned.is_empty() {
        deliveries::insert(conn, &planned).await?;
    }
    if plan.in_app {
        announce(state, conn, &row).await?;
    }
    Ok(Some(Written { row, kind: draft.kind }))
}

async fn announce(state: &State, conn: &mut AsyncPgConnection, row: &NotificationRow) -> Result<(), Error> {
    let user = UserId::from(row.user_id);
    let unread = notifications::count_unread(conn, user).await?;
    let fact = NotificationCreated {
        notification_id: row.id.into(),
        user_id: user,
        kind: row.kind.clone(),
        title: row.title.clone(),
        message: row.message.clone(),
        data: row.data.clone(),
        created_at: row.created_at.into(),
        unread: unread.unsigned_abs(),
    };
    state
        .outbox
        .add(conn, &fact, row.created_at.into(), row.correlation_id)
        .await?;
    Ok(())
}

fn delivery(row: &NotificationRow, kind: Kind, subject: &Subject, planned: &Planned, now: Timestamp) -> NewDelivery {
    let (state, is_held, due, reason) = match &planned.fate {
        Fate::Now => (DeliveryState::Pending, false, Some(now), None),
        Fate::Hold(until) => (DeliveryState::Pending, true, Some(*until), None),
        Fate::Suppress(why) => (DeliveryState::Suppressed, false, None, Some((*why).to_owned())),
    };
    NewDelivery {
        id: Uuid::now_v7(),
        user_id: row.user_id,
        notification_id: Some(row.id),
        channel: planned.channel.as_str(),
        state: state.as_str(),
        priority: i16::from(!kind.is_urgent()),
        is_guarded: planned.channel.is_for_people() && !kind.is_urgent(),
        is_held,
        mail_id: None,
        recipient: subject.recipient.clone(),
        alert_id: subject.alert.map(AlertId::uuid),
        correlation_id: row.correlation_id,
        last_error: reason,
        next_attempt_at: due.map(Into::into),
        created_at: row.created_at,
    }
}
