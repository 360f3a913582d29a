//! The market-data service: takes prices from a feed, writes them to the tick log, records what the log says, and
//! answers for prices, candles and indicators.
//!
//! It decides nothing about alerts or orders: those services read the log themselves. It knows no users.

pub mod config;
pub mod domain;
pub mod error;
pub mod http;
pub mod jobs;
pub mod metrics;
pub mod state;
pub mod store;

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use ::domain::candles::MarkedCandle;
use anyhow::{Context as _, ensure};
use moka::sync::Cache;
use service_kit::{Context, Running, Tasks, http::serve};
use tokio::sync::Notify;

pub use crate::config::{Config, DEFAULTS};
pub use crate::http::routes;
pub use crate::jobs::tick_file::FeedRecording;
use crate::{
    domain::{
        feed::{FeedKind, FeedSpec},
        market::Market,
    },
    http::answers::AnswerCache,
    jobs::{
        feeds::{coingecko, live},
        follower, ingest, retention,
        status::FeedStatus,
        term,
    },
    metrics::Metrics,
    state::State,
};

/// The service's name, and the audience of tokens for it.
pub const SERVICE: &str = "market-data";
/// Its schema in the database.
pub const SCHEMA: &str = "market_data";
/// So many bytes of ready answers are kept.
const ANSWER_BYTES: u64 = 24 * 1024 * 1024;
/// So many stored candles are kept for those who ask again.
const KEPT_CANDLES: u64 = 60_000;

/// Starts the service.
pub async fn start(mut config: Config, context: Context) -> anyhow::Result<Running> {
    config.check()?;
    if config.feed_spec == FeedSpec::Auto {
        config.feed_spec = decide(&config, &context).await?;
    }
    let kind = claim_database(&config, &context).await?;
    let state = Arc::new(State {
        kind,
        clock: context.clock.clone(),
        db: context.db()?.clone(),
        broker: context.broker.clone(),
        outbox: context.outbox.clone(),
        messaging: context.messaging.clone(),
        metrics: Metrics::new(&context.registry)?,
        feed: FeedStatus::default(),
        answers: AnswerCache::new(ANSWER_BYTES),
        candles: Cache::builder()
            .max_capacity(KEPT_CANDLES)
            .weigher(|key: &String, (_, found): &(u64, Arc<Vec<MarkedCandle>>)| {
                u32::try_from(key.len() / 100 + found.len() + 1).unwrap_or(u32::MAX)
            })
            .time_to_live(Duration::from_secs(2))
            .build(),
        settings_changed: Notify::new(),
        shutdown: context.shutdown.clone(),
        market: RwLock::new(Market::new(context.broker.partitions())),
        staleness: RwLock::new(config.staleness()),
        sources: RwLock::default(),
        config,
    });
    retention::run(&state)
        .await
        .context("the tables of ticks can't be prepared")?;
    if let FeedSpec::Simulator { .. } = state.config.feed_spec {
        let assets: Vec<_> = domain::simulator::assets()
            .into_iter()
            .map(|simulated| simulated.asset)
            .collect();
        ingest::list(&state, &assets)
            .await
            .context("the simulated assets can't be listed")?;
    }
    if let FeedSpec::Live(_) = state.config.feed_spec {
        live::list_assets(&state).await.context("the assets can't be listed")?;
    }
    let starts = follower::load(&state).await.context("the market can't be loaded")?;
    let server = serve(&context, &state.config.http, state.clone(), http::routes)?;
    let mut tasks = Tasks::new(&context);
    tasks.spawn_shared(&context)?;
    tasks.spawn("follower", follower::run(state.clone(), starts));
    tasks.spawn("ingest", term::run(state.clone()));
    spawn_upkeep(&mut tasks, &state);
    Ok(Running::new(&context, server, tasks))
}

/// What `auto` is: what the database holds already, else live prices if a provider answers, else the simulator.
async fn decide(config: &Config, context: &Context) -> anyhow::Result<FeedSpec> {
    let mut conn = context.db()?.get().await?;
    let held = store::feed::kind(&mut conn).await?;
    drop(conn);
    let is_live = match held.as_ref().map(|(kind, _)| kind.as_str()) {
        Some("live") => true,
        Some("file") => anyhow::bail!(
            "this database holds prices from files, so FEED must name a file again: replay:FILE or tail:FILE"
        ),
        Some(_) => false,
        None => live::is_reachable(&config.providers).await,
    };
    let seed = held.and_then(|(_, seed)| seed).unwrap_or(1);
    let spec = if is_live {
        FeedSpec::Live(FeedSpec::LIVE.to_vec())
    } else {
        FeedSpec::Simulator { seed }
    };
    tracing::info!(is_live, "the feed was decided");
    Ok(spec)
}

/// Live and made-up prices never share a database: the first feed decides which kind this one holds.
async fn claim_database(config: &Config, context: &Context) -> anyhow::Result<FeedKind> {
    let (kind, seed) = match &config.feed_spec {
        FeedSpec::Simulator { seed } => (FeedKind::Simulator, Some(*seed)),
        spec => (spec.kind().unwrap_or(FeedKind::Simulator), None),
    };
    let mut conn = context.db()?.get().await?;
    let (held, _) = store::feed::claim(&mut conn, kind, seed).await?;
    ensure!(
        held == kind.as_str(),
        "this database holds {held} prices and FEED asks for {kind}; they never mix, so use another database or the same kind of feed"
    );
    Ok(kind)
}

fn spawn_upkeep(tasks: &mut Tasks, state: &Arc<State>) {
    let shared = state.clone();
    tasks.spawn_periodic("retention", Duration::from_secs(3_600), move || {
        let state = shared.clone();
        async move { Ok(retention::run(&state).await?) }
    });
    let shared = state.clone();
    tasks.spawn_periodic("measure", Duration::from_secs(1), move || {
        let state = shared.clone();
        async move {
            follower::measure(&state);
            Ok(())
        }
    });
    let shared = state.clone();
    let mut rounds = 0_u32;
    tasks.spawn_periodic("assets", Duration::from_millis(500), move || {
        let state = shared.clone();
        // Twice a second only where ticks came for an asset that is not known here yet; else every ten seconds.
        let is_due = rounds.is_multiple_of(20);
        rounds = rounds.wrapping_add(1);
        async move {
            if is_due || state.market().has_unknown() {
                follower::refresh_assets(&state).await?;
            }
            if is_due && state.kind == FeedKind::Live && state.metrics.is_active.get() == 0 {
                coingecko::learn_pace(&state).await;
            }
            follower::look_back(&state).await?;
            Ok(())
        }
    });
}
