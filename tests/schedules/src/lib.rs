//! What of the services several threads reach at once, over locks and signals whose order a scheduler decides.
//!
//! These are the services' own files: `crate::sync`, which is the standard library's there, is shuttle's here. The
//! tests let each run in ten thousand orders. Not here: anything that waits for a server or for time.

#![allow(missing_docs, reason = "the files say it where they belong")]

#[path = "../../../services/gateway/src/domain/stream/frame.rs"]
pub mod frame;
#[path = "../../../services/gateway/src/domain/guard.rs"]
pub mod guard;
#[path = "../../../services/gateway/src/state/guards.rs"]
pub mod guards;
#[path = "../../../services/gateway/src/domain/stream/link.rs"]
pub mod link;
#[path = "../../../crates/service-kit/src/cache/memory.rs"]
#[allow(dead_code, reason = "of the cache only what limits is here")]
mod memory;
#[path = "../../../services/gateway/src/domain/room.rs"]
pub mod room;
pub mod sync;
#[path = "../../../services/gateway/src/domain/stream/topic.rs"]
pub mod topic;

use std::time::Duration;

/// Where the gateway's files look for its decisions.
pub mod domain {
    pub use crate::guard;
}

/// The services that have a gate.
pub const SERVICES: [&str; 1] = ["auth"];

/// As the cache has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub value: u64,
    pub resets_in: Duration,
}

/// What limits are counted with inside a process.
#[derive(Clone, Default)]
pub struct Counters(memory::MemoryCache);

impl Counters {
    pub fn increment(&self, key: &str) -> u64 {
        self.0.increment(key, 1, Duration::from_secs(3_600)).value
    }

    pub fn set_if_absent(&self, key: &str, value: &str) -> bool {
        self.0.set_if_absent(key, value, Duration::from_secs(3_600))
    }
}
