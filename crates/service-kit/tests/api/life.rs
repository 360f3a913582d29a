//! Start and stop, owned tasks, slow clients, calls between services.

use std::time::{Duration, Instant};

use service_kit::{Running, ServiceUrls, Tasks, client::InternalClient, http::HttpOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    helpers::{App, SERVICE, TestDatabase, assemble, context, environment, identity, send, tokens_of},
    tiny_service,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_runs_is_finished_before_the_service_stops() {
    let app = App::start().await;
    let url = app.running.url();
    let slow = tokio::spawn(app.get("/api/slow/700/").send());
    crate::helpers::eventually("the request runs", async || {
        send(app.get("/metrics")).await.text.contains("http_requests_total")
    })
    .await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let App {
        running,
        http,
        database,
        ..
    } = app;
    let start = Instant::now();
    running.stop().await.expect("a clean stop");
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "idle connections don't hold it up: {:?}",
        start.elapsed()
    );
    assert_eq!(slow.await.expect("task").expect("an answer").status(), 200);
    assert!(
        http.get(format!("{url}/health/live")).send().await.is_err(),
        "the port is closed"
    );
    drop(database);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_69_a_service_that_drains_is_not_ready_before_its_listener_closes() {
    let app = App::start_with(&[("TINY__HTTP__DRAIN_MS", "1500")]).await;
    let url = format!("{}/health/ready", app.running.url());
    let App {
        running,
        http,
        database,
        ..
    } = app;
    let stopping = tokio::spawn(running.stop());
    crate::helpers::eventually("ready says draining", async || match http.get(&url).send().await {
        Ok(answer) => answer.status() == 503 && answer.text().await.is_ok_and(|text| text.contains("draining")),
        Err(error) => panic!("the listener closed first: {error}"),
    })
    .await;
    stopping.await.expect("task").expect("a clean stop");
    drop(database);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_takes_less_than_ten_seconds_whatever_hangs() {
    let database = TestDatabase::create().await;
    let environment = environment(&[("DATABASE_URL", &database.url())]);
    let clock = std::sync::Arc::new(domain::ManualClock::new(crate::helpers::at("2026-11-22T07:10:00Z")));
    let context = context(&environment, clock);
    let mut tasks = Tasks::new(&context);
    tasks.spawn("stubborn", std::future::pending());
    let state = std::sync::Arc::new(());
    let server =
        service_kit::http::serve(&context, &HttpOptions::default(), state, tiny_service::routes).expect("server");
    let running = Running::new(&context, server, tasks);
    let hanging = tokio::spawn(reqwest::get(format!("{}/api/slow/14000/", running.url())));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let start = Instant::now();
    let error = running.stop().await.expect_err("something hung").to_string();
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert!(error.contains("1 tasks"), "{error}");
    hanging.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_task_is_told_by_name() {
    let database = TestDatabase::create().await;
    let environment = environment(&[("DATABASE_URL", &database.url())]);
    let clock = std::sync::Arc::new(domain::ManualClock::new(crate::helpers::at("2026-11-22T07:10:00Z")));
    for (name, expected) in [
        ("error", "the task relay failed: no luck"),
        ("end", "the task relay ended"),
        ("panic", "a task panicked: oh no"),
    ] {
        let context = context(&environment, clock.clone());
        let mut tasks = Tasks::new(&context);
        tasks.spawn_droppable("other", std::future::pending());
        tasks.spawn("relay", async move {
            match name {
                "error" => anyhow::bail!("no luck"),
                "panic" => panic!("oh no"),
                _ => Ok(()),
            }
        });
        let running = Running::new(&context, None, tasks);
        let cause = tokio::time::timeout(Duration::from_secs(5), running.failed())
            .await
            .expect("the failure is told");
        assert_eq!(cause, expected);
        running.stop().await.expect("the rest stops cleanly");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_well_tells_no_failure() {
    let app = App::start().await;
    let waiting = tokio::time::timeout(Duration::from_millis(300), app.running.failed()).await;
    assert!(waiting.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_live_in_one_process_unaware_of_each_other() {
    let (one, two) = tokio::join!(App::start(), App::start());
    assert_eq!(send(one.user().create("x")).await.status, 201);
    assert_eq!(
        send(two.user().get("/api/notes/")).await.json()["data"],
        serde_json::json!([])
    );
    let App { running, database, .. } = one;
    running.stop().await.expect("a clean stop");
    drop(database);
    assert_eq!(send(two.user().get("/api/notes/")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_said_in_one_sentence() {
    let app = App::start().await;
    let port = app.running.address().port();
    let options = HttpOptions {
        port,
        ..HttpOptions::default()
    };
    let context = context(
        &environment(&[("DATABASE_URL", &app.database.url())]),
        app.clock.clone(),
    );
    let refused = service_kit::http::serve(&context, &options, std::sync::Arc::new(()), tiny_service::routes);
    let error = refused.err().expect("the port is taken").to_string();
    assert!(
        error.starts_with(&format!(
            "port {port} is in use, so tiny can't listen on 127.0.0.1:{port};"
        )),
        "{error}"
    );
    assert!(error.ends_with("set TINY__HTTP__PORT"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_72_a_client_that_does_not_speak_is_hung_up_on_within_ten_seconds() {
    let app = App::start().await;
    let mut silent = TcpStream::connect(app.running.address()).await.expect("connection");
    let mut slow = TcpStream::connect(app.running.address()).await.expect("connection");
    slow.write_all(b"GET /api/notes/ HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        .await
        .expect("write");
    let mut body = TcpStream::connect(app.running.address()).await.expect("connection");
    let head = format!(
        "POST /api/notes/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        app.user().token
    );
    body.write_all(head.as_bytes()).await.expect("write");
    let start = Instant::now();
    for stream in [&mut silent, &mut slow, &mut body] {
        let mut got = Vec::new();
        let reading = tokio::time::timeout(Duration::from_secs(14), stream.read_to_end(&mut got)).await;
        assert!(reading.is_ok(), "still open after {:?}", start.elapsed());
    }
    assert!(start.elapsed() < Duration::from_secs(13), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_beyond_its_deadline_is_503() {
    let app = App::start_with(&[("TINY__HTTP__REQUEST_TIMEOUT_MS", "200")]).await;
    assert_eq!(send(app.get("/api/slow/5000/")).await.failure().0, 503);
    let app = App::start().await;
    let start = Instant::now();
    let asked = app.get("/api/slow/5000/").header("x-candlewick-timeout-ms", "100");
    assert_eq!(send(asked).await.failure().0, 503, "the caller's deadline counts too");
    assert!(start.elapsed() < Duration::from_secs(3));
}

fn client_for(app: &App) -> InternalClient {
    let urls = ServiceUrls::new([(SERVICE.to_owned(), app.running.url().parse().expect("url"))]);
    let tokens = tokens_of("gateway", "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6", app.clock.clone());
    InternalClient::new(urls, tokens, tokio::runtime::Handle::current()).expect("client")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_calls_another_with_its_own_or_a_users_token() {
    let app = App::start().await;
    let client = client_for(&app);
    let count: i64 = client.get(SERVICE, "/internal/notes").send().await.expect("count");
    assert_eq!(count, 0);
    let ana = identity();
    let note = serde_json::json!({"text": "from afar"});
    let made: serde_json::Value = client
        .post(SERVICE, "/api/notes/", &note)
        .as_user(&ana)
        .send()
        .await
        .expect("note");
    assert_eq!(made["text"], "from afar");
    let refused = client
        .get(SERVICE, "/api/notes/")
        .send::<serde_json::Value>()
        .await
        .expect_err("a service is no user");
    assert_eq!(refused.status(), Some(403));
    let missing = format!("/api/notes/{}/", uuid::Uuid::now_v7());
    assert!(
        client
            .get(SERVICE, &missing)
            .as_user(&ana)
            .send::<serde_json::Value>()
            .await
            .expect_err("missing")
            .is_not_found()
    );
    let (status, text) = client.health(SERVICE).await.expect("health");
    assert!(status == 200 && text.contains("\"version\":\"1.2.3\""), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_unavailable_not_an_error_of_ours() {
    use service_kit::{ApiError, ErrorKind};
    let app = App::start().await;
    let client = client_for(&app);
    let App { running, database, .. } = app;
    running.stop().await.expect("a clean stop");
    let error = client
        .get(SERVICE, "/internal/notes")
        .send::<i64>()
        .await
        .expect_err("away");
    assert_eq!(ApiError::from(error).kind(), ErrorKind::Unavailable);
    let unknown = client.get("nobody", "/").send::<i64>().await.expect_err("unknown");
    assert_eq!(ApiError::from(unknown).kind(), ErrorKind::Internal);
    drop(database);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_keeps_data_needs_a_database_and_the_others_none() {
    let clock = std::sync::Arc::new(domain::ManualClock::new(crate::helpers::at("2026-11-22T07:10:00Z")));
    let nothing = environment(&[]);
    assemble(None, &nothing, clock.clone()).expect("it keeps nothing");
    let refused = assemble(Some("tiny"), &nothing, clock)
        .map(drop)
        .expect_err("it keeps data");
    assert!(refused.to_string().starts_with("DATABASE_URL is not set"), "{refused}");
}
