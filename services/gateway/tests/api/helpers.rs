//! Starts the gateway for one test, with a broker, a market and an auth of its own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD};
use contracts::{
    ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_TYPE, AccessClaims, Envelope, Event, LogBatch, LogEntry, Role,
    events::AssetFacts,
    internal::{AssetSnapshot, PriceFacts, PriceSnapshot, Revocation, RevocationPage},
};
use domain::{AssetId, Clock, EventId, Price, SessionId, Source, Symbol, SystemClock, Tick, UserId};
use gateway::{Config, DEFAULTS, SERVICE};
use messaging::{Broker, BrokerOptions, OutgoingFact};
use prometheus::Registry;
use reqwest::Method;
use serde_json::{Value, json};
use service_kit::{
    Context, Running, Shared,
    cache::Cache,
    config::{self, CommonConfig},
};
use test_kit::eventually;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

use crate::socket::Socket;

const PARTITIONS: u16 = 2;
pub const PUBLIC_URL: &str = "https://candlewick.example";

/// What the stand-ins know.
pub struct World {
    pub keys: Keys,
    pub assets: Vec<AssetFacts>,
    pub prices: HashMap<AssetId, PriceFacts>,
    /// Answers to any other path, and how long each takes.
    pub answers: HashMap<String, (Value, Duration)>,
    /// Answers that are written otherwise.
    pub texts: HashMap<String, String>,
    pub revocations: Vec<Revocation>,
    /// The names of the keys that count, as auth tells them.
    pub key_ids: Vec<String>,
    /// A second key, as it is published.
    pub second_key: Option<(&'static str, Keys)>,
}

/// Signs access tokens as auth does.
pub struct Keys(Ed25519KeyPair);

impl Keys {
    /// A fresh pair.
    pub fn generate() -> Self {
        Self(Ed25519KeyPair::generate().expect("a key"))
    }

    fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key().as_ref())
    }

    /// The public key's bytes.
    pub fn public_bytes(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// A token of any header and claims, with a signature that fits.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// A person with a sign-in.
pub struct Person {
    pub id: UserId,
    pub session: SessionId,
    pub token: String,
}

/// One test's world.
pub struct App {
    pub broker: Arc<dyn Broker>,
    pub world: Arc<Mutex<World>>,
    pub running: Running,
    services: MockServer,
    next: Mutex<HashMap<String, u64>>,
    http: reqwest::Client,
}

impl App {
    /// A gateway with two assets and the default settings.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A gateway with two assets and these settings.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::start_on(Cache::in_memory(), settings).await
    }

    /// The same on this cache.
    pub async fn start_on(cache: Cache, settings: &[(&str, &str)]) -> Self {
        // Shown with a failing test alone; another test may have set it first.
        drop(
            tracing_subscriber::fmt()
                .with_env_filter("info,wiremock=warn")
                .with_test_writer()
                .try_init(),
        );
        let mut options = BrokerOptions::new("memory:");
        options.partitions = PARTITIONS;
        let metrics = messaging::Metrics::new(&Registry::new()).expect("metrics");
        let broker = messaging::connect(options, metrics).expect("broker");
        let world = Arc::new(Mutex::new(World {
            keys: Keys::generate(),
            assets: Vec::new(),
            prices: HashMap::new(),
            answers: HashMap::new(),
            texts: HashMap::new(),
            revocations: Vec::new(),
            key_ids: vec!["test".to_owned()],
            second_key: None,
        }));
        let services = serve(world.clone()).await;
        for (id, symbol, rank) in [("bitcoin", "BTC", 1), ("ethereum", "ETH", 2)] {
            world.lock().expect("world").assets.push(asset(id, symbol, rank));
        }
        let running = run(&services, (broker.clone(), cache), settings).await;
        let app = Self {
            broker,
            world,
            running,
            services,
            next: Mutex::default(),
            http: reqwest::Client::new(),
        };
        eventually("the gateway knows the assets and the keys", async || {
            let mut socket = app.socket().await;
            socket.subscribe(&["ticker:BTC"]).await;
            let is_known = socket.next().await["type"] == "snapshot" && app.running.is_ready().await;
            is_known.then_some(())
        })
        .await;
        app
    }

    /// A connection.
    pub async fn socket(&self) -> Socket {
        Socket::open(&self.running.url(), &[]).await.expect("a connection")
    }

    /// Appends a tick to the log.
    pub async fn tick(&self, asset: &str, price: &str) -> Tick {
        self.append(asset, price, false).await
    }

    /// Appends a tick that is older than one before it.
    pub async fn late_tick(&self, asset: &str, price: &str) -> Tick {
        self.append(asset, price, true).await
    }

    async fn append(&self, asset: &str, price: &str, is_late: bool) -> Tick {
        let asset = AssetId::parse(asset).expect("id");
        let seq = {
            let mut next = self.next.lock().expect("numbers");
            *next.entry(asset.to_string()).and_modify(|seq| *seq += 1).or_insert(1)
        };
        let now = SystemClock.now();
        let tick = Tick {
            asset: asset.clone(),
            seq,
            event_at: now,
            received_at: now,
            price: Price::parse(price).expect("price"),
            quantity: None,
            range: None,
            source: Source::Kraken,
            is_late,
        };
        let batch = LogBatch {
            epoch: 1,
            entries: vec![LogEntry::Tick(tick.clone())],
            feed_position: None,
        };
        let body = batch.encode().expect("a batch");
        self.broker
            .append(asset.partition(PARTITIONS), body)
            .await
            .expect("appended");
        tick
    }

    /// Appends a tick, and waits until a newcomer hears of it.
    pub async fn known_tick(&self, asset: &str, price: &str) -> Tick {
        let tick = self.tick(asset, price).await;
        eventually("the price is known", async || {
            let mut socket = self.socket().await;
            socket.subscribe(&[&format!("ticker:{asset}")]).await;
            (socket.next().await["data"]["price"] == price).then_some(())
        })
        .await;
        tick
    }

    /// A person whose access token lives for so many seconds.
    pub fn person(&self, seconds: i64) -> Person {
        self.person_with(Role::User, seconds)
    }

    /// The same with a role.
    pub fn person_with(&self, role: Role, seconds: i64) -> Person {
        let (id, session) = (UserId::new(), SessionId::new());
        let token = self.token((id, role), session, seconds);
        Person { id, session, token }
    }

    fn token(&self, (id, role): (UserId, Role), session: SessionId, seconds: i64) -> String {
        let now = SystemClock.now().millis() / 1_000;
        let claims = AccessClaims {
            iss: PUBLIC_URL.to_owned(),
            aud: ACCESS_TOKEN_AUDIENCE.to_owned(),
            sub: id.uuid(),
            sid: session.uuid(),
            role,
            iat: now,
            exp: now + seconds,
        };
        let header = json!({"typ": ACCESS_TOKEN_TYPE, "alg": "EdDSA", "kid": "test"});
        let keys = &self.world.lock().expect("world").keys;
        keys.sign(&header.to_string(), &json!(claims).to_string())
    }

    /// Another access token of the same sign-in.
    pub fn token_of(&self, person: &Person, seconds: i64) -> String {
        self.token((person.id, Role::User), person.session, seconds)
    }

    /// What a service answers to a path, from now on.
    pub fn answer(&self, path: &str, data: Value) {
        self.answer_after(Duration::ZERO, path, data);
    }

    /// The same, slowly.
    pub fn answer_after(&self, delay: Duration, path: &str, data: Value) {
        let body = json!({"success": true, "data": data, "message": ""});
        let mut world = self.world.lock().expect("world");
        world.answers.insert(path.to_owned(), (body, delay));
    }

    /// What reached a path of the services, oldest first.
    pub async fn received(&self, path: &str) -> Vec<Request> {
        let all = self.services.received_requests().await.expect("requests are kept");
        all.into_iter().filter(|request| request.url.path() == path).collect()
    }

    /// Asks the gateway over HTTP.
    pub fn ask(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.running.url());
        self.http.request(method, url).timeout(Duration::from_secs(30))
    }

    /// The status of a GET with this access token.
    pub async fn get_as(&self, token: &str, path: &str) -> reqwest::Response {
        let asked = self.ask(Method::GET, path).bearer_auth(token).send().await;
        asked.expect("the gateway answers")
    }

    /// Tells a fact.
    pub async fn tell<E: Event>(&self, fact: E) {
        let envelope = Envelope {
            id: EventId::new(),
            name: E::NAME.to_owned(),
            version: E::VERSION,
            occurred_at: SystemClock.now(),
            key: fact.key(),
            seq: 1,
            correlation_id: Uuid::now_v7(),
            producer: "test".to_owned(),
            payload: fact,
        };
        let fact = OutgoingFact {
            id: envelope.id,
            routing_key: envelope.routing_key(),
            body: serde_json::to_vec(&envelope).expect("json"),
            is_mandatory: false,
            target_service: None,
        };
        // Nobody acknowledges here: handing it over is enough.
        drop(tokio::time::timeout(std::time::Duration::from_millis(50), self.broker.publish(fact)).await);
    }
}

