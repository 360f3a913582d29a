//! Keeps the market in memory: loads what the recorder has stored, then follows the tail of the log.

use std::{sync::Arc, time::Duration};

use contracts::LogBatch;
use diesel_async::AsyncPgConnection;
use domain::{
    AssetId, Interval, Timestamp,
    candles::{MarkedCandle, Watch},
};
use messaging::{LogStart, SequenceFilter, positions};
use tokio::{sync::mpsc, task::JoinSet};

use super::recorder::{READER, read};
use crate::{
    domain::recorded::AssetState,
    error::{Error, Result},
    state::State,
    store::{
        assets,
        candles::{self, CandleRange},
        states,
    },
};

/// What the market keeps of the past: how long, in which candles.
const PAST: [(Interval, Duration); 3] = [
    (Interval::M1, Duration::from_secs(27 * 3_600)),
    (Interval::M5, Duration::from_secs(27 * 3_600)),
    (Interval::H1, Duration::from_secs(8 * 86_400)),
];

/// A partition from which the market is followed.
pub struct Start {
    partition: u16,
    from: LogStart,
    filter: SequenceFilter,
}

/// Loads the market from the database; returns where to follow each partition from.
pub async fn load(state: &State) -> Result<Vec<Start>> {
    let partitions = state.broker.partitions();
    let mut conn = state.conn().await?;
    let mut snapshot = conn.build_transaction().repeatable_read().read_only();
    let loaded = snapshot.run(async |conn: &mut AsyncPgConnection| {
        let all = assets::load_all(conn).await?;
        let ids: Vec<AssetId> = all.iter().map(|asset| asset.facts.asset_id.clone()).collect();
        let mut stored = states::load_all(conn).await?;
        let newest = stored
            .values()
            .flat_map(|(_, states)| states)
            .map(|state| state.newest_at)
            .max();
        let mut starts = Vec::new();
        state.market_mut().set_assets(all);
        for partition in 0..partitions {
            let (row, states) = stored.remove(&partition).unwrap_or_default();
            let last_seq = states
                .iter()
                .map(|state| (state.series.asset().clone(), state.seq))
                .collect();
            let from = positions::load(conn, READER, partition)
                .await?
                .unwrap_or(LogStart::First);
            starts.push(Start {
                partition,
                from,
                filter: SequenceFilter::resume(row.epoch, last_seq),
            });
            state.market_mut().restore(partition, row, states);
        }
        let Some(newest) = newest else { return Ok(starts) };
        // One asset after the other: no statement takes long, and little is held at once.
        for id in &ids {
            let past = recent(conn, id, newest).await?;
            let mut market = state.market_mut();
            for marked in past.iter().flat_map(|(_, candles)| candles) {
                market.remember(marked);
            }
        }
        Ok::<_, Error>(starts)
    });
    loaded.await
}

/// Takes an asset into the market whose past was just stored, and which stands like this at its end.
pub async fn begin(state: &State, watch: Watch, stands: AssetState) -> Result<()> {
    let id = stands.series.asset().clone();
    let mut conn = state.conn().await?;
    let past = recent(&mut conn, &id, stands.newest_at).await?;
    let mut market = state.market_mut();
    market.begin(id.partition(state.broker.partitions()), watch, vec![stands]);
    for marked in past.iter().flat_map(|(_, candles)| candles) {
        market.remember(marked);
    }
    Ok(())
}

/// The stored candles of an asset that the market keeps, when its time is `clock`.
pub async fn recent(
    conn: &mut AsyncPgConnection,
    asset: &AssetId,
    clock: Timestamp,
) -> Result<Vec<(Interval, Vec<MarkedCandle>)>> {
    let mut past = Vec::new();
    for (interval, length) in PAST {
        let range = CandleRange {
            asset: asset.clone(),
            interval,
            from: Some(clock.minus(length)),
            to: None,
            limit: i64::MAX,
            keeps_oldest: true,
        };
        past.push((interval, candles::load(conn, &range).await?));
    }
    Ok(past)
}

