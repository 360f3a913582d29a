use std::time::Duration;

use contracts::events::{AssetDisabled, AssetUpdated, NotificationSent};
use domain::{AssetId, Candle, Clock, Interval, NotificationId, Quantity};
use serde_json::{Value, json};
use test_kit::eventually;

use crate::helpers::{App, User, level};

fn moved(direction: &str, percent: f64, window: &str) -> Value {
    json!({"type": "change_pct", "direction": direction, "percent": percent, "window": window})
}

async fn is_already_true(user: &User<'_>, condition: Value) -> bool {
    let (status, answer) = user
        .post("/api/alerts/", json!({"symbol": "BTC", "condition": condition}))
        .await;
    assert_eq!(status, 201, "{answer}");
    answer["data"]["already_true"].as_bool().expect("a boolean")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_already_there_is_told_when_the_alert_is_made_and_when_it_is_armed_again() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    app.clock.advance(Duration::from_secs(302));
    app.tick("bitcoin", "61200").await;
    for (condition, expected) in [
        (moved("up", 2.0, "5m"), true),
        (moved("up", 2.1, "5m"), false),
        (moved("either", 1.0, "5m"), true),
        (moved("down", 1.0, "5m"), false),
        // Nothing is known of an hour ago, and unknown is not true.
        (moved("up", 1.0, "1h"), false),
        (
            json!({"all": [moved("up", 2.0, "5m"), {"type": "above", "price": "61000"}]}),
            true,
        ),
        (
            json!({"all": [moved("up", 2.0, "5m"), {"type": "above", "price": "62000"}]}),
            false,
        ),
    ] {
        assert_eq!(is_already_true(&ana, condition.clone()).await, expected, "{condition}");
    }
    let id = ana
        .create(json!({"symbol": "BTC", "condition": moved("up", 5.0, "5m")}))
        .await;
    let (_, answer) = ana.patch(&id, json!({"condition": moved("up", 1.5, "5m")})).await;
    assert_eq!(answer["data"]["already_true"], true, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_is_measured_against_the_last_trade_where_the_minute_before_had_none() {
    let app = App::start().await;
    let ana = app.user();
    let first = app.tick("bitcoin", "60000").await;
    {
        let mut market = app.market.lock().expect("market");
        let minute = Interval::M1.bucket_start(first.event_at);
        let candles = (0..4).map(|index| {
            let mut candle = app.quiet_candle(&first.asset, minute, index, "60000");
            candle.filled = index > 0;
            candle
        });
        let key = (first.asset.clone(), Interval::M1);
        market.candles.insert(key, candles.collect());
    }
    // The price of five minutes ago is 50 seconds old by then, and one minute is as old as it may be.
    app.clock.advance(Duration::from_secs(350));
    app.tick("bitcoin", "61200").await;
    assert!(is_already_true(&ana, moved("up", 2.0, "5m")).await);
    app.clock.advance(Duration::from_secs(20));
    app.tick("bitcoin", "61200").await;
    assert!(!is_already_true(&ana, moved("up", 2.0, "5m")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_closed_candles_say_already_is_told_when_the_alert_is_made() {
    let app = App::start().await;
    let ana = app.user();
    let newest = app.tick("bitcoin", "61000").await;
    {
        let begin = Interval::M1
            .bucket_start(newest.event_at)
            .minus(Duration::from_secs(40 * 60));
        let candles = (0..40).map(|minute| Candle {
            volume: Quantity::parse(if minute == 39 { "5" } else { "1" }).ok(),
            ..app.quiet_candle(&newest.asset, begin, minute, "60000")
        });
        let key = (newest.asset.clone(), Interval::M1);
        app.market
            .lock()
            .expect("market")
            .candles
            .insert(key, candles.collect());
    }
    let mean = |op: &str, value: u32| json!({"type": "indicator", "indicator": "sma:5", "interval": "1m", "op": op, "value": value});
    let volume = |multiple: u32| json!({"type": "volume_spike", "multiple": multiple, "interval": "1m"});
    for (condition, expected) in [
        (mean("above", 60_000), true),
        (mean("above", 60_001), false),
        (mean("below", 60_000), true),
        // An event is never there already, and of a longer candle nothing is known.
        (mean("crosses_above", 59_000), false),
        (
            json!({"type": "indicator", "indicator": "sma:5", "interval": "1h", "op": "above", "value": 1}),
            false,
        ),
        (volume(5), true),
        (volume(6), false),
        (
            json!({"all": [mean("above", 60_000), volume(5), {"type": "above", "price": "61000"}]}),
            true,
        ),
        (
            json!({"all": [mean("above", 60_000), {"type": "above", "price": "61001"}]}),
            false,
        ),
    ] {
        assert_eq!(is_already_true(&ana, condition.clone()).await, expected, "{condition}");
    }
    let id = ana.create(level("crosses_above", "70000")).await;
    let (_, answer) = ana.patch(&id, json!({"condition": mean("above", 60_000)})).await;
    assert_eq!(answer["data"]["already_true"], true, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_that_market_data_has_just_listed_can_be_watched_before_word_of_it_is_here() {
    let app = App::start().await;
    let ana = app.user();
    app.list("solana", "SOL", 3);
    let body = json!({"symbol": "SOL", "condition": {"type": "above", "price": "200"}});
    let (status, answer) = ana.post("/api/alerts/", body).await;
    assert_eq!(
        (status, &answer["data"]["asset_id"]),
        (201, &json!("solana")),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_that_has_ended_by_itself_is_not_paused_by_hand() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("above", "61000")).await;
    app.tick("bitcoin", "62000").await;
    ana.wait_for_status(&id, "triggered").await;
    let (status, answer) = ana.patch(&id, json!({"is_active": false, "note": "done"})).await;
    let alert = &answer["data"];
    assert_eq!(
        (status, &alert["status"], &alert["note"]),
        (200, &json!("triggered"), &json!("done")),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_alone_moves_the_level_of_an_alert_and_nothing_else() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("crosses_below", "50000")).await;
    let (status, answer) = ana.patch(&id, json!({"target_price": "55000"})).await;
    assert_eq!(
        (status, &answer["data"]["condition"], answer["data"]["version"].as_i64()),
        (200, &json!({"type": "crosses_below", "price": "55000"}), Some(2)),
        "{answer}"
    );
    app.tick("bitcoin", "54000").await;
    ana.wait_for_status(&id, "triggered").await;
    let channel = json!({"symbol": "BTC", "condition": {"type": "channel", "low": "1", "high": "2", "op": "enters"}});
    let other = ana.create(channel).await;
    for (id, price) in [(&other, json!("55000")), (&id, json!("0"))] {
        let (status, answer) = ana.patch(id, json!({"target_price": price})).await;
        assert_eq!(
            (status, answer["error"]["fields"]["target_price"].is_array()),
            (422, true),
            "{answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firing_that_goes_to_no_list_was_told_when_a_channel_first_took_it() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let mut body = level("above", "61000");
    body["channels"] = json!(["email", "webhook"]);
    ana.create(body).await;
    app.tick("bitcoin", "62000").await;
    let firing = ana.fired(1).await[0]["id"].clone();
    let notification_id = NotificationId::new();
    let first = app.clock.now();
    for (seq, channel) in [(1, "webhook"), (2, "email")] {
        let sent = NotificationSent {
            notification_id,
            user_id: ana.id,
            kind: "alert_fired".to_owned(),
            data: json!({"firing_id": firing}),
            channel: channel.to_owned(),
            sent_at: app.clock.now(),
        };
        app.say("notifier", &sent, seq).await;
        app.clock.advance(Duration::from_secs(1));
    }
    let seen = "SELECT count(*) FROM alerts.inbox";
    eventually("both facts are taken in", async || {
        (app.database.number(seen).await >= 2).then_some(())
    })
    .await;
    assert_eq!(ana.history().await[0]["notified_at"], first.to_string().as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_an_alert_on_an_asset_that_is_switched_off_is_told_once_and_it_watches_again_afterwards() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("above", "61000")).await;
    let asset_id = AssetId::parse("bitcoin").expect("id");
    app.say("market-data", &AssetDisabled { asset_id, version: 2 }, 1).await;
    eventually("it is not offered any more", async || {
        (ana.post("/api/alerts/", level("above", "61000")).await.0 == 422).then_some(())
    })
    .await;
    // Nothing gives its price any more.
    app.clock.advance(Duration::from_secs(120));
    ana.wait_for_status(&id, "no_data").await;
    app.clock.advance(Duration::from_secs(120));
    let facts = {
        let market = app.market.lock().expect("market");
        let mut facts = market.assets[0].clone();
        facts.version = 3;
        facts
    };
    app.say("market-data", &AssetUpdated(facts), 2).await;
    app.tick("bitcoin", "60500").await;
    ana.wait_for_status(&id, "armed").await;
    assert_eq!(app.facts(&id).await, 1, "its owner was told once");
    app.tick("bitcoin", "61000").await;
    ana.wait_for_status(&id, "triggered").await;
}
