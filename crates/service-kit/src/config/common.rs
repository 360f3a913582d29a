use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use toml::{Table, Value};
use url::Url;

use super::{Environment, check_secret, merge, read, set};
use crate::context::ServiceUrls;

/// What services share: the names that an operator expects, without a service in front.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommonConfig {
    /// `DATABASE_URL`: `postgres://…`.
    pub database_url: SecretString,
    /// `AMQP_URL`: `amqp://…` or `memory:`.
    pub amqp_url: SecretString,
    /// `REDIS_URL`: `redis://…` or `memory:`.
    pub redis_url: SecretString,
    /// `MAIL_URL`: `smtp://…`, `smtps://…`, `file:///dir` or `inbox:`.
    pub mail_url: SecretString,
    /// `MAIL_FROM`: the sender of mails.
    pub mail_from: String,
    /// `PUBLIC_URL`: where users find the web app.
    pub public_url: Url,
    /// `CORS_ALLOWED_ORIGINS`: other web origins that may call the API, separated by commas.
    pub cors_allowed_origins: Vec<String>,
    /// `INTERNAL_SECRET`: makes the keys of tokens between services.
    pub internal_secret: SecretString,
    /// `DATA_SECRET`: keys what lies in the database.
    pub data_secret: SecretString,
    /// `FEED`: where prices come from.
    pub feed: String,
    /// `COINGECKO_API_KEY`: of a paid plan; empty for the public one.
    pub coingecko_api_key: SecretString,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where traces go; empty for nowhere.
    pub otel_exporter_otlp_endpoint: String,
    /// `SERVICES__AUTH` and so on: where the services listen.
    pub services: BTreeMap<String, Url>,
    /// `DATABASE__POOL_SIZE` and so on.
    pub database: DatabaseOptions,
}

/// How a service uses the database.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseOptions {
    /// The most connections of one service.
    pub pool_size: usize,
    /// How long a request waits for a connection, in milliseconds.
    pub wait_ms: u64,
    /// How long the server works on one statement, in milliseconds.
    pub statement_timeout_ms: u64,
    /// How long the server waits for a lock, in milliseconds.
    pub lock_timeout_ms: u64,
    /// After how long without an answer a connection is doubted, in milliseconds.
    pub silence_ms: u64,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            pool_size: 10,
            wait_ms: 2_000,
            statement_timeout_ms: 10_000,
            lock_timeout_ms: 5_000,
            silence_ms: 600,
        }
    }
}

/// The shared part's defaults; what has none here must be set.
const DEFAULTS: &str = include_str!("common.toml");

impl CommonConfig {
    /// The keys of the shared part, as a file writes them.
    pub const KEYS: &'static [&'static str] = &[
        "database_url",
        "amqp_url",
        "redis_url",
        "mail_url",
        "mail_from",
        "public_url",
        "cors_allowed_origins",
        "internal_secret",
        "data_secret",
        "feed",
        "coingecko_api_key",
        "otel_exporter_otlp_endpoint",
        "services",
        "database",
    ];

    /// Reads the shared part: defaults, then the file, then the environment. Secrets are checked, addresses too.
    pub fn load(file: Option<&Table>, environment: &Environment) -> anyhow::Result<Self> {
        let mut table: Table = DEFAULTS.parse().context("the common defaults are no TOML")?;
        for (key, value) in file.into_iter().flatten() {
            if Self::KEYS.contains(&key.as_str()) {
                let overlay = Table::from_iter([(key.clone(), value.clone())]);
                merge(&mut table, overlay);
            }
        }
        for (name, text) in environment {
            let path: Vec<String> = name.split("__").map(str::to_lowercase).collect();
            let is_section = path
                .first()
                .is_some_and(|first| matches!(table.get(first), Some(Value::Table(_))));
            let is_ours = path.first().is_some_and(|first| Self::KEYS.contains(&first.as_str()));
            // Names without a section are upper case only: `feed` is nobody's setting.
            if is_ours && *name == name.to_uppercase() && is_section == (path.len() > 1) {
                set(&mut table, &path, text).with_context(|| name.clone())?;
            }
        }
        let config: Self = read(table, |key| key.to_uppercase().replace('.', "__"))?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        for (name, secret) in [
            ("INTERNAL_SECRET", &self.internal_secret),
            ("DATA_SECRET", &self.data_secret),
        ] {
            check_secret(secret).map_err(|weak| anyhow::anyhow!("{name} {weak}"))?;
        }
        if self.internal_secret.expose_secret() == self.data_secret.expose_secret() {
            bail!("DATA_SECRET must differ from INTERNAL_SECRET");
        }
        // The gateway keeps nothing there: whoever needs a database misses it when it is opened.
        if !self.database_url.expose_secret().is_empty() {
            check_scheme("DATABASE_URL", &self.database_url, &["postgres://", "postgresql://"])?;
        }
        check_scheme("AMQP_URL", &self.amqp_url, &["amqp://", "amqps://", "memory:"])?;
        check_scheme(
            "REDIS_URL",
            &self.redis_url,
            &["redis://", "rediss://", "unix://", "memory:"],
        )?;
        check_scheme(
            "MAIL_URL",
            &self.mail_url,
            &["smtp://", "smtps://", "file://", "inbox:"],
        )?;
        if !matches!(self.public_url.scheme(), "http" | "https") {
            bail!("PUBLIC_URL must begin with http:// or https://");
        }
        Ok(())
    }

    /// Where the services listen.
    pub fn service_urls(&self) -> ServiceUrls {
        // Environment names have no hyphens: `SERVICES__MARKET_DATA` is `market-data`.
        ServiceUrls::new(
            self.services
                .iter()
                .map(|(name, url)| (name.replace('_', "-"), url.clone())),
        )
    }
}

