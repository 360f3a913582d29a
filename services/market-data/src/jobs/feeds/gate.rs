//! Holds a feed that an administrator has switched off, and lets it go on later.

use std::{sync::Arc, time::Duration};

use domain::{Source, Timestamp};
use tokio::{sync::mpsc, time::Instant};

use super::live::{report, settings};
use crate::{
    error::{Error, Result},
    jobs::{ingest::FeedMessage, status::SourceState},
    state::State,
};

/// How often what an administrator has set is read where nobody tells of a change.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Hands on what a feed says while its source is enabled. Of one that is not, nothing is lost: it is not read on.
pub async fn run(
    state: Arc<State>,
    source: Source,
    mut from: mpsc::Receiver<FeedMessage>,
    to: mpsc::Sender<FeedMessage>,
) -> Result<()> {
    let mut look_at = Instant::now();
    let mut latest: Option<Timestamp> = None;
    loop {
        if Instant::now() >= look_at {
            if is_disabled(&state, source).await {
                hold(&state, source, latest, &to).await?;
            }
            look_at = Instant::now() + LOOK_EVERY;
        }
        let message = tokio::select! {
            message = from.recv() => message,
            () = state.settings_changed.notified() => {
                look_at = Instant::now();
                continue;
            }
            () = tokio::time::sleep_until(look_at) => continue,
        };
        let Some(message) = message else { return Ok(()) };
        latest = time_of(&message).max(latest);
        to.send(message).await.map_err(|_| Error::Stopping)?;
    }
}

async fn is_disabled(state: &State, source: Source) -> bool {
    settings(state, source).await.is_some_and(|row| !row.enabled)
}

/// Waits until the source is enabled again; in between nobody watches the market.
async fn hold(state: &State, source: Source, latest: Option<Timestamp>, to: &mpsc::Sender<FeedMessage>) -> Result<()> {
    report(state, source, SourceState::Disabled, None).await;
    if let Some(latest) = latest {
        to.send(FeedMessage::Down(latest)).await.map_err(|_| Error::Stopping)?;
    }
    while is_disabled(state, source).await {
        tokio::select! {
            () = state.settings_changed.notified() => {}
            outcome = state.pause(LOOK_EVERY) => outcome?,
        }
    }
    report(state, source, SourceState::Live, None).await;
    if let Some(latest) = latest {
        to.send(FeedMessage::Up(latest)).await.map_err(|_| Error::Stopping)?;
    }
    Ok(())
}

fn time_of(message: &FeedMessage) -> Option<Timestamp> {
    match message {
        FeedMessage::Ticks(ticks) => ticks.iter().map(|tick| tick.tick.event_at).max(),
        FeedMessage::Clock(at) | FeedMessage::Up(at) | FeedMessage::Down(at) => Some(*at),
        FeedMessage::Begin { .. } | FeedMessage::End => None,
    }
}
