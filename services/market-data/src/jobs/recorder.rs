//! Writes the tick log's meaning into the database: ticks, closed candles, newest prices, and how far it has come,
//! all in one transaction, so that a crash at any point neither loses nor doubles anything.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use contracts::{LogBatch, events::CandleClosed};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::candles::{Change, MarkedCandle};
use messaging::{LogRecord, LogStart, Pause, leases, positions};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::Instant,
};
use uuid::Uuid;

use super::{FIRST_PAUSE, term::LEASE};
use crate::{
    domain::recording::Recording,
    error::{Error, Result},
    state::State,
    store::{candles, states, ticks},
};

/// The name under which the recorder's position is kept.
pub const READER: &str = "market-data";
/// A commit waits so long for more entries.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// A commit is made at the latest with so many entries.
const BATCH_ENTRIES: usize = 8_000;
/// So many candles go into one statement.
const ROWS: usize = 5_000;
/// How long the writer's own mark may take to come back from the log.
const MARK_DEADLINE: Duration = Duration::from_secs(10);

/// How far the log has been written and recorded, in entries since the term began.
#[derive(Default)]
pub struct Progress {
    written: AtomicU64,
    recorded: AtomicU64,
    moved: Notify,
}

impl Progress {
    /// So many entries were handed to the log.
    pub fn wrote(&self, entries: usize) {
        self.written.fetch_add(entries as u64, Ordering::SeqCst);
    }

    /// How many entries are not recorded yet.
    pub fn unrecorded(&self) -> u64 {
        self.written
            .load(Ordering::SeqCst)
            .saturating_sub(self.recorded.load(Ordering::SeqCst))
    }

    /// Waits until at most `limit` entries are not recorded.
    pub async fn at_most(&self, limit: u64) {
        loop {
            let moved = self.moved.notified();
            if self.unrecorded() <= limit {
                return;
            }
            moved.await;
        }
    }

    fn recorded(&self, entries: usize) {
        self.recorded.fetch_add(entries as u64, Ordering::SeqCst);
        self.moved.notify_waiters();
    }
}

/// Records one partition for the length of a term.
pub struct Recorder {
    /// What is shared.
    pub state: Arc<State>,
    /// The partition.
    pub partition: u16,
    /// The term.
    pub epoch: i64,
    /// What is stored of the partition.
    pub recording: Recording,
    /// Where to go on.
    pub start: LogStart,
    /// How far the term has come.
    pub progress: Arc<Progress>,
    /// Entries that were committed and not told of yet.
    pub committed: usize,
}

impl Recorder {
    /// Records until the term ends. `caught_up` hears as soon as everything before the term is committed.
    pub async fn run(mut self, caught_up: oneshot::Sender<KnownOfPartition>) -> Result<()> {
        let mut records = self.subscribe(self.start);
        // The mark at least is there to be read. How long all of what waits before it takes says nothing of the log.
        let first = match tokio::time::timeout(MARK_DEADLINE, records.recv()).await {
            Ok(first) => first,
            Err(_) => {
                // The stored position lies behind the end of this log: it is another log than before. Read all of it.
                tracing::warn!(
                    partition = self.partition,
                    "the tick log was replaced, reading it from its beginning"
                );
                records = self.subscribe(LogStart::First);
                records.recv().await
            }
        };
        self.catch_up(first, &mut records).await?;
        self.commit().await?;
        self.committed = 0;
        let (assets, partition) = self.recording.known();
        // Nobody waits any more only where the term has ended meanwhile.
        drop(caught_up.send(KnownOfPartition {
            number: self.partition,
            assets,
            state: partition,
        }));
        self.follow(records).await
    }

    async fn catch_up(
        &mut self,
        mut next: Option<Result<LogRecord>>,
        records: &mut mpsc::Receiver<Result<LogRecord>>,
    ) -> Result<()> {
        loop {
            let record = next.ok_or(Error::Stopping)??;
            if self.take_in(&record).await? {
                return Ok(());
            }
            next = records.recv().await;
            if self.recording.pending().entries >= BATCH_ENTRIES {
                self.commit().await?;
            }
        }
    }

    async fn follow(&mut self, mut records: mpsc::Receiver<Result<LogRecord>>) -> Result<()> {
        loop {
            let record = records.recv().await.ok_or(Error::Stopping)?;
            self.take_in(&record?).await?;
            let deadline = Instant::now() + BATCH_TIME;
            while self.recording.pending().entries < BATCH_ENTRIES {
                match tokio::time::timeout_at(deadline, records.recv()).await {
                    Ok(Some(record)) => {
                        self.take_in(&record?).await?;
                    }
                    Ok(None) => return Err(Error::Stopping),
                    Err(_) => break,
                }
            }
            self.commit().await?;
            self.progress.recorded(std::mem::take(&mut self.committed));
            self.state
                .metrics
                .unrecorded
                .set(i64::try_from(self.progress.unrecorded()).unwrap_or(i64::MAX));
        }
    }

