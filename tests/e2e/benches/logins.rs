//! How many people sign in each second, beside what two threads do that hash and nothing else, and what everybody else
//! notices of it.
//!
//! `cargo bench -p e2e --bench logins`; needs PostgreSQL, RabbitMQ and Redis. The clients share the machine with the
//! servers, the two threads do not.

use std::{
    ops::AddAssign,
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use e2e::{Client, Installation, PASSWORD};
use futures_util::future::join_all;
use serde_json::json;
use test_kit::{Connection, Figures, quantile, raw_request};

/// What a hash costs where nobody has set anything else: KiB and passes.
const COST: (u32, u32) = (46 * 1024, 1);
/// How many hashes auth computes at once.
const PERMITS: usize = 2;
/// Who signs in. Somebody's oldest session ends with the fifty-first.
const PEOPLE: usize = 64;
/// Who is signed in, and stays so.
const OTHERS: usize = 16;
/// Clients that sign in one after the other, so that nobody is sent away.
const CLOSED: usize = 8;
/// Clients that all sign in at once, and try again when they were told to.
const FLOOD: usize = 500;
const RETRY_AFTER: Duration = Duration::from_secs(1);
const TIME: Duration = Duration::from_secs(20);
/// What others ask meanwhile.
const READS: [&str; 4] = [
    "/api/auth/me/",
    "/api/alerts/",
    "/api/virtual-portfolio/",
    "/api/assets/BTC/price/",
];
/// How often each of [`OTHERS`] asks for one of them.
const PACE: Duration = Duration::from_millis(160);

#[tokio::main]
async fn main() {
    let alone = hashes();
    let mut platform = Installation::as_containers().await;
    platform.start("simulator:1").await;
    platform.is_trading().await;
    let address = platform.url().trim_start_matches("http://").to_owned();
    let mut people = Vec::new();
    for _ in 0..PEOPLE + OTHERS {
        people.push(Person::registered(&platform).await);
    }

    let staying = people.split_off(PEOPLE);
    drop(others(&address, &staying).await);
    let base = others(&address, &staying).await;
    let (closed, beside_closed) = tokio::join!(
        sign_ins(&address, &people, CLOSED, Duration::ZERO),
        others(&address, &staying)
    );
    let resident = auth_memory(&platform);
    let (flood, beside_flood) = tokio::join!(
        sign_ins(&address, &people, FLOOD, RETRY_AFTER),
        others(&address, &staying)
    );
    let grown = auth_memory(&platform) - resident;
    platform.stop();

    let mut figures = Figures::of("sign-ins, six processes");
    figures.row("two threads that hash and nothing else", alone, "hashes/s", "");
    for (clients, outcome, beside) in [(CLOSED, &closed, &beside_closed), (FLOOD, &flood, &beside_flood)] {
        let rate = outcome.done as f64 / TIME.as_secs_f64();
        figures.row(&format!("{clients} clients, signed in"), rate, "people/s", "");
        figures.row(
            &format!("{clients} clients, signed in, of the hashes alone"),
            100.0 * rate / alone,
            "%",
            "100",
        );
        figures.row(
            &format!("{clients} clients, told to come back"),
            outcome.refused as f64,
            "requests",
            "",
        );
        for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
            let ratio = quantile(beside, share) / quantile(&base, share);
            let target = if share > 0.9 { "≤ 2" } else { "" };
            figures.row(
                &format!("{clients} clients, {name} of other routes"),
                quantile(beside, share),
                "ms",
                "",
            );
            figures.row(
                &format!("{clients} clients, {name} of other routes, of that without sign-ins"),
                ratio,
                "×",
                target,
            );
        }
    }
    figures.row("memory of auth, growth", grown, "MiB", "≤ 128");
    figures.keep("logins");
}

/// What [`PERMITS`] threads reach together.
fn hashes() -> f64 {
    let end = Instant::now() + Duration::from_secs(5);
    let count = || {
        let params = Params::new(COST.0, COST.1, 1, None).expect("a cost");
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut count = 0;
        while Instant::now() < end {
            argon2.hash_password(PASSWORD.as_bytes()).expect("a hash");
            count += 1;
        }
        count
    };
    let began = Instant::now();
    let total: u32 = thread::scope(|scope| {
        let threads = [(); PERMITS].map(|()| scope.spawn(count));
        threads.into_iter().map(|thread| thread.join().expect("hashes")).sum()
    });
    f64::from(total) / began.elapsed().as_secs_f64()
}

/// Mebibytes.
fn auth_memory(platform: &Installation) -> f64 {
    let usage = platform.usage();
    let auth = usage.iter().find(|(name, _)| name == "auth");
    auth.expect("auth").1.resident_mib
}

/// What somebody asks.
struct Person {
    login: Vec<u8>,
    reads: Vec<Vec<u8>>,
}

impl Person {
    async fn registered(platform: &Installation) -> Self {
        let (client, email) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
        let bearer = format!("Bearer {}", client.access.as_deref().expect("signed in"));
        let login = json!({"email": email, "password": PASSWORD, "token_delivery": "body"});
        Self {
            login: raw_request("POST", "/api/auth/login/", &[], Some(&login)),
            reads: READS
                .map(|path| raw_request("GET", path, &[("authorization", &bearer)], None))
                .into(),
        }
    }
}

#[derive(Default)]
struct SignIns {
    done: usize,
    refused: usize,
}

impl AddAssign for SignIns {
    fn add_assign(&mut self, other: Self) {
        self.done += other.done;
        self.refused += other.refused;
    }
}

/// So many clients sign in for [`TIME`], each anew after `pause`.
async fn sign_ins(address: &str, people: &[Person], clients: usize, pause: Duration) -> SignIns {
    let end = Instant::now() + TIME;
    let outcomes = join_all((0..clients).map(async |number| {
        let mut connection = Connection::open(address).await;
        let mut outcome = SignIns::default();
        while Instant::now() < end {
            match connection.ask(&people[number % people.len()].login).await.status {
                200 => outcome.done += 1,
                429 | 503 => outcome.refused += 1,
                status => panic!("a sign-in was answered with {status}"),
            }
            tokio::time::sleep(pause).await;
        }
        outcome
    }));
    let mut total = SignIns::default();
    for outcome in outcomes.await {
        total += outcome;
    }
    total
}

/// The times of other requests for as long, in milliseconds, sorted.
async fn others(address: &str, people: &[Person]) -> Vec<f64> {
    let begun = Instant::now();
    let times = join_all(people.iter().enumerate().map(async |(number, person)| {
        let mut connection = Connection::open(address).await;
        let mut requests = person.reads.iter().cycle().skip(number);
        let mut next = begun + PACE.mul_f64(number as f64 / OTHERS as f64);
        let mut times = Vec::new();
        while next < begun + TIME {
            tokio::time::sleep_until(next.into()).await;
            next += PACE;
            let began = Instant::now();
            let status = connection
                .ask(requests.next().expect("a cycle has no end"))
                .await
                .status;
            assert_eq!(status, 200, "others are answered");
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
        times
    }));
    let mut times = times.await.concat();
    times.sort_by(f64::total_cmp);
    times
}
