//! Accounts: who somebody is, how they prove it, and what an administrator may do about it.
//!
//! Owns users, passwords, sessions, second factors, personal API tokens, signing keys and the audit log. It does not
//! check access tokens (the gateway does, with the published keys) and sends no mail (the notifier does, with
//! what `/internal/mails/{id}` says).

mod command;
pub mod config;
mod domain;
mod error;
mod http;
mod jobs;
mod metrics;
mod state;
mod store;

use std::sync::Arc;

pub use command::{AdminCreated, CommandError, KeyRotation, NewAdmin, create_admin, rotate_keys, verify_audit};
pub use config::{Config, DEFAULTS};
pub use error::Error;
pub use http::{CLIENT_ADDRESS, REFRESH_COOKIE, routes};
use service_kit::{Context, Running, Tasks};

use crate::state::State;

/// The service's name.
pub const SERVICE: &str = "auth";
/// Its schema in the database.
pub const SCHEMA: &str = "auth";

/// Starts the service.
pub async fn start(config: Config, context: Context) -> anyhow::Result<Running> {
    let http = config.http.clone();
    let state = Arc::new(State::assemble(&context, config).await?);
    let mut tasks = Tasks::new(&context);
    jobs::spawn(&mut tasks, &state);
    tasks.spawn_shared(&context)?;
    let server = service_kit::http::serve(&context, &http, state, routes)?;
    Ok(Running::new(&context, server, tasks))
}
