//! Starts the service for one test, on a database, a broker, a clock and an inbox of its own.

mod user;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use contracts::{
    Envelope, Event, Role,
    events::{AlertFired, UserFacts, UserRegistered},
    internal::MailContent,
};
use domain::{
    AlertId, AssetId, Clock, EventId, FiringId, ManualClock, Price, Source, Symbol, SystemClock, Timestamp, UserId,
};
use messaging::{Broker, BrokerOptions, OutgoingFact};
use notifier::{
    Config, SCHEMA, SERVICE,
    inbox::{Inbox, InboxConfig, Mail},
};
use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::{Value, json};
use service_kit::{Context, Running, Shared, cache::Cache, config::CommonConfig, identity::InternalTokens};
use test_kit::{Database, eventually};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path, path_regex},
};

pub use user::User;

const SECRET: &str = "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6";

/// One test's service.
pub struct App {
    pub database: Database,
    pub clock: Arc<ManualClock>,
    pub broker: Arc<dyn Broker>,
    pub inbox: Inbox,
    pub running: Running,
    pub deleted_alerts: Arc<Mutex<BTreeSet<Uuid>>>,
    pub mails: Arc<Mutex<BTreeMap<Uuid, MailContent>>>,
    _auth: MockServer,
    pub alerts: MockServer,
    http: reqwest::Client,
    tokens: InternalTokens,
    seqs: Mutex<BTreeMap<(String, String), u64>>,
}

impl App {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// With some settings of its own.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        drop(
            tracing_subscriber::fmt()
                .with_test_writer()
                .with_env_filter(std::env::var("RUST_LOG").unwrap_or_default())
                .try_init(),
        );
        let database = Database::create().await;
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let metrics = messaging::Metrics::new(&prometheus::Registry::new()).expect("metrics");
        let broker = messaging::connect(BrokerOptions::new("memory:"), metrics).expect("broker");
        let inbox = notifier::inbox::start(InboxConfig::on_free_ports())
            .await
            .expect("inbox");
        let (mails, deleted_alerts) = (Arc::default(), Arc::default());
        let (auth, alerts) = (auth_stub(&mails).await, alerts_stub(&deleted_alerts).await);
        let mut environment = vec![
            ("DATABASE_URL".to_owned(), database.url()),
            ("INTERNAL_SECRET".to_owned(), SECRET.to_owned()),
            ("DATA_SECRET".to_owned(), "9a0c52e1d7b84f36c1aa02f4e65d7b38".to_owned()),
            ("DATABASE__POOL_SIZE".to_owned(), "20".to_owned()),
            ("MAIL_URL".to_owned(), inbox.smtp_url()),
            (
                "MAIL_FROM".to_owned(),
                "Candlewick <noreply@candlewick.example>".to_owned(),
            ),
            ("PUBLIC_URL".to_owned(), "https://candlewick.example".to_owned()),
            ("SERVICES__AUTH".to_owned(), auth.uri()),
            ("SERVICES__ALERTS".to_owned(), alerts.uri()),
            ("NOTIFIER__HTTP__PORT".to_owned(), "0".to_owned()),
            ("NOTIFIER__POLL_MS".to_owned(), "50".to_owned()),
            ("NOTIFIER__WEB__ALLOW_PRIVATE_TARGETS".to_owned(), "true".to_owned()),
        ];
        environment.retain(|(name, _)| settings.iter().all(|(own, _)| own != name));
        environment.extend(
            settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let common = CommonConfig::load(None, &environment).expect("common config");
        let config = Config::load(&common, None, &environment).expect("config");
        let shared = Shared {
            clock: clock.clone(),
            version: "test",
            shutdown: CancellationToken::new(),
            cache: Cache::in_memory(),
            broker: broker.clone(),
        };
        let context = Context::assemble(SERVICE, Some(SCHEMA), &common, &shared).expect("context");
        let running = notifier::start(config, context).await.expect("start");
        let tokens =
            InternalTokens::from_secret(&SecretString::from(SECRET), "gateway", clock.clone()).expect("tokens");
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .no_proxy()
            .build()
            .expect("client");
        let seqs = Mutex::default();
        Self {
            database,
            clock,
            broker,
            inbox,
            running,
            deleted_alerts,
            mails,
            _auth: auth,
            alerts,
            http,
            tokens,
            seqs,
        }
    }

    /// A new user with a verified address, known to the service.
    pub async fn user(&self) -> User<'_> {
        let facts = self.facts();
        self.register(facts).await
    }

    /// What auth says of a new user.
    pub fn facts(&self) -> UserFacts {
        let user_id = UserId::new();
        UserFacts {
            user_id,
            email: format!("u{}@example.com", user_id.uuid().simple()),
            email_verified: true,
            name: "Ana".to_owned(),
            locale: "en".to_owned(),
            role: Role::User,
            is_active: true,
            version: 1,
            created_at: self.clock.now(),
        }
    }

    /// Tells the service of a user.
    pub async fn register(&self, facts: UserFacts) -> User<'_> {
        let user = User {
            app: self,
            id: facts.user_id,
            role: facts.role,
            email: facts.email.clone(),
        };
        self.say(&UserRegistered(facts)).await;
        user
    }

    /// Says a fact on behalf of another service; returns once it is handled.
    pub async fn say<E: Event>(&self, event: &E) {
        let fact = self.fact(event);
        self.broker.publish(fact).await.expect("published");
    }

    /// A fact, numbered.
    pub fn fact<E: Event>(&self, event: &E) -> OutgoingFact {
        let context = E::NAME.split('.').next().unwrap_or_default().to_owned();
        let seq = {
            let mut seqs = self.seqs.lock().expect("lock");
            let seq = seqs.entry((context, event.key())).or_insert(0);
            *seq += 1;
            *seq
        };
        let envelope = Envelope {
            id: EventId::new(),
            name: E::NAME.to_owned(),
            version: E::VERSION,
            occurred_at: self.clock.now(),
            key: event.key(),
            seq,
            correlation_id: Uuid::now_v7(),
            producer: "test".to_owned(),
            payload: event,
        };
        let body = serde_json::to_vec(&envelope).expect("json");
        OutgoingFact {
            id: envelope.id,
            routing_key: envelope.routing_key(),
            body,
            is_mandatory: true,
            target_service: Some("notifier".to_owned()),
        }
    }

    /// A fired alert of a user.
    pub fn fired(&self, user: UserId) -> AlertFired {
        let at = self.clock.now();
        AlertFired {
            firing_id: FiringId::new(),
            alert_id: AlertId::new(),
            alert_version: 1,
            user_id: user,
            trigger_key: "seq:7".to_owned(),
            asset_id: AssetId::parse("bitcoin").expect("id"),
            symbol: Symbol::parse("BTC").expect("symbol"),
            asset_name: "Bitcoin".to_owned(),
            condition: json!({"type": "above", "price": "70000"}),
            note: None,
            channels: vec!["in_app".to_owned(), "email".to_owned()],
            previous_price: Some(Price::parse("69999").expect("price")),
            price: Price::parse("70001.5").expect("price"),
            source: Source::Coinbase,
            event_at: at,
            received_at: at,
            evaluated_at: at,
            late: false,
            from_candle_range: false,
            previous_value: None,
            value: None,
        }
    }

    /// The mails to an address, newest first.
    pub fn mails_to(&self, address: &str) -> Vec<Arc<Mail>> {
        self.inbox.mailbox().list(Some(address), 1_000)
    }

    /// The first mail to an address, when it is there.
    pub async fn mail_to(&self, address: &str) -> Arc<Mail> {
        eventually("a mail arrives", async || self.mails_to(address).first().cloned()).await
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.running.url()))
            .bearer_auth(token)
    }

    pub fn anonymous_token(&self) -> String {
        self.tokens.mint_anonymous(SERVICE).to_string()
    }

    /// What the metric of this name and these labels shows.
    pub async fn counted(&self, series: &str) -> u64 {
        let request = self.request(Method::GET, "/metrics", &self.anonymous_token());
        let text = request.send().await.expect("answer").text().await.expect("metrics");
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        line.map_or(0, |value| value.trim().parse().expect("a whole number"))
    }

    /// An answer to another service.
    pub async fn internal(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path, &self.tokens.mint_service(SERVICE))).await
    }

    pub fn advance(&self, seconds: u64) -> Timestamp {
        self.clock.advance(Duration::from_secs(seconds));
        self.clock.now()
    }

    /// Waits until nothing is left to be sent at this moment of the clock.
    pub async fn quiet(&self) {
        eventually("everything due was tried", async || {
            let now = self.clock.now();
            let due = format!("SELECT count(*) FROM notifier.deliveries WHERE state = 'pending' AND digest_id IS NULL AND next_attempt_at <= '{now}'");
            (self.database.number(&due).await == 0).then_some(())
        })
        .await;
    }
}

