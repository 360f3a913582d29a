//! One try of one delivery.

use std::{collections::BTreeSet, time::Duration};

use contracts::internal::MailContent;
use domain::{Timestamp, UserId};
use lettre::Message;

use super::{RateLimit, silence};
use crate::{
    channels::{SendFailure, WebMessage},
    domain::{
        Channel, DISABLED, Kind, Locale, Preferences, SWITCHED_OFF, UNVERIFIED,
        mail::{ComposeError, Envelope, Item},
    },
    error::Error,
    state::State,
    store::{
        contacts::ContactRow,
        deliveries::Due,
        notifications::{self, NotificationRow},
        preferences,
    },
};

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side answers for it from now on.
    Sent,
    /// It was not accepted.
    Failed(SendFailure),
    /// It was decided not to send it.
    Suppressed(String),
    /// Something is missing that will come.
    Postponed(Timestamp),
}

/// How long a delivery waits for news of its user.
const CONTACT_PATIENCE: Duration = Duration::from_secs(3600);

/// Sends what is due, once.
pub async fn attempt(state: &State, limit: &RateLimit, due: &Due) -> Result<Outcome, Error> {
    let outcome = send(state, limit, due).await?;
    let is_test = due
        .notification
        .as_ref()
        .is_some_and(|row| row.kind == Kind::Test.as_str());
    Ok(match outcome {
        // Somebody waits for the answer to a test; another try later would tell nobody anything.
        Outcome::Failed(failure) if is_test => Outcome::Failed(SendFailure {
            is_temporary: false,
            ..failure
        }),
        outcome => outcome,
    })
}

async fn send(state: &State, limit: &RateLimit, due: &Due) -> Result<Outcome, Error> {
    let Ok(channel) = due.delivery.channel.parse::<Channel>() else {
        return Ok(Outcome::Failed(SendFailure::permanent("the channel is not known")));
    };
    if due.contact.as_ref().is_some_and(ContactRow::is_deleted) {
        return Ok(Outcome::Suppressed("the user is gone".to_owned()));
    }
    if let Some(mail_id) = due.delivery.mail_id {
        return account_mail(state, limit, due, mail_id).await;
    }
    let Some(notification) = &due.notification else {
        return Ok(Outcome::Suppressed("the notification was deleted".to_owned()));
    };
    let Ok(kind) = notification.kind.parse::<Kind>() else {
        return Ok(Outcome::Failed(SendFailure::permanent(
            "the kind of notification is not known",
        )));
    };
    let user = UserId::from(due.delivery.user_id);
    let mut conn = state.db.get().await?;
    let settings = preferences::find(&mut conn, &state.sealer, user).await?;
    drop(conn);
    if let Some(outcome) = hindrance(due, (kind, channel), &settings, state.now()) {
        return Ok(outcome);
    }
    let items = match kind {
        Kind::Digest => digest_items(state, due).await?,
        _ => vec![notification.clone()],
    };
    if items.is_empty() {
        return Ok(Outcome::Suppressed("nothing is left to tell".to_owned()));
    }
    if channel == Channel::Email {
        return notification_mail(state, limit, due, notification, kind, &items).await;
    }
    let message = web_message(due, notification, kind, &items);
    Ok(match state.web.send(channel, &settings, &message, state.now()).await {
        Ok(()) => Outcome::Sent,
        Err(failure) if failure.is_gone && channel == Channel::Webhook => {
            switch_webhook_off(state, user, settings.webhook.url.as_deref()).await?;
            Outcome::Failed(SendFailure {
                reason: format!("{}: the webhook was switched off", failure.reason),
                ..failure
            })
        }
        Err(failure) => Outcome::Failed(failure),
    })
}

/// What keeps a delivery from going out at this moment, though it was planned: the world has changed since.
fn hindrance(due: &Due, (kind, channel): (Kind, Channel), settings: &Preferences, now: Timestamp) -> Option<Outcome> {
    if kind == Kind::Security {
        return None;
    }
    if !settings.is_enabled(channel) {
        return Some(Outcome::Suppressed(SWITCHED_OFF.to_owned()));
    }
    if due.contact.as_ref().is_some_and(|contact| !contact.is_active) {
        return Some(Outcome::Suppressed(DISABLED.to_owned()));
    }
    // It may have waited for a better moment, or for its next try, into the quiet hours.
    if kind.is_urgent() || !channel.is_for_people() {
        return None;
    }
    settings.quiet_hours?.until(now).map(Outcome::Postponed)
}

/// The user's server says that it is gone for good: nothing is sent there until the user switches the webhook on again.
async fn switch_webhook_off(state: &State, user: UserId, url: Option<&str>) -> Result<(), Error> {
    let mut conn = state.db.get().await?;
    preferences::adjust(&mut conn, &state.sealer, user, state.now().into(), |settings| {
        // Another address, given meanwhile, is another server.
        let is_meant = settings.webhook.enabled && settings.webhook.url.as_deref() == url;
        settings.webhook.enabled &= !is_meant;
        is_meant
    })
    .await
}

