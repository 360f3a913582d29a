//! Too many wrong passwords.

use contracts::events::{UserWarned, Warning};
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::json;

use super::helpers::{App, As, PASSWORD};

const WRONG: &str = "not the password";

#[tokio::test(flavor = "multi_thread")]
async fn reliability_51_a_thousand_parallel_guesses_are_looked_at_ten_times() {
    let app = App::start_with(&[("PASSWORDS__QUEUE", "1000")]).await;
    app.register("ana@example.org").await;
    let guesses = (0..1000).map(|_| app.login("ana@example.org", WRONG));
    let answers: Vec<_> = stream::iter(guesses).buffer_unordered(200).collect().await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    assert_eq!(looked_at, 10);
    let locked = answers.iter().find(|answer| answer.status == 429).expect("locked");
    assert_eq!(locked.code(), (429, "locked_out"));
    let seconds: u64 = locked.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&seconds));
    assert_eq!(
        app.login("ana@example.org", PASSWORD).await.status,
        429,
        "the right password is not looked at either"
    );

    app.settle().await;
    let warned = app.facts::<UserWarned>();
    assert_eq!(
        warned.iter().filter(|fact| fact.warning == Warning::LockedOut).count(),
        1
    );
    app.advance(901).await;
    app.sign_in("ana@example.org", PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_51_all_doors_share_one_counter_that_survives_a_restart() {
    let mut app = App::start().await;
    let session = app.user("ana@example.org").await;
    let enrolment = app
        .call(As::User(&session), Method::POST, "/api/auth/mfa/totp/", None)
        .await;
    enrolment.data(200);
    for _ in 0..2 {
        assert_eq!(
            app.login("ana@example.org", WRONG).await.code(),
            (401, "invalid_credentials")
        );
        let admin = app
            .post(
                As::Nobody,
                "/api/auth/admin-login/",
                json!({"email": "ana@example.org", "password": WRONG}),
            )
            .await;
        assert_eq!(admin.code(), (401, "invalid_credentials"));
    }
    app.restart().await;
    let body = json!({"current_password": WRONG, "new_password": "another fine phrase"});
    let change = async |app: &App| {
        app.post(As::User(&session), "/api/auth/change-password/", body.clone())
            .await
    };
    let otp = async |app: &App| {
        app.post(
            As::User(&session),
            "/api/auth/mfa/totp/confirm/",
            json!({"otp": "000000"}),
        )
        .await
    };
    let delete = async |app: &App| {
        app.delete(As::User(&session), "/api/auth/me/", Some(json!({"password": WRONG})))
            .await
    };
    for _ in 0..2 {
        assert_eq!(change(&app).await.field("current_password"), "is not your password");
        assert_eq!(otp(&app).await.field("otp"), "is not the present code of your app");
        assert_eq!(delete(&app).await.field("password"), "is not your password");
    }
    app.restart().await;
    for answer in [
        change(&app).await,
        otp(&app).await,
        delete(&app).await,
        app.login("ana@example.org", PASSWORD).await,
    ] {
        assert_eq!(answer.code(), (429, "locked_out"));
    }
    assert_eq!(
        app.get(As::User(&session), "/api/auth/me/").await.status,
        200,
        "what needs no password goes on"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_51_the_reset_mail_is_the_owners_way_in() {
    let app = App::start().await;
    app.register("ana@example.org").await;
    for _ in 0..10 {
        app.login("ana@example.org", WRONG).await;
    }
    assert_eq!(app.login("ana@example.org", PASSWORD).await.status, 429);
    app.post(
        As::Nobody,
        "/api/auth/password-reset/",
        json!({"email": "ana@example.org"}),
    )
    .await
    .data(202);
    let token = app.mailed_token("ana@example.org").await;
    let body = json!({"token": token, "new_password": "another fine phrase"});
    app.post(As::Nobody, "/api/auth/password-reset/confirm/", body)
        .await
        .data(200);
    app.sign_in("ana@example.org", "another fine phrase").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_52_addresses_without_an_account_are_locked_alike() {
    let app = App::start().await;
    app.register("ana@example.org").await;
    for email in ["ana@example.org", "nobody@example.org"] {
        for _ in 0..10 {
            assert_eq!(app.login(email, WRONG).await.status, 401);
        }
        assert_eq!(app.login(email, WRONG).await.code(), (429, "locked_out"), "{email}");
    }
    let admin = app.admin("root@example.org").await;
    let failures = app
        .audited(&admin)
        .await
        .into_iter()
        .filter(|action| action == "login_failed")
        .count();
    assert_eq!(failures, 10, "nobody's failures are in nobody's log");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_forgets_earlier_failures() {
    let app = App::start().await;
    app.register("ana@example.org").await;
    for _ in 0..3 {
        for _ in 0..9 {
            assert_eq!(app.login("ana@example.org", WRONG).await.status, 401);
        }
        app.sign_in("ana@example.org", PASSWORD).await;
    }
}
