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
    let filter = EnvFilter::try_new(directives(rust_log)).map_err(|error| anyhow::anyhow!("RUST_LOG: {error}"))?;
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

/// What libraries log that nobody should read, and under which name somebody may ask for it all the same: the framework calls
/// every request that it can't read an error, and the client of the database writes every value down, passwords' hashes and
/// secrets among them.
const KEPT_QUIET: [(&str, &str); 3] = [
    ("actix_http", "actix_http::h1::dispatcher=off"),
    messaging::QUIET,
    ("tokio_postgres", "tokio_postgres=warn"),
];

/// What is logged: what `rust_log` says, and of some libraries' modules only what it names.
fn directives(rust_log: Option<&str>) -> String {
    let asked = rust_log.filter(|text| !text.trim().is_empty()).unwrap_or("info");
    let mut directives = asked.to_owned();
    for (name, quiet) in KEPT_QUIET {
        if !asked.contains(name) {
            directives.push(',');
            directives.push_str(quiet);
        }
    }
    directives
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_requests_refusals_and_values_of_statements_are_logged_only_where_somebody_asks_for_them() {
        let broker = messaging::QUIET.1;
        let quiet = format!("actix_http::h1::dispatcher=off,{broker},tokio_postgres=warn");
        assert_eq!(directives(None), format!("info,{quiet}"));
        assert_eq!(directives(Some(" ")), directives(None));
        assert_eq!(directives(Some("debug")), format!("debug,{quiet}"));
        assert_eq!(
            directives(Some("actix_http=error")),
            format!("actix_http=error,{broker},tokio_postgres=warn")
        );
        let filter = EnvFilter::try_new(directives(None)).expect("directives that can be read");
        assert!(filter.to_string().contains("actix_http::h1::dispatcher=off"));
    }
}
