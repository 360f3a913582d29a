//! The line to RabbitMQ goes silent or is cut.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use contracts::AnyEvent;
use diesel_async::AsyncPgConnection;
use domain::{AlertId, EventId};
use messaging::{BrokerState, ConsumerOptions, Failure, Handler, OutgoingFact, Reception};
use test_kit::{Direction, Flow, Proxy, eventually};
use tokio_util::sync::CancellationToken;

use crate::platform::{Platform, amqp_url, note};

/// A platform with a proxy between it and RabbitMQ.
async fn behind_a_proxy() -> (Proxy, Platform) {
    let (proxy, through) = Proxy::before(&amqp_url()).await;
    (proxy, Platform::on(&through, Some(amqp_url())).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_3_a_silent_broker_is_noticed_by_our_own_deadline_and_every_fact_has_its_effect_once() {
    let (proxy, platform) = behind_a_proxy().await;
    let consumer = platform.consumer(&Arc::default());
    let relay = platform.relay();
    let alert = AlertId::new();
    platform.tell(alert, 5).await;
    platform.until("effects", 5).await;

    proxy.set(Direction::ToClient, Flow::Swallowed);
    platform.tell(alert, 5).await;
    let silent = Instant::now();
    // The first on the connection that went deaf, the others on connections that are never answered.
    while silent.elapsed() < Duration::from_secs(7) {
        let start = Instant::now();
        let published = platform.broker.publish(nobodys_fact()).await;
        assert!(published.is_err(), "nothing confirms it");
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
        tokio::task::yield_now().await;
    }
    assert!(matches!(platform.broker.state(), BrokerState::Down(_)));
    // Whichever of the two gave up first, this or the relay, ended the connection for both.
    assert!(platform.counted("messaging_publish_failures_total", None) >= 1);
    assert_eq!(platform.count("outbox").await, 5, "what is not confirmed waits");

    proxy.heal();
    platform.until("outbox", 0).await;
    platform.until("effects", 10).await;
    let applied = platform.applied().await;
    assert_eq!(applied[&alert.uuid().to_string()], (1..=10).collect::<Vec<i64>>());
    eventually("the broker is up again", async || {
        (platform.broker.state() == BrokerState::Up).then_some(())
    })
    .await;
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}

/// One that no queue needs to take.
fn nobodys_fact() -> OutgoingFact {
    OutgoingFact {
        id: EventId::new(),
        routing_key: "weather.changed.v1".to_owned(),
        body: b"{}".to_vec(),
        is_mandatory: false,
        target_service: None,
    }
}

/// Commits each effect, and then keeps its acknowledgement back until it is released.
#[derive(Default)]
struct Withholding {
    is_done: AtomicBool,
    committed: AtomicUsize,
    released: CancellationToken,
}

#[async_trait]
impl Handler for Withholding {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        note(conn, event).await?;
        Ok(Reception::Done)
    }

    async fn committed(&self, _event: &AnyEvent) {
        self.committed.fetch_add(1, Ordering::SeqCst);
        if !self.is_done.load(Ordering::SeqCst) {
            self.released.cancelled().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_12_acknowledgements_of_a_cut_connection_do_not_cross_to_the_next_one() {
    const FACTS: usize = 200;
    const CUTS: usize = 3;
    let (proxy, platform) = behind_a_proxy().await;
    let relay = platform.relay();
    for _ in 0..FACTS {
        platform.tell(AlertId::new(), 1).await;
    }
    platform.until("outbox", 0).await;
    let handler = Arc::new(Withholding::default());
    let consumer = platform.consumer_of(&platform.broker, handler.clone(), ConsumerOptions::default());
    for cut in 0..CUTS {
        // Every worker has committed one effect, and fifty messages in all wait for their acknowledgement.
        let workers = ConsumerOptions::default().workers;
        // After the first cut the fifty come again, through one worker; the duplicates are acknowledged at once.
        let least = if cut == 0 { workers } else { workers + cut };
        eventually("effects are committed", async || {
            (handler.committed.load(Ordering::SeqCst) >= least).then_some(())
        })
        .await;
        proxy.cut();
    }
    handler.is_done.store(true, Ordering::SeqCst);
    handler.released.cancel();
    platform.until("effects", FACTS as i64).await;
    assert_eq!(platform.applied().await.len(), FACTS, "each alert's only fact, once");
    eventually("the queue is empty", async || {
        let depth = platform.broker.queue_depth("notifier").await.ok()??;
        (depth == 0).then_some(())
    })
    .await;
    // An acknowledgement on the wrong channel would close it, and hand everything out once more, again and again.
    let redelivered = platform.counted("messaging_redelivered_total", None);
    assert!(redelivered >= 1 && redelivered <= 50 * CUTS as u64, "{redelivered}");
    assert_eq!(platform.count("dead_letters").await, 0);
    consumer.stop().await;
    relay.stop().await;
    platform.stop().await;
}
