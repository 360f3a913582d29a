//! Connections belong to the multi-thread runtime, not to the HTTP worker that happened to open them.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use diesel::sql_query;
use diesel_async::RunQueryDsl;
use domain::ManualClock;
use service_kit::{ServiceUrls, cache::Cache, client::InternalClient, db::Db};
use tokio::time::timeout;

use crate::helpers::{App, SERVICE, TestDatabase, at, context, environment};

const STUCK: Duration = Duration::from_secs(3);
const SOON: Duration = Duration::from_secs(2);

/// Runs `work` on a runtime of one thread, which then is stuck for a while, as a worker in a long computation.
fn on_a_worker_that_gets_stuck<F: Future<Output = ()>>(work: impl FnOnce() -> F + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("runtime");
        runtime.block_on(async {
            work().await;
            done.send(()).expect("the test waits");
            thread::sleep(STUCK);
        });
    });
    is_done.recv().expect("the worker's work succeeds");
}

async fn query(db: &Db) {
    let mut conn = db.get().await.expect("connection");
    sql_query("SELECT 1").execute(&mut conn).await.expect("answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_connection_outlives_the_attention_of_the_worker_that_opened_it() {
    // Without a service nobody but the worker opens the pool's one connection.
    let database = TestDatabase::create().await;
    let environment = environment(&[("DATABASE_URL", &database.url()), ("DATABASE__POOL_SIZE", "1")]);
    let context = context(&environment, Arc::new(ManualClock::new(at("2026-11-22T07:10:00Z"))));
    let db = context.db().expect("db").clone();
    let of_worker = db.clone();
    on_a_worker_that_gets_stuck(|| async move { query(&of_worker).await });
    timeout(SOON, query(&db)).await.expect("nobody waits for the worker");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_connection_outlives_the_attention_of_the_worker_that_opened_it() {
    let cache = Cache::connect(&"redis://127.0.0.1:6379".to_owned().into(), "cw:test:").expect("cache");
    let of_worker = cache.clone();
    on_a_worker_that_gets_stuck(|| async move { of_worker.ping().await.expect("redis") });
    cache.ping().await.expect("nobody waits for the worker");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_between_services_outlives_the_attention_of_the_worker_that_opened_it() {
    let app = App::start().await;
    let urls = ServiceUrls::new([(SERVICE.to_owned(), app.running.url().parse().expect("url"))]);
    let runtime = tokio::runtime::Handle::current();
    let client = InternalClient::new(urls, app.context.internal.clone(), runtime).expect("client");
    let of_worker = client.clone();
    on_a_worker_that_gets_stuck(|| async move { drop(of_worker.health(SERVICE).await.expect("health")) });
    timeout(SOON, client.health(SERVICE))
        .await
        .expect("nobody waits for the worker")
        .expect("health");
}
