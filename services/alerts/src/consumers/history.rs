//! Fetches what the evaluator needs of the past.

use std::{future::Future, sync::Arc, time::Duration};

use domain::{AssetId, Candle, Interval, Tick, Timestamp};
use futures_util::{StreamExt, stream};
use messaging::Pause;
use service_kit::client::CallError;
use tokio::{sync::Semaphore, task::JoinSet, time::Instant};

use crate::{
    domain::{Evaluator, Point, Want, Window},
    state::State,
};

/// How long market-data's recorder may be behind the log.
const PATIENCE: Duration = Duration::from_millis(1_500);
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(400));
/// How often candles of a gap are asked for, and the longest wait between.
const GAP_TRIES: u32 = 24;
const GAP_PAUSE: Duration = Duration::from_secs(7);
/// How many questions are asked at once.
const AT_ONCE: usize = 8;

/// Something of the past.
pub(super) enum Answer {
    /// Closed candles, the newest of which should end at `until`.
    Candles {
        asset: AssetId,
        interval: Interval,
        until: Option<Timestamp>,
        candles: Vec<Candle>,
    },
    /// Prices of a window.
    Prices {
        asset: AssetId,
        window: Window,
        points: Vec<Point>,
    },
    /// Candles of a time without prices.
    Gap {
        asset: AssetId,
        time: (Timestamp, Timestamp),
        candles: Vec<Candle>,
    },
}

impl Answer {
    pub(super) fn give(self, evaluator: &mut Evaluator) {
        match self {
            // A candle was closed while the question was under way: it is asked again.
            Self::Candles {
                asset, interval, until, ..
            } if evaluator.open_since(&asset, interval) != until => {
                evaluator.want_candles(&asset, interval);
            }
            Self::Candles {
                asset,
                interval,
                candles,
                ..
            } => evaluator.give_candles(&asset, interval, &candles),
            Self::Prices { asset, window, points } => evaluator.give_prices(&asset, window, &points),
            Self::Gap { asset, time, candles } => evaluator.fill_gap(&asset, time, &candles),
        }
    }
}

/// What may be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Everything: alerts that were watched before go on as if nothing had happened.
    All,
    /// Prices alone, which the very next tick may be compared with. Candles come when they come.
    Prices,
}

/// Questions about the past that nobody waits for. They end with their owner: the next one asks again.
pub(super) struct Background {
    questions: JoinSet<Option<Answer>>,
    places: Arc<Semaphore>,
}

