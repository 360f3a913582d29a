//! What a book of 10,000 trades costs to look at: its result, its summary, a page of its fills, and a sale out of it.
//!
//! `cargo bench -p portfolio --bench analytics`; needs PostgreSQL.

#[path = "../tests/api/helpers.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod helpers;

use std::time::Instant;

use helpers::{App, User};
use serde_json::json;
use test_kit::{Figures, quantile};

const TRADES: usize = 10_000;
const ASKED: usize = 200;
const ROOT: &str = "/api/virtual-portfolio";

#[tokio::main]
async fn main() {
    let app = App::start().await;
    let user = app.user();
    let mut figures = Figures::of(&format!("a book of {TRADES} trades, one after the other"));
    fill_book(&app, &user).await;
    let asked = [
        ("performance, all of it", "performance/?range=max", "≤ 200"),
        ("performance, 30 days", "performance/?range=30d", "≤ 200"),
        ("summary, average cost", "", "≤ 200"),
        ("summary, first in, first out", "?cost_method=fifo", "≤ 200"),
        ("200 fills", "trades/?limit=200", ""),
    ];
    for (what, path, target) in asked {
        let times = ask(&user, &format!("{ROOT}/{path}")).await;
        figures.row(&format!("{what}, p95"), quantile(&times, 0.95), "ms", target);
    }
    let times = sell(&user).await;
    figures.row("a sale, p95", quantile(&times, 0.95), "ms", "");
    figures.keep("analytics");
}

/// Mostly buys, so that there are thousands of lots; the price moves a little all the time.
async fn fill_book(app: &App, user: &User<'_>) {
    for number in 0..TRADES {
        if number % 100 == 0 {
            app.tick("bitcoin", &(60_000 + number % 700).to_string()).await;
        }
        let (symbol, sold) = if number % 3 == 0 {
            ("ETH", "0.0005")
        } else {
            ("BTC", "0.00003")
        };
        let body = if number % 10 == 9 {
            json!({"symbol": symbol, "side": "sell", "quantity": sold})
        } else {
            json!({"symbol": symbol, "side": "buy", "quote_amount": "2.50"})
        };
        user.trade(body).await;
    }
}

async fn ask(user: &User<'_>, path: &str) -> Vec<f64> {
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let begun = Instant::now();
        user.data(path).await;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    times
}

async fn sell(user: &User<'_>) -> Vec<f64> {
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let begun = Instant::now();
        user.trade(json!({"symbol": "BTC", "side": "sell", "quantity": "0.00003"}))
            .await;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    times
}
