//! The market of the story, its alerts, and what they must have told in the end.

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use e2e::{Client, append, text};
use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use test_kit::{eventually, eventually_within};

use crate::{
    Firings, REST,
    model::{Entry, Mode, Model, Rule, Tick, Told, Watched},
};

const ASSETS: usize = 6;
/// Around this price all happens; prices are whole, so that the model's whole numbers are exact.
const MIDDLE: i64 = 1_000;
const BATCH_MS: u64 = 50;
const TICKS_OF_BATCH: usize = 8;

/// Ticks in a file that the platform follows.
pub struct Market {
    file: PathBuf,
    ticks: Vec<Tick>,
    prices: [i64; ASSETS],
}

fn symbol(asset: usize) -> String {
    format!("FIRE{asset}")
}

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.expect("after 1970").as_millis()).expect("before the year 292,277,026")
}

impl Market {
    /// Writes a first tick of each asset.
    pub fn open(file: PathBuf) -> Self {
        let mut market = Self {
            file,
            ticks: Vec::new(),
            prices: [MIDDLE; ASSETS],
        };
        let firsts: Vec<(usize, i64)> = (0..ASSETS).map(|asset| (asset, MIDDLE)).collect();
        market.write(&firsts);
        market
    }

    /// The feed of this market.
    pub fn feed(&self) -> String {
        format!("tail:{}", self.file.display())
    }

    /// How many ticks it had.
    pub fn count(&self) -> usize {
        self.ticks.len()
    }

    /// Waits until the platform knows all assets.
    pub async fn is_listed(&self, user: &Client) {
        user.list_of("/api/assets/", ASSETS).await;
        for asset in 0..ASSETS {
            // The owner of the alerts and of the trades have their own copies.
            eventually("the asset is known to all", async || {
                let body = json!({"symbol": symbol(asset), "condition": {"type": "above", "price": "1"}});
                let known = user.post("/api/alerts/preview/", body).await.status.is_success();
                let list = json!({"name": symbol(asset), "assets": [symbol(asset)]});
                let listed = user.post("/api/watchlists/", list).await.status.is_success();
                (known && listed).then_some(())
            })
            .await;
        }
    }

    /// Goes on at random until the end.
    pub async fn go_on(mut self, end: Instant, mut random: ChaCha8Rng) -> Self {
        let mut beat = tokio::time::interval(std::time::Duration::from_millis(BATCH_MS));
        while Instant::now() < end {
            beat.tick().await;
            let batch: Vec<(usize, i64)> = (0..TICKS_OF_BATCH)
                .map(|_| {
                    let asset = random.random_range(0..ASSETS);
                    // Pulled towards the middle, so that levels are passed again and again.
                    let pull = (MIDDLE - self.prices[asset]) / 10;
                    let price = self.prices[asset] + pull + random.random_range(-4..=4);
                    self.prices[asset] = price;
                    (asset, price)
                })
                .collect();
            self.write(&batch);
        }
        self
    }

    fn write(&mut self, batch: &[(usize, i64)]) {
        let at = now_ms();
        let mut lines = String::new();
        for &(asset, price) in batch {
            let before = self.ticks.iter().filter(|tick| tick.asset == asset).count();
            lines += &format!("{at},{},{price},1\n", symbol(asset));
            self.ticks.push(Tick {
                asset,
                seq: before as u64 + 1,
                at,
                received: at,
                price,
                range: None,
                volume: Some(1),
                is_late: false,
            });
        }
        append(&self.file, &lines);
    }

    /// Waits until the last prices are shown.
    pub async fn is_heard(&self, user: &Client) {
        for asset in 0..ASSETS {
            let last = self.prices[asset].to_string();
            eventually_within(REST, "the last price is shown", async || {
                let body = user.get(&format!("/api/assets/{}/price/", symbol(asset))).await.body;
                (body["data"]["price"] == last.as_str()).then_some(())
            })
            .await;
        }
    }

