//! What the evaluator makes of its own absence, of the feed's, and of a second instance.

use std::time::Duration;

use contracts::LogEntry;
use domain::{AssetId, Clock, Interval, Price, Tick};
use serde_json::json;
use test_kit::eventually;

use crate::helpers::{App, PARTITIONS, level};

#[tokio::test(flavor = "multi_thread")]
async fn reliability_29_what_was_crossed_while_the_evaluator_was_down_fires_once_and_late() {
    let mut app = App::start().await;
    let id = {
        let ana = app.user();
        app.tick("bitcoin", "60000").await;
        let id = ana.create(level("crosses_above", "61000")).await;
        // The position behind this tick is saved before the end.
        app.tick("bitcoin", "60100").await;
        (ana.id, id)
    };
    app.stop().await;
    app.tick("bitcoin", "61200").await;
    app.tick("bitcoin", "60000").await;
    app.clock.advance(Duration::from_secs(300));
    app.run().await;
    let ana = crate::helpers::User {
        app: &app,
        id: id.0,
        scopes: None,
    };
    let fired = ana.fired(1).await;
    assert_eq!(
        (
            fired[0]["trigger_key"].as_str(),
            fired[0]["late"].as_bool(),
            fired[0]["price"].as_str()
        ),
        (Some("seq:3"), Some(true), Some("61200"))
    );
    assert_eq!(app.facts(&id.1).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_29_a_plain_restart_fires_nothing() {
    let mut app = App::start().await;
    let ana_id = {
        let ana = app.user();
        app.tick("bitcoin", "60000").await;
        ana.create(level("crosses_above", "61000")).await;
        ana.create(level("above", "61000")).await;
        ana.create(level("crosses_below", "59000")).await;
        ana.id
    };
    for _ in 0..3 {
        app.tick("bitcoin", "60500").await;
        app.kill();
        app.run().await;
    }
    let ana = crate::helpers::User {
        app: &app,
        id: ana_id,
        scopes: None,
    };
    ana.create(level("above", "60000")).await;
    app.tick("bitcoin", "60600").await;
    // The newest alert's firing shows that the tick was judged.
    assert_eq!(ana.fired(1).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_29_a_gap_of_the_feed_is_filled_from_candles_and_marked() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("crosses_above", "61000")).await;
    let asset = AssetId::parse("bitcoin").expect("id");
    let partition = asset.partition(PARTITIONS);
    app.tick("bitcoin", "60010").await;
    let start = Interval::M1.bucket_end(Interval::M1.bucket_start(app.clock.now()));
    app.append_entries(partition, vec![LogEntry::FeedDown(app.clock.now())])
        .await;
    app.clock.advance(Duration::from_secs(300));
    let candle = |minute: i64, high: &str| app.quiet_candle(&asset, start, minute, high);
    let candles = vec![candle(0, "60100"), candle(1, "61700"), candle(2, "60100")];
    app.market
        .lock()
        .expect("market")
        .candles
        .insert((asset.clone(), Interval::M1), candles);
    app.append_entries(partition, vec![LogEntry::FeedUp(app.clock.now())])
        .await;
    app.tick("bitcoin", "60020").await;
    let fired = ana.fired(1).await;
    assert_eq!(
        (
            fired[0]["late"].as_bool(),
            fired[0]["from_candle_range"].as_bool(),
            fired[0]["price"].as_str()
        ),
        (Some(true), Some(true), Some("61700"))
    );
    ana.wait_for_status(&id, "triggered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_29_a_gap_whose_candles_are_waited_for_survives_a_restart() {
    let mut app = App::start().await;
    let asset = AssetId::parse("bitcoin").expect("id");
    let partition = asset.partition(PARTITIONS);
    let (ana_id, crossed, later, start) = {
        let ana = app.user();
        app.tick("bitcoin", "60000").await;
        let crossed = ana.create(level("crosses_above", "61000")).await;
        let probe = ana.create(level("crosses_above", "60015")).await;
        app.tick("bitcoin", "60010").await;
        let start = Interval::M1.bucket_end(Interval::M1.bucket_start(app.clock.now()));
        app.append_entries(partition, vec![LogEntry::FeedDown(app.clock.now())])
            .await;
        app.clock.advance(Duration::from_secs(300));
        app.append_entries(partition, vec![LogEntry::FeedUp(app.clock.now())])
            .await;
        app.tick("bitcoin", "60020").await;
        // The probe shows that the gap has ended for the evaluator; no candle of it is known yet.
        ana.wait_for_status(&probe, "triggered").await;
        let later = ana.create(level("crosses_above", "61000")).await;
        app.tick("bitcoin", "60021").await;
        (ana.id, crossed, later, start)
    };
    app.stop().await;
    let candle = |minute: i64, high: &str| app.quiet_candle(&asset, start, minute, high);
    let candles = vec![candle(0, "60100"), candle(1, "61700"), candle(2, "60100")];
    app.market
        .lock()
        .expect("market")
        .candles
        .insert((asset.clone(), Interval::M1), candles);
    app.run().await;
    let ana = crate::helpers::User {
        app: &app,
        id: ana_id,
        scopes: None,
    };
    let fired = ana.fired(2).await;
    assert_eq!(
        (
            fired[0]["alert_id"].as_str(),
            fired[0]["late"].as_bool(),
            fired[0]["from_candle_range"].as_bool(),
            fired[0]["price"].as_str()
        ),
        (Some(crossed.as_str()), Some(true), Some(true), Some("61700"))
    );
    // What was armed behind the gap has nothing to do with it.
    assert_eq!(ana.alert(&later).await["status"], "armed");
    assert_eq!(ana.history().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_27_of_two_instances_one_decides_and_the_other_takes_over() {
    let mut app = App::start().await;
    let standby = app.instance().await;
    let ana_id = {
        let ana = app.user();
        app.tick("bitcoin", "60000").await;
        let every = json!({"symbol": "BTC", "condition": {"type": "crosses", "price": "60500"}, "trigger": "every_time", "cooldown_seconds": 0});
        ana.create(every).await;
        app.tick("bitcoin", "61000").await;
        ana.fired(1).await;
        ana.id
    };
    app.kill();
    app.running = Some(standby);
    app.tick("bitcoin", "60000").await;
    let ana = crate::helpers::User {
        app: &app,
        id: ana_id,
        scopes: None,
    };
    let fired = ana.fired(2).await;
    assert_eq!(fired.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_27_an_owner_whose_term_is_over_decides_nothing() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("above", "61000")).await;
    app.tick("bitcoin", "60001").await;
    // Somebody else takes the lease without this owner's knowledge, as after a long pause of its process.
    let stolen = "UPDATE alerts.leases SET holder = gen_random_uuid(), epoch = epoch + 1, expires_at = now() + interval '2 seconds'";
    let mut conn = app.database.connect().await;
    diesel_async::SimpleAsyncConnection::batch_execute(&mut conn, stolen)
        .await
        .expect("stolen");
    app.tick("bitcoin", "62000").await;
    eventually("the owner has noticed", async || {
        (app.counted("alerts_partitions_owned").await == 0).then_some(())
    })
    .await;
    assert_eq!((app.facts(&id).await, ana.history().await.len()), (0, 0));
    // When that term ends, the alert is decided, once.
    ana.fired(1).await;
    assert_eq!(app.facts(&id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_displaced_writer_is_not_heard_after_a_restart_either() {
    let mut app = App::start().await;
    let partition = AssetId::parse("bitcoin").expect("id").partition(PARTITIONS);
    let ana_id = {
        let ana = app.user();
        app.append_of_writer(2, partition, vec![LogEntry::Tick(app.next_tick("bitcoin", "60000"))])
            .await;
        app.decided("bitcoin", 1).await;
        ana.create(level("crosses_below", "61000")).await;
        ana.id
    };
    // The first position came with a snapshot of the market; what follows is read again after a crash.
    let old = app.next_tick("bitcoin", "62000");
    let new = Tick {
        price: Price::parse("60100").expect("price"),
        ..old.clone()
    };
    app.append_of_writer(1, partition, vec![LogEntry::Tick(old)]).await;
    app.append_of_writer(2, partition, vec![LogEntry::Tick(new)]).await;
    app.decided("bitcoin", 3).await;
    app.kill();
    app.run().await;
    let ana = crate::helpers::User {
        app: &app,
        id: ana_id,
        scopes: None,
    };
    let probe = ana.create(level("above", "60000")).await;
    let next = app.next_tick("bitcoin", "60200");
    app.append_of_writer(2, partition, vec![LogEntry::Tick(next)]).await;
    ana.wait_for_status(&probe, "triggered").await;
    assert_eq!(ana.history().await.len(), 1, "the price never was above 61,000");
}