fn check_scheme(name: &str, url: &SecretString, schemes: &[&str]) -> anyhow::Result<()> {
    let text = url.expose_secret();
    if schemes.iter().any(|scheme| text.starts_with(scheme)) {
        return Ok(());
    }
    if text.is_empty() {
        bail!("{name} is not set");
    }
    bail!("{name} must begin with {}", schemes.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &[(&str, &str)] = &[
        ("DATABASE_URL", "postgres://localhost/candlewick"),
        ("INTERNAL_SECRET", "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6"),
        ("DATA_SECRET", "9a0c52e1d7b84f36c1aa02f4e65d7b38"),
    ];

    fn load(extra: &[(&str, &str)]) -> anyhow::Result<CommonConfig> {
        let pairs = GOOD
            .iter()
            .chain(extra)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        CommonConfig::load(None, &pairs.collect())
    }

    fn refuse(extra: &[(&str, &str)]) -> String {
        match load(extra) {
            Ok(_) => panic!("{extra:?} must be refused"),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn shared_names_are_read_without_a_section() {
        let extra = [
            ("SERVICES__MARKET_DATA", "http://127.0.0.1:9102"),
            ("CORS_ALLOWED_ORIGINS", "https://a.example, https://b.example"),
            ("DATABASE__POOL_SIZE", "3"),
            ("PATH", "/bin"),
            ("database_url", "nonsense"),
        ];
        let config = load(&extra).expect("config");
        assert_eq!(
            config.service_urls().get("market-data").map(Url::as_str),
            Some("http://127.0.0.1:9102/")
        );
        assert_eq!(
            config.service_urls().get("auth").map(Url::as_str),
            Some("http://127.0.0.1:8101/")
        );
        assert_eq!(config.cors_allowed_origins.len(), 2);
        assert_eq!(config.database.pool_size, 3);
    }

    #[test]
    fn reliability_62_a_weak_secret_is_refused_by_its_name() {
        assert_eq!(
            refuse(&[("DATA_SECRET", "short")]),
            "DATA_SECRET is too short: 32 characters or more; make one with `openssl rand -hex 32`"
        );
        assert!(refuse(&[("INTERNAL_SECRET", "")]).starts_with("INTERNAL_SECRET is not set"));
        assert_eq!(
            refuse(&[("DATA_SECRET", "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6")]),
            "DATA_SECRET must differ from INTERNAL_SECRET"
        );
    }

    #[test]
    fn wrong_addresses_and_unknown_keys_are_refused_by_their_names() {
        assert_eq!(
            refuse(&[("AMQP_URL", "http://x")]),
            "AMQP_URL must begin with amqp:// or amqps:// or memory:"
        );
        assert_eq!(
            refuse(&[("DATABASE__POOLSIZE", "3")]),
            "DATABASE__POOLSIZE is not known"
        );
        assert!(refuse(&[("PUBLIC_URL", "nonsense")]).starts_with("PUBLIC_URL "));
    }

    #[test]
    fn reliability_63_secrets_do_not_print() {
        let config = load(&[]).expect("config");
        assert!(!format!("{:?} {:?}", config.database_url, config.internal_secret).contains("localhost"));
    }
}
