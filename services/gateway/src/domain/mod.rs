//! What the gateway decides, apart from any I/O.

pub mod access;
pub mod document;
pub mod guard;
pub mod origins;
pub mod proxies;
pub mod ranking;
pub mod rates;
pub mod room;
pub mod routes;
pub mod stream;
