//! What services share for a short time: counters of rate limits, revocations, hot answers.
//!
//! Redis where there are several processes, a map inside the process where there is one. Every call has a deadline;
//! once one fails, others fail at once for a moment instead of waiting in turn. Callers treat [`CacheGone`] as
//! "nothing known" and go on.

mod memory;
mod redis_server;

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use memory::MemoryCache;
use redis_server::RedisCache;

/// The cache does not answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the cache is gone: {0}")]
pub struct CacheGone(pub(crate) String);

/// A counter after it was raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Its value, this time included.
    pub value: u64,
    /// When it begins again from nothing.
    pub resets_in: Duration,
}

/// The cache. Cheap to clone.
#[derive(Clone)]
pub struct Cache(Kind);

#[derive(Clone)]
enum Kind {
    Memory(MemoryCache),
    Redis(RedisCache),
}

/// Sends a call to whichever cache there is.
macro_rules! either {
    ($cache:expr, $inner:ident => $call:expr) => {
        match &$cache.0 {
            Kind::Memory($inner) => Ok($call),
            Kind::Redis($inner) => $call.await,
        }
    };
}

impl Cache {
    /// The cache at `url`: `memory:`, or Redis, whose every key then begins with `prefix`.
    ///
    /// Redis is asked when first needed. Must be called on a multi-thread tokio runtime: the connection will live there.
    pub fn connect(url: &SecretString, prefix: &str) -> anyhow::Result<Self> {
        if url.expose_secret() == "memory:" {
            return Ok(Self::in_memory());
        }
        Ok(Self(Kind::Redis(RedisCache::new(url.expose_secret(), prefix)?)))
    }

    /// A cache inside the process.
    pub fn in_memory() -> Self {
        Self(Kind::Memory(MemoryCache::default()))
    }

    /// The value of a key.
    pub async fn get(&self, key: &str) -> Result<Option<String>, CacheGone> {
        either!(self, cache => cache.get(key))
    }

    /// The values of several keys, in their order, in one round trip.
    pub async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<String>>, CacheGone> {
        either!(self, cache => cache.get_many(keys))
    }

    /// Sets a key for `ttl`.
    pub async fn set(&self, key: &str, value: &str, ttl: Duration) -> Result<(), CacheGone> {
        either!(self, cache => cache.set(key, value, ttl))
    }

    /// Sets a key for `ttl` unless it is there; whether it was set. Also good for "only once" and for short locks.
    pub async fn set_if_absent(&self, key: &str, value: &str, ttl: Duration) -> Result<bool, CacheGone> {
        either!(self, cache => cache.set_if_absent(key, value, ttl))
    }

    /// Removes keys, sets too.
    pub async fn delete(&self, keys: &[String]) -> Result<(), CacheGone> {
        either!(self, cache => cache.delete(keys))
    }

    /// Raises a counter by `by`; it begins again `window` after its first raise.
    pub async fn increment(&self, key: &str, by: u64, window: Duration) -> Result<Count, CacheGone> {
        either!(self, cache => cache.increment(key, by, window))
    }

    /// Adds members to a set and lets it live for `ttl` from now.
    pub async fn add_members(&self, key: &str, members: &[String], ttl: Duration) -> Result<(), CacheGone> {
        either!(self, cache => cache.add_members(key, members, ttl))
    }

    /// The members of a set, in no order.
    pub async fn members(&self, key: &str) -> Result<Vec<String>, CacheGone> {
        either!(self, cache => cache.members(key))
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), CacheGone> {
        either!(self, cache => cache.ping())
    }

    /// Whether it lives inside this process.
    pub fn is_in_memory(&self) -> bool {
        matches!(self.0, Kind::Memory(_))
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_in_memory() {
            "Cache(memory)"
        } else {
            "Cache(redis)"
        })
    }
}