/// What is known of an asset.
pub fn asset(id: &str, symbol: &str, rank: u32) -> AssetFacts {
    AssetFacts {
        asset_id: AssetId::parse(id).expect("id"),
        symbol: Symbol::parse(symbol).expect("symbol"),
        name: symbol.to_lowercase(),
        image_url: None,
        rank: Some(rank),
        enabled: true,
        version: 1,
    }
}

async fn run(services: &MockServer, (broker, cache): (Arc<dyn Broker>, Cache), settings: &[(&str, &str)]) -> Running {
    let mut environment: std::collections::BTreeMap<String, String> = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let pairs = [
        ("INTERNAL_SECRET", "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6"),
        ("DATA_SECRET", "9a0c52e1d7b84f36c1aa02f4e65d7b38"),
        // Never asked: the gateway has no database.
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing"),
        ("PUBLIC_URL", PUBLIC_URL),
        ("GATEWAY__HTTP__PORT", "0"),
        ("GATEWAY__OPERATIONS__PORT", "0"),
        ("GATEWAY__REVOCATION_POLL_MS", "100"),
    ];
    for (name, value) in pairs {
        environment.entry(name.to_owned()).or_insert_with(|| value.to_owned());
    }
    for service in ["AUTH", "MARKET_DATA", "PORTFOLIO", "NOTIFIER", "ALERTS"] {
        let address = environment.entry(format!("SERVICES__{service}"));
        address.or_insert_with(|| services.uri());
    }
    let environment = environment.into_iter().collect();
    let common = CommonConfig::load(None, &environment).expect("common config");
    let config: Config = config::load(SERVICE, DEFAULTS, None, &environment).expect("config");
    let shared = Shared {
        clock: Arc::new(SystemClock),
        version: "test",
        shutdown: CancellationToken::new(),
        cache,
        broker,
    };
    let context = Context::assemble(SERVICE, None, &common, &shared).expect("context");
    gateway::start(config, context, &[]).await.expect("start")
}

/// Stands in for the services behind the gateway.
async fn serve(world: Arc<Mutex<World>>) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(matchers::any())
        .respond_with(move |request: &Request| {
            let world = world.lock().expect("world");
            let path = match request.url.query() {
                Some(query) => format!("{}?{query}", request.url.path()),
                None => request.url.path().to_owned(),
            };
            if let Some(text) = world.texts.get(&path) {
                return ResponseTemplate::new(200).set_body_raw(text.clone(), "application/json");
            }
            let data = match request.url.path() {
                "/internal/assets" => json!(AssetSnapshot {
                    assets: world.assets.clone()
                }),
                "/internal/prices" => json!(PriceSnapshot {
                    prices: world.prices.values().cloned().collect(),
                    stale_after_ms: Source::ALL.into_iter().map(|source| (source, 60_000)).collect(),
                }),
                "/internal/revocations" => json!(RevocationPage {
                    revocations: world.revocations.clone(),
                    cursor: 0,
                    key_ids: world.key_ids.clone(),
                }),
                "/internal/jwks" => {
                    let second = world.second_key.as_ref().map(|(name, keys)| (*name, keys));
                    let keys = [("test", &world.keys)].into_iter().chain(second);
                    let keys: Vec<Value> = keys
                        .map(|(name, keys)| json!({"kid": name, "crv": "Ed25519", "x": keys.public()}))
                        .collect();
                    json!({"keys": keys})
                }
                _ => match world.answers.get(&path) {
                    Some((body, delay)) => return ResponseTemplate::new(200).set_body_json(body).set_delay(*delay),
                    None => return ResponseTemplate::new(404),
                },
            };
            ResponseTemplate::new(200).set_body_json(json!({"success": true, "data": data, "message": ""}))
        })
        .mount(&server)
        .await;
    server
}
