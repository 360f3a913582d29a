//! What is only for services and for administrators.

use serde_json::{Value, json};

use super::{helpers::App, reads::market};

#[tokio::test(flavor = "multi_thread")]
async fn internal_routes_answer_services_only() {
    let mut app = market().await;
    for path in [
        "/internal/assets",
        "/internal/prices",
        "/internal/candles?asset=btc",
        "/internal/ticks?asset=btc",
    ] {
        assert_eq!(app.get(path).await.0, 403, "{path}");
        assert_eq!(app.get_as(path, "nonsense").await.0, 401, "{path}");
    }
    let assets = app.internal("/internal/assets").await;
    assert_eq!(assets["assets"].as_array().map(Vec::len), Some(2));
    let prices = app.internal("/internal/prices").await;
    assert_eq!(
        (&prices["prices"][0]["price"], &prices["prices"][0]["seq"]),
        (&json!("219"), &json!(120))
    );
    let price = app.internal("/internal/prices?asset=eth").await;
    assert_eq!(
        (price["prices"].as_array().map(Vec::len), &price["prices"][0]["price"]),
        (Some(1), &json!("281"))
    );
    assert_eq!(price["stale_after_ms"], prices["stale_after_ms"]);
    assert_eq!(app.internal("/internal/prices?asset=nope").await["prices"], json!([]));
    assert_eq!(app.get_as("/internal/prices?asset=", &App::service()).await.0, 422);
    let candles = app.internal("/internal/candles?asset=btc&interval=1m&limit=50").await;
    assert_eq!(
        (
            candles["candles"].as_array().map(Vec::len),
            &candles["candles"][49]["close"]
        ),
        (Some(50), &json!("219"))
    );
    let page = app.internal("/internal/ticks?asset=btc&limit=100").await;
    assert_eq!(
        (page["ticks"].as_array().map(Vec::len), &page["stored_seq"]),
        (Some(100), &json!(120))
    );
    let next = page["next"].as_str().expect("next");
    let page = app.internal(&format!("/internal/ticks?asset=btc&after={next}")).await;
    assert_eq!(
        (
            page["ticks"].as_array().map(Vec::len),
            &page["ticks"][0]["seq"],
            &page["next"]
        ),
        (Some(20), &json!(101), &Value::Null)
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_rename_and_disable_assets_without_a_restart() {
    let mut app = market().await;
    let admin = App::user(contracts::Role::Admin);
    let path = "/api/admin/assets/btc/";
    assert_eq!(
        app.patch(path, &App::user(contracts::Role::User), json!({"enabled": false}))
            .await
            .0,
        403
    );
    assert_eq!(
        app.patch(path, &App::anonymous(), json!({"enabled": false})).await.0,
        401
    );
    assert_eq!(
        app.patch("/api/admin/assets/nope/", &admin, json!({"enabled": false}))
            .await
            .0,
        404
    );
    assert_eq!(app.patch(path, &admin, json!({"name": ""})).await.0, 422);
    assert_eq!(app.patch(path, &admin, json!({"rank": 1})).await.0, 422);
    let (status, body) = app
        .patch(path, &admin, json!({"name": "Bitcoin", "symbol": "xbt"}))
        .await;
    assert_eq!(
        (status, &body["data"]["name"], &body["data"]["version"]),
        (200, &json!("Bitcoin"), &json!(2))
    );
    assert_eq!(app.data("/api/assets/XBT/").await["asset_id"], "btc");
    assert_eq!(
        app.patch(path, &admin, json!({"enabled": false, "version": 1})).await.0,
        409
    );
    assert_eq!(app.patch(path, &admin, json!({"enabled": false})).await.0, 200);
    assert_eq!(app.get("/api/assets/btc/").await.0, 404);
    let (_, all) = app.get_as("/api/admin/assets/?enabled=false", &admin).await;
    assert_eq!(all["data"][0]["asset_id"], "btc");
    let told = "SELECT count(*) FROM market_data.sequences WHERE context = 'asset' AND key = 'btc' AND last = 3";
    assert_eq!(app.count(told).await, 1);
    let (status, sources) = app.get_as("/api/admin/sources/", &admin).await;
    assert_eq!(
        (status, &sources["data"][0]["name"], &sources["data"][0]["enabled"]),
        (200, &json!("replay"), &json!(true))
    );
    assert_eq!(sources["data"][0]["version"], 0, "nobody changed it");
    let path = "/api/admin/sources/replay/";
    for (version, expected) in [(0, 200), (0, 409), (1, 200)] {
        let change = json!({"enabled": true, "version": version});
        let (status, body) = app.patch(path, &admin, change).await;
        assert_eq!(status, expected, "{body}");
        if expected == 409 {
            assert_eq!(body["error"]["code"], "version_conflict");
        } else {
            assert_eq!(body["data"]["version"], version + 1);
        }
    }
    app.stop().await;
}
