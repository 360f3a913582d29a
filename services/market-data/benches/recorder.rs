//! Rows a second that the recorder commits: a replay of 400,000 ticks of 100 assets, as fast as it goes, from the file
//! through the tick log into PostgreSQL.
//!
//! `cargo bench -p market-data --bench recorder`; needs PostgreSQL. Results go to `target/bench-results/recorder.json`.

#[path = "../tests/api/helpers.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod helpers;

use std::{fmt::Write, time::Instant};

use helpers::App;
use test_kit::Figures;

const START: i64 = 1_767_571_200_000;
const ASSETS: i64 = 100;
const TICKS: i64 = 400_000;

#[tokio::main]
async fn main() {
    let mut app = App::prepare(4).await;
    let mut text = String::new();
    // Each asset trades each second, for more than an hour.
    for n in 0..TICKS {
        let (at, asset) = (START + n * 1_000 / ASSETS, n % ASSETS);
        writeln!(text, "{at},A{asset},{}.{:02},0.5", 100 + n % 17, n % 100).expect("text");
    }
    app.write("day.csv", &text);
    let began = Instant::now();
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    app.ticks_stored(TICKS).await;
    app.source_is("down").await;
    let seconds = began.elapsed().as_secs_f64();
    let candles = app.count("SELECT count(*) FROM market_data.candles").await;
    let mut figures = Figures::of("recording ticks and candles");
    let rows = (TICKS + candles) as f64 / seconds;
    figures.row("ticks and candles committed", rows, "rows/s", "");
    figures.row(
        "ticks from the file to the commit",
        TICKS as f64 / seconds,
        "ticks/s",
        "",
    );
    figures.keep("recorder");
    app.stop().await;
}
