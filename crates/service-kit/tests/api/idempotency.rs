//! The same request twice.

use std::time::Duration;

use diesel::{QueryableByName, sql_query, sql_types::BigInt};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures_util::future::join_all;
use reqwest::RequestBuilder;
use serde_json::json;

use crate::helpers::{App, Got, TestDatabase, User, eventually, send};

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

async fn count(database: &TestDatabase, from: &str) -> i64 {
    let mut conn = database.connect().await;
    sql_query(format!("SELECT count(*) AS n FROM {from}"))
        .get_result::<Count>(&mut conn)
        .await
        .expect("count")
        .n
}

fn with_key(request: RequestBuilder, key: &str) -> RequestBuilder {
    request.header("Idempotency-Key", key)
}

async fn create(user: &User<'_>, key: &str, text: &str) -> Got {
    send(with_key(user.create(text), key)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_repeated_request_gets_the_first_answer_and_no_second_effect() {
    let app = App::start().await;
    let ana = app.user();
    let first = create(&ana, "k1", "note").await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (201, ""));
    let body = "{ \"text\" : \"no\\u0074e\" }";
    let other_spelling = ana
        .request(reqwest::Method::POST, "/api/notes")
        .header("content-type", "application/json")
        .body(body);
    let second = send(with_key(other_spelling, "k1")).await;
    assert_eq!((second.status, second.header("idempotent-replayed")), (201, "true"));
    assert_eq!(first.text, second.text);
    assert_eq!(count(&app.database, "tiny.notes").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_another_body_under_the_same_key_is_refused_and_another_user_is_independent() {
    let app = App::start().await;
    let ana = app.user();
    create(&ana, "k1", "note").await;
    assert_eq!(
        create(&ana, "k1", "other").await.failure(),
        (409, "idempotency_key_reused".to_owned())
    );
    assert_eq!(create(&app.user(), "k1", "other").await.status, 201);
    assert_eq!(create(&ana, "k2", "note").await.status, 201);
    assert_eq!(count(&app.database, "tiny.notes").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_hundred_twins_have_one_effect_and_one_answer() {
    let app = App::start().await;
    let ana = app.user();
    let answers = join_all((0..100).map(|_| create(&ana, "k1", "note"))).await;
    let mut texts = std::collections::BTreeSet::new();
    for answer in answers {
        match answer.status {
            201 => drop(texts.insert(answer.text)),
            409 => {
                assert_eq!(answer.failure().1, "idempotency_in_progress");
                assert_eq!(answer.header("retry-after"), "1");
            }
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert_eq!(texts.len(), 1, "all successes are the same answer");
    assert_eq!(count(&app.database, "tiny.notes").await, 1);
    assert_eq!(create(&ana, "k1", "note").await.header("idempotent-replayed"), "true");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_twin_that_runs_is_told_without_waiting_for_it() {
    let app = App::start().await;
    let ana = app.user();
    // The first one gets stuck on a lock of its table.
    let mut blocker = app.database.connect().await;
    blocker
        .batch_execute("BEGIN; LOCK TABLE tiny.notes IN EXCLUSIVE MODE")
        .await
        .expect("lock");
    let first = async {
        let first = create(&ana, "k1", "note").await;
        assert_eq!(first.status, 201, "{}", first.text);
    };
    let second = async {
        eventually("the first request holds its key", async || {
            count(&app.database, "pg_locks WHERE locktype = 'advisory' AND granted").await > 0
        })
        .await;
        let twin = create(&ana, "k1", "note").await;
        assert_eq!(twin.failure(), (409, "idempotency_in_progress".to_owned()));
        assert_eq!(twin.header("retry-after"), "1");
        blocker.batch_execute("ROLLBACK").await.expect("unlock");
    };
    tokio::join!(first, second);
    assert_eq!(count(&app.database, "tiny.notes").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_refusal_frees_the_key() {
    let app = App::start().await;
    let ana = app.user();
    assert_eq!(create(&ana, "k1", " ").await.failure().0, 422);
    assert_eq!(
        create(&ana, "k1", &"x".repeat(501)).await.failure().0,
        409,
        "refused inside the transaction"
    );
    assert_eq!(count(&app.database, "tiny.idempotency_keys").await, 0);
    assert_eq!(create(&ana, "k1", "good").await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_crash_before_the_commit_leaves_nothing_and_the_retry_runs() {
    let app = App::start().await;
    let ana = app.user();
    let mut blocker = app.database.connect().await;
    blocker
        .batch_execute("BEGIN; LOCK TABLE tiny.idempotency_keys IN SHARE MODE")
        .await
        .expect("lock");
    let first = async {
        let cut = create(&ana, "k1", "note").await;
        assert_eq!(cut.failure(), (503, "unavailable".to_owned()), "{}", cut.text);
        assert!(!cut.header("retry-after").is_empty());
    };
    let killer = async {
        // The effect is made, the answer waits to be stored: the server kills the session there.
        let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("the insert of the answer waits", async || {
            count(&app.database, waiting).await > 0
        })
        .await;
        let killed = format!("(SELECT pg_terminate_backend(pid) FROM {waiting}) AS killed");
        count(&app.database, &killed).await;
        blocker.batch_execute("ROLLBACK").await.expect("unlock");
    };
    tokio::join!(first, killer);
    assert_eq!(count(&app.database, "tiny.notes").await, 0);
    assert_eq!(create(&ana, "k1", "note").await.status, 201);
    assert_eq!(count(&app.database, "tiny.notes").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_client_that_hangs_up_leaves_nothing_half_done() {
    let app = App::start().await;
    let ana = app.user();
    let mut blocker = app.database.connect().await;
    blocker
        .batch_execute("BEGIN; LOCK TABLE tiny.notes IN EXCLUSIVE MODE")
        .await
        .expect("lock");
    let impatient = with_key(ana.create("note"), "k1").timeout(Duration::from_millis(300));
    assert!(impatient.send().await.is_err());
    blocker.batch_execute("ROLLBACK").await.expect("unlock");
    eventually("the key is free again", async || {
        create(&ana, "k1", "note").await.status == 201
    })
    .await;
    assert_eq!(count(&app.database, "tiny.notes").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_keys_that_are_no_keys_are_422_on_the_header() {
    let app = App::start().await;
    let ana = app.user();
    for key in ["k".repeat(256), String::new(), "with space".to_owned(), "ü".to_owned()] {
        let got = create(&ana, &key, "note").await;
        assert_eq!(got.failure().0, 422, "{key}");
        assert_eq!(
            got.json()["error"]["fields"],
            json!({"Idempotency-Key": ["must be 1 to 255 visible ASCII characters"]})
        );
    }
    assert_eq!(create(&ana, &"k".repeat(255), "note").await.status, 201);
    assert_eq!(count(&app.database, "tiny.notes").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_18_a_key_is_forgotten_after_a_day() {
    let app = App::start().await;
    let ana = app.user();
    create(&ana, "k1", "note").await;
    app.clock.advance(Duration::from_secs(24 * 3600 - 1));
    let ana = app.user_with(|identity| identity.id = id_of(&ana));
    assert_eq!(create(&ana, "k1", "note").await.header("idempotent-replayed"), "true");
    app.clock.advance(Duration::from_secs(1));
    let ana = app.user_with(|identity| identity.id = id_of(&ana));
    assert_eq!(create(&ana, "k1", "other body").await.status, 201);
    app.clock.advance(Duration::from_secs(24 * 3600));
    let mut conn = app.context.db().expect("db").get().await.expect("connection");
    let now = domain::Clock::now(app.clock.as_ref());
    assert_eq!(service_kit::idempotency::forget_old(&mut conn, now).await, Ok(1));
}

/// Who a token speaks for; tokens run out long before keys do.
fn id_of(user: &User<'_>) -> domain::UserId {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let claims = user.token.split('.').nth(1).expect("claims");
    let claims: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64")).expect("json");
    claims["sub"].as_str().expect("sub").parse().expect("id")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fact_of_an_effect_is_written_once_with_the_requests_id() {
    let app = App::start().await;
    let ana = app.user();
    let mut conn = app.database.connect().await;
    conn.batch_execute("CREATE TABLE tiny.seen AS SELECT body FROM tiny.outbox LIMIT 0; CREATE RULE keep AS ON INSERT TO tiny.outbox DO ALSO INSERT INTO tiny.seen VALUES (NEW.body)").await.expect("rule");
    let id = uuid::Uuid::new_v4().to_string();
    for _ in 0..3 {
        let got = send(with_key(ana.create("note"), "k1").header("x-request-id", &id)).await;
        assert_eq!(got.status, 201);
    }
    assert_eq!(count(&app.database, "tiny.seen").await, 1);
    assert_eq!(
        count(
            &app.database,
            &format!("tiny.seen WHERE body::json->>'correlation_id' = '{id}'")
        )
        .await,
        1
    );
    eventually("the relay empties the outbox", async || {
        count(&app.database, "tiny.outbox").await == 0
    })
    .await;
}
