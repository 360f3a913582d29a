use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use diesel_async::AsyncConnection;
use domain::{AlertId, EventId};
use messaging::{ConsumerOptions, OutgoingFact, PublishError};
use uuid::Uuid;

use crate::platform::{Kind, Platform, Recorder, fact, now};

on_both!(
    every_fact_has_its_effect_once_and_in_order,
    a_fact_published_twice_has_its_effect_once,
    a_fact_without_a_queue_waits_in_the_outbox,
    reliability_6_a_poisonous_fact_is_parked_and_holds_up_nobody,
    a_fact_whose_handling_never_ends_is_parked_and_holds_up_nobody,
    reliability_15_an_unknown_fact_is_parked_until_it_is_known,
    a_killed_consumer_loses_nothing,
    the_depth_of_a_queue_is_what_waits_in_it,
    reliability_10_commit_order_loses_nothing_with_two_relays,
);

async fn every_fact_has_its_effect_once_and_in_order(kind: Kind) {
    let platform = Platform::start(kind).await;
    let consumer = platform.consumer(&Arc::default());
    let relay = platform.relay();
    let alerts: Vec<AlertId> = (0..10).map(|_| AlertId::new()).collect();
    for alert in &alerts {
        platform.tell(*alert, 20).await;
    }
    platform.until("effects", 200).await;
    platform.until("outbox", 0).await;
    for (key, numbers) in platform.applied().await {
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>(), "{key}");
    }
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}