async fn notification_mail(
    state: &State,
    limit: &RateLimit,
    due: &Due,
    notification: &NotificationRow,
    kind: Kind,
    items: &[NotificationRow],
) -> Result<Outcome, Error> {
    let Some(contact) = &due.contact else {
        return Ok(await_contact(state, due));
    };
    let is_proven = contact.email_verified || kind.goes_to_unverified_addresses();
    if due.delivery.recipient.is_none() && !is_proven {
        return Ok(Outcome::Suppressed(UNVERIFIED.to_owned()));
    }
    let to = due.delivery.recipient.clone().unwrap_or_else(|| contact.email.clone());
    let envelope = envelope(state, due, to, contact.name.clone(), contact.locale());
    let items: Vec<Item> = items
        .iter()
        .map(|row| item(row, row.kind.parse().unwrap_or(kind)))
        .collect();
    let mail = match (kind, items.first()) {
        (Kind::Digest, _) => state.composer.digest(&envelope, &notification.title, &items),
        (_, Some(item)) => state.composer.notification(&envelope, item),
        (_, None) => return Ok(Outcome::Suppressed("nothing is left to tell".to_owned())),
    };
    hand_over(state, limit, due, mail).await
}

/// A mail whose content auth knows.
async fn account_mail(state: &State, limit: &RateLimit, due: &Due, mail_id: uuid::Uuid) -> Result<Outcome, Error> {
    let path = format!("/internal/mails/{mail_id}");
    let content: MailContent = match state.client.get("auth", &path).send().await {
        Ok(content) => content,
        Err(error) if error.is_not_found() => return Ok(Outcome::Suppressed("the mail was cancelled".to_owned())),
        Err(error) => {
            tracing::warn!(%error, delivery.id = %due.delivery.id, "the content of a mail can't be fetched");
            return Ok(Outcome::Failed(SendFailure::temporary(
                "the accounts service does not answer",
            )));
        }
    };
    if content.expires_at.is_some_and(|at| at <= state.now()) {
        return Ok(Outcome::Suppressed("the link has expired".to_owned()));
    }
    let envelope = envelope(
        state,
        due,
        content.to.clone(),
        content.name.clone(),
        Locale::from_tag(&content.locale),
    );
    let mail = state.composer.account(&envelope, &content);
    hand_over(state, limit, due, mail).await
}

async fn hand_over(
    state: &State,
    limit: &RateLimit,
    due: &Due,
    mail: Result<Message, ComposeError>,
) -> Result<Outcome, Error> {
    let mail = match mail {
        Ok(mail) => mail,
        // The user can mend the address; everything else is ours.
        Err(error @ (ComposeError::Recipient(_) | ComposeError::Token)) => {
            return Ok(Outcome::Failed(SendFailure::permanent(error.to_string())));
        }
        Err(error) => return Err(error.into()),
    };
    limit.pass().await;
    Ok(match state.mailer.send(due.delivery.id, &mail).await {
        Ok(()) => Outcome::Sent,
        Err(failure) => Outcome::Failed(failure),
    })
}

/// News of the user may still be on their way, but not for ever.
fn await_contact(state: &State, due: &Due) -> Outcome {
    let now = state.now();
    if now.since(due.delivery.created_at.into()) > CONTACT_PATIENCE {
        return Outcome::Suppressed("the user is not known".to_owned());
    }
    Outcome::Postponed(now.plus(Duration::from_secs(2)))
}

/// What a digest names: everything gathered whose alert still exists.
async fn digest_items(state: &State, due: &Due) -> Result<Vec<NotificationRow>, Error> {
    let mut conn = state.db.get().await?;
    let items = notifications::of_digest(&mut conn, due.delivery.id).await?;
    let alerts: BTreeSet<uuid::Uuid> = items.iter().filter_map(alert_of).collect();
    drop(conn);
    if let Err(error) = silence::silence_deleted(state, &alerts).await {
        tracing::warn!(%error, "deleted alerts could not be left out of a digest");
    }
    let mut conn = state.db.get().await?;
    Ok(notifications::of_digest(&mut conn, due.delivery.id).await?)
}

fn alert_of(row: &NotificationRow) -> Option<uuid::Uuid> {
    row.data.get("alert_id")?.as_str()?.parse().ok()
}

fn envelope(state: &State, due: &Due, to: String, name: String, locale: Locale) -> Envelope {
    Envelope {
        delivery_id: due.delivery.id,
        user_id: due.delivery.user_id.into(),
        to,
        name,
        locale,
        correlation_id: due.delivery.correlation_id,
        now: state.now(),
    }
}

fn item(row: &NotificationRow, kind: Kind) -> Item {
    Item {
        kind,
        title: row.title.clone(),
        message: row.message.clone(),
        data: row.data.clone(),
        created_at: row.created_at.into(),
    }
}

fn web_message(due: &Due, notification: &NotificationRow, kind: Kind, items: &[NotificationRow]) -> WebMessage {
    let message = match kind {
        Kind::Digest => {
            let lines: Vec<&str> = items.iter().map(|item| item.title.as_str()).collect();
            lines.join("\n")
        }
        _ => notification.message.clone(),
    };
    WebMessage {
        delivery_id: due.delivery.id,
        notification_id: notification.id,
        kind: notification.kind.clone(),
        title: notification.title.clone(),
        message,
        data: notification.data.clone(),
        created_at: notification.created_at.into(),
    }
}
