use std::{fmt::Display, time::Duration};

use rand::Rng;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// The wait between tries at something that is away: it grows up to a ceiling, 5 s where nothing else is said, is never
/// the same twice, and never ends the trying.
#[derive(Debug, Clone)]
pub struct Pause {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Pause {
    pub(crate) fn new() -> Self {
        Self::between(FIRST, LONGEST)
    }

    /// One that begins at `first` and doubles up to `longest`; each wait takes half of that or more.
    pub fn between(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            next: first,
        }
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        self.next = self.first;
    }

    /// Says once more what is wrong, and waits.
    pub(crate) async fn wait(&mut self, error: &impl Display) {
        let pause = self.take();
        tracing::warn!(%error, retry_in_ms = pause.as_millis() as u64, "trying again");
        tokio::time::sleep(pause).await;
    }

    /// Waits.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.take()).await;
    }

    /// How long to wait now. The next time is longer.
    pub fn take(&mut self) -> Duration {
        let pause = self.next.mul_f64(rand::rng().random_range(0.5..1.0));
        self.next = (self.next * 2).min(self.longest);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_ceiling_and_begin_anew() {
        let (first, longest) = (Duration::from_secs(1), Duration::from_secs(4));
        let mut pause = Pause::between(first, longest);
        for whole in [1, 2, 4, 4] {
            let whole = Duration::from_secs(whole);
            let taken = pause.take();
            assert!(whole / 2 <= taken && taken < whole, "{taken:?} of {whole:?}");
        }
        pause.reset();
        assert!(pause.take() < first);
    }
}
