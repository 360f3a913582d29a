use contracts::events::{FeedDegraded, OrderFilled, Side};
use domain::{AssetId, Money, OrderId, PortfolioId, Price, Quantity, Source, Symbol, TradeId};
use reqwest::Method;
use serde_json::json;
use test_kit::eventually;

use crate::helpers::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_fired_alert_stands_in_the_list_and_leaves_by_mail() {
    let app = App::start().await;
    let ana = app.user().await;
    let fact = app.fired(ana.id);
    app.say(&fact).await;

    let mail = app.mail_to(&ana.email).await;
    let text = mail.text().expect("text");
    for expected in [
        "70001.5",
        "price at or above 70000 USD",
        "coinbase",
        "https://candlewick.example/alerts",
    ] {
        assert!(text.contains(expected), "{expected} is missing in {text}");
    }
    let (_, body) = ana.get("/api/notifications/?unread=true").await;
    assert_eq!(body["page"]["unread"], 1);
    let row = &body["data"][0];
    assert_eq!(row["kind"], "alert_fired");
    assert_eq!(row["read"], false);
    assert_eq!(row["data"]["alert_id"], fact.alert_id.uuid().to_string());
    assert_eq!(row["data"]["firing_id"], fact.firing_id.uuid().to_string());
    let email = ana.delivery_in("email", "sent").await;
    assert_eq!(email["attempts"], 1);
    assert!(email["sent_at"].is_string() && email["last_error"].is_null() && email["next_attempt_at"].is_null());
    assert_eq!(email["history"].as_array().map(Vec::len), Some(1));
    assert_eq!(ana.delivery(row, "in_app").await.expect("in the list")["state"], "sent");
    assert_eq!(
        app.database
            .number("SELECT last FROM notifier.sequences WHERE context = 'notification'")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firing_that_stands_in_no_list_is_told_of_when_its_mail_went_out() {
    let app = App::start().await;
    let ana = app.user().await;
    let mut fact = app.fired(ana.id);
    fact.channels = vec!["email".to_owned()];
    app.say(&fact).await;
    app.mail_to(&ana.email).await;
    let told = "SELECT coalesce(max(last), 0) FROM notifier.sequences WHERE context = 'notification'";
    eventually("the news of it", async || {
        (app.database.number(told).await > 0).then_some(())
    })
    .await;
    assert_eq!(ana.list().await.len(), 0);
    assert_eq!(app.database.number(told).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_nothing_to_be_told_refuses_members_and_takes_an_empty_body() {
    let app = App::start().await;
    let ana = app.user().await;
    app.say(&app.fired(ana.id)).await;
    app.mail_to(&ana.email).await;
    let id = ana.list().await[0]["id"].as_str().expect("id").to_owned();
    let one = format!("/api/notifications/{id}/read/");
    for path in [one.as_str(), "/api/notifications/read-all/", "/api/notifications/test/"] {
        let (status, body) = ana.call(Method::POST, path, Some(json!({"before": "today"}))).await;
        assert_eq!(
            (status, body["error"]["fields"]["before"].is_array()),
            (422, true),
            "{path}: {body}"
        );
        assert_eq!(ana.call(Method::POST, path, Some(json!([]))).await.0, 422, "{path}");
    }
    let row = ana.list().await[0].clone();
    assert_eq!(row["read"], false, "a refused body changes nothing");
    for path in [one.as_str(), "/api/notifications/read-all/", "/api/notifications/test/"] {
        assert_eq!(ana.call(Method::POST, path, Some(json!({}))).await.0, 200, "{path}");
        assert_eq!(ana.post(path).await.0, 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_26_a_fact_told_twice_makes_one_notification_and_one_mail() {
    let app = App::start().await;
    let ana = app.user().await;
    let fact = app.fact(&app.fired(ana.id));
    app.broker.publish(fact.clone()).await.expect("published");
    app.broker.publish(fact).await.expect("published again");
    app.mail_to(&ana.email).await;
    app.quiet().await;
    assert_eq!(ana.list().await.len(), 1);
    assert_eq!(app.mails_to(&ana.email).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_paged_read_and_deleted_by_its_owner_alone() {
    let app = App::start().await;
    let (ana, bob) = (app.user().await, app.user().await);
    for _ in 0..3 {
        app.say(&app.fired(ana.id)).await;
        app.advance(1);
    }
    let (_, first) = ana.get("/api/notifications/?limit=2").await;
    assert_eq!(first["data"].as_array().map(Vec::len), Some(2));
    let next = first["page"]["next"].as_str().expect("next").to_owned();
    let (_, second) = ana.get(&format!("/api/notifications?limit=2&cursor={next}")).await;
    assert_eq!(second["data"].as_array().map(Vec::len), Some(1));
    assert!(second["page"]["next"].is_null());
    assert!(first["data"][1]["created_at"].as_str() > second["data"][0]["created_at"].as_str());

    let id = first["data"][0]["id"].as_str().expect("id").to_owned();
    assert_eq!(bob.post(&format!("/api/notifications/{id}/read/")).await.0, 404);
    assert_eq!(bob.get(&format!("/api/notifications/{id}/deliveries/")).await.0, 404);
    assert_eq!(
        bob.call(Method::DELETE, &format!("/api/notifications/{id}/"), None)
            .await
            .0,
        404
    );
    let (status, read) = ana.post(&format!("/api/notifications/{id}/read/")).await;
    assert_eq!((status, &read["data"]["read"]), (200, &true.into()));
    assert_eq!(ana.get("/api/notifications/?unread=true").await.1["page"]["unread"], 2);
    assert_eq!(
        ana.get("/api/notifications/?unread=false").await.1["data"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    assert_eq!(ana.post("/api/notifications/read-all/").await.1["data"]["read"], 2);
    assert_eq!(
        ana.call(Method::DELETE, &format!("/api/notifications/{id}/"), None)
            .await
            .0,
        200
    );
    assert_eq!(ana.list().await.len(), 2);
    assert_eq!(ana.post("/api/notifications/nonsense/read/").await.0, 404);
    assert_eq!(ana.get("/api/notifications/?unread=maybe").await.0, 422);
    assert_eq!(ana.get("/api/notifications/?limit=0").await.0, 422);
    assert_eq!(ana.get("/api/notifications/?cursor=%21").await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_order_is_told_in_the_list_and_a_resting_one_by_mail_too() {
    let app = App::start().await;
    let ana = app.user().await;
    let filled = |kind: &str| OrderFilled {
        order_id: OrderId::new(),
        trade_id: TradeId::new(),
        portfolio_id: PortfolioId::new(),
        user_id: ana.id,
        asset_id: AssetId::parse("bitcoin").expect("id"),
        symbol: Symbol::parse("BTC").expect("symbol"),
        side: Side::Buy,
        order_type: kind.to_owned(),
        quantity: Quantity::parse("0.5").expect("quantity"),
        price: Price::parse("60000").expect("price"),
        total: "30030"
            .parse()
            .ok()
            .and_then(|total| Money::new(total).ok())
            .expect("money"),
        fee: "30".parse().ok().and_then(|fee| Money::new(fee).ok()).expect("money"),
        realized_pnl: None,
        filled_at: domain::Clock::now(app.clock.as_ref()),
    };
    app.say(&filled("market")).await;
    app.advance(1);
    app.say(&filled("limit")).await;
    let mail = app.mail_to(&ana.email).await;
    assert!(mail.text().expect("text").contains("Bought 0.5 BTC"));
    app.quiet().await;
    assert_eq!(app.mails_to(&ana.email).len(), 1);
    let list = ana.list().await;
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["kind"], "order_filled");
    assert!(list[0]["data"]["trade_id"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_with_prices_is_told_to_administrators_alone() {
    let app = App::start().await;
    let ana = app.user().await;
    let mut facts = app.facts();
    facts.role = contracts::Role::Admin;
    let admin = app.register(facts).await;
    let since = domain::Clock::now(app.clock.as_ref());
    app.say(&FeedDegraded {
        source: Source::Kraken,
        reason: "no tick for 30 s".to_owned(),
        since,
    })
    .await;
    assert_eq!(admin.list().await[0]["kind"], "feed_degraded");
    assert!(ana.list().await.is_empty());
    assert!(
        app.mail_to(&admin.email)
            .await
            .text()
            .expect("text")
            .contains("no tick for 30 s")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_services_get_figures_and_exports_and_users_do_not() {
    let app = App::start().await;
    let ana = app.user().await;
    app.say(&app.fired(ana.id)).await;
    app.mail_to(&ana.email).await;
    let (status, stats) = app.internal("/internal/stats").await;
    assert_eq!((status, &stats["data"]["notifications_24h"]), (200, &1.into()));
    let (status, export) = app
        .internal(&format!("/internal/export?user_id={}", ana.id.uuid()))
        .await;
    assert_eq!(status, 200);
    assert_eq!(export["data"]["contact"]["email"], ana.email);
    assert_eq!(export["data"]["notifications"].as_array().map(Vec::len), Some(1));
    assert_eq!(export["data"]["deliveries"].as_array().map(Vec::len), Some(1));
    assert_eq!(ana.get("/internal/stats").await.0, 403);
    let open = app.request(Method::GET, "/api/notifications/", "nonsense");
    assert_eq!(crate::helpers::answer(open).await.0, 401);
    let anonymous = app.request(Method::GET, "/api/notifications/", &app.anonymous_token());
    assert_eq!(crate::helpers::answer(anonymous).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_counts_once_however_often_its_commit_fails() {
    let app = App::start().await;
    let ana = app.user().await;
    // Tries are counted by a sequence, which no rollback takes back.
    let statements = [
        "CREATE SEQUENCE notifier.tries",
        "CREATE FUNCTION notifier.refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF nextval('notifier.tries') < 3 THEN RAISE EXCEPTION 'no'; END IF; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON notifier.notifications DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION notifier.refuse()",
    ];
    for statement in statements {
        app.database.execute(statement).await;
    }
    app.say(&app.fired(ana.id)).await;
    app.mail_to(&ana.email).await;
    let series = "notifications_created_total{kind=\"alert_fired\"}";
    eventually("it is counted", async || (app.counted(series).await > 0).then_some(())).await;
    assert_eq!(app.counted(series).await, 1);
    assert_eq!(app.database.number("SELECT last_value FROM notifier.tries").await, 3);
}