    /// Takes a message of the log in; true where it is the mark of this term. One that can't be read is counted, told and
    /// left out: it will be no more readable later, and all others would wait behind it.
    async fn take_in(&mut self, record: &LogRecord) -> Result<bool> {
        self.state.messaging.read_log("recorder", self.partition, record.offset);
        match LogBatch::decode(&record.body) {
            Ok(batch) => {
                let is_mark = self.recording.take_in(record.offset, batch, self.epoch.unsigned_abs());
                while !self.recording.go_on() {
                    self.commit().await?;
                }
                Ok(is_mark)
            }
            Err(error) => {
                self.state.metrics.unreadable.inc();
                let (partition, offset) = (self.partition, record.offset);
                tracing::error!(partition, offset, error = %error, "the tick log holds an unreadable batch, it is left out");
                self.recording.pass_over(offset);
                Ok(false)
            }
        }
    }

    /// Commits what is pending; tries again for as long as the database is away.
    async fn commit(&mut self) -> Result<()> {
        if !self.recording.has_pending() {
            return Ok(());
        }
        let mut pause = Pause::between(FIRST_PAUSE, Duration::from_secs(5));
        loop {
            let timer = self.state.metrics.commit_seconds.start_timer();
            match self.try_commit().await {
                Ok(rows) => {
                    timer.observe_duration();
                    self.state.metrics.recorded.inc_by(rows as u64);
                    self.committed += self.recording.pending().entries;
                    self.recording.committed();
                    self.state.outbox.wake();
                    return Ok(());
                }
                Err(Error::Displaced) => return Err(Error::Displaced),
                Err(error) => {
                    timer.stop_and_discard();
                    tracing::warn!(partition = self.partition, error = %error, cause = ?error, "recording failed, it will be tried again");
                    self.state.pause(pause.take()).await?;
                }
            }
        }
    }

    async fn try_commit(&self) -> Result<usize> {
        let mut conn = self.state.conn().await?;
        let now = self.state.now();
        conn.transaction(async |conn| {
            if !leases::fence(conn, LEASE, self.epoch).await? {
                return Err(Error::Displaced);
            }
            let pending = self.recording.pending();
            let mut rows = ticks::store(conn, &pending.ticks).await?;
            rows += store_changes(conn, &pending.changes).await?;
            states::store(conn, self.partition, &self.recording.changed_states()).await?;
            states::store_partition(conn, self.partition, &self.recording.recorded_partition()).await?;
            if let Some(position) = &pending.position {
                states::store_position(conn, self.partition, position).await?;
            }
            if let Some(offset) = pending.offset {
                positions::save(conn, READER, self.partition, offset).await?;
            }
            let closed: Vec<CandleClosed> = pending
                .changes
                .iter()
                .filter_map(closed)
                .map(|marked| CandleClosed(marked.candle.clone()))
                .collect();
            self.state.outbox.add_all(conn, &closed, now, Uuid::now_v7()).await?;
            Ok(rows)
        })
        .await
    }

    /// Reads the partition in a task of its own, so that waiting for a message can be given up at any moment.
    fn subscribe(&self, start: LogStart) -> mpsc::Receiver<Result<LogRecord>> {
        let (sender, receiver) = mpsc::channel(64);
        tokio::spawn(read(self.state.clone(), self.partition, start, sender));
        receiver
    }
}

/// What the log held of a partition before the term.
pub struct KnownOfPartition {
    /// The partition.
    pub number: u16,
    /// Its assets.
    pub assets: std::collections::HashMap<domain::AssetId, crate::domain::sequencer::Known>,
    /// The partition as a whole.
    pub state: crate::domain::sequencer::PartitionState,
}

/// Reads a partition into a channel, and goes on after each loss of the broker, until nobody listens.
pub async fn read(state: Arc<State>, partition: u16, mut start: LogStart, records: mpsc::Sender<Result<LogRecord>>) {
    let mut pause = Pause::between(FIRST_PAUSE, Duration::from_secs(2));
    while !records.is_closed() && !state.shutdown.is_cancelled() {
        let opened = tokio::select! {
            opened = state.broker.read(partition, start) => opened,
            () = records.closed() => return,
        };
        let error = match opened {
            Err(error) => error,
            Ok(mut reader) => loop {
                let next = tokio::select! {
                    next = reader.next() => next,
                    () = records.closed() => return,
                };
                match next {
                    Err(error) => break error,
                    Ok(record) => {
                        pause.reset();
                        start = LogStart::Offset(record.offset + 1);
                        if records.send(Ok(record)).await.is_err() {
                            return;
                        }
                    }
                }
            },
        };
        tracing::warn!(partition, error = %error, "reading the tick log was interrupted");
        if state.pause(pause.take()).await.is_err() {
            return;
        }
    }
}

fn closed(change: &Change) -> Option<&MarkedCandle> {
    match change {
        Change::Closed(marked) => Some(marked),
        Change::Late(_) => None,
    }
}

/// Stores changes in their order: a late trade may revise a candle that was closed just before it.
async fn store_changes(conn: &mut AsyncPgConnection, changes: &[Change]) -> Result<usize> {
    let mut rows = 0;
    for run in changes.chunk_by(|left, right| closed(left).is_some() && closed(right).is_some()) {
        if let [Change::Late(late)] = run {
            candles::revise(conn, late).await?;
            rows += 1;
            continue;
        }
        let found: Vec<MarkedCandle> = run.iter().filter_map(closed).cloned().collect();
        for part in found.chunks(ROWS) {
            rows += candles::store(conn, part).await?;
        }
    }
    Ok(rows)
}
