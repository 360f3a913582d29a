//! What this service does by itself.

pub mod engine;
pub mod follower;
pub mod refresh;
mod settle;
pub mod snapshots;

use std::time::Duration;

use rand::Rng;

/// Half of a pause up to one and a half of it: those who failed together do not all try again at once.
fn jittered(pause: Duration) -> Duration {
    rand::rng().random_range(pause / 2..=pause * 3 / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_and_stay_around_what_was_asked_for() {
        let pause = Duration::from_millis(500);
        let pauses: std::collections::BTreeSet<Duration> = (0..100).map(|_| jittered(pause)).collect();
        assert!(pauses.len() > 50);
        assert!(
            pauses
                .iter()
                .all(|taken| *taken >= pause / 2 && *taken <= pause * 3 / 2)
        );
    }
}
