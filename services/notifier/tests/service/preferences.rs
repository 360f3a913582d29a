use reqwest::Method;
use serde_json::json;

use crate::helpers::App;

const PATH: &str = "/api/notifications/preferences/";

#[tokio::test(flavor = "multi_thread")]
async fn mail_and_list_are_on_and_everything_else_is_off() {
    let app = App::start().await;
    let (status, body) = app.user().await.get(PATH).await;
    assert_eq!(status, 200);
    let data = &body["data"];
    assert_eq!(
        (&data["email"]["enabled"], &data["in_app"]["enabled"]),
        (&true.into(), &true.into())
    );
    for channel in ["webhook", "telegram", "discord", "ntfy"] {
        assert_eq!(data[channel]["enabled"], false, "{channel}");
    }
    assert!(data["quiet_hours"].is_null());
    assert_eq!((&data["digest"], &data["version"]), (&"off".into(), &0.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn put_replaces_patch_merges_and_the_secret_is_shown_once() {
    let app = App::start().await;
    let ana = app.user().await;
    let (status, made) = ana
        .patch(
            PATH,
            json!({"webhook": {"enabled": true, "url": "https://example.com/hook"}}),
        )
        .await;
    assert_eq!(status, 200, "{made}");
    assert!(
        made["data"]["webhook"]["secret"]
            .as_str()
            .expect("shown")
            .starts_with("whsec_")
    );
    let (_, again) = ana.get(PATH).await;
    assert!(again["data"]["webhook"]["secret"].is_null());
    assert_eq!(again["data"]["webhook"]["secret_set"], true);
    // What was read can be sent back, and changes nothing.
    let (status, same) = ana.call(Method::PUT, PATH, Some(again["data"].clone())).await;
    assert_eq!(status, 200, "{same}");
    assert!(same["data"]["webhook"]["secret"].is_null());
    assert_eq!(same["data"]["webhook"]["secret_set"], true);
    let (_, merged) = ana
        .patch(
            PATH,
            json!({"digest": "daily", "quiet_hours": {"start": "22:00", "end": "07:00", "time_zone": "Europe/Paris"}}),
        )
        .await;
    assert_eq!(merged["data"]["webhook"]["url"], "https://example.com/hook");
    assert_eq!(merged["data"]["quiet_hours"]["time_zone"], "Europe/Paris");
    let (_, replaced) = ana
        .call(Method::PUT, PATH, Some(json!({"email": {"enabled": false}})))
        .await;
    let data = &replaced["data"];
    assert_eq!(
        (&data["email"]["enabled"], &data["digest"]),
        (&false.into(), &"off".into())
    );
    assert!(data["webhook"]["url"].is_null() && data["quiet_hours"].is_null());
    assert_eq!(
        app.database
            .number("SELECT count(*) FROM notifier.preferences WHERE settings::text LIKE '%whsec_%'")
            .await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_are_refused_by_their_names() {
    let app = App::start_with(&[("NOTIFIER__WEB__ALLOW_PRIVATE_TARGETS", "false")]).await;
    let ana = app.user().await;
    let cases = [
        (json!({"webhook": {"enabled": true}}), "webhook.url"),
        (json!({"webhook": {"url": "http://example.com/"}}), "webhook.url"),
        (json!({"webhook": {"url": "https://127.1/"}}), "webhook.url"),
        (json!({"webhook": {"url": "https://[::ffff:10.0.0.1]/"}}), "webhook.url"),
        (
            json!({"discord": {"url": "https://example.com/api/webhooks/1/x"}}),
            "discord.url",
        ),
        (
            json!({"ntfy": {"server": "https://169.254.169.254/", "topic": "x"}}),
            "ntfy.server",
        ),
        (json!({"telegram": {"chat_id": "not a chat"}}), "telegram.chat_id"),
        (
            json!({"quiet_hours": {"start": "25:00", "end": "07:00"}}),
            "quiet_hours.start",
        ),
        (json!({"digest": "weekly"}), "digest"),
        (json!({"email": {"enabled": "yes"}}), "email.enabled"),
        (json!({"carrier_pigeon": {"enabled": true}}), "carrier_pigeon"),
        (json!({"email": {"enabled": true, "colour": "red"}}), "email.colour"),
    ];
    for (body, field) in cases {
        let (status, answer) = ana.patch(PATH, body.clone()).await;
        assert_eq!(status, 422, "{body}: {answer}");
        assert!(answer["error"]["fields"].get(field).is_some(), "{body}: {answer}");
    }
    assert_eq!(ana.get(PATH).await.1["data"]["version"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_version_is_refused() {
    let app = App::start().await;
    let ana = app.user().await;
    assert_eq!(ana.patch(PATH, json!({"digest": "hourly", "version": 0})).await.0, 200);
    let (status, answer) = ana.patch(PATH, json!({"digest": "daily", "version": 0})).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &"version_conflict".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_stops_mails_and_looking_does_not() {
    let app = App::start().await;
    let ana = app.user().await;
    app.say(&app.fired(ana.id)).await;
    let source = String::from_utf8(app.mail_to(&ana.email).await.source.clone()).expect("text");
    let header = source
        .lines()
        .find(|line| line.starts_with("List-Unsubscribe: "))
        .expect("header");
    let link = header
        .trim_start_matches("List-Unsubscribe: <https://candlewick.example")
        .trim_end_matches('>')
        .to_owned();
    let anonymous = app.anonymous_token();
    let page = app
        .request(Method::GET, &link, &anonymous)
        .send()
        .await
        .expect("answer");
    assert_eq!(page.status(), 200);
    assert!(
        page.headers()["content-type"]
            .to_str()
            .expect("text")
            .starts_with("text/html")
    );
    assert!(page.text().await.expect("page").contains("<form method=\"post\">"));
    assert_eq!(ana.get(PATH).await.1["data"]["email"]["enabled"], true);
    let form = app
        .request(Method::POST, &link, &anonymous)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click");
    assert_eq!(form.send().await.expect("answer").status(), 200);
    assert_eq!(ana.get(PATH).await.1["data"]["email"]["enabled"], false);
    app.say(&app.fired(ana.id)).await;
    let row = ana.delivery_in("email", "suppressed").await;
    assert_eq!(row["last_error"], "the channel is switched off");
    let forged = app.request(Method::POST, "/api/notifications/unsubscribe/?token=AAAA", &anonymous);
    let refused = forged.send().await.expect("answer");
    assert_eq!(refused.status(), 404);
    assert_eq!(
        refused.headers()["content-type"],
        "text/html; charset=utf-8",
        "people open the link, not programs"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_hold_mails_and_one_digest_names_them() {
    let app = App::start().await;
    let ana = app.user().await;
    // A quiet span around now, whatever time it is.
    let now = chrono::DateTime::<chrono::Utc>::from(domain::Clock::now(app.clock.as_ref()));
    let start = (now - chrono::TimeDelta::hours(1)).format("%H:%M").to_string();
    let end = (now + chrono::TimeDelta::hours(2)).format("%H:%M").to_string();
    ana.patch(
        PATH,
        json!({"quiet_hours": {"start": start, "end": end, "time_zone": "UTC"}}),
    )
    .await;
    for _ in 0..3 {
        app.say(&app.fired(ana.id)).await;
    }
    assert_eq!(ana.list().await.len(), 3, "the list is never quiet");
    app.quiet().await;
    assert!(app.mails_to(&ana.email).is_empty());
    app.advance(3 * 3600);
    let digest = app.mail_to(&ana.email).await;
    assert!(digest.text().expect("text").starts_with("3 notifications"));
    let row = ana.delivery_in("email", "sent").await;
    assert!(row["sent_at"].is_string());
    app.quiet().await;
    assert_eq!(app.mails_to(&ana.email).len(), 1);
}
