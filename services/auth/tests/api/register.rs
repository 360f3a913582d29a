//! Making an account and proving its address.

use contracts::events::{MailKind, UserMailRequested, UserRegistered, UserUpdated};
use reqwest::Method;
use serde_json::json;

use super::helpers::{App, As, PASSWORD, answer};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_registers_proves_the_address_and_signs_in() {
    let app = App::start().await;
    let answer = app.register("Ana@Example.org").await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert!(answer.body["data"].is_null());

    let registered = app.wait_for::<UserRegistered>(1).await;
    assert_eq!(
        (
            registered[0].0.email.as_str(),
            registered[0].0.email_verified,
            registered[0].0.is_active
        ),
        ("ana@example.org", false, true)
    );
    let session = app.sign_in("ana@example.org", PASSWORD).await;
    let me = app.get(As::User(&session), "/api/auth/me/").await;
    assert_eq!(me.data(200)["email_verified"], false);
    assert_eq!(me.data(200)["name"], "Ana López");
    assert_eq!(me.data(200)["role"], "user");
    assert_eq!(me.data(200)["mfa_enabled"], false);

    let mails = app.mails().await;
    assert_eq!(
        (mails.len(), mails[0].kind, mails[0].to.as_str()),
        (1, MailKind::Verify, "ana@example.org")
    );
    app.verify("ana@example.org").await;
    assert_eq!(
        app.get(As::User(&session), "/api/auth/me/").await.data(200)["email_verified"],
        true
    );
    let updated = app.wait_for::<UserUpdated>(1).await;
    assert!(updated[0].0.email_verified && updated[0].0.version > registered[0].0.version);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_52_registering_a_taken_address_looks_the_same_and_tells_its_owner() {
    let app = App::start().await;
    let first = app.register("ana@example.org").await;
    app.verify("ana@example.org").await;
    let second = app.register("ana@example.org").await;
    assert_eq!((first.status, &first.body), (second.status, &second.body));
    let names = |answer: &super::helpers::Answer| {
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&first), names(&second));
    let mails = app.mails().await;
    assert_eq!(
        (mails.last().unwrap().kind, &mails.last().unwrap().token),
        (MailKind::AlreadyRegistered, &None)
    );
    assert_eq!(app.database.number("SELECT count(*) FROM auth.users").await, 1);
    assert_eq!(app.facts::<UserRegistered>().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_the_password_of_an_unproved_account_is_sent_the_proof_again() {
    let app = App::start().await;
    app.register("ana@example.org").await;
    app.register("ana@example.org").await;
    let stranger = json!({"name": "Eve", "email": "ana@example.org", "password": "another fine phrase"});
    app.post(As::Nobody, "/api/auth/register/", stranger).await.data(202);
    let kinds: Vec<MailKind> = app.mails().await.iter().map(|mail| mail.kind).collect();
    assert_eq!(kinds, [MailKind::Verify, MailKind::Verify, MailKind::AlreadyRegistered]);
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_registrations_of_one_address_make_one_account() {
    let app = App::start_with(&[("PASSWORDS__QUEUE", "50")]).await;
    let answers = futures_util::future::join_all((0..12).map(|_| app.register("ana@example.org"))).await;
    for answer in answers {
        assert_eq!(answer.status, 202, "{}", answer.body);
    }
    assert_eq!(app.database.number("SELECT count(*) FROM auth.users").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_fields_are_all_named() {
    let app = App::start().await;
    let register = async |body| app.post(As::Nobody, "/api/auth/register/", body).await;
    let answer = register(json!({"name": "", "email": "ana", "password": "short"})).await;
    assert_eq!(answer.field("name"), "must be 1 to 100 characters on one line");
    assert_eq!(
        answer.field("email"),
        "must be an e-mail address, such as ana@example.org"
    );
    assert_eq!(answer.field("password"), "must have at least 12 characters");
    let answer = register(json!({"name": "Ana", "email": "ana@example.org", "password": "password1234"})).await;
    assert!(answer.field("password").contains("attackers"), "{}", answer.body);
    let answer =
        register(json!({"name": "Ana Belen Lopez", "email": "ana@example.org", "password": "anabelenlopez"})).await;
    assert!(
        answer.field("password").contains("must not be your name"),
        "{}",
        answer.body
    );
    assert_eq!(
        register(json!({"name": "Ana", "email": "ana@example.org"}))
            .await
            .field("password"),
        "is required"
    );
    assert_eq!(app.database.number("SELECT count(*) FROM auth.users").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_59_nothing_but_the_known_members_is_taken() {
    let app = App::start().await;
    for (member, value) in [
        ("role", json!("admin")),
        ("user_id", json!("x")),
        ("email_verified", json!(true)),
        ("is_active", json!(true)),
    ] {
        let mut body = json!({"name": "Ana", "email": "ana@example.org", "password": PASSWORD});
        body[member] = value.clone();
        assert_eq!(
            app.post(As::Nobody, "/api/auth/register/", body).await.field(member),
            "is not known"
        );
    }
    let session = app.user("ana@example.org").await;
    for (member, value) in [
        ("role", json!("admin")),
        ("user_id", json!("x")),
        ("email_verified", json!(true)),
        ("balance", json!("1")),
    ] {
        for path in [
            "/api/auth/update-profile/",
            "/api/auth/change-password/",
            "/api/auth/tokens/",
            "/api/auth/mfa/totp/",
        ] {
            let mut body = match path {
                "/api/auth/update-profile/" => json!({"full_name": "Ana"}),
                "/api/auth/change-password/" => {
                    json!({"current_password": PASSWORD, "new_password": "another fine phrase"})
                }
                "/api/auth/tokens/" => json!({"name": "t", "scopes": ["read"]}),
                _ => json!({"password": PASSWORD}),
            };
            body[member] = value.clone();
            assert_eq!(
                app.post(As::User(&session), path, body).await.field(member),
                "is not known",
                "{path}"
            );
        }
    }
    let me = app.get(As::User(&session), "/api/auth/me/").await;
    assert_eq!(
        (me.data(200)["role"].as_str(), me.data(200)["email_verified"].as_bool()),
        (Some("user"), Some(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_lives_a_day_and_is_good_once() {
    let app = App::start().await;
    app.register("ana@example.org").await;
    let token = app.mailed_token("ana@example.org").await;
    app.advance(24 * 3600).await;
    let verify = async |token: &str| {
        app.post(As::Nobody, "/api/auth/verify-email/", json!({"token": token}))
            .await
    };
    assert_eq!(verify(&token).await.code(), (422, "invalid_token"));
    let mail = app.facts::<UserMailRequested>()[0].mail_id;
    assert_eq!(
        app.get(As::Service, &format!("/internal/mails/{mail}")).await.status,
        404,
        "a void mail is not sent"
    );

    app.register("ana@example.org").await;
    let token = app.mailed_token("ana@example.org").await;
    verify(&token).await.data(200);
    assert_eq!(verify(&token).await.code(), (422, "invalid_token"));
    for garbage in ["", "abc", &"A".repeat(64), &format!("{token}x")] {
        assert_eq!(verify(garbage).await.code(), (422, "invalid_token"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_is_not_flooded() {
    let app = App::start().await;
    for _ in 0..12 {
        app.register("ana@example.org").await;
    }
    assert_eq!(app.mails().await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_57_forms_and_plain_text_are_refused() {
    let app = App::start().await;
    for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data"] {
        for path in [
            "/api/auth/login/",
            "/api/auth/register/",
            "/api/auth/refresh/",
            "/api/auth/logout/",
        ] {
            let body = json!({"email": "a@example.org", "password": "x"}).to_string();
            let request = app
                .raw(Method::POST, path)
                .bearer_auth(app.nobodys_token())
                .header("content-type", kind)
                .body(body);
            let answer = answer(request).await;
            assert_eq!(answer.status, 415, "{path} {kind} {}", answer.body);
        }
    }
}
