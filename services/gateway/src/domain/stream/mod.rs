//! What goes through `/api/stream`: topics with versioned rows, and for each connection what it has seen of them.
//!
//! Nothing is queued for a client. A topic keeps the newest row of each key; a subscription remembers up to which
//! version it has been told, and is asked for its next frame when its socket has room. So a slow reader skips to the
//! newest by itself, and costs no more memory than a fast one.

pub mod channel;
pub mod connection;
pub mod frame;
pub mod link;
pub mod live;
pub mod pace;
pub mod prices;
#[cfg(test)]
mod properties;
pub mod registry;
pub mod request;
pub mod table;
pub mod ticker;
pub mod topic;
