//! Starts the service for one test, on a database, a broker and a clock of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use contracts::{
    Envelope, Event, LogBatch, LogEntry, Role,
    events::{AssetFacts, AssetListed},
};
use domain::{
    AssetId, Clock, EventId, ManualClock, Price, SessionId, Source, Symbol, SystemClock, Tick, Timestamp, UserId,
};
use messaging::{Broker, BrokerOptions, OutgoingFact};
use portfolio::{Config, DEFAULTS, SCHEMA, SERVICE};
use prometheus::Registry;
use reqwest::{Method, RequestBuilder};
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Value, json};
use service_kit::{
    Context, Running, Shared,
    cache::Cache,
    config::{self, CommonConfig},
    identity::{InternalTokens, UserIdentity},
};
use test_kit::{Database, eventually};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const SECRET: &str = "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6";
const PARTITIONS: u16 = 2;

/// One test's service.
pub struct App {
    pub database: Database,
    pub clock: Arc<ManualClock>,
    pub broker: Arc<dyn Broker>,
    pub running: Option<Running>,
    http: reqwest::Client,
    tokens: InternalTokens,
    seq: AtomicU64,
    /// How many messages were appended to each partition.
    messages: [AtomicI64; PARTITIONS as usize],
}

impl App {
    /// Starts it with Bitcoin at 60,000 USD and Ether at 3,000 USD.
    pub async fn start() -> Self {
        let app = Self::start_bare().await;
        app.list("bitcoin", "BTC", 1).await;
        app.list("ethereum", "ETH", 2).await;
        app.tick("bitcoin", "60000").await;
        app.tick("ethereum", "3000").await;
        app
    }

    /// Starts it without assets and prices.
    pub async fn start_bare() -> Self {
        let database = Database::create().await;
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let mut options = BrokerOptions::new("memory:");
        options.partitions = PARTITIONS;
        let metrics = messaging::Metrics::new(&Registry::new()).expect("metrics");
        let broker = messaging::connect(options, metrics).expect("broker");
        let tokens =
            InternalTokens::from_secret(&SecretString::from(SECRET), "gateway", clock.clone()).expect("tokens");
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()
            .expect("client");
        let mut app = Self {
            database,
            clock,
            broker,
            running: None,
            http,
            tokens,
            seq: AtomicU64::new(1),
            messages: Default::default(),
        };
        app.run().await;
        app
    }

    /// Starts the service again on what is there.
    pub async fn run(&mut self) {
        let pairs = [
            ("DATABASE_URL", self.database.url()),
            ("INTERNAL_SECRET", SECRET.to_owned()),
            ("DATA_SECRET", "9a0c52e1d7b84f36c1aa02f4e65d7b38".to_owned()),
            ("DATABASE__POOL_SIZE", "16".to_owned()),
            ("SERVICES__MARKET_DATA", "http://127.0.0.1:9".to_owned()),
            ("PORTFOLIO__HTTP__PORT", "0".to_owned()),
            ("PORTFOLIO__LEASE_MS", "1500".to_owned()),
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
        self.running = Some(portfolio::start(config, context).await.expect("start"));
    }

    /// A new user.
    pub fn user(&self) -> User<'_> {
        User {
            app: self,
            id: UserId::new(),
            role: Role::User,
        }
    }

