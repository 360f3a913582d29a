//! Rows and queries. Every function takes the connection first, so that the caller owns the transaction.

pub mod contacts;
pub mod deliveries;
pub mod delivery_log;
pub mod gather;
pub mod notifications;
pub mod outcomes;
pub mod preferences;
pub mod schema;

#[cfg(test)]
mod tests;
