//! Fetches what the evaluator needs of the past.

use std::{future::Future, sync::Arc, time::Duration};

use domain::{AssetId, Candle, Interval, Tick, Timestamp};
use futures_util::{StreamExt, stream};
use service_kit::client::CallError;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};

use crate::{
    domain::{Evaluator, Point, Want, Window},
    state::State,
};

/// How long market-data's recorder may be behind the log.
const PATIENCE: Duration = Duration::from_millis(1_500);
const PAUSE: Duration = Duration::from_millis(50);
/// For how long candles of a gap are waited for, and how often they are asked for.
const GAP_TRIES: u32 = 24;
const GAP_PAUSE: Duration = Duration::from_secs(5);
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

/// Gets what the evaluator wants. What is not waited for comes through `later`.
pub(super) async fn serve(state: &Arc<State>, evaluator: &mut Evaluator, wait: Wait, later: &mpsc::Sender<Answer>) {
    let mut asked = Vec::new();
    for want in evaluator.take_wants() {
        match want {
            Want::Gap { .. } => in_background(state, want, later),
            Want::Candles { .. } if wait == Wait::Prices => in_background(state, want, later),
            want => asked.push(want),
        }
    }
    let answers: Vec<Option<Answer>> = stream::iter(asked)
        .map(|want| ask(state, want))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for answer in answers.into_iter().flatten() {
        answer.give(evaluator);
    }
}

fn in_background(state: &Arc<State>, want: Want, later: &mpsc::Sender<Answer>) {
    let (state, later) = (state.clone(), later.clone());
    tokio::spawn(async move {
        if let Some(answer) = ask(&state, want).await {
            // Nobody is there any more to take it: the next owner asks again.
            drop(later.send(answer).await);
        }
    });
}

async fn ask(state: &Arc<State>, want: Want) -> Option<Answer> {
    match want {
        Want::Candles {
            asset,
            interval,
            count,
            until,
        } => {
            let fetch = || state.market.newest_candles(&asset, interval, count, until);
            let is_whole = |candles: &Vec<Candle>| until.is_none() || candles.last().map(Candle::end) == until;
            let candles = patiently(fetch, is_whole).await?;
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
            let found = patiently(fetch, is_whole).await?;
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
        Want::Gap { asset, from, to } => Some(follow_gap(state, asset, (from, to)).await),
    }
}

/// Asks until the answer is whole, for as long as a recorder may be behind; then takes what there is.
async fn patiently<T, F: Future<Output = Result<T, CallError>>>(
    mut fetch: impl FnMut() -> F,
    is_whole: impl Fn(&T) -> bool,
) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = fetch().await;
        let is_over = Instant::now() >= deadline;
        match answer {
            Ok(found) if is_over || is_whole(&found) => return Some(found),
            Err(error) if is_over || error.status().is_some() => {
                tracing::warn!(%error, "the past can't be had; what needs it is not judged until enough has been seen");
                return None;
            }
            _ => sleep(PAUSE).await,
        }
    }
}

/// Waits until market-data has fetched the candles of a gap from elsewhere. Without an answer in time the gap is given up:
/// no candles are what is known of it.
async fn follow_gap(state: &Arc<State>, asset: AssetId, (from, to): (Timestamp, Timestamp)) -> Answer {
    let start = Interval::M1.bucket_end(Interval::M1.bucket_start(from));
    let end = Interval::M1.bucket_start(to);
    let whole = usize::try_from((end.millis() - start.millis()) / Interval::M1.millis()).unwrap_or(0);
    let tries = if whole == 0 { 0 } else { GAP_TRIES };
    let mut found = Vec::new();
    for _ in 0..tries {
        match state.market.candles(&asset, Interval::M1, start, end).await {
            // Quiet minutes of a venue have no candle; half of them are enough to begin with.
            Ok(candles) if candles.len() * 2 >= whole => {
                found = candles;
                break;
            }
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "the candles of a gap can't be had yet"),
        }
        sleep(GAP_PAUSE).await;
    }
    Answer::Gap {
        asset,
        time: (from, to),
        candles: found,
    }
}