    /// What the alerts must have told, by the model.
    pub fn expected(&self, alerts: &[Alert]) -> Firings {
        let mut model = Model::default();
        for tick in &self.ticks[..ASSETS] {
            model.step(&Entry::Tick(*tick));
        }
        for alert in alerts {
            let base = model.last(alert.asset).map(|tick| (tick.seq, tick.price, tick.at));
            model.arm(alert.watched(base));
        }
        for tick in &self.ticks[ASSETS..] {
            model.step(&Entry::Tick(*tick));
        }
        let mut firings: Firings = BTreeMap::new();
        for told in model.told {
            match told {
                Told::Fired {
                    alert,
                    key,
                    price,
                    previous,
                    ..
                } => firings.entry(alert).or_default().push((key, price, previous)),
                other => panic!("this story has firings only: {other:?}"),
            }
        }
        firings.values_mut().for_each(|fired| fired.sort());
        firings
    }
}

/// An alert of the story.
pub struct Alert {
    /// Its number in the model.
    pub number: usize,
    /// Whose it is.
    pub owner: usize,
    /// Its id on the platform.
    pub id: String,
    asset: usize,
    rule: Rule,
    mode: Mode,
}

impl Alert {
    /// Creates a random one for a user.
    pub async fn create(number: usize, owner: usize, user: &Client, random: &mut ChaCha8Rng) -> Self {
        let level = MIDDLE + random.random_range(-18..=18);
        let band = (level, level + random.random_range(2..12));
        let rules = [
            Rule::Above(level),
            Rule::Below(level),
            Rule::CrossesAbove(level),
            Rule::CrossesBelow(level),
            Rule::Crosses(level),
            Rule::Enters(band.0, band.1),
            Rule::Exits(band.0, band.1),
            Rule::Outside(band.0 - 15, band.1 + 15),
        ];
        let rule = rules.choose(random).expect("a rule").clone();
        // Whatever fires often would be stopped by the storm guard.
        let mode = *[Mode::Once, Mode::Once, Mode::PerMinute, Mode::PerBar(5)]
            .choose(random)
            .expect("a mode");
        let asset = random.random_range(0..ASSETS);
        let trigger = match mode {
            Mode::PerMinute => json!("once_per_minute"),
            Mode::PerBar(_) => json!({"once_per_bar": "5m"}),
            _ => json!("once"),
        };
        let body = json!({
            "symbol": symbol(asset),
            "condition": condition(&rule),
            "trigger": trigger,
            "cooldown_seconds": 0,
        });
        let made = user.post("/api/alerts/", body).await.data();
        Self {
            number,
            owner,
            id: text(&made["id"]),
            asset,
            rule,
            mode,
        }
    }

    fn watched(&self, base: Option<(u64, i64, i64)>) -> Watched {
        Watched {
            alert: self.number,
            version: 1,
            asset: self.asset,
            rule: self.rule.clone(),
            mode: self.mode,
            cooldown: 0,
            expires: None,
            base,
            is_active: true,
            is_latched: false,
            is_blind: false,
            bucket: None,
            fired_seq: None,
            notified: None,
            recent: Vec::new(),
        }
    }
}

fn condition(rule: &Rule) -> Value {
    let level = |name: &str, price: &i64| json!({"type": name, "price": price.to_string()});
    let channel = |op: &str, low: &i64, high: &i64| json!({"type": "channel", "low": low.to_string(), "high": high.to_string(), "op": op});
    match rule {
        Rule::Above(at) => level("above", at),
        Rule::Below(at) => level("below", at),
        Rule::CrossesAbove(at) => level("crosses_above", at),
        Rule::CrossesBelow(at) => level("crosses_below", at),
        Rule::Crosses(at) => level("crosses", at),
        Rule::Enters(low, high) => channel("enters", low, high),
        Rule::Exits(low, high) => channel("exits", low, high),
        Rule::Outside(low, high) => channel("outside", low, high),
        other => panic!("not in this story: {other:?}"),
    }
}
