//! Public reads through the gateway of the standalone, beside a bare actix-web handler that returns the same bytes in the
//! same run, and the time of 5,000 candles with all default indicators.
//!
//! `cargo bench -p e2e --bench reads`; needs PostgreSQL. The clients share the machine with the servers, ours and the
//! bare one alike.

use std::{
    fmt::Write,
    io,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, http::header::CONTENT_ENCODING, web};
use e2e::{Client, Installation, Mode};
use futures_util::future::join_all;
use test_kit::{Connection, Figures, eventually, quantile, raw_request};

/// 2026-01-05, 00:00 UTC.
const START: i64 = 1_767_571_200_000;
const MINUTE: i64 = 60_000;
const MINUTES: i64 = 6_600;
const CLIENTS: usize = 16;
/// Ours and the bare handler take turns, so that a machine that gets slower does so for both.
const ROUNDS: u32 = 5;
const ROUND: Duration = Duration::from_secs(1);
/// What is read, and what the system that this one replaces reached on a machine like ours, times what must be reached.
const READS: [(&str, Read, u32); 7] = [
    ("a price", plain("/api/assets/BTC/price/"), 200 * 146),
    ("100 assets", plain("/api/assets/?limit=100"), 200 * 165),
    ("100 assets, as gzip", packed("/api/assets/?limit=100"), 200 * 165),
    ("the heatmap", plain("/api/heatmap/"), 200 * 62),
    (
        "24 h of price history",
        plain("/api/price-history/BTC/?range=24h"),
        100 * 16,
    ),
    ("300 candles", plain("/api/ohlc/BTC/?interval=1m"), 100 * 37),
    (
        "two averages",
        plain("/api/indicators/BTC/?interval=1m&set=sma:20,ema:50"),
        100 * 106,
    ),
];

/// What is read, and whether as gzip.
#[derive(Clone, Copy)]
struct Read {
    path: &'static str,
    is_packed: bool,
}

const fn plain(path: &'static str) -> Read {
    Read { path, is_packed: false }
}

/// As browsers ask for everything.
const fn packed(path: &'static str) -> Read {
    Read { path, is_packed: true }
}

#[tokio::main]
async fn main() {
    let mut installation = Installation::new(Mode::Standalone).await;
    let day = installation.file("days.csv");
    std::fs::write(&day, days()).expect("the ticks");
    installation.start(&format!("replay:{}?speed=max", day.display())).await;
    let client = Client::new(&installation.url());
    let newest = domain_time(START + (MINUTES - 1) * MINUTE);
    eventually("the replay is over", async || {
        // At first nobody knows the asset.
        let price = client.get("/api/assets/BTC/price/").await;
        (price.body["data"]["timestamp"] == newest.as_str()).then_some(())
    })
    .await;
    let mut figures = Figures::of("public reads through the gateway, standalone");
    for (name, read, target) in READS {
        let mut connection = Connection::open(authority(&installation.url())).await;
        let body = connection.ask(&request(read.path, read.is_packed)).await.body.to_vec();
        let handler = BareHandler::start(body, read);
        let (mut bare, mut ours) = (0, 0);
        for _ in 0..ROUNDS {
            bare += load(&handler.address, read).await;
            ours += load(authority(&installation.url()), read).await;
        }
        handler.stop().await;
        let ratio = 100.0 * f64::from(ours) / f64::from(bare);
        let ours = f64::from(ours) / (ROUND * ROUNDS).as_secs_f64();
        figures.row(name, ours, "req/s", &format!("≥ {target}"));
        figures.row(&format!("{name}, of a bare handler"), ratio, "%", "≥ 50");
    }
    for (what, step) in [("the database", MINUTE), ("memory", 1)] {
        let name = format!("5,000 candles and all default indicators, candles from {what}");
        let median = indicators(&installation.url(), step).await;
        figures.row(&name, median, "ms", if step == 1 { "≤ 5" } else { "" });
    }
    installation.stop();
    figures.keep("reads");
}

/// Bitcoin trades each minute, 99 others each tenth.
fn days() -> String {
    let mut text = String::new();
    for minute in 0..MINUTES {
        for asset in (0..100).filter(|asset| *asset == 0 || (minute + asset) % 10 == 0) {
            let symbol = if asset == 0 {
                "BTC".to_owned()
            } else {
                format!("A{asset}")
            };
            let price = 100 + (minute * 7 + asset) % 41;
            writeln!(text, "{},{symbol},{price}.5,2", START + minute * MINUTE).expect("text");
        }
    }
    text
}

fn domain_time(millis: i64) -> String {
    domain::Timestamp::from_millis(millis).expect("time").to_string()
}

fn authority(url: &str) -> &str {
    url.trim_start_matches("http://")
}

/// A handler that has the answer at hand.
struct BareHandler {
    address: String,
    handle: ServerHandle,
    running: JoinHandle<io::Result<()>>,
}

impl BareHandler {
    fn start(body: Vec<u8>, read: Read) -> Self {
        let body = web::Bytes::from(body);
        let bare = HttpServer::new(move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move {
                    let mut answer = HttpResponse::Ok();
                    answer.content_type("application/json");
                    if read.is_packed {
                        answer.insert_header((CONTENT_ENCODING, "gzip"));
                    }
                    answer.body(body)
                }
            }))
        });
        let bare = bare.workers(2).tcp_nodelay(true).bind("127.0.0.1:0").expect("a port");
        let address = bare.addrs()[0].to_string();
        let server = bare.disable_signals().run();
        Self {
            address,
            handle: server.handle(),
            running: thread::spawn(move || actix_web::rt::System::new().block_on(server)),
        }
    }

    async fn stop(self) {
        self.handle.stop(false).await;
        self.running.join().expect("the bare server").expect("the bare server");
    }
}

/// How many requests clients that ask one after the other get answered in a round.
async fn load(address: &str, read: Read) -> u32 {
    let request = request(read.path, read.is_packed);
    let end = Instant::now() + ROUND;
    let clients = (0..CLIENTS).map(async |_| {
        let mut connection = Connection::open(address).await;
        let mut count = 0_u32;
        while Instant::now() < end {
            assert_eq!(connection.ask(&request).await.status, 200, "{}", read.path);
            count += 1;
        }
        count
    });
    join_all(clients).await.into_iter().sum()
}

/// The median of times in milliseconds. Each request is one that was not asked before, so that no ready answer helps:
/// moved on by minutes the candles come from the database, by milliseconds from memory.
async fn indicators(url: &str, step: i64) -> f64 {
    let mut connection = Connection::open(authority(url)).await;
    let from = START + (MINUTES - 5_200) * MINUTE;
    let mut times = Vec::new();
    for n in 1..=50 {
        let (first, last) = (domain_time(from + n * step), domain_time(from + 5_000 * MINUTE));
        let path = format!("/api/indicators/BTC/?interval=1m&from={first}&to={last}");
        let request = request(&path, false);
        let began = Instant::now();
        assert_eq!(connection.ask(&request).await.status, 200);
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    quantile(&times, 0.5)
}

fn request(path: &str, is_packed: bool) -> Vec<u8> {
    let encoding = [("accept-encoding", "gzip")];
    raw_request("GET", path, if is_packed { &encoding } else { &[] }, None)
}
