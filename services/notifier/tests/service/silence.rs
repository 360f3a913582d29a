use contracts::events::{UserDeleted, UserDisabled, UserUpdated};
use wiremock::{Mock, ResponseTemplate, matchers::any};

use crate::helpers::App;

#[tokio::test(flavor = "multi_thread")]
async fn reliability_36_a_deleted_alert_is_silent() {
    let app = App::start().await;
    let ana = app.user().await;
    let fact = app.fired(ana.id);
    app.deleted_alerts.lock().expect("lock").insert(fact.alert_id.uuid());
    app.say(&fact).await;
    let email = ana.delivery_in("email", "suppressed").await;
    assert_eq!(email["last_error"], "the alert was deleted");
    assert!(app.mails_to(&ana.email).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alerts_service_that_is_away_delays_a_mail_but_does_not_lose_it() {
    let app = App::start().await;
    let ana = app.user().await;
    app.alerts.reset().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(503))
        .mount(&app.alerts)
        .await;
    app.say(&app.fired(ana.id)).await;
    test_kit::eventually("it is postponed", async || {
        let query = "SELECT count(*) FROM notifier.deliveries WHERE state = 'pending' AND epoch > 0 AND attempts = 0";
        (app.database.number(query).await == 1).then_some(())
    })
    .await;
    assert!(app.mails_to(&ana.email).is_empty());
    app.advance(31);
    app.mail_to(&ana.email).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_36_a_deleted_user_is_forgotten_and_late_facts_bring_nothing_back() {
    // Nothing leaves until the test says so: retries are due only when the clock moves.
    let app = App::start_with(&[("MAIL_URL", "smtp://127.0.0.1:9")]).await;
    let ana = app.user().await;
    app.say(&app.fired(ana.id)).await;
    assert_eq!(ana.list().await.len(), 1);
    app.say(&UserDeleted { user_id: ana.id }).await;
    app.say(&app.fired(ana.id)).await;
    let mut facts = app.facts();
    (facts.user_id, facts.version) = (ana.id, 99);
    app.say(&UserUpdated(facts)).await;
    let body = serde_json::json!({"webhook": {"enabled": true, "url": "https://example.com/hook"}});
    assert_eq!(ana.patch("/api/notifications/preferences/", body).await.0, 401);
    for table in ["notifications", "deliveries", "preferences", "delivery_attempts"] {
        assert_eq!(
            app.database
                .number(&format!("SELECT count(*) FROM notifier.{table}"))
                .await,
            0,
            "{table}"
        );
    }
    let personal = "SELECT count(*) FROM notifier.contacts WHERE email <> '' OR name <> ''";
    assert_eq!(app.database.number(personal).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_gets_no_mails() {
    let app = App::start().await;
    let ana = app.user().await;
    app.say(&UserDisabled {
        user_id: ana.id,
        version: 2,
    })
    .await;
    app.say(&app.fired(ana.id)).await;
    let email = ana.delivery_in("email", "suppressed").await;
    assert_eq!(email["last_error"], "the account is disabled");
}
