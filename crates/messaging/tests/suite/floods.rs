//! The same facts over and over.

use std::{collections::HashMap, sync::Arc};

use contracts::{Envelope, Event, events::AlertNoData};
use domain::{AlertId, EventId};
use futures_util::future::join_all;
use messaging::OutgoingFact;
use rand::{Rng, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::platform::{Kind, Platform, fact, now};

on_both!(reliability_9_a_flood_of_duplicates_ends_where_a_single_run_does);

const KEYS: usize = 20;
const FACTS_OF_A_KEY: u64 = 25;

async fn reliability_9_a_flood_of_duplicates_ends_where_a_single_run_does(kind: Kind) {
    let day: Vec<Vec<OutgoingFact>> = (0..KEYS).map(|_| facts_of(AlertId::new())).collect();
    let mut random = StdRng::seed_from_u64(9);
    let flood: Vec<Vec<OutgoingFact>> = day.iter().map(|facts| flooded(facts, &mut random)).collect();
    let once = state_after(kind, day).await;
    assert_eq!(once.len(), KEYS);
    assert_eq!(state_after(kind, flood).await, once);
}

/// Twice the whole stream, and at random places one in ten of what was before.
fn flooded(facts: &[OutgoingFact], random: &mut StdRng) -> Vec<OutgoingFact> {
    let mut stream: Vec<OutgoingFact> = Vec::new();
    for fact in facts.iter().chain(facts) {
        stream.push(fact.clone());
        if random.random_ratio(1, 10) {
            let repeat = stream[random.random_range(0..stream.len())].clone();
            stream.push(repeat);
        }
    }
    stream
}

/// Publishes each key's stream in its order, all at the same time, and gives what it came to.
async fn state_after(kind: Kind, streams: Vec<Vec<OutgoingFact>>) -> HashMap<String, Vec<i64>> {
    let platform = Platform::start(kind).await;
    let consumer = platform.consumer(&Arc::default());
    let sent: usize = streams.iter().map(Vec::len).sum();
    join_all(streams.into_iter().map(async |stream| {
        for fact in stream {
            platform.broker.publish(fact).await.expect("published");
        }
    }))
    .await;
    platform.until("effects", (KEYS as u64 * FACTS_OF_A_KEY) as i64).await;
    // What is still on its way could only be a duplicate, and would show as one.
    test_kit::eventually("every message is handled", async || {
        let consumed = platform.counted("messaging_consumed_total", None);
        let duplicates = platform.counted("messaging_duplicates_total", None);
        (consumed + duplicates == sent as u64).then_some(())
    })
    .await;
    let state = platform.applied().await;
    assert_eq!(platform.count("inbox").await, (KEYS as u64 * FACTS_OF_A_KEY) as i64);
    consumer.stop().await;
    platform.stop().await;
    state
}

fn facts_of(alert: AlertId) -> Vec<OutgoingFact> {
    let envelope = |seq| Envelope {
        id: EventId::new(),
        name: AlertNoData::NAME.to_owned(),
        version: AlertNoData::VERSION,
        occurred_at: now(),
        key: alert.uuid().to_string(),
        seq,
        correlation_id: Uuid::now_v7(),
        producer: "alerts".to_owned(),
        payload: fact(alert),
    };
    let outgoing = |envelope: Envelope<AlertNoData>| OutgoingFact {
        id: envelope.id,
        routing_key: envelope.routing_key(),
        body: serde_json::to_vec(&envelope).expect("json"),
        is_mandatory: true,
        target_service: None,
    };
    (1..=FACTS_OF_A_KEY).map(|seq| outgoing(envelope(seq))).collect()
}
