//! Signing in.

use reqwest::Method;
use serde_json::json;

use super::helpers::{App, As, ORIGIN, PASSWORD, answer, claims_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_the_refresh_token_in_a_cookie_and_not_in_the_body() {
    let app = App::start().await;
    app.register("ana@example.org").await;
    let answer = app
        .post(
            As::Nobody,
            "/api/auth/login/",
            json!({"email": " ANA@example.org ", "password": PASSWORD}),
        )
        .await;
    let data = answer.data(200);
    assert!(data.get("refresh").is_none());
    assert_eq!(
        (data["expires_in"].as_u64(), data["user"]["email"].as_str()),
        (Some(900), Some("ana@example.org"))
    );
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    for part in [
        "__Host-candlewick-refresh=cwr_",
        "; HttpOnly",
        "; SameSite=Strict",
        "; Secure",
        "; Path=/",
        "; Max-Age=2592000",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_access_token_says_who_for_whom_and_until_when() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let claims = claims_of(&session.access);
    assert_eq!(
        (claims.iss.as_str(), claims.aud.as_str()),
        ("http://localhost:3000", "candlewick")
    );
    assert_eq!(claims.exp - claims.iat, 900);
    assert_eq!(claims.iat, app.now_seconds());
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_49_tokens_verify_with_the_published_keys_and_with_nothing_else() {
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let keys = app.get(As::Nobody, "/.well-known/jwks.json").await;
    assert_eq!(keys.status, 200);
    let set: JwkSet = serde_json::from_value(keys.body.clone()).expect("a key set");
    assert_eq!(keys.body, app.get(As::Service, "/internal/jwks").await.body);
    assert!(keys.body["keys"][0].get("d").is_none(), "no private part is published");

    let header = decode_header(&session.access).expect("header");
    assert_eq!((header.typ.as_deref(), header.alg), (Some("at+jwt"), Algorithm::EdDSA));
    assert!(header.jwk.is_none() && header.jku.is_none() && header.x5u.is_none() && header.crit.is_none());
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["candlewick"]);
    validation.set_issuer(&["http://localhost:3000"]);
    let key = DecodingKey::from_jwk(set.find(&header.kid.expect("kid")).expect("the key")).expect("public key");
    decode::<contracts::AccessClaims>(&session.access, &key, &validation).expect("a valid token");

    // Tokens of one kind are no tokens of another.
    assert_eq!(app.refresh(&session.access).await.code(), (401, "session_ended"));
    let as_bearer = |token: &str| answer(app.raw(Method::GET, "/api/auth/me/").bearer_auth(token));
    for token in [session.access.as_str(), session.refresh.as_str(), "x", ""] {
        assert_eq!(
            as_bearer(token).await.code(),
            (401, "unauthorized"),
            "only internal tokens count here"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_52_a_wrong_login_never_tells_whether_there_is_an_account() {
    let app = App::start().await;
    app.user("verified@example.org").await;
    app.verify("verified@example.org").await;
    app.user("unverified@example.org").await;
    let admin = app.admin("root@example.org").await;
    let disabled = app.user("disabled@example.org").await;
    let path = format!("/api/admin/users/{}/status/", disabled.user_id());
    app.call(
        As::User(&admin),
        Method::PATCH,
        &path,
        Some(json!({"is_active": false})),
    )
    .await
    .data(200);

    let mut answers = Vec::new();
    for email in [
        "verified@example.org",
        "unverified@example.org",
        "disabled@example.org",
        "nobody@example.org",
        "no address",
    ] {
        for path in ["/api/auth/login/", "/api/auth/admin-login/"] {
            let mut answer = app
                .post(
                    As::Nobody,
                    path,
                    json!({"email": email, "password": "not the password"}),
                )
                .await;
            answer.body["error"]["request_id"].take();
            let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            answers.push((answer.status, answer.body, headers));
        }
    }
    assert_eq!(answers[0].0, 401);
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");

    let mut resets = Vec::new();
    for email in [
        "verified@example.org",
        "unverified@example.org",
        "disabled@example.org",
        "nobody@example.org",
        "no address",
    ] {
        let answer = app
            .post(As::Nobody, "/api/auth/password-reset/", json!({"email": email}))
            .await;
        resets.push((answer.status, answer.body));
    }
    assert_eq!(resets[0].0, 202);
    assert!(resets.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_way_is_told_only_after_the_right_password() {
    let app = App::start_with(&[("REQUIRE_VERIFIED_EMAIL", "true")]).await;
    app.register("ana@example.org").await;
    assert_eq!(
        app.login("ana@example.org", PASSWORD).await.code(),
        (403, "email_unverified")
    );
    assert_eq!(
        app.login("ana@example.org", "not the password").await.code(),
        (401, "invalid_credentials")
    );
    app.verify("ana@example.org").await;
    let ana = app.sign_in("ana@example.org", PASSWORD).await;
    let admin_login = async |password: &str| {
        app.post(
            As::Nobody,
            "/api/auth/admin-login/",
            json!({"email": "ana@example.org", "password": password}),
        )
        .await
    };
    assert_eq!(admin_login(PASSWORD).await.code(), (403, "not_admin"));
    assert_eq!(
        admin_login("not the password").await.code(),
        (401, "invalid_credentials")
    );
    let admin = app.admin("root@example.org").await;
    app.post(
        As::Nobody,
        "/api/auth/admin-login/",
        json!({"email": "root@example.org", "password": PASSWORD}),
    )
    .await
    .data(200);
    let path = format!("/api/admin/users/{}/status/", ana.user_id());
    app.call(
        As::User(&admin),
        Method::PATCH,
        &path,
        Some(json!({"is_active": false, "reason": "spam"})),
    )
    .await
    .data(200);
    assert_eq!(
        app.login("ana@example.org", PASSWORD).await.code(),
        (403, "account_disabled")
    );
    assert_eq!(app.get(As::User(&ana), "/api/auth/me/").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_53_a_flood_of_logins_is_shed_and_weaker_hashes_are_replaced() {
    let app = App::start_with(&[("PASSWORDS__MEMORY_KIB", "8192"), ("PASSWORDS__QUEUE", "4")]).await;
    app.register("ana@example.org").await;
    let email = |n: usize| format!("nobody{n}@example.org");
    let attempts: Vec<_> = (0..100).map(|n| (n, email(n))).collect();
    let answers =
        futures_util::future::join_all(attempts.iter().map(|(_, email)| app.login(email, "not the password"))).await;
    let shed: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(!shed.is_empty());
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 401 || answer.status == 503)
    );
    for answer in shed {
        assert_eq!(answer.code(), (503, "busy"));
        assert!(answer.headers.contains_key("retry-after"));
    }

    let weak = "SELECT count(*) FROM auth.users WHERE password_hash LIKE '%m=8192,%'";
    assert_eq!(app.database.number(weak).await, 1);
    drop(app.sign_in("ana@example.org", PASSWORD).await);
    let mut app = app;
    app.set("PASSWORDS__MEMORY_KIB", "9216");
    app.restart().await;
    drop(app.sign_in("ana@example.org", PASSWORD).await);
    assert_eq!(app.database.number(weak).await, 0);
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM auth.users WHERE password_hash LIKE '%m=9216,%'")
            .await,
        1
    );
    drop(app.sign_in("ana@example.org", PASSWORD).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_signed_out_one_by_one() {
    let app = App::start().await;
    let laptop = app.user("ana@example.org").await;
    let phone = app.sign_in("ana@example.org", PASSWORD).await;
    let eve = app.user("eve@example.org").await;
    let list = app.get(As::User(&laptop), "/api/auth/sessions/").await;
    let rows = list.data(200).as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows.iter().filter(|row| row["current"] == true).count(), 1);
    assert_eq!(rows[0]["address"], "203.0.113.7");

    let path = format!("/api/auth/sessions/{}/", phone.id());
    assert_eq!(app.delete(As::User(&eve), &path, None).await.status, 404);
    assert_eq!(app.delete(As::User(&laptop), &path, None).await.status, 200);
    assert_eq!(app.delete(As::User(&laptop), &path, None).await.status, 404);
    assert_eq!(app.refresh(&phone.refresh).await.code(), (401, "session_ended"));
    assert_eq!(app.refresh(&laptop.refresh).await.status, 200);
    assert_eq!(
        app.delete(As::User(&laptop), "/api/auth/sessions/not-an-id/", None)
            .await
            .status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_has_fifty_sessions_at_most() {
    let app = App::start().await;
    let first = app.user("ana@example.org").await;
    for _ in 0..50 {
        app.advance(1).await;
        app.sign_in("ana@example.org", PASSWORD).await;
    }
    assert_eq!(app.database.number("SELECT count(*) FROM auth.sessions").await, 50);
    assert_eq!(app.refresh(&first.refresh).await.code(), (401, "session_ended"));
    assert_eq!(app.database.number("SELECT count(*) FROM auth.revocations").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_56_logging_out_ends_the_session_and_takes_the_cookie_away() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let answer = app
        .call(As::User(&session), Method::POST, "/api/auth/logout/", None)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.cookie().as_deref(), Some(""));
    assert_eq!(app.refresh(&session.refresh).await.code(), (401, "session_ended"));
    let revoked = app.wait_for::<contracts::events::SessionRevoked>(1).await;
    assert_eq!(revoked[0].session_id.uuid().to_string(), session.id());
    assert_eq!(
        app.call(As::Nobody, Method::POST, "/api/auth/logout/", None)
            .await
            .status,
        200,
        "also without a session"
    );

    // A browser whose access token has expired signs out with the cookie.
    let login = app
        .post(
            As::Nobody,
            "/api/auth/login/",
            json!({"email": "ana@example.org", "password": PASSWORD}),
        )
        .await;
    let cookie = format!("{}={}", auth::REFRESH_COOKIE, login.cookie().expect("cookie"));
    let foreign = app
        .call_with(
            As::Nobody,
            Method::POST,
            "/api/auth/logout/",
            None,
            &[("cookie", &cookie), ("origin", "https://evil.example")],
        )
        .await;
    assert_eq!(foreign.code(), (403, "origin_not_allowed"));
    let own = app
        .call_with(
            As::Nobody,
            Method::POST,
            "/api/auth/logout/",
            None,
            &[("cookie", &cookie), ("origin", ORIGIN)],
        )
        .await;
    assert_eq!(own.status, 200);
    assert_eq!(app.database.number("SELECT count(*) FROM auth.sessions").await, 0);
}
