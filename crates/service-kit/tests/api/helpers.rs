//! A running tiny service with a database, a cache and a broker of its own.

use std::{sync::Arc, time::Duration};

use contracts::Role;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use domain::{ManualClock, SessionId, SystemClock, Timestamp, UserId};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use service_kit::{
    Context, Running, Shared,
    cache::Cache,
    config::{self, CommonConfig, Environment},
    identity::{InternalTokens, UserIdentity},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::tiny_service;

pub const SERVER: &str = "postgres://postgres@127.0.0.1:5432";
pub const SERVICE: &str = "tiny";

/// A database that is dropped at the end.
pub struct TestDatabase {
    name: String,
}

impl TestDatabase {
    pub async fn create() -> Self {
        let name = format!("cw_{}", Uuid::new_v4().simple());
        let mut admin = connect(&format!("{SERVER}/postgres")).await;
        admin
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .expect("create the database");
        let database = Self { name };
        let mut conn = connect(&database.url()).await;
        let shared = [
            include_str!("../../../../migrations/messaging/2026-11-25-000001_messaging/up.sql"),
            include_str!("../../../../migrations/messaging/2026-11-25-000002_idempotency/up.sql"),
        ];
        conn.batch_execute("CREATE SCHEMA tiny; SET search_path TO tiny")
            .await
            .expect("schema");
        for sql in shared {
            conn.batch_execute(sql).await.expect("shared tables");
        }
        let own = "CREATE TABLE tiny.notes (id uuid PRIMARY KEY, user_id uuid NOT NULL, text text NOT NULL, created_at timestamptz NOT NULL)";
        conn.batch_execute(own).await.expect("own table");
        database
    }

    pub fn url(&self) -> String {
        format!("{SERVER}/{}", self.name)
    }

    /// A connection outside of the service's pool.
    pub async fn connect(&self) -> AsyncPgConnection {
        connect(&self.url()).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A thread of its own: the test's runtime is about to end.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("runtime");
            runtime.block_on(async { connect(&format!("{SERVER}/postgres")).await.batch_execute(&sql).await })
        });
        if !matches!(dropping.join(), Ok(Ok(()))) {
            eprintln!("the database {} could not be dropped", self.name);
        }
    }
}

async fn connect(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url)
        .await
        .expect("these tests need PostgreSQL on 127.0.0.1:5432, user postgres without a password")
}

pub struct App {
    pub running: Running,
    pub context: Context,
    pub database: TestDatabase,
    pub clock: Arc<ManualClock>,
    pub http: reqwest::Client,
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts it with more of the environment.
    pub async fn start_with(extra: &[(&str, &str)]) -> Self {
        let database = TestDatabase::create().await;
        let url = database.url();
        Self::start_on(database, &url, extra).await
    }

    /// Starts it with its database behind a proxy on this port.
    pub async fn start_behind_port(port: u16) -> Self {
        let database = TestDatabase::create().await;
        let url = database.url().replace(":5432", &format!(":{port}"));
        Self::start_on(database, &url, &[]).await
    }

    async fn start_on(database: TestDatabase, url: &str, extra: &[(&str, &str)]) -> Self {
        let mut pairs = vec![("DATABASE_URL", url), ("DATABASE__POOL_SIZE", "4")];
        pairs.extend(extra);
        let environment = environment(&pairs);
        let clock = Arc::new(ManualClock::new(domain::Clock::now(&SystemClock)));
        let context = context(&environment, clock.clone());
        let config = config::load(SERVICE, tiny_service::DEFAULTS, None, &environment).expect("config");
        let running = tiny_service::start(config, context.clone()).await.expect("start");
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .expect("client");
        Self {
            running,
            context,
            database,
            clock,
            http,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.running.url()))
    }

    /// A request of nobody, without any token.
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn user(&self) -> User<'_> {
        self.user_with(|_| {})
    }

    pub fn admin(&self) -> User<'_> {
        self.user_with(|identity| identity.role = Role::Admin)
    }

    pub fn user_with(&self, change: impl FnOnce(&mut UserIdentity)) -> User<'_> {
        let mut identity = identity();
        change(&mut identity);
        User {
            app: self,
            token: self.context.internal.mint_user(SERVICE, &identity),
        }
    }
}

/// Somebody with a token for the tiny service.
pub struct User<'a> {
    app: &'a App,
    pub token: Arc<str>,
}

impl User<'_> {
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.app.request(method, path).bearer_auth(&self.token)
    }

    pub fn create(&self, text: &str) -> RequestBuilder {
        self.request(Method::POST, "/api/notes/")
            .json(&serde_json::json!({ "text": text }))
    }
}

/// An answer, read.
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// Status, code and request id of a failure in the envelope.
    pub fn failure(&self) -> (u16, String) {
        let json = self.json();
        assert_eq!(json["success"], false, "{json}");
        assert_eq!(json["data"], Value::Null, "{json}");
        assert!(json["message"].is_string(), "{json}");
        assert_eq!(json["error"]["request_id"], self.header("x-request-id"), "{json}");
        assert_eq!(json["error"].get("fields").is_some(), self.status == 422, "{json}");
        (self.status, json["error"]["code"].as_str().expect("code").to_owned())
    }
}

pub async fn send(request: RequestBuilder) -> Got {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    Got {
        status,
        headers,
        text: response.text().await.expect("a body"),
    }
}

pub fn identity() -> UserIdentity {
    UserIdentity {
        id: UserId::new(),
        role: Role::User,
        session: Some(SessionId::new()),
        scopes: None,
    }
}

pub fn environment(extra: &[(&str, &str)]) -> Environment {
    let base = [
        ("INTERNAL_SECRET", "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6"),
        ("DATA_SECRET", "9a0c52e1d7b84f36c1aa02f4e65d7b38"),
    ];
    base.iter()
        .chain(extra)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

pub fn context(environment: &Environment, clock: Arc<ManualClock>) -> Context {
    assemble(Some("tiny"), environment, clock).expect("context")
}

/// The context of a service with this schema, or with no database.
pub fn assemble(schema: Option<&str>, environment: &Environment, clock: Arc<ManualClock>) -> anyhow::Result<Context> {
    let common = CommonConfig::load(None, environment).expect("common configuration");
    let metrics = messaging::Metrics::new(&prometheus::Registry::new()).expect("metrics");
    let broker = messaging::connect(messaging::BrokerOptions::new("memory:"), metrics).expect("broker");
    let shared = Shared {
        clock,
        version: "1.2.3",
        shutdown: CancellationToken::new(),
        cache: Cache::in_memory(),
        broker,
    };
    Context::assemble(SERVICE, schema, &common, &shared)
}

/// Tokens as another service mints them.
pub fn tokens_of(service: &'static str, secret: &str, clock: Arc<ManualClock>) -> InternalTokens {
    InternalTokens::from_secret(&secret.to_owned().into(), service, clock).expect("tokens")
}

pub fn at(raw: &str) -> Timestamp {
    Timestamp::parse(raw).expect("time")
}

/// Waits until `condition` holds, ten seconds at most.
pub async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while !condition().await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "{what} did not happen within ten seconds"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
