//! How memory is kept.

use std::{convert::Infallible, time::Duration};

/// How often free memory is given back. It takes about a millisecond.
const PERIOD: Duration = Duration::from_secs(30);

/// Has all threads share memory. Left alone, glibc divides it into eight parts for each core, and what one of them once
/// needed it keeps: a process grows for hours that holds nothing more. Small pieces come from what each thread has at
/// hand either way.
pub fn share() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets a number, and there is no other thread yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Gives what is free back to the system, now and then. Left alone, glibc keeps what lies below the newest piece in use:
/// of a first start, all that the market's past needed.
pub async fn give_back() -> Infallible {
    loop {
        tokio::time::sleep(PERIOD).await;
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        // SAFETY: it takes the allocator's own lock, and touches nothing that is in use.
        unsafe {
            libc::malloc_trim(0);
        }
    }
}
