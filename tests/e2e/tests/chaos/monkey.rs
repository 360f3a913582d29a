//! Breaks things, by a seed, and mends them again.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use e2e::{Installation, OwnServer};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

const SERVICES: [&str; 6] = ["auth", "market-data", "alerts", "portfolio", "notifier", "gateway"];
/// A broken thing stays so for at most so many milliseconds.
const BROKEN_MS: u64 = 3_000;
/// Between two faults all is well for at most so many milliseconds.
const CALM_MS: u64 = 2_500;

/// Whoever breaks things.
pub struct Monkey<'a> {
    platform: &'a mut Installation,
    random: ChaCha8Rng,
    faults: BTreeMap<String, usize>,
    /// The servers are broken in turn, so that none is spared.
    turn: usize,
}

impl<'a> Monkey<'a> {
    /// One that does the same at each run with the same seed, as far as time lets it.
    pub fn new(platform: &'a mut Installation, seed: u64) -> Self {
        Self {
            platform,
            random: ChaCha8Rng::seed_from_u64(seed.wrapping_mul(31)),
            faults: BTreeMap::new(),
            turn: 0,
        }
    }

    /// Breaks and mends until the end.
    pub async fn rage(&mut self, end: Instant) {
        while Instant::now() < end {
            let calm = self.random.random_range(200..CALM_MS);
            tokio::time::sleep(Duration::from_millis(calm)).await;
            let broken = Duration::from_millis(self.random.random_range(0..BROKEN_MS));
            let service = *SERVICES.choose(&mut self.random).expect("a service");
            match self.random.random_range(0..10) {
                0..=4 => {
                    self.note(&format!("kill -9 of {service}"));
                    self.platform.kill_service(service);
                    tokio::time::sleep(broken).await;
                    self.platform.start_service(service);
                }
                5..=6 => {
                    self.note(&format!("{service} frozen"));
                    self.platform.freeze_service(service);
                    tokio::time::sleep(broken).await;
                    self.platform.thaw_service(service);
                }
                _ => {
                    let server = OwnServer::ALL[self.turn % OwnServer::ALL.len()];
                    self.turn += 1;
                    self.note(&format!("kill -9 of {server:?}"));
                    self.platform.kill_server(server);
                    tokio::time::sleep(broken).await;
                    self.platform.start_server(server);
                }
            }
        }
    }

    /// Waits until everything runs again, and tells what was broken how often.
    pub async fn make_peace(self) -> BTreeMap<String, usize> {
        self.platform.is_ready().await;
        self.faults
    }

    fn note(&mut self, fault: &str) {
        *self.faults.entry(fault.to_owned()).or_default() += 1;
    }
}
