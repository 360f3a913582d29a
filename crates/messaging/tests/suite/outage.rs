//! A broker of the test's own, stopped and started while facts and ticks flow.

use std::{sync::Arc, time::Duration};

use domain::AlertId;
use local_servers::RabbitMq;
use messaging::{BrokerState, LogStart};

use crate::platform::{Platform, blocking};

#[tokio::test(flavor = "multi_thread")]
async fn reliability_2_a_broker_that_goes_and_comes_back_loses_nothing() {
    let dir = tempfile::tempdir().expect("dir");
    let path = dir.path().to_owned();
    let mut rabbit = blocking(move || RabbitMq::start(&path, None))
        .await
        .expect("a private RabbitMQ; apt-get install rabbitmq-server");
    let platform = Arc::new(Platform::on(&rabbit.url(), None).await);
    let consumer = platform.consumer(&Arc::default());
    let relay = platform.relay();
    let alerts: Vec<AlertId> = (0..20).map(|_| AlertId::new()).collect();

    let facts = tokio::spawn(tell_slowly(Arc::clone(&platform), alerts.clone()));
    let ticks = tokio::spawn(append_slowly(Arc::clone(&platform)));
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        rabbit = blocking(move || rabbit.stop().map(|()| rabbit)).await.expect("stop");
        tokio::time::sleep(Duration::from_millis(500)).await;
        rabbit = blocking(move || rabbit.restart().map(|()| rabbit))
            .await
            .expect("start");
    }
    facts.await.expect("facts");
    let appended = ticks.await.expect("ticks");

    platform.until("effects", 400).await;
    platform.until("outbox", 0).await;
    for (key, numbers) in platform.applied().await {
        assert_eq!(numbers, (1..=20).collect::<Vec<i64>>(), "{key}");
    }
    assert_eq!(platform.broker.state(), BrokerState::Up);
    assert_eq!(
        distinct_in_log(&platform, appended).await,
        (0..appended).collect::<Vec<u32>>()
    );
    relay.stop().await;
    consumer.stop().await;
    Arc::into_inner(platform).expect("sole owner").stop().await;
    blocking(move || rabbit.stop()).await.expect("stop");
}

async fn tell_slowly(platform: Arc<Platform>, alerts: Vec<AlertId>) {
    for _ in 0..20 {
        for alert in &alerts {
            platform.tell(*alert, 1).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Appends numbers, each until it is confirmed, as the ingestor does.
async fn append_slowly(platform: Arc<Platform>) -> u32 {
    let count: u32 = 200;
    for number in 0..count {
        while platform.broker.append(0, number.to_be_bytes().to_vec()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    count
}

/// The numbers in the log in their order, those that were written twice counted once.
async fn distinct_in_log(platform: &Platform, count: u32) -> Vec<u32> {
    let mut reader = platform.broker.read(0, LogStart::First).await.expect("read");
    let mut numbers: Vec<u32> = Vec::new();
    while numbers.last().is_none_or(|last| *last + 1 < count) {
        let record = tokio::time::timeout(Duration::from_secs(20), reader.next())
            .await
            .expect("in time")
            .expect("record");
        let number = u32::from_be_bytes(record.body.try_into().expect("four bytes"));
        if numbers.last().is_none_or(|last| number > *last) {
            numbers.push(number);
        }
    }
    numbers
}
