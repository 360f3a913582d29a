use std::{sync::Arc, time::Duration};

use crate::{
    state::State,
    store::{deliveries, notifications},
};

/// Deletes notifications that nobody keeps any longer, in small bites.
pub async fn delete_old(state: Arc<State>) -> anyhow::Result<()> {
    let before = state
        .now()
        .minus(Duration::from_secs(state.config.retention_days * 86_400));
    let mut conn = state.db.get().await?;
    while notifications::delete_older(&mut conn, before.into()).await? > 0 {}
    while deliveries::delete_older(&mut conn, before.into()).await? > 0 {}
    Ok(())
}

/// Counts what waits, for the metrics.
pub async fn count_pending(state: Arc<State>) -> anyhow::Result<()> {
    let mut conn = state.db.get().await?;
    state.metrics.set_pending(&deliveries::count_pending(&mut conn).await?);
    Ok(())
}
