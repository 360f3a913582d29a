//! Tells people what happened: in the web app, by mail, and through the channels of their choice.
//!
//! It decides nothing about alerts or orders; it hears facts, writes them down as notifications, and sees to it that
//! each delivery is tried, retried and ended in sight of its owner.

pub mod channels;
pub mod config;
mod consumers;
pub mod domain;
pub mod error;
pub mod http;
pub mod inbox;
mod jobs;
mod metrics;
pub mod state;
mod store;

use std::sync::Arc;

use service_kit::{Context, Running, Tasks};

pub use config::{Config, DEFAULTS};
pub use http::routes;

use crate::{consumers::Facts, state::State};

/// The service's name: audience of tokens, queue, section of the configuration.
pub const SERVICE: &str = "notifier";
/// Its schema in the database.
pub const SCHEMA: &str = "notifier";

/// Starts the service.
pub async fn start(config: Config, context: Context) -> anyhow::Result<Running> {
    let options = config.http.clone();
    let state = Arc::new(State::assemble(&context, config)?);
    let mut tasks = Tasks::new(&context);
    tasks.spawn_shared(&context)?;
    tasks.spawn_consumer(
        &context,
        Arc::new(Facts::new(state.clone())),
        messaging::ConsumerOptions::default(),
    )?;
    jobs::spawn(&mut tasks, &state);
    let server = service_kit::http::serve(&context, &options, state, routes)?;
    Ok(Running::new(&context, server, tasks))
}
