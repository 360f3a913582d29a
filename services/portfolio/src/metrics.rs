//! What this service counts.

use prometheus::{IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// The types of orders that fill; a pair fills as one of its halves.
const TYPES: [&str; 6] = ["market", "limit", "stop", "stop_limit", "take_profit", "trailing_stop"];
/// Why orders are refused that were well formed.
const REASONS: [&str; 6] = [
    "stale_price",
    "no_price",
    "insufficient_funds",
    "insufficient_holding",
    "below_min_notional",
    "max_slippage_exceeded",
];
const OTHER: &str = "other";

/// The figures of paper trading.
#[derive(Clone)]
pub struct Metrics {
    /// Fills by side and type of order.
    pub fills: IntCounterVec,
    /// Refused orders by reason.
    pub refusals: IntCounterVec,
    /// Orders that wait, by partition, in those that this instance owns.
    pub resting: IntGaugeVec,
    /// Open books.
    pub portfolios: IntGauge,
    /// Ticks that resting orders were tried against.
    pub ticks: IntCounter,
}

impl Metrics {
    /// Registers the figures.
    pub fn new(registry: &Registry) -> prometheus::Result<Self> {
        let metrics = Self {
            fills: IntCounterVec::new(
                Opts::new("portfolio_fills_total", "Fills by side and type of order"),
                &["side", "type"],
            )?,
            refusals: IntCounterVec::new(
                Opts::new("portfolio_refusals_total", "Refused orders by reason"),
                &["reason"],
            )?,
            resting: IntGaugeVec::new(
                Opts::new(
                    "portfolio_orders_resting",
                    "Orders that wait, in the partitions that this instance owns",
                ),
                &["partition"],
            )?,
            portfolios: IntGauge::new("portfolio_portfolios_open", "Open books")?,
            ticks: IntCounter::new("portfolio_ticks_total", "Ticks that resting orders were tried against")?,
        };
        registry.register(Box::new(metrics.fills.clone()))?;
        registry.register(Box::new(metrics.refusals.clone()))?;
        registry.register(Box::new(metrics.resting.clone()))?;
        registry.register(Box::new(metrics.portfolios.clone()))?;
        registry.register(Box::new(metrics.ticks.clone()))?;
        // There from the start, so that the first one is a rise.
        for side in ["buy", "sell"] {
            for order_type in TYPES {
                metrics.fills.with_label_values(&[side, order_type]);
            }
        }
        for reason in REASONS.into_iter().chain([OTHER]) {
            metrics.refusals.with_label_values(&[reason]);
        }
        Ok(metrics)
    }
}

impl Metrics {
    /// Counts a fill, once it is committed.
    pub fn filled(&self, side: &str, order_type: &str) {
        self.fills.with_label_values(&[side, order_type]).inc();
    }

    /// Counts a refusal. Codes that are no business of trading count together.
    pub fn refused(&self, code: &str) {
        let reason = REASONS.into_iter().find(|known| *known == code).unwrap_or(OTHER);
        self.refusals.with_label_values(&[reason]).inc();
    }
}
