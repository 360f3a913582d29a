//! Staying signed in.

use std::collections::HashSet;

use contracts::events::{SessionRevoked, UserWarned, Warning};
use reqwest::Method;
use serde_json::{Value, json};

use super::helpers::{App, As, ORIGIN, PASSWORD, claims_of};

fn refreshed(answer: &super::helpers::Answer) -> String {
    answer.data(200)["refresh"].as_str().expect("refresh token").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_46_fifty_parallel_uses_of_one_token_make_one_chain() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let answers = futures_util::future::join_all((0..50).map(|_| app.refresh(&session.refresh))).await;
    let successors: HashSet<String> = answers.iter().map(refreshed).collect();
    assert_eq!(successors.len(), 1);
    let next = successors.into_iter().next().unwrap();
    assert_ne!(next, session.refresh);
    app.refresh(&next).await.data(200);
    assert_eq!(
        app.database.number("SELECT max(generation) FROM auth.sessions").await,
        2
    );
    assert!(app.facts::<UserWarned>().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_46_the_predecessor_is_tolerated_for_five_seconds_and_no_longer() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let other = app.sign_in("ana@example.org", PASSWORD).await;
    let next = refreshed(&app.refresh(&session.refresh).await);
    app.advance(5).await;
    assert_eq!(refreshed(&app.refresh(&session.refresh).await), next);
    app.advance(1).await;
    assert_eq!(app.refresh(&session.refresh).await.code(), (401, "session_ended"));
    assert_eq!(
        app.refresh(&next).await.code(),
        (401, "session_ended"),
        "the whole family is dead"
    );
    app.refresh(&other.refresh).await.data(200);

    let warned = app.wait_for::<UserWarned>(1).await;
    assert_eq!(
        (warned[0].warning, warned[0].user_id),
        (Warning::TokenReused, session.identity.id)
    );
    let revoked = app.wait_for::<SessionRevoked>(1).await;
    assert_eq!(revoked[0].session_id.uuid().to_string(), session.id());
    assert!(is_listed(&app, &session.id()).await);
    assert!(!is_listed(&app, &other.id()).await);
}

async fn is_listed(app: &App, session: &str) -> bool {
    let page = app.get(As::Service, "/internal/revocations?since=0").await;
    page.data(200)["revocations"]
        .as_array()
        .unwrap()
        .iter()
        .any(|row| row["session_id"] == session)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_46_an_older_token_ends_the_family_also_after_a_restart() {
    let mut app = App::start().await;
    let session = app.user("ana@example.org").await;
    let second = refreshed(&app.refresh(&session.refresh).await);
    let third = refreshed(&app.refresh(&second).await);
    app.restart().await;
    assert_eq!(app.refresh(&session.refresh).await.code(), (401, "session_ended"));
    app.restart().await;
    for token in [&third, &second, &session.refresh] {
        assert_eq!(app.refresh(token).await.code(), (401, "session_ended"));
    }
    assert!(is_listed(&app, &session.id()).await);
    app.wait_for::<UserWarned>(1).await;
    app.settle().await;
    assert_eq!(app.facts::<UserWarned>().len(), 1, "the user is told once");
}

#[tokio::test(flavor = "multi_thread")]
async fn inventions_end_nobodys_session() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let mut forged = session.refresh.clone();
    forged.replace_range(forged.len() - 4.., "AAAA");
    for token in ["", "cwr_", "x", forged.as_str(), session.access.as_str()] {
        assert_eq!(app.refresh(token).await.code(), (401, "session_ended"));
    }
    app.refresh(&session.refresh).await.data(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_not_used_for_thirty_days_ends() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    app.advance(29 * 86_400).await;
    let next = refreshed(&app.refresh(&session.refresh).await);
    app.advance(29 * 86_400).await;
    let next = refreshed(&app.refresh(&next).await);
    app.advance(30 * 86_400).await;
    assert_eq!(app.refresh(&next).await.code(), (401, "session_ended"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_lies_in_the_database() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let mailed = app.mailed_token("ana@example.org").await;
    let tables = ["sessions", "mails", "users", "outbox"];
    for table in tables {
        for token in [&session.refresh, &session.access, &mailed] {
            let query = format!("SELECT count(*) FROM auth.{table} t WHERE to_jsonb(t)::text LIKE '%{token}%'");
            assert_eq!(app.database.number(&query).await, 0, "{table}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refreshed_token_carries_the_present_role_of_the_same_session() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let answer = app.refresh(&session.refresh).await;
    let claims = claims_of(answer.data(200)["access"].as_str().unwrap());
    assert_eq!(
        (claims.sid.to_string(), claims.sub.to_string()),
        (session.id(), session.user_id())
    );
    assert_eq!(answer.data(200)["expires_in"], 900);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_57_the_cookie_is_taken_from_our_own_pages_only() {
    let app = App::start_with(&[("ALLOWED_ORIGINS", "https://app.example.org")]).await;
    app.register("ana@example.org").await;
    let login = app
        .post(
            As::Nobody,
            "/api/auth/login/",
            json!({"email": "ana@example.org", "password": PASSWORD}),
        )
        .await;
    let cookie = format!("other=1; {}={}", auth::REFRESH_COOKIE, login.cookie().expect("cookie"));
    let refresh = async |headers: &[(&str, &str)], body: Option<Value>| {
        let mut all = vec![("cookie", cookie.as_str())];
        all.extend_from_slice(headers);
        app.call_with(As::Nobody, Method::POST, "/api/auth/refresh/", body, &all)
            .await
    };
    for headers in [
        vec![],
        vec![("origin", "null")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "http://localhost:3000.evil.example")],
        vec![("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-origin")],
    ] {
        assert_eq!(
            refresh(&headers, None).await.code(),
            (403, "origin_not_allowed"),
            "{headers:?}"
        );
    }
    // A token in the body is for programs: a page that got hold of one may not use it.
    let body = json!({"refresh": login.cookie().expect("cookie")});
    assert_eq!(
        refresh(&[("origin", ORIGIN)], Some(body)).await.code(),
        (403, "origin_not_allowed")
    );

    for origin in [ORIGIN, "http://127.0.0.1:3000", "https://app.example.org"] {
        let answer = refresh(&[("origin", origin), ("sec-fetch-site", "same-origin")], None).await;
        assert!(answer.data(200).get("refresh").is_none());
        assert!(answer.cookie().expect("cookie").starts_with("cwr_"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_token_the_session_has_ended() {
    let app = App::start().await;
    let answer = app
        .call_with(
            As::Nobody,
            Method::POST,
            "/api/auth/refresh/",
            None,
            &[("origin", ORIGIN)],
        )
        .await;
    assert_eq!(answer.code(), (401, "session_ended"));
}