async fn auth_stub(mails: &Arc<Mutex<BTreeMap<Uuid, MailContent>>>) -> MockServer {
    let server = MockServer::start().await;
    let users = json!({"success": true, "data": {"users": [], "next": null}, "message": "ok"});
    Mock::given(method("GET"))
        .and(path("/internal/users"))
        .respond_with(ResponseTemplate::new(200).set_body_json(users))
        .mount(&server)
        .await;
    let mails = mails.clone();
    let respond = move |request: &Request| {
        let id = request
            .url
            .path()
            .rsplit('/')
            .next()
            .and_then(|id| id.parse::<Uuid>().ok())
            .unwrap_or_default();
        match mails.lock().expect("lock").get(&id) {
            Some(content) => ResponseTemplate::new(200).set_body_json(json!({"success": true, "data": content, "message": "ok"})),
            None => ResponseTemplate::new(404)
                .set_body_json(json!({"success": false, "data": null, "message": "no such mail", "error": {"code": "not_found", "request_id": Uuid::nil()}})),
        }
    };
    Mock::given(method("GET"))
        .and(path_regex("^/internal/mails/"))
        .respond_with(respond)
        .mount(&server)
        .await;
    server
}

async fn alerts_stub(deleted: &Arc<Mutex<BTreeSet<Uuid>>>) -> MockServer {
    let server = MockServer::start().await;
    let deleted = deleted.clone();
    let respond = move |request: &Request| {
        let question: Value = request.body_json().expect("json");
        let asked: Vec<Uuid> = serde_json::from_value(question["alert_ids"].clone()).expect("ids");
        let deleted = deleted.lock().expect("lock");
        let existing: Vec<Uuid> = asked.into_iter().filter(|id| !deleted.contains(id)).collect();
        ResponseTemplate::new(200)
            .set_body_json(json!({"success": true, "data": {"alert_ids": existing}, "message": "ok"}))
    };
    Mock::given(method("POST"))
        .and(path("/internal/alerts/existing"))
        .respond_with(respond)
        .mount(&server)
        .await;
    server
}

pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}
