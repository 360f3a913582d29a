//! The one door to the platform: who calls, how often, and which service answers.
//!
//! The gateway owns no data. It ends the outside world: what a client says about itself stops here, and services
//! hear it only in a short-lived token that the gateway mints.

pub mod config;
mod consumers;
pub mod domain;
mod error;
mod http;
mod jobs;
mod metrics;
mod state;
mod sync;

use std::{sync::Arc, time::Duration};

use service_kit::{
    Context, Running, Tasks,
    cache::Cache,
    client::{KEPT_IDLE, http_client},
    health::{CheckState, Importance},
    http::{serve_operations, serve_public},
};

pub use config::{Config, DEFAULTS};
pub use domain::document::Part;
use domain::{origins::Origins, stream::registry::Streams};
pub use error::Error;
use http::reads::SharedReads;
pub use http::routes;
use metrics::Metrics;
pub use state::complete_document;
use state::{Calls, Documents, Guards, State, Tokens};

/// The service's name.
pub const SERVICE: &str = "gateway";

/// How often requests are added to the count of all gateways.
const CALLS_PERIOD: Duration = Duration::from_secs(5);

/// Starts the gateway. `origins` are the web origins, beside PUBLIC_URL, whose pages may call the API.
pub async fn start(config: Config, context: Context, origins: &[String]) -> anyhow::Result<Running> {
    config.check()?;
    let allowed = Origins::new(origins.iter().map(String::as_str).chain([context.public_url.as_str()]));
    let state = Arc::new(State {
        upstream: upstream()?,
        origins: allowed,
        metrics: Metrics::new(&context.registry)?,
        tokens: Tokens::default(),
        streams: Streams::default(),
        local_counts: Cache::in_memory(),
        documents: Documents::default(),
        guards: Guards::new(
            config.limits.in_flight_per_service,
            config.limits.in_flight_at_doors,
            context.clock.clone(),
        ),
        calls: Calls::default(),
        reads: SharedReads::new(config.shared_reads()),
        config,
        context,
    });
    let context = &state.context;
    let known = Arc::clone(&state);
    context.health.add("keys", Importance::Required, move || {
        let is_known = !known.tokens.keys.load().is_empty();
        std::future::ready(if is_known {
            CheckState::Up
        } else {
            CheckState::Down("auth has not answered yet".to_owned())
        })
    });
    let mut tasks = Tasks::new(context);
    tasks.spawn_droppable("access", jobs::access::follow(Arc::clone(&state)));
    tasks.spawn_droppable("documents", jobs::documents::follow(Arc::clone(&state)));
    let counted = Arc::clone(&state);
    tasks.spawn_periodic("count calls", CALLS_PERIOD, move || {
        let state = Arc::clone(&counted);
        async move {
            Ok(state
                .calls
                .flush(&state.context.cache, state.context.clock.now())
                .await?)
        }
    });
    for partition in 0..context.broker.partitions() {
        tasks.spawn_droppable("ticks", jobs::prices::follow(Arc::clone(&state), partition));
    }
    tasks.spawn_droppable("prices", jobs::prices::refresh(Arc::clone(&state)));
    tasks.spawn_droppable("publish", jobs::prices::publish(Arc::clone(&state)));
    for service in ["market-data", "notifier", "portfolio"] {
        tasks.spawn_droppable("live", jobs::live::ask(Arc::clone(&state), service));
    }
    tasks.spawn_droppable("facts", consumers::facts::hear(Arc::clone(&state)));
    tasks.spawn_droppable("standings", jobs::standings::look_after(Arc::clone(&state)));
    tasks.spawn_droppable("streams", jobs::streams::look_after(Arc::clone(&state)));
    let public = serve_public(context, &state.config.http, Arc::clone(&state), http::routes)?;
    let operations = serve_operations(context, &state.config.operations)?;
    Ok(Running::new(context, public, tasks).with_server(operations))
}

fn upstream() -> reqwest::Result<reqwest::Client> {
    http_client()
        .connect_timeout(Duration::from_secs(1))
        .pool_idle_timeout(KEPT_IDLE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
}
