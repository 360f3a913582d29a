//! Fetches what the evaluator needs of the past.

use std::{future::Future, sync::Arc, time::Duration};

use domain::{AssetId, Candle, Interval, Tick, Timestamp};
use futures_util::{StreamExt, stream};
use service_kit::client::CallError;
use tokio::sync::mpsc;

use crate::{
    domain::{Evaluator, Point, Want, Window},
    state::State,
};

/// How long market-data's recorder may be behind the log.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(200);
/// For how long candles of a gap are waited for, and how often they are asked for.
const GAP_TRIES: u32 = 24;
const GAP_PAUSE: Duration = Duration::from_secs(5);
/// How many questions are asked at once.
const AT_ONCE: usize = 8;

/// Candles that fill a gap.
pub(super) type Filled = (AssetId, Vec<Candle>);

enum Answer {
    Candles(AssetId, Interval, Vec<Candle>),
    Prices(AssetId, Window, Vec<Point>),
}

/// Answers what the evaluator wants. Gaps are followed up in the background; their candles come through `filled`.
pub(super) async fn serve(state: &Arc<State>, evaluator: &mut Evaluator, filled: &mpsc::Sender<Filled>) {
    let mut asked = Vec::new();
    for want in evaluator.take_wants() {
        match want {
            Want::Gap { asset, from, to } => follow_gap(state.clone(), asset, (from, to), filled.clone()),
            want => asked.push(want),
        }
    }
    let answers: Vec<Option<Answer>> = stream::iter(asked).map(|want| ask(state, want)).buffer_unordered(AT_ONCE).collect().await;
    for answer in answers.into_iter().flatten() {
        match answer {
            Answer::Candles(asset, interval, candles) => evaluator.give_candles(&asset, interval, &candles),
            Answer::Prices(asset, window, points) => evaluator.give_prices(&asset, window, &points),
        }
    }
}

async fn ask(state: &Arc<State>, want: Want) -> Option<Answer> {
    match want {
        Want::Candles { asset, interval, count, until } => {
            let fetch = || state.market.newest_candles(&asset, interval, count, until);
            let is_whole = |candles: &Vec<Candle>| until.is_none() || candles.last().map(Candle::end) == until;
            let candles = patiently(fetch, is_whole).await?;
            Some(Answer::Candles(asset, interval, candles))
        }
        Want::Prices { asset, window, from, until_seq } => {
            let fetch = || state.market.ticks(&asset, from, Timestamp::default().plus(Duration::MAX));
            let is_whole = |found: &Vec<Tick>| found.last().is_some_and(|tick| tick.seq >= until_seq);
            let found = patiently(fetch, is_whole).await?;
            let wanted = found.iter().filter(|tick| !tick.is_late && tick.seq <= until_seq);
            let points = wanted.map(|tick| Point { at: tick.event_at, seq: tick.seq, price: tick.price.value() }).collect();
            Some(Answer::Prices(asset, window, points))
        }
        Want::Gap { .. } => None,
    }
}

/// Asks until the answer is whole, for as long as a recorder may be behind; then takes what there is.
async fn patiently<T, F: Future<Output = Result<T, CallError>>>(mut fetch: impl FnMut() -> F, is_whole: impl Fn(&T) -> bool) -> Option<T> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let answer = fetch().await;
        let is_over = tokio::time::Instant::now() >= deadline;
        match answer {
            Ok(found) if is_over || is_whole(&found) => return Some(found),
            Err(error) if is_over => {
                tracing::warn!(%error, "the past can't be had; what needs it is not judged until enough has been seen");
                return None;
            }
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
}

fn follow_gap(state: Arc<State>, asset: AssetId, (from, to): (Timestamp, Timestamp), filled: mpsc::Sender<Filled>) {
    tokio::spawn(async move {
        let start = Interval::M1.bucket_end(Interval::M1.bucket_start(from));
        let end = Interval::M1.bucket_start(to);
        let whole = usize::try_from((end.millis() - start.millis()) / Interval::M1.millis()).unwrap_or(0);
        for _ in 0..GAP_TRIES {
            if whole == 0 || filled.is_closed() {
                return;
            }
            match state.market.candles(&asset, Interval::M1, start, end).await {
                // Quiet minutes of a venue have no candle; half of them are enough to begin with.
                Ok(candles) if candles.len() * 2 >= whole => {
                    // Nobody is there any more to take them: the next owner finds the gap again.
                    drop(filled.send((asset, candles)).await);
                    return;
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "the candles of a gap can't be had yet"),
            }
            tokio::time::sleep(GAP_PAUSE).await;
        }
    });
}
