//! Tries resting orders against the tick log, and commits what happens with the position in it.
//!
//! One instance owns a partition, by a lease whose epoch is checked in every commit. Before each round of ticks the
//! owner reads what users changed, so that an order hears every tick after its answer. Whatever fails ends the term:
//! the next one begins from the database.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use contracts::{LogBatch, LogEntry};
use diesel_async::AsyncConnection;
use domain::{PortfolioId, Tick, Timestamp};
use futures_util::FutureExt;
use messaging::{Broker, LogReader, LogRecord, LogStart, Pause, SequenceFilter, leases, positions};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::settle::{self, Batch, Settled};
use crate::{
    domain::{
        matching::{Matcher, Outcome, RestingOrder},
        order::OrderStatus,
        prices::Mark,
    },
    error::Error,
    state::State,
    store::{
        heard,
        orders::{self, OrderRow},
    },
};

/// The name under which positions are kept.
pub const READER: &str = "orders";
/// Rounds are at least this far apart, so that a busy log does not become a query per batch.
const ROUND: Duration = Duration::from_millis(20);
/// The most batches of a round.
const MAX_BATCHES: usize = 500;
/// A log that is silent for this long has been read to its end.
const IDLE: Duration = Duration::from_millis(500);
/// A position without decisions is saved this often.
const SAVE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(300);

/// The engine of one partition.
pub struct Engine {
    /// What the service shares.
    pub state: Arc<State>,
    /// Where ticks come from.
    pub broker: Arc<dyn Broker>,
    /// The partition.
    pub partition: u16,
    /// Names this instance.
    pub holder: Uuid,
    /// Ends it.
    pub stop: CancellationToken,
}

/// Why a term ended.
#[derive(Debug, thiserror::Error)]
pub enum TermEnd {
    /// The service stops.
    #[error("the service stops")]
    Stopping,
    /// Another instance owns the partition.
    #[error("another instance owns the partition")]
    Displaced,
    /// The broker is away.
    #[error(transparent)]
    Broker(#[from] messaging::BrokerError),
    /// Something else failed.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<diesel::result::Error> for TermEnd {
    fn from(error: diesel::result::Error) -> Self {
        Self::Service(error.into())
    }
}

struct Term {
    epoch: i64,
    matcher: Matcher,
    filter: SequenceFilter,
    seen_change: i64,
    /// The last offset that was read.
    offset: Option<u64>,
    saved_at: Instant,
    extended_at: Instant,
}

impl Engine {
    /// Serves term after term until the service stops.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut pause = Pause::between(PAUSE, PAUSE);
        while !self.stop.is_cancelled() {
            match self.acquire().await {
                Ok(Some(epoch)) => match self.term(epoch).await {
                    Err(TermEnd::Stopping) => break,
                    Err(error) => {
                        tracing::warn!(partition = self.partition, epoch, %error, cause = ?error, "a term of the order engine ended")
                    }
                    Ok(()) => {}
                },
                Ok(None) => {}
                Err(error) => tracing::warn!(partition = self.partition, %error, "the lease could not be asked for"),
            }
            // Between terms another instance may count them.
            self.show_resting(0);
            self.stop.run_until_cancelled(pause.rest()).await.unwrap_or(());
        }
        self.release().await;
        Ok(())
    }

