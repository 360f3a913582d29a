//! Several instances on one database.

use chrono::NaiveDate;
use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use market_data::store::ticks;
use serde_json::json;

use super::helpers::{App, until};

/// As many as meet at one database when all of them start at once.
const INSTANCES: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn instances_that_start_at_once_make_and_drop_the_same_days_without_a_fault() {
    let app = App::prepare(1).await;
    let day = |number| NaiveDate::from_ymd_opt(2031, 5, number).expect("a day");
    let mut conns = Vec::new();
    for _ in 0..INSTANCES {
        conns.push(app.database.connect().await);
    }
    let tidied = conns.iter_mut().map(async |conn| {
        for number in 1..=5 {
            ticks::keep_day(conn, day(number)).await?;
        }
        ticks::drop_before(conn, day(4)).await
    });
    for outcome in join_all(tidied).await {
        outcome.expect("no instance fails over what another one did");
    }
    let days = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'market_data.ticks'::regclass \
                AND inhrelid::regclass::text LIKE '%ticks\\_2031%'";
    assert_eq!(app.database.number(days).await, 2, "the fourth and the fifth stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_asks_nobody_knows_when_polled_prices_are_stale() {
    let mut app = App::prepare(1).await;
    let mut conn = app.database.connect().await;
    conn.batch_execute(
        "INSERT INTO market_data.leases (name, holder, epoch, expires_at)
            VALUES ('ingest', '00000000-0000-7000-8000-000000000000', 1, clock_timestamp() + interval '1 day');
         INSERT INTO market_data.sources (name, poll_seconds) VALUES ('coingecko', 600)",
    )
    .await
    .expect("another instance that asks once in ten minutes");
    app.run("coingecko").await.expect("start");
    let stale_after = async || app.internal("/internal/prices").await["stale_after_ms"][0].clone();
    until("stale after three periods", || async {
        stale_after().await == json!(["coingecko", 1_800_000])
    })
    .await;
    app.stop().await;
}
