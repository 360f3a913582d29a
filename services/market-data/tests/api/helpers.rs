//! Starts the service for one test, on a database and a tick log of its own.

use std::{path::Path, sync::Arc, time::Duration};

use contracts::Role;
use domain::{SharedClock, SystemClock, UserId};
use market_data::Config;
use messaging::{Broker, BrokerOptions};
use prometheus::Registry;
use secrecy::SecretString;
use serde_json::Value;
use service_kit::{
    Context, Running, Shared,
    cache::Cache,
    config::CommonConfig,
    identity::{InternalTokens, UserIdentity},
};
use tempfile::TempDir;
use test_kit::Database;
use tokio_util::sync::CancellationToken;

const SECRET: &str = "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6";

/// One test's service.
pub struct App {
    pub database: Database,
    pub dir: TempDir,
    running: Option<Running>,
    broker: Option<Arc<dyn Broker>>,
    partitions: u16,
    http: reqwest::Client,
    /// What the service takes for the present.
    pub clock: SharedClock,
    /// Further settings, as the environment gives them.
    pub settings: Vec<(String, String)>,
}

impl App {
    /// Starts with a feed; `{dir}` in it stands for the test's own folder.
    pub async fn start(feed: &str) -> Self {
        let mut app = Self::prepare(4).await;
        app.run(feed).await.expect("start");
        app
    }

    /// Everything but the service.
    pub async fn prepare(partitions: u16) -> Self {
        // Only the first test of a process sets it; the log is shown with a failed test.
        drop(
            tracing_subscriber::fmt()
                .with_test_writer()
                .with_max_level(tracing::Level::INFO)
                .try_init(),
        );
        let http = reqwest::Client::new();
        let dir = tempfile::tempdir().expect("dir");
        Self {
            database: Database::create().await,
            dir,
            running: None,
            broker: None,
            partitions,
            http,
            clock: Arc::new(SystemClock),
            settings: Vec::new(),
        }
    }

    /// Starts the service, or says why it does not start.
    pub async fn run(&mut self, feed: &str) -> anyhow::Result<()> {
        let feed = feed.replace("{dir}", &self.dir.path().display().to_string());
        let pairs = [
            ("DATABASE_URL", self.database.url()),
            ("INTERNAL_SECRET", SECRET.to_owned()),
            ("DATA_SECRET", "9a0c52e1d7b84f36c1aa02f4e65d7b38".to_owned()),
            ("FEED", feed),
            ("MARKET_DATA__HTTP__PORT", "0".to_owned()),
            ("MARKET_DATA__SIMULATOR__HISTORY_DAYS", "1".to_owned()),
            ("MARKET_DATA__INGEST__LEASE_MS", "1200".to_owned()),
        ];
        let pairs = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
        let environment = pairs.chain(self.settings.iter().cloned()).collect();
        let common = CommonConfig::load(None, &environment)?;
        let config = Config::load(&common, None, &environment)?;
        let mut options = BrokerOptions::new("memory:");
        options.partitions = self.partitions;
        options.log_dir = Some(self.dir.path().join("log"));
        let metrics = messaging::Metrics::new(&Registry::new())?;
        let broker = messaging::connect(options, metrics)?;
        self.broker = Some(broker.clone());
        for consumer in contracts::CONSUMERS {
            tokio::spawn(swallow(broker.clone(), consumer.service));
        }
        let shared = Shared {
            clock: self.clock.clone(),
            version: "test",
            shutdown: CancellationToken::new(),
            cache: Cache::in_memory(),
            broker,
        };
        let context = Context::assemble(market_data::SERVICE, Some(market_data::SCHEMA), &common, &shared)?;
        self.running = Some(market_data::start(config, context).await?);
        Ok(())
    }

