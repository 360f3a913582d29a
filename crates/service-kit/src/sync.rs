//! The locks of what several threads reach at once: `tests/schedules` puts others in their place, whose order a scheduler
//! decides.

pub use std::sync::{Mutex, MutexGuard};
