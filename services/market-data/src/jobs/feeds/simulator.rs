//! The made-up market: its past at the first start, and its prices from then on.

use std::{collections::HashMap, sync::Arc, time::Duration};

use diesel_async::AsyncConnection;
use domain::{
    AssetId, Interval, Source, Tick, Timestamp,
    candles::{CandleBook, Change, Entry, MarkedCandle},
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
/// So many assets are filled before the market is shown again.
const STEPS: [usize; 3] = [10, 30, usize::MAX];
/// So many rows go into one statement.
const ROWS: usize = 5_000;

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
    // The largest assets first, and shown as soon as they are there.
    let mut rest = missing.as_slice();
    for size in STEPS {
        let (step, later) = rest.split_at(size.min(rest.len()));
        rest = later;
        // Both cores of a small machine: one makes the next past while the database stores another.
        let filling = stream::iter(step.to_vec()).map(|asset| async move {
            let past = tokio::task::spawn_blocking(move || past(Simulation::new(seed), &asset, start, end));
            let past = past.await.map_err(|error| Error::Feed(error.to_string()))?;
            store(state, epoch, past).await
        });
        filling.buffer_unordered(3).try_collect::<Vec<()>>().await?;
        follower::load(state).await?;
    }
    let mut conn = state.conn().await?;
    let watch = domain::candles::Watch {
        up_since: Some(start),
        clock: Some(end),
    };
    for partition in 0..state.broker.partitions() {
        let row = RecordedPartition {
            epoch: epoch.unsigned_abs(),
            watch,
        };
        states::store_partition(&mut conn, partition, &row).await?;
    }
    drop(conn);
    follower::load(state).await?;
    tracing::info!(
        assets = missing.len(),
        duration_ms = began.elapsed().as_millis(),
        "the past of the simulated market is filled"
    );
    Ok(())
}

/// The past of one asset: the candles to keep, and where it stands at the end.
struct Past {
    candles: Vec<MarkedCandle>,
    state: Option<AssetState>,
}

/// Walks to the present in strides that get shorter, through the same book that live ticks go through.
fn past(simulation: Simulation, asset: &SimulatedAsset, start: Timestamp, end: Timestamp) -> Past {
    let mut book = CandleBook::new();
    let mut kept = Vec::new();
    let mut keep = |change: Change| {
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
    };
    book.apply(Entry::FeedUp(start), &mut keep);
    let (mut price, mut before, mut at, mut seq, mut last) = (asset.base, start.minus(LONGEST_STRIDE), start, 0, None);
    while at < end {
        let step = simulation.step(asset, price, before, at);
        price = step.price;
        if let Some(raw) = raw_tick(asset, step, at, at) {
            seq += 1;
            let tick = as_tick(raw, seq);
            book.apply(Entry::Tick(&tick), &mut keep);
            last = Some(tick);
        }
        before = at;
        at = at.plus(stride(end.since(at)));
        let minute = Interval::M1.bucket_start(at);
        if minute > before {
            book.apply(Entry::Clock(minute.min(end)), &mut keep);
        }
    }
    let state = last.and_then(|tick| state_of(&book, &tick));
    Past { candles: kept, state }
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

async fn store(state: &State, epoch: i64, past: Past) -> Result<()> {
    let Some(asset_state) = past.state else { return Ok(()) };
    let partition = asset_state.series.asset().partition(state.broker.partitions());
    let mut conn = state.conn().await?;
    conn.transaction(async |conn| {
        if !leases::fence(conn, LEASE, epoch).await? {
            return Err(Error::Displaced);
        }
        for part in past.candles.chunks(ROWS) {
            candles::store(conn, part).await?;
        }
        states::store(conn, partition, std::slice::from_ref(&asset_state)).await?;
        Ok(())
    })
    .await
}
