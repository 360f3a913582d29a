use std::{sync::Arc, time::Duration};

use prometheus::Histogram;
use secrecy::SecretString;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{
    config::PasswordOptions,
    domain::password_hash::{HashCost, HashingFailed, Verified},
    error::Error,
};

/// Hashes passwords, a few at a time: each takes tens of milliseconds of a core and tens of megabytes.
pub struct Hasher {
    cost: HashCost,
    running: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    wait: Duration,
    /// Compared with where there is no account, so that its absence takes as long as a wrong password.
    dummy: String,
    seconds: Histogram,
}

/// The right to hash.
pub struct Turn {
    _place: OwnedSemaphorePermit,
    _running: OwnedSemaphorePermit,
}

impl Hasher {
    /// Prepares; computes one hash.
    pub fn new(options: PasswordOptions, seconds: Histogram) -> Result<Self, HashingFailed> {
        let cost = HashCost {
            memory_kib: options.memory_kib,
            passes: options.passes,
        };
        let at_once = options.at_once.max(1);
        Ok(Self {
            cost,
            running: Arc::new(Semaphore::new(at_once)),
            queue: Arc::new(Semaphore::new(at_once + options.queue)),
            wait: Duration::from_millis(options.wait_ms),
            dummy: cost.hash(&"nobody has this password".into())?,
            seconds,
        })
    }

    /// Waits for a turn; [`Error::Busy`] at once where too many wait already.
    pub async fn turn(&self) -> Result<Turn, Error> {
        let place = self.queue.clone().try_acquire_owned().map_err(|_| Error::Busy)?;
        let running = timeout(self.wait, self.running.clone().acquire_owned()).await;
        let running = running.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        Ok(Turn {
            _place: place,
            _running: running,
        })
    }

    /// Hashes a password that was chosen.
    pub async fn hash(&self, turn: &Turn, password: SecretString) -> Result<String, Error> {
        let cost = self.cost;
        self.compute(turn, move || cost.hash(&password)).await
    }

    /// Compares a password with the hash of an account; where there is none, takes as long and says no.
    pub async fn verify(&self, turn: &Turn, password: SecretString, stored: Option<String>) -> Result<Verified, Error> {
        let cost = self.cost;
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.dummy.clone());
        let verified = self.compute(turn, move || cost.verify(&password, &stored)).await?;
        Ok(if is_known { verified } else { Verified::No })
    }

    async fn compute<T: Send + 'static>(
        &self,
        _: &Turn,
        work: impl FnOnce() -> Result<T, HashingFailed> + Send + 'static,
    ) -> Result<T, Error> {
        let timer = self.seconds.start_timer();
        let outcome = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| Error::HashingBrokeOff)?;
        timer.observe_duration();
        Ok(outcome?)
    }
}
