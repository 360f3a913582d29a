use std::time::Duration;

use domain::{AssetId, Clock, Tick};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::helpers::{App, level};

#[tokio::test(flavor = "multi_thread")]
async fn reliability_38_the_preview_fires_as_the_live_evaluator_did() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let body = json!({"symbol": "BTC", "condition": {"type": "crosses", "price": "60500"}, "trigger": "every_time", "cooldown_seconds": 0});
    ana.create(body.clone()).await;
    for price in ["60600", "60400", "60500", "60450", "60700"] {
        app.clock.advance(Duration::from_secs(1));
        app.tick("bitcoin", price).await;
    }
    let live: Vec<Value> = ana
        .fired(4)
        .await
        .iter()
        .rev()
        .map(|row| json!([row["event_at"], row["price"]]))
        .collect();
    let (status, answer) = ana.post("/api/alerts/preview/?days=1", body).await;
    let preview: Vec<Value> = answer["data"]["fires"]
        .as_array()
        .expect("fires")
        .iter()
        .map(|fire| json!([fire["event_at"], fire["price"]]))
        .collect();
    assert_eq!((status, &preview), (200, &live), "{answer}");
    assert_eq!(
        (&answer["data"]["count"], &answer["data"]["resolution"]),
        (&json!(4), &json!("ticks"))
    );
    assert_eq!(
        ana.post("/api/alerts/preview/?days=0", level("above", "1")).await.0,
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_lists_the_first_thousand_fires_and_counts_all() {
    let app = App::start().await;
    let ana = app.user();
    let (now, minutes) = (app.clock.now(), 1_100_u64);
    let ticks = (0..minutes).map(|minute| {
        let at = now.minus(Duration::from_secs(60 * (minutes - minute)));
        Tick {
            event_at: at,
            received_at: at,
            ..app.next_tick("bitcoin", "61000")
        }
    });
    let bitcoin = AssetId::parse("bitcoin").expect("id");
    app.market
        .lock()
        .expect("market")
        .ticks
        .insert(bitcoin, ticks.collect());
    let body = json!({"symbol": "BTC", "condition": {"type": "above", "price": "60500"}, "trigger": "once_per_minute"});
    let (status, answer) = ana.post("/api/alerts/preview/?days=2", body).await;
    let listed = answer["data"]["fires"].as_array().map(Vec::len);
    assert_eq!((status, listed), (200, Some(1_000)));
    assert!(
        answer["data"]["count"]
            .as_u64()
            .is_some_and(|count| count >= minutes - 1),
        "{}",
        answer["data"]["count"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn more_previews_than_are_computed_at_once_are_asked_to_come_again() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    app.market.lock().expect("market").price_delay = Duration::from_millis(1_500);
    let previews = (0..6).map(|_| ana.post("/api/alerts/preview/", level("above", "61000")));
    let answers = join_all(previews).await;
    let mut statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 503, 503]);
    assert_eq!(ana.post("/api/alerts/preview/", level("above", "61000")).await.0, 200);
}
