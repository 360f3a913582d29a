//! What handlers and jobs share.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use domain::{SharedClock, Source, Timestamp, candles::MarkedCandle};
use messaging::{Broker, Outbox};
use moka::sync::Cache;
use service_kit::db::{Conn, Db};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    domain::{feed::FeedKind, market::Market, staleness::Staleness},
    error::{Error, Result},
    http::answers::AnswerCache,
    jobs::status::FeedStatus,
    metrics::Metrics,
    store::feed::SourceRow,
};

/// What handlers and jobs share.
pub struct State {
    /// The settings.
    pub config: Config,
    /// Which kind of prices this database holds; decided at the start.
    pub kind: FeedKind,
    /// The time.
    pub clock: SharedClock,
    /// The database.
    pub db: Db,
    /// The broker.
    pub broker: Arc<dyn Broker>,
    /// Where facts are written down.
    pub outbox: Outbox,
    /// How far the tick log was read.
    pub messaging: messaging::Metrics,
    /// What is counted.
    pub metrics: Metrics,
    /// How the sources fare.
    pub feed: FeedStatus,
    /// Ready answers.
    pub answers: AnswerCache,
    /// Stored candles that were asked for lately, with the state of the asset's closed candles then.
    pub candles: Cache<String, (u64, Arc<Vec<MarkedCandle>>)>,
    /// An administrator has changed sources.
    pub settings_changed: Notify,
    /// Cancelled when the service stops.
    pub shutdown: CancellationToken,
    pub(crate) market: RwLock<Market>,
    pub(crate) staleness: RwLock<Staleness>,
    pub(crate) sources: RwLock<Vec<SourceRow>>,
}

impl State {
    /// The market, to read. Never held across an await.
    pub fn market(&self) -> RwLockReadGuard<'_, Market> {
        self.market.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The market, to change. Never held across an await.
    pub(crate) fn market_mut(&self) -> RwLockWriteGuard<'_, Market> {
        self.market.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What administrators have set for a source, as far as it is known.
    pub(crate) fn known_source(&self, source: Source) -> Option<SourceRow> {
        let sources = self.sources.read().unwrap_or_else(PoisonError::into_inner);
        sources.iter().find(|row| row.name == source.as_str()).cloned()
    }

    /// Takes over what administrators have set.
    pub(crate) fn remember_sources(&self, rows: Vec<SourceRow>) {
        *self.sources.write().unwrap_or_else(PoisonError::into_inner) = rows;
    }

    /// When prices are stale.
    pub fn staleness(&self) -> Staleness {
        self.staleness.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A polled source is asked in another period from now on.
    pub(crate) fn set_poll(&self, source: Source, period: std::time::Duration) {
        self.staleness
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .set_poll(source, period);
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A connection to the database.
    pub async fn conn(&self) -> Result<Conn> {
        Ok(self.db.get().await?)
    }

    /// Waits, unless the service stops.
    pub(crate) async fn pause(&self, duration: std::time::Duration) -> Result<()> {
        self.shutdown
            .run_until_cancelled(tokio::time::sleep(duration))
            .await
            .ok_or(Error::Stopping)
    }
}
