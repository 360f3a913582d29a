//! Takes due deliveries and sees each of them through: claimed, sent, its outcome written down.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::Timestamp;
use messaging::Pause;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::{JoinError, JoinSet},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Outcome, RateLimit, attempt,
    silence::{Word, silence_deleted},
};
use crate::{
    domain::{Channel, Schedule},
    state::State,
    store::{
        deliveries::{self, Claim, DeliveryRow},
        outcomes::{self, Ended, Next},
    },
};

/// Mails and requests don't wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Mails.
    Mail,
    /// Webhooks and chats.
    Web,
}

impl Lane {
    /// The task's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "send mails",
            Self::Web => "send requests",
        }
    }

    fn channels(self) -> &'static [&'static str] {
        match self {
            Self::Mail => &["email"],
            Self::Web => &["webhook", "telegram", "discord", "ntfy"],
        }
    }
}

/// How long running sends may take when the service stops; what is cut off comes again after its lease.
const STOP_PATIENCE: Duration = Duration::from_millis(2_500);
/// The most deliveries of one claim: all of them start at once, so that the last look is a fresh one.
const BATCH: usize = 32;

/// One lane's worker.
pub struct Worker {
    /// The service.
    pub state: Arc<State>,
    /// What it sends.
    pub lane: Lane,
    /// The limit of mails.
    pub limit: Arc<RateLimit>,
}

impl Worker {
    /// Works until it is told to stop.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let places = Arc::new(Semaphore::new(self.concurrency()));
        let mut sends: JoinSet<()> = JoinSet::new();
        let mut newest_first = false;
        while !stop.is_cancelled() {
            while let Some(ended) = sends.try_join_next() {
                note_end(ended);
            }
            let free = places.available_permits().min(BATCH);
            let batch = match free {
                0 => Vec::new(),
                free => self.claim(free, newest_first).await,
            };
            newest_first = !newest_first;
            if batch.is_empty() {
                tokio::select! {
                    () = stop.cancelled() => break,
                    Some(ended) = sends.join_next() => note_end(ended),
                    () = self.woken(), if free > 0 => {}
                    () = sleep(Duration::from_millis(self.state.config.poll_ms.max(10))), if free > 0 => {}
                }
                continue;
            }
            self.start(batch, &places, &mut sends).await;
        }
        let finishing = async {
            while let Some(ended) = sends.join_next().await {
                note_end(ended);
            }
        };
        if timeout(STOP_PATIENCE, finishing).await.is_err() {
            tracing::info!(lane = self.lane.name(), "sends were cut off, they will be tried again");
        }
        Ok(())
    }

    fn concurrency(&self) -> usize {
        let config = &self.state.config;
        match self.lane {
            Lane::Mail => config.mail.concurrency.max(1),
            Lane::Web => config.web.concurrency.max(1),
        }
    }

    async fn woken(&self) {
        match self.lane {
            Lane::Mail => self.state.wake.mail.notified().await,
            Lane::Web => self.state.wake.web.notified().await,
        }
    }

    async fn claim(&self, limit: usize, newest_first: bool) -> Vec<DeliveryRow> {
        let state = &self.state;
        let claim = Claim {
            channels: self.lane.channels(),
            limit: i64::try_from(limit).unwrap_or(1),
            newest_first,
            lease: state.lease(),
            guard: state.flood_guard(),
        };
        let taken = async {
            let mut conn = state.db.get().await?;
            anyhow::Ok(deliveries::claim(&mut conn, claim, state.now()).await?)
        };
        match taken.await {
            Ok(batch) => batch,
            Err(error) => {
                tracing::warn!(
                    error = format!("{error:#}"),
                    lane = self.lane.name(),
                    "no deliveries could be taken"
                );
                Vec::new()
            }
        }
    }

    async fn start(&self, batch: Vec<DeliveryRow>, places: &Arc<Semaphore>, sends: &mut JoinSet<()>) {
        let alerts: BTreeSet<Uuid> = batch.iter().filter_map(|row| row.alert_id).collect();
        let word = silence_deleted(&self.state, &alerts).await.unwrap_or_else(|error| {
            tracing::warn!(error = format!("{error:#}"), "deleted alerts could not be silenced");
            Word::Missing
        });
        for row in batch {
            let Ok(place) = places.clone().acquire_owned().await else {
                return;
            };
            let (state, limit) = (self.state.clone(), self.limit.clone());
            sends.spawn(see_through(state, limit, row, word, place));
        }
    }
}

/// A send that broke off wrote nothing down: it comes again when its claim runs out.
fn note_end(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a send broke off");
    }
}

