//! What happens by the clock and belongs to no partition. Expiry and silence belong to the owner of each partition.

use std::{sync::Arc, time::Duration};

use crate::{
    state::State,
    store::{alerts, assets, assets::AssetRow, firings, partitions},
};

/// Forgets firings that are older than they are kept, and changes that the evaluators have seen.
pub async fn clean_up(state: Arc<State>) -> anyhow::Result<()> {
    let keep = Duration::from_secs(u64::from(state.config.keep_firings_days) * 86_400);
    let oldest = state.now().minus(keep);
    let mut conn = state.conn().await?;
    while firings::forget_before(&mut conn, oldest).await? > 0 {}
    partitions::prune_changes(&mut conn).await?;
    Ok(())
}

/// Shows how many alerts there are.
pub async fn count(state: Arc<State>) -> anyhow::Result<()> {
    let mut conn = state.conn().await?;
    let (all, _) = alerts::counts(&mut conn).await?;
    state.metrics.total.set(all);
    Ok(())
}

/// Fills the copy of assets from market-data. Facts keep it up to date from then on; asking again heals what was lost.
pub async fn copy_assets(state: &State) -> anyhow::Result<()> {
    let snapshot = state.market.assets().await?;
    let rows: Vec<AssetRow> = snapshot.assets.iter().map(AssetRow::from).collect();
    let mut conn = state.conn().await?;
    assets::upsert(&mut conn, &rows).await?;
    Ok(())
}
