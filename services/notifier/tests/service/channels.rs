use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use contracts::events::UserDisabled;
use reqwest::Method;
use serde_json::{Value, json};
use test_kit::eventually;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::helpers::{App, User};

const PREFERENCES: &str = "/api/notifications/preferences/";

async fn target(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_signed_by_the_standard_and_retried_under_the_same_id() {
    let app = App::start().await;
    let ana = app.user().await;
    let server = target(ResponseTemplate::new(500).set_body_string("secret words of the target")).await;
    let url = format!("{}/hook", server.uri());
    let (_, made) = ana
        .patch(PREFERENCES, json!({"webhook": {"enabled": true, "url": url}}))
        .await;
    let secret = made["data"]["webhook"]["secret"].as_str().expect("secret").to_owned();
    let mut fact = app.fired(ana.id);
    fact.channels = vec!["webhook".to_owned(), "in_app".to_owned()];
    app.say(&fact).await;
    let failed = eventually("the first try failed", async || {
        let newest = ana.list().await.first().cloned()?;
        ana.delivery(&newest, "webhook")
            .await
            .filter(|row| row["attempts"] == 1 && row["last_error"].is_string())
    })
    .await;
    assert_eq!(failed["last_error"], "the target answered 500");
    server.reset().await;
    Mock::given(method("POST"))
        .and(path("/hook"))
        .respond_with(ResponseTemplate::new(204))
        .mount(&server)
        .await;
    app.advance(10);
    ana.delivery_in("webhook", "sent").await;
    let requests = server.received_requests().await.expect("requests");
    let request = requests.last().expect("a request");
    let header = |name: &str| request.headers[name].to_str().expect("text").to_owned();
    let body = String::from_utf8(request.body.clone()).expect("text");
    let key = STANDARD.decode(secret.trim_start_matches("whsec_")).expect("base64");
    let signed = format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp"));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
    assert_eq!(header("webhook-signature"), format!("v1,{}", STANDARD.encode(tag)));
    let body: Value = serde_json::from_str(&body).expect("json");
    assert_eq!(body["type"], "notification.alert_fired");
    assert_eq!(body["data"]["data"]["alert_id"], fact.alert_id.uuid().to_string());
}

/// The next firing of a user's alert, told through these channels too.
async fn fire(app: &App, user: &User<'_>, channels: &[&str]) {
    let mut fact = app.fired(user.id);
    fact.channels.extend(channels.iter().map(|name| (*name).to_owned()));
    app.say(&fact).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_60_redirects_are_not_followed() {
    let app = App::start().await;
    let ana = app.user().await;
    let inner = target(ResponseTemplate::new(200)).await;
    let server = target(ResponseTemplate::new(302).insert_header("location", inner.uri().as_str())).await;
    ana.patch(PREFERENCES, json!({"webhook": {"enabled": true, "url": server.uri()}}))
        .await;
    fire(&app, &ana, &["webhook"]).await;
    assert_eq!(
        ana.delivery_in("webhook", "failed").await["last_error"],
        "the target answered 302; redirects are not followed"
    );
    assert!(inner.received_requests().await.expect("requests").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_whose_server_is_gone_is_switched_off_until_its_owner_wants_it_again() {
    let app = App::start().await;
    let ana = app.user().await;
    let server = target(ResponseTemplate::new(410)).await;
    let (_, made) = ana
        .patch(PREFERENCES, json!({"webhook": {"enabled": true, "url": server.uri()}}))
        .await;
    fire(&app, &ana, &["webhook"]).await;
    assert_eq!(
        ana.delivery_in("webhook", "failed").await["last_error"],
        "the target answered 410: the webhook was switched off"
    );
    let (_, left) = ana.get(PREFERENCES).await;
    let (was, is) = (&made["data"]["webhook"], &left["data"]["webhook"]);
    assert_eq!((&is["enabled"], &is["url"]), (&false.into(), &was["url"]));
    fire(&app, &ana, &["webhook"]).await;
    assert_eq!(
        ana.delivery_in("webhook", "suppressed").await["last_error"],
        "the channel is switched off"
    );
    assert_eq!(server.received_requests().await.expect("requests").len(), 1);
    assert_eq!(
        ana.patch(PREFERENCES, json!({"webhook": {"enabled": true}})).await.0,
        200
    );
    fire(&app, &ana, &["webhook"]).await;
    ana.delivery_in("webhook", "failed").await;
    assert_eq!(server.received_requests().await.expect("requests").len(), 2);
}

/// Somebody whose first message through ntfy and through a webhook was not taken, by servers that take the next one.
async fn refused_once<'a>(app: &'a App, server: &MockServer) -> User<'a> {
    let ana = app.user().await;
    let ntfy = json!({"enabled": true, "server": server.uri(), "topic": "alerts"});
    let webhook = json!({"enabled": true, "url": server.uri()});
    let (status, set) = ana.patch(PREFERENCES, json!({"ntfy": ntfy, "webhook": webhook})).await;
    assert_eq!(status, 200, "{set}");
    fire(app, &ana, &["ntfy", "webhook"]).await;
    for channel in ["ntfy", "webhook"] {
        eventually("the first try failed", async || {
            let newest = ana.list().await.first().cloned()?;
            let row = ana.delivery(&newest, channel).await?;
            row["last_error"].is_string().then_some(())
        })
        .await;
    }
    server.reset().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200))
        .mount(server)
        .await;
    ana
}

