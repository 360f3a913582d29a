//! What the gateway does beside answering.

pub mod access;
pub mod documents;
pub mod prices;
pub mod streams;
