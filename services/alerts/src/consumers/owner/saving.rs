//! What an owner writes down: decisions with their position, and what goes by the clock.

use std::time::Duration;

use diesel_async::AsyncConnection;
use domain::Source;
use messaging::Pause;
use tokio::time::Instant;

use super::{EXPIRY_GRACE, Owner, SETTLING};
use crate::store::{
    decisions::{self, Commit, Committed, Written},
    jobs::{self, Silence, Term},
};

impl Owner {
    /// Commits decisions, memories and position together. Goes on trying while the database is away: nothing that
    /// was decided may be decided again, and nothing may be left out.
    pub(super) async fn save(&mut self, is_last: bool) -> anyhow::Result<()> {
        let is_due = self
            .snapshot_at
            .is_none_or(|at| at.elapsed() >= Duration::from_secs(self.state.config.snapshot_every_s));
        let snapshot = if !self.is_saved && (is_due || is_last) {
            let mut market = self.evaluator.snapshot();
            market.writer_epoch = self.writer_epoch;
            Some(serde_json::to_vec(&market)?)
        } else {
            None
        };
        let has_snapshot = snapshot.is_some();
        let commit = Commit {
            partition: self.partition,
            epoch: self.epoch,
            offset: self.offset.filter(|_| !self.is_saved),
            seen_changes: self.seen_changes,
            writer_epoch: self.writer_epoch,
            decisions: self.evaluator.take_decisions(),
            changed: self.evaluator.take_changed(),
            snapshot,
            evaluated_at: self.state.now(),
            late_after_ms: i64::try_from(self.state.config.late_after_s * 1_000).unwrap_or(i64::MAX),
        };
        if commit.offset.is_none() && commit.decisions.is_empty() && commit.changed.is_empty() {
            return Ok(());
        }
        let mut pause = Pause::between(Duration::from_millis(50), Duration::from_secs(2));
        let written = loop {
            match self.try_save(&commit).await {
                Ok(Committed::Fenced) => return self.unless_displaced(None),
                Ok(Committed::Before) => break Written::default(),
                Ok(Committed::Done(written)) => break written,
                Err(error) => {
                    tracing::warn!(
                        partition = self.partition,
                        error = format!("{error:#}"),
                        "decisions can't be saved yet"
                    );
                    pause.rest().await;
                }
            }
        };
        self.state.outbox.wake();
        self.count(&written);
        self.is_saved = true;
        self.saved_at = Instant::now();
        if has_snapshot {
            self.snapshot_at = Some(self.saved_at);
        }
        Ok(())
    }

    async fn try_save(&self, commit: &Commit) -> anyhow::Result<Committed> {
        let outbox = &self.state.outbox;
        let mut conn = self.state.conn().await?;
        Ok(conn
            .transaction(async |conn| decisions::save(conn, outbox, commit).await)
            .await?)
    }

    fn count(&self, written: &Written) {
        let metrics = &self.state.metrics;
        let now = self.state.now();
        for (received_at, is_suppressed) in &written.fired {
            let outcome = if *is_suppressed { "suppressed" } else { "told" };
            metrics.fired.with_label_values(&[outcome]).inc();
            metrics.tick_to_fire.observe(now.since(*received_at).as_secs_f64());
        }
        metrics.paused.inc_by(written.paused as u64);
        metrics.no_data.inc_by(written.blind as u64);
        self.show_armed();
    }

    /// What goes by the clock: alerts that run out, and assets that fall silent.
    pub(super) async fn keep_house(&mut self) -> anyhow::Result<()> {
        self.kept_at = Instant::now();
        // Behind the log's end, something received in time may still fire what has run out by now.
        let is_behind = !self.feed.is_drained() || self.held.is_some() || self.began_at.elapsed() < SETTLING;
        if is_behind {
            return Ok(());
        }
        let now = self.state.now();
        let outbox = &self.state.outbox;
        let term = Term {
            partition: self.partition,
            epoch: self.epoch,
        };
        let mut conn = self.state.conn().await?;
        loop {
            let ended = conn
                .transaction(async |conn| jobs::expire(conn, outbox, term, now.minus(EXPIRY_GRACE)).await)
                .await?;
            let ended = self.unless_displaced(ended)?;
            self.state.metrics.expired.inc_by(ended as u64);
            if ended == 0 {
                break;
            }
        }
        let limits = &self.limits;
        let oldest = |source: Option<Source>| now.minus(Duration::from_millis(limits.of(source)));
        let (silent, alive) = self.evaluator.assets_by_silence(self.listens_since, oldest);
        let silence = Silence {
            silent,
            alive,
            now,
            grace: now.minus(Duration::from_millis(limits.of(None))),
        };
        let fallen = conn
            .transaction(async |conn| jobs::note_silence(conn, outbox, term, &silence).await)
            .await?;
        let fallen = self.unless_displaced(fallen)?;
        self.state.metrics.no_data.inc_by(fallen as u64);
        outbox.wake();
        if self.evaluator.let_go() {
            self.save(false).await?;
        }
        Ok(())
    }

    /// What was done in this term; the term ends where somebody else owns the partition.
    fn unless_displaced<T>(&self, done: Option<T>) -> anyhow::Result<T> {
        done.ok_or_else(|| {
            self.state.metrics.fenced.inc();
            anyhow::anyhow!("another instance decides on partition {}", self.partition)
        })
    }
}