    /// Stops in order.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await.expect("a clean stop");
        }
        if let Some(broker) = self.broker.take() {
            broker.close().await;
        }
    }

    /// Ends everything at once, as a crash would; what was going on stays undone.
    pub async fn crash(&mut self) {
        drop(self.running.take());
        if let Some(broker) = self.broker.take() {
            broker.close().await;
        }
    }

    /// Appends any bytes to the tick log.
    pub async fn append_to_log(&self, partition: u16, body: &[u8]) {
        let broker = self.broker.as_ref().expect("running");
        broker.append(partition, body.to_vec()).await.expect("append");
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("file");
    }

    pub fn append(&self, name: &str, text: &str) {
        use std::io::Write;
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.path(name));
        file.expect("file").write_all(text.as_bytes()).expect("write");
    }

    pub fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    pub fn url(&self) -> String {
        self.running.as_ref().expect("running").url()
    }

    fn tokens() -> InternalTokens {
        InternalTokens::from_secret(&SecretString::from(SECRET), "gateway", Arc::new(SystemClock)).expect("tokens")
    }

    pub fn anonymous() -> String {
        Self::tokens().mint_anonymous(market_data::SERVICE).to_string()
    }

    pub fn service() -> String {
        Self::tokens().mint_service(market_data::SERVICE).to_string()
    }

    pub fn user(role: Role) -> String {
        let user = UserIdentity {
            id: UserId::new(),
            role,
            session: Some(domain::SessionId::new()),
            scopes: None,
        };
        Self::tokens().mint_user(market_data::SERVICE, &user).to_string()
    }

    /// An answer to an anonymous reader, with its status.
    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.get_as(path, &Self::anonymous()).await
    }

    pub async fn get_as(&self, path: &str, token: &str) -> (u16, Value) {
        let answer = self
            .http
            .get(format!("{}{path}", self.url()))
            .bearer_auth(token)
            .send()
            .await
            .expect("answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("body");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// The data of an answer that must succeed.
    pub async fn data(&self, path: &str) -> Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body["data"].clone()
    }

    pub async fn internal(&self, path: &str) -> Value {
        let (status, body) = self.get_as(path, &Self::service()).await;
        assert_eq!(status, 200, "{path}: {body}");
        body["data"].clone()
    }

    pub async fn patch(&self, path: &str, token: &str, body: Value) -> (u16, Value) {
        let request = self.http.patch(format!("{}{path}", self.url())).bearer_auth(token);
        let answer = request
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .expect("answer");
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_str(&answer.text().await.expect("body")).unwrap_or(Value::Null),
        )
    }

    pub async fn raw(&self, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = self
            .http
            .get(format!("{}{path}", self.url()))
            .bearer_auth(Self::anonymous());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("answer")
    }

    /// Waits until so many ticks are stored.
    pub async fn ticks_stored(&self, wanted: i64) {
        for _ in 0..1_800 {
            if self.count("SELECT count(*) FROM market_data.ticks").await >= wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "{} of {wanted} ticks are stored",
            self.count("SELECT count(*) FROM market_data.ticks").await
        );
    }

    /// Waits until the only source is in this state.
    pub async fn source_is(&self, state: &str) -> Value {
        for _ in 0..600 {
            let status = self.data("/api/market/status/").await;
            if status["providers"][0]["state"] == state {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!(
            "the source never was {state}: {}",
            self.data("/api/market/status/").await
        );
    }

    pub async fn count(&self, query: &str) -> i64 {
        self.database.number(query).await
    }
}

/// Stands for a service that hears every fact at once.
async fn swallow(broker: Arc<dyn Broker>, service: &'static str) {
    let Ok(mut deliveries) = broker.consume(service, 50).await else {
        return;
    };
    while let Ok(delivery) = deliveries.next().await {
        drop(delivery.acker.ack().await);
    }
}

/// Waits until `check` holds.
pub async fn until<F: Future<Output = bool>>(what: &str, mut check: impl FnMut() -> F) {
    for _ in 0..400 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never came true: {what}");
}

#[allow(dead_code, reason = "not every test binary reads files")]
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("file")
}
