//! Changing and resetting the password, and the address.

use contracts::events::{MailKind, UserUpdated, UserWarned, Warning};
use serde_json::json;

use super::helpers::{Answer, App, As, PASSWORD, Session};

const NEW: &str = "another fine phrase";

async fn reset_token(app: &App, email: &str) -> String {
    app.post(As::Nobody, "/api/auth/password-reset/", json!({"email": email}))
        .await
        .data(202);
    app.mailed_token(email).await
}

async fn confirm(app: &App, token: &str, password: &str) -> Answer {
    app.post(
        As::Nobody,
        "/api/auth/password-reset/confirm/",
        json!({"token": token, "new_password": password}),
    )
    .await
}

async fn change_email(app: &App, session: &Session, email: &str) -> Answer {
    let body = json!({"email": email, "current_password": PASSWORD});
    app.post(As::User(session), "/api/auth/update-profile/", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_56_a_change_of_password_ends_every_other_session() {
    let app = App::start().await;
    let here = app.user("ana@example.org").await;
    let there = app.sign_in("ana@example.org", PASSWORD).await;
    let change = async |current: &str, new: &str| {
        app.post(
            As::User(&here),
            "/api/auth/change-password/",
            json!({"current_password": current, "new_password": new}),
        )
        .await
    };
    assert_eq!(
        change("wrong wrong wrong", NEW).await.field("current_password"),
        "is not your password"
    );
    assert_eq!(
        change(PASSWORD, "short").await.field("new_password"),
        "must have at least 12 characters"
    );
    assert_eq!(
        change(PASSWORD, PASSWORD).await.field("new_password"),
        "must differ from the current password"
    );
    change(PASSWORD, NEW).await.data(200);
    assert_eq!(app.refresh(&there.refresh).await.code(), (401, "session_ended"));
    app.refresh(&here.refresh).await.data(200);
    assert_eq!(
        app.login("ana@example.org", PASSWORD).await.code(),
        (401, "invalid_credentials")
    );
    app.sign_in("ana@example.org", NEW).await;
    app.settle().await;
    assert!(
        app.facts::<UserWarned>()
            .iter()
            .any(|fact| fact.warning == Warning::PasswordChanged)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_54_a_reset_token_is_good_once_for_half_an_hour() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let made = json!({"name": "bot", "scopes": ["trade"]});
    let made = app.post(As::User(&session), "/api/auth/tokens/", made).await;
    let api_token = made.data(201)["token"].clone();
    let token = reset_token(&app, "ana@example.org").await;
    app.advance(1800).await;
    assert_eq!(confirm(&app, &token, NEW).await.code(), (422, "invalid_token"));

    let token = reset_token(&app, "ana@example.org").await;
    assert!(
        confirm(&app, &token, "short")
            .await
            .field("new_password")
            .contains("12"),
        "a refusal does not spend the token"
    );
    confirm(&app, &token, NEW).await.data(200);
    assert_eq!(
        confirm(&app, &token, "a third fine phrase").await.code(),
        (422, "invalid_token")
    );
    assert_eq!(
        app.refresh(&session.refresh).await.code(),
        (401, "session_ended"),
        "a reset ends all sessions"
    );
    let question = json!({"token": api_token});
    let known = app.post(As::Service, "/internal/tokens/introspect", question).await;
    assert_eq!(known.status, 404, "and whatever else lets somebody in");
    let again = app.sign_in("ana@example.org", NEW).await;
    let me = app.get(As::User(&again), "/api/auth/me/").await;
    assert_eq!(
        me.data(200)["email_verified"],
        true,
        "who reads the mail has the address"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_54_mails_are_void_after_any_change_of_credentials() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let verification = app.mailed_token("ana@example.org").await;
    let first = reset_token(&app, "ana@example.org").await;
    let second = reset_token(&app, "ana@example.org").await;
    confirm(&app, &first, NEW).await.data(200);
    assert_eq!(
        confirm(&app, &second, "a third fine phrase").await.code(),
        (422, "invalid_token")
    );
    let verify = app
        .post(As::Nobody, "/api/auth/verify-email/", json!({"token": verification}))
        .await;
    assert_eq!(verify.code(), (422, "invalid_token"));
    assert!(app.mails().await.is_empty(), "void mails are not sent");

    let third = reset_token(&app, "ana@example.org").await;
    let body = json!({"current_password": NEW, "new_password": "a fourth fine phrase"});
    let session = Session {
        ..app.sign_in(&session.email, NEW).await
    };
    app.post(As::User(&session), "/api/auth/change-password/", body)
        .await
        .data(200);
    assert_eq!(
        confirm(&app, &third, "a fifth fine phrase").await.code(),
        (422, "invalid_token")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_voids_the_proof_of_the_address_and_mails_another() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let first = app.mailed_token("ana@example.org").await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    app.post(As::User(&session), "/api/auth/change-password/", body)
        .await
        .data(200);
    let verify = async |token: &str| {
        app.post(As::Nobody, "/api/auth/verify-email/", json!({"token": token}))
            .await
    };
    assert_eq!(verify(&first).await.code(), (422, "invalid_token"));
    verify(&app.mailed_token("ana@example.org").await).await.data(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_54_tokens_of_one_kind_do_nothing_of_another() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let verification = app.mailed_token("ana@example.org").await;
    assert_eq!(confirm(&app, &verification, NEW).await.code(), (422, "invalid_token"));
    let reset = reset_token(&app, "ana@example.org").await;
    let verify = async |token: &str| {
        app.post(As::Nobody, "/api/auth/verify-email/", json!({"token": token}))
            .await
    };
    assert_eq!(verify(&reset).await.code(), (422, "invalid_token"));
    for token in [session.refresh.as_str(), session.access.as_str()] {
        assert_eq!(confirm(&app, token, NEW).await.code(), (422, "invalid_token"));
    }
    app.sign_in("ana@example.org", PASSWORD).await;
    verify(&verification).await.data(200);
    confirm(&app, &reset, NEW).await.data(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_uses_of_one_reset_token_set_one_password() {
    let app = App::start().await;
    app.register("ana@example.org").await;
    let token = reset_token(&app, "ana@example.org").await;
    let passwords: Vec<String> = (0..8).map(|n| format!("another fine phrase {n}")).collect();
    let answers =
        futures_util::future::join_all(passwords.iter().map(|password| confirm(&app, &token, password))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_counts_once_it_is_proved_and_the_old_one_is_told() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    app.verify("ana@example.org").await;
    let without = app
        .post(
            As::User(&session),
            "/api/auth/update-profile/",
            json!({"email": "new@example.org"}),
        )
        .await;
    assert_eq!(
        without.field("current_password"),
        "is required to change the e-mail address"
    );
    let wrong = json!({"email": "new@example.org", "current_password": "not the password"});
    let wrong = app.post(As::User(&session), "/api/auth/update-profile/", wrong).await;
    assert_eq!(wrong.field("current_password"), "is not your password");

    let answer = change_email(&app, &session, "new@example.org").await;
    assert_eq!(
        (
            answer.data(200)["email"].as_str(),
            answer.data(200)["pending_email"].as_str()
        ),
        (Some("ana@example.org"), Some("new@example.org"))
    );
    assert_eq!(app.login("new@example.org", PASSWORD).await.status, 401);
    app.settle().await;
    let warned = app.facts::<UserWarned>();
    assert_eq!(
        (warned[0].warning, warned[0].to.as_deref()),
        (Warning::EmailChangeRequested, Some("ana@example.org"))
    );

    app.verify("new@example.org").await;
    let me = app.get(As::User(&session), "/api/auth/me/").await;
    assert_eq!(
        (me.data(200)["email"].as_str(), me.data(200)["email_verified"].as_bool()),
        (Some("new@example.org"), Some(true))
    );
    assert_eq!(app.login("ana@example.org", PASSWORD).await.status, 401);
    app.sign_in("new@example.org", PASSWORD).await;
    app.settle().await;
    let last = app.facts::<UserWarned>().pop().unwrap();
    assert_eq!(
        (last.warning, last.to.as_deref()),
        (Warning::EmailChanged, Some("ana@example.org"))
    );
    assert_eq!(app.facts::<UserUpdated>().pop().unwrap().0.email, "new@example.org");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_52_asking_for_a_taken_address_looks_the_same() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    app.user("eve@example.org").await;
    let taken = change_email(&app, &session, "eve@example.org").await;
    let free = change_email(&app, &session, "free@example.org").await;
    assert_eq!(
        (taken.status, &taken.body["message"]),
        (free.status, &free.body["message"])
    );
    assert_eq!(taken.data(200)["pending_email"], "eve@example.org");
    let kinds: Vec<(MailKind, String)> = app.mails().await.into_iter().map(|mail| (mail.kind, mail.to)).collect();
    assert!(kinds.contains(&(MailKind::AlreadyRegistered, "eve@example.org".to_owned())));
    assert!(kinds.contains(&(MailKind::VerifyNewEmail, "free@example.org".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_was_taken_meanwhile_is_not_taken_over() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    change_email(&app, &session, "wanted@example.org").await.data(200);
    let token = app.mailed_token("wanted@example.org").await;
    app.register("wanted@example.org").await.data(202);
    let answer = app
        .post(As::Nobody, "/api/auth/verify-email/", json!({"token": token}))
        .await;
    assert_eq!(answer.code(), (422, "invalid_token"));
    assert_eq!(
        app.get(As::User(&session), "/api/auth/me/").await.data(200)["email"],
        "ana@example.org"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profile_changes_field_by_field() {
    let app = App::start().await;
    let session = app.user("ana@example.org").await;
    let update = async |body| app.post(As::User(&session), "/api/auth/update-profile/", body).await;
    let body = json!({"full_name": "Ana Belén", "phone": "+34 600 11 22 33", "country": "es", "locale": "fr"});
    let answer = update(body).await;
    let data = answer.data(200);
    assert_eq!(
        (data["name"].as_str(), data["phone"].as_str()),
        (Some("Ana Belén"), Some("+34600112233"))
    );
    assert_eq!(
        (data["country"].as_str(), data["locale"].as_str()),
        (Some("ES"), Some("fr"))
    );
    let answer = update(json!({"name": "Ana", "phone": null})).await;
    let data = answer.data(200);
    assert_eq!(
        (data["name"].as_str(), data["phone"].is_null(), data["country"].as_str()),
        (Some("Ana"), true, Some("ES"))
    );
    let answer = update(json!({"phone": "abc", "country": "XX", "locale": "1", "full_name": "a\nb"})).await;
    for field in ["phone", "country", "locale", "full_name"] {
        assert!(!answer.field(field).is_empty());
    }
    app.settle().await;
    let updated = app.facts::<UserUpdated>();
    assert_eq!(
        (
            updated.last().unwrap().0.name.as_str(),
            updated.last().unwrap().0.locale.as_str()
        ),
        ("Ana", "fr")
    );
}
