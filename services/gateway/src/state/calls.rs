//! How many requests the API answers, hour by hour, all gateways together.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use domain::Timestamp;
use service_kit::cache::{Cache, CacheGone};

const HOUR_MS: i64 = 3_600_000;
/// The hours that are told: this one and the 23 before it.
const HOURS: i64 = 24;
/// How long a count is kept; longer than it is told.
const KEPT: Duration = Duration::from_secs(26 * 3600);
const SINCE: &str = "calls:since";
const SINCE_KEPT: Duration = Duration::from_secs(400 * 86_400);

/// Requests that were not added to the shared count yet.
#[derive(Debug, Default)]
pub struct Calls {
    pending: AtomicU64,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Each hour's beginning and its requests, oldest first.
    pub by_hour: Vec<(Timestamp, u64)>,
    /// Requests before this moment were not counted.
    pub since: Option<Timestamp>,
}

fn key(hour: i64) -> String {
    format!("calls:{hour}")
}

impl Calls {
    /// One more.
    pub fn count(&self) {
        self.pending.fetch_add(1, Ordering::Relaxed);
    }

    /// Adds what was counted here to the shared count. While the cache is gone, it waits here.
    pub async fn flush(&self, cache: &Cache, now: Timestamp) -> Result<(), CacheGone> {
        cache
            .set_if_absent(SINCE, &now.millis().to_string(), SINCE_KEPT)
            .await?;
        let count = self.pending.swap(0, Ordering::Relaxed);
        if count == 0 {
            return Ok(());
        }
        let added = cache
            .increment(&key(now.millis().div_euclid(HOUR_MS)), count, KEPT)
            .await;
        if added.is_err() {
            self.pending.fetch_add(count, Ordering::Relaxed);
        }
        added.map(|_| ())
    }

    /// The count of the last 24 hours, with what waits here.
    pub async fn read(&self, cache: &Cache, now: Timestamp) -> Result<Counted, CacheGone> {
        self.flush(cache, now).await?;
        let this = now.millis().div_euclid(HOUR_MS);
        let hours: Vec<i64> = (this - HOURS + 1..=this).collect();
        let mut keys: Vec<String> = hours.iter().copied().map(key).collect();
        keys.push(SINCE.to_owned());
        let mut values = cache.get_many(&keys).await?;
        let since = values.pop().flatten().and_then(|text| text.parse().ok());
        let since = since.and_then(Timestamp::from_millis);
        let counts = values
            .into_iter()
            .map(|text| text.and_then(|text| text.parse().ok()).unwrap_or(0));
        Ok(Counted {
            by_hour: hours
                .into_iter()
                .zip(counts)
                .filter_map(|(hour, count)| Some((Timestamp::from_millis(hour * HOUR_MS)?, count)))
                .collect(),
            since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(number: i64) -> Timestamp {
        Timestamp::from_millis(number * HOUR_MS).expect("time")
    }

    #[tokio::test]
    async fn requests_are_told_in_the_hour_in_which_they_were_made_for_a_day() {
        let cache = Cache::in_memory();
        let (first, second) = (Calls::default(), Calls::default());
        let noon = hour(500_000);
        for _ in 0..3 {
            first.count();
        }
        first.flush(&cache, noon).await.expect("memory");
        second.count();
        let later = hour(500_001);
        let counted = second.read(&cache, later).await.expect("memory");
        assert_eq!(counted.by_hour.len(), 24);
        assert_eq!(counted.by_hour[22], (noon, 3));
        assert_eq!(counted.by_hour[23].1, 1);
        assert_eq!(counted.since, Some(noon));
        let next_day = hour(500_024);
        let counted = first.read(&cache, next_day).await.expect("memory");
        assert_eq!(counted.by_hour.iter().map(|(_, count)| count).sum::<u64>(), 1);
    }
}
