//! One instance decides on a partition at a time; every decision is committed with how far the log was read.

mod lease;
mod saving;

use std::{sync::Arc, time::Duration};

use contracts::LogEntry;
use diesel_async::AsyncConnection;
use domain::Timestamp;
use messaging::{Broker, LogRecord, LogStart, Pause};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    history::{self, Background, Wait},
    log::{LogFeed, decode},
};
use crate::{
    domain::{Alert, Arrival, Evaluator, GapLimits, Snapshot},
    state::State,
    store::{alerts::AlertRow, partitions},
};
use lease::{acquire, keep_lease, release};

/// At the latest so soon a partition is asked for again.
const ASK_AGAIN: Duration = Duration::from_millis(600);
/// How long the position may stay unsaved while nothing fires.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// How long to wait for a message before looking after the rest.
const IDLE: Duration = Duration::from_millis(250);
/// How long to wait for what the log must still hold.
const REPLAY_PATIENCE: Duration = Duration::from_secs(5);
/// How often what goes by the clock is looked after.
const HOUSEKEEPING: Duration = Duration::from_secs(1);
/// The most messages that are judged between two looks at what users changed.
const MESSAGES_AT_ONCE: usize = 32;
/// How long an owner reads before it takes a log without news for one that it has read to its end.
const SETTLING: Duration = Duration::from_secs(3);
/// What ran out is ended so much later, so that what was received before is committed.
const EXPIRY_GRACE: Duration = Duration::from_secs(1);

