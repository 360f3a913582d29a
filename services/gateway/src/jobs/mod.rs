//! What the gateway does beside answering.

pub mod access;
pub mod documents;
pub mod live;
pub mod prices;
pub mod standings;
pub mod streams;
