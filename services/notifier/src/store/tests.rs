use std::time::Duration;

use contracts::{Role, events::UserFacts};
use diesel_async::SimpleAsyncConnection;
use domain::{Clock, SystemClock, Timestamp, UserId};
use messaging::Outbox;
use test_kit::Database;

use super::{
    contacts,
    deliveries::{self, Claim, DeliveryRow, NewDelivery},
    outcomes::{self, Ended, Next},
};
use crate::domain::FloodGuard;

const GUARD: FloodGuard = FloodGuard {
    messages: 15,
    window: Duration::from_secs(180),
};

fn claim(lease: Duration) -> Claim<'static> {
    Claim {
        channels: &["email"],
        limit: 10,
        newest_first: false,
        lease,
        guard: GUARD,
    }
}

fn new_delivery(user: UserId, now: Timestamp) -> NewDelivery {
    NewDelivery {
        id: uuid::Uuid::now_v7(),
        user_id: user.uuid(),
        notification_id: None,
        channel: "email",
        state: "pending",
        priority: 1,
        is_guarded: true,
        is_held: false,
        mail_id: None,
        recipient: None,
        alert_id: None,
        correlation_id: uuid::Uuid::now_v7(),
        last_error: None,
        next_attempt_at: Some(now.into()),
        created_at: now.into(),
    }
}

fn facts_of(user_id: UserId) -> UserFacts {
    UserFacts {
        user_id,
        email: "new@example.com".to_owned(),
        email_verified: true,
        name: "Ana".to_owned(),
        locale: "en".to_owned(),
        role: Role::User,
        is_active: true,
        version: 5,
        created_at: SystemClock.now(),
    }
}

fn sent(now: Timestamp) -> Ended {
    Ended {
        started_at: now,
        ended_at: now,
        next: Next::Sent,
        error: None,
    }
}

fn outbox() -> Outbox {
    Outbox::new("notifier")
}