async fn the_depth_of_a_queue_is_what_waits_in_it(kind: Kind) {
    let platform = Platform::start(kind).await;
    let relay = platform.relay();
    for _ in 0..3 {
        platform.tell(AlertId::new(), 1).await;
    }
    let depth = async || platform.broker.queue_depth("notifier").await.expect("depth");
    let deadline = Instant::now() + Duration::from_secs(10);
    while depth().await != Some(3) {
        assert!(Instant::now() < deadline, "{:?}", depth().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(platform.broker.queue_depth("gateway").await.expect("depth"), None);
    relay.stop().await;
    platform.stop().await;
}

async fn a_fact_published_twice_has_its_effect_once(kind: Kind) {
    let platform = Platform::start(kind).await;
    let consumer = platform.consumer(&Arc::default());
    let alert = AlertId::new();
    let envelope = contracts::Envelope {
        id: EventId::new(),
        name: "alert.no_data".to_owned(),
        version: 1,
        occurred_at: now(),
        key: alert.uuid().to_string(),
        seq: 1,
        correlation_id: Uuid::now_v7(),
        producer: "alerts".to_owned(),
        payload: fact(alert),
    };
    let message = OutgoingFact {
        id: envelope.id,
        routing_key: envelope.routing_key(),
        body: serde_json::to_vec(&envelope).expect("json"),
        is_mandatory: true,
        target_service: None,
    };
    for _ in 0..3 {
        platform.broker.publish(message.clone()).await.expect("publish");
    }
    platform.until("inbox", 1).await;
    platform.tell(alert, 0).await;
    assert_eq!(platform.count("effects").await, 1);
    consumer.stop().await;
    platform.stop().await;
}

async fn a_fact_without_a_queue_waits_in_the_outbox(kind: Kind) {
    let platform = Platform::start(kind).await;
    let message = OutgoingFact {
        id: EventId::new(),
        routing_key: "weather.changed.v1".to_owned(),
        body: b"{}".to_vec(),
        is_mandatory: true,
        target_service: None,
    };
    let refused = platform.broker.publish(message.clone()).await;
    assert!(matches!(refused, Err(PublishError::Unroutable(_))), "{refused:?}");
    platform
        .broker
        .publish(OutgoingFact {
            is_mandatory: false,
            ..message
        })
        .await
        .expect("nobody needs it");
    platform.stop().await;
}

async fn reliability_6_a_poisonous_fact_is_parked_and_holds_up_nobody(kind: Kind) {
    let platform = Platform::start(kind).await;
    let recorder = Arc::new(Recorder::default());
    let bad = AlertId::new();
    *recorder.panics_on.lock().expect("lock") = Some(bad.uuid().to_string());
    let consumer = platform.consumer(&recorder);
    let relay = platform.relay();
    platform.tell(bad, 1).await;
    let began = Instant::now();
    for _ in 0..100 {
        platform.tell(AlertId::new(), 1).await;
    }
    platform.until("effects", 100).await;
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "the good ones waited for the bad one"
    );
    platform
        .until("dead_letters WHERE attempts = 5 AND cause LIKE '%poison%'", 1)
        .await;

    *recorder.panics_on.lock().expect("lock") = None;
    let mut conn = platform.pool.get().await.expect("connection");
    let letters = messaging::dead_letters::list(&mut conn, 10, None).await.expect("list");
    let id = EventId::from(letters[0].event_id);
    assert!(messaging::dead_letters::replay(&mut conn, id).await.expect("replay"));
    assert!(
        !messaging::dead_letters::replay(&mut conn, id).await.expect("replay"),
        "a second replay does nothing"
    );
    platform.until("effects", 101).await;
    relay.stop().await;
    consumer.stop().await;
    drop(conn);
    platform.stop().await;
}

async fn a_fact_whose_handling_never_ends_is_parked_and_holds_up_nobody(kind: Kind) {
    let platform = Platform::start(kind).await;
    let recorder = Arc::new(Recorder::default());
    let bad = AlertId::new();
    *recorder.hangs_on.lock().expect("lock") = Some(bad.uuid().to_string());
    let options = ConsumerOptions {
        workers: 1,
        max_time: Duration::from_millis(500),
        first_pause: Duration::from_millis(10),
        ..ConsumerOptions::default()
    };
    let consumer = platform.consumer_of(&platform.broker, recorder.clone(), options);
    let relay = platform.relay();
    platform.tell(bad, 1).await;
    for _ in 0..20 {
        platform.tell(AlertId::new(), 1).await;
    }
    platform.until("effects", 20).await;
    platform
        .until("dead_letters WHERE attempts = 5 AND cause LIKE '%not done after%'", 1)
        .await;
    assert_eq!(platform.count("effects").await, 20, "what was cut off left nothing");
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}

async fn reliability_15_an_unknown_fact_is_parked_until_it_is_known(kind: Kind) {
    let platform = Platform::start(kind).await;
    let recorder = Arc::new(Recorder::default());
    recorder.is_ignorant.store(true, Ordering::SeqCst);
    let consumer = platform.consumer(&recorder);
    let relay = platform.relay();
    platform.tell(AlertId::new(), 1).await;
    platform
        .until("dead_letters WHERE cause LIKE '%not known here%'", 1)
        .await;
    assert_eq!(
        recorder.tries.load(Ordering::SeqCst),
        1,
        "what will never work is tried once"
    );

    recorder.is_ignorant.store(false, Ordering::SeqCst);
    let mut conn = platform.pool.get().await.expect("connection");
    let letters = messaging::dead_letters::list(&mut conn, 10, None).await.expect("list");
    messaging::dead_letters::replay(&mut conn, EventId::from(letters[0].event_id))
        .await
        .expect("replay");
    platform.until("effects", 1).await;
    relay.stop().await;
    consumer.stop().await;
    drop(conn);
    platform.stop().await;
}

async fn a_killed_consumer_loses_nothing(kind: Kind) {
    let platform = Platform::start(kind).await;
    let stalled = Arc::new(Recorder::default());
    stalled.stalls.store(true, Ordering::SeqCst);
    let consumer = platform.consumer(&stalled);
    let relay = platform.relay();
    let alerts: Vec<AlertId> = (0..8).map(|_| AlertId::new()).collect();
    for alert in &alerts {
        platform.tell(*alert, 3).await;
    }
    let deadline = Instant::now() + Duration::from_secs(30);
    while stalled.tries.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < deadline, "nothing was received");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    consumer.kill().await;
    assert_eq!(
        platform.count("effects").await,
        0,
        "what was not committed has no effect"
    );

    let consumer = platform.consumer(&Arc::default());
    platform.until("effects", 24).await;
    for (key, numbers) in platform.applied().await {
        assert_eq!(numbers, vec![1, 2, 3], "{key}");
    }
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}

async fn reliability_10_commit_order_loses_nothing_with_two_relays(kind: Kind) {
    let platform = Arc::new(Platform::start(kind).await);
    let consumer = platform.consumer(&Arc::default());
    let relays = [platform.relay(), platform.relay()];
    let alerts: Vec<AlertId> = (0..4).map(|_| AlertId::new()).collect();
    let writers: Vec<_> = (0..16_u64)
        .map(|writer| {
            let platform = Arc::clone(&platform);
            let alert = alerts[usize::try_from(writer % 4).expect("index")];
            tokio::spawn(async move {
                for round in 0..5 {
                    let mut conn = platform.pool.get().await.expect("connection");
                    let pause = Duration::from_millis((writer * 7 + round * 3) % 11);
                    conn.transaction(async |conn| {
                        platform.outbox.add(conn, &fact(alert), now(), Uuid::now_v7()).await?;
                        tokio::time::sleep(pause).await;
                        Ok::<_, diesel::result::Error>(())
                    })
                    .await
                    .expect("transaction");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("writer");
    }
    platform.until("effects", 80).await;
    for (key, numbers) in platform.applied().await {
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>(), "{key}");
    }
    for relay in relays {
        relay.stop().await;
    }
    consumer.stop().await;
    Arc::into_inner(platform).expect("sole owner").stop().await;
}
