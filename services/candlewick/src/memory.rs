//! How memory is kept.

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
