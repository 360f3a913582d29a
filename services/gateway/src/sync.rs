//! The locks and signals of what several threads reach at once: `tests/schedules` puts others in their place, whose order a
//! scheduler decides.

pub use std::sync::{
    Mutex, MutexGuard, OnceLock,
    atomic::{AtomicBool, AtomicU64},
};

pub use arc_swap::ArcSwapOption;
pub use futures_util::task::AtomicWaker;
pub use tokio::sync::Notify;
