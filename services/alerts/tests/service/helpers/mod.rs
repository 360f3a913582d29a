//! Starts the service for one test, on a database, a broker, a clock and a market of its own.

mod market;
mod user;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use alerts::{Config, DEFAULTS, SCHEMA, SERVICE};
use contracts::{Envelope, Event, LogBatch, LogEntry, events::AssetFacts, internal::PriceFacts};
use domain::{
    AssetId, Candle, Clock, EventId, Interval, ManualClock, Price, Source, Symbol, SystemClock, Tick, Timestamp, UserId,
};
use messaging::{Broker, BrokerOptions, OutgoingFact};
use prometheus::Registry;
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::{Value, json};
use service_kit::{
    Context, Running, Shared,
    cache::Cache,
    config::{self, CommonConfig},
    identity::InternalTokens,
};
use test_kit::{BrokerPrefix, Database, amqp_url, eventually};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wiremock::MockServer;

use market::Market;
pub use user::User;

const SECRET: &str = "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6";
pub const PARTITIONS: u16 = 2;

/// One test's world.
pub struct App {
    pub database: Database,
    pub clock: Arc<ManualClock>,
    pub broker: Arc<dyn Broker>,
    pub market: Arc<Mutex<Market>>,
    pub running: Option<Running>,
    market_server: MockServer,
    http: reqwest::Client,
    tokens: InternalTokens,
    next: Mutex<HashMap<String, u64>>,
    _prefix: Option<BrokerPrefix>,
}

impl App {
    /// On the broker inside the process.
    pub async fn start() -> Self {
        Self::start_on(BrokerOptions::new("memory:"), None).await
    }

    /// On RabbitMQ.
    pub async fn start_on_rabbit() -> Self {
        let prefix = BrokerPrefix::new(PARTITIONS);
        let mut options = BrokerOptions::new(amqp_url());
        options.prefix = prefix.as_str().to_owned();
        Self::start_on(options, Some(prefix)).await
    }

