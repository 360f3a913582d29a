//! Consumers that die again and again, and those that take over from them.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use contracts::AnyEvent;
use diesel_async::AsyncPgConnection;
use domain::AlertId;
use messaging::{Broker, ConsumerOptions, Failure, Handler, Reception};
use test_kit::eventually;

use crate::{
    platform::{Kind, Platform, note},
    process::Process,
};

on_both!(
    reliability_7_a_message_that_kills_its_consumer_takes_no_innocent_with_it,
    reliability_8_the_facts_of_a_key_keep_their_order_while_active_replicas_are_killed,
);

const KILLS: usize = 25;
const INNOCENTS: usize = 120;

/// Never comes back from one key's fact, as a process that dies of it.
#[derive(Default)]
struct Deadly {
    key: String,
    held: AtomicUsize,
}

#[async_trait]
impl Handler for Deadly {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        if event.key == self.key {
            self.held.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
        note(conn, event).await?;
        Ok(Reception::Done)
    }
}

async fn reliability_7_a_message_that_kills_its_consumer_takes_no_innocent_with_it(kind: Kind) {
    let platform = Platform::start(kind).await;
    let bad = AlertId::new();
    let handler = Arc::new(Deadly {
        key: bad.uuid().to_string(),
        ..Deadly::default()
    });
    let relay = platform.relay();
    platform.tell(bad, 1).await;
    for _ in 0..INNOCENTS {
        platform.tell(AlertId::new(), 1).await;
    }
    let options = ConsumerOptions {
        // A fact is given up when so many processes have died of it.
        max_attempts: i32::try_from(KILLS).expect("few"),
        ..ConsumerOptions::default()
    };
    assert_eq!(options.prefetch, 50);
    for kill in 1..=KILLS {
        let consumer = platform.consumer_of(&platform.broker, handler.clone(), options.clone());
        eventually("the bad one is held", async || {
            (handler.held.load(Ordering::SeqCst) == kill).then_some(())
        })
        .await;
        consumer.kill().await;
    }
    let consumer = platform.consumer_of(&platform.broker, handler.clone(), options);
    platform.until("effects", INNOCENTS as i64).await;
    platform.until("dead_letters", 1).await;
    assert_eq!(
        platform
            .count(&format!("dead_letters WHERE key = '{}'", bad.uuid()))
            .await,
        1
    );
    assert_eq!(handler.held.load(Ordering::SeqCst), KILLS, "once for each kill");
    assert_eq!(platform.applied().await.len(), INNOCENTS, "each innocent once");
    relay.stop().await;
    consumer.stop().await;
    platform.stop().await;
}

const KEYS: usize = 40;
const FACTS_OF_A_KEY: usize = 50;
const TAKEOVERS: usize = 6;

/// Says which of two replicas was the last to handle something.
struct Replica {
    name: usize,
    active: Arc<Mutex<usize>>,
}

#[async_trait]
impl Handler for Replica {
    async fn handle(&self, conn: &mut AsyncPgConnection, event: &AnyEvent) -> Result<Reception, Failure> {
        *self.active.lock().expect("lock") = self.name;
        note(conn, event).await?;
        Ok(Reception::Done)
    }
}

async fn reliability_8_the_facts_of_a_key_keep_their_order_while_active_replicas_are_killed(kind: Kind) {
    let platform = Platform::start(kind).await;
    let alerts: Vec<AlertId> = (0..KEYS).map(|_| AlertId::new()).collect();
    let active = Arc::new(Mutex::new(0));
    let relay = platform.relay();
    let start = |name: usize| {
        let handler = Replica {
            name,
            active: Arc::clone(&active),
        };
        let broker: Arc<dyn Broker> = match kind {
            Kind::Memory => Arc::clone(&platform.broker),
            Kind::Rabbit => Process::broker(&platform, kind),
        };
        let consumer = platform.consumer_of(&broker, Arc::new(handler), ConsumerOptions::default());
        Process::of(broker, vec![consumer])
    };
    let mut replicas = [start(0), start(1)];
    let share = FACTS_OF_A_KEY / (TAKEOVERS + 1);
    let mut told = 0;
    for _ in 0..TAKEOVERS {
        for alert in &alerts {
            platform.tell(*alert, share).await;
        }
        told += share * KEYS;
        // Killed in the middle of what has just been told.
        let least = (told - share * KEYS / 2) as i64;
        eventually("half of it is applied", async || {
            (platform.count("effects").await >= least).then_some(())
        })
        .await;
        let name = *active.lock().expect("lock");
        std::mem::replace(&mut replicas[name], start(name)).kill().await;
    }
    for alert in &alerts {
        platform.tell(*alert, FACTS_OF_A_KEY - share * TAKEOVERS).await;
    }
    platform.until("effects", (KEYS * FACTS_OF_A_KEY) as i64).await;
    let applied = platform.applied().await;
    assert_eq!(applied.len(), KEYS);
    for (key, numbers) in applied {
        assert_eq!(numbers, (1..=FACTS_OF_A_KEY as i64).collect::<Vec<i64>>(), "{key}");
    }
    for replica in replicas {
        replica.stop().await;
    }
    relay.stop().await;
    platform.stop().await;
}
