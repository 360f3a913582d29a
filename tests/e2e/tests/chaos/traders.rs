//! People who trade all the while, and note what they were promised.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use e2e::{Client, text};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use serde_json::{Value, json};
use test_kit::eventually_within;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::{REST, all_pages};

/// Everybody who trades.
pub struct Traders {
    is_over: Arc<AtomicBool>,
    working: Vec<JoinHandle<Trader>>,
}

/// Somebody who trades.
pub struct Trader {
    client: Client,
    /// The trades that were answered with 201.
    trades: Vec<String>,
    /// So many deposits and withdrawals were answered with success.
    fundings: usize,
}

impl Traders {
    /// Lets them begin.
    pub fn start(clients: impl Iterator<Item = Client>, seed: u64) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let working = clients
            .enumerate()
            .map(|(number, client)| {
                let random = ChaCha8Rng::seed_from_u64(seed.wrapping_add(1_000 + number as u64));
                tokio::spawn(trade(client, random, Arc::clone(&is_over)))
            })
            .collect();
        Self { is_over, working }
    }

    /// Waits until each has an answer to its last request.
    pub async fn finish(self) -> Vec<Trader> {
        self.is_over.store(true, Ordering::Relaxed);
        let mut traders = Vec::new();
        for working in self.working {
            traders.push(working.await.expect("a trader"));
        }
        traders
    }
}

async fn trade(client: Client, mut random: ChaCha8Rng, is_over: Arc<AtomicBool>) -> Trader {
    let mut trader = Trader {
        client,
        trades: Vec::new(),
        fundings: 0,
    };
    while !is_over.load(Ordering::Relaxed) {
        let pause = random.random_range(20..300);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let symbol = format!("FIRE{}", random.random_range(0..6));
        let (path, body) = match random.random_range(0..5) {
            0 => ("fund", json!({"amount": "25.00", "direction": "deposit"})),
            1 => ("fund", json!({"amount": "5.00", "direction": "withdraw"})),
            2 => ("trades", json!({"symbol": symbol, "side": "sell", "quantity": "0.01"})),
            _ => (
                "trades",
                json!({"symbol": symbol, "side": "buy", "quote_amount": "20.00"}),
            ),
        };
        trader.insist(path, &body).await;
    }
    trader
}

impl Trader {
    /// Asks with one key until there is an answer that says whether it was done.
    async fn insist(&mut self, path: &str, body: &Value) {
        let key = Uuid::new_v4().to_string();
        let url = format!("/api/virtual-portfolio/{path}/");
        loop {
            let answer = self
                .client
                .attempt(Method::POST, &url, Some(body), &[("idempotency-key", &key)])
                .await;
            let Some(answer) = answer.ok() else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            let is_running = answer.body["error"]["code"] == "idempotency_in_progress";
            match answer.status.as_u16() {
                200 | 201 if path == "fund" => self.fundings += 1,
                201 => self.trades.push(text(&answer.body["data"]["trade"]["id"])),
                429 | 500.. => {}
                401 => self.client.login_again().await,
                _ if is_running => {}
                // Nothing to sell, or a price that is too old: refused, and so nothing was done.
                409 => return,
                status => panic!("{status} to {body}: {}", answer.body),
            }
            if answer.status.is_success() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// How many promises it holds.
    pub fn promised(&self) -> usize {
        self.trades.len() + self.fundings
    }

    /// Every promise was kept once, and nothing else was done.
    pub async fn is_in_the_books(&self) {
        let mut promised = self.trades.clone();
        promised.sort();
        eventually_within(REST, "the trades are those that were promised", async || {
            let rows = all_pages(&self.client, "/api/virtual-portfolio/trades/").await;
            let mut kept: Vec<String> = rows.iter().map(|row| text(&row["id"])).collect();
            kept.sort();
            (kept == promised).then_some(())
        })
        .await;
        let rows = all_pages(&self.client, "/api/virtual-portfolio/funding-history/").await;
        // The first one is what every portfolio begins with.
        let fundings = rows.iter().filter(|row| row["amount"] != "100000.00").count();
        assert_eq!(fundings, self.fundings, "deposits and withdrawals");
    }
}
