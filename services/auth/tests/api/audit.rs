//! The audit log.

use diesel_async::RunQueryDsl as _;
use reqwest::Method;
use serde_json::json;

use super::{
    admin::patch,
    helpers::{App, As},
};

#[tokio::test(flavor = "multi_thread")]
async fn reliability_63_each_security_event_leaves_one_line() {
    let app = App::start().await;
    let root = app.admin("root@example.org").await;
    let ana = app.user("ana@example.org").await;
    app.login("ana@example.org", "not the password").await;
    app.verify("ana@example.org").await;
    let request = "0191f7a0-0000-7000-8000-000000000001";
    app.call_with(
        As::User(&ana),
        Method::POST,
        "/api/auth/logout/",
        None,
        &[("x-request-id", request), ("user-agent", "test/1")],
    )
    .await;
    patch(&app, &root, &ana.user_id(), "role", json!({"role": "admin"}))
        .await
        .data(200);
    patch(&app, &root, &ana.user_id(), "status", json!({"is_active": false}))
        .await
        .data(200);
    let actions = app.audited(&root).await;
    let expected = [
        "admin_created",
        "logged_in",
        "registered",
        "logged_in",
        "login_failed",
        "email_verified",
        "logged_out",
        "role_changed",
        "user_disabled",
    ];
    assert_eq!(actions, expected);

    let lines = app
        .get(
            As::User(&root),
            &format!("/api/admin/audit/?user_id={}&action=logged_out", ana.user_id()),
        )
        .await;
    let line = &lines.data(200)[0];
    assert_eq!(
        (line["actor_id"].as_str(), line["target_id"].as_str()),
        (Some(ana.user_id().as_str()), Some(ana.user_id().as_str()))
    );
    assert_eq!(
        (line["address"].as_str(), line["user_agent"].as_str()),
        (Some("203.0.113.7"), Some("test/1"))
    );
    assert_eq!(line["request_id"].as_str(), Some(request));
    let id: uuid::Uuid = line["id"].as_str().expect("an id").parse().expect("a UUID");
    assert_eq!((id.get_version_num(), &line["seq"]), (7, &json!(7)));
    let role = app.get(As::User(&root), "/api/admin/audit/?action=role_changed").await;
    assert_eq!(role.data(200)[0]["detail"], "user -> admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_63_the_log_is_append_only_and_its_chain_names_what_was_altered() {
    let app = App::start().await;
    let root = app.admin("root@example.org").await;
    for n in 0..4 {
        app.user(&format!("user{n}@example.org")).await;
    }
    drop(root);
    let url = app.database.url();
    assert_eq!(auth::verify_audit(&url).await.expect("verified"), None);
    let mut conn = app.database.connect().await;
    for statement in [
        "UPDATE auth.audit_entries SET detail = 'x'",
        "DELETE FROM auth.audit_entries",
        "TRUNCATE auth.audit_entries CASCADE",
    ] {
        let refused = diesel::sql_query(statement)
            .execute(&mut conn)
            .await
            .expect_err("append-only");
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    for statement in [
        "ALTER TABLE auth.audit_entries DISABLE TRIGGER ALL",
        "UPDATE auth.audit_entries SET action = 'logged_out' WHERE seq = 4",
    ] {
        diesel::sql_query(statement)
            .execute(&mut conn)
            .await
            .expect("as superuser");
    }
    assert_eq!(auth::verify_audit(&url).await.expect("verified"), Some(4));
    diesel::sql_query("UPDATE auth.audit_entries SET action = 'logged_in' WHERE seq = 4")
        .execute(&mut conn)
        .await
        .ok();
}
