//! Subscriptions that end: what they held comes to others.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    task::Poll,
    time::Duration,
};

use diesel_async::SimpleAsyncConnection;
use domain::AlertId;

use crate::platform::{Kind, Platform, Recorder};

on_both!(
    a_subscription_that_is_given_up_half_way_takes_no_fact,
    a_dead_letter_that_could_not_be_stored_comes_again,
);

/// More than a subscription's questions to a broker, each of which it waits for.
const STEPS: usize = 8;
const FACTS: usize = 40;

async fn a_subscription_that_is_given_up_half_way_takes_no_fact(kind: Kind) {
    let platform = Platform::start(kind).await;
    for step in 1..=STEPS {
        let mut subscribing = pin!(platform.broker.consume("notifier", 50));
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            match subscribing.as_mut().poll(context) {
                Poll::Pending if polls < step => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })
        .await;
    }
    let relay = platform.relay();
    for _ in 0..FACTS {
        platform.tell(AlertId::new(), 1).await;
    }
    if kind == Kind::Rabbit {
        // Inside the process a fact leaves the outbox only when it was consumed.
        platform.until("outbox", 0).await;
    }
    let consumer = platform.consumer(&Arc::default());
    platform.until("effects", FACTS as i64).await;
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}

async fn a_dead_letter_that_could_not_be_stored_comes_again(kind: Kind) {
    let platform = Platform::start(kind).await;
    let mut conn = platform.pool.get().await.expect("connection");
    conn.batch_execute("ALTER TABLE dead_letters RENAME TO elsewhere")
        .await
        .expect("renamed");
    let recorder = Arc::new(Recorder::default());
    recorder.is_ignorant.store(true, Ordering::SeqCst);
    let consumer = platform.consumer(&recorder);
    let relay = platform.relay();
    platform.tell(AlertId::new(), 1).await;
    platform.until("attempts", 1).await;
    // Time enough for it to be handed out and not to be stored.
    tokio::time::sleep(Duration::from_secs(1)).await;
    conn.batch_execute("ALTER TABLE elsewhere RENAME TO dead_letters")
        .await
        .expect("renamed");
    platform.until("dead_letters", 1).await;
    relay.stop().await;
    consumer.stop().await;
    drop(conn);
    platform.stop().await;
}
