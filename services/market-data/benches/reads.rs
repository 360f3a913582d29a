//! Reads of market-data itself: requests a second beside a bare handler that returns the same bytes in the same run, and the
//! time of 5,000 candles with all default indicators.
//!
//! `cargo bench -p market-data --bench reads`; needs PostgreSQL. Results go to `target/bench-results/reads.json`.

#[path = "../tests/api/helpers.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod helpers;
mod results;

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use futures_util::future::join_all;
use helpers::App;
use results::{keep, row};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const START: i64 = 1_767_571_200_000;
const MINUTES: i64 = 6_600;
const CLIENTS: usize = 16;
const MEASURED: Duration = Duration::from_secs(3);
const PATHS: [(&str, &str); 6] = [
    ("a price", "/api/assets/BTC/price/"),
    ("100 assets", "/api/assets/?limit=100"),
    ("the heatmap", "/api/heatmap/"),
    ("24 h of price history", "/api/price-history/BTC/?range=24h"),
    ("300 candles", "/api/ohlc/BTC/?interval=1m"),
    ("two averages", "/api/indicators/BTC/?interval=1m&set=sma:20,ema:50"),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("runtime");
    runtime.block_on(measure());
}

async fn measure() {
    let mut app = App::prepare(2).await;
    let mut text = String::new();
    let mut ticks = 0;
    for minute in 0..MINUTES {
        for asset in 0..100 {
            // Bitcoin trades each minute, the others each tenth.
            if asset > 0 && (minute + asset) % 10 > 0 {
                continue;
            }
            let symbol = if asset == 0 {
                "BTC".to_owned()
            } else {
                format!("A{asset}")
            };
            let price = 100 + (minute * 7 + asset) % 41;
            writeln!(text, "{},{symbol},{price}.5,2", START + minute * 60_000 + asset).expect("text");
            ticks += 1;
        }
    }
    app.write("day.csv", &text);
    app.run("replay:{dir}/day.csv?speed=max").await.expect("start");
    app.ticks_stored(ticks).await;
    app.source_is("down").await;
    let mut rows = Vec::new();
    for (name, path) in PATHS {
        rows.extend(against_bare(&app, name, path).await);
    }
    rows.extend(indicators(&app).await);
    keep(
        "reads",
        "reads of market-data, ratio against a bare handler of the same bytes",
        &rows,
    );
    app.stop().await;
}

async fn against_bare(app: &App, name: &str, path: &str) -> [Value; 2] {
    let body = app.raw(path, &[]).await.bytes().await.expect("a body");
    let bare = HttpServer::new(move || {
        let body = body.clone();
        Actix::new().default_service(web::to(move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        }))
    });
    let bare = bare.workers(2).tcp_nodelay(true).bind("127.0.0.1:0").expect("a port");
    let address = bare.addrs()[0].to_string();
    let server = bare.disable_signals().run();
    let handle = server.handle();
    let running = std::thread::spawn(move || actix_web::rt::System::new().block_on(server));
    let most = load(&address, path).await;
    handle.stop(false).await;
    running.join().expect("the bare server").expect("the bare server");
    let ours = load(app.url().trim_start_matches("http://"), path).await;
    [
        row(&format!("{name}, service"), ours, "req/s", ""),
        row(&format!("{name}, of a bare handler"), 100.0 * ours / most, "%", ""),
    ]
}

/// Requests a second of some clients that ask one after the other.
async fn load(address: &str, path: &str) -> f64 {
    let request = request(path);
    let end = Instant::now() + MEASURED;
    let clients = (0..CLIENTS).map(async |_| {
        let mut client = Client::connect(address).await;
        let mut count = 0_u32;
        while Instant::now() < end {
            client.ask(&request).await;
            count += 1;
        }
        count
    });
    let total: u32 = join_all(clients).await.into_iter().sum();
    f64::from(total) / MEASURED.as_secs_f64()
}

fn request(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {}\r\n\r\n",
        App::anonymous()
    )
}

/// A connection that is kept; its own cost is small beside a server's.
struct Client {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn connect(address: &str) -> Self {
        let socket = TcpStream::connect(address).await.expect("a connection");
        socket.set_nodelay(true).expect("no delay");
        Self {
            socket,
            buffer: Vec::with_capacity(1 << 20),
        }
    }

    /// The length of the answer's body.
    async fn ask(&mut self, request: &str) -> usize {
        self.socket.write_all(request.as_bytes()).await.expect("sent");
        self.buffer.clear();
        let mut wanted = None;
        loop {
            assert!(
                self.socket.read_buf(&mut self.buffer).await.expect("read") > 0,
                "hung up"
            );
            if wanted.is_none()
                && let Some(end) = self.buffer.windows(4).position(|end| end == b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(&self.buffer[..end]).to_lowercase();
                assert!(head.starts_with("http/1.1 200"), "{head}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.expect("a length").trim().parse().expect("a length");
                wanted = Some((end + 4 + length, length));
            }
            if let Some((whole, length)) = wanted
                && self.buffer.len() >= whole
            {
                return length;
            }
        }
    }
}

/// Each request is one that was not asked before, so that no ready answer helps.
async fn indicators(app: &App) -> [Value; 2] {
    let mut client = Client::connect(app.url().trim_start_matches("http://")).await;
    let moment = |millis: i64| domain::Timestamp::from_millis(millis).expect("time");
    let from = START + (MINUTES - 5_200) * 60_000;
    let mut medians = [0.0; 2];
    // Moved on by minutes the candles come from the database, moved on by milliseconds from memory.
    for (median, step) in medians.iter_mut().zip([60_000, 1]) {
        let mut times = Vec::new();
        for n in 1..=50 {
            let (first, last) = (moment(from + n * step), moment(from + 5_000 * 60_000));
            let request = request(&format!("/api/indicators/BTC/?interval=1m&from={first}&to={last}"));
            let began = Instant::now();
            client.ask(&request).await;
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
        times.sort_by(f64::total_cmp);
        *median = times[times.len() / 2];
    }
    let name = "5,000 candles and all default indicators";
    [
        row(&format!("{name}, candles from the database"), medians[0], "ms", ""),
        row(&format!("{name}, candles in memory"), medians[1], "ms", "≤ 5"),
    ]
}
