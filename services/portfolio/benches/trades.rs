//! Trades a second, from the HTTP request to the commit, over 100 portfolios.
//!
//! `cargo bench -p portfolio --bench trades`; needs PostgreSQL.

#[path = "../tests/api/helpers.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod helpers;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use helpers::{App, User};
use serde_json::json;
use test_kit::{Connection, Figures, quantile, raw_request};

const PORTFOLIOS: usize = 100;
const CLIENTS: usize = 32;
const MEASURED: Duration = Duration::from_secs(10);
/// Half of what must be reached at the least.
const CALM_RATE: f64 = 500.0;

#[tokio::main]
async fn main() {
    let app = App::start().await;
    let users: Vec<_> = (0..PORTFOLIOS).map(|_| app.user()).collect();
    join_all(users.iter().map(|user| user.portfolio())).await;
    let mut figures = Figures::of(&format!("trades from request to commit, {PORTFOLIOS} portfolios"));

    let url = app.running.as_ref().expect("running").url();
    let address = url.trim_start_matches("http://");
    let purchases: Vec<Vec<u8>> = users.iter().map(purchase).collect();
    let times = trade(address, &purchases, Duration::ZERO).await;
    let rate = times.len() as f64 / MEASURED.as_secs_f64();
    figures.row(
        &format!("{CLIENTS} clients without a pause"),
        rate,
        "trades/s",
        "≥ 1,000",
    );
    figures.row("p50 of these", quantile(&times, 0.5), "ms", "");
    figures.row("p99 of these", quantile(&times, 0.99), "ms", "");

    let times = trade(address, &purchases, Duration::from_secs_f64(CLIENTS as f64 / CALM_RATE)).await;
    let rate = times.len() as f64 / MEASURED.as_secs_f64();
    figures.row(&format!("{CLIENTS} clients with pauses"), rate, "trades/s", "500");
    figures.row("p50 of those", quantile(&times, 0.5), "ms", "");
    figures.row("p99 of those", quantile(&times, 0.99), "ms", "≤ 20");
    figures.keep("trades");
}

/// As the gateway sends it on: with one token for as long as that counts.
fn purchase(user: &User<'_>) -> Vec<u8> {
    let bearer = format!("Bearer {}", user.token());
    let body = json!({"symbol": "BTC", "side": "buy", "quote_amount": "1.50"});
    let headers = [("authorization", bearer.as_str())];
    raw_request("POST", "/api/virtual-portfolio/trades/", &headers, Some(&body))
}

/// The times of trades in milliseconds, sorted; each client begins one per `period`, or as fast as it goes. The clock
/// of the tests stands still, so the price stays fresh.
async fn trade(address: &str, purchases: &[Vec<u8>], period: Duration) -> Vec<f64> {
    let begun = Instant::now();
    let clients = (0..CLIENTS).map(async |client| {
        let mut connection = Connection::open(address).await;
        let mut times = Vec::new();
        let mut turn = client;
        let mut next = begun + period.mul_f64(client as f64 / CLIENTS as f64);
        while begun.elapsed() < MEASURED {
            tokio::time::sleep_until(next.into()).await;
            next += period;
            let start = Instant::now();
            assert_eq!(connection.ask(&purchases[turn % PORTFOLIOS]).await.status, 201);
            times.push(start.elapsed().as_secs_f64() * 1_000.0);
            turn += CLIENTS;
        }
        times
    });
    let mut times: Vec<f64> = join_all(clients).await.into_iter().flatten().collect();
    times.sort_by(f64::total_cmp);
    times
}
