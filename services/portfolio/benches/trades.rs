//! Trades a second, from the HTTP request to the commit, over 100 portfolios.
//!
//! `cargo bench -p portfolio --bench trades`; needs PostgreSQL.

#[path = "../tests/api/helpers.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod helpers;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use helpers::App;

const PORTFOLIOS: usize = 100;
const CLIENTS: usize = 32;
const SECONDS: u64 = 10;

#[allow(clippy::print_stdout, reason = "a benchmark reports on standard output")]
fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("runtime");
    runtime.block_on(async {
        let app = App::start().await;
        let users: Vec<_> = (0..PORTFOLIOS).map(|_| app.user()).collect();
        join_all(users.iter().map(|user| user.portfolio())).await;
        let end = Instant::now() + Duration::from_secs(SECONDS);
        let clients = (0..CLIENTS).map(async |client| {
            let mut times = Vec::new();
            let mut turn = client;
            while Instant::now() < end {
                let start = Instant::now();
                users[turn % PORTFOLIOS]
                    .trade(json!({"symbol": "BTC", "side": "buy", "quote_amount": "1.50"}))
                    .await;
                times.push(start.elapsed());
                turn += CLIENTS;
            }
            times
        });
        // The clock of the tests stands still, so the price stays fresh.
        let mut times: Vec<Duration> = join_all(clients).await.into_iter().flatten().collect();
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!(
            "{} trades/s, p50 {:?}, p99 {:?}",
            times.len() as u64 / SECONDS,
            at(0.5),
            at(0.99)
        );
    });
}
