use std::time::Duration;

use contracts::Scope;
use serde_json::{Value, json};
use test_kit::eventually;

use crate::helpers::{App, level};

fn fields(answer: &Value) -> Vec<&str> {
    answer["error"]["fields"]
        .as_object()
        .map(|fields| fields.keys().map(String::as_str).collect())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_alert_is_echoed_in_full_with_its_defaults() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let (status, answer) = ana
        .post(
            "/api/alerts/",
            json!({"symbol": "BTC", "condition": "below", "target_price": 50000.5}),
        )
        .await;
    let alert = &answer["data"];
    assert_eq!(status, 201, "{answer}");
    assert_eq!(alert["condition"], json!({"type": "below", "price": "50000.5"}));
    assert_eq!(
        (&alert["trigger"], &alert["channels"]),
        (&json!("once"), &json!(["in_app", "email"]))
    );
    assert_eq!(
        (&alert["asset_id"], &alert["asset_symbol"], &alert["status"]),
        (&json!("bitcoin"), &json!("BTC"), &json!("armed"))
    );
    assert_eq!(
        (&alert["is_active"], &alert["cooldown_seconds"], &alert["fired_count"]),
        (&json!(true), &json!(0), &json!(0))
    );
    assert_eq!(
        (&alert["note"], &alert["triggered_at"], &alert["version"]),
        (&Value::Null, &Value::Null, &json!(1))
    );
    assert!(alert["expires_at"].is_string());
    let endless = json!({"symbol": "BTC", "condition": "above", "target_price": "1", "trigger": "every_time", "expires_at": null});
    let (_, answer) = ana.post("/api/alerts/", endless).await;
    assert_eq!(
        (&answer["data"]["expires_at"], &answer["data"]["cooldown_seconds"]),
        (&Value::Null, &json!(60))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_field_is_named_with_422() {
    let app = App::start().await;
    let ana = app.user();
    let above = json!({"type": "above", "price": "1"});
    let cases = [
        (json!({}), vec!["condition", "symbol"]),
        (json!({"symbol": "BTC"}), vec!["condition"]),
        (json!({"symbol": "NOPE", "condition": above}), vec!["symbol"]),
        (json!({"symbol": "BTC", "condition": "above"}), vec!["target_price"]),
        (
            json!({"symbol": "BTC", "condition": "above", "target_price": "0"}),
            vec!["target_price"],
        ),
        (
            json!({"symbol": "BTC", "condition": "above", "target_price": "1e5"}),
            vec!["target_price"],
        ),
        (
            json!({"symbol": "BTC", "condition": "sideways", "target_price": "1"}),
            vec!["condition"],
        ),
        (
            json!({"symbol": "BTC", "condition": {"type": "above", "price": "NaN"}}),
            vec!["condition.price"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "target_price": "1"}),
            vec!["target_price"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "colour": 1}),
            vec!["colour"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "price": "1"}),
            vec!["price"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "trigger": "twice"}),
            vec!["trigger"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "trigger": {"once_per_bar": "2h"}}),
            vec!["trigger"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "cooldown_seconds": 604801}),
            vec!["cooldown_seconds"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "cooldown_seconds": -1, "note": "x".repeat(501)}),
            vec!["cooldown_seconds", "note"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "channels": ["pigeon"]}),
            vec!["channels"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "expires_at": "2001-01-01T00:00:00Z"}),
            vec!["expires_at"],
        ),
        (
            json!({"symbol": "BTC", "condition": above, "expires_at": "soon"}),
            vec!["expires_at"],
        ),
    ];
    for (body, expected) in cases {
        let (status, answer) = ana.post("/api/alerts/", body.clone()).await;
        assert_eq!((status, fields(&answer)), (422, expected), "{body}: {answer}");
    }
    assert_eq!(ana.post("/api/alerts/", json!([])).await.0, 422);
    assert_eq!(ana.get("/api/alerts/?limit=0").await.0, 422);
    assert_eq!(ana.get("/api/alerts/?status=odd").await.0, 422);
    assert_eq!(ana.get("/api/alerts/?symbol=NOPE").await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_of_somebody_else_does_not_exist() {
    let app = App::start().await;
    let (ana, bob) = (app.user(), app.user());
    let id = ana.create(level("above", "1")).await;
    assert_eq!(bob.get(&format!("/api/alerts/{id}/")).await.0, 404);
    assert_eq!(bob.patch(&id, json!({"note": "mine"})).await.0, 404);
    assert_eq!(bob.delete(&id).await.0, 404);
    assert_eq!(ana.get("/api/alerts/not-an-id/").await.0, 404);
    assert_eq!(bob.get("/api/alerts/").await.1["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_needs_the_scope() {
    let app = App::start().await;
    let mut reader = app.user();
    reader.scopes = Some([Scope::Read].into());
    assert_eq!(reader.get("/api/alerts").await.0, 200);
    assert_eq!(reader.post("/api/alerts", level("above", "1")).await.0, 403);
    let token = "nonsense";
    assert_eq!(
        app.request(reqwest::Method::GET, "/api/alerts/", token, None).await.0,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_newest_first() {
    let app = App::start().await;
    let ana = app.user();
    let mut created = Vec::new();
    for price in 1..=5 {
        created.push(ana.create(level("above", &price.to_string())).await);
    }
    created.reverse();
    let mut seen = Vec::new();
    let mut path = "/api/alerts/?limit=2&symbol=bitcoin".to_owned();
    loop {
        let (_, answer) = ana.get(&path).await;
        seen.extend(
            answer["data"]
                .as_array()
                .expect("rows")
                .iter()
                .map(|row| row["id"].as_str().expect("id").to_owned()),
        );
        let Some(next) = answer["page"]["next"].as_str() else {
            break;
        };
        path = format!("/api/alerts/?limit=2&symbol=bitcoin&cursor={next}");
    }
    assert_eq!(seen, created);
    assert_eq!(ana.get("/api/alerts/?symbol=ETH").await.1["data"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_is_refused_with_409() {
    let app = App::start().await;
    let ana = app.user();
    for _ in 0..20 {
        ana.create(level("above", "1")).await;
    }
    let (status, answer) = ana.post("/api/alerts/", level("above", "1")).await;
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (409, Some("alert_quota_reached"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_the_same_key_and_body_make_one_alert() {
    let app = App::start().await;
    let ana = app.user();
    let key = [("Idempotency-Key", "k1")];
    let (first, one) = ana.post_with("/api/alerts/", level("above", "1"), &key).await;
    let (second, two) = ana.post_with("/api/alerts/", level("above", "1"), &key).await;
    assert_eq!((first, second, &one["data"]["id"]), (201, 201, &two["data"]["id"]));
    let (status, answer) = ana.post_with("/api/alerts/", level("above", "2"), &key).await;
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (409, Some("idempotency_key_reused"))
    );
    assert_eq!(
        ana.get("/api/alerts/").await.1["data"].as_array().map(Vec::len),
        Some(1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_version_is_refused_and_only_the_meaning_makes_a_new_one() {
    let app = App::start().await;
    let ana = app.user();
    let id = ana.create(level("above", "100000")).await;
    let version = async |body: Value| ana.patch(&id, body).await.1["data"]["version"].as_i64();
    assert_eq!(
        version(json!({"note": "x", "cooldown_seconds": 5, "channels": ["in_app"], "expires_at": null, "version": 1}))
            .await,
        Some(1)
    );
    assert_eq!(
        version(json!({"condition": {"type": "above", "price": "100000.00"}})).await,
        Some(1),
        "the same price"
    );
    assert_eq!(
        version(json!({"condition": "below", "target_price": "5"})).await,
        Some(2)
    );
    assert_eq!(version(json!({"trigger": "every_time"})).await, Some(3));
    assert_eq!(version(json!({"symbol": "ETH"})).await, Some(4));
    let (status, answer) = ana.patch(&id, json!({"note": "y", "version": 1})).await;
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (409, Some("version_conflict"))
    );
    let alert = ana.alert(&id).await;
    assert_eq!(
        (&alert["asset_id"], &alert["note"], &alert["expires_at"]),
        (&json!("ethereum"), &json!("x"), &Value::Null)
    );
    assert_eq!(ana.patch(&id, json!({"symbol": "NOPE"})).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_not_armed_from_the_price_of_the_asset_that_it_had() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    app.tick("ethereum", "3000").await;
    let id = ana.create(level("crosses_above", "61000")).await;
    ana.patch(&id, json!({"is_active": false})).await;
    let asked = {
        let mut market = app.market.lock().expect("market");
        market.price_delay = Duration::from_millis(1_500);
        market.price_questions
    };
    let moving = async {
        eventually("the price of bitcoin is asked for", async || {
            (app.market.lock().expect("market").price_questions > asked).then_some(())
        })
        .await;
        app.market.lock().expect("market").price_delay = Duration::ZERO;
        ana.patch(&id, json!({"symbol": "ETH"})).await
    };
    let ((status, answer), moved) = tokio::join!(ana.patch(&id, json!({"is_active": true})), moving);
    assert_eq!(moved.0, 200, "{}", moved.1);
    assert_eq!(
        (status, answer["error"]["code"].as_str()),
        (409, Some("version_conflict")),
        "{answer}"
    );
    assert_eq!(ana.alert(&id).await["asset_id"], "ethereum");
}

#[tokio::test(flavor = "multi_thread")]
async fn history_has_its_evidence_and_comes_as_csv() {
    let app = App::start().await;
    let ana = app.user();
    app.tick("bitcoin", "60000").await;
    let id = ana.create(level("above", "61000")).await;
    app.tick("bitcoin", "62000").await;
    let rows = ana.fired(1).await;
    for member in [
        "id",
        "alert_id",
        "alert_version",
        "trigger_key",
        "asset_symbol",
        "condition",
        "previous_price",
        "price",
        "source",
        "event_at",
    ] {
        assert!(!rows[0][member].is_null(), "{member}");
    }
    assert!(rows[0]["notified_at"].is_null() && rows[0]["latency_ms"].as_i64().is_some_and(|ms| ms >= 0));
    assert_eq!(
        ana.get(&format!("/api/alerts/history/?alert_id={id}")).await.1["data"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let (status, text) = ana.get_with("/api/alerts/history/", ("Accept", "text/csv")).await;
    let lines: Vec<&str> = text.as_str().expect("text").lines().collect();
    assert_eq!((status, lines.len()), (200, 2));
    assert!(
        lines[0].starts_with("id,alert_id,alert_version,trigger_key") && lines[1].contains(&id),
        "{lines:?}"
    );
    assert!(
        lines[0].contains(",previous_price,price,previous_value,value,source,"),
        "{lines:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_services_get_figures_and_exports_and_users_do_not() {
    let app = App::start().await;
    let ana = app.user();
    ana.create(level("above", "1")).await;
    let (status, stats) = app
        .as_service(&format!("/internal/stats?user_ids={}", ana.id.uuid()))
        .await;
    assert_eq!(
        (status, &stats["data"]["alerts"], &stats["data"]["by_user"][0]["count"]),
        (200, &json!(1), &json!(1))
    );
    let (_, export) = app
        .as_service(&format!("/internal/export?user_id={}", ana.id.uuid()))
        .await;
    assert_eq!(export["data"]["alerts"].as_array().map(Vec::len), Some(1));
    assert_eq!(ana.get("/internal/stats").await.0, 403);
}
