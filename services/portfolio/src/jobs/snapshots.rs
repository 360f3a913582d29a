//! Values every book now and then, for equity curves.

use std::{sync::Arc, time::Duration};

use messaging::leases;
use uuid::Uuid;

use crate::{
    error::Error,
    state::State,
    store::{
        holdings, portfolios,
        snapshots::{self, SnapshotRow},
    },
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
    let bitcoin_price = state.benchmark_price();
    let mut after = Uuid::nil();
    loop {
        let books = portfolios::open_after(&mut conn, after, PAGE).await?;
        let Some((last, _)) = books.last() else { return Ok(()) };
        after = last.id;
        let at = state.now().into();
        let mut rows = Vec::with_capacity(books.len());
        for (row, held) in books {
            let held = holdings::assemble(held, Vec::new()).map_err(Error::from)?;
            let (equity, is_partial) = state.equity(&row.book(held))?;
            let equity = (!is_partial).then_some(equity);
            rows.push(SnapshotRow {
                portfolio_id: row.id,
                at,
                equity,
                flow: rust_decimal::Decimal::ZERO,
                bitcoin_price,
            });
        }
        snapshots::insert(&mut conn, &rows).await?;
    }
}
