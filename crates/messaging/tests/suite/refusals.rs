//! Facts that the broker hands back or refuses.

use std::sync::Arc;

use contracts::events::{AlertNoData, AssetDisabled};
use diesel_async::AsyncConnection;
use domain::{AlertId, AssetId, EventId};
use futures_util::future::join_all;
use messaging::{BrokerOptions, OutgoingFact, PublishError};
use test_kit::eventually;
use uuid::Uuid;

use crate::{
    platform::{Kind, Platform, amqp_url, fact, now},
    raw::Raw,
};

on_both!(reliability_5_what_a_full_queue_refuses_stays_pending_and_arrives_once);

const UNROUTABLE: i64 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn reliability_4_a_fact_whose_binding_is_gone_stays_pending_until_it_is_bound_again() {
    let platform = Platform::start(Kind::Rabbit).await;
    // Connected first: a new connection makes what is missing.
    let consumer = platform.consumer(&Arc::default());
    let relay = platform.relay();
    platform.tell(AlertId::new(), 1).await;
    platform.until("effects", 1).await;
    let raw = Raw::connect(&amqp_url(), &platform.prefix).await;
    raw.unbind("notifier", "alert").await;

    // Of facts that are on their way together, some have a queue and some have none.
    tell_of_two_contexts(&platform, UNROUTABLE).await;
    platform.until("outbox WHERE context = 'asset'", 0).await;
    let unroutable = || platform.counted("messaging_publish_failures_total", Some("unroutable"));
    eventually("each is handed back", async || {
        (unroutable() >= UNROUTABLE.unsigned_abs()).then_some(())
    })
    .await;
    assert_eq!(platform.count("outbox").await, UNROUTABLE);
    assert_eq!(platform.count("effects").await, 1);

    raw.bind("notifier").await;
    platform.until("effects", UNROUTABLE + 1).await;
    platform.until("outbox", 0).await;
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_4_a_return_belongs_to_the_message_that_was_returned_and_to_no_other() {
    let platform = Platform::start(Kind::Rabbit).await;
    let publish = async |number: u32| {
        let is_routable = number.is_multiple_of(3);
        let context = if is_routable { "alert" } else { "weather" };
        let message = OutgoingFact {
            id: EventId::new(),
            routing_key: format!("{context}.changed.v1"),
            body: b"{}".to_vec(),
            is_mandatory: true,
            target_service: None,
        };
        match platform.broker.publish(message).await {
            Ok(()) => assert!(is_routable, "{number} went nowhere, and was called delivered"),
            Err(PublishError::Unroutable(_)) => assert!(!is_routable, "{number} has a queue"),
            Err(error) => panic!("{error}"),
        }
    };
    for _ in 0..10 {
        join_all((0..300).map(publish)).await;
    }
    platform.stop().await;
}

async fn tell_of_two_contexts(platform: &Platform, count: i64) {
    let mut conn = platform.pool.get().await.expect("connection");
    conn.transaction(async |conn| {
        for number in 0..count {
            let alert = fact(AlertId::new());
            let asset = AssetDisabled {
                asset_id: AssetId::parse(&format!("asset-{number}")).expect("id"),
                version: 1,
            };
            platform.outbox.add(conn, &alert, now(), Uuid::now_v7()).await?;
            platform.outbox.add(conn, &asset, now(), Uuid::now_v7()).await?;
        }
        Ok::<_, diesel::result::Error>(())
    })
    .await
    .expect("told");
    platform.outbox.wake();
}

/// A tenth of what a long run would send: enough to fill the queue ten times.
const FLOOD: i64 = 1_000;

async fn reliability_5_what_a_full_queue_refuses_stays_pending_and_arrives_once(kind: Kind) {
    let rabbit = (kind == Kind::Rabbit).then(amqp_url);
    let options = BrokerOptions {
        queue_limit: 100,
        ..BrokerOptions::new(rabbit.clone().unwrap_or_else(|| "memory:".to_owned()))
    };
    let platform = Platform::with(options, rabbit).await;
    let relay = platform.relay();
    let alerts: Vec<AlertNoData> = (0..FLOOD).map(|_| fact(AlertId::new())).collect();
    let mut conn = platform.pool.get().await.expect("connection");
    platform
        .outbox
        .add_all(&mut conn, &alerts, now(), Uuid::now_v7())
        .await
        .expect("told");
    drop(conn);
    eventually("many are refused", async || {
        let refused = platform.counted("messaging_publish_failures_total", Some("refused"));
        (refused >= FLOOD.unsigned_abs() / 2).then_some(())
    })
    .await;
    let pending = platform.count("outbox").await;
    // RabbitMQ notices late that a queue is full: it takes as many more as were on their way together.
    assert!(pending >= FLOOD / 4, "{pending}");

    let consumer = platform.consumer(&Arc::default());
    platform.until("effects", FLOOD).await;
    platform.until("outbox", 0).await;
    assert_eq!(platform.applied().await.len() as i64, FLOOD, "each key once");
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}
