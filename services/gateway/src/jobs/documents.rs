//! Keeps the OpenAPI document up to date with services that are replaced one by one.

use std::{sync::Arc, time::Duration};

use crate::state::State;

const PERIOD: Duration = Duration::from_secs(60);
const FIRST_PERIOD: Duration = Duration::from_secs(1);

/// Asks the services until the gateway stops.
pub async fn follow(state: Arc<State>) -> anyhow::Result<()> {
    loop {
        if let Err(error) = state.documents.refresh(&state.context).await {
            tracing::debug!(%error, "the API's document is not complete yet");
        }
        let is_whole = state.documents.whole().is_some();
        tokio::time::sleep(if is_whole { PERIOD } else { FIRST_PERIOD }).await;
    }
}
