//! What a service is handed at its start.

use std::{collections::BTreeMap, sync::Arc};

use domain::SharedClock;
use messaging::BrokerState;
use prometheus::Registry;
use secrecy::SecretString;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    cache::Cache,
    client::InternalClient,
    config::CommonConfig,
    db::Db,
    health::{CheckState, Health, Importance},
    identity::InternalTokens,
    instances::Instance,
    runtime_figures::RuntimeFigures,
};

/// Everything that a service gets from outside, apart from its own configuration.
#[derive(Clone)]
pub struct Context {
    /// The service's name, such as `market-data`; also the audience of tokens for it.
    pub service: &'static str,
    /// The version of the program.
    pub version: &'static str,
    /// This running process of it.
    pub instance: Instance,
    /// The time.
    pub clock: SharedClock,
    /// Where the service registers its metrics.
    pub registry: Registry,
    /// Its database; `None` for the gateway.
    pub db: Option<Db>,
    /// Redis, or its stand-in inside the process.
    pub cache: Cache,
    /// Facts and ticks.
    pub broker: Arc<dyn messaging::Broker>,
    /// Where facts are written down.
    pub outbox: messaging::Outbox,
    /// What happens to messages.
    pub messaging: messaging::Metrics,
    /// Mints and verifies internal tokens.
    pub internal: InternalTokens,
    /// Calls other services.
    pub client: InternalClient,
    /// Where the other services listen.
    pub services: ServiceUrls,
    /// What `/health/ready` asks.
    pub health: Health,
    /// Cancelled when the service stops; every task ends then.
    pub shutdown: CancellationToken,
    /// Secrets that services share.
    pub secrets: Secrets,
    /// Where users find the web app.
    pub public_url: Url,
    /// The multi-thread runtime that drives connections.
    pub runtime: Handle,
}

/// Secrets that services share. They never print.
#[derive(Clone)]
pub struct Secrets {
    /// Keys what lies in the database.
    pub data_secret: Arc<SecretString>,
}

/// The addresses of the services.
#[derive(Debug, Clone, Default)]
pub struct ServiceUrls(Arc<BTreeMap<String, Url>>);

impl ServiceUrls {
    /// From names and addresses.
    pub fn new(urls: impl IntoIterator<Item = (String, Url)>) -> Self {
        Self(Arc::new(urls.into_iter().collect()))
    }

    /// Where `service` listens.
    pub fn get(&self, service: &str) -> Option<&Url> {
        self.0.get(service)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Url)> {
        self.0.iter().map(|(name, url)| (name.as_str(), url))
    }
}

/// What the services of one process share.
#[derive(Clone)]
pub struct Shared {
    /// The time.
    pub clock: SharedClock,
    /// The version of the program.
    pub version: &'static str,
    /// Cancelling it stops everything at once; [`crate::Running::stop`] is the orderly way.
    pub shutdown: CancellationToken,
    /// Redis, or its stand-in inside the process.
    pub cache: Cache,
    /// RabbitMQ, or its stand-in inside the process.
    pub broker: Arc<dyn messaging::Broker>,
}

impl Context {
    /// Puts a service's context together. `schema` is the service's own in the database; `None` without one.
    ///
    /// Must be called on a multi-thread tokio runtime: it becomes the one that drives connections.
    pub fn assemble(
        service: &'static str,
        schema: Option<&str>,
        common: &CommonConfig,
        shared: &Shared,
    ) -> anyhow::Result<Self> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let messaging = messaging::Metrics::beside(shared.broker.metrics(), &registry)?;
        let runtime = Handle::current();
        registry.register(Box::new(RuntimeFigures::new(runtime.clone())?))?;
        let health = Health::new(service, shared.version);
        let db = match schema {
            Some(schema) => Some(Db::open(common, service, schema, &registry)?),
            None => None,
        };
        let internal = InternalTokens::from_secret(&common.internal_secret, service, shared.clock.clone())?;
        let services = common.service_urls();
        let client = InternalClient::new(services.clone(), internal.clone(), runtime.clone())?;
        let context = Self {
            service,
            version: shared.version,
            instance: Instance::new(shared.version, &shared.clock),
            clock: shared.clock.clone(),
            registry,
            db,
            cache: shared.cache.clone(),
            broker: shared.broker.clone(),
            outbox: messaging::Outbox::new(service),
            messaging,
            internal,
            client,
            services,
            health,
            shutdown: shared.shutdown.child_token(),
            secrets: Secrets {
                data_secret: Arc::new(common.data_secret.clone()),
            },
            public_url: common.public_url.clone(),
            runtime,
        };
        context.add_checks();
        Ok(context)
    }

    /// The database.
    pub fn db(&self) -> anyhow::Result<&Db> {
        self.db
            .as_ref()
            .ok_or_else(|| anyhow::anyhow!("{} has no database", self.service))
    }

    fn add_checks(&self) {
        if let Some(db) = self.db.clone() {
            self.health.add("database", Importance::Required, move || {
                let db = db.clone();
                async move { db.check().await }
            });
        }
        let broker = self.broker.clone();
        self.health.add("broker", Importance::Optional, move || {
            std::future::ready(match broker.state() {
                BrokerState::Up => CheckState::Up,
                BrokerState::Down(reason) => CheckState::Down(reason),
            })
        });
        let cache = self.cache.clone();
        self.health.add("cache", Importance::Optional, move || {
            let cache = cache.clone();
            async move {
                match cache.ping().await {
                    Ok(()) => CheckState::Up,
                    Err(gone) => CheckState::Down(gone.to_string()),
                }
            }
        });
    }
}