    /// A user who was there before.
    pub fn user_named(&self, id: UserId) -> User<'_> {
        User {
            app: self,
            id,
            role: Role::User,
        }
    }

    pub fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new administrator.
    pub fn admin(&self) -> User<'_> {
        User {
            app: self,
            id: UserId::new(),
            role: Role::Admin,
        }
    }

    /// Tells the service of an asset, as market-data does, and waits until it knows.
    pub async fn list(&self, id: &str, symbol: &str, rank: u32) {
        let facts = AssetFacts {
            asset_id: AssetId::parse(id).expect("id"),
            symbol: Symbol::parse(symbol).expect("symbol"),
            name: symbol.to_lowercase(),
            image_url: None,
            rank: Some(rank),
            enabled: true,
            version: 1,
        };
        self.say("market-data", &AssetListed(facts), 1).await;
        let ask = json!({"name": format!("probe {}", Uuid::new_v4()), "assets": [id]});
        eventually("the asset is known", async || {
            let probe = self.user();
            (probe.post("/api/watchlists/", ask.clone()).await.0 == 201).then_some(())
        })
        .await;
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
            target_service: Some(SERVICE.to_owned()),
        };
        self.broker.publish(fact).await.expect("published");
    }

    /// Appends a tick of now to the log and waits until the service shows that price.
    pub async fn tick(&self, asset: &str, price: &str) -> u64 {
        let at = self.clock.now();
        let seq = self.append(asset, price, at).await;
        eventually("the price is known", async || {
            (self.seen(asset).await.as_deref() == Some(price)).then_some(())
        })
        .await;
        seq
    }

    /// Appends a tick to the log.
    pub async fn append(&self, asset: &str, price: &str, at: Timestamp) -> u64 {
        self.append_of_writer(1, asset, price, at).await
    }

    /// As the writer of a term does.
    pub async fn append_of_writer(&self, epoch: u64, asset: &str, price: &str, at: Timestamp) -> u64 {
        let seq = self.seq.fetch_add(1, Ordering::SeqCst);
        let asset = AssetId::parse(asset).expect("id");
        let partition = asset.partition(PARTITIONS);
        let tick = Tick {
            asset,
            seq,
            event_at: at,
            received_at: at,
            price: Price::parse(price).expect("price"),
            quantity: None,
            range: None,
            source: Source::Kraken,
            is_late: false,
        };
        let batch = LogBatch {
            epoch,
            entries: vec![LogEntry::Tick(tick)],
            feed_position: None,
        };
        self.broker
            .append(partition, batch.encode().expect("bytes"))
            .await
            .expect("appended");
        self.messages[usize::from(partition)].fetch_add(1, Ordering::SeqCst);
        seq
    }

    /// Waits until resting orders were tried against all that an asset's partition holds, and that is saved.
    pub async fn tried_all(&self, asset: &str) {
        let partition = AssetId::parse(asset).expect("id").partition(PARTITIONS);
        let messages = self.messages[usize::from(partition)].load(Ordering::SeqCst);
        let position = format!(
            "SELECT coalesce(max(next_offset), 0) FROM portfolio.log_positions WHERE reader = 'orders' AND partition_id = {partition}"
        );
        eventually("the position is saved", async || {
            (self.database.number(&position).await >= messages).then_some(())
        })
        .await;
    }

    /// The newest price that the service knows, read from what a refused order or a summary says.
    async fn seen(&self, asset: &str) -> Option<String> {
        let probe = self.user();
        let (status, body) = probe
            .post(
                "/api/virtual-portfolio/trades/",
                json!({"symbol": asset, "side": "buy", "quote_amount": "1.00"}),
            )
            .await;
        (status == 201)
            .then(|| body["data"]["trade"]["quote"]["price"].as_str().map(str::to_owned))
            .flatten()
    }

    pub fn service_token(&self) -> String {
        self.tokens.mint_service(SERVICE).to_string()
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        let url = self.running.as_ref().expect("running").url();
        self.http.request(method, format!("{url}{path}")).bearer_auth(token)
    }

    /// An answer to another service.
    pub async fn internal(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path, &self.service_token())).await
    }

    /// What the metric of this name and these labels shows.
    pub async fn counted(&self, series: &str) -> u64 {
        let request = self.request(Method::GET, "/metrics", &self.service_token());
        let text = request.send().await.expect("answer").text().await.expect("metrics");
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        line.map_or(0, |value| value.trim().parse().expect("a whole number"))
    }

    /// The ledger must hold.
    pub async fn verify(&self) {
        let report = portfolio::verify_ledger(&self.database.url()).await.expect("verified");
        assert!(report.is_sound(), "{report}");
    }
}

/// A signed-in person.
#[derive(Clone, Copy)]
pub struct User<'a> {
    pub app: &'a App,
    pub id: UserId,
    role: Role,
}

impl User<'_> {
    pub fn token(&self) -> String {
        let identity = UserIdentity {
            id: self.id,
            role: self.role,
            session: Some(SessionId::new()),
            scopes: None,
        };
        self.app.tokens.mint_user(SERVICE, &identity).to_string()
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.app.request(Method::GET, path, &self.token())).await
    }

    pub async fn data(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body["data"].clone()
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.app.request(Method::DELETE, path, &self.token())).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.app.request(Method::PUT, path, &self.token()).json(&body)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.app.request(Method::POST, path, &self.token()).json(&body)).await
    }

    /// A POST of exactly this text.
    pub async fn post_text(&self, path: &str, body: &str) -> (u16, Value) {
        let request = self.app.request(Method::POST, path, &self.token());
        answer(request.header("content-type", "application/json").body(body.to_owned())).await
    }

    /// A POST with an `Idempotency-Key`; also says whether the answer is a repetition.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> (u16, Value, bool) {
        let request = self
            .app
            .request(Method::POST, path, &self.token())
            .header("Idempotency-Key", key)
            .json(&body);
        let response = request.send().await.expect("answer");
        let is_replay = response.headers().contains_key("idempotent-replayed");
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default(), is_replay)
    }

    pub async fn trade(&self, body: Value) -> Value {
        let (status, body) = self.post("/api/virtual-portfolio/trades/", body).await;
        assert_eq!(status, 201, "{body}");
        body["data"].clone()
    }

    pub async fn order(&self, body: Value) -> Value {
        let (status, body) = self.post("/api/virtual-portfolio/orders/", body).await;
        assert_eq!(status, 201, "{body}");
        body["data"].clone()
    }

    pub async fn portfolio(&self) -> Value {
        self.data("/api/virtual-portfolio/").await
    }

    /// Waits until an order has this status, and gives it.
    pub async fn order_becomes(&self, order: &Value, status: &str) -> Value {
        let path = format!("/api/virtual-portfolio/orders/{}/", order["id"].as_str().expect("id"));
        eventually(&format!("the order is {status}"), async || {
            let order = self.data(&path).await;
            (order["status"] == status).then_some(order)
        })
        .await
    }
}

pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("answer");
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or_default())
}

/// A decimal of an answer.
pub fn dec(value: &Value) -> Decimal {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .parse()
        .expect("decimal")
}

/// The code of a refusal.
pub fn code(body: &Value) -> &str {
    body["error"]["code"].as_str().unwrap_or_default()
}
