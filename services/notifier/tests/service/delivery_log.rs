use contracts::events::{MailKind, UserMailRequested};
use serde_json::Value;
use test_kit::eventually;
use uuid::Uuid;

use crate::helpers::{App, User};

const LOG: &str = "/api/notifications/deliveries/";

/// The entries that have ended, once there are `count` of them.
async fn ended(user: &User<'_>, count: usize) -> Vec<Value> {
    eventually("the log", async || {
        let (status, body) = user.get(LOG).await;
        assert_eq!(status, 200, "{body}");
        let rows = body["data"].as_array().cloned().expect("a list");
        let all_ended = rows.iter().all(|row| row["state"] != "pending");
        (rows.len() == count && all_ended).then_some(rows)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_has_what_stands_in_no_list_and_belongs_to_its_owner_alone() {
    let app = App::start().await;
    let (ana, bob) = (app.user().await, app.user().await);
    let mut fact = app.fired(ana.id);
    fact.channels = vec!["email".to_owned()];
    app.say(&fact).await;

    let rows = ended(&ana, 1).await;
    let row = &rows[0];
    assert_eq!((&row["channel"], &row["state"]), (&"email".into(), &"sent".into()));
    assert_eq!(row["kind"], "alert_fired");
    assert_eq!(row["title"], "BTC: price at or above 70000 USD");
    assert_eq!((&row["attempts"], &row["last_error"]), (&1.into(), &Value::Null));
    assert_eq!(row["history"][0]["outcome"], "sent");
    assert!(ana.list().await.is_empty());
    let notification = row["notification_id"].as_str().expect("an id");
    let (status, one) = ana.get(&format!("/api/notifications/{notification}/deliveries/")).await;
    assert_eq!((status, &one["data"][0]["sent_at"]), (200, &row["sent_at"]));
    assert_eq!(bob.get(LOG).await.1["data"], Value::Array(Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_the_account_is_an_entry_without_a_notification() {
    let app = App::start().await;
    let ana = app.user().await;
    let mail_id = Uuid::now_v7();
    app.say(&UserMailRequested {
        user_id: ana.id,
        mail_id,
        kind: MailKind::Reset,
    })
    .await;
    let rows = ended(&ana, 1).await;
    assert!(rows[0]["notification_id"].is_null() && rows[0]["kind"].is_null() && rows[0]["title"].is_null());
    assert_eq!(rows[0]["channel"], "email");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_paged_newest_first_and_filtered() {
    let app = App::start().await;
    let ana = app.user().await;
    for _ in 0..3 {
        let mut fact = app.fired(ana.id);
        fact.channels = vec!["email".to_owned(), "webhook".to_owned()];
        app.say(&fact).await;
    }
    // No webhook is set up, so its deliveries are decided against at once.
    let all = ended(&ana, 6).await;
    let times: Vec<&str> = all.iter().filter_map(|row| row["created_at"].as_str()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");

    let mut paged: Vec<Value> = Vec::new();
    let mut path = format!("{LOG}?limit=4");
    loop {
        let (status, body) = ana.get(&path).await;
        assert_eq!(status, 200, "{body}");
        paged.extend(body["data"].as_array().cloned().expect("a list"));
        let Some(next) = body["page"]["next"].as_str() else {
            break;
        };
        path = format!("{LOG}?limit=4&cursor={next}");
    }
    assert_eq!(paged, all);

    let of = async |query: &str| ana.get(&format!("{LOG}?{query}")).await;
    let (_, webhooks) = of("channel=webhook&state=suppressed").await;
    assert_eq!(webhooks["data"].as_array().map(Vec::len), Some(3));
    assert_eq!(of("state=failed").await.1["data"], Value::Array(Vec::new()));
    for bad in ["channel=pigeon", "state=lost", "cursor=nonsense", "limit=0"] {
        let (status, body) = of(bad).await;
        assert_eq!(status, 422, "{bad}: {body}");
    }
}
