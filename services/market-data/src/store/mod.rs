//! The tables of the schema `market_data`.

pub mod assets;
mod batch;
pub mod candles;
pub mod feed;
pub mod repairs;
pub mod schema;
pub mod states;
pub mod ticks;

use chrono::{DateTime, Utc};
use diesel::result::Error;
use domain::Timestamp;

/// A row that this code could not have written.
#[derive(Debug, thiserror::Error)]
#[error("the row of {what} cannot be read: {why}")]
pub struct BadRow {
    what: String,
    why: String,
}

/// A database error for a row that holds what it must not.
pub(crate) fn bad_row(what: &str, why: impl std::fmt::Display) -> Error {
    Error::DeserializationError(Box::new(BadRow {
        what: what.to_owned(),
        why: why.to_string(),
    }))
}

pub(crate) fn utc(at: Timestamp) -> DateTime<Utc> {
    at.into()
}
