//! The service over HTTP, on a database and a broker of its own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "tests may stop at the first surprise"
)]

mod account;
mod actors;
mod admin;
mod audit;
mod helpers;
mod internal;
mod lockout;
mod login;
mod mfa;
mod password;
mod refresh;
mod register;
mod tokens;
