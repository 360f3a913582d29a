//! The service's settings; `defaults.toml` says what they mean.

use std::{collections::BTreeMap, time::Duration};

use domain::Source;
use rust_decimal::Decimal;
use serde::Deserialize;
use service_kit::http::HttpOptions;

use crate::domain::{fill::Costs, prices::StaleAfter};

/// The commented defaults.
pub const DEFAULTS: &str = include_str!("../defaults.toml");

/// Settings of this service.
#[derive(Debug, Clone, Deserialize)]
pub struct Config {
    /// The server.
    pub http: HttpOptions,
    /// What trading costs.
    pub costs: Costs,
    /// Cash of a new book, in USD.
    pub opening_balance: Decimal,
    /// After how many milliseconds a price is stale, by source; what market-data says goes first.
    pub stale_after_ms: BTreeMap<Source, u64>,
    /// The most open orders of a book.
    pub max_open_orders: u32,
    /// The most watchlists of a user.
    pub max_watchlists: u32,
    /// How often every book is valued for its equity curve, in seconds.
    pub snapshot_seconds: u64,
    /// How often prices and assets are compared with market-data, in seconds.
    pub refresh_seconds: u64,
    /// How long an owner of a partition may be silent before another takes over, in milliseconds.
    pub lease_ms: u64,
}

impl Config {
    /// The limits of staleness.
    pub fn stale_after(&self) -> StaleAfter {
        StaleAfter::new(
            self.stale_after_ms
                .iter()
                .map(|(source, ms)| (*source, Duration::from_millis(*ms))),
        )
    }
}
