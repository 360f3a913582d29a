//! Which instances of a service run: each says so every few seconds, in the cache that all of them share.

use std::time::Duration;

use domain::{SharedClock, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    cache::{Cache, CacheGone},
    context::Context,
};

/// How often an instance says that it runs.
const PERIOD: Duration = Duration::from_secs(5);
/// For how long what it said is gathered; who was silent for two of these is gone.
const SPAN_MS: i64 = 15_000;

/// One running process of a service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Instance {
    /// Names it until it ends.
    pub id: Uuid,
    /// The version of the program.
    pub version: String,
    /// When it was started.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
}

impl Instance {
    /// A new one, of this moment.
    pub(crate) fn new(version: &str, clock: &SharedClock) -> Self {
        Self {
            id: Uuid::now_v7(),
            version: version.to_owned(),
            started_at: clock.now(),
        }
    }
}

fn key(service: &str, span: i64) -> String {
    format!("instances:{service}:{span}")
}

/// Says again and again that this instance runs. While the cache is gone, nobody hears it.
pub(crate) async fn announce(context: Context) -> anyhow::Result<()> {
    let member = [serde_json::to_string(&context.instance)?];
    loop {
        let key = key(context.service, context.clock.now().millis().div_euclid(SPAN_MS));
        if let Err(gone) = context.cache.add_members(&key, &member, 4 * PERIOD * 3).await {
            tracing::debug!(%gone, "this instance could not say that it runs");
        }
        tokio::time::sleep(PERIOD).await;
    }
}

/// The instances of `service` that were heard of in the last half minute, oldest first.
pub async fn list(cache: &Cache, service: &str, now: Timestamp) -> Result<Vec<Instance>, CacheGone> {
    let span = now.millis().div_euclid(SPAN_MS);
    let mut found: Vec<Instance> = Vec::new();
    for span in [span - 1, span] {
        let members = cache.members(&key(service, span)).await?;
        found.extend(
            members
                .iter()
                .filter_map(|member| serde_json::from_str::<Instance>(member).ok()),
        );
    }
    found.sort_by_key(|instance| (instance.started_at, instance.id));
    found.dedup();
    Ok(found)
}
