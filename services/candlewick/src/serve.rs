//! `candlewick serve`: some services, over servers that others run.

use std::path::PathBuf;

use service_kit::telemetry::{self, LogFormat};

use crate::{
    installation::Settings,
    platform::{LogOptions, Platform, asked_to_stop},
    services::NAMES,
};

const INBOX: &str = "inbox";

/// What `serve` can be told.
#[derive(clap::Args)]
pub struct Options {
    /// auth, market-data, alerts, portfolio, notifier, gateway, or inbox (the development inbox)
    #[arg(required = true, value_name = "SERVICE")]
    services: Vec<String>,
    /// A configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the services until a signal, or until one of them fails.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let settings = Settings::read(options.config.as_deref())?;
    telemetry::init(LogFormat::Auto, settings.variable("RUST_LOG"))?;
    let asked = |name: &str| options.services.iter().any(|service| service == name);
    for service in &options.services {
        anyhow::ensure!(
            NAMES.contains(&service.as_str()) || service == INBOX,
            "there is no service {service}; there are {}, {INBOX}",
            NAMES.join(", ")
        );
    }
    let inbox = match asked(INBOX) {
        true => Some(
            notifier::inbox::start(notifier::inbox::InboxConfig::load(
                settings.file.as_ref(),
                &settings.environment,
            )?)
            .await?,
        ),
        false => None,
    };
    let names: Vec<&str> = NAMES.iter().copied().filter(|name| asked(name)).collect();
    let outcome = if names.is_empty() {
        asked_to_stop().await
    } else {
        serve(&names, &settings).await
    };
    if let Some(inbox) = inbox {
        inbox.stop().await?;
    }
    outcome
}

async fn serve(names: &[&str], settings: &Settings) -> anyhow::Result<()> {
    let common = settings.common()?;
    let platform = Platform::start(names, &common, settings, LogOptions::read(settings)?).await?;
    let outcome = tokio::select! {
        stop = asked_to_stop() => stop,
        failure = platform.failed() => Err(anyhow::anyhow!("{failure}")),
    };
    platform.stop().await;
    outcome
}
