use std::sync::Arc;

use crate::{state::State, store::gather};

/// Makes digests of what was put aside and is due.
pub async fn run(state: Arc<State>) -> anyhow::Result<()> {
    let mut conn = state.db.get().await?;
    let groups = gather::due_groups(&mut conn, state.now()).await?;
    for group in &groups {
        let count = gather::gather(&mut conn, group, state.now()).await?;
        state.metrics.gathered.inc_by(u64::try_from(count).unwrap_or(0));
    }
    if !groups.is_empty() {
        state.wake.all();
    }
    Ok(())
}
