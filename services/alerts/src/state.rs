//! What handlers, consumers and jobs share.

use std::sync::Mutex;

use domain::{SharedClock, Timestamp};
use messaging::Outbox;
use service_kit::{
    Context,
    db::{Conn, Db},
};
use tokio::{sync::Semaphore, time::Instant};

use crate::{config::Config, domain::GapLimits, error::Error, market::Market, metrics::Metrics};

/// The state of a running service.
pub struct State {
    /// Its database.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Where facts are written down.
    pub outbox: Outbox,
    /// How far the tick log was read.
    pub messaging: messaging::Metrics,
    /// What market-data knows.
    pub market: Market,
    /// How many partitions the tick log has.
    pub partitions: u16,
    /// One place for each preview that may be computed.
    pub previews: Semaphore,
    /// When market-data was last asked for assets that the copy lacks.
    pub assets_asked_at: Mutex<Option<Instant>>,
    /// What is counted.
    pub metrics: Metrics,
    /// Settings.
    pub config: Config,
}

impl State {
    /// From what the service was handed.
    pub fn new(config: Config, context: &Context) -> anyhow::Result<Self> {
        Ok(Self {
            db: context.db()?.clone(),
            clock: context.clock.clone(),
            outbox: context.outbox.clone(),
            messaging: context.messaging.clone(),
            market: Market::new(context.client.clone()),
            partitions: context.broker.partitions(),
            previews: Semaphore::new(config.previews_at_once),
            assets_asked_at: Mutex::default(),
            metrics: Metrics::new(&context.registry)?,
            config,
        })
    }

    /// A connection.
    pub async fn conn(&self) -> Result<Conn, Error> {
        Ok(self.db.get().await?)
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long each source may be silent, at least as long as it promises.
    pub async fn gap_limits(&self) -> GapLimits {
        let default_ms = self.config.no_data_after_s * 1_000;
        let promised = self.market.prices().await.map(|snapshot| snapshot.stale_after_ms);
        let by_source = promised
            .inspect_err(|error| tracing::warn!(%error, "market-data does not tell how long its sources may be silent"))
            .unwrap_or_default()
            .into_iter()
            .map(|(source, limit)| (source, limit.max(default_ms)))
            .collect();
        GapLimits { default_ms, by_source }
    }
}
