//! Whether the time of an answer tells if an address has an account: medians and a rank test (Mann-Whitney) over
//! interleaved requests, with the real cost of hashing. `cargo bench -p auth --bench enumeration`.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "a bench may stop")]

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/api/actors.rs"]
mod actors;
#[allow(dead_code, unused_imports, reason = "shared with the tests")]
#[path = "../tests/api/helpers.rs"]
mod helpers;

use std::time::Instant;

use helpers::{App, As};
use serde_json::{Value, json};
use test_kit::{Figures, quantile};

const ROUNDS: usize = 500;

#[tokio::main]
async fn main() {
    let settings = [
        ("PASSWORDS__MEMORY_KIB", "47104"),
        ("LOCKOUT__FAILURES", "100000"),
        ("EVEN_ANSWERS__LOGIN_MS", "25"),
        ("EVEN_ANSWERS__MAIL_MS", "100"),
    ];
    let app = App::start_with(&settings).await;
    app.register("known@example.org").await;
    let mut figures = Figures::of("does the time of an answer tell whether an address has an account");
    let login = |email: &str| {
        (
            "/api/auth/login/",
            json!({"email": email, "password": "not the password"}),
        )
    };
    let pair = (login("known@example.org"), login("nobody@example.org"));
    compare(&app, "login", pair, &mut figures).await;
    let reset = |email: &str| ("/api/auth/password-reset/", json!({"email": email}));
    let pair = (reset("known@example.org"), reset("nobody@example.org"));
    compare(&app, "password reset", pair, &mut figures).await;
    figures.keep("enumeration");
}

type Request<'a> = (&'a str, Value);

async fn compare(app: &App, name: &str, (known, unknown): (Request<'_>, Request<'_>), figures: &mut Figures) {
    let (mut with, mut without) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for round in 0..2 * ROUNDS {
        let ((path, body), times) = if round % 2 == 0 {
            (&known, &mut with)
        } else {
            (&unknown, &mut without)
        };
        let start = Instant::now();
        app.post(As::Nobody, path, body.clone()).await;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    let (median_with, median_without) = (median(&with), median(&without));
    let gap = (median_with - median_without).abs();
    let p = rank_test(&with, &without);
    figures.row(&format!("{name}, median with an account"), median_with, "ms", "");
    figures.row(&format!("{name}, median without"), median_without, "ms", "");
    figures.row(&format!("{name}, gap of the medians"), gap, "ms", "≤ 2");
    figures.row(&format!("{name}, p of the rank test"), p, "", "> 0.01");
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// The two-sided p of Mann and Whitney's U, by its normal approximation.
fn rank_test(left: &[f64], right: &[f64]) -> f64 {
    let smaller: f64 = left
        .iter()
        .map(|one| right.iter().filter(|other| *other < one).count() as f64)
        .sum();
    let (n, m) = (left.len() as f64, right.len() as f64);
    let z = (smaller - n * m / 2.0).abs() / (n * m * (n + m + 1.0) / 12.0).sqrt();
    // Abramowitz and Stegun 26.2.17.
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let tail =
        t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    2.0 * tail * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}
