use std::{fmt::Display, time::Duration};

use rand::Rng;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// The wait between tries at something that is away: it grows up to 5 s, is never the same twice, and never ends the trying.
pub(crate) struct Pause {
    next: Duration,
}

impl Pause {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }

    /// Says once more what is wrong, and waits.
    pub(crate) async fn wait(&mut self, error: &impl Display) {
        let pause = self.next.mul_f64(rand::rng().random_range(0.5..1.0));
        tracing::warn!(%error, retry_in_ms = pause.as_millis() as u64, "trying again");
        tokio::time::sleep(pause).await;
        self.next = (self.next * 2).min(LONGEST);
    }
}
