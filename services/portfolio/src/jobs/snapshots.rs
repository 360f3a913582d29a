//! Values every book now and then, for equity curves.

use std::{sync::Arc, time::Duration};

use messaging::leases;
use uuid::Uuid;

use crate::{
    error::Error,
    state::State,
    store::{holdings, portfolios, snapshots},
};

const LEASE: &str = "snapshots";
const PAGE: i64 = 500;

/// Values all open books, unless another instance does so in this period.
pub async fn run(state: Arc<State>, holder: Uuid) -> anyhow::Result<()> {
    let mut conn = state.conn().await?;
    // The lease is kept until shortly before the next round, so that one instance writes one row per book and period.
    let period = Duration::from_secs(state.config.snapshot_seconds).mul_f64(0.9);
    if leases::acquire(&mut conn, LEASE, holder, period).await?.is_none() {
        return Ok(());
    }
    let mut after = Uuid::nil();
    loop {
        let books = portfolios::open_after(&mut conn, after, PAGE).await?;
        let Some((last, _)) = books.last() else { return Ok(()) };
        after = last.id;
        let now = state.now();
        let mut rows = Vec::with_capacity(books.len());
        for (row, held) in books {
            let held = holdings::assemble(held, Vec::new()).map_err(Error::from)?;
            rows.push(state.snapshot(row.id, &row.book(held), now)?);
        }
        snapshots::insert_all(&mut conn, &rows).await?;
    }
}
