//! The settings of market-data.

use std::time::Duration;

use anyhow::Context as _;
use domain::Source;
use secrecy::SecretString;
use serde::Deserialize;
use service_kit::{
    config::{CommonConfig, Environment},
    http::HttpOptions,
};

use crate::domain::{feed::FeedSpec, staleness::Staleness};

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// The settings of market-data.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it listens.
    pub http: HttpOptions,
    /// After how many seconds prices from files and the simulator are stale.
    pub stale_after: u64,
    /// After how many seconds streamed prices are stale.
    pub stream_stale_after: u64,
    /// Writing the tick log.
    pub ingest: IngestOptions,
    /// How long things are kept.
    pub keep: KeepOptions,
    /// Where the live providers are.
    pub providers: ProviderOptions,
    /// Asking live providers for the past.
    pub repair: RepairOptions,
    /// The made-up market.
    pub simulator: SimulatorOptions,
    /// Where prices come from; the shared `FEED`.
    #[serde(skip, default = "default_feed")]
    pub feed_spec: FeedSpec,
    /// The key of a paid CoinGecko plan; the shared `COINGECKO_API_KEY`.
    #[serde(skip)]
    pub coingecko_api_key: SecretString,
}

/// Writing the tick log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IngestOptions {
    /// For how many milliseconds the right to write the log holds without being extended.
    pub lease_ms: u64,
}

/// How long things are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepOptions {
    /// Ticks, in days since they were received.
    pub tick_days: u64,
    /// One-minute candles, in days of the feed's own time.
    pub minute_days: u64,
}

/// Where the live providers are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderOptions {
    /// CoinGecko's REST API.
    pub coingecko_url: String,
    /// How many assets by market cap CoinGecko is asked for, 1 to 1,000.
    pub coingecko_assets: usize,
    /// Coinbase's stream.
    pub coinbase_url: String,
    /// Kraken's stream, version 2.
    pub kraken_url: String,
    /// Binance's combined stream.
    pub binance_url: String,
    /// Binance's REST API, for the past.
    pub binance_rest_url: String,
}

/// Asking live providers for the past.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairOptions {
    /// For so many seconds after its end a hole may still close by itself, and providers may not know it yet.
    pub wait_seconds: u64,
}

impl ProviderOptions {
    /// The address of a provider; empty for what is none.
    pub fn of(&self, source: Source) -> &str {
        match source {
            Source::CoinGecko => &self.coingecko_url,
            Source::Coinbase => &self.coinbase_url,
            Source::Kraken => &self.kraken_url,
            Source::Binance => &self.binance_url,
            Source::Simulator | Source::Replay | Source::Tail => "",
        }
    }
}

/// The made-up market.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatorOptions {
    /// How many days of past it is given at its first start.
    pub history_days: u64,
}

fn default_feed() -> FeedSpec {
    FeedSpec::Auto
}

impl Config {
    /// Reads the settings: defaults, then the file, then the environment; the feed comes from the shared part.
    pub fn load(common: &CommonConfig, file: Option<&toml::Table>, environment: &Environment) -> anyhow::Result<Self> {
        let mut config: Self = service_kit::config::load("market-data", DEFAULTS, file, environment)?;
        config.feed_spec = common.feed.parse()?;
        config.coingecko_api_key = common.coingecko_api_key.clone();
        config.check()?;
        Ok(config)
    }

    /// Refuses a feed that cannot begin.
    pub fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!(
            (1..=1_000).contains(&self.providers.coingecko_assets),
            "providers.coingecko_assets must be a whole number from 1 to 1000"
        );
        if let FeedSpec::Replay(spec) = &self.feed_spec {
            let path = spec.path.display();
            let is_file = std::fs::metadata(&spec.path)
                .with_context(|| format!("the tick file {path} can't be read"))?
                .is_file();
            anyhow::ensure!(is_file, "the tick file {path} is no file");
            std::fs::File::open(&spec.path).with_context(|| format!("the tick file {path} can't be read"))?;
        }
        Ok(())
    }

    /// When prices are stale.
    pub fn staleness(&self) -> Staleness {
        let seconds = Duration::from_secs;
        Staleness::new(seconds(self.stream_stale_after), seconds(self.stale_after), seconds(60))
    }
}
