//! The database away, silent, slow, full.

use std::time::{Duration, Instant};

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use test_kit::Proxy;

use crate::helpers::{App, SERVER, eventually, send};

/// A service and the proxy before its database.
async fn start() -> (Proxy, App) {
    let (proxy, _) = Proxy::before(SERVER).await;
    // The service's database has a name of its own, known only once it is made: the port alone is replaced.
    let app = App::start_behind_port(proxy.port()).await;
    (proxy, app)
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_73_a_black_hole_is_answered_503_within_two_seconds_and_heals_within_five() {
    let (proxy, app) = start().await;
    let ana = app.user();
    assert_eq!(send(ana.create("before")).await.status, 201);
    proxy.swallow();
    let all = (0..40).map(async |_| {
        let start = Instant::now();
        let got = send(ana.get("/api/notes/")).await;
        assert_eq!(got.failure(), (503, "unavailable".to_owned()));
        assert!(!got.header("retry-after").is_empty());
        start.elapsed()
    });
    let slowest = futures_util::future::join_all(all)
        .await
        .into_iter()
        .max()
        .expect("answers");
    assert!(slowest < Duration::from_millis(2_300), "{slowest:?}");
    let start = Instant::now();
    assert_eq!(send(ana.get("/api/notes/")).await.failure().0, 503);
    assert!(
        start.elapsed() < Duration::from_millis(500),
        "once known, at once: {:?}",
        start.elapsed()
    );
    let ready = send(app.get("/health/ready")).await;
    assert_eq!(
        (ready.status, &ready.json()["checks"]["database"]["state"]),
        (503, &"down".into())
    );
    assert_eq!(send(app.get("/health/live")).await.status, 200);
    // 4 of the pool, and some probes on their way: one each half second, each with a deadline.
    assert!(proxy.open() <= 4 + 6, "{}", proxy.open());
    proxy.heal();
    let start = Instant::now();
    eventually("the service heals", async || {
        send(ana.get("/api/notes/")).await.status == 200
    })
    .await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(send(app.get("/health/ready")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_69_a_database_that_refuses_is_named_by_ready_while_live_goes_on() {
    let (proxy, app) = start().await;
    let ana = app.user();
    assert_eq!(send(app.get("/health/ready")).await.status, 200);
    proxy.refuse();
    kill_sessions(&app).await;
    eventually("requests are refused", async || {
        send(ana.get("/api/notes/")).await.status == 503
    })
    .await;
    let ready = send(app.get("/health/ready")).await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json()["status"], "not_ready");
    assert_eq!(send(app.get("/health/live")).await.status, 200);
    proxy.heal();
    eventually("the service heals", async || {
        send(ana.get("/api/notes/")).await.status == 200
    })
    .await;
}

async fn kill_sessions(app: &App) {
    let mut conn = app.database.connect().await;
    sql_query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tiny' AND datname = current_database()")
        .execute(&mut conn)
        .await
        .expect("kill");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_server_closed_are_not_handed_out() {
    let app = App::start().await;
    let ana = app.user();
    futures_util::future::join_all((0..8).map(async |_| assert_eq!(send(ana.create("warm")).await.status, 201))).await;
    kill_sessions(&app).await;
    // The news reaches the sockets a moment later than the test.
    eventually("the service works on", async || {
        send(ana.get("/api/notes/")).await.status == 200
    })
    .await;
    for _ in 0..20 {
        assert_eq!(send(ana.get("/api/notes/")).await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exhausted_pool_is_503_with_retry_after_and_not_a_long_wait() {
    let app = App::start_with(&[("DATABASE__WAIT_MS", "300")]).await;
    let ana = app.user();
    let db = app.context.db().expect("db");
    // The relay's and the consumers' use of the pool is short: taking all four succeeds in the end.
    let mut held = Vec::new();
    for _ in 0..4 {
        eventually("a connection is free", async || match db.get().await {
            Ok(conn) => {
                held.push(conn);
                true
            }
            Err(_) => false,
        })
        .await;
    }
    let start = Instant::now();
    let got = send(ana.get("/api/notes/")).await;
    assert_eq!(got.failure(), (503, "unavailable".to_owned()));
    assert_eq!(got.header("retry-after"), "1");
    assert!(
        !got.text.contains("connection"),
        "the cause is ours alone: {}",
        got.text
    );
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    held.clear();
    assert_eq!(send(ana.get("/api/notes/")).await.status, 200);
    let text = send(app.get("/metrics")).await.text;
    assert!(
        text.contains("db_unavailable_total") && text.contains("db_connections_open 4"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_statement_is_no_silence() {
    let app = App::start_with(&[("DATABASE__SILENCE_MS", "100")]).await;
    let mut conn = app.context.db().expect("db").get().await.expect("connection");
    sql_query("SELECT pg_sleep(1)")
        .execute(&mut conn)
        .await
        .expect("an answer after ten times the patience");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_beyond_its_time_is_an_outage_and_the_connection_stays_good() {
    let app = App::start_with(&[("DATABASE__STATEMENT_TIMEOUT_MS", "100")]).await;
    let mut conn = app.context.db().expect("db").get().await.expect("connection");
    let error = sql_query("SELECT pg_sleep(5)")
        .execute(&mut conn)
        .await
        .expect_err("too slow");
    assert!(service_kit::db::is_outage(&error), "{error:?}");
    sql_query("SELECT 1").execute(&mut conn).await.expect("still good");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_was_given_up_takes_its_connection_with_it() {
    let app = App::start().await;
    let db = app.context.db().expect("db");
    let mut conn = db.get().await.expect("connection");
    let slow = sql_query("SELECT pg_sleep(3)").execute(&mut conn);
    assert!(tokio::time::timeout(Duration::from_millis(50), slow).await.is_err());
    drop(conn);
    let start = Instant::now();
    let mut conn = db.get().await.expect("connection");
    sql_query("SELECT 1").execute(&mut conn).await.expect("answer");
    assert!(
        start.elapsed() < Duration::from_secs(2),
        "nobody waits behind an abandoned query: {:?}",
        start.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_works_in_its_services_schema() {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        schema: String,
    }
    let app = App::start().await;
    let mut conn = app.context.db().expect("db").get().await.expect("connection");
    let row: Row = sql_query("SELECT current_schema()::text AS schema")
        .get_result(&mut conn)
        .await
        .expect("row");
    assert_eq!(row.schema, "tiny");
}
