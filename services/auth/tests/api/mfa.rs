//! The second factor.

use contracts::events::{UserWarned, Warning};
use domain::Clock as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::helpers::{Answer, App, As, PASSWORD, Session, totp};

const TOTP: &str = "/api/auth/mfa/totp/";

/// Sets up a second factor; gives its secret and the recovery codes.
async fn enrol(app: &App, session: &Session) -> (String, Vec<String>) {
    let answer = app.call(As::User(session), Method::POST, TOTP, None).await;
    let secret = answer.data(200)["secret"].as_str().unwrap().to_owned();
    let confirmed = confirm(app, session, &totp(&secret, app.clock.now())).await;
    let codes = confirmed.data(200)["recovery_codes"].as_array().unwrap();
    (
        secret,
        codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect(),
    )
}

async fn confirm(app: &App, session: &Session, otp: &str) -> Answer {
    app.post(As::User(session), "/api/auth/mfa/totp/confirm/", json!({"otp": otp}))
        .await
}

async fn login(app: &App, otp: Option<&str>) -> Answer {
    let mut body = json!({"email": "ana@example.org", "password": PASSWORD, "token_delivery": "body"});
    if let Some(otp) = otp {
        body["otp"] = Value::from(otp);
    }
    app.post(As::Nobody, "/api/auth/login/", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_55_signing_in_needs_a_code_once_and_others_are_signed_out() {
    let app = App::start().await;
    let here = app.user("ana@example.org").await;
    let there = app.sign_in("ana@example.org", PASSWORD).await;
    let begun = app.call(As::User(&here), Method::POST, TOTP, None).await;
    assert!(begun.data(200)["qr_svg"].as_str().unwrap().contains("<svg"));
    assert!(
        begun.data(200)["otpauth_url"]
            .as_str()
            .unwrap()
            .starts_with("otpauth://totp/Candlewick:ana%40example.org?secret=")
    );
    login(&app, None).await.data(200);
    let (secret, codes) = enrol(&app, &here).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(app.refresh(&there.refresh).await.code(), (401, "session_ended"));
    app.refresh(&here.refresh).await.data(200);
    assert_eq!(
        app.get(As::User(&here), "/api/auth/me/").await.data(200)["mfa_enabled"],
        true
    );

    assert_eq!(login(&app, None).await.code(), (401, "otp_required"));
    let used = totp(&secret, app.clock.now());
    assert_eq!(
        login(&app, Some(&used)).await.code(),
        (401, "invalid_credentials"),
        "the code of the enrolment is used up"
    );
    app.advance(30).await;
    let code = totp(&secret, app.clock.now());
    login(&app, Some(&code)).await.data(200);
    assert_eq!(
        login(&app, Some(&code)).await.code(),
        (401, "invalid_credentials"),
        "a code is good once"
    );
    app.advance(30).await;
    login(
        &app,
        Some(&totp(&secret, app.clock.now().plus(std::time::Duration::from_secs(30)))),
    )
    .await
    .data(200);
    app.advance(300).await;
    let old = totp(&secret, app.clock.now().minus(std::time::Duration::from_secs(60)));
    assert_eq!(
        login(&app, Some(&old)).await.code(),
        (401, "invalid_credentials"),
        "two steps ago is too old"
    );
    app.settle().await;
    assert!(
        app.facts::<UserWarned>()
            .iter()
            .any(|fact| fact.warning == Warning::MfaEnabled)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_55_recovery_codes_are_good_once_also_in_parallel() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let (_, codes) = enrol(&app, &session).await;
    let answers = futures_util::future::join_all((0..5).map(|_| login(&app, Some(&codes[0])))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    login(&app, Some(&codes[1].to_uppercase())).await.data(200);
    let stored = format!(
        "SELECT count(*) FROM auth.recovery_codes t WHERE to_jsonb(t)::text LIKE '%{}%'",
        codes[2]
    );
    assert_eq!(app.database.number(&stored).await, 0);
    assert_eq!(app.database.number("SELECT count(*) FROM auth.recovery_codes").await, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_55_enrolling_and_removing_need_a_fresh_password() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    app.advance(601).await;
    let stale = app.call(As::User(&session), Method::POST, TOTP, None).await;
    assert!(stale.field("password").contains("is required"));
    assert_eq!(
        app.post(As::User(&session), TOTP, json!({"password": "wrong wrong wrong"}))
            .await
            .field("password"),
        "is not your password"
    );
    let begun = app.post(As::User(&session), TOTP, json!({"password": PASSWORD})).await;
    let secret = begun.data(200)["secret"].as_str().unwrap().to_owned();
    confirm(&app, &session, &totp(&secret, app.clock.now())).await.data(200);
    assert_eq!(
        app.post(As::User(&session), TOTP, json!({"password": PASSWORD}))
            .await
            .code(),
        (409, "mfa_enabled")
    );

    assert_eq!(app.delete(As::User(&session), TOTP, None).await.status, 415);
    assert_eq!(
        app.delete(As::User(&session), TOTP, Some(json!({"password": "wrong wrong wrong"})))
            .await
            .field("password"),
        "is not your password"
    );
    app.delete(As::User(&session), TOTP, Some(json!({"password": PASSWORD})))
        .await
        .data(200);
    login(&app, None).await.data(200);
    assert_eq!(app.database.number("SELECT count(*) FROM auth.recovery_codes").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_55_five_wrong_codes_end_an_enrolment() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    assert_eq!(confirm(&app, &session, "000000").await.code(), (409, "no_enrolment"));
    let begun = app.call(As::User(&session), Method::POST, TOTP, None).await;
    let secret = begun.data(200)["secret"].as_str().unwrap().to_owned();
    for _ in 0..5 {
        assert_eq!(
            confirm(&app, &session, "not a code").await.field("otp"),
            "is not the present code of your app"
        );
    }
    assert_eq!(
        confirm(&app, &session, &totp(&secret, app.clock.now())).await.code(),
        (409, "no_enrolment")
    );
    enrol(&app, &session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_54_a_reset_never_goes_round_the_second_factor() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let before = {
        app.post(
            As::Nobody,
            "/api/auth/password-reset/",
            json!({"email": "ana@example.org"}),
        )
        .await
        .data(202);
        app.mailed_token("ana@example.org").await
    };
    enrol(&app, &session).await;
    let confirm = async |token: &str| {
        app.post(
            As::Nobody,
            "/api/auth/password-reset/confirm/",
            json!({"token": token, "new_password": "another fine phrase"}),
        )
        .await
    };
    assert_eq!(
        confirm(&before).await.code(),
        (422, "invalid_token"),
        "a second factor is a change of credentials"
    );
    app.post(
        As::Nobody,
        "/api/auth/password-reset/",
        json!({"email": "ana@example.org"}),
    )
    .await
    .data(202);
    let token = app.mailed_token("ana@example.org").await;
    confirm(&token).await.data(200);
    assert_eq!(
        app.login("ana@example.org", "another fine phrase").await.code(),
        (401, "otp_required")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_alone_forgets_no_failures() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    enrol(&app, &session).await;
    for _ in 0..10 {
        assert_eq!(login(&app, None).await.code(), (401, "otp_required"));
        assert_eq!(login(&app, Some("123")).await.code(), (401, "invalid_credentials"));
    }
    assert_eq!(login(&app, None).await.code(), (429, "locked_out"));
}
