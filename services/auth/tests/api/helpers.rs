//! Starts the service for one test and plays the gateway, the browser and the other services.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use auth::Config;
use contracts::{AnyEvent, Event, events::UserMailRequested, internal::MailContent};
use domain::{ManualClock, Timestamp};
use messaging::{Broker, BrokerOptions};
use prometheus::Registry;
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use service_kit::{
    Context, Running, Shared,
    cache::Cache,
    config::{self, CommonConfig},
    identity::InternalTokens,
};
use test_kit::{Database, eventually};
use tokio_util::sync::CancellationToken;

pub use super::actors::{As, Session, claims_of, session_of};
pub use test_kit::totp;

pub const INTERNAL_SECRET: &str = "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6";
pub const DATA_SECRET: &str = "9a0c52e1d7b84f36c1aa02f4e65d7b38";
pub const PASSWORD: &str = "tangled otter lamp";
pub const ORIGIN: &str = "http://localhost:3000";

/// One test's service.
pub struct App {
    pub database: Database,
    pub clock: Arc<ManualClock>,
    settings: Vec<(String, String)>,
    running: Option<Running>,
    broker: Option<Arc<dyn Broker>>,
    facts: Arc<Mutex<Vec<AnyEvent>>>,
    http: reqwest::Client,
    tokens: InternalTokens,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// `data`, of a success with this status.
    pub fn data(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}", self.body);
        &self.body["data"]
    }

    /// The code of a failure.
    pub fn code(&self) -> (u16, &str) {
        (self.status, self.body["error"]["code"].as_str().unwrap_or("no code"))
    }

    /// The reasons of a wrong field.
    pub fn field(&self, name: &str) -> &str {
        assert_eq!(self.status, 422, "{}", self.body);
        self.body["error"]["fields"][name][0]
            .as_str()
            .unwrap_or("nothing about this field")
    }

    /// The value of the refresh cookie that is set.
    pub fn cookie(&self) -> Option<String> {
        let header = self.headers.get("set-cookie")?.to_str().ok()?;
        let value = header.strip_prefix(auth::REFRESH_COOKIE)?.strip_prefix('=')?;
        Some(value.split(';').next().unwrap_or_default().to_owned())
    }
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with settings of the service, such as `("LOCKOUT__FAILURES", "3")`.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::from(chrono::Utc::now())));
        let tokens = InternalTokens::from_secret(&INTERNAL_SECRET.into(), "gateway", clock.clone()).expect("tokens");
        let mut app = Self {
            database: Database::create().await,
            clock,
            settings: settings
                .iter()
                .map(|(name, value)| (format!("AUTH__{name}"), (*value).to_owned()))
                .collect(),
            running: None,
            broker: None,
            facts: Arc::default(),
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(60))
                .build()
                .expect("client"),
            tokens,
        };
        app.run().await;
        app
    }

    async fn run(&mut self) {
        let pairs = [
            ("DATABASE_URL", self.database.url()),
            ("INTERNAL_SECRET", INTERNAL_SECRET.to_owned()),
            ("DATA_SECRET", DATA_SECRET.to_owned()),
            ("AUTH__HTTP__PORT", "0".to_owned()),
            ("AUTH__PASSWORDS__MEMORY_KIB", "64".to_owned()),
            ("AUTH__EVEN_ANSWERS__LOGIN_MS", "0".to_owned()),
            ("AUTH__EVEN_ANSWERS__MAIL_MS", "0".to_owned()),
        ];
        let mut environment: Vec<_> = pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        environment.extend(self.settings.clone());
        let common = CommonConfig::load(None, &environment).expect("common configuration");
        let config: Config =
            config::load(auth::SERVICE, auth::config::DEFAULTS, None, &environment).expect("configuration");
        let metrics = messaging::Metrics::new(&Registry::new()).expect("metrics");
        let broker = messaging::connect(BrokerOptions::new("memory:"), metrics).expect("broker");
        self.collect_facts(&broker).await;
        let shared = Shared {
            clock: self.clock.clone(),
            version: "test",
            shutdown: CancellationToken::new(),
            cache: Cache::in_memory(),
            broker: broker.clone(),
        };
        let context = Context::assemble(auth::SERVICE, Some(auth::SCHEMA), &common, &shared).expect("context");
        self.running = Some(auth::start(config, context).await.expect("start"));
        self.broker = Some(broker);
    }

    /// Plays the services that hear of users.
    async fn collect_facts(&self, broker: &Arc<dyn Broker>) {
        let mut queues = Vec::new();
        for service in ["alerts", "portfolio", "notifier"] {
            queues.push((broker.consume(service, 50).await.expect("queue"), service == "notifier"));
        }
        let facts = self.facts.clone();
        for (mut queue, is_kept) in queues {
            let facts = facts.clone();
            tokio::spawn(async move {
                while let Ok(delivery) = queue.next().await {
                    if is_kept {
                        facts
                            .lock()
                            .expect("facts")
                            .push(serde_json::from_slice(&delivery.body).expect("fact"));
                    }
                    delivery.acker.ack().await.expect("ack");
                }
            });
        }
        let mut live = broker.listen(&["session"]).await.expect("live facts");
        tokio::spawn(async move {
            while let Ok(delivery) = live.next().await {
                facts
                    .lock()
                    .expect("facts")
                    .push(serde_json::from_slice(&delivery.body).expect("fact"));
            }
        });
    }

    /// Changes a setting for the next start.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((format!("AUTH__{name}"), value.to_owned()));
    }

    pub fn now_seconds(&self) -> i64 {
        use domain::Clock as _;
        self.clock.now().millis() / 1000
    }

    /// Stops the service and starts it again.
    pub async fn restart(&mut self) {
        self.running
            .take()
            .expect("a running service")
            .stop()
            .await
            .expect("a clean stop");
        self.broker.take().expect("a broker").close().await;
        self.run().await;
    }

    pub async fn call(&self, who: As<'_>, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_with(who, method, path, body, &[]).await
    }

    pub async fn call_with(
        &self,
        who: As<'_>,
        method: Method,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let token = match who {
            As::Nobody => self.tokens.mint_anonymous(auth::SERVICE),
            As::User(session) => self.tokens.mint_user(auth::SERVICE, &session.identity),
            As::Service => self.tokens.mint_service(auth::SERVICE),
        };
        let mut request = self
            .http
            .request(method, self.url(path))
            .bearer_auth(token)
            .header(auth::CLIENT_ADDRESS.as_str(), "203.0.113.7");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// A request as it stands, without a token.
    pub fn raw(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// The gateway's token for requests of nobody in particular.
    pub fn nobodys_token(&self) -> Arc<str> {
        self.tokens.mint_anonymous(auth::SERVICE)
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.as_ref().expect("a running service").url())
    }

    pub async fn post(&self, who: As<'_>, path: &str, body: Value) -> Answer {
        self.call(who, Method::POST, path, Some(body)).await
    }

    pub async fn get(&self, who: As<'_>, path: &str) -> Answer {
        self.call(who, Method::GET, path, None).await
    }

    pub async fn delete(&self, who: As<'_>, path: &str, body: Option<Value>) -> Answer {
        self.call(who, Method::DELETE, path, body).await
    }

    pub async fn register(&self, email: &str) -> Answer {
        self.post(
            As::Nobody,
            "/api/auth/register/",
            json!({"name": "Ana López", "email": email, "password": PASSWORD}),
        )
        .await
    }

    pub async fn login(&self, email: &str, password: &str) -> Answer {
        self.post(
            As::Nobody,
            "/api/auth/login/",
            json!({"email": email, "password": password, "token_delivery": "body"}),
        )
        .await
    }

    /// Registers and signs in.
    pub async fn user(&self, email: &str) -> Session {
        self.register(email).await.data(202);
        self.sign_in(email, PASSWORD).await
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Session {
        session_of(email, &self.login(email, password).await)
    }

    /// Makes an administrator as the command line does, and signs in.
    pub async fn admin(&self, email: &str) -> Session {
        let admin = auth::NewAdmin {
            email: email.to_owned(),
            name: "Root".to_owned(),
            password: Some(PASSWORD.into()),
        };
        auth::create_admin(&self.database.url(), &DATA_SECRET.into(), admin)
            .await
            .expect("admin");
        self.sign_in(email, PASSWORD).await
    }

    /// The refresh of a program.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.post(As::Nobody, "/api/auth/refresh/", json!({"refresh": token}))
            .await
    }

    /// All facts of one kind so far, oldest first.
    pub fn facts<E: Event>(&self) -> Vec<E> {
        let facts = self.facts.lock().expect("facts");
        facts
            .iter()
            .filter(|fact| fact.is::<E>())
            .map(|fact| fact.read().expect("payload"))
            .collect()
    }

    /// Waits until there are so many facts of a kind.
    pub async fn wait_for<E: Event>(&self, count: usize) -> Vec<E> {
        eventually(E::NAME, async || {
            Some(self.facts::<E>()).filter(|facts| facts.len() >= count)
        })
        .await
    }

    /// Waits until nothing is left to be told.
    pub async fn settle(&self) {
        eventually("an empty outbox", async || {
            (self.database.number("SELECT count(*) FROM auth.outbox").await == 0).then_some(())
        })
        .await;
    }

    /// What the notifier would send, in the order in which it was asked for; void mails are left out.
    pub async fn mails(&self) -> Vec<MailContent> {
        self.settle().await;
        let mut mails = Vec::new();
        for fact in self.facts::<UserMailRequested>() {
            let answer = self
                .get(As::Service, &format!("/internal/mails/{}", fact.mail_id))
                .await;
            if answer.status == 200 {
                mails.push(serde_json::from_value(answer.body["data"].clone()).expect("mail"));
            }
        }
        mails
    }

    /// The token of the newest mail to an address.
    pub async fn mailed_token(&self, address: &str) -> String {
        let mails = self.mails().await;
        let mail = mails.iter().rfind(|mail| mail.to == address).expect("a mail");
        mail.token.clone().expect("a token")
    }

    pub async fn verify(&self, email: &str) {
        let token = self.mailed_token(email).await;
        self.post(As::Nobody, "/api/auth/verify-email/", json!({"token": token}))
            .await
            .data(200);
    }

    pub async fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The actions in the audit log, oldest first.
    pub async fn audited(&self, admin: &Session) -> Vec<String> {
        let page = self.get(As::User(admin), "/api/admin/audit/?limit=200").await;
        let mut actions: Vec<String> = page
            .data(200)
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| row["action"].as_str().expect("action").to_owned())
            .collect();
        actions.reverse();
        actions
    }
}

pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("body");
    Answer {
        status,
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    }
}