async fn one_claimed(database: &Database, lease: Duration) -> (DeliveryRow, Timestamp) {
    let now = SystemClock.now();
    let mut conn = database.connect().await;
    deliveries::insert(&mut conn, &[new_delivery(UserId::new(), now)])
        .await
        .expect("inserted");
    let mut claimed = deliveries::claim(&mut conn, claim(lease), now).await.expect("claimed");
    (claimed.remove(0), now)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_delivery_is_nobody_elses() {
    let database = Database::create().await;
    let (row, now) = one_claimed(&database, Duration::from_secs(60)).await;
    let mut conn = database.connect().await;
    assert!(
        deliveries::claim(&mut conn, claim(Duration::from_secs(60)), now)
            .await
            .expect("claim")
            .is_empty()
    );
    assert!(
        deliveries::still_due(&mut conn, row.id, row.epoch)
            .await
            .expect("read")
            .is_some()
    );
    assert!(
        outcomes::record(&mut conn, &outbox(), &row, &sent(now))
            .await
            .expect("recorded")
    );
    assert_eq!(
        database
            .number("SELECT count(*) FROM notifier.deliveries WHERE state = 'sent'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_27_a_worker_that_slept_through_its_lease_decides_nothing() {
    let database = Database::create().await;
    let (zombie, now) = one_claimed(&database, Duration::ZERO).await;
    let mut conn = database.connect().await;
    assert!(
        deliveries::still_due(&mut conn, zombie.id, zombie.epoch)
            .await
            .expect("read")
            .is_none(),
        "it must not send any more"
    );
    let standby = deliveries::claim(&mut conn, claim(Duration::from_secs(60)), now)
        .await
        .expect("claim")
        .remove(0);
    assert!(standby.epoch > zombie.epoch);
    assert!(
        !outcomes::record(&mut conn, &outbox(), &zombie, &sent(now))
            .await
            .expect("refused")
    );
    assert!(
        deliveries::still_due(&mut conn, standby.id, standby.epoch)
            .await
            .expect("read")
            .is_some()
    );
    assert!(
        outcomes::record(&mut conn, &outbox(), &standby, &sent(now))
            .await
            .expect("recorded")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_32_two_workers_at_once_do_not_exceed_a_users_limit() {
    let database = Database::create().await;
    let now = SystemClock.now();
    let facts = UserFacts {
        user_id: UserId::new(),
        email: "ana@example.com".to_owned(),
        email_verified: true,
        name: "Ana".to_owned(),
        locale: "en".to_owned(),
        role: Role::User,
        is_active: true,
        version: 1,
        created_at: now,
    };
    let mut conn = database.connect().await;
    contacts::upsert(&mut conn, &facts).await.expect("known");
    let rows: Vec<NewDelivery> = (0..100).map(|_| new_delivery(facts.user_id, now)).collect();
    deliveries::insert(&mut conn, &rows).await.expect("inserted");
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let mut conn = database.connect().await;
        workers.spawn(async move {
            let mut taken = 0;
            for _ in 0..10 {
                taken += deliveries::claim(&mut conn, claim(Duration::from_secs(60)), now)
                    .await
                    .expect("claim")
                    .len();
            }
            taken
        });
    }
    let mut taken = 0;
    while let Some(done) = workers.join_next().await {
        taken += done.expect("worker");
    }
    assert_eq!(taken, 15);
    assert_eq!(
        database
            .number("SELECT count(*) FROM notifier.deliveries WHERE is_held")
            .await,
        85
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_copy_of_a_user_never_replaces_a_newer_one() {
    let database = Database::create().await;
    let mut conn = database.connect().await;
    let mut facts = facts_of(UserId::new());
    assert!(contacts::upsert(&mut conn, &facts).await.expect("stored"));
    (facts.email, facts.version) = ("old@example.com".to_owned(), 4);
    assert!(!contacts::upsert(&mut conn, &facts).await.expect("left alone"));
    contacts::set_active(&mut conn, facts.user_id, false, 3)
        .await
        .expect("left alone");
    let known = contacts::find(&mut conn, facts.user_id)
        .await
        .expect("read")
        .expect("known");
    assert_eq!((known.email.as_str(), known.is_active), ("new@example.com", true));
}

#[tokio::test(flavor = "multi_thread")]
async fn old_mails_are_deleted_in_small_bites() {
    let database = Database::create().await;
    let mut conn = database.connect().await;
    let (now, user) = (SystemClock.now(), UserId::new());
    let mails: Vec<NewDelivery> = (0..1_005).map(|_| new_delivery(user, now)).collect();
    deliveries::insert(&mut conn, &mails).await.expect("inserted");
    let later = now.plus(Duration::from_secs(1));
    for expected in [1_000, 5, 0] {
        let deleted = deliveries::delete_older(&mut conn, later.into()).await;
        assert_eq!(deleted, Ok(expected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_36_whoever_forgets_a_user_waits_for_what_is_being_written_down_of_the_user() {
    let database = Database::create().await;
    let (mut writer, mut other) = (database.connect().await, database.connect().await);
    let (now, facts) = (SystemClock.now(), facts_of(UserId::new()));
    contacts::upsert(&mut writer, &facts).await.expect("stored");
    let has_begun = tokio::sync::Notify::new();
    let writing = async {
        writer.batch_execute("BEGIN").await.expect("begun");
        let held = contacts::hold(&mut writer, facts.user_id).await.expect("read");
        assert!(held.is_some_and(|contact| !contact.is_deleted()));
        has_begun.notify_one();
        database.until_waiting(1).await;
        let written = deliveries::insert(&mut writer, &[new_delivery(facts.user_id, now)]).await;
        assert_eq!(written, Ok(1));
        writer.batch_execute("COMMIT").await.expect("committed");
    };
    let forgetting = async {
        has_begun.notified().await;
        contacts::forget(&mut other, facts.user_id, now.into())
            .await
            .expect("forgotten");
    };
    tokio::join!(writing, forgetting);
    assert_eq!(database.number("SELECT count(*) FROM notifier.deliveries").await, 0);
    let left = contacts::hold(&mut writer, facts.user_id).await.expect("read");
    assert!(left.is_some_and(|contact| contact.is_deleted()));
}
