//! Five times as many requests as the platform can do, for a minute: what is still done, how fast the rest is refused, and
//! that trades are the last to be.
//!
//! `cargo bench -p e2e --bench overload`, as root. The clients share the machine with the servers, so what they burn to ask
//! five times as much is lost to those who answer. Each process and each server has a share of the processors like any
//! other, as containers have; where the system does not let us divide them, the table says so.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use e2e::{Client, Installation};
use futures_util::future::join_all;
use serde_json::{Value, json};
use test_kit::{Connection, Figures, eventually, quantile, raw_request};

const PEOPLE: usize = 16;
/// Clients that ask one after the other, to find out what can be done.
const CLOSED: usize = 32;
/// Clients that ask at a pace of their own, whatever becomes of it.
const OPEN: usize = 800;
const TIMES: f64 = 5.0;
/// What the flood asks for: all that the pages of somebody show who is signed in.
const READS: [&str; 6] = [
    "/api/alerts/",
    "/api/notifications/",
    "/api/virtual-portfolio/",
    "/api/virtual-portfolio/trades/",
    "/api/virtual-portfolio/ledger/",
    "/api/virtual-portfolio/performance/",
];
/// Beside it there are others who trade, as often as before: in books that grow, each answer takes longer than the last.
const TRADERS: usize = 8;
const TRADE_PACE: Duration = Duration::from_millis(400);
const PEAK: Duration = Duration::from_secs(10);
const FLOOD: Duration = Duration::from_secs(60);
const RECOVERY: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() {
    let mut platform = Installation::as_containers().await;
    platform.start("simulator:1").await;
    platform.is_trading().await;
    let address = platform.url().trim_start_matches("http://").to_owned();
    let mut people = Vec::new();
    // One after the other: more passwords at once than auth has turns for are sent away.
    for _ in 0..PEOPLE + TRADERS {
        let (person, _) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
        eventually("the price has come to the portfolio", async || {
            let trade = person.post("/api/virtual-portfolio/trades/", purchase()).await;
            trade.status.is_success().then_some(())
        })
        .await;
        people.push(person);
    }
    let requests: Vec<Requests> = people.iter().map(Requests::of).collect();

    let before = run(&address, &requests, CLOSED, Duration::ZERO, PEAK).await;
    let peak = before.rate(PEAK);
    let resident = memory(&platform);
    let pace = Duration::from_secs_f64(OPEN as f64 / (TIMES * peak));
    let flood = run(&address, &requests, OPEN, pace, FLOOD).await;
    let grown = memory(&platform) - resident;
    let is_divided = platform.is_divided();
    let after = run(&address, &requests, CLOSED, Duration::ZERO, RECOVERY).await;
    platform.stop();

    let mut figures = Figures::of("overload, six processes, five times what they can do");
    figures.row(
        "shares of the processors as containers have, 1 or 0",
        f64::from(is_divided),
        "",
        "",
    );
    figures.row("the most that is done", peak, "req/s", "");
    figures.row(
        "asked",
        flood.asked() as f64 / FLOOD.as_secs_f64(),
        "req/s",
        &format!("{:.0}", TIMES * peak),
    );
    figures.row("done of the most", 100.0 * flood.rate(FLOOD) / peak, "%", "≥ 80");
    figures.row("done, p99", quantile(&flood.done, 0.99), "ms", "≤ 500");
    figures.row("refused, p99", quantile(&flood.refused, 0.99), "ms", "≤ 50");
    figures.row("reads done", 100.0 * flood.reads.share(), "%", "");
    figures.row("trades done", 100.0 * flood.trades.share(), "%", "");
    let others: usize = flood.others.values().sum();
    figures.row("neither done nor refused", others as f64, "requests", "0");
    for (status, count) in &flood.others {
        figures.row(&format!("of these with status {status}"), *count as f64, "requests", "");
    }
    figures.row("memory of the gateway, growth", grown, "MiB", "");
    figures.row(
        "done of the most, in the five seconds after",
        100.0 * after.rate(RECOVERY) / peak,
        "%",
        "",
    );
    figures.keep("overload");
}

