//! What this service does with the facts of others.

mod tell;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contracts::{
    AnyEvent,
    events::{
        AlertExpired, AlertFired, AlertNoData, AlertPaused, FeedDegraded, FeedRecovered, OrderCancelled, OrderExpired,
        OrderFilled, OrderRejected, UserDeleted, UserDisabled, UserEnabled, UserMailRequested, UserRegistered,
        UserUpdated, UserWarned,
    },
};
use diesel_async::AsyncPgConnection;
use domain::EventId;
use messaging::{Failure, Handler, Reception};
use uuid::Uuid;

use crate::{
    domain::{Channel, DeliveryState, Draft, Kind},
    state::State,
    store::{
        contacts,
        deliveries::{self, NewDelivery},
    },
};
use tell::channels_of;
pub(crate) use tell::{Subject, Written, write_down};

/// Turns facts into notifications, and keeps the copy of the users.
pub struct Facts {
    state: Arc<State>,
    /// What was made of facts whose transactions are not committed yet: it counts only then.
    made: Mutex<HashMap<EventId, Vec<Kind>>>,
}

impl Facts {
    /// On the state of the service.
    pub fn new(state: Arc<State>) -> Self {
        Self {
            state,
            made: Mutex::default(),
        }
    }
}

#[async_trait]
impl Handler for Facts {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        // Of an earlier try.
        self.take_made(event);
        let received = self.receive(conn, event).await;
        if received.is_err() {
            self.take_made(event);
        }
        received
    }

    async fn committed(&self, event: &AnyEvent) {
        for kind in self.take_made(event) {
            self.state.metrics.created(kind);
        }
        self.state.outbox.wake();
        self.state.wake.all();
    }
}