#[tokio::test(flavor = "multi_thread")]
async fn another_try_for_people_waits_for_the_end_of_quiet_hours_too() {
    let app = App::start().await;
    let server = target(ResponseTemplate::new(500)).await;
    let ana = refused_once(&app, &server).await;
    let now = chrono::DateTime::<chrono::Utc>::from(domain::Clock::now(app.clock.as_ref()));
    let hour = |by: i64| (now + chrono::TimeDelta::hours(by)).format("%H:%M").to_string();
    ana.patch(
        PREFERENCES,
        json!({"quiet_hours": {"start": hour(-1), "end": hour(2), "time_zone": "UTC"}}),
    )
    .await;
    app.advance(10);
    ana.delivery_in("webhook", "sent").await;
    app.quiet().await;
    let newest = ana.list().await[0].clone();
    let waiting = ana.delivery(&newest, "ntfy").await.expect("a delivery");
    assert_eq!(
        (&waiting["state"], &waiting["attempts"]),
        (&"pending".into(), &1.into())
    );
    assert_eq!(server.received_requests().await.expect("requests").len(), 1);
    app.advance(2 * 3600);
    ana.delivery_in("ntfy", "sent").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_tried_again_for_an_account_that_was_disabled_meanwhile() {
    let app = App::start().await;
    let server = target(ResponseTemplate::new(500)).await;
    let ana = refused_once(&app, &server).await;
    app.say(&UserDisabled {
        user_id: ana.id,
        version: 2,
    })
    .await;
    app.advance(10);
    for channel in ["ntfy", "webhook"] {
        let row = ana.delivery_in(channel, "suppressed").await;
        assert_eq!(row["last_error"], "the account is disabled", "{channel}");
    }
    assert!(server.received_requests().await.expect("requests").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_get_text_without_pings_and_tokens_stay_secret() {
    let telegram = target(ResponseTemplate::new(200)).await;
    let app = App::start_with(&[
        ("NOTIFIER__WEB__TELEGRAM_URL", &telegram.uri()),
        ("NOTIFIER__WEB__DISCORD_HOSTS", "127.0.0.1"),
    ])
    .await;
    let ana = app.user().await;
    let (discord, ntfy) = (
        target(ResponseTemplate::new(204)).await,
        target(ResponseTemplate::new(200)).await,
    );
    let bot = "123456:ABCdefGHIjklMNOpqrsTUVwxyz";
    let (status, set) = ana
        .patch(
            PREFERENCES,
            json!({
                "telegram": {"enabled": true, "bot_token": bot, "chat_id": "42"},
                "discord": {"enabled": true, "url": format!("{}/api/webhooks/1/x", discord.uri())},
                "ntfy": {"enabled": true, "server": ntfy.uri(), "topic": "alerts", "token": "tk_secret"},
            }),
        )
        .await;
    assert_eq!(status, 200, "{set}");
    assert!(!set.to_string().contains(bot) && !set.to_string().contains("tk_secret"));
    let mut fact = app.fired(ana.id);
    fact.note = Some("@everyone".to_owned());
    fact.channels = ["in_app", "telegram", "discord", "ntfy"].map(str::to_owned).to_vec();
    app.say(&fact).await;
    for channel in ["telegram", "discord", "ntfy"] {
        ana.delivery_in(channel, "sent").await;
    }
    let body = async |server: &MockServer| -> Value {
        server.received_requests().await.expect("requests")[0]
            .body_json()
            .expect("json")
    };
    assert_eq!(
        telegram.received_requests().await.expect("requests")[0].url.path(),
        format!("/bot{bot}/sendMessage")
    );
    assert!(
        body(&telegram).await["text"]
            .as_str()
            .expect("text")
            .contains("70001.5")
    );
    assert_eq!(body(&discord).await["allowed_mentions"]["parse"], json!([]));
    assert_eq!(body(&ntfy).await["topic"], "alerts");
    let stored = format!(
        "SELECT count(*) FROM notifier.preferences WHERE settings::text LIKE '%{bot}%' OR encode(secrets, 'escape') LIKE '%{bot}%'"
    );
    assert_eq!(app.database.number(&stored).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_button_says_what_happened_on_each_channel_and_never_the_targets_words() {
    let app = App::start().await;
    let ana = app.user().await;
    let server = target(ResponseTemplate::new(500).set_body_string("secret words of the target")).await;
    ana.patch(PREFERENCES, json!({"webhook": {"enabled": true, "url": server.uri()}}))
        .await;
    let (status, body) = ana.post("/api/notifications/test/").await;
    assert_eq!(status, 200, "{body}");
    let state = |channel: &str| {
        let rows = body["data"]["deliveries"].as_array().expect("rows");
        rows.iter()
            .find(|row| row["channel"] == channel)
            .map(|row| row["state"].clone())
            .unwrap_or_default()
    };
    assert_eq!(
        (state("in_app"), state("email"), state("webhook")),
        ("sent".into(), "sent".into(), "failed".into())
    );
    assert!(!body.to_string().contains("secret words"));
    assert_eq!(ana.list().await[0]["kind"], "test");
    for _ in 0..4 {
        assert_eq!(ana.post("/api/notifications/test/").await.0, 200);
    }
    assert_eq!(ana.post("/api/notifications/test/").await.0, 429);
    let token_free = app.request(Method::POST, "/api/notifications/test/", "nonsense");
    assert_eq!(crate::helpers::answer(token_free).await.0, 401);
}
