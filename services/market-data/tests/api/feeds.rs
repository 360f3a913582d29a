//! Feeds from files: what arrives, what is refused, and what survives a restart.

use std::{sync::Arc, time::Duration};

use domain::{Interval, ManualClock, Timestamp};

use super::helpers::{App, until};

/// 2026-01-05, a Monday, 00:00 UTC.
const START: i64 = 1_767_571_200_000;

fn lines(count: i64) -> String {
    (0..count)
        .map(|n| {
            format!(
                "{},{},{}.5,2\n",
                START + n * 1_000,
                ["BTC", "ETH", "DOGE"][(n % 3) as usize],
                100 + n % 7
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_lists_its_symbols_and_says_when_it_has_ended() {
    let mut app = App::prepare(4).await;
    app.write(
        "day.csv",
        &format!("timestamp_ms,symbol,price,quantity\n{}", lines(600)),
    );
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    app.ticks_stored(600).await;
    let status = app.source_is("down").await;
    assert_eq!(status["providers"][0]["name"], "replay");
    assert_eq!(status["providers"][0]["error"], "the replay has ended");
    assert_eq!(status["simulated"], true);
    let price = app.data("/api/assets/btc/price/").await;
    assert_eq!(
        (
            price["asset_id"].as_str(),
            price["symbol"].as_str(),
            price["source"].as_str()
        ),
        (Some("btc"), Some("BTC"), Some("replay"))
    );
    assert_eq!(price["timestamp"], "2026-01-05T00:09:57.000Z");
    // The replay is over, so is its last minute.
    assert_eq!(
        app.count("SELECT count(*) FROM market_data.candles WHERE span = 1 AND NOT partial")
            .await,
        30
    );
    assert_eq!(app.count("SELECT count(*) FROM market_data.assets").await, 3);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_replay_goes_on_where_it_was_and_repeats_nothing() {
    let mut app = App::prepare(4).await;
    app.write("day.csv", &lines(3_000));
    let feed = "replay:{dir}/day.csv?speed=1000";
    for round in 1..6 {
        app.run(feed).await.expect("start");
        app.ticks_stored(round * 400).await;
        if round % 2 == 0 {
            app.stop().await
        } else {
            app.crash().await
        }
        // Whatever the last commit of the crashed service was, it is over now.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    app.ticks_stored(3_000).await;
    app.source_is("down").await;
    assert_eq!(app.count("SELECT count(*) FROM market_data.ticks").await, 3_000);
    assert_eq!(
        app.count("SELECT count(DISTINCT (asset_id, seq)) FROM market_data.ticks")
            .await,
        3_000
    );
    assert_eq!(
        app.count("SELECT sum(samples) FROM market_data.candles WHERE span = 1")
            .await,
        3_000
    );
    assert_eq!(
        app.count("SELECT count(*) FROM market_data.candles WHERE span = 1 AND partial")
            .await,
        0
    );
    app.stop().await;
    app.run(feed).await.expect("start");
    app.source_is("down").await;
    assert_eq!(app.count("SELECT count(*) FROM market_data.ticks").await, 3_000);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_line_is_counted_and_the_rest_is_read() {
    let mut app = App::prepare(2).await;
    app.write(
        "day.csv",
        &format!(
            "{}nonsense\n1,BTC\n{START},BTC,-5,1\n{},BTC,777,1\n",
            lines(10),
            START + 20_000
        ),
    );
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    app.ticks_stored(11).await;
    assert_eq!(app.data("/api/assets/BTC/price/").await["price"], "777");
    let metrics = app.raw("/metrics", &[]).await.text().await.expect("metrics");
    assert!(metrics.contains("feed_bad_lines_total 3"), "{metrics}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_goes_back_revises_candles_and_decides_nothing() {
    let mut app = App::prepare(1).await;
    let text = format!(
        "{},BTC,10,1\n{},BTC,20,1\n{},BTC,99,1\n",
        START,
        START + 61_000,
        START + 30_000
    );
    app.write("day.csv", &text);
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    app.ticks_stored(3).await;
    assert_eq!(app.data("/api/assets/BTC/price/").await["price"], "20");
    let candles = app.data("/api/ohlc/BTC/?interval=1m").await;
    assert_eq!(
        (
            candles[0]["high"].as_str(),
            candles[0]["close"].as_str(),
            candles[0]["samples"].as_u64()
        ),
        (Some("99"), Some("99"), Some(2))
    );
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_file_is_said_in_one_sentence() {
    let mut app = App::prepare(1).await;
    let error = app.run("replay:{dir}/nowhere.csv").await.expect_err("refused");
    let text = format!("{error:#}");
    assert!(
        text.starts_with("the tick file ") && text.contains("nowhere.csv can't be read"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_of_feed_never_share_a_database() {
    let mut app = App::prepare(1).await;
    app.write("day.csv", &lines(3));
    app.run("replay:{dir}/day.csv").await.expect("start");
    app.stop().await;
    let error = format!("{:#}", app.run("kraken").await.expect_err("refused"));
    assert!(error.contains("they never mix"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_file_may_come_late_grow_and_be_replaced() {
    let mut app = App::start("tail:{dir}/live.csv").await;
    app.source_is("down").await;
    let told = "SELECT coalesce(max(last), 0) FROM market_data.sequences WHERE context = 'feed' AND key = 'tail'";
    until("others hear that it is not there", || async {
        app.count(told).await == 1
    })
    .await;
    app.write("live.csv", &lines(3));
    app.ticks_stored(3).await;
    until("others hear that it is there", || async { app.count(told).await == 2 }).await;
    app.append(
        "live.csv",
        &format!("{},BTC,500,1\n{},BTC,6", START + 5_000, START + 6_000),
    );
    app.ticks_stored(4).await;
    until("the newest whole line", || async {
        app.data("/api/assets/BTC/price/").await["price"] == "500"
    })
    .await;
    app.append("live.csv", "00,1\n");
    until("the line that waited for its end", || async {
        app.data("/api/assets/BTC/price/").await["price"] == "600"
    })
    .await;

    // Cut off and written anew.
    app.write("live.csv", &format!("{},BTC,700,1\n", START + 7_000));
    until("the new content", || async {
        app.data("/api/assets/BTC/price/").await["price"] == "700"
    })
    .await;
    // Another file in its place.
    app.write("next.csv", &format!("{},BTC,800,1\n", START + 8_000));
    std::fs::rename(app.path("next.csv"), app.path("live.csv")).expect("rename");
    until("the other file", || async {
        app.data("/api/assets/BTC/price/").await["price"] == "800"
    })
    .await;
    app.ticks_stored(7).await;

    app.stop().await;
    app.append("live.csv", &format!("{},BTC,900,1\n", START + 9_000));
    app.run("tail:{dir}/live.csv").await.expect("start");
    until("what was written meanwhile", || async {
        app.data("/api/assets/BTC/price/").await["price"] == "900"
    })
    .await;
    app.ticks_stored(8).await;
    assert_eq!(app.count("SELECT count(*) FROM market_data.ticks").await, 8);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rebased_times_begin_now_and_keep_their_shift() {
    let mut app = App::prepare(2).await;
    app.write("day.csv", &lines(6));
    let feed = "replay:{dir}/day.csv?speed=max&rebase=now";
    app.run(feed).await.expect("start");
    app.ticks_stored(6).await;
    let first = app
        .count("SELECT extract(epoch FROM min(event_at)) * 1000 FROM market_data.ticks")
        .await;
    assert!((chrono::Utc::now().timestamp_millis() - first).abs() < 60_000);
    app.stop().await;
    app.append("day.csv", &format!("{},BTC,5,1\n", START + 10_000));
    app.run(feed).await.expect("start");
    app.ticks_stored(7).await;
    let last = app
        .count("SELECT extract(epoch FROM max(event_at)) * 1000 FROM market_data.ticks")
        .await;
    assert_eq!(last - first, 10_000);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_followed_file_of_news_that_falls_silent_closes_its_minute_and_late_lines_revise_it() {
    let mut app = App::prepare(2).await;
    let minute = Interval::M1.bucket_start(Timestamp::from(chrono::Utc::now()));
    let second = |second: u64| minute.plus(Duration::from_secs(second));
    let clock = Arc::new(ManualClock::new(second(50)));
    app.clock = clock.clone();
    app.write("live.csv", &format!("{},BTC,10,1\n", second(49).millis()));
    app.run("tail:{dir}/live.csv").await.expect("start");
    app.ticks_stored(1).await;
    let closed = "SELECT count(*) FROM market_data.candles WHERE span = 1";
    assert_eq!(app.count(closed).await, 0);

    clock.set(second(71));
    until("the minute is over", || async { app.count(closed).await == 1 }).await;
    app.append("live.csv", &format!("{},BTC,12,1\n", second(58).millis()));
    until("the late line has revised it", || async {
        app.count("SELECT coalesce(sum(samples), 0) FROM market_data.candles WHERE span = 1 AND close = 12")
            .await
            == 2
    })
    .await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_the_log_that_nobody_can_read_is_left_out_and_counted() {
    let mut app = App::prepare(1).await;
    app.write("live.csv", &lines(1));
    app.run("tail:{dir}/live.csv").await.expect("start");
    app.ticks_stored(1).await;
    app.append_to_log(0, b"no batch").await;
    app.append("live.csv", &format!("{},BTC,500,1\n", START + 5_000));
    app.ticks_stored(2).await;
    let metrics = app.raw("/metrics", &[]).await.text().await.expect("metrics");
    assert!(metrics.contains("feed_unreadable_batches_total 1"), "{metrics}");
    app.stop().await;
    app.append("live.csv", &format!("{},BTC,600,1\n", START + 6_000));
    app.run("tail:{dir}/live.csv").await.expect("start");
    app.ticks_stored(3).await;
    app.stop().await;
}
