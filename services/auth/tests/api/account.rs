//! Taking everything along, and leaving.

use contracts::events::UserDeleted;
use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::RunQueryDsl as _;
use serde_json::json;

use super::helpers::{App, As, PASSWORD};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

async fn names(app: &App, query: &str) -> Vec<String> {
    let rows: Vec<Named> = sql_query(query.to_owned())
        .load(&mut app.database.connect().await)
        .await
        .expect("names");
    rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_64_the_export_covers_every_table_with_a_user_key() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    app.post(
        As::User(&session),
        "/api/auth/tokens/",
        json!({"name": "bot", "scopes": ["read"]}),
    )
    .await
    .data(201);
    let export = app.get(As::User(&session), "/api/auth/export/").await;
    let data = export.data(200).clone();
    let tables = names(
        &app,
        "SELECT DISTINCT table_name::text AS name FROM information_schema.columns WHERE table_schema = 'auth' \
         AND column_name IN ('user_id', 'actor_id', 'target_id', 'email') ORDER BY 1",
    )
    .await;
    assert!(tables.len() >= 8, "{tables:?}");
    for table in &tables {
        assert!(data.get(table).is_some(), "{table} is not exported");
    }
    assert_eq!(data["users"][0]["email"], "ana@example.org");
    assert_eq!(data["sessions"][0]["address"], "203.0.113.7");
    assert_eq!(data["api_tokens"][0]["name"], "bot");
    assert!(data["audit_entries"].as_array().unwrap().len() >= 3);
    let text = data.to_string();
    for secret in ["password_hash", "token_hash", "argon2", "salt", "secret"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let internal = app
        .get(As::Service, &format!("/internal/export?user_id={}", session.user_id()))
        .await;
    assert_eq!(internal.data(200)["users"], data["users"]);
    let eve = app.user("eve@example.org").await;
    assert!(
        !app.get(As::User(&eve), "/api/auth/export/")
            .await
            .data(200)
            .to_string()
            .contains("ana@example.org")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_64_a_deleted_user_is_forgotten_everywhere() {
    let app = App::start().await;
    let root = app.admin("root@example.org").await;
    let session = app.user("ana@example.org").await;
    let body = json!({"phone": "+34 600 11 22 33", "country": "ES", "full_name": "Ana Belén Sánchez"});
    app.post(As::User(&session), "/api/auth/update-profile/", body)
        .await
        .data(200);
    app.post(
        As::User(&session),
        "/api/auth/tokens/",
        json!({"name": "my own bot", "scopes": ["read"]}),
    )
    .await
    .data(201);
    app.login("ana@example.org", "not the password").await;

    let delete = async |password: &str| {
        app.delete(As::User(&session), "/api/auth/me/", Some(json!({"password": password})))
            .await
    };
    assert_eq!(
        delete("not the password").await.field("password"),
        "is not your password"
    );
    assert_eq!(delete(PASSWORD).await.status, 202);
    assert_eq!(app.wait_for::<UserDeleted>(1).await[0].user_id, session.identity.id);
    assert_eq!(app.get(As::User(&session), "/api/auth/me/").await.status, 401);
    assert_eq!(app.refresh(&session.refresh).await.status, 401);
    assert_eq!(
        app.login("ana@example.org", PASSWORD).await.code(),
        (401, "invalid_credentials")
    );
    app.settle().await;

    for table in names(
        &app,
        "SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'auth'",
    )
    .await
    {
        for trace in ["ana@example.org", "Ana Bel", "34600112233", "my own bot"] {
            let query = format!("SELECT count(*) FROM auth.{table} t WHERE to_jsonb(t)::text LIKE '%{trace}%'");
            assert_eq!(app.database.number(&query).await, 0, "{trace} in {table}");
        }
    }
    let origins = format!(
        "SELECT count(*) FROM auth.audit_origins WHERE user_id = '{}'",
        session.user_id()
    );
    assert_eq!(app.database.number(&origins).await, 0, "from where she came");
    let lines = app
        .get(
            As::User(&root),
            &format!("/api/admin/audit/?user_id={}", session.user_id()),
        )
        .await;
    assert_eq!(
        lines.data(200)[0]["action"],
        "user_deleted",
        "what happened stays, under a number"
    );
    assert!(lines.data(200)[0]["address"].is_null());
    assert_eq!(
        auth::verify_audit(&app.database.url()).await.expect("verified"),
        None,
        "the chain is whole"
    );
    app.user("ana@example.org").await;
}
