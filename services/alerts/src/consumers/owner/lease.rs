//! The lease by which one instance at a time owns a partition.

use std::time::Duration;

use messaging::leases;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::{state::State, store::decisions::lease_name};

/// Asks for the lease; the term that it is in, if this instance has it.
pub(super) async fn acquire(state: &State, partition: u16, holder: Uuid, ttl: Duration) -> anyhow::Result<Option<i64>> {
    let mut conn = state.conn().await?;
    Ok(leases::acquire(&mut conn, &lease_name(partition), holder, ttl).await?)
}

/// Gives the lease back.
pub(super) async fn release(state: &State, partition: u16, holder: Uuid) {
    let released = async {
        let mut conn = state.conn().await?;
        leases::release(&mut conn, &lease_name(partition), holder).await?;
        anyhow::Ok(())
    };
    if let Err(error) = released.await {
        tracing::debug!(
            partition,
            error = format!("{error:#}"),
            "the lease was not given back; it ends by itself"
        );
    }
}

/// Extends the lease until that fails for longer than it lasts, or somebody else has it.
pub(super) async fn keep_lease(state: &State, partition: u16, (holder, epoch): (Uuid, i64)) -> anyhow::Result<()> {
    let ttl = Duration::from_secs(state.config.lease_s.max(2));
    let mut extended = Instant::now();
    loop {
        sleep(ttl / 4).await;
        match acquire(state, partition, holder, ttl).await {
            Ok(Some(term)) if term == epoch => extended = Instant::now(),
            Ok(_) => anyhow::bail!("the lease of partition {partition} was lost"),
            Err(error) if extended.elapsed() > ttl => {
                return Err(error.context("the lease could not be extended in time"));
            }
            Err(_) => {}
        }
    }
}
