//! What this service does by itself.

pub mod engine;
pub mod follower;
pub mod refresh;
mod settle;
pub mod snapshots;
