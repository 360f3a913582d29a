//! What other services ask.

use contracts::internal::{RevocationPage, UserSnapshot, UserStats};
use reqwest::Method;
use serde_json::json;

use super::helpers::{App, As, DATA_SECRET, PASSWORD, answer, claims_of};

#[tokio::test(flavor = "multi_thread")]
async fn reliability_47_internal_routes_are_for_services_alone() {
    let app = App::start().await;
    let ana = app.user("ana@example.org").await;
    let admin = app.admin("root@example.org").await;
    let id = ana.user_id();
    for path in [
        "/internal/users".to_owned(),
        format!("/internal/users/{id}"),
        format!("/internal/mails/{id}"),
        "/internal/revocations".to_owned(),
        "/internal/jwks".to_owned(),
        "/internal/stats".to_owned(),
        format!("/internal/export?user_id={id}"),
    ] {
        for who in [As::Nobody, As::User(&ana), As::User(&admin)] {
            assert_eq!(app.get(who, &path).await.status, 403, "{path}");
        }
        let headers = [
            ("x-candlewick-client-addr", "127.0.0.1"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-user-id", id.as_str()),
        ];
        let mut request = app.raw(Method::GET, &path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        assert_eq!(answer(request).await.status, 401, "{path}");
    }
    for path in [
        "/api/auth/login/",
        "/api/auth/register/",
        "/api/auth/refresh/",
        "/api/auth/logout/",
        "/.well-known/jwks.json",
    ] {
        let method = if path.starts_with("/api") {
            Method::POST
        } else {
            Method::GET
        };
        assert_eq!(
            answer(app.raw(method, path).json(&json!({}))).await.status,
            401,
            "{path} without a token of the gateway"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_users_are_read_page_by_page() {
    let app = App::start().await;
    for n in 0..5 {
        app.register(&format!("user{n}@example.org")).await;
    }
    let (mut seen, mut path) = (Vec::new(), "/internal/users?limit=2".to_owned());
    loop {
        let page: UserSnapshot =
            serde_json::from_value(app.get(As::Service, &path).await.data(200).clone()).expect("snapshot");
        seen.extend(page.users.into_iter().map(|user| user.email));
        match page.next {
            Some(next) => path = format!("/internal/users?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!(
        seen,
        [
            "user0@example.org",
            "user1@example.org",
            "user2@example.org",
            "user3@example.org",
            "user4@example.org"
        ]
    );
    let unknown = "/internal/users/00000000-0000-0000-0000-000000000000";
    assert_eq!(app.get(As::Service, unknown).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn revocations_are_numbered_in_the_order_of_commits() {
    let app = App::start_with(&[("PASSWORDS__QUEUE", "100")]).await;
    let page = async |since: i64| -> RevocationPage {
        let answer = app
            .get(As::Service, &format!("/internal/revocations?since={since}"))
            .await;
        serde_json::from_value(answer.data(200).clone()).expect("page")
    };
    let empty = page(0).await;
    assert_eq!((empty.revocations.len(), empty.cursor, empty.key_ids.len()), (0, 0, 1));
    app.register("ana@example.org").await;
    let mut sessions = Vec::new();
    for _ in 0..20 {
        sessions.push(app.sign_in("ana@example.org", PASSWORD).await);
    }
    let logouts = futures_util::future::join_all(
        sessions
            .iter()
            .map(|session| app.call(As::User(session), Method::POST, "/api/auth/logout/", None)),
    );
    let follow = async {
        let (mut cursor, mut seen) = (0, Vec::new());
        while seen.len() < 20 {
            let page = page(cursor).await;
            seen.extend(page.revocations.iter().map(|revocation| revocation.seq));
            cursor = page.cursor;
        }
        seen
    };
    let (_, seen) = futures_util::future::join(logouts, follow).await;
    assert_eq!(
        seen,
        (1..=20).collect::<Vec<i64>>(),
        "nothing appears behind a cursor that was handed out"
    );
    app.advance(21 * 60).await;
    let late = page(0).await;
    assert_eq!(
        (late.revocations.len(), late.cursor),
        (0, 20),
        "what matters no more is not told"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_50_a_new_key_is_published_before_it_signs_and_the_old_one_counts_on() {
    let mut app = App::start().await;
    let before = app.user("ana@example.org").await;
    let kid = |access: &str| jsonwebtoken::decode_header(access).expect("header").kid.expect("kid");
    // The command reads the machine's clock, which the test's clock started from.
    let new = auth::rotate_keys(&app.database.url(), &DATA_SECRET.into(), auth::KeyRotation::Overlapping)
        .await
        .expect("rotated");
    app.restart().await;
    let published = async |app: &App| -> Vec<String> {
        let keys = app.get(As::Nobody, "/.well-known/jwks.json").await;
        keys.body["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(published(&app).await.contains(&new) && published(&app).await.contains(&kid(&before.access)));
    assert_eq!(
        kid(&app.sign_in("ana@example.org", PASSWORD).await.access),
        kid(&before.access),
        "not before everybody has it"
    );
    app.advance(300).await;
    assert_eq!(kid(&app.sign_in("ana@example.org", PASSWORD).await.access), new);
    assert!(
        published(&app).await.contains(&kid(&before.access)),
        "its tokens live on"
    );
    app.advance(1800).await;
    assert_eq!(published(&app).await, std::slice::from_ref(&new));
    assert_eq!(claims_of(&before.access).sub, before.identity.id.uuid());

    let emergency = auth::rotate_keys(&app.database.url(), &DATA_SECRET.into(), auth::KeyRotation::Emergency)
        .await
        .expect("rotated");
    app.restart().await;
    assert_eq!(published(&app).await, std::slice::from_ref(&emergency));
    assert_eq!(kid(&app.sign_in("ana@example.org", PASSWORD).await.access), emergency);
    let wrong = auth::rotate_keys(
        &app.database.url(),
        &"another data secret of this test".into(),
        auth::KeyRotation::Emergency,
    )
    .await;
    assert!(wrong.is_err(), "a key that no service could open is not made");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_are_counted() {
    let app = App::start().await;
    app.user("ana@example.org").await;
    app.verify("ana@example.org").await;
    app.admin("root@example.org").await;
    app.register("eve@example.org").await;
    let stats: UserStats =
        serde_json::from_value(app.get(As::Service, "/internal/stats").await.data(200).clone()).expect("stats");
    assert_eq!(
        (
            stats.users,
            stats.active_users,
            stats.verified_users,
            stats.admins,
            stats.active_sessions
        ),
        (3, 3, 2, 1, 2)
    );
    assert_eq!(
        stats.registered_by_month.iter().map(|month| month.count).sum::<i64>(),
        3
    );
}
