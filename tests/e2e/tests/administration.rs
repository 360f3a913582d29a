//! What administrators see and do, across services, and the document that describes it all.

use e2e::{Client, Installation, Mode, text};
use reqwest::Method;
use serde_json::{Value, json};
use test_kit::eventually;

/// A standalone with an administrator who is signed in.
async fn administered() -> (Installation, Client) {
    let mut platform = Installation::new(Mode::Standalone).await;
    platform.start("simulator:7").await;
    let admin = platform.administrator("Ada").await;
    (platform, admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sees_users_figures_and_services_together() {
    let (mut platform, admin) = administered().await;
    let (user, email) = Client::registered(&platform.url(), &platform.mails(), "Bob").await;
    let alert = json!({"symbol": "BTC", "condition": "above", "target_price": "99000000"});
    user.post("/api/alerts/", alert).await.data();
    eventually("the portfolio is opened", async || {
        (user.get("/api/virtual-portfolio/").await.status == 200).then_some(())
    })
    .await;

    let users = admin.get("/api/admin/users/?search=bob").await.data();
    assert_eq!(users[0]["email"], email);
    assert_eq!(
        (&users[0]["alerts"], &users[0]["portfolio_value"]),
        (&json!(1), &json!("100000.00"))
    );
    let id = text(&users[0]["id"]);
    let one = admin.get(&format!("/api/admin/users/{id}/")).await.data();
    assert_eq!(one["portfolio_value"], "100000.00");
    assert_eq!(
        admin.get("/api/admin/users/?sort=luck").await.refused(422),
        "validation_failed"
    );
    assert_eq!(admin.get("/api/admin/users/nobody/").await.refused(404), "not_found");
    assert_eq!(user.get("/api/admin/users/").await.refused(403), "forbidden");

    let stats = admin.get("/api/admin/dashboard/stats/").await.data();
    assert_eq!(
        (&stats["users"]["total"], &stats["users"]["admins"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&stats["alerts"]["total"], &stats["trading"]["portfolios"]),
        (&json!(1), &json!(2))
    );
    assert!(
        stats["api_calls"]["last_24h"].as_u64() >= Some(8),
        "{}",
        stats["api_calls"]
    );

    let services = admin.get("/api/admin/system/").await.data();
    let names: Vec<&str> = services
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(
        names,
        ["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"]
    );
    for service in services.as_array().expect("a list") {
        assert_eq!(service["ready"], true, "{service}");
        assert_eq!(service["instances"].as_array().map(Vec::len), Some(1), "{service}");
    }
    assert_eq!(services[4]["dead_letters"], 0);
    assert!(services[0]["p99_ms"].as_f64() > Some(0.0));
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_administrator_changes_is_in_the_audit_log_before_it_is_done() {
    let (mut platform, admin) = administered().await;
    let renamed = admin
        .send(
            Method::PATCH,
            "/api/admin/assets/bitcoin/",
            Some(json!({"name": "Bitcoin Core"})),
        )
        .await
        .data();
    assert_eq!(renamed["name"], "Bitcoin Core");
    let unknown = uuid::Uuid::now_v7();
    let replay = admin
        .post(&format!("/api/admin/dead-letters/{unknown}/replay/"), json!({}))
        .await;
    assert_eq!(replay.refused(404), "not_found");
    let lines = admin.get("/api/admin/audit/").await.data();
    let of = |action: &str| {
        let lines = lines.as_array().expect("a list");
        lines
            .iter()
            .find(|line| line["action"] == action)
            .cloned()
            .unwrap_or(Value::Null)
    };
    let asset = text(&of("asset_change_ordered")["detail"]);
    assert_eq!(asset, r#"/api/admin/assets/bitcoin/ {"name":"Bitcoin Core"}"#);
    assert_eq!(
        text(&of("dead_letter_replay_ordered")["detail"]),
        format!("dead letter {unknown}")
    );
    assert!(!text(&of("asset_change_ordered")["address"]).is_empty());
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_takes_everything_along_that_is_stored_anywhere() {
    let mut platform = Installation::new(Mode::Standalone).await;
    platform.start("simulator:7").await;
    let (user, email) = Client::registered(&platform.url(), &platform.mails(), "Bob").await;
    let alert = json!({"symbol": "BTC", "condition": "above", "target_price": "99000000"});
    let key = [("idempotency-key", "once")];
    let made = user.attempt(Method::POST, "/api/alerts/", Some(&alert), &key).await;
    made.expect("an answer").data();
    let everything = eventually("the export holds all parts", async || {
        let answer = user.get("/api/auth/export/").await.data();
        let has_book = answer["paper_trading"]["portfolios"][0].is_object();
        (has_book && answer["notifications"]["contact"].is_object()).then_some(answer)
    })
    .await;
    assert_eq!(everything["alerts"]["alerts"].as_array().map(Vec::len), Some(1));
    assert_eq!(everything["notifications"]["contact"]["email"], email);
    assert_eq!(everything["alerts"]["idempotency_keys"][0]["key"], "once");
    for part in ["paper_trading", "notifications"] {
        assert!(everything[part]["idempotency_keys"].is_array(), "{part}");
    }
    assert_eq!(
        Client::new(&platform.url()).get("/api/auth/export/").await.refused(401),
        "unauthorized"
    );
    platform.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_describes_what_every_service_answers_and_its_page_needs_nothing_from_outside() {
    let mut platform = Installation::new(Mode::Distributed).await;
    platform.start("simulator:7").await;
    let anybody = Client::new(&platform.url());
    let document = anybody.get("/api/openapi.json").await;
    assert_eq!(document.status, 200);
    let etag = document.headers["etag"].clone();
    let paths = document.body["paths"].as_object().expect("paths");
    for path in [
        "/api/auth/login/",
        "/api/assets/",
        "/api/alerts/",
        "/api/virtual-portfolio/",
        "/api/notifications/",
        "/api/admin/system/",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    let answers = [
        ("/api/ohlc/{symbol}/", "get", &["gaps"][..]),
        ("/api/notifications/", "get", &["page", "unread"]),
        ("/api/admin/dead-letters/", "get", &["page", "missing"]),
        ("/api/alerts/{id}/", "delete", &["data", "id"]),
        ("/api/admin/sources/{name}/", "patch", &["data", "version"]),
    ];
    for (path, method, members) in answers {
        let content = &paths[path][method]["responses"]["200"]["content"]["application/json"];
        assert!(
            describes(&document.body, &content["schema"], members),
            "{method} {path}: {members:?}"
        );
    }
    assert!(
        anybody
            .is_unchanged("/api/openapi.json", etag.to_str().expect("text"))
            .await
    );
    for path in ["/api/docs", "/api/docs/"] {
        let (_, page) = anybody.text(path).await;
        assert!(
            page.contains("/api/docs/swagger-ui-bundle.js") && !page.contains("https://"),
            "{page}"
        );
    }
    let (_, script) = anybody.text("/api/docs/swagger-initializer.js").await;
    assert!(script.contains("/api/openapi.json"));
    assert_eq!(anybody.get("/api/docs/nothing.js").await.refused(404), "not_found");
    platform.stop();
}

/// Whether a schema, references followed, has a member of a member … of these names.
fn describes(document: &Value, schema: &Value, members: &[&str]) -> bool {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        return describes(document, &document["components"]["schemas"][name], members);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().any(|part| describes(document, part, members));
    }
    match members {
        [] => !schema.is_null(),
        [first, rest @ ..] => {
            let member = &schema["properties"][*first];
            !member.is_null() && describes(document, member, rest)
        }
    }
}
