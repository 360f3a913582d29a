//! Starts services by their names.

use std::time::Duration;

use anyhow::{Context as _, bail};
use secrecy::ExposeSecret;
use service_kit::{
    Context, Running, Shared,
    config::{self, CommonConfig, section},
};

use crate::installation::Settings;

/// All services, in the order in which they are best started.
pub const NAMES: &[&str] = &["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"];

/// Starts one service.
pub async fn start(name: &str, common: &CommonConfig, settings: &Settings, shared: &Shared) -> anyhow::Result<Running> {
    let started = match name {
        "auth" => start_auth(common, settings, shared).await,
        "market-data" => {
            let config = market_data::Config::load(common, settings.file.as_ref(), &settings.environment)?;
            market_data::start(config, assemble(market_data::SERVICE, common, shared)?).await
        }
        "alerts" => {
            let config = load(alerts::SERVICE, alerts::DEFAULTS, settings)?;
            alerts::start(config, assemble(alerts::SERVICE, common, shared)?).await
        }
        "portfolio" => {
            let config = load(portfolio::SERVICE, portfolio::DEFAULTS, settings)?;
            portfolio::start(config, assemble(portfolio::SERVICE, common, shared)?).await
        }
        "notifier" => {
            let config = notifier::Config::load(common, settings.file.as_ref(), &settings.environment)?;
            notifier::start(config, assemble(notifier::SERVICE, common, shared)?).await
        }
        "gateway" => {
            let config = load(gateway::SERVICE, gateway::DEFAULTS, settings)?;
            let context = Context::assemble(gateway::SERVICE, None, common, shared)?;
            gateway::start(config, context, &common.cors_allowed_origins).await
        }
        _ => bail!("there is no service {name}; there are {}", NAMES.join(", ")),
    };
    started.with_context(|| format!("{name} can't start"))
}

async fn start_auth(common: &CommonConfig, settings: &Settings, shared: &Shared) -> anyhow::Result<Running> {
    let mut config: auth::Config = load(auth::SERVICE, auth::DEFAULTS, settings)?;
    config
        .allowed_origins
        .extend(common.cors_allowed_origins.iter().cloned());
    // Where mail really leaves, an address has to be proved before it can be used; an operator may say otherwise.
    if settings.variable("AUTH__REQUIRE_VERIFIED_EMAIL").is_none() {
        config.require_verified_email |= common.mail_url.expose_secret().starts_with("smtp");
    }
    auth::start(config, assemble(auth::SERVICE, common, shared)?).await
}

fn load<T: serde::de::DeserializeOwned>(service: &str, defaults: &str, settings: &Settings) -> anyhow::Result<T> {
    config::load(service, defaults, settings.file.as_ref(), &settings.environment)
}

/// Everything that a service gets from outside.
pub fn assemble(service: &'static str, common: &CommonConfig, shared: &Shared) -> anyhow::Result<Context> {
    let schema = section(service).to_lowercase();
    Context::assemble(service, Some(&schema), common, shared)
}

/// Waits until every service says that it is ready.
pub async fn ready(services: &[Running], within: Duration) -> anyhow::Result<()> {
    let waiting = async {
        for service in services {
            while !service.is_ready().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    tokio::time::timeout(within, waiting)
        .await
        .with_context(|| format!("not ready within {} s", within.as_secs()))
}