/// Sends one delivery and writes down how it went.
async fn see_through(
    state: Arc<State>,
    limit: Arc<RateLimit>,
    row: DeliveryRow,
    word: Word,
    _place: OwnedSemaphorePermit,
) {
    let started_at = state.now();
    let outcome = if must_wait(&state, &row, word) {
        Ok(Some(Outcome::Postponed(started_at.plus(Duration::from_secs(1)))))
    } else {
        try_once(&state, &limit, &row).await
    };
    let outcome = match outcome {
        Ok(Some(outcome)) => outcome,
        // Somebody else has it, or there is nothing to send any more.
        Ok(None) => return,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), delivery.id = %row.id, "a delivery failed on our side");
            Outcome::Failed(crate::channels::SendFailure::temporary("a fault on our side"))
        }
    };
    let ended = settle(&state, &row, outcome, started_at);
    count(&state, &row, &ended);
    write_down(&state, &row, &ended).await;
}

fn must_wait(state: &State, row: &DeliveryRow, word: Word) -> bool {
    let patience = Duration::from_secs(state.config.alert_check_patience_seconds);
    row.alert_id.is_some() && word == Word::Missing && state.now().since(row.created_at.into()) < patience
}

async fn try_once(state: &State, limit: &RateLimit, row: &DeliveryRow) -> anyhow::Result<Option<Outcome>> {
    let mut conn = state.db.get().await?;
    let due = deliveries::still_due(&mut conn, row.id, row.epoch).await?;
    drop(conn);
    match due {
        Some(due) => Ok(Some(attempt(state, limit, &due).await?)),
        None => Ok(None),
    }
}

/// What follows from an outcome.
fn settle(state: &State, row: &DeliveryRow, outcome: Outcome, started_at: Timestamp) -> Ended {
    let ended_at = state.now();
    let (next, error) = match outcome {
        Outcome::Sent => (Next::Sent, None),
        Outcome::Suppressed(why) => (Next::Suppressed, Some(why)),
        Outcome::Postponed(until) => (Next::Postponed(until), row.last_error.clone()),
        Outcome::Failed(failure) if failure.is_temporary => {
            let attempts = u32::try_from(row.attempts).unwrap_or(u32::MAX);
            match schedule(state, &row.channel).next(attempts, ended_at, rand::random(), failure.retry_after) {
                Some(at) => (Next::Again(at), Some(failure.reason)),
                None => (
                    Next::Failed,
                    Some(format!("given up after {attempts} tries: {}", failure.reason)),
                ),
            }
        }
        Outcome::Failed(failure) => (Next::Failed, Some(failure.reason)),
    };
    Ended {
        started_at,
        ended_at,
        next,
        error,
    }
}

fn schedule(state: &State, channel: &str) -> Schedule {
    let config = &state.config;
    match channel.parse() {
        Ok(Channel::Email) => Schedule::from_seconds(&config.mail.retry_seconds),
        Ok(Channel::Webhook) => Schedule::from_seconds(&config.web.webhook_retry_seconds),
        _ => Schedule::from_seconds(&config.web.chat_retry_seconds),
    }
}

fn count(state: &State, row: &DeliveryRow, ended: &Ended) {
    let Ok(channel) = row.channel.parse::<Channel>() else {
        return;
    };
    let outcome = match ended.next {
        Next::Sent => "sent",
        Next::Again(_) => "temporary",
        Next::Failed => "permanent",
        Next::Suppressed => "suppressed",
        Next::Postponed(_) => return,
    };
    state.metrics.tried(channel, outcome);
    if ended.next == Next::Sent {
        state
            .metrics
            .delivered(channel, ended.ended_at.since(row.created_at.into()));
    }
}

/// Writes an outcome down, patiently: what is sent and not written down goes out once more.
async fn write_down(state: &State, row: &DeliveryRow, ended: &Ended) {
    let mut pause = Pause::between(Duration::from_millis(100), Duration::from_secs(5));
    let limit = state.lease();
    let writing = async {
        loop {
            let written = async {
                let mut conn = state.db.get().await?;
                anyhow::Ok(outcomes::record(&mut conn, &state.outbox, row, ended).await?)
            };
            match written.await {
                Ok(true) => return state.outbox.wake(),
                Ok(false) => {
                    tracing::warn!(delivery.id = %row.id, "the claim was lost before its outcome could be written down");
                    return;
                }
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), delivery.id = %row.id, "an outcome can't be written down yet")
                }
            }
            pause.rest().await;
        }
    };
    if timeout(limit, writing).await.is_err() {
        tracing::error!(delivery.id = %row.id, "an outcome was never written down, the delivery comes again");
    }
}
