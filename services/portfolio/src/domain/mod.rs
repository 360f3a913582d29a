//! What paper trading decides, as pure functions of values.

pub mod amount;
pub mod book;
pub mod entries;
pub mod fill;
pub mod journal;
pub mod matching;
pub mod order;
pub mod performance;
pub mod prices;
pub mod statistics;
pub mod valuation;

#[cfg(test)]
mod properties;
