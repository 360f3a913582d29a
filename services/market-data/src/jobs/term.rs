//! One instance at a time reads the feed, writes the tick log and records it: for the length of a term.
//!
//! The lease decides whose term it is, and its epoch stands in every batch and is checked in every commit of the
//! recorder, so an instance that was paused and has lost its lease can do no harm when it wakes up.

use std::{collections::HashMap, sync::Arc, time::Duration};

use contracts::LogBatch;
use diesel_async::AsyncConnection;
use messaging::{Pause, leases, positions};
use tokio::{sync::oneshot, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    FIRST_PAUSE, feeds,
    ingest::{self, Ingestor},
    recorder::{Progress, READER, Recorder},
};
use crate::{
    domain::{feed::FeedSpec, recording::Recording, sequencer::Sequencer},
    error::{Error, Result},
    state::State,
    store::states,
};

/// The name of the lease.
pub const LEASE: &str = "ingest";
/// The longest pause before the lease is asked for again, or after a term that has failed.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Serves term after term until the service stops.
pub async fn run(state: Arc<State>) -> anyhow::Result<()> {
    let holder = Uuid::now_v7();
    let ttl = Duration::from_millis(state.config.ingest.lease_ms);
    let (mut asking, mut serving) = (
        Pause::between(FIRST_PAUSE, LONGEST_PAUSE),
        Pause::between(FIRST_PAUSE, LONGEST_PAUSE),
    );
    loop {
        let epoch = match acquire(&state, holder, ttl).await {
            Ok(Some(epoch)) => epoch,
            Ok(None) => {
                if state.pause(ttl / 6).await.is_err() {
                    return Ok(());
                }
                continue;
            }
            Err(error) => {
                tracing::warn!(error = %error, "the lease could not be asked for");
                if state.pause(asking.take()).await.is_err() {
                    return Ok(());
                }
                continue;
            }
        };
        asking.reset();
        let began = Instant::now();
        tracing::info!(epoch, "this instance writes the tick log");
        state.metrics.is_active.set(1);
        let outcome = serve(&state, holder, epoch, ttl).await;
        state.metrics.is_active.set(0);
        match outcome {
            Ok(()) | Err(Error::Stopping) => {}
            Err(error @ Error::Feed(_)) => return Err(error.into()),
            Err(error) => tracing::warn!(epoch, error = %error, cause = ?error, "the term ended"),
        }
        if state.shutdown.is_cancelled() {
            release(&state, holder).await;
            return Ok(());
        }
        // Hold the lease no longer than needed, and let others try first.
        release(&state, holder).await;
        if began.elapsed() > ttl {
            serving.reset();
        }
        if state.pause(serving.take()).await.is_err() {
            return Ok(());
        }
    }
}

async fn acquire(state: &State, holder: Uuid, ttl: Duration) -> Result<Option<i64>> {
    let mut conn = state.conn().await?;
    Ok(leases::acquire(&mut conn, LEASE, holder, ttl).await?)
}

async fn release(state: &State, holder: Uuid) {
    let released = async {
        let mut conn = state.conn().await?;
        leases::release(&mut conn, LEASE, holder).await?;
        Ok::<(), Error>(())
    };
    if let Err(error) = released.await {
        tracing::warn!(error = %error, "the lease could not be given back, it ends by itself");
    }
}

async fn serve(state: &Arc<State>, holder: Uuid, epoch: i64, ttl: Duration) -> Result<()> {
    let ended = state.shutdown.child_token();
    let _guard = ended.clone().drop_guard();
    tokio::select! {
        outcome = keep_lease(state, holder, epoch, ttl) => outcome,
        outcome = work(state, epoch, &ended) => outcome,
        () = state.shutdown.cancelled() => Err(Error::Stopping),
    }
}

/// Extends the lease again and again; ends when somebody else has it. A database that is away keeps others from the lease as
/// well, and the fence in each commit decides anyhow, so that is no reason to end.
async fn keep_lease(state: &State, holder: Uuid, epoch: i64, ttl: Duration) -> Result<()> {
    loop {
        state.pause(ttl / 4).await?;
        match acquire(state, holder, ttl).await {
            Ok(Some(current)) if current == epoch => {}
            Ok(_) => return Err(Error::Displaced),
            Err(error) => tracing::debug!(error = %error, "the lease could not be extended yet"),
        }
    }
}

async fn work(state: &Arc<State>, epoch: i64, ended: &CancellationToken) -> Result<()> {
    if let FeedSpec::Simulator { seed } = state.config.feed_spec {
        feeds::simulator::prepare(state, seed, epoch).await?;
    }
    let progress = Arc::new(Progress::default());
    let (recorders, feed_positions) = prepare(state, epoch, &progress).await?;
    for recorder in &recorders {
        let mark = LogBatch {
            epoch: epoch.unsigned_abs(),
            entries: Vec::new(),
            feed_position: None,
        };
        ingest::append(state, recorder.partition, &mark).await?;
    }
    let mut tasks: JoinSet<Result<()>> = JoinSet::new();
    let mut caught_up = Vec::new();
    for recorder in recorders {
        let (sender, receiver) = oneshot::channel();
        caught_up.push(receiver);
        tasks.spawn(recorder.run(sender));
    }
    let ingesting = async {
        let mut assets = HashMap::new();
        let mut partitions = vec![Default::default(); caught_up.len()];
        for receiver in caught_up {
            let known = receiver.await.map_err(|_| Error::Stopping)?;
            assets.extend(known.assets);
            partitions[usize::from(known.number)] = known.state;
        }
        // Positions moved while the rest of the log was recorded.
        let feed_positions = match state.conn().await {
            Ok(mut conn) => states::load_positions(&mut conn).await?,
            Err(_) => feed_positions,
        };
        let sequencer = Sequencer::new(epoch.unsigned_abs(), assets, partitions);
        let ingestor = Ingestor::new(state.clone(), sequencer, progress.clone(), feed_positions);
        ingestor.run(ended.clone()).await
    };
    tokio::select! {
        outcome = ingesting => outcome,
        Some(outcome) = tasks.join_next() => match outcome {
            Ok(outcome) => outcome,
            Err(error) => Err(Error::Feed(format!("a recorder died: {error}"))),
        },
    }
}

type Positions = HashMap<(String, u16), u64>;

/// Loads what is stored and sets a recorder up for each partition.
async fn prepare(state: &Arc<State>, epoch: i64, progress: &Arc<Progress>) -> Result<(Vec<Recorder>, Positions)> {
    let mut conn = state.conn().await?;
    let partitions = state.broker.partitions();
    conn.transaction(async |conn| {
        let mut stored = states::load_all(conn).await?;
        let mut recorders = Vec::new();
        for partition in 0..partitions {
            let (row, states) = stored.remove(&partition).unwrap_or_default();
            let start = positions::load(conn, READER, partition)
                .await?
                .unwrap_or(messaging::LogStart::First);
            recorders.push(Recorder {
                state: state.clone(),
                partition,
                epoch,
                recording: Recording::resume(row, states),
                start,
                progress: progress.clone(),
                committed: 0,
            });
        }
        let positions = states::load_positions(conn).await?;
        Ok((recorders, positions))
    })
    .await
}
