//! What requests share.

mod calls;
mod documents;
mod guards;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{SHA256, digest};
use contracts::{AccessClaims, internal::TokenFacts};
use domain::{SessionId, Timestamp};
use moka::sync::Cache;
use service_kit::Context;

use crate::{
    config::Config,
    domain::{access::AccessKeys, origins::Origins, stream::registry::Streams},
    http::reads::SharedReads,
    metrics::Metrics,
};

pub use calls::Calls;
pub use documents::{Documents, SERVICES, Whole, complete as complete_document};
pub use guards::{Guards, Passage};

/// How long what auth said about a personal API token may be used: revoked ones count no longer than this.
const INTROSPECTION_TTL: Duration = Duration::from_secs(3);
const CACHED_TOKENS: u64 = 100_000;

/// What requests share.
pub struct State {
    /// The settings.
    pub config: Config,
    /// What the service was started with.
    pub context: Context,
    /// Calls the services.
    pub upstream: reqwest::Client,
    /// Which web origins may call.
    pub origins: Origins,
    /// What is counted.
    pub metrics: Metrics,
    /// Who is behind tokens.
    pub tokens: Tokens,
    /// The API's description.
    pub documents: Documents,
    /// The gates in front of the services.
    pub guards: Guards,
    /// Answers that many want.
    pub reads: SharedReads,
    /// How many requests are answered.
    pub calls: Calls,
    /// Open streams, and what they tell.
    pub streams: Streams,
    /// Counts requests while the shared counter is gone.
    pub local_counts: service_kit::cache::Cache,
}

/// What is known of tokens: keys, verified ones, ended sessions.
pub struct Tokens {
    /// The keys that count.
    pub keys: ArcSwap<AccessKeys>,
    verified: Cache<[u8; 32], (AccessClaims, String)>,
    introspected: Cache<[u8; 32], Option<Arc<TokenFacts>>>,
    ended: RwLock<HashMap<SessionId, Timestamp>>,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            keys: ArcSwap::default(),
            verified: Cache::new(CACHED_TOKENS),
            introspected: Cache::builder()
                .max_capacity(CACHED_TOKENS)
                .time_to_live(INTROSPECTION_TTL)
                .build(),
            ended: RwLock::default(),
        }
    }
}

/// The name under which a token is remembered; the token itself is not kept.
pub fn fingerprint(token: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    hash
}

impl Tokens {
    /// What a verified token says.
    pub fn verified(&self, token: &[u8; 32]) -> Option<(AccessClaims, String)> {
        self.verified.get(token)
    }

    /// Remembers a verified token.
    pub fn remember(&self, token: [u8; 32], claims: &AccessClaims, kid: &str) {
        self.verified.insert(token, (claims.clone(), kid.to_owned()));
    }

    /// What auth said of a personal API token a moment ago; `Some(None)` where it counts for nothing.
    pub fn introspected(&self, token: &[u8; 32]) -> Option<Option<Arc<TokenFacts>>> {
        self.introspected.get(token)
    }

    /// Remembers for a moment what auth said.
    pub fn remember_introspection(&self, token: [u8; 32], facts: Option<Arc<TokenFacts>>) {
        self.introspected.insert(token, facts);
    }

    /// Forgets what auth said of personal API tokens, because an account was shut.
    pub fn forget_introspections(&self) {
        self.introspected.invalidate_all();
    }

    /// Whether a session was ended before its time.
    pub fn is_ended(&self, session: SessionId) -> bool {
        self.ended
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&session)
    }

    /// Notes that a session was ended; its tokens run out at `until`.
    pub fn end(&self, session: SessionId, until: Timestamp) {
        self.ended
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session, until);
    }

    /// Forgets sessions whose last token has run out anyhow.
    pub fn forget_ended_before(&self, moment: Timestamp) {
        self.ended
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, until| *until > moment);
    }
}
