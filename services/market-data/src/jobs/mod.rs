//! What market-data does without being asked.

pub mod feeds;
pub mod follower;
pub mod ingest;
pub mod recorder;
pub mod repair;
pub mod retention;
pub mod status;
pub mod term;
pub mod tick_file;

use std::time::Duration;

/// The first pause before something that has failed is tried again.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
