//! The platform at moderate load with nothing broken: whatever is used is given back.
//!
//! A short run is part of the tests and finds what grows fast; `cargo xtask chaos --calm` makes long ones, whose slope of
//! memory counts. `SOAK_SECONDS` chooses the length.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use e2e::{Client, Installation, Mode, Usage, append, tick_now};
use serde_json::json;
use test_kit::Figures;

/// How long a short run lasts.
const SHORT: u64 = 24;
/// From this length on the slope says something.
const LONG: u64 = 600;
/// MiB in ten minutes, of a long run.
const SLOPE: f64 = 1.0;
/// MiB, of a short run: caches fill, but nothing floods.
const GROWTH: f64 = 24.0;
/// Connections come and go by so many.
const SPARE: usize = 24;
/// Between two requests of a user, two prices, two looks.
const PAUSE: Duration = Duration::from_millis(150);
const LOOK: Duration = Duration::from_millis(500);
const USERS: usize = 6;

/// What a process used, and when, in seconds since the start.
type Looks = BTreeMap<String, Vec<(f64, Usage)>>;

#[tokio::test(flavor = "multi_thread")]
async fn reliability_76_what_is_used_is_given_back() {
    let seconds = std::env::var("SOAK_SECONDS").map_or(SHORT, |text| text.parse().expect("a number of seconds"));
    let mut platform = Installation::new(Mode::Distributed).await;
    platform.set("NOTIFIER__FLOOD_MESSAGES", "100000");
    let ticks = platform.file("ticks.csv");
    append(&ticks, &(tick_now("BTC", "60000") + &tick_now("ETH", "2500")));
    platform.start(&format!("tail:{}", ticks.display())).await;
    let mut load = vec![tokio::spawn(make_prices(ticks))];
    for number in 0..USERS {
        let (user, _) = Client::registered(&platform.url(), &platform.mails(), &format!("User{number}")).await;
        load.push(tokio::spawn(use_it(user)));
    }

    let start = Instant::now();
    let mut looks = Looks::new();
    while start.elapsed() < Duration::from_secs(seconds) {
        tokio::time::sleep(LOOK).await;
        for (name, usage) in platform.usage() {
            looks
                .entry(name)
                .or_default()
                .push((start.elapsed().as_secs_f64(), usage));
        }
    }
    load.iter().for_each(tokio::task::JoinHandle::abort);

    let mut figures = Figures::of("in calm: memory and descriptors of each process");
    figures.row("time", seconds as f64, "s", "");
    for (name, looks) in &looks {
        // At first everything is warmed up.
        let settled = &looks[looks.len() / 3..];
        let (first, last) = (&settled[0].1, &settled[settled.len() - 1].1);
        let most = settled
            .iter()
            .map(|(_, usage)| usage.descriptors)
            .max()
            .unwrap_or_default();
        assert!(
            most <= first.descriptors + SPARE,
            "{name}: {} descriptors, then {most}",
            first.descriptors
        );
        let slope = slope(settled) * 600.0;
        figures.row(&format!("{name}, memory"), last.resident_mib, "MiB", "");
        figures.row(&format!("{name}, growth in ten minutes"), slope, "MiB", "≤ 1");
        figures.row(&format!("{name}, descriptors"), most as f64, "", "");
        if seconds >= LONG {
            assert!(slope <= SLOPE, "{name} grows by {slope:.2} MiB in ten minutes");
        } else {
            let growth = last.resident_mib - first.resident_mib;
            assert!(growth <= GROWTH, "{name} has grown by {growth:.1} MiB");
        }
    }
    platform.stop();
    figures.keep_in("chaos-results", "calm");
}

/// MiB in a second, by the line with the least squares.
fn slope(looks: &[(f64, Usage)]) -> f64 {
    let count = looks.len() as f64;
    let mean_at = looks.iter().map(|(at, _)| at).sum::<f64>() / count;
    let mean = looks.iter().map(|(_, usage)| usage.resident_mib).sum::<f64>() / count;
    let (mut over, mut under) = (0.0, 0.0);
    for (at, usage) in looks {
        over += (at - mean_at) * (usage.resident_mib - mean);
        under += (at - mean_at).powi(2);
    }
    over / under
}

async fn make_prices(file: PathBuf) {
    for step in 0_u32.. {
        tokio::time::sleep(PAUSE).await;
        let (btc, eth) = (60_000 + step % 500, 2_500 + step % 50);
        append(
            &file,
            &(tick_now("BTC", &btc.to_string()) + &tick_now("ETH", &eth.to_string())),
        );
    }
}

/// Reads, trades, and sets alerts and takes them away, again and again.
async fn use_it(user: Client) {
    loop {
        let alert = json!({"symbol": "ETH", "condition": {"type": "crosses", "price": "2525"}, "trigger": "every_time", "channels": ["in_app"]});
        let made = user.post("/api/alerts/", alert).await;
        let buy = json!({"symbol": "BTC", "side": "buy", "quote_amount": "2.00"});
        user.post("/api/virtual-portfolio/trades/", buy).await;
        for path in [
            "/api/assets/",
            "/api/ohlc/BTC/?interval=1m",
            "/api/virtual-portfolio/",
            "/api/alerts/history/",
            "/api/notifications/",
        ] {
            tokio::time::sleep(PAUSE).await;
            user.get(path).await;
        }
        if let Some(id) = made.body["data"]["id"].as_str() {
            user.send(reqwest::Method::DELETE, &format!("/api/alerts/{id}/"), None)
                .await;
        }
    }
}
