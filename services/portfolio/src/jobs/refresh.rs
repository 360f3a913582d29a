//! Fills the copies of assets and prices from market-data, at start and now and then.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use contracts::internal::{AssetSnapshot, PriceSnapshot};
use messaging::Pause;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::prices::{Mark, StaleAfter},
    state::State,
    store::{assets, portfolios},
};

const MARKET_DATA: &str = "market-data";
/// Until market-data has answered once, it is asked this often.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// How often the catalogue is read again, because another instance may have heard of a new asset.
const RELOAD: Duration = Duration::from_secs(5);

/// Asks market-data until the service stops.
pub async fn run(state: Arc<State>, stop: CancellationToken) -> anyhow::Result<()> {
    let mut has_answered = false;
    let mut since_snapshot = Duration::MAX;
    let mut asking = Pause::between(FIRST_PAUSE, FIRST_PAUSE);
    loop {
        // What is known of before counts while market-data can't be asked.
        if let Err(error) = reload(&state).await {
            tracing::warn!(error = format!("{error:#}"), "the assets could not be read again");
        }
        if since_snapshot >= Duration::from_secs(state.config.refresh_seconds) {
            match snapshot(&state).await {
                Ok(()) => (since_snapshot, has_answered) = (Duration::ZERO, true),
                Err(error) => tracing::debug!(error = format!("{error:#}"), "market-data could not be asked"),
            }
        }
        let pause = if has_answered { RELOAD } else { asking.take() };
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return Ok(());
        }
        since_snapshot = since_snapshot.saturating_add(pause);
    }
}

async fn snapshot(state: &State) -> anyhow::Result<()> {
    let prices: PriceSnapshot = state.client.get(MARKET_DATA, "/internal/prices").send().await?;
    let mut limits = state.config.stale_after_ms.clone();
    limits.extend(prices.stale_after_ms);
    state.prices.set_stale_after(StaleAfter::new(
        limits
            .into_iter()
            .map(|(source, ms)| (source, Duration::from_millis(ms))),
    ));
    for facts in prices.prices {
        let mark = Mark {
            price: facts.price,
            source: facts.source,
            event_at: facts.event_at,
            received_at: facts.received_at,
            seq: facts.seq,
        };
        state.prices.put(&facts.asset_id, mark);
    }
    let snapshot: AssetSnapshot = state.client.get(MARKET_DATA, "/internal/assets").send().await?;
    let rows: Vec<assets::AssetRow> = snapshot.assets.iter().map(Into::into).collect();
    let mut conn = state.conn().await?;
    assets::upsert(&mut conn, &rows).await?;
    state.reload_assets().await?;
    state.is_market_known.store(true, Ordering::Relaxed);
    Ok(())
}

async fn reload(state: &State) -> anyhow::Result<()> {
    state.reload_assets().await?;
    let mut conn = state.conn().await?;
    state.metrics.portfolios.set(portfolios::count_open(&mut conn).await?);
    Ok(())
}
