//! From a tick to the mail about it: fifty alerts a second fire, and each mail is accepted by an SMTP server.
//!
//! `cargo bench -p e2e --bench mail`; needs PostgreSQL, RabbitMQ and Redis. The time begins when the tick is written to the
//! file that market-data follows, and ends when the server has the whole mail.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use e2e::{Client, Installation, Mode, append, token_of};
use serde_json::json;
use test_kit::{Figures, MailSink, quantile};

const PER_SECOND: usize = 50;
const SECONDS: usize = 30;
const ALERTS: usize = PER_SECOND * SECONDS;
/// Whoever has waited so long for a mail waits no more.
const PATIENCE: Duration = Duration::from_secs(20);
const PASSWORD: &str = "correct horse battery staple 7";
const EMAIL: &str = "ana@example.com";

#[tokio::main]
async fn main() {
    let mut sink = MailSink::start().await;
    let mut platform = Installation::new(Mode::Distributed).await;
    platform.set("MAIL_URL", &sink.url());
    platform.set("ALERTS__QUOTA", &ALERTS.to_string());
    // One person stands for many here.
    platform.set("NOTIFIER__FLOOD_MESSAGES", "100000");
    let file = platform.file("ticks.csv");
    append(&file, &line(0));
    platform.start(&format!("tail:{}", file.display())).await;
    let ana = registered(&platform.url(), &mut sink).await;
    ana.list_of("/api/assets/", 1).await;
    for n in 1..=ALERTS {
        let condition = json!({"type": "above", "price": price(n)});
        let body = json!({"symbol": "UP", "condition": condition, "note": name(n)});
        ana.post("/api/alerts/", body).await.data();
    }

    let (told, mut heard) = tokio::join!(rise(&file), mails(&mut sink));
    let mut times: Vec<f64> = told
        .iter()
        .filter_map(|(n, begun)| Some((heard.remove(n)? - *begun).as_secs_f64() * 1_000.0))
        .collect();
    times.sort_by(f64::total_cmp);
    platform.stop();
    let mut figures = Figures::of("tick to mail, six processes, 50 firings a second");
    figures.row("mails accepted", times.len() as f64, "mails", &ALERTS.to_string());
    figures.row("tick written to mail accepted, p50", quantile(&times, 0.5), "ms", "");
    figures.row(
        "tick written to mail accepted, p99",
        quantile(&times, 0.99),
        "ms",
        "≤ 250",
    );
    figures.row("tick written to mail accepted, worst", quantile(&times, 1.0), "ms", "");
    figures.keep("mail");
}

fn price(n: usize) -> String {
    (1_000 + n).to_string()
}

/// Between signs that no token is made of.
fn name(n: usize) -> String {
    format!("#{n}#")
}

fn line(n: usize) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{},UP,{},1\n", now.expect("after 1970").as_millis(), price(n))
}

async fn registered(url: &str, sink: &mut MailSink) -> Client {
    let mut client = Client::new(url);
    let body = json!({"name": "Ana", "email": EMAIL, "password": PASSWORD});
    client.post("/api/auth/register/", body).await;
    let token = token_of(&sink.next_to(EMAIL).await.source).expect("a token");
    client
        .post("/api/auth/verify-email/", json!({"token": token}))
        .await
        .data();
    client.login(EMAIL, PASSWORD).await;
    client
}

/// The price rises by one level with each tick.
async fn rise(file: &std::path::Path) -> Vec<(usize, Instant)> {
    let mut beat = tokio::time::interval(Duration::from_secs(1) / PER_SECOND as u32);
    let mut told = Vec::with_capacity(ALERTS);
    for n in 1..=ALERTS {
        beat.tick().await;
        told.push((n, Instant::now()));
        append(file, &line(n));
    }
    told
}

/// When the mail of each alert was accepted; without those that never came.
async fn mails(sink: &mut MailSink) -> HashMap<usize, Instant> {
    let mut heard = HashMap::new();
    while heard.len() < ALERTS {
        let Ok(mail) = tokio::time::timeout(PATIENCE, sink.next_to(EMAIL)).await else {
            break;
        };
        // A line that was too long for a mail goes on behind an equals sign.
        let source = mail.source.replace("=\r\n", "");
        let number = source.split('#').filter_map(|part| part.parse::<usize>().ok());
        let number = number
            .into_iter()
            .find(|n| (1..=ALERTS).contains(n) && source.contains(&name(*n)));
        // A mail about the account carries no number.
        if let Some(number) = number {
            heard.entry(number).or_insert_with(Instant::now);
        }
    }
    heard
}