impl Background {
    pub(super) fn new() -> Self {
        Self {
            questions: JoinSet::new(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    fn ask(&mut self, state: &Arc<State>, want: Want) {
        let (state, places) = (state.clone(), self.places.clone());
        self.spawn(async move { ask(&state, want, &places).await });
    }

    fn spawn(&mut self, question: impl Future<Output = Option<Answer>> + Send + 'static) {
        self.questions.spawn(question);
    }

    /// An answer that has come.
    pub(super) fn next_answer(&mut self) -> Option<Answer> {
        while let Some(ended) = self.questions.try_join_next() {
            match ended {
                Ok(Some(answer)) => return Some(answer),
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "a question about the past broke off"),
            }
        }
        None
    }
}

/// Gets what the evaluator wants. What is not waited for is asked in the background.
pub(super) async fn serve(state: &Arc<State>, evaluator: &mut Evaluator, wait: Wait, background: &mut Background) {
    let mut asked = Vec::new();
    for want in evaluator.take_wants() {
        match want {
            Want::Gap { .. } => background.ask(state, want),
            Want::Candles { .. } if wait == Wait::Prices => background.ask(state, want),
            want => asked.push(want),
        }
    }
    if asked.is_empty() {
        return;
    }
    // Places of their own: they don't wait for what is asked in the background.
    let places = Semaphore::new(AT_ONCE);
    let answers: Vec<Option<Answer>> = stream::iter(asked)
        .map(|want| ask(state, want, &places))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for answer in answers.into_iter().flatten() {
        answer.give(evaluator);
    }
}

async fn ask(state: &Arc<State>, want: Want, places: &Semaphore) -> Option<Answer> {
    match want {
        Want::Candles {
            asset,
            interval,
            count,
            until,
        } => {
            let fetch = || state.market.newest_candles(&asset, interval, count, until);
            let is_whole = |candles: &Vec<Candle>| until.is_none() || candles.last().map(Candle::end) == until;
            let candles = patiently(fetch, is_whole, places).await?;
            Some(Answer::Candles {
                asset,
                interval,
                until,
                candles,
            })
        }
        Want::Prices {
            asset,
            window,
            from,
            until_seq,
        } => {
            let fetch = || {
                state
                    .market
                    .ticks(&asset, from, Timestamp::default().plus(Duration::MAX))
            };
            let is_whole = |found: &Vec<Tick>| found.last().is_some_and(|tick| tick.seq >= until_seq);
            let found = patiently(fetch, is_whole, places).await?;
            let wanted = found.iter().filter(|tick| !tick.is_late && tick.seq <= until_seq);
            let points = wanted
                .map(|tick| Point {
                    at: tick.event_at,
                    seq: tick.seq,
                    price: tick.price.value(),
                })
                .collect();
            Some(Answer::Prices { asset, window, points })
        }
        Want::Gap { asset, from, to } => follow_gap(state, asset, (from, to), places).await,
    }
}

/// Asks until the answer is whole, for as long as a recorder may be behind; then takes what there is.
async fn patiently<T, F: Future<Output = Result<T, CallError>>>(
    mut fetch: impl FnMut() -> F,
    is_whole: impl Fn(&T) -> bool,
    places: &Semaphore,
) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Pause::between(PAUSES.0, PAUSES.1);
    loop {
        // A place is held for a call, never for a pause.
        let place = places.acquire().await.ok()?;
        let answer = fetch().await;
        drop(place);
        let is_over = Instant::now() >= deadline;
        match answer {
            Ok(found) if is_over || is_whole(&found) => return Some(found),
            Err(error) if is_over || error.status().is_some() => {
                tracing::warn!(%error, "the past can't be had; what needs it is not judged until enough has been seen");
                return None;
            }
            _ => pause.rest().await,
        }
    }
}

/// Waits until market-data has fetched the candles of a gap from elsewhere. Without an answer in time the gap is given up:
/// no candles are what is known of it.
async fn follow_gap(
    state: &Arc<State>,
    asset: AssetId,
    (from, to): (Timestamp, Timestamp),
    places: &Semaphore,
) -> Option<Answer> {
    let start = Interval::M1.bucket_end(Interval::M1.bucket_start(from));
    let end = Interval::M1.bucket_start(to);
    let whole = usize::try_from((end.millis() - start.millis()) / Interval::M1.millis()).unwrap_or(0);
    let tries = if whole == 0 { 0 } else { GAP_TRIES };
    let mut found = Vec::new();
    let mut pause = Pause::between(GAP_PAUSE, GAP_PAUSE);
    for _ in 0..tries {
        let place = places.acquire().await.ok()?;
        let answer = state.market.candles(&asset, Interval::M1, start, end).await;
        drop(place);
        match answer {
            // Quiet minutes of a venue have no candle; half of them are enough to begin with.
            Ok(candles) if candles.len() * 2 >= whole => {
                found = candles;
                break;
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "the candles of a gap can't be had yet"),
        }
        pause.rest().await;
    }
    Some(Answer::Gap {
        asset,
        time: (from, to),
        candles: found,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn questions_end_with_their_owner() {
        let mut background = Background::new();
        let (alive, ended) = oneshot::channel::<()>();
        background.spawn(async move {
            let _alive = alive;
            std::future::pending().await
        });
        drop(background);
        assert!(ended.await.is_err());
    }

    #[tokio::test]
    async fn only_so_many_questions_are_asked_at_once() {
        let (places, under_way) = (Semaphore::new(AT_ONCE), AtomicUsize::new(0));
        let fetch = || async {
            assert!(under_way.fetch_add(1, Ordering::SeqCst) < AT_ONCE);
            tokio::task::yield_now().await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        let questions = (0..5 * AT_ONCE).map(|_| patiently(fetch, |()| true, &places));
        assert!(join_all(questions).await.iter().all(Option::is_some));
    }
}
