//! Accounts.
pub mod domain;