    async fn start_on(mut options: BrokerOptions, prefix: Option<BrokerPrefix>) -> Self {
        // Shown with a failing test alone; another test may have set it first.
        drop(
            tracing_subscriber::fmt()
                .with_env_filter("info,wiremock=warn")
                .with_test_writer()
                .try_init(),
        );
        options.partitions = PARTITIONS;
        let metrics = messaging::Metrics::new(&Registry::new()).expect("metrics");
        let market = Arc::new(Mutex::new(Market::default()));
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let mut app = Self {
            database: Database::create().await,
            broker: messaging::connect(options, metrics).expect("broker"),
            market_server: market::serve(market.clone()).await,
            market,
            running: None,
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(30))
                .no_proxy()
                .build()
                .expect("client"),
            tokens: InternalTokens::from_secret(&SecretString::from(SECRET), "gateway", clock.clone()).expect("tokens"),
            clock,
            next: Mutex::default(),
            _prefix: prefix,
        };
        app.list("bitcoin", "BTC", 1);
        app.list("ethereum", "ETH", 2);
        app.run().await;
        app
    }

    /// Starts an instance of the service on what is there.
    pub async fn instance(&self) -> Running {
        let pairs = [
            ("DATABASE_URL", self.database.url()),
            ("INTERNAL_SECRET", SECRET.to_owned()),
            ("DATA_SECRET", "9a0c52e1d7b84f36c1aa02f4e65d7b38".to_owned()),
            ("SERVICES__MARKET_DATA", self.market_server.uri()),
            ("ALERTS__HTTP__PORT", "0".to_owned()),
            ("ALERTS__LEASE_S", "2".to_owned()),
            ("ALERTS__QUOTA", "20".to_owned()),
        ];
        let environment = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        let common = CommonConfig::load(None, &environment).expect("common config");
        let config: Config = config::load(SERVICE, DEFAULTS, None, &environment).expect("config");
        let shared = Shared {
            clock: self.clock.clone(),
            version: "test",
            shutdown: CancellationToken::new(),
            cache: Cache::in_memory(),
            broker: self.broker.clone(),
        };
        let context = Context::assemble(SERVICE, Some(SCHEMA), &common, &shared).expect("context");
        alerts::start(config, context).await.expect("start")
    }

    /// Starts the service, and waits until it knows the assets.
    pub async fn run(&mut self) {
        self.running = Some(self.instance().await);
        eventually("the assets are known", async || {
            (self.database.number("SELECT count(*) FROM alerts.assets").await >= 2).then_some(())
        })
        .await;
    }

    /// Ends the service in order.
    pub async fn stop(&mut self) {
        self.running
            .take()
            .expect("running")
            .stop()
            .await
            .expect("stopped in order");
    }

    /// Ends the service as a crash would.
    pub fn kill(&mut self) {
        drop(self.running.take());
    }

    pub fn list(&self, id: &str, symbol: &str, rank: u32) {
        self.market.lock().expect("market").assets.push(AssetFacts {
            asset_id: AssetId::parse(id).expect("id"),
            symbol: Symbol::parse(symbol).expect("symbol"),
            name: symbol.to_lowercase(),
            image_url: None,
            rank: Some(rank),
            enabled: true,
            version: 1,
        });
    }

    pub fn user(&self) -> User<'_> {
        User {
            app: self,
            id: UserId::new(),
            scopes: None,
        }
    }

    /// A tick of now, as market-data would write it.
    pub fn next_tick(&self, asset: &str, price: &str) -> Tick {
        let at = self.clock.now();
        let mut next = self.next.lock().expect("numbers");
        let seq = next.entry(asset.to_owned()).and_modify(|seq| *seq += 1).or_insert(1);
        Tick {
            asset: AssetId::parse(asset).expect("id"),
            seq: *seq,
            event_at: at,
            received_at: at,
            price: Price::parse(price).expect("price"),
            quantity: None,
            range: None,
            source: Source::Kraken,
            is_late: false,
        }
    }

    /// Appends a tick to the log; market-data knows it at once.
    pub async fn tick(&self, asset: &str, price: &str) -> Tick {
        let tick = self.next_tick(asset, price);
        self.append(&tick).await;
        tick
    }

    pub async fn append(&self, tick: &Tick) {
        {
            let mut market = self.market.lock().expect("market");
            let facts = PriceFacts {
                asset_id: tick.asset.clone(),
                price: tick.price,
                source: tick.source,
                event_at: tick.event_at,
                received_at: tick.received_at,
                seq: tick.seq,
                day_ago: None,
            };
            market.prices.insert(tick.asset.clone(), facts);
            let ticks = market.ticks.entry(tick.asset.clone()).or_default();
            if ticks.last().is_none_or(|last| last.seq < tick.seq) {
                ticks.push(tick.clone());
            }
        }
        self.append_entries(tick.asset.partition(PARTITIONS), vec![LogEntry::Tick(tick.clone())])
            .await;
    }

    pub async fn append_entries(&self, partition: u16, entries: Vec<LogEntry>) {
        self.append_of_writer(1, partition, entries).await;
    }

    /// As the writer of a term does.
    pub async fn append_of_writer(&self, epoch: u64, partition: u16, entries: Vec<LogEntry>) {
        let batch = LogBatch {
            epoch,
            entries,
            feed_position: None,
        };
        let bytes = batch.encode().expect("bytes");
        // As the ingestor does: again until the broker confirms; readers drop what they have seen.
        eventually("the batch is appended", async || {
            self.broker.append(partition, bytes.clone()).await.ok()
        })
        .await;
    }

    /// A one-minute candle around 60,000, so many minutes behind `start`.
    pub fn quiet_candle(&self, asset: &AssetId, start: Timestamp, minute: i64, high: &str) -> Candle {
        let price = |text: &str| Price::parse(text).expect("price");
        Candle {
            asset: asset.clone(),
            interval: Interval::M1,
            start: Timestamp::from_millis(start.millis() + minute * 60_000).expect("time"),
            prices: domain::Ohlc {
                open: price("60000"),
                high: price(high),
                low: price("59990"),
                close: price("60000"),
            },
            volume: None,
            samples: 1,
            is_closed: true,
            filled: false,
            partial: false,
            repaired: true,
        }
    }

    /// Says a fact on behalf of another service.
    pub async fn say<E: Event>(&self, producer: &str, event: &E, seq: u64) {
        let envelope = Envelope {
            id: EventId::new(),
            name: E::NAME.to_owned(),
            version: E::VERSION,
            occurred_at: self.clock.now(),
            key: event.key(),
            seq,
            correlation_id: Uuid::now_v7(),
            producer: producer.to_owned(),
            payload: event,
        };
        let body = serde_json::to_vec(&envelope).expect("json");
        let fact = OutgoingFact {
            id: envelope.id,
            routing_key: envelope.routing_key(),
            body,
            is_mandatory: true,
            target_service: Some("alerts".to_owned()),
        };
        self.broker.publish(fact).await.expect("published");
    }

    /// How many facts of a name were ever written down. The relay deletes what it has handed over, so numbers count.
    pub async fn facts(&self, alert: &str) -> i64 {
        self.database
            .number(&format!(
                "SELECT coalesce(max(last), 0) FROM alerts.sequences WHERE context = 'alert' AND key = '{alert}'"
            ))
            .await
    }

    /// Waits until everything up to so many messages of an asset's partition is decided, and that is saved.
    pub async fn decided(&self, asset: &str, messages: i64) {
        let partition = AssetId::parse(asset).expect("id").partition(PARTITIONS);
        let position = format!(
            "SELECT coalesce(max(next_offset), 0) FROM alerts.log_positions WHERE reader = 'alerts' AND partition_id = {partition}"
        );
        eventually("the position is saved", async || {
            (self.database.number(&position).await >= messages).then_some(())
        })
        .await;
    }

    pub async fn request(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}{path}", self.running.as_ref().expect("running").url());
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// What the metric of this name and these labels shows.
    pub async fn counted(&self, series: &str) -> u64 {
        let (_, text) = self.as_service("/metrics").await;
        let lines = text.as_str().expect("text").lines();
        let value = lines.filter_map(|line| line.strip_prefix(series)).next();
        value.map_or(0, |value| value.trim().parse().expect("a whole number"))
    }

    pub async fn as_service(&self, path: &str) -> (u16, Value) {
        let token = self.tokens.mint_service(SERVICE);
        self.request(Method::GET, path, &token, None).await
    }

    /// A question of another service.
    pub async fn ask_as_service(&self, path: &str, body: Value) -> (u16, Value) {
        let token = self.tokens.mint_service(SERVICE);
        self.request(Method::POST, path, &token, Some(body)).await
    }

    /// Which of these alerts exist, as the notifier asks right before it sends.
    pub async fn existing(&self, ids: &[&str]) -> Vec<String> {
        let (status, answer) = self
            .ask_as_service("/internal/alerts/existing", json!({"alert_ids": ids}))
            .await;
        assert_eq!(status, 200, "{answer}");
        serde_json::from_value(answer["data"]["alert_ids"].clone()).expect("ids")
    }
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let text = response.text().await.expect("a body");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A level alert on Bitcoin.
pub fn level(kind: &str, price: &str) -> Value {
    json!({"symbol": "BTC", "condition": {"type": kind, "price": price}})
}
