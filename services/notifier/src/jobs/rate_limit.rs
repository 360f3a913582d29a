use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Lets so many pass in a second, evenly; the others wait for their moment.
#[derive(Debug)]
pub struct RateLimit {
    step: Duration,
    next: Mutex<Instant>,
}

impl RateLimit {
    /// At least one a second.
    pub fn per_second(count: u32) -> Self {
        Self {
            step: Duration::from_secs(1) / count.max(1),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for this caller's moment.
    pub async fn pass(&self) {
        let moment = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let moment = (*next).max(Instant::now());
            *next = moment + self.step;
            moment
        };
        sleep_until(moment).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn reliability_32_no_second_sees_more_than_the_limit() {
        let limit = RateLimit::per_second(10);
        let start = Instant::now();
        for _ in 0..31 {
            limit.pass().await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(3));
    }
}
