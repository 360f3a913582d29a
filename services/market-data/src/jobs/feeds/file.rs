//! A recorded file, played.

use std::{path::Path, time::Duration};

use domain::{Source, Timestamp};
use tokio::{sync::mpsc, time::Instant};

use super::{
    FeedContext, from_file,
    lines::{self, Found, Lines},
};
use crate::{
    domain::{
        feed::{Pace, ReplaySpec},
        tick_line::FileTick,
    },
    error::{Error, Result},
    jobs::{
        ingest::{FeedMessage, FeedTick},
        status::SourceState,
    },
    metrics::Metrics,
    store,
};

/// So many lines travel together.
const CHUNK: usize = 256;

type Chunk = std::io::Result<Vec<(u64, FileTick)>>;

/// Plays the file once, from where the log stands.
pub async fn run(context: FeedContext, spec: ReplaySpec, messages: mpsc::Sender<FeedMessage>) -> Result<()> {
    let state = &context.state;
    let path = spec.path.clone();
    let metrics = Metrics::new(&prometheus::Registry::new()).map_err(|error| Error::Feed(error.to_string()))?;
    let first = tokio::task::spawn_blocking(move || first_tick(&path, metrics))
        .await
        .map_err(|error| Error::Feed(error.to_string()))?;
    let first = match first {
        Ok(Some(first)) => first,
        Ok(None) => return end(&context, &messages, "the file holds no prices").await,
        Err(error) => {
            return end(
                &context,
                &messages,
                &format!("{} can't be read: {error}", spec.path.display()),
            )
            .await;
        }
    };
    let name = format!("replay:{}@{}", file_name(&spec.path), lines::fingerprint(&first));
    let shift_ms = if spec.is_rebased {
        let mut conn = state.conn().await?;
        store::feed::shift(&mut conn, &name, state.now().millis() - first.at.millis()).await?
    } else {
        0
    };
    let resume_at = context.resume_at(&name);
    let furthest = context.furthest(&name);
    send(&messages, FeedMessage::Begin { name, is_fresh: false }).await?;
    state.feed.set(Source::Replay, SourceState::Live, None, state.now());
    let (sender, chunks) = mpsc::channel::<Chunk>(8);
    let (path, metrics) = (spec.path.clone(), state.metrics.clone());
    tokio::task::spawn_blocking(move || read_file(&path, metrics, resume_at, &sender));
    let player = Player {
        context: &context,
        messages: &messages,
        shift_ms,
        pace: spec.pace,
        furthest,
        began: None,
    };
    match player.play(chunks).await? {
        Some(error) => {
            end(
                &context,
                &messages,
                &format!("{} can't be read on: {error}", spec.path.display()),
            )
            .await
        }
        None => end(&context, &messages, "the replay has ended").await,
    }
}

struct Player<'a> {
    context: &'a FeedContext,
    messages: &'a mpsc::Sender<FeedMessage>,
    shift_ms: i64,
    pace: Pace,
    /// Lines up to this one are in the log in part: they are not waited for.
    furthest: u64,
    /// The recorded moment and the real one at which playing began.
    began: Option<(Timestamp, Instant)>,
}

impl Player<'_> {
    /// Plays chunk after chunk; an error of the file ends it early.
    async fn play(mut self, mut chunks: mpsc::Receiver<Chunk>) -> Result<Option<std::io::Error>> {
        while let Some(chunk) = chunks.recv().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => return Ok(Some(error)),
            };
            let mut due: Vec<FeedTick> = Vec::with_capacity(chunk.len());
            for (number, line) in chunk {
                if let Some(moment) = self.due_at(number, &line)
                    && moment > Instant::now()
                {
                    self.hand_over(&mut due).await?;
                    tokio::time::sleep_until(moment).await;
                }
                due.push(from_file(
                    line,
                    number,
                    self.shift_ms,
                    Source::Replay,
                    self.context.state.now(),
                ));
            }
            self.hand_over(&mut due).await?;
        }
        Ok(None)
    }

    fn due_at(&mut self, number: u64, line: &FileTick) -> Option<Instant> {
        let Pace::Times(times) = self.pace else { return None };
        if number <= self.furthest {
            return None;
        }
        let (recorded, real) = *self.began.get_or_insert_with(|| (line.at, Instant::now()));
        let passed = line.at.since(recorded).as_secs_f64() / times;
        // A pause of the record beyond a century is a mistake of the record.
        real.checked_add(Duration::try_from_secs_f64(passed).ok()?)
    }

    async fn hand_over(&self, due: &mut Vec<FeedTick>) -> Result<()> {
        if due.is_empty() {
            return Ok(());
        }
        send(self.messages, FeedMessage::Ticks(std::mem::take(due))).await
    }
}

async fn end(context: &FeedContext, messages: &mpsc::Sender<FeedMessage>, why: &str) -> Result<()> {
    send(messages, FeedMessage::End).await?;
    tracing::info!(why, "the feed is at its end");
    context.state.feed.set(
        Source::Replay,
        SourceState::Down,
        Some(why.to_owned()),
        context.state.now(),
    );
    context.ended.cancelled().await;
    Err(Error::Stopping)
}

pub(super) async fn send(messages: &mpsc::Sender<FeedMessage>, message: FeedMessage) -> Result<()> {
    messages.send(message).await.map_err(|_| Error::Stopping)
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn first_tick(path: &Path, metrics: Metrics) -> std::io::Result<Option<FileTick>> {
    let mut lines = Lines::new(lines::open(path)?, path, true, metrics);
    loop {
        match lines.next()? {
            Found::Tick(_, tick) => return Ok(Some(tick)),
            Found::Skipped => {}
            Found::End => return Ok(None),
        }
    }
}

fn read_file(path: &Path, metrics: Metrics, resume_at: u64, chunks: &mpsc::Sender<Chunk>) {
    let outcome = (|| -> std::io::Result<()> {
        let mut lines = Lines::new(lines::open(path)?, path, true, metrics);
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            match lines.next()? {
                Found::Tick(number, tick) if number > resume_at => chunk.push((number, tick)),
                Found::Tick(..) | Found::Skipped => {}
                Found::End => break,
            }
            if chunk.len() == CHUNK && chunks.blocking_send(Ok(std::mem::take(&mut chunk))).is_err() {
                return Ok(());
            }
        }
        // Nobody listens any more only when the term is over.
        drop(chunks.blocking_send(Ok(chunk)));
        Ok(())
    })();
    if let Err(error) = outcome {
        drop(chunks.blocking_send(Err(error)));
    }
}
