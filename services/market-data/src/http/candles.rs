//! Candles for answers: stored ones, those closed since, and the open one.

use std::{sync::Arc, time::Duration};

use domain::{AssetId, Candle, Decimal, Interval, Ohlc, Timestamp, candles::MarkedCandle};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::params::Window;
use crate::{
    domain::feed::FeedKind,
    error::{Error, Result},
    state::State,
    store::{
        candles::{self, CandleRange},
        states,
    },
};

/// A candle as clients see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CandleView {
    /// The bucket's start.
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Timestamp,
    /// The first price.
    #[schema(value_type = String)]
    pub open: Decimal,
    /// The highest price.
    #[schema(value_type = String)]
    pub high: Decimal,
    /// The lowest price.
    #[schema(value_type = String)]
    pub low: Decimal,
    /// The last price.
    #[schema(value_type = String)]
    pub close: Decimal,
    /// Traded quantity; null where no source tells it.
    #[schema(value_type = Option<String>, required)]
    pub volume: Option<Decimal>,
    /// How many ticks made it.
    pub samples: u64,
    /// Its bucket is over.
    pub is_closed: bool,
    /// Nothing traded: flat at the price before.
    pub filled: bool,
    /// It does not cover its whole bucket.
    pub partial: bool,
    /// It was completed later from another source.
    pub repaired: bool,
}

impl From<&Candle> for CandleView {
    fn from(candle: &Candle) -> Self {
        let Ohlc { open, high, low, close } = candle.prices;
        Self {
            timestamp: candle.start,
            open: open.value(),
            high: high.value(),
            low: low.value(),
            close: close.value(),
            volume: candle.volume.map(|volume| volume.value()),
            samples: candle.samples,
            is_closed: candle.is_closed,
            filled: candle.filled,
            partial: candle.partial,
            repaired: candle.repaired,
        }
    }
}

/// A stretch without candles.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GapView {
    /// The end of the candle before it.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The start of the candle after it.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// How long a read waits for the recorder.
const PATIENCE: Duration = Duration::from_secs(8);
const POLL: Duration = Duration::from_millis(100);

/// Which candles a request wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The asset.
    pub asset: AssetId,
    /// The interval.
    pub interval: Interval,
    /// The stretch of time.
    pub window: Window,
    /// The most candles.
    pub limit: usize,
}

/// The moment up to which an asset's history goes: the present, or for recorded prices the feed's own time.
pub fn end_of_history(state: &State, asset: &AssetId) -> Timestamp {
    if state.kind != FeedKind::File {
        return state.now();
    }
    let market = state.market();
    let last = market
        .get(asset)
        .and_then(|entry| entry.last.as_ref())
        .map(|last| last.event_at);
    market.clock_of(asset).max(last).unwrap_or_else(|| state.now())
}

/// The newest moment of which anything can be known: the present, or the feed's own time where that is ahead of it.
pub fn newest_moment(state: &State) -> Timestamp {
    state.now().max(state.market().clock().unwrap_or_else(|| state.now()))
}

/// The start of the first bucket that is wanted; `None` for all that there are.
pub fn begin_of(state: &State, wanted: &Wanted) -> Option<Timestamp> {
    let from = match wanted.window {
        Window::Newest => None,
        Window::Range(range) => {
            let end = end_of_history(state, &wanted.asset);
            range.length().map(|length| end.minus(length))
        }
        Window::Between(from, _) => from,
    };
    from.map(|from| wanted.interval.bucket_start(from))
}

/// Where the wanted candles end, and whether the oldest of them are kept where there are too many.
pub fn end_of(wanted: &Wanted) -> (Option<Timestamp>, bool) {
    match wanted.window {
        Window::Newest | Window::Range(_) => (None, false),
        Window::Between(from, to) => (to, from.is_some()),
    }
}

/// The wanted candles, oldest first, the open one included.
pub async fn load(state: &State, wanted: &Wanted) -> Result<Vec<Candle>> {
    let (from, (to, keeps_oldest)) = (begin_of(state, wanted), end_of(wanted));
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    let range = CandleRange {
        asset: wanted.asset.clone(),
        interval: wanted.interval,
        from,
        to,
        limit,
        keeps_oldest,
    };
    let stored = recorded(state, &range).await?;
    let mut found: Vec<Candle> = stored.iter().map(|marked| marked.candle.clone()).collect();
    if !(keeps_oldest && found.len() == wanted.limit) {
        add_newest(state, &range, &mut found);
    }
    if found.len() > wanted.limit {
        match keeps_oldest {
            true => found.truncate(wanted.limit),
            false => drop(found.drain(..found.len() - wanted.limit)),
        }
    }
    Ok(found)
}

/// Stored candles that reach as far back as those in memory begin: behind a fast replay the recorder takes a moment.
async fn recorded(state: &State, range: &CandleRange) -> Result<Arc<Vec<MarkedCandle>>> {
    let deadline = Instant::now() + PATIENCE;
    let found = stored(state, range).await?;
    let Some(wanted) = newest_of_hole(state, range, &found) else {
        return Ok(found);
    };
    loop {
        let mut conn = state.conn().await?;
        let is_recorded = states::last_seq(&mut conn, &range.asset).await? >= wanted;
        if is_recorded || Instant::now() >= deadline {
            return Ok(Arc::new(candles::load(&mut conn, range).await?));
        }
        drop(conn);
        tokio::time::sleep(POLL).await;
    }
}

/// The number of the newest tick, where candles may be missing between the stored ones and those in memory.
fn newest_of_hole(state: &State, range: &CandleRange, stored: &[MarkedCandle]) -> Option<u64> {
    let market = state.market();
    let entry = market.get(&range.asset)?;
    let oldest = entry.recent(range.interval).next()?.candle.start;
    let is_before = range.to.is_some_and(|to| to <= oldest) || range.from.is_some_and(|from| from >= oldest);
    let is_whole = range.keeps_oldest && stored.len() as i64 >= range.limit;
    let is_joined = stored.last().is_some_and(|marked| marked.candle.end() >= oldest);
    if is_before || is_whole || is_joined || !entry.has_forgotten(range.interval) {
        return None;
    }
    entry.last.as_ref().map(|last| last.seq)
}

/// Stored candles; asked for again only when one closed or was revised since, or after two seconds.
async fn stored(state: &State, range: &CandleRange) -> Result<Arc<Vec<MarkedCandle>>> {
    let generation = {
        let market = state.market();
        market
            .get(&range.asset)
            .map(|entry| entry.closed_generation)
            .ok_or(Error::UnknownAsset)?
    };
    let key = format!("{:?}", range);
    if let Some((known, found)) = state.candles.get(&key)
        && known == generation
    {
        return Ok(found);
    }
    let mut conn = state.conn().await?;
    let found = Arc::new(candles::load(&mut conn, range).await?);
    state.candles.insert(key, (generation, found.clone()));
    Ok(found)
}

/// Adds what the log has told and the database did not have yet, and the open candle.
fn add_newest(state: &State, range: &CandleRange, found: &mut Vec<Candle>) {
    let market = state.market();
    let Some(entry) = market.get(&range.asset) else { return };
    let is_wanted =
        |start: Timestamp| range.from.is_none_or(|from| start >= from) && range.to.is_none_or(|to| start < to);
    let recent = entry.recent(range.interval).map(|marked| marked.candle.clone());
    for candle in recent.chain(market.open_candle(&range.asset, range.interval)) {
        let is_newer = found.last().is_none_or(|last| candle.start > last.start);
        if is_newer && is_wanted(candle.start) {
            found.push(candle);
        }
    }
}
