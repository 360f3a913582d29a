//! The alerts service: decides when users' price and indicator alerts fire, once each, and keeps what fired.
//!
//! It does not tell anybody: it publishes `alert.fired`, and the notifier tells. It makes no prices either: those come
//! from the tick log, of which one instance at a time decides on each partition.

pub mod config;
mod consumers;
pub mod domain;
mod error;
mod http;
mod jobs;
mod market;
mod metrics;
mod state;
mod store;

use std::{sync::Arc, time::Duration};

use messaging::Pause;
use service_kit::{Context, Running, Tasks};
use tokio::time::sleep;

pub use config::{Config, DEFAULTS};
pub use http::routes;

use crate::{consumers::facts::Facts, state::State};

/// The service's name: audience of tokens, queue, section of the configuration.
pub const SERVICE: &str = "alerts";
/// Its schema in the database.
pub const SCHEMA: &str = "alerts";

/// How often the whole list of assets is compared with the copy.
const COPY_ASSETS_EVERY: Duration = Duration::from_secs(600);
const CLEAN_UP_EVERY: Duration = Duration::from_secs(60);
const COUNT_EVERY: Duration = Duration::from_secs(15);

/// Starts the service.
pub async fn start(config: Config, context: Context) -> anyhow::Result<Running> {
    let state = Arc::new(State::new(config, &context)?);
    let mut tasks = Tasks::new(&context);
    tasks.spawn_shared(&context)?;
    tasks.spawn_consumer(
        &context,
        Arc::new(Facts { state: state.clone() }),
        messaging::ConsumerOptions::default(),
    )?;
    for partition in 0..context.broker.partitions() {
        let owning = consumers::own_partition(
            state.clone(),
            context.broker.clone(),
            partition,
            context.shutdown.clone(),
        );
        tasks.spawn("evaluator", owning);
    }
    tasks.spawn_droppable("copy of assets", copy_assets(state.clone()));
    let cleaned = state.clone();
    tasks.spawn_periodic("clean-up", CLEAN_UP_EVERY, move || jobs::clean_up(cleaned.clone()));
    let counted = state.clone();
    tasks.spawn_periodic("counts", COUNT_EVERY, move || jobs::count(counted.clone()));
    let server = service_kit::http::serve(&context, &state.config.http, state.clone(), routes)?;
    Ok(Running::new(&context, server, tasks))
}

/// Goes on asking until market-data has answered once, and from time to time after that.
async fn copy_assets(state: Arc<State>) -> anyhow::Result<()> {
    let mut pause = Pause::between(Duration::from_millis(250), Duration::from_secs(10));
    loop {
        match jobs::copy_assets(&state).await {
            Ok(()) => {
                sleep(COPY_ASSETS_EVERY).await;
                pause.reset();
            }
            Err(error) => {
                tracing::debug!(error = format!("{error:#}"), "the list of assets can't be had yet");
                pause.rest().await;
            }
        }
    }
}
