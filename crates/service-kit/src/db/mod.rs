//! A service's connections to its schema.
//!
//! Connections are made and driven on the multi-thread runtime, whichever worker asks for them: driven by an HTTP
//! worker's own runtime they would stall behind whatever else that worker does. A database that has fallen silent is
//! noticed within two seconds, also where the network swallows everything without a word.

mod failure;
mod line;
mod sentinel;

use std::{sync::Arc, time::Duration};

use deadpool::{Runtime, managed::Timeouts};
use diesel_async::{
    AsyncConnection, AsyncPgConnection,
    pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool as pooled},
};
use prometheus::{IntCounter, IntGauge, Registry, core::Collector};
use secrecy::ExposeSecret;
use tokio::{runtime::Handle, time::timeout};

use crate::{config::CommonConfig, health::CheckState};

pub use failure::{Unavailable, is_constraint};
use line::{Dialer, LineTag};
pub use messaging::is_outage;
use sentinel::Sentinel;

/// The pool beneath; `messaging` takes it as it is.
pub type Pool = pooled::Pool<AsyncPgConnection>;
/// A connection out of the pool. Store functions take it as `&mut AsyncPgConnection`.
pub type Conn = pooled::Object<AsyncPgConnection>;

/// A service's database: its schema through a pool. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    sentinel: Sentinel,
    wait: Duration,
    refused: IntCounter,
}

impl Db {
    /// Prepares the pool; the first connection is made when somebody needs it.
    ///
    /// Must be called on a multi-thread tokio runtime: connections will live there.
    pub fn open(common: &CommonConfig, service: &str, schema: &str, registry: &Registry) -> anyhow::Result<Self> {
        anyhow::ensure!(
            !common.database_url.expose_secret().is_empty(),
            "DATABASE_URL is not set, and {service} keeps its data there"
        );
        let options = &common.database;
        let dialer = Arc::new(Dialer::new(
            common.database_url.expose_secret(),
            service,
            schema,
            options,
        )?);
        let runtime = Handle::current();
        let sentinel = Sentinel::start(dialer.clone(), Duration::from_millis(options.silence_ms), &runtime);
        let mut config = ManagerConfig::default();
        config.custom_setup = dialer.setup(runtime);
        config.recycling_method = RecyclingMethod::CustomFunction(Box::new(|conn| {
            let is_usable = conn
                .instrumentation()
                .downcast_ref::<LineTag>()
                .is_some_and(LineTag::is_usable);
            let verdict = if is_usable {
                Ok(())
            } else {
                Err(diesel::result::Error::BrokenTransactionManager)
            };
            Box::pin(std::future::ready(verdict))
        }));
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        let wait = Duration::from_millis(options.wait_ms);
        let pool = Pool::builder(manager)
            .max_size(options.pool_size.max(1))
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(wait),
                create: Some(wait),
                recycle: Some(wait),
            })
            .build()?;
        let refused = IntCounter::new(
            "db_unavailable_total",
            "Requests for a connection that got none in time",
        )?;
        registry.register(Box::new(refused.clone()))?;
        registry.register(Box::new(PoolFigures::new(pool.clone())?))?;
        Ok(Self {
            pool,
            sentinel,
            wait,
            refused,
        })
    }

    /// A connection, or the news that there is none in time: 503 where it reaches a client.
    pub async fn get(&self) -> Result<Conn, Unavailable> {
        let found = tokio::select! {
            biased;
            () = self.sentinel.silent() => Err(Unavailable::new("it does not answer")),
            found = timeout(self.wait, self.pool.get()) => match found {
                Ok(found) => found.map_err(|error| Unavailable::new(error.to_string())),
                Err(_) => Err(Unavailable::new("no connection came free in time")),
            },
        };
        found.inspect_err(|_| self.refused.inc())
    }

    /// The pool beneath, for `messaging`.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Whether it answers, asked over a connection of its own.
    pub async fn check(&self) -> CheckState {
        match self.sentinel.probe().await {
            Ok(()) => CheckState::Up,
            Err(error) => CheckState::Down(error.to_string()),
        }
    }

    /// Closes the pool; connections in use close when they come back.
    pub fn close(&self) {
        self.pool.close();
        self.sentinel.stop();
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.pool.status())
    }
}

/// The state of the pool, read when somebody asks for metrics.
struct PoolFigures {
    pool: Pool,
    open: IntGauge,
    in_use: IntGauge,
    waiting: IntGauge,
}

impl PoolFigures {
    fn new(pool: Pool) -> prometheus::Result<Self> {
        Ok(Self {
            pool,
            open: IntGauge::new("db_connections_open", "Connections to the database")?,
            in_use: IntGauge::new("db_connections_in_use", "Connections that somebody holds")?,
            waiting: IntGauge::new("db_connections_awaited", "Requests that wait for a connection")?,
        })
    }
}

impl Collector for PoolFigures {
    fn desc(&self) -> Vec<&prometheus::core::Desc> {
        [&self.open, &self.in_use, &self.waiting]
            .into_iter()
            .flat_map(Collector::desc)
            .collect()
    }

    fn collect(&self) -> Vec<prometheus::proto::MetricFamily> {
        let status = self.pool.status();
        let gauge = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        self.open.set(gauge(status.size));
        self.in_use.set(gauge(status.size.saturating_sub(status.available)));
        self.waiting.set(gauge(status.waiting));
        [&self.open, &self.in_use, &self.waiting]
            .into_iter()
            .flat_map(Collector::collect)
            .collect()
    }
}
