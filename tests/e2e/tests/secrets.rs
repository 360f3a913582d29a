//! What must never stand in a log, looked for in the fullest logs that can be had.

use e2e::{Client, Installation, Mode, PASSWORD, text};
use reqwest::Method;
use serde_json::json;

const WRONG: &str = "not this one, by any chance";
const SECOND: &str = "a second phrase of her own";
const THIRD: &str = "and a third one after that";

/// Goes through every door and gathers what was shown or given there.
async fn secrets_of_a_life(platform: &Installation) -> Vec<String> {
    let (mut ana, email) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    let mut secrets = vec![platform.mails().token_to(&email).await];
    secrets.extend([PASSWORD, WRONG, SECOND, THIRD].map(str::to_owned));
    secrets.extend(ana.access.clone().into_iter().chain(ana.refresh.clone()));
    let wrong = json!({"email": email, "password": WRONG});
    ana.post("/api/auth/login/", wrong).await.refused(401);

    let mut nobody = Client::new(&platform.url());
    let shown = json!({"refresh": ana.refresh});
    let fresh = nobody.post("/api/auth/refresh/", shown).await.data();
    secrets.extend([text(&fresh["access"]), text(&fresh["refresh"])]);
    ana.access = Some(text(&fresh["access"]));

    let change = json!({"current_password": PASSWORD, "new_password": SECOND});
    ana.post("/api/auth/change-password/", change).await.data();
    let app = ana.post("/api/auth/mfa/totp/", json!({})).await.data();
    secrets.push(text(&app["secret"]));
    ana.post("/api/auth/mfa/totp/confirm/", json!({"otp": "000000"})).await;
    let token = json!({"name": "program", "scopes": ["read"]});
    let token = text(&ana.post("/api/auth/tokens/", token).await.data()["token"]);
    nobody.access = Some(token.clone());
    nobody.get("/api/auth/me/").await.data();
    secrets.push(token);

    nobody.access = None;
    let asked = nobody.post("/api/auth/password-reset/", json!({"email": email})).await;
    assert_eq!(asked.status, 202);
    let mails = platform.mails().wait_for(&email, 3).await;
    let reset = mails
        .iter()
        .rev()
        .find_map(|mail| e2e::token_of(mail))
        .expect("a token");
    let body = json!({"token": reset, "new_password": THIRD});
    nobody.post("/api/auth/password-reset/confirm/", body).await.data();
    secrets.push(reset);
    nobody.login(&email, THIRD).await;
    secrets.extend(nobody.access.clone().into_iter().chain(nobody.refresh.clone()));
    let last = nobody
        .send(Method::DELETE, "/api/auth/me/", Some(json!({"password": THIRD})))
        .await;
    assert_eq!(last.status, 202);
    secrets
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_63_the_fullest_logs_hold_no_password_and_no_token() {
    let mut platform = Installation::new(Mode::Standalone).await;
    platform.set("RUST_LOG", "debug");
    platform.start("simulator:7").await;
    let secrets = secrets_of_a_life(&platform).await;
    let said = platform.said();
    assert!(said.contains("/api/auth/login"), "requests are logged at all");
    for secret in &secrets {
        let place = said.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(place, None, "{secret}");
    }
    assert!(secrets.len() >= 14, "{}", secrets.len());
    platform.stop();
}