fn memory(platform: &Installation) -> f64 {
    let usage = platform.usage();
    let gateway = usage.iter().find(|(name, _)| name == "gateway");
    gateway.expect("a gateway").1.resident_mib
}

/// What one person asks.
struct Requests {
    reads: Vec<Vec<u8>>,
    trade: Vec<u8>,
}

impl Requests {
    fn of(person: &Client) -> Self {
        let bearer = format!("Bearer {}", person.access.as_deref().expect("signed in"));
        let headers = [("authorization", bearer.as_str())];
        Self {
            reads: READS.map(|path| raw_request("GET", path, &headers, None)).into(),
            trade: raw_request("POST", "/api/virtual-portfolio/trades/", &headers, Some(&purchase())),
        }
    }
}

fn purchase() -> Value {
    json!({"symbol": "BTC", "side": "buy", "quote_amount": "1.50"})
}

#[derive(Default)]
struct Count {
    asked: usize,
    done: usize,
}

impl Count {
    fn share(&self) -> f64 {
        self.done as f64 / self.asked.max(1) as f64
    }
}

/// What became of the requests, their times in milliseconds.
#[derive(Default)]
struct Outcome {
    done: Vec<f64>,
    refused: Vec<f64>,
    /// How many had which other status.
    others: BTreeMap<u16, usize>,
    reads: Count,
    trades: Count,
}

impl Outcome {
    fn asked(&self) -> usize {
        self.reads.asked + self.trades.asked
    }

    fn rate(&self, time: Duration) -> f64 {
        self.done.len() as f64 / time.as_secs_f64()
    }

    fn note(&mut self, status: u16, took: Duration, is_trade: bool) {
        let count = if is_trade { &mut self.trades } else { &mut self.reads };
        count.asked += 1;
        let millis = took.as_secs_f64() * 1_000.0;
        match status {
            200..=299 => {
                count.done += 1;
                self.done.push(millis);
            }
            429 | 503 => self.refused.push(millis),
            _ => *self.others.entry(status).or_default() += 1,
        }
    }

    fn add(&mut self, other: Self) {
        self.done.extend(other.done);
        self.refused.extend(other.refused);
        for (status, count) in other.others {
            *self.others.entry(status).or_default() += count;
        }
        for (sum, part) in [(&mut self.reads, other.reads), (&mut self.trades, other.trades)] {
            sum.asked += part.asked;
            sum.done += part.done;
        }
    }
}

/// So many readers ask for so long, each one thing per `pace`, or one after the other; a few people trade as ever.
async fn run(address: &str, requests: &[Requests], readers: usize, pace: Duration, time: Duration) -> Outcome {
    let begun = Instant::now();
    let client = async |number: usize, of: usize, pace: Duration, is_trader: bool| {
        let mut connection = Connection::open(address).await;
        let mut outcome = Outcome::default();
        let asked = &requests[if is_trader { PEOPLE + number } else { number % PEOPLE }];
        let mut reads = asked.reads.iter().cycle().skip(number % READS.len());
        let mut next = begun + pace.mul_f64(number as f64 / of as f64);
        loop {
            tokio::time::sleep_until(next.into()).await;
            if begun.elapsed() >= time {
                return outcome;
            }
            // Who is answered late does not ask twice at once to make up for it.
            next = (next + pace).max(Instant::now());
            let request = if is_trader { Some(&asked.trade) } else { reads.next() };
            let request = request.expect("a cycle has no end");
            let began = Instant::now();
            let status = connection.ask(request).await.status;
            outcome.note(status, began.elapsed(), is_trader);
        }
    };
    let reading = join_all((0..readers).map(|number| client(number, readers, pace, false)));
    let trading = join_all((0..TRADERS).map(|number| client(number, TRADERS, TRADE_PACE, true)));
    let (read, traded) = tokio::join!(reading, trading);
    let mut total = Outcome::default();
    for outcome in read.into_iter().chain(traded) {
        total.add(outcome);
    }
    total.done.sort_by(f64::total_cmp);
    total.refused.sort_by(f64::total_cmp);
    total
}