/// Decides on a partition whenever nobody else does, until `stop`.
pub async fn own_partition(
    state: Arc<State>,
    broker: Arc<dyn Broker>,
    partition: u16,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let holder = Uuid::now_v7();
    let ttl = Duration::from_secs(state.config.lease_s.max(2));
    let mut pause = Pause::between(ASK_AGAIN, ASK_AGAIN);
    while !stop.is_cancelled() {
        match acquire(&state, partition, holder, ttl).await {
            Ok(Some(epoch)) => {
                tracing::info!(partition, epoch, "this instance decides on the partition");
                state.metrics.partitions.inc();
                let owned = Owner::own(&state, &broker, (partition, epoch, holder), &stop).await;
                state.metrics.partitions.dec();
                state.metrics.armed.with_label_values(&[&partition.to_string()]).set(0);
                if let Err(error) = owned {
                    tracing::warn!(partition, error = format!("{error:#}"), "deciding was interrupted");
                }
                release(&state, partition, holder).await;
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(partition, error = format!("{error:#}"), "the lease can't be asked for"),
        }
        stop.run_until_cancelled(pause.rest()).await;
    }
    Ok(())
}

/// The evaluator of a partition, and what is known about where it stands.
struct Owner {
    state: Arc<State>,
    partition: u16,
    epoch: i64,
    evaluator: Evaluator,
    feed: LogFeed,
    /// A message that was read too early.
    held: Option<LogRecord>,
    background: Background,
    seen_changes: i64,
    writer_epoch: u64,
    /// The last offset that was judged, and whether that is saved.
    offset: Option<u64>,
    is_saved: bool,
    saved_at: Instant,
    snapshot_at: Option<Instant>,
    kept_at: Instant,
    began_at: Instant,
    /// When it began, by the service's clock.
    listens_since: Timestamp,
    limits: GapLimits,
}

impl Owner {
    /// Decides until the term or the service ends.
    async fn own(
        state: &Arc<State>,
        broker: &Arc<dyn Broker>,
        (partition, epoch, holder): (u16, i64, Uuid),
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let deciding = async {
            let mut owner = Self::begin(state, broker, partition, epoch, stop).await?;
            owner.decide(stop).await
        };
        tokio::select! {
            ended = deciding => ended,
            ended = keep_lease(state, partition, (holder, epoch)) => ended,
        }
    }

    /// Stands where the last owner saved.
    async fn begin(
        state: &Arc<State>,
        broker: &Arc<dyn Broker>,
        partition: u16,
        epoch: i64,
        stop: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let mut conn = state.conn().await?;
        partitions::prepare(&mut conn, partition).await?;
        let standing = partitions::standing(&mut conn, partition).await?;
        drop(conn);
        let limits = state.gap_limits().await;
        // A writer who was displaced before the snapshot must not be heard now either.
        let mut writer_epoch = 0;
        let (mut evaluator, start) = match &standing.snapshot {
            Some((offset, bytes)) => {
                let snapshot: Snapshot = serde_json::from_slice(bytes)?;
                writer_epoch = snapshot.writer_epoch;
                (Evaluator::restore(limits.clone(), snapshot), LogStart::Offset(*offset))
            }
            None => (Evaluator::new(limits.clone()), LogStart::First),
        };
        let mut feed = LogFeed::start(broker.read(partition, start).await?);
        let mut held = None;
        let next = standing.next_offset.unwrap_or(0);
        let mut read = match start {
            LogStart::Offset(offset) => offset,
            _ => 0,
        };
        // What was decided on before is seen again without alerts: they are saved as they stood behind it.
        while read < next && !stop.is_cancelled() {
            let Some(record) = feed.next(REPLAY_PATIENCE).await? else {
                tracing::warn!(partition, "the log ends before the saved position");
                break;
            };
            if record.offset >= next {
                held = Some(record);
                break;
            }
            read = record.offset + 1;
            writer_epoch = judge(&mut evaluator, &record, writer_epoch).0;
        }
        let now = Instant::now();
        let mut owner = Self {
            state: state.clone(),
            partition,
            epoch,
            evaluator,
            feed,
            held,
            background: Background::new(),
            seen_changes: 0,
            writer_epoch: writer_epoch.max(standing.writer_epoch),
            offset: standing.next_offset.and_then(|next| next.checked_sub(1)),
            is_saved: true,
            saved_at: now,
            snapshot_at: None,
            kept_at: now,
            began_at: now,
            listens_since: state.now(),
            limits,
        };
        owner.load_alerts(standing.seen_changes).await?;
        Ok(owner)
    }

    async fn load_alerts(&mut self, saved_changes: i64) -> anyhow::Result<()> {
        let partition = i32::from(self.partition);
        let mut conn = self.state.conn().await?;
        let (changes, rows) = conn
            .transaction(async |conn| partitions::watched(conn, partition).await)
            .await?;
        drop(conn);
        for row in &rows {
            self.put(row, saved_changes);
        }
        self.seen_changes = changes;
        history::serve(&self.state, &mut self.evaluator, Wait::All, &mut self.background).await;
        self.show_armed();
        Ok(())
    }

    fn put(&mut self, row: &AlertRow, seen: i64) {
        let arrival = if row.armed_no > seen {
            Arrival::New
        } else {
            Arrival::Restored
        };
        if let Some(alert) = readable(row) {
            self.evaluator.put(&alert, arrival);
        }
    }

    async fn decide(&mut self, stop: &CancellationToken) -> anyhow::Result<()> {
        while let Some(records) = stop.run_until_cancelled(self.next_records()).await {
            let records = records?;
            // Behind the last of them, or one of them could be judged without an alert that was answered before it came.
            self.take_changes().await?;
            self.take_answers();
            for record in &records {
                self.judge_next(record);
                // A decision is committed at once, and what a tick wants of the past is there for the next one.
                if self.evaluator.has_decisions() {
                    self.save(false).await?;
                }
                if self.evaluator.has_wants() {
                    self.serve_wants().await;
                }
            }
            if self.evaluator.has_decisions() || (!self.is_saved && self.saved_at.elapsed() >= SAVE_EVERY) {
                self.save(false).await?;
            }
            self.serve_wants().await;
            if self.kept_at.elapsed() >= HOUSEKEEPING {
                self.keep_house().await?;
            }
        }
        self.save(true).await
    }

    /// The messages that are here; none where the log is silent for a while.
    async fn next_records(&mut self) -> anyhow::Result<Vec<LogRecord>> {
        let first = match self.held.take() {
            Some(record) => Some(record),
            None => self.feed.next(IDLE).await?,
        };
        let mut records: Vec<LogRecord> = first.into_iter().collect();
        while !records.is_empty() && records.len() < MESSAGES_AT_ONCE {
            let Some(record) = self.feed.ready() else { break };
            records.push(record);
        }
        Ok(records)
    }

    fn judge_next(&mut self, record: &LogRecord) {
        let timer = self.state.metrics.evaluation.start_timer();
        self.evaluator.hear_at(self.state.now());
        let (writer_epoch, ticks) = judge(&mut self.evaluator, record, self.writer_epoch);
        self.writer_epoch = writer_epoch;
        self.state.metrics.ticks.inc_by(ticks);
        self.state.messaging.read_log("alerts", self.partition, record.offset);
        self.offset = Some(record.offset);
        self.is_saved = false;
        timer.observe_duration();
    }

    async fn serve_wants(&mut self) {
        history::serve(&self.state, &mut self.evaluator, Wait::Prices, &mut self.background).await;
    }

    /// Takes over what users changed: whoever got an answer before this message was received is heard.
    async fn take_changes(&mut self) -> anyhow::Result<()> {
        let partition = i32::from(self.partition);
        let mut conn = self.state.conn().await?;
        if partitions::change_count(&mut conn, partition).await? == self.seen_changes {
            return Ok(());
        }
        let (newest, ids, rows) = partitions::changed_since(&mut conn, partition, self.seen_changes).await?;
        drop(conn);
        let seen = self.seen_changes;
        for id in ids {
            if !rows.iter().any(|row| row.id == id) {
                self.evaluator.remove(id.into());
            }
        }
        for row in &rows {
            if row.armed_no > seen {
                self.put(row, seen);
            } else if let Some(alert) = readable(row) {
                self.evaluator.amend(&alert);
            }
        }
        self.seen_changes = newest;
        self.serve_wants().await;
        self.show_armed();
        if self.evaluator.has_decisions() {
            self.save(false).await?;
        }
        Ok(())
    }

    fn take_answers(&mut self) {
        while let Some(answer) = self.background.next_answer() {
            answer.give(&mut self.evaluator);
        }
    }

    fn show_armed(&self) {
        let count = i64::try_from(self.evaluator.len()).unwrap_or(i64::MAX);
        self.state
            .metrics
            .armed
            .with_label_values(&[&self.partition.to_string()])
            .set(count);
    }
}

/// What the evaluator watches; nothing where the row can't be read, which must not hold up the others.
fn readable(row: &AlertRow) -> Option<Alert> {
    row.watched()
        .inspect_err(|error| tracing::error!(alert.id = %row.id, error = ?error, "an alert can't be watched"))
        .ok()
}

/// Judges the entries of a message; the writer's term, and how many ticks there were. A displaced writer is not heard.
fn judge(evaluator: &mut Evaluator, record: &LogRecord, writer_epoch: u64) -> (u64, u64) {
    let Some(batch) = decode(record).filter(|batch| batch.epoch >= writer_epoch) else {
        return (writer_epoch, 0);
    };
    for entry in &batch.entries {
        evaluator.step(entry);
    }
    let ticks = batch
        .entries
        .iter()
        .filter(|entry| matches!(entry, LogEntry::Tick(_)))
        .count();
    (batch.epoch, ticks as u64)
}
