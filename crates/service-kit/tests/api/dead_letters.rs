//! What was given up: shown to services that ask for an admin, sent again on request.

use diesel_async::SimpleAsyncConnection;
use reqwest::{Method, RequestBuilder};
use uuid::Uuid;

use crate::helpers::{App, send};

const INSERT: &str = "INSERT INTO tiny.dead_letters (event_id, queue, routing_key, key, body, cause, attempts, dead_at) \
     SELECT gen_random_uuid(), 'tiny', 'user.updated.v1', 'k' || n, '{}', 'no such user', 5, now() - n * interval '1 second' \
     FROM generate_series(1, 3) AS n";

fn as_service(app: &App, method: Method, path: &str) -> RequestBuilder {
    app.request(method, path)
        .bearer_auth(app.context.internal.mint_service("tiny"))
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_listed_newest_first_and_replayed_once() {
    let app = App::start().await;
    app.database
        .connect()
        .await
        .batch_execute(INSERT)
        .await
        .expect("dead letters");
    let first = send(as_service(&app, Method::GET, "/internal/dead-letters?limit=2"))
        .await
        .json();
    assert_eq!(
        (&first["data"][0]["letter"]["key"], &first["data"][1]["letter"]["key"]),
        (&"k1".into(), &"k2".into()),
        "{first}"
    );
    assert_eq!(
        (
            &first["data"][0]["letter"]["cause"],
            &first["data"][0]["letter"]["service"]
        ),
        (&"no such user".into(), &"tiny".into())
    );
    let next = first["page"]["next"].as_str().expect("a next page");
    let last = send(as_service(
        &app,
        Method::GET,
        &format!("/internal/dead-letters?limit=2&cursor={next}"),
    ))
    .await
    .json();
    assert_eq!(
        (&last["data"][0]["letter"]["key"], &last["page"]["next"]),
        (&"k3".into(), &serde_json::Value::Null)
    );
    let replay = format!(
        "/internal/dead-letters/{}/replay",
        first["data"][0]["letter"]["id"].as_str().expect("id")
    );
    assert_eq!(send(as_service(&app, Method::POST, &replay)).await.status, 200);
    assert_eq!(
        send(as_service(&app, Method::POST, &replay)).await.failure().0,
        404,
        "once is enough"
    );
    let unknown = format!("/internal/dead-letters/{}/replay", Uuid::now_v7());
    assert_eq!(send(as_service(&app, Method::POST, &unknown)).await.failure().0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_admins_do_not_reach_the_dead_letters_of_a_service() {
    let app = App::start().await;
    for user in [app.user(), app.admin()] {
        assert_eq!(send(user.get("/internal/dead-letters")).await.failure().0, 403);
    }
    assert_eq!(send(app.get("/internal/dead-letters")).await.failure().0, 401);
}