impl Facts {
    fn take_made(&self, event: &AnyEvent) -> Vec<Kind> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.remove(&event.id).unwrap_or_default()
    }

    async fn receive(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        match event.context() {
            "alert" => self.alert(conn, event).await,
            "order" => self.order(conn, event).await,
            "user" => self.user(conn, event).await,
            "feed" => self.feed(conn, event).await,
            _ => Ok(Reception::Unknown),
        }
    }

    async fn alert(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        if event.is::<AlertFired>() {
            let fact: AlertFired = event.read()?;
            let subject = Subject::alert(fact.user_id, fact.alert_id, channels_of(&fact.channels));
            self.tell(conn, event, &subject, |locale| Draft::alert_fired(&fact, locale))
                .await
        } else if event.is::<AlertExpired>() {
            let fact: AlertExpired = event.read()?;
            let subject = Subject::alert(fact.user_id, fact.alert_id, channels_of(&fact.channels));
            self.tell(conn, event, &subject, |locale| Draft::alert_expired(&fact, locale))
                .await
        } else if event.is::<AlertPaused>() {
            let fact: AlertPaused = event.read()?;
            let subject = Subject::alert(fact.user_id, fact.alert_id, channels_of(&fact.channels));
            self.tell(conn, event, &subject, |locale| Draft::alert_paused(&fact, locale))
                .await
        } else if event.is::<AlertNoData>() {
            let fact: AlertNoData = event.read()?;
            let subject = Subject::alert(fact.user_id, fact.alert_id, channels_of(&fact.channels));
            self.tell(conn, event, &subject, |locale| Draft::alert_no_data(&fact, locale))
                .await
        } else {
            Ok(Reception::Unknown)
        }
    }

    async fn order(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        if event.is::<OrderFilled>() {
            let fact: OrderFilled = event.read()?;
            let mut subject = Subject::user(fact.user_id);
            if fact.order_type == "market" {
                // Whoever placed it has just seen it filled: a mail would be noise.
                subject.wanted = Some(vec![Channel::InApp]);
            }
            self.tell(conn, event, &subject, |locale| Draft::order_filled(&fact, locale))
                .await
        } else if event.is::<OrderRejected>() {
            let fact: OrderRejected = event.read()?;
            self.tell(conn, event, &Subject::user(fact.0.user_id), |locale| {
                Draft::order_rejected(&fact.0, locale)
            })
            .await
        } else if event.is::<OrderExpired>() {
            let fact: OrderExpired = event.read()?;
            self.tell(conn, event, &Subject::user(fact.0.user_id), |locale| {
                Draft::order_expired(&fact.0, locale)
            })
            .await
        } else if event.is::<OrderCancelled>() {
            Ok(Reception::Ignored)
        } else {
            Ok(Reception::Unknown)
        }
    }

    async fn user(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        if event.is::<UserRegistered>() {
            contacts::upsert(conn, &event.read::<UserRegistered>()?.0).await?;
        } else if event.is::<UserUpdated>() {
            contacts::upsert(conn, &event.read::<UserUpdated>()?.0).await?;
        } else if event.is::<UserDisabled>() {
            let fact: UserDisabled = event.read()?;
            contacts::set_active(conn, fact.user_id, false, fact.version).await?;
        } else if event.is::<UserEnabled>() {
            let fact: UserEnabled = event.read()?;
            contacts::set_active(conn, fact.user_id, true, fact.version).await?;
        } else if event.is::<UserDeleted>() {
            let fact: UserDeleted = event.read()?;
            contacts::forget(conn, fact.user_id, self.state.now().into()).await?;
            service_kit::idempotency::forget_user(conn, fact.user_id).await?;
        } else if event.is::<UserWarned>() {
            let fact: UserWarned = event.read()?;
            let subject = Subject {
                recipient: fact.to.clone(),
                ..Subject::user(fact.user_id)
            };
            return self
                .tell(conn, event, &subject, |locale| Draft::security(fact.warning, locale))
                .await;
        } else if event.is::<UserMailRequested>() {
            return self.mail(conn, event, event.read()?).await;
        } else {
            return Ok(Reception::Unknown);
        }
        Ok(Reception::Done)
    }

    /// A mail that auth asks for; its content is fetched when it is sent.
    async fn mail(
        &self,
        conn: &mut AsyncPgConnection,
        event: &AnyEvent,
        fact: UserMailRequested,
    ) -> Result<Reception, Failure> {
        if contacts::hold(conn, fact.user_id)
            .await?
            .is_some_and(|contact| contact.is_deleted())
        {
            return Ok(Reception::Ignored);
        }
        let now = DateTime::<Utc>::from(self.state.now());
        let delivery = NewDelivery {
            id: Uuid::now_v7(),
            user_id: fact.user_id.uuid(),
            notification_id: None,
            channel: Channel::Email.as_str(),
            state: DeliveryState::Pending.as_str(),
            priority: 0,
            is_guarded: false,
            is_held: false,
            mail_id: Some(fact.mail_id),
            recipient: None,
            alert_id: None,
            correlation_id: event.correlation_id,
            last_error: None,
            next_attempt_at: Some(now),
            created_at: now,
        };
        deliveries::insert(conn, &[delivery]).await?;
        Ok(Reception::Done)
    }

    /// Trouble with prices is told to those who run the platform.
    async fn feed(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        if event.is::<FeedDegraded>() {
            let fact: FeedDegraded = event.read()?;
            for admin in contacts::active_admins(conn).await? {
                self.tell(conn, event, &Subject::user(admin), |locale| {
                    Draft::feed_degraded(&fact, locale)
                })
                .await?;
            }
        } else if event.is::<FeedRecovered>() {
            let fact: FeedRecovered = event.read()?;
            for admin in contacts::active_admins(conn).await? {
                self.tell(conn, event, &Subject::user(admin), |locale| {
                    Draft::feed_recovered(&fact, locale)
                })
                .await?;
            }
        } else {
            return Ok(Reception::Unknown);
        }
        Ok(Reception::Done)
    }
}
