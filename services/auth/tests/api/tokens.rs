//! Personal API tokens.

use reqwest::Method;
use serde_json::{Value, json};
use service_kit::identity::Scope;

use super::helpers::{Answer, App, As, PASSWORD, Session};

async fn create(app: &App, session: &Session, body: Value) -> Answer {
    app.post(As::User(session), "/api/auth/tokens/", body).await
}

async fn introspect(app: &App, question: Value) -> Answer {
    app.post(As::Service, "/internal/tokens/introspect", question).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_known_by_its_hash() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let created = create(&app, &session, json!({"name": "bot", "scopes": ["trade", "read"]})).await;
    let token = created.data(201)["token"].as_str().unwrap().to_owned();
    assert!(token.starts_with("cwk_"));
    let id = created.data(201)["id"].as_str().unwrap().to_owned();
    let list = app.get(As::User(&session), "/api/auth/tokens/").await;
    assert!(list.data(200)[0].get("token").is_none());
    assert_eq!(
        (list.data(200)[0]["name"].as_str(), &list.data(200)[0]["scopes"]),
        (Some("bot"), &json!(["read", "trade"]))
    );
    let stored = format!("SELECT count(*) FROM auth.api_tokens t WHERE to_jsonb(t)::text LIKE '%{token}%'");
    assert_eq!(app.database.number(&stored).await, 0);

    let facts = introspect(&app, json!({"token": token})).await;
    assert_eq!(
        (facts.data(200)["user_id"].as_str(), facts.data(200)["role"].as_str()),
        (Some(session.user_id().as_str()), Some("user"))
    );
    let hash = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes()));
    assert_eq!(
        introspect(&app, json!({"token_hash": hash})).await.data(200),
        facts.data(200)
    );
    assert!(app.get(As::User(&session), "/api/auth/tokens/").await.data(200)[0]["last_used_at"].is_string());
    for unknown in [
        json!({"token": "cwk_x"}),
        json!({"token_hash": "00"}),
        json!({"token_hash": "zz"}),
        json!({}),
    ] {
        assert_eq!(introspect(&app, unknown).await.status, 404);
    }

    let eve = app.user("eve@example.org").await;
    let path = format!("/api/auth/tokens/{id}/");
    assert_eq!(app.delete(As::User(&eve), &path, None).await.status, 404);
    app.delete(As::User(&session), &path, None).await.data(200);
    assert_eq!(introspect(&app, json!({"token": token})).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_with_its_time_and_with_its_owner() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let in_an_hour = domain::Timestamp::from_millis(app.now_seconds() * 1000 + 3_600_000)
        .unwrap()
        .to_string();
    let created = create(
        &app,
        &session,
        json!({"name": "bot", "scopes": ["read"], "expires_at": in_an_hour}),
    )
    .await;
    let short = created.data(201)["token"].as_str().unwrap().to_owned();
    let created = create(&app, &session, json!({"name": "bot", "scopes": ["read"]})).await;
    let long = created.data(201)["token"].as_str().unwrap().to_owned();
    introspect(&app, json!({"token": short})).await.data(200);
    app.advance(3600).await;
    assert_eq!(introspect(&app, json!({"token": short})).await.status, 404);
    let admin = app.admin("root@example.org").await;
    let path = format!("/api/admin/users/{}/status/", session.user_id());
    app.call(
        As::User(&admin),
        Method::PATCH,
        &path,
        Some(json!({"is_active": false})),
    )
    .await
    .data(200);
    assert_eq!(introspect(&app, json!({"token": long})).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_token_is_named() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let answer = create(
        &app,
        &session,
        json!({"name": "", "scopes": ["admin"], "expires_at": "2020-01-01T00:00:00Z"}),
    )
    .await;
    assert!(answer.field("name").contains("1 to 100"));
    assert!(answer.field("scopes").contains("read, alerts, trade"));
    assert!(answer.field("expires_at").contains("future"));
    assert!(
        create(&app, &session, json!({"name": "x", "scopes": []}))
            .await
            .field("scopes")
            .contains("one or more")
    );
    assert_eq!(
        create(
            &app,
            &session,
            json!({"name": "x", "scopes": ["read"], "expires_at": "soon"})
        )
        .await
        .status,
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_changes_nothing_of_the_account() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let admin = app.admin("root@example.org").await;
    for scope in [Scope::Read, Scope::Trade, Scope::Alerts] {
        let bot = session.with_token(scope);
        let refused = [
            (Method::POST, "/api/auth/update-profile/", json!({"full_name": "Eve"})),
            (
                Method::POST,
                "/api/auth/change-password/",
                json!({"current_password": PASSWORD, "new_password": "another fine phrase"}),
            ),
            (Method::POST, "/api/auth/mfa/totp/", json!({"password": PASSWORD})),
            (Method::POST, "/api/auth/mfa/totp/confirm/", json!({"otp": "000000"})),
            (Method::DELETE, "/api/auth/mfa/totp/", json!({"password": PASSWORD})),
            (
                Method::POST,
                "/api/auth/tokens/",
                json!({"name": "x", "scopes": ["trade"]}),
            ),
            (Method::DELETE, "/api/auth/me/", json!({"password": PASSWORD})),
        ];
        for (method, path, body) in refused {
            assert_eq!(
                app.call(As::User(&bot), method, path, Some(body)).await.status,
                403,
                "{path}"
            );
        }
        for path in ["/api/auth/tokens/", "/api/auth/sessions/", "/api/auth/export/"] {
            assert_eq!(app.get(As::User(&bot), path).await.status, 403, "{path}");
        }
        let me = app.get(As::User(&bot), "/api/auth/me/").await;
        assert_eq!(me.status, if scope == Scope::Read { 200 } else { 403 });
        assert_eq!(
            app.get(As::User(&admin.with_token(scope)), "/api/admin/users/")
                .await
                .status,
            403
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_the_same_request_makes_one_token_and_shows_it_again_without_keeping_it() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let body = json!({"name": "bot", "scopes": ["read"]});
    let key = [("idempotency-key", "a-key-of-mine")];
    let create = async |body: &Value| {
        app.call_with(
            As::User(&session),
            Method::POST,
            "/api/auth/tokens/",
            Some(body.clone()),
            &key,
        )
        .await
    };
    let first = create(&body).await;
    let second = create(&body).await;
    assert_eq!(first.data(201), second.data(201));
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let token = first.data(201)["token"].as_str().unwrap();
    introspect(&app, json!({"token": token})).await.data(200);
    assert_eq!(app.database.number("SELECT count(*) FROM auth.api_tokens").await, 1);
    for table in ["idempotency_keys", "api_tokens", "outbox"] {
        let query = format!("SELECT count(*) FROM auth.{table} t WHERE to_jsonb(t)::text LIKE '%{token}%'");
        assert_eq!(app.database.number(&query).await, 0, "{table}");
    }
    let other = create(&json!({"name": "other", "scopes": ["read"]})).await;
    assert_eq!(other.code(), (409, "idempotency_key_reused"));
}
