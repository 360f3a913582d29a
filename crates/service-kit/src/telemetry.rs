//! Logging, set up once by the binary.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people where standard error is a terminal, else JSON.
    #[default]
    Auto,
    /// One line of text for each event.
    Human,
    /// One JSON object for each event.
    Json,
}

/// Installs the global subscriber, filtered by `RUST_LOG`'s text (`info` where it is empty). Lines go to standard error.
///
/// Only the binary calls this; a second call fails.
pub fn init(format: LogFormat, rust_log: Option<&str>) -> anyhow::Result<()> {
    let directives = rust_log.filter(|text| !text.trim().is_empty()).unwrap_or("info");
    let filter = EnvFilter::try_new(directives).map_err(|error| anyhow::anyhow!("RUST_LOG: {error}"))?;
    let is_human = match format {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stderr().is_terminal(),
    };
    let registry = tracing_subscriber::registry().with(filter);
    let started = if is_human {
        registry.with(fmt::layer().with_writer(std::io::stderr)).try_init()
    } else {
        registry
            .with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr))
            .try_init()
    };
    started.map_err(|error| anyhow::anyhow!("logging is already set up: {error}"))
}
