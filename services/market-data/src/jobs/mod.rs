//! What market-data does without being asked.

pub mod feeds;
pub mod follower;
pub mod ingest;
pub mod recorder;
pub mod repair;
pub mod retention;
pub mod retries;
pub mod status;
pub mod term;
pub mod tick_file;
