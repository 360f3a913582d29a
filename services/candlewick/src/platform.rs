//! Services that run together in this process, from their start to their end.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context as _;
use domain::SystemClock;
use messaging::BrokerOptions;
use secrecy::ExposeSecret;
use service_kit::{Running, Shared, cache::Cache, config::CommonConfig};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{installation::Settings, services};

/// How long the services may take until all of them are ready.
const READY: Duration = Duration::from_secs(60);
/// How long everything may take to stop.
const STOP: Duration = Duration::from_secs(9);

/// How the tick log is made.
pub struct LogOptions {
    /// How many partitions.
    pub partitions: u16,
    /// Where the in-process broker keeps it.
    pub dir: Option<PathBuf>,
    /// What names on the broker begin with.
    pub prefix: String,
}

impl LogOptions {
    /// Those of a broker that others run.
    pub fn read(settings: &Settings) -> anyhow::Result<Self> {
        let partitions = match settings.variable("TICK_LOG_PARTITIONS") {
            Some(text) => text.parse().context("TICK_LOG_PARTITIONS must be a whole number")?,
            None => 4,
        };
        Ok(Self {
            partitions,
            dir: None,
            prefix: settings.variable("BROKER_PREFIX").unwrap_or("candlewick").to_owned(),
        })
    }
}

/// Services that run.
pub struct Platform {
    services: Vec<Running>,
    shared: Shared,
}

impl Platform {
    /// Starts the named services, in this order. Whatever was started is stopped when one fails.
    pub async fn start(
        names: &[&str],
        common: &CommonConfig,
        settings: &Settings,
        log: LogOptions,
    ) -> anyhow::Result<Self> {
        let shared = share(common, log)?;
        let mut platform = Self {
            services: Vec::new(),
            shared,
        };
        for name in names {
            match services::start(name, common, settings, &platform.shared).await {
                Ok(running) => platform.services.push(running),
                Err(error) => {
                    platform.stop().await;
                    return Err(error);
                }
            }
        }
        Ok(platform)
    }

    /// Waits until all services are ready.
    pub async fn ready(&self) -> anyhow::Result<()> {
        services::ready(&self.services, READY).await
    }

    /// Waits until one of the services dies, and says why.
    pub async fn failed(&self) -> String {
        let watched = self
            .services
            .iter()
            .map(|running| Box::pin(async move { format!("{}: {}", running.service(), running.failed().await) }));
        let watched: Vec<_> = watched.collect();
        if watched.is_empty() {
            return std::future::pending().await;
        }
        futures_util::future::select_all(watched).await.0
    }

    /// Stops everything, the first started last.
    pub async fn stop(self) {
        let stopping = async {
            for running in self.services.into_iter().rev() {
                if let Err(error) = running.stop().await {
                    tracing::warn!(error = format!("{error:#}"), "a service did not stop in order");
                }
            }
            self.shared.broker.close().await;
        };
        if tokio::time::timeout(STOP, stopping).await.is_err() {
            tracing::warn!("stopping took too long and was cut short");
        }
    }
}

/// What the services of one process share.
pub fn share(common: &CommonConfig, log: LogOptions) -> anyhow::Result<Shared> {
    let metrics = messaging::Metrics::new(&prometheus::Registry::new())?;
    let options = BrokerOptions {
        prefix: log.prefix.clone(),
        partitions: log.partitions,
        log_dir: log.dir,
        ..BrokerOptions::new(common.amqp_url.expose_secret())
    };
    Ok(Shared {
        clock: Arc::new(SystemClock),
        version: env!("CARGO_PKG_VERSION"),
        shutdown: CancellationToken::new(),
        cache: Cache::connect(&common.redis_url, &log.prefix)?,
        broker: messaging::connect(options, metrics)?,
    })
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn asked_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("signals can't be heard")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("signals can't be heard")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
