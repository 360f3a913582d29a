//! Paper trading: portfolios, orders, the ledger behind them, and watchlists.
//!
//! A double-entry journal is the truth; balances, lots and profit are derived from it and can be rebuilt. Prices
//! come from the tick log, never from a client. It does not record prices (market-data does) nor tell anybody of
//! a fill (the notifier does, by this service's events).

#![deny(clippy::float_arithmetic, reason = "money is counted in decimals")]

pub mod config;
mod consumers;
pub mod domain;
pub mod error;
pub mod http;
mod jobs;
mod metrics;
pub mod state;
pub mod store;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use service_kit::{
    Context, Running, Tasks,
    health::{CheckState, Importance},
};
use uuid::Uuid;

pub use config::{Config, DEFAULTS};
pub use http::routes;
pub use store::audit::{Problem, Report};

use crate::{
    consumers::Facts,
    domain::{catalogue::Catalogue, prices::PriceTable},
    jobs::{engine::Engine, follower, refresh, snapshots},
    metrics::Metrics,
    state::State,
};

/// How long a start waits for market-data before it goes on without.
const MARKET_PATIENCE: Duration = Duration::from_secs(15);

/// The service's name: audience of tokens, queue, section of the configuration.
pub const SERVICE: &str = "portfolio";
/// Its schema in the database.
pub const SCHEMA: &str = "portfolio";

/// Starts the service.
pub async fn start(config: Config, context: Context) -> anyhow::Result<Running> {
    let state = Arc::new(State {
        db: context.db()?.clone(),
        clock: context.clock.clone(),
        prices: Arc::new(PriceTable::new(config.stale_after())),
        catalogue: Arc::new(Catalogue::default()),
        outbox: context.outbox.clone(),
        messaging: context.messaging.clone(),
        client: context.client.clone(),
        partitions: context.broker.partitions(),
        metrics: Metrics::new(&context.registry)?,
        is_market_known: AtomicBool::new(false),
        config,
    });
    let (asked, started_at) = (state.clone(), Instant::now());
    context.health.add("market", Importance::Required, move || {
        // Without market-data everything but trades can be done, so that is waited for only a while.
        let is_known = asked.is_market_known() || started_at.elapsed() > MARKET_PATIENCE;
        std::future::ready(if is_known {
            CheckState::Up
        } else {
            CheckState::Down("market-data has not told its prices yet".to_owned())
        })
    });
    let mut tasks = Tasks::new(&context);
    tasks.spawn_shared(&context)?;
    tasks.spawn_consumer(
        &context,
        Arc::new(Facts(state.clone())),
        messaging::ConsumerOptions::default(),
    )?;
    // One name for all that this instance owns.
    let holder = Uuid::now_v7();
    for partition in 0..context.broker.partitions() {
        tasks.spawn_droppable(
            "follower",
            follower::run(context.broker.clone(), partition, state.prices.clone()),
        );
        let engine = Engine {
            state: state.clone(),
            broker: context.broker.clone(),
            partition,
            holder,
            stop: context.shutdown.clone(),
        };
        tasks.spawn("order engine", engine.run());
    }
    tasks.spawn("refresh", refresh::run(state.clone(), context.shutdown.clone()));
    let valued = state.clone();
    let period = Duration::from_secs(state.config.snapshot_seconds.max(1));
    tasks.spawn_periodic("snapshots", period, move || snapshots::run(valued.clone(), holder));
    let server = service_kit::http::serve(&context, &state.config.http, state.clone(), routes)?;
    Ok(Running::new(&context, server, tasks))
}

/// Checks the whole ledger of a database: sums, chain, balances, lots. The first problem is the first broken entry.
pub async fn verify_ledger(database_url: &str) -> anyhow::Result<Report> {
    let mut conn = AsyncPgConnection::establish(database_url)
        .await
        .context("the database cannot be reached")?;
    let report = conn
        .transaction(async |conn: &mut AsyncPgConnection| {
            store::audit::hold_still(conn).await?;
            store::audit::verify(conn).await
        })
        .await?;
    Ok(report)
}
