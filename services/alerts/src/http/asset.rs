//! The asset that a text in a body or a filter means.

use std::{sync::PoisonError, time::Duration};

use service_kit::{ApiError, ApiResult};
use tokio::time::{Instant, timeout};

use crate::{
    error::Error,
    jobs,
    state::State,
    store::{assets, assets::AssetRow},
};

/// How often, at most, market-data is asked for what the copy of assets lacks.
const ASK_EVERY: Duration = Duration::from_millis(250);
/// How long a request waits for that.
const PATIENCE: Duration = Duration::from_secs(2);

/// The asset that a text names; 422 where there is none.
pub(super) async fn known_asset(state: &State, symbol: &str) -> ApiResult<AssetRow> {
    let symbol = symbol.trim();
    let mut asset = resolve(state, symbol).await?;
    // One may be so new that word of it is still on its way here.
    if asset.is_none() && copy_again(state).await {
        asset = resolve(state, symbol).await?;
    }
    asset.ok_or_else(|| ApiError::invalid("symbol", "is not a known ticker or asset id"))
}

/// The same, where it is offered to users.
pub(super) async fn offered_asset(state: &State, symbol: &str) -> ApiResult<AssetRow> {
    let asset = known_asset(state, symbol).await?;
    if !asset.enabled {
        return Err(ApiError::invalid("symbol", "is not offered any more"));
    }
    Ok(asset)
}

async fn resolve(state: &State, symbol: &str) -> Result<Option<AssetRow>, Error> {
    let mut conn = state.conn().await?;
    Ok(assets::resolve(&mut conn, symbol).await?)
}

/// Copies the assets once more, unless that was done just now; tells whether it was done.
async fn copy_again(state: &State) -> bool {
    {
        let mut asked_at = state.assets_asked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if asked_at.is_some_and(|at| now - at < ASK_EVERY) {
            return false;
        }
        *asked_at = Some(now);
    }
    match timeout(PATIENCE, jobs::copy_assets(state)).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::debug!(error = format!("{error:#}"), "the list of assets can't be had");
            false
        }
        Err(_) => false,
    }
}
