//! Keeps up with auth: which keys count, and which sessions were ended.

use std::{sync::Arc, time::Duration};

use contracts::internal::RevocationPage;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    domain::access::{AccessKeys, KeySet},
    state::State,
};

/// Follows auth until the service stops. While auth is away, what is known goes on counting.
pub async fn follow(state: Arc<State>) -> anyhow::Result<()> {
    let pause = Duration::from_millis(state.config.revocation_poll_ms);
    let mut cursor = 0;
    loop {
        match next_page(&state, cursor).await {
            Ok(next) => cursor = next,
            Err(error) => tracing::warn!(error = format!("{error:#}"), "ended sessions could not be asked for"),
        }
        state.tokens.forget_ended_before(state.context.clock.now());
        tokio::time::sleep(pause).await;
    }
}

async fn next_page(state: &State, cursor: i64) -> anyhow::Result<i64> {
    let path = format!("/internal/revocations?since={cursor}");
    let page: RevocationPage = state.context.client.get("auth", &path).send().await?;
    for revocation in &page.revocations {
        match revocation.session_id {
            Some(session) => state.tokens.end(session, revocation.until),
            None => state.tokens.forget_introspections(),
        }
    }
    let keys = state.tokens.keys.load();
    let is_current = page.key_ids.iter().all(|kid| keys.knows(kid)) && keys.len() == page.key_ids.len();
    if !is_current {
        load_keys(state, &page.key_ids).await?;
    }
    Ok(page.cursor)
}

async fn load_keys(state: &State, counting: &[String]) -> anyhow::Result<()> {
    let (status, text) = state.context.client.get("auth", "/internal/jwks").text().await?;
    anyhow::ensure!(status == 200, "auth answered {status} when asked for its keys");
    let body: Value = serde_json::from_str(&text)?;
    let set = KeySet::deserialize(body.get("data").unwrap_or(&body))?;
    let set = KeySet {
        keys: set.keys.into_iter().filter(|key| counting.contains(&key.kid)).collect(),
    };
    let issuer = state.context.public_url.as_str().trim_end_matches('/');
    state.tokens.keys.store(Arc::new(AccessKeys::new(issuer, &set)));
    tracing::info!(keys = set.keys.len(), "the keys of access tokens were loaded");
    Ok(())
}
