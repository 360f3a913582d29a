use std::time::Duration;

use contracts::{
    LogEntry,
    events::{NotificationCreated, UserDeleted},
};
use domain::{AssetId, Clock, NotificationId};
use serde_json::json;
use test_kit::eventually;

use crate::helpers::{App, PARTITIONS, level};

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_in_short_form_fires_once_however_often_the_tick_is_delivered() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana
        .create(json!({"symbol": "btc", "condition": "above", "target_price": "61000"}))
        .await;
    let tick = app.tick("bitcoin", "61000").await;
    app.append(&tick).await;
    let fired = ana.fired(1).await;
    ana.wait_for_status(&id, "triggered").await;
    app.tick("bitcoin", "62000").await;
    assert_eq!(fired[0]["trigger_key"], "seq:2");
    assert_eq!(
        (fired[0]["previous_price"].as_str(), fired[0]["price"].as_str()),
        (Some("60000"), Some("61000"))
    );
    assert_eq!(
        (
            fired[0]["late"].as_bool(),
            fired[0]["source"].as_str(),
            fired[0]["alert_version"].as_i64()
        ),
        (Some(false), Some("kraken"), Some(1))
    );
    assert_eq!(app.facts(&id).await, 1);
    let alert = ana.alert(&id).await;
    assert_eq!(
        (alert["fired_count"].as_i64(), alert["is_active"].as_bool()),
        (Some(1), Some(false))
    );
    assert_eq!(ana.history().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_hears_the_first_tick_after_its_answer_also_while_many_are_judged() {
    let app = App::start().await;
    let ana = app.user();
    let partition = AssetId::parse("bitcoin").expect("id").partition(PARTITIONS);
    app.tick("bitcoin", "60000").await;
    for _ in 0..3 {
        for _ in 0..20 {
            let ticks = (0..500).map(|_| LogEntry::Tick(app.next_tick("bitcoin", "60000")));
            app.append_entries(partition, ticks.collect()).await;
        }
        let id = ana.create(level("crosses_above", "61000")).await;
        // Whoever misses the first of them never learns of it.
        app.tick("bitcoin", "62000").await;
        app.tick("bitcoin", "60000").await;
        ana.wait_for_status(&id, "triggered").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rabbit_carries_ticks_to_firings_and_facts_away() {
    let app = App::start_on_rabbit().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("crosses_above", "61000")).await;
    app.tick("bitcoin", "61500").await;
    ana.fired(1).await;
    assert_eq!(app.facts(&id).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_that_is_already_passed_is_told_and_needs_a_fresh_cross_or_fires_at_the_next_price() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let (_, state) = ana.post("/api/alerts/", level("above", "50000")).await;
    let (_, event) = ana.post("/api/alerts/", level("crosses_above", "50000")).await;
    assert_eq!(
        (
            state["data"]["already_true"].as_bool(),
            event["data"]["already_true"].as_bool()
        ),
        (Some(true), Some(false))
    );
    app.tick("bitcoin", "60001").await;
    ana.wait_for_status(state["data"]["id"].as_str().expect("id"), "triggered")
        .await;
    app.tick("bitcoin", "49000").await;
    app.tick("bitcoin", "50000").await;
    ana.wait_for_status(event["data"]["id"].as_str().expect("id"), "triggered")
        .await;
    assert_eq!(ana.history().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_36_a_deleted_alert_and_a_deleted_user_are_silent() {
    let app = App::start().await;
    let (ana, bob) = (app.user(), app.user());
    app.tick("bitcoin", "60000").await;
    let deleted = ana.create(level("above", "61000")).await;
    let kept = ana.create(level("above", "61000")).await;
    let of_bob = bob.create(level("above", "61000")).await;
    assert_eq!(ana.delete(&deleted).await.0, 200);
    app.say("auth", &UserDeleted { user_id: bob.id }, 1).await;
    eventually("bob is forgotten", async || {
        (bob.get(&format!("/api/alerts/{of_bob}/")).await.0 == 404).then_some(())
    })
    .await;
    app.tick("bitcoin", "62000").await;
    ana.wait_for_status(&kept, "triggered").await;
    assert_eq!((app.facts(&deleted).await, app.facts(&of_bob).await), (0, 0));
    assert_eq!(ana.get(&format!("/api/alerts/{deleted}/")).await.0, 404);
    assert_eq!(bob.post("/api/alerts/", level("above", "1")).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_36_whoever_asks_before_sending_learns_that_a_fired_alert_was_deleted() {
    let app = App::start().await;
    let (ana, bob) = (app.user(), app.user());
    app.tick("bitcoin", "60000").await;
    let deleted = ana.create(level("above", "61000")).await;
    let kept = ana.create(level("above", "61000")).await;
    let of_bob = bob.create(level("above", "61000")).await;
    app.tick("bitcoin", "62000").await;
    for (user, count) in [(&ana, 2), (&bob, 1)] {
        user.fired(count).await;
    }
    let all = [deleted.as_str(), kept.as_str(), of_bob.as_str()];
    let mut found = app.existing(&all).await;
    found.sort_unstable();
    let mut expected = all.map(str::to_owned).to_vec();
    expected.sort_unstable();
    assert_eq!(found, expected, "an alert that has fired still exists");
    assert_eq!(ana.delete(&deleted).await.0, 200);
    app.say("auth", &UserDeleted { user_id: bob.id }, 1).await;
    eventually("bob is forgotten", async || {
        (bob.get(&format!("/api/alerts/{of_bob}/")).await.0 == 404).then_some(())
    })
    .await;
    assert_eq!(app.existing(&all).await, [kept]);
    assert_eq!(app.existing(&[]).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_services_ask_which_alerts_exist_and_not_for_too_many() {
    let app = App::start().await;
    let path = "/internal/alerts/existing";
    let question = json!({"alert_ids": []});
    assert_eq!(app.user().post(path, question.clone()).await.0, 403);
    assert_eq!(
        app.request(reqwest::Method::POST, path, "x", Some(question)).await.0,
        401
    );
    let many: Vec<uuid::Uuid> = (0..5_001).map(|_| uuid::Uuid::now_v7()).collect();
    let (status, answer) = app.ask_as_service(path, json!({"alert_ids": many})).await;
    assert_eq!(
        (status, answer["error"]["fields"]["alert_ids"].is_array()),
        (422, true),
        "{answer}"
    );
    assert_eq!(app.ask_as_service(path, json!({"alert_ids": ["x"]})).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_is_a_new_version_and_a_pause_silences() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let moved = ana.create(level("above", "61000")).await;
    let paused = ana.create(level("above", "61000")).await;
    let (status, answer) = ana
        .patch(
            &moved,
            json!({"condition": {"type": "above", "price": "63000"}, "version": 1}),
        )
        .await;
    assert_eq!((status, answer["data"]["version"].as_i64()), (200, Some(2)), "{answer}");
    assert_eq!(
        ana.patch(&paused, json!({"is_active": false})).await.1["data"]["status"],
        "paused"
    );
    app.tick("bitcoin", "62000").await;
    app.tick("bitcoin", "63000").await;
    let fired = ana.fired(1).await;
    assert_eq!(
        (
            fired.len(),
            fired[0]["alert_version"].as_i64(),
            fired[0]["price"].as_str()
        ),
        (1, Some(2), Some("63000"))
    );
    // Armed again, a state that is true fires at the next price.
    assert_eq!(
        ana.patch(&paused, json!({"is_active": true})).await.1["data"]["already_true"],
        true
    );
    app.tick("bitcoin", "63000").await;
    ana.wait_for_status(&paused, "triggered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_of_the_note_neither_rearms_nor_forgets() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let body = json!({"symbol": "BTC", "condition": {"type": "above", "price": "61000"}, "trigger": "every_time", "cooldown_seconds": 0});
    let id = ana.create(body).await;
    app.tick("bitcoin", "62000").await;
    ana.fired(1).await;
    let (_, answer) = ana.patch(&id, json!({"note": "sell"})).await;
    assert_eq!(
        (answer["data"]["version"].as_i64(), answer["data"]["note"].as_str()),
        (Some(1), Some("sell"))
    );
    // Still true, so nothing fires until it was false by the hysteresis.
    app.tick("bitcoin", "62001").await;
    app.tick("bitcoin", "60999").await;
    app.tick("bitcoin", "61001").await;
    app.tick("bitcoin", "60939").await;
    app.tick("bitcoin", "61002").await;
    let fired = ana.fired(2).await;
    assert_eq!((fired.len(), fired[0]["price"].as_str()), (2, Some("61002")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_expires_once_and_tells_and_needs_a_new_end_to_be_armed_again() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let mut body = level("above", "61000");
    body["expires_at"] = json!(app.clock.now().plus(Duration::from_secs(60)).to_string());
    let id = ana.create(body).await;
    app.clock.advance(Duration::from_secs(62));
    ana.wait_for_status(&id, "expired").await;
    assert_eq!(app.facts(&id).await, 1);
    app.tick("bitcoin", "62000").await;
    let (status, answer) = ana.patch(&id, json!({"is_active": true})).await;
    assert_eq!((status, answer["error"]["code"].as_str()), (409, Some("alert_expired")));
    let later = app.clock.now().plus(Duration::from_secs(600)).to_string();
    assert_eq!(
        ana.patch(&id, json!({"is_active": true, "expires_at": later})).await.1["data"]["status"],
        "armed"
    );
    app.tick("bitcoin", "62000").await;
    ana.fired(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_asset_puts_its_alerts_at_no_data_and_tells_once() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("crosses_above", "61000")).await;
    app.clock.advance(Duration::from_secs(120));
    let alert = ana.wait_for_status(&id, "no_data").await;
    assert_eq!(alert["is_active"], true);
    assert_eq!(app.facts(&id).await, 1);
    let listed = ana.get("/api/alerts/?status=no_data").await.1;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
    app.tick("bitcoin", "61500").await;
    let fired = ana.fired(1).await;
    assert_eq!(fired[0]["late"], true);
    assert_eq!(app.facts(&id).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silence_is_told_once_also_where_the_price_behind_it_has_none_to_be_compared_with() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let body =
        json!({"symbol": "BTC", "condition": {"type": "change_pct", "direction": "up", "percent": 5, "window": "5m"}});
    let id = ana.create(body).await;
    app.clock.advance(Duration::from_secs(120));
    ana.wait_for_status(&id, "no_data").await;
    assert_eq!(app.facts(&id).await, 1);
    app.clock.advance(Duration::from_secs(400));
    app.tick("bitcoin", "60000").await;
    app.clock.advance(Duration::from_secs(1));
    // What was decided at that price is decided once this one has fired.
    let other = ana.create(level("above", "61000")).await;
    app.tick("bitcoin", "61500").await;
    ana.fired(1).await;
    assert_eq!((app.facts(&id).await, app.facts(&other).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_percent_move_is_measured_against_prices_of_before_the_alert() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    app.clock.advance(Duration::from_secs(310));
    app.tick("bitcoin", "60100").await;
    let body =
        json!({"symbol": "BTC", "condition": {"type": "change_pct", "direction": "up", "percent": 2, "window": "5m"}});
    ana.create(body).await;
    app.tick("bitcoin", "61200").await;
    assert_eq!(ana.fired(1).await[0]["price"], "61200");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_of_the_notification_is_kept_with_the_firing() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    ana.create(level("above", "61000")).await;
    app.tick("bitcoin", "62000").await;
    let firing = ana.fired(1).await[0]["id"].clone();
    let created = NotificationCreated {
        notification_id: NotificationId::new(),
        user_id: ana.id,
        kind: "alert_fired".to_owned(),
        title: "BTC".to_owned(),
        message: "BTC is above 61000".to_owned(),
        data: json!({"firing_id": firing}),
        created_at: app.clock.now(),
        unread: 1,
    };
    app.say("notifier", &created, 1).await;
    let expected = app.clock.now().to_string();
    eventually("notified_at", async || {
        (ana.history().await[0]["notified_at"] == expected.as_str()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_storm_guard_keeps_fifteen_and_pauses_at_the_sixteenth() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let body = json!({"symbol": "BTC", "condition": {"type": "crosses", "price": "60500"}, "trigger": "every_time", "cooldown_seconds": 0});
    let id = ana.create(body).await;
    for round in 0..20 {
        app.tick("bitcoin", if round % 2 == 0 { "61000" } else { "60000" })
            .await;
    }
    ana.wait_for_status(&id, "paused").await;
    assert_eq!(ana.history().await.len(), 15);
    assert_eq!(app.facts(&id).await, 16, "fifteen firings and one pause");
    ana.patch(&id, json!({"is_active": true})).await;
    app.tick("bitcoin", "61000").await;
    ana.fired(16).await;
}
