//! What handlers, consumers and jobs share.

use domain::{SharedClock, Timestamp};
use messaging::Outbox;
use service_kit::{
    Context,
    db::{Conn, Db},
};

use crate::{config::Config, error::Error, market::Market, metrics::Metrics};

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
}