/// Follows all partitions until the service stops.
pub async fn run(state: Arc<State>, starts: Vec<Start>) -> anyhow::Result<()> {
    let mut tasks = JoinSet::new();
    for start in starts {
        tasks.spawn(follow(state.clone(), start));
    }
    while let Some(ended) = tasks.join_next().await {
        match ended? {
            Ok(()) | Err(Error::Stopping) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn follow(state: Arc<State>, start: Start) -> Result<()> {
    let Start {
        partition,
        from,
        mut filter,
    } = start;
    let (sender, mut records) = mpsc::channel(64);
    tokio::spawn(read(state.clone(), partition, from, sender));
    loop {
        let next = state.shutdown.run_until_cancelled(records.recv()).await;
        let Some(Some(record)) = next else { return Ok(()) };
        let record = record?;
        state.messaging.read_log("prices", partition, record.offset);
        let batch = match LogBatch::decode(&record.body) {
            Ok(batch) => batch,
            Err(error) => {
                tracing::error!(partition, error = %error, "the tick log holds an unreadable batch");
                continue;
            }
        };
        let admitted = filter.admit(batch);
        if !admitted.entries.is_empty() {
            state.market_mut().apply(partition, &admitted.entries);
        }
    }
}

/// Loads assets that ticks came for, and what administrators changed elsewhere.
pub async fn refresh_assets(state: &State) -> Result<()> {
    let mut conn = state.conn().await?;
    let all = assets::load_all(&mut conn).await?;
    let enabled = all.iter().filter(|asset| asset.facts.enabled).count();
    state.metrics.assets.set(i64::try_from(enabled).unwrap_or(i64::MAX));
    let has_unknown = state.market().has_unknown();
    state.market_mut().set_assets(all);
    if has_unknown {
        let mut stored = states::load_all(&mut conn).await?;
        let mut market = state.market_mut();
        for (_, asset_states) in stored.drain().map(|(_, part)| part) {
            for asset_state in asset_states {
                market.fill_in(asset_state);
            }
        }
    }
    Ok(())
}

/// Behind a fast replay the recorder takes a moment: with more ticks unrecorded than this, the past is asked for later.
const UNRECORDED: u64 = 1_000;

/// Loads what prices were about a week ago, wherever time has moved on from what is held of it.
pub async fn look_back(state: &State) -> Result<()> {
    let missing = state.market().missing_of_week_ago();
    if missing.is_empty() {
        return Ok(());
    }
    let mut conn = state.conn().await?;
    for (asset, stretch) in missing {
        let newest = state
            .market()
            .get(&asset)
            .and_then(|entry| Some(entry.last.as_ref()?.seq));
        if newest > Some(states::last_seq(&mut conn, &asset).await? + UNRECORDED) {
            continue;
        }
        let mut found = Vec::new();
        // Where minutes were never made, as in a simulated past, five of them have to do.
        for interval in [Interval::M1, Interval::M5] {
            let range = CandleRange {
                asset: asset.clone(),
                interval,
                from: Some(stretch.0),
                to: Some(stretch.1),
                limit: i64::MAX,
                keeps_oldest: true,
            };
            found = candles::load(&mut conn, &range).await?;
            if !found.is_empty() {
                break;
            }
        }
        state.market_mut().fill_week_ago(&asset, stretch, &found);
    }
    Ok(())
}

/// Watches the age of prices, for metrics.
pub fn measure(state: &State) {
    let now = state.now();
    let market = state.market();
    for (source, (event_at, received_at)) in market.last_by_source() {
        let since = if source.is_simulated() { *received_at } else { *event_at };
        let age = i64::try_from(now.since(since).as_millis()).unwrap_or(i64::MAX);
        state.metrics.age.with_label_values(&[source.as_str()]).set(age);
    }
}
