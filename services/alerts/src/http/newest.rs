//! The prices at the moment at which an alert is armed.

use std::time::Duration;

use domain::{AssetId, Decimal, Interval, Tick, Timestamp};
use service_kit::client::CallError;
use tokio::time::timeout;

use crate::{
    domain::{Base, ClosedCandles, Condition, Window},
    market::Market,
    state::State,
};

/// How long an answer waits for prices of the past. Without them it only says less.
const PATIENCE: Duration = Duration::from_secs(2);

/// The newest price, those that moves are measured against, and the newest closed candles.
#[derive(Debug, Default)]
pub(super) struct Newest {
    pub base: Option<Base>,
    references: Vec<(Window, Decimal)>,
    closed: ClosedCandles,
}

impl Newest {
    /// Whether a condition is already true.
    pub(super) fn meets(&self, condition: &Condition) -> bool {
        let reference = |window| {
            let known = self.references.iter().find(|(known, _)| *known == window);
            known.map(|(_, price)| *price)
        };
        self.base
            .and_then(|base| condition.is_true_at(base.price, &reference, &self.closed))
            .unwrap_or(false)
    }
}

/// The newest price of an asset, and what it takes to judge a condition that is to be armed. Without the former an alert
/// begins with the first price that the evaluator sees.
pub(super) async fn newest(state: &State, asset_id: &str, armed: Option<&Condition>) -> Newest {
    let Ok(asset) = AssetId::parse(asset_id) else {
        return Newest::default();
    };
    let price = state.market.price(&asset).await.inspect_err(|error| {
        tracing::warn!(%error, asset.id = asset_id, "the newest price is not known, an alert begins with the next one");
    });
    let Some(price) = price.ok().flatten() else {
        return Newest::default();
    };
    let base = Base {
        seq: price.seq,
        price: price.price,
        event_at: price.event_at,
    };
    let mut newest = Newest {
        base: Some(base),
        ..Newest::default()
    };
    let Some(condition) = armed else { return newest };
    newest.closed = ClosedCandles::of(condition);
    let comparing = async {
        for window in condition.windows() {
            let found = reference(&state.market, &asset, base.event_at, window).await?;
            newest.references.extend(found.map(|price| (window, price)));
        }
        for (interval, count) in newest.closed.take_wants() {
            let candles = state.market.newest_candles(&asset, interval, count, None).await?;
            newest.closed.give(interval, &candles);
        }
        Ok::<_, CallError>(())
    };
    match timeout(PATIENCE, comparing).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, asset.id = asset_id, "prices of the past are not known"),
        Err(_) => tracing::warn!(asset.id = asset_id, "prices of the past did not come in time"),
    }
    newest
}

/// The last price at or before the start of the window that ends now, unless it is too old.
async fn reference(
    market: &Market,
    asset: &AssetId,
    now: Timestamp,
    window: Window,
) -> Result<Option<Decimal>, CallError> {
    let back = |from: Timestamp, millis: i64| from.minus(Duration::from_millis(millis.unsigned_abs()));
    let start = back(now, window.millis());
    let oldest = back(start, window.tolerance_ms());
    let end = start.plus(Duration::from_millis(1));
    let minute = Interval::M1.bucket_start(start);
    // Most assets are traded every minute. Where this one was not, its candles tell in which one it was.
    if let Some(price) = last_within(market, asset, (minute.max(oldest), end)).await? {
        return Ok(Some(price));
    }
    let from = Interval::M1.bucket_start(oldest);
    let candles = market.candles(asset, Interval::M1, from, minute).await?;
    let Some(traded) = candles.iter().rfind(|candle| !candle.filled) else {
        return Ok(None);
    };
    last_within(market, asset, (traded.start.max(oldest), traded.end())).await
}

async fn last_within(
    market: &Market,
    asset: &AssetId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Option<Decimal>, CallError> {
    let ticks = market.ticks(asset, from, to).await?;
    let counted = |tick: &&Tick| !tick.is_late;
    Ok(ticks.iter().rfind(counted).map(|tick| tick.price.value()))
}
