//! What handlers and jobs share.

mod hasher;
mod signing_keys;

use std::time::{Duration, Instant};

use domain::{SharedClock, Timestamp};
use messaging::Outbox;
use service_kit::{
    Context,
    db::{Conn, Db},
    http::request_id,
};
use url::Url;

use crate::{
    config::Config,
    domain::Keyring,
    error::Error,
    metrics::Metrics,
    store::{Origin, Scribe},
};

pub use hasher::{Hasher, Turn};
pub use signing_keys::SigningKeys;

/// The state of a running service.
pub struct State {
    /// Its database.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Where facts are written down.
    pub outbox: Outbox,
    /// Keys made from the data secret.
    pub keyring: Keyring,
    /// Keys of access tokens.
    pub signing_keys: SigningKeys,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// Who issues tokens: PUBLIC_URL.
    pub issuer: String,
    /// Web origins whose pages may use the refresh cookie.
    pub origins: Vec<String>,
    /// What is counted.
    pub metrics: Metrics,
    /// Settings.
    pub config: Config,
}

impl State {
    /// Puts the state together and reads the signing keys.
    pub async fn assemble(context: &Context, config: Config) -> anyhow::Result<Self> {
        let metrics = Metrics::register(&context.registry)?;
        let (options, seconds) = (config.passwords, metrics.hashing.clone());
        let hasher = tokio::task::spawn_blocking(move || Hasher::new(options, seconds)).await??;
        let mut origins: Vec<String> = config
            .allowed_origins
            .iter()
            .map(|origin| origin.trim_end_matches('/').to_lowercase())
            .collect();
        origins.extend(own_origins(&context.public_url));
        let state = Self {
            db: context.db()?.clone(),
            clock: context.clock.clone(),
            outbox: context.outbox.clone(),
            keyring: Keyring::new(&context.secrets.data_secret)?,
            signing_keys: SigningKeys::default(),
            hasher,
            issuer: issuer_of(&context.public_url),
            origins,
            metrics,
            config,
        };
        let mut conn = state.conn().await?;
        state
            .signing_keys
            .reload(&mut conn, &state.keyring, state.now())
            .await?;
        drop(conn);
        Ok(state)
    }

    /// A connection.
    pub async fn conn(&self) -> Result<Conn, Error> {
        Ok(self.db.get().await?)
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Writes down what a request's change leaves behind.
    pub fn scribe<'a>(&'a self, origin: &'a Origin) -> Scribe<'a> {
        Scribe {
            outbox: &self.outbox,
            keyring: &self.keyring,
            now: self.now(),
            request_id: request_id(),
            origin,
            access_lifetime: self.config.access_lifetime(),
        }
    }
}

/// Who issues tokens: the address of the web app without a slash at its end.
pub fn issuer_of(public_url: &Url) -> String {
    public_url.as_str().trim_end_matches('/').to_owned()
}

/// The origin of the web app; on a developer's machine in each spelling of loopback.
fn own_origins(public_url: &Url) -> Vec<String> {
    let own = public_url.origin().ascii_serialization();
    let Some(host) = public_url.host_str().filter(|host| LOOPBACK.contains(host)) else {
        return vec![own];
    };
    LOOPBACK.iter().map(|other| own.replacen(host, other, 1)).collect()
}

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Waits until a multiple of `step` since `start`, so that the time of an answer does not tell what was done for it.
pub async fn even_out(start: Instant, step: Duration) {
    if step.is_zero() {
        return;
    }
    let steps = start.elapsed().as_nanos() / step.as_nanos() + 1;
    let until = step.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX));
    tokio::time::sleep_until((start + until).into()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_developers_machine_has_its_origin_in_each_spelling() {
        let origins = own_origins(&Url::parse("http://localhost:3000/").expect("url"));
        assert_eq!(
            origins,
            ["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"]
        );
        assert_eq!(
            own_origins(&Url::parse("https://candlewick.example/app").expect("url")),
            ["https://candlewick.example"]
        );
    }

    #[tokio::test]
    async fn answers_leave_at_multiples_of_the_step() {
        let start = Instant::now();
        even_out(start, Duration::from_millis(20)).await;
        assert!(start.elapsed() >= Duration::from_millis(20));
    }
}
