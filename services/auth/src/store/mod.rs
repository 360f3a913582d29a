//! The database. Functions take the connection first, so that the caller owns the transaction.
//!
//! Rows are locked in this order, so that nobody waits in a circle: users (by id), sessions, lockouts,
//! the numbers of facts, the revocations' head, the audit log's head.

pub mod admin_users;
pub mod api_tokens;
pub mod audit;
pub mod authenticators;
pub mod lockouts;
pub mod mails;
pub mod personal_data;
pub mod revocations;
mod schema;
mod scribe;
pub mod sessions;
pub mod signing_keys;
pub mod stats;
pub mod users;

pub use scribe::{Origin, Scribe};
