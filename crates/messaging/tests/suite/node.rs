//! Faults of a whole RabbitMQ node, so on one of the test's own.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use domain::{AlertId, EventId};
use local_servers::RabbitMq;
use messaging::{BrokerState, OutgoingFact, PublishError};
use test_kit::eventually;

use crate::{
    platform::{Platform, Recorder, blocking},
    raw::Raw,
};

/// A node that looks for a dead letter's way again after a second instead of three minutes.
async fn node(dir: &std::path::Path) -> RabbitMq {
    let patience = "[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 1000}]}].";
    std::fs::write(dir.join("advanced.config"), patience).expect("a setting");
    let dir = dir.to_owned();
    blocking(move || RabbitMq::start(&dir, None))
        .await
        .expect("a private RabbitMQ; apt-get install rabbitmq-server")
}

async fn set_memory_limit(rabbit: RabbitMq, share: &'static str) -> RabbitMq {
    blocking(move || {
        let set = rabbit.control(&["set_vm_memory_high_watermark", share]);
        set.map(|_| rabbit)
    })
    .await
    .expect("a memory limit")
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_14_a_memory_alarm_holds_publishers_back_and_nobody_else() {
    const BEFORE: usize = 200;
    const MEANWHILE: usize = 20;
    let dir = tempfile::tempdir().expect("dir");
    let rabbit = node(dir.path()).await;
    let platform = Platform::on(&rabbit.url(), None).await;
    let relay = platform.relay();
    platform.tell(AlertId::new(), BEFORE).await;
    platform.until("outbox", 0).await;

    let rabbit = set_memory_limit(rabbit, "0").await;
    let start = Instant::now();
    let held_back = platform.broker.publish(nobodys_fact()).await;
    assert!(matches!(held_back, Err(PublishError::Blocked)), "{held_back:?}");
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    // Whoever tells a fact, as a request does, waits for nothing.
    let start = Instant::now();
    platform.tell(AlertId::new(), MEANWHILE).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    let consumer = platform.consumer(&Arc::default());
    platform.until("effects", BEFORE as i64).await;
    eventually("all is acknowledged", async || {
        (platform.broker.queue_depth("notifier").await.ok()? == Some(0)).then_some(())
    })
    .await;
    assert_eq!(
        platform.count("outbox").await,
        MEANWHILE as i64,
        "the alarm is still on"
    );
    assert_eq!(platform.broker.state(), BrokerState::Up);

    let mut rabbit = set_memory_limit(rabbit, "0.4").await;
    platform.until("effects", (BEFORE + MEANWHILE) as i64).await;
    platform.until("outbox", 0).await;
    for (key, numbers) in platform.applied().await {
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<i64>>(), "{key}");
    }
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
    blocking(move || rabbit.stop()).await.expect("stop");
}

fn nobodys_fact() -> OutgoingFact {
    OutgoingFact {
        id: EventId::new(),
        routing_key: "weather.changed.v1".to_owned(),
        body: b"{}".to_vec(),
        is_mandatory: false,
        target_service: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_11_a_dead_letter_whose_exchange_is_gone_stays_and_arrives_once_when_it_is_back() {
    let dir = tempfile::tempdir().expect("dir");
    let mut rabbit = node(dir.path()).await;
    let platform = Platform::on(&rabbit.url(), None).await;
    let recorder = Arc::new(Recorder::default());
    let consumer = platform.consumer(&recorder);
    let relay = platform.relay();
    platform.tell(AlertId::new(), 1).await;
    platform.until("effects", 1).await;
    let raw = Raw::connect(&rabbit.url(), &platform.prefix).await;
    raw.remove_dead_exchange().await;

    recorder.is_ignorant.store(true, Ordering::SeqCst);
    platform.tell(AlertId::new(), 1).await;
    // What raises the alarm: the rule looks at this figure.
    eventually("it is given up", async || {
        (platform.counted("messaging_dead_total", None) == 1).then_some(())
    })
    .await;
    // The others are not held up meanwhile.
    recorder.is_ignorant.store(false, Ordering::SeqCst);
    platform.tell(AlertId::new(), 5).await;
    platform.until("effects", 6).await;
    assert_eq!(platform.count("dead_letters").await, 0, "it has nowhere to go");

    raw.restore_dead_exchange("notifier").await;
    platform.until("dead_letters", 1).await;
    platform.tell(AlertId::new(), 5).await;
    platform.until("effects", 11).await;
    assert_eq!(platform.count("dead_letters").await, 1);
    assert_eq!(platform.counted("messaging_dead_total", None), 1, "given up once");
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
    blocking(move || rabbit.stop()).await.expect("stop");
}
