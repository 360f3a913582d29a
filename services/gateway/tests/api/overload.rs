//! Five times as many requests as a service can do, next to what it does when there are just enough.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::json;
use test_kit::{eventually_within, quantile};

use super::helpers::{App, Person};

/// How long the service works on a request, and how many reads of a user the gateway lets it work on at once beside two
/// requests that matter more: it can do eighty a second.
const WORK: Duration = Duration::from_millis(200);
const PLACES: usize = 16;
const PHASE: Duration = Duration::from_secs(4);

/// What a crowd met.
#[derive(Default)]
struct Met {
    /// In seconds.
    served: Vec<f64>,
    refused: Vec<f64>,
}

/// Asks again and again while the phase lasts. Whoever is refused comes again after the time that the work would have taken.
async fn insist(app: &App, ana: &Person, (method, path): (&Method, &str), is_over: &AtomicBool) -> Met {
    let mut met = Met::default();
    while !is_over.load(Relaxed) {
        let start = Instant::now();
        let mut asked = app.ask(method.clone(), path).bearer_auth(&ana.token);
        if *method == Method::POST {
            asked = asked.json(&json!({}));
        }
        let answer = asked.send().await.expect("an answer");
        let (status, headers) = (answer.status(), answer.headers().clone());
        answer.bytes().await.expect("a body");
        let took = start.elapsed();
        match status {
            StatusCode::OK => met.served.push(took.as_secs_f64()),
            StatusCode::SERVICE_UNAVAILABLE => {
                assert!(headers.contains_key("retry-after"));
                met.refused.push(took.as_secs_f64());
                tokio::time::sleep(WORK.saturating_sub(took)).await;
            }
            other => panic!("{other}"),
        }
    }
    met
}

/// A crowd that reads for a while, beside a few who do what matters; what each met.
async fn phase(app: &App, ana: &Person, readers: usize, read: &str, important: &str) -> (Met, Met) {
    let is_over = Arc::new(AtomicBool::new(false));
    let crowd = join_all((0..readers).map(|_| insist(app, ana, (&Method::GET, read), &is_over)));
    let few = join_all((0..2).map(|_| insist(app, ana, (&Method::POST, important), &is_over)));
    let clock = async {
        tokio::time::sleep(PHASE).await;
        is_over.store(true, Relaxed);
    };
    let (crowd, few, ()) = tokio::join!(crowd, few, clock);
    let all = |mets: Vec<Met>| {
        let mut all = mets.into_iter().fold(Met::default(), |mut all, met| {
            all.served.extend(met.served);
            all.refused.extend(met.refused);
            all
        });
        all.served.sort_by(f64::total_cmp);
        all.refused.sort_by(f64::total_cmp);
        all
    };
    (all(crowd), all(few))
}

fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kibibytes.expect("its memory") / 1_024.0
}

async fn overload(read: &str, important: &str) {
    let settings = [
        ("GATEWAY__LIMITS__IN_FLIGHT_PER_SERVICE", "20"),
        ("GATEWAY__RATE_LIMITS", "off"),
    ];
    let app = App::start_with(&settings).await;
    app.answer_after(WORK, read, json!({}));
    app.answer_after(WORK, important, json!({}));
    let ana = app.person(900);
    let (calm, few) = phase(&app, &ana, PLACES, read, important).await;
    assert_eq!((calm.refused.len(), few.refused.len()), (0, 0), "there is room for all");
    let before = resident_mib();
    let (flood, few) = phase(&app, &ana, 5 * PLACES, read, important).await;
    let grown = resident_mib() - before;

    let goodput = flood.served.len() as f64 / calm.served.len() as f64;
    assert!(goodput >= 0.8, "{goodput} of what was done before");
    assert!(flood.refused.len() > 2 * flood.served.len(), "it was too much");
    assert_eq!(few.refused.len(), 0, "what matters is shed last");
    assert!(!few.served.is_empty());
    let work = quantile(&calm.served, 0.5);
    let refusal = quantile(&flood.refused, 0.5);
    assert!(refusal <= work / 4.0, "a refusal takes {refusal} s, the work {work} s");
    let (slowest, usual) = (quantile(&flood.served, 0.99), quantile(&calm.served, 0.99));
    assert!(slowest <= 2.5 * usual, "{slowest} s where it was {usual} s");
    assert!(grown < 64.0, "{grown} MiB more");
    eventually_within(Duration::from_secs(5), "all is as before", async || {
        let asked = (0..PLACES).map(|_| async { app.get_as(&ana.token, read).await.status() });
        join_all(asked).await.iter().all(|status| *status == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_70_five_times_too_many_reads_cost_neither_goodput_nor_trades() {
    overload("/api/virtual-portfolio/", "/api/virtual-portfolio/trades/").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_70_five_times_too_many_reads_cost_no_sign_in() {
    overload("/api/auth/me/", "/api/auth/login/").await;
}
