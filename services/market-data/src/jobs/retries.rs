//! How what has failed is tried again: for ever, ever more slowly, and by no two instances in step.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::{error::Result, state::State};

const FIRST: Duration = Duration::from_millis(50);

/// The pauses between tries at something that is away.
pub struct Retries {
    longest: Duration,
    pauses: ExponentialBackoff,
}

impl Retries {
    /// Pauses that grow up to `longest`.
    pub fn new(longest: Duration) -> Self {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST)
            // By chance a pause becomes up to twice as long.
            .with_max_delay(longest / 2)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(rand::random())
            .build();
        Self { longest, pauses }
    }

    /// It worked: the next pause is short again.
    pub fn reset(&mut self) {
        *self = Self::new(self.longest);
    }

    /// Waits before the next try, unless the service stops.
    pub async fn wait(&mut self, state: &State) -> Result<()> {
        let pause = self.next();
        state.pause(pause).await
    }

    fn next(&mut self) -> Duration {
        self.pauses.next().unwrap_or(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest_and_differ_by_chance() {
        let longest = Duration::from_secs(2);
        let (mut one, mut other) = (Retries::new(longest), Retries::new(longest));
        let pauses: Vec<Duration> = (0..20).map(|_| one.next()).collect();
        assert!((FIRST..=2 * FIRST).contains(&pauses[0]), "{pauses:?}");
        assert!(
            pauses[10..].iter().all(|pause| (longest / 2..=longest).contains(pause)),
            "{pauses:?}"
        );
        assert_ne!(pauses, (0..20).map(|_| other.next()).collect::<Vec<_>>());
        one.reset();
        assert!(one.next() <= 2 * FIRST);
    }
}
