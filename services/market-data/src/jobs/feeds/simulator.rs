//! The made-up market: its past at the first start, and its prices from then on.

use std::{collections::HashMap, sync::Arc, time::Duration};

use diesel_async::AsyncConnection;
use domain::{
    AssetId, Interval, Source, Tick, Timestamp,
    candles::{CandleBook, Change, Entry, MarkedCandle, Watch},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use messaging::leases;
use tokio::sync::mpsc;

use super::{FeedContext, file::send};
use crate::{
    domain::{
        recorded::{AssetState, LastPrice, RecordedPartition},
        recording,
        sequencer::RawTick,
        simulator::{self, SimulatedAsset, Simulation},
    },
    error::{Error, Result},
    jobs::{
        follower,
        ingest::{FeedMessage, FeedTick},
        status::SourceState,
        term::LEASE,
    },
    state::State,
    store::{candles, states},
};

/// The market moves so often.
const SLOT: Duration = Duration::from_millis(250);
/// The finest candles of the past do not reach back to its beginning, to keep the first start short.
const MINUTES_BACK: Duration = Duration::from_secs(2 * 86_400);
const FIVES_BACK: Duration = Duration::from_secs(7 * 86_400);
const QUARTERS_BACK: Duration = Duration::from_secs(14 * 86_400);
/// The time between two prices of the distant past.
const LONGEST_STRIDE: Duration = Duration::from_secs(300);
/// So many assets are filled at once.
const AT_ONCE: usize = 3;
/// About so many candles go into one statement, and are held in memory for each of those assets.
const ROWS: usize = 1_000;

/// Makes prices until the term ends.
pub async fn run(context: FeedContext, seed: u64, messages: mpsc::Sender<FeedMessage>) -> Result<()> {
    let state = &context.state;
    let simulation = Simulation::new(seed);
    let mut prices = last_prices(state).await?;
    let assets = simulator::assets();
    send(&messages, FeedMessage::Up(state.now())).await?;
    loop {
        state.pause(SLOT).await?;
        let now = slot_of(state.now());
        let mut ticks = Vec::new();
        for asset in &assets {
            if !simulation.trades_at(asset, now, SLOT) {
                continue;
            }
            let id = &asset.asset.facts.asset_id;
            let (price, at) = prices.get(id).copied().unwrap_or((asset.base, now.minus(SLOT)));
            // After a pause the market goes on as if little time had passed.
            let from = at.max(now.minus(Duration::from_secs(300)));
            if from >= now {
                continue;
            }
            let step = simulation.step(asset, price, from, now);
            prices.insert(id.clone(), (step.price, now));
            ticks.extend(raw_tick(asset, step, now, state.now()).map(|tick| FeedTick { tick, symbol: None }));
        }
        send(&messages, FeedMessage::Clock(now)).await?;
        send(&messages, FeedMessage::Ticks(ticks)).await?;
        state.feed.set(Source::Simulator, SourceState::Live, None, state.now());
    }
}

fn slot_of(at: Timestamp) -> Timestamp {
    let slot = i64::try_from(SLOT.as_millis()).unwrap_or(250);
    Timestamp::from_millis(at.millis().div_euclid(slot) * slot).unwrap_or(at)
}

fn raw_tick(asset: &SimulatedAsset, step: simulator::Step, at: Timestamp, now: Timestamp) -> Option<RawTick> {
    Some(RawTick {
        asset: asset.asset.facts.asset_id.clone(),
        event_at: at,
        received_at: now,
        price: simulator::quoted(step.price)?,
        quantity: simulator::traded(step.quantity),
        range: None,
        source: Source::Simulator,
        position: None,
    })
}

async fn last_prices(state: &State) -> Result<HashMap<AssetId, (f64, Timestamp)>> {
    let mut conn = state.conn().await?;
    let stored = states::load_all(&mut conn).await?;
    let all = stored.into_values().flat_map(|(_, states)| states);
    let price = |state: AssetState| {
        let price = state.last.price.value().try_into().ok()?;
        Some((state.series.asset().clone(), (price, state.last.event_at)))
    };
    Ok(all.filter_map(price).collect())
}

/// Fills the past of the assets, where that has not been done yet.
pub async fn prepare(state: &Arc<State>, seed: u64, epoch: i64) -> Result<()> {
    let all = simulator::assets();
    let known = last_prices(state).await?;
    let missing: Vec<SimulatedAsset> = all
        .iter()
        .filter(|asset| !known.contains_key(&asset.asset.facts.asset_id))
        .cloned()
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let began = std::time::Instant::now();
    let end = Interval::M1.bucket_start(state.now());
    let start = end.minus(Duration::from_secs(state.config.simulator.history_days * 86_400));
    let count = missing.len();
    let watch = Watch {
        up_since: Some(start),
        clock: Some(end),
    };
    let simulation = Simulation::new(seed);
    // The largest assets first, and each is shown as soon as it is there.
    let filling = stream::iter(missing).map(|asset| async move {
        let filled = fill(
            state,
            epoch,
            Walk {
                simulation,
                asset,
                start,
                end,
            },
        )
        .await?;
        match filled {
            Some(filled) => follower::begin(state, watch, filled).await,
            None => Ok(()),
        }
    });
    // Both cores of a small machine: one makes the next past while the database stores another.
    filling.buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
    let mut conn = state.conn().await?;
    for partition in 0..state.broker.partitions() {
        let row = RecordedPartition {
            epoch: epoch.unsigned_abs(),
            watch,
        };
        states::store_partition(&mut conn, partition, &row).await?;
        state.market_mut().begin(partition, watch, Vec::new());
    }
    tracing::info!(
        assets = count,
        duration_ms = began.elapsed().as_millis(),
        "the past of the simulated market is filled"
    );
    Ok(())
}

/// The way of one asset from the beginning of its past to the present.
struct Walk {
    simulation: Simulation,
    asset: SimulatedAsset,
    start: Timestamp,
    end: Timestamp,
}

impl Walk {
    /// Walks in strides that get shorter, through the same book that live ticks go through; hands over the candles to keep
    /// in parts, and says where the asset stands at the end. Ends early where nobody takes them any more.
    fn run(&self, parts: &mpsc::Sender<Vec<MarkedCandle>>) -> Option<AssetState> {
        let (asset, end) = (&self.asset, self.end);
        let mut book = CandleBook::new();
        let mut kept = Vec::with_capacity(ROWS);
        book.apply(Entry::FeedUp(self.start), &mut |_| {});
        let (mut price, mut before, mut at) = (asset.base, self.start.minus(LONGEST_STRIDE), self.start);
        let (mut seq, mut last) = (0, None);
        while at < end {
            let step = self.simulation.step(asset, price, before, at);
            price = step.price;
            if let Some(raw) = raw_tick(asset, step, at, at) {
                seq += 1;
                let tick = as_tick(raw, seq);
                book.apply(Entry::Tick(&tick), &mut |change| keep(&mut kept, change, end));
                last = Some(tick);
            }
            before = at;
            at = at.plus(stride(end.since(at)));
            let minute = Interval::M1.bucket_start(at);
            if minute > before {
                book.apply(Entry::Clock(minute.min(end)), &mut |change| {
                    keep(&mut kept, change, end)
                });
            }
            if kept.len() >= ROWS {
                parts
                    .blocking_send(std::mem::replace(&mut kept, Vec::with_capacity(ROWS)))
                    .ok()?;
            }
        }
        parts.blocking_send(kept).ok()?;
        state_of(&book, &last?)
    }
}

/// Keeps a closed candle, unless it is finer than what is kept of its time.
fn keep(kept: &mut Vec<MarkedCandle>, change: Change, end: Timestamp) {
    let Change::Closed(marked) = change else { return };
    let back = match marked.candle.interval {
        Interval::M1 => MINUTES_BACK,
        Interval::M5 => FIVES_BACK,
        Interval::M15 => QUARTERS_BACK,
        _ => Duration::MAX,
    };
    if marked.candle.start >= end.minus(back) {
        kept.push(marked);
    }
}

/// The time between two prices of the past: short where the finest candles are kept, long where hours are.
fn stride(age: Duration) -> Duration {
    if age > FIVES_BACK {
        LONGEST_STRIDE
    } else if age > MINUTES_BACK {
        Duration::from_secs(60)
    } else {
        Duration::from_secs(15)
    }
}

fn as_tick(raw: RawTick, seq: u64) -> Tick {
    Tick {
        asset: raw.asset,
        seq,
        event_at: raw.event_at,
        received_at: raw.received_at,
        price: raw.price,
        quantity: raw.quantity,
        range: None,
        source: raw.source,
        is_late: false,
    }
}

fn state_of(book: &CandleBook, tick: &Tick) -> Option<AssetState> {
    let last: LastPrice = recording::last_price(tick);
    Some(AssetState {
        seq: tick.seq,
        newest_at: tick.event_at,
        last,
        series: book.series(&tick.asset)?.clone(),
    })
}

/// Stores the past of one asset as it is made, all of it or nothing; says where the asset stands at its end.
async fn fill(state: &State, epoch: i64, walk: Walk) -> Result<Option<AssetState>> {
    let partition = walk.asset.asset.facts.asset_id.partition(state.broker.partitions());
    let (sender, mut parts) = mpsc::channel(1);
    let walking = tokio::task::spawn_blocking(move || walk.run(&sender));
    let mut conn = state.conn().await?;
    conn.transaction(async |conn| {
        if !leases::fence(conn, LEASE, epoch).await? {
            return Err(Error::Displaced);
        }
        while let Some(part) = parts.recv().await {
            candles::store(conn, &part).await?;
        }
        let stands = walking.await.map_err(|error| Error::Feed(error.to_string()))?;
        if let Some(stands) = &stands {
            states::store(conn, partition, std::slice::from_ref(stands)).await?;
        }
        Ok(stands)
    })
    .await
}
