//! What paper trading decides, as pure functions of values.

pub mod amount;
pub mod audit;
pub mod benchmark;
pub mod book;
pub mod catalogue;
pub mod entries;
pub mod fill;
pub mod imports;
pub mod journal;
pub mod matching;
pub mod order;
pub mod performance;
pub mod prices;
#[allow(
    clippy::float_arithmetic,
    reason = "roots, powers and deviations of returns are no money"
)]
pub mod statistics;
pub mod valuation;

#[cfg(test)]
mod properties;