    fn show_resting(&self, count: usize) {
        let partition = self.partition.to_string();
        let gauge = self.state.metrics.resting.with_label_values(&[&partition]);
        gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    fn lease(&self) -> String {
        format!("orders-{}", self.partition)
    }

    fn ttl(&self) -> Duration {
        Duration::from_millis(self.state.config.lease_ms)
    }

    async fn acquire(&self) -> Result<Option<i64>, TermEnd> {
        let mut conn = self.state.conn().await?;
        Ok(leases::acquire(&mut conn, &self.lease(), self.holder, self.ttl()).await?)
    }

    async fn release(&self) {
        let released = async {
            let mut conn = self.state.conn().await?;
            leases::release(&mut conn, &self.lease(), self.holder).await?;
            Ok::<(), Error>(())
        };
        if let Err(error) = released.await {
            tracing::debug!(%error, "the lease could not be given back, it ends by itself");
        }
    }

    async fn term(&self, epoch: i64) -> Result<(), TermEnd> {
        let (mut term, mut reader) = self.begin(epoch).await?;
        loop {
            let round_start = Instant::now();
            let records = self.next_records(reader.as_mut()).await?;
            self.extend(&mut term).await?;
            self.hear_changes(&mut term).await?;
            let outcomes = self.decide(&mut term, &records);
            self.commit(&mut term, &outcomes).await?;
            self.show_resting(term.matcher.len());
            if !records.is_empty() {
                tokio::time::sleep_until(round_start + ROUND).await;
            }
        }
    }

    /// Loads orders and position, and opens the log there.
    async fn begin(&self, epoch: i64) -> Result<(Term, Box<dyn LogReader>), TermEnd> {
        let mut conn = self.state.conn().await?;
        let position = positions::load(&mut conn, READER, self.partition).await?;
        let filter = heard::load(&mut conn, self.partition).await?;
        let mut reader = self
            .broker
            .read(self.partition, position.unwrap_or(LogStart::End))
            .await?;
        // The counter is read before the orders: what changes in between is read twice, never missed.
        let seen_change = orders::last_change(&mut conn, self.partition).await?;
        let mut matcher = Matcher::new(self.state.config.costs);
        for (row, is_strict) in orders::open_in(&mut conn, self.partition).await? {
            if let Some(order) = readable(&row, is_strict) {
                matcher.insert(order);
            }
        }
        // Orders that wait and no position: they have heard nothing yet.
        if position.is_none() && !matcher.is_empty() {
            reader = self.broker.read(self.partition, LogStart::First).await?;
        }
        let now = Instant::now();
        let term = Term {
            epoch,
            matcher,
            filter,
            seen_change,
            offset: None,
            saved_at: now,
            extended_at: now,
        };
        Ok((term, reader))
    }

    /// What the log has now; nothing where it is silent.
    async fn next_records(&self, reader: &mut dyn LogReader) -> Result<Vec<LogRecord>, TermEnd> {
        let first = tokio::select! {
            () = self.stop.cancelled() => return Err(TermEnd::Stopping),
            first = timeout(IDLE, reader.next()) => first,
        };
        let Ok(first) = first else { return Ok(Vec::new()) };
        let mut records = vec![first?];
        while records.len() < MAX_BATCHES {
            match reader.next().now_or_never() {
                Some(record) => records.push(record?),
                None => break,
            }
        }
        Ok(records)
    }

    async fn extend(&self, term: &mut Term) -> Result<(), TermEnd> {
        if term.extended_at.elapsed() < self.ttl() / 4 {
            return Ok(());
        }
        match self.acquire().await? {
            Some(epoch) if epoch == term.epoch => {
                term.extended_at = Instant::now();
                Ok(())
            }
            _ => Err(TermEnd::Displaced),
        }
    }

    async fn hear_changes(&self, term: &mut Term) -> Result<(), TermEnd> {
        let mut conn = self.state.conn().await?;
        let last = orders::last_change(&mut conn, self.partition).await?;
        if last == term.seen_change {
            return Ok(());
        }
        for (row, is_strict) in orders::changed(&mut conn, self.partition, term.seen_change).await? {
            term.seen_change = term.seen_change.max(row.change_no);
            let has_ended = row.status().is_ok_and(OrderStatus::is_final);
            match readable(&row, is_strict).filter(|_| !has_ended) {
                Some(order) => term.matcher.insert(order),
                None => {
                    term.matcher.remove(row.id.into());
                }
            }
        }
        // The order of the last change may have changed again since: its number is then higher still.
        term.seen_change = term.seen_change.max(last);
        Ok(())
    }

    /// What the ticks of a round do to the orders.
    fn decide(&self, term: &mut Term, records: &[LogRecord]) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for record in records {
            self.state.messaging.read_log("orders", self.partition, record.offset);
            term.offset = Some(record.offset);
            let batch = match LogBatch::decode(&record.body) {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::error!(partition = self.partition, offset = record.offset, %error, "a batch of the tick log cannot be read");
                    continue;
                }
            };
            for entry in term.filter.admit(batch).entries {
                if let LogEntry::Tick(tick) = entry {
                    outcomes.extend(self.on_tick(term, &tick));
                }
            }
        }
        if records.is_empty() {
            outcomes.extend(term.matcher.expire(self.state.now().minus(IDLE)));
        }
        outcomes
    }

    fn on_tick(&self, term: &mut Term, tick: &Tick) -> Vec<Outcome> {
        if term.matcher.is_empty() || tick.is_late {
            return Vec::new();
        }
        self.state.metrics.ticks.inc();
        let mut outcomes = term.matcher.expire(tick.received_at);
        // A price that was stale when it arrived fills nothing.
        if !self.state.prices.is_stale(&Mark::of(tick), tick.received_at) {
            outcomes.extend(term.matcher.step(tick));
        }
        outcomes
    }

    /// Makes outcomes true, together with the position.
    async fn commit(&self, term: &mut Term, outcomes: &[Outcome]) -> Result<(), TermEnd> {
        if outcomes.is_empty() && term.saved_at.elapsed() < SAVE {
            return Ok(());
        }
        // Books are locked in the order of their ids.
        let mut by_book: BTreeMap<PortfolioId, Vec<&Outcome>> = BTreeMap::new();
        for outcome in outcomes {
            by_book.entry(outcome.portfolio).or_default().push(outcome);
        }
        let (lease, epoch, offset, filter) = (self.lease(), term.epoch, term.offset, &term.filter);
        let now: Timestamp = self.state.now();
        let mut conn = self.state.conn().await?;
        let settled = conn.transaction(async |conn| {
            if !leases::fence(conn, &lease, epoch).await? {
                return Err(TermEnd::Displaced);
            }
            let mut all = Settled::default();
            for (portfolio, outcomes) in &by_book {
                let batch = Batch {
                    portfolio: *portfolio,
                    outcomes,
                    now,
                };
                let settled = settle::book(&self.state, conn, &batch).await?;
                all.filled.extend(settled.filled);
                all.faulty.extend(settled.faulty);
            }
            if let Some(offset) = offset {
                positions::save(conn, READER, self.partition, offset).await?;
                heard::save(conn, self.partition, filter).await?;
            }
            Ok(all)
        });
        let settled = settled.await?;
        for order in settled.faulty {
            term.matcher.remove(order);
        }
        for fill in &settled.filled {
            self.state.metrics.filled(&fill.side, &fill.order_type);
        }
        term.saved_at = Instant::now();
        if !outcomes.is_empty() {
            self.state.outbox.wake();
        }
        Ok(())
    }
}

/// An order that waits; nothing where its row can't be read, which must not hold up the others.
fn readable(row: &OrderRow, is_strict: bool) -> Option<RestingOrder> {
    row.resting(is_strict)
        .inspect_err(|error| tracing::error!(order.id = %row.id, %error, "an order can't be tried"))
        .ok()
}
