use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    AsyncCommands, Client, FromRedisValue, RedisError, Script, aio::ConnectionManager, aio::ConnectionManagerConfig,
};
use tokio::{runtime::Handle, time::timeout};

use super::{CacheGone, Count};
use crate::runtime::OnRuntime;

/// How long one call may take.
const DEADLINE: Duration = Duration::from_millis(250);
/// After a failure, calls fail at once for this long; then one tries again.
const PAUSE: Duration = Duration::from_millis(500);

/// Raises a counter and says how long it lives; the first raise starts the window.
const INCREMENT: &str = r"
local value = redis.call('INCRBY', KEYS[1], ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  left = tonumber(ARGV[2])
end
return {value, left}
";

/// A Redis server.
#[derive(Clone)]
pub(super) struct RedisCache(Arc<Inner>);

struct Inner {
    manager: ConnectionManager,
    prefix: String,
    runtime: Handle,
    increment: Script,
    born: Instant,
    /// Milliseconds after `born` until which nobody tries.
    paused_until: AtomicU64,
}

impl RedisCache {
    pub(super) fn new(url: &str, prefix: &str) -> anyhow::Result<Self> {
        let client = Client::open(url).map_err(|error| anyhow::anyhow!("REDIS_URL can't be read: {error}"))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(DEADLINE))
            .set_response_timeout(Some(DEADLINE))
            .set_number_of_retries(0);
        let manager = ConnectionManager::new_lazy_with_config(client, config)?;
        Ok(Self(Arc::new(Inner {
            manager,
            prefix: prefix.to_owned(),
            runtime: Handle::current(),
            increment: Script::new(INCREMENT),
            born: Instant::now(),
            paused_until: AtomicU64::new(0),
        })))
    }

    fn key(&self, key: &str) -> String {
        format!("{}{key}", self.0.prefix)
    }

    fn keys(&self, keys: &[String]) -> Vec<String> {
        keys.iter().map(|key| self.key(key)).collect()
    }

    /// Runs a call on the runtime of the connection, within the deadline, unless calls are paused.
    async fn run<T: FromRedisValue>(
        &self,
        call: impl AsyncFnOnce(ConnectionManager) -> Result<T, RedisError>,
    ) -> Result<T, CacheGone> {
        let inner = &self.0;
        let now = u64::try_from(inner.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        let paused_until = inner.paused_until.load(Ordering::Relaxed);
        if now < paused_until {
            return Err(CacheGone("it failed a moment ago".to_owned()));
        }
        let pause = now.saturating_add(u64::try_from(PAUSE.as_millis()).unwrap_or(0));
        let is_doubtful = paused_until != 0;
        if is_doubtful
            && inner
                .paused_until
                .compare_exchange(paused_until, pause, Ordering::Relaxed, Ordering::Relaxed)
                .is_err()
        {
            return Err(CacheGone("somebody else is trying".to_owned()));
        }
        let calling = OnRuntime::new(inner.runtime.clone(), call(inner.manager.clone()));
        let failure = match timeout(DEADLINE, calling).await {
            Ok(Ok(value)) => {
                if is_doubtful {
                    inner.paused_until.store(0, Ordering::Relaxed);
                }
                return Ok(value);
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "no answer in time".to_owned(),
        };
        if !is_doubtful {
            inner.paused_until.store(pause, Ordering::Relaxed);
            tracing::warn!(error = failure, "the cache does not answer");
        }
        Err(CacheGone(failure))
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<String>, CacheGone> {
        let key = self.key(key);
        self.run(async |mut redis| redis.get(key).await).await
    }

    pub(super) async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<String>>, CacheGone> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let keys = self.keys(keys);
        self.run(async |mut redis| redis.mget(keys).await).await
    }

    pub(super) async fn set(&self, key: &str, value: &str, ttl: Duration) -> Result<(), CacheGone> {
        let key = self.key(key);
        self.run(async |mut redis| redis.pset_ex(key, value, millis(ttl)).await)
            .await
    }

    pub(super) async fn set_if_absent(&self, key: &str, value: &str, ttl: Duration) -> Result<bool, CacheGone> {
        let mut command = redis::cmd("SET");
        command
            .arg(self.key(key))
            .arg(value)
            .arg("NX")
            .arg("PX")
            .arg(millis(ttl));
        let set: Option<String> = self
            .run(async |mut redis| command.query_async(&mut redis).await)
            .await?;
        Ok(set.is_some())
    }

    pub(super) async fn delete(&self, keys: &[String]) -> Result<(), CacheGone> {
        if keys.is_empty() {
            return Ok(());
        }
        let keys = self.keys(keys);
        self.run(async |mut redis| redis.del(keys).await).await
    }

    pub(super) async fn increment(&self, key: &str, by: u64, window: Duration) -> Result<Count, CacheGone> {
        let key = self.key(key);
        let script = self.0.increment.clone();
        let (value, left): (u64, u64) = self
            .run(async |mut redis| {
                script
                    .key(key)
                    .arg(by)
                    .arg(millis(window))
                    .invoke_async(&mut redis)
                    .await
            })
            .await?;
        Ok(Count {
            value,
            resets_in: Duration::from_millis(left),
        })
    }

    pub(super) async fn add_members(&self, key: &str, members: &[String], ttl: Duration) -> Result<(), CacheGone> {
        if members.is_empty() {
            return Ok(());
        }
        let key = self.key(key);
        let mut pipe = redis::pipe();
        pipe.atomic()
            .sadd(&key, members)
            .ignore()
            .pexpire(&key, i64::try_from(millis(ttl)).unwrap_or(i64::MAX))
            .ignore();
        self.run(async |mut redis| pipe.query_async(&mut redis).await).await
    }

    pub(super) async fn members(&self, key: &str) -> Result<Vec<String>, CacheGone> {
        let key = self.key(key);
        self.run(async |mut redis| redis.smembers(key).await).await
    }

    pub(super) async fn ping(&self) -> Result<(), CacheGone> {
        self.run(async |mut redis| redis::cmd("PING").query_async(&mut redis).await)
            .await
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}
