use std::time::Duration;

use actix_web::{post, web::Data};
use domain::{AlertId, AssetId, Interval, Timestamp};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult, ErrorKind,
    http::{Envelope, Json, Ok200, Query},
    identity::ReadCaller,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    alerts::default_expiry,
    asset::known_asset,
    body::{AlertBody, Draft},
};
use crate::{
    domain::{Alert, Arrival, Condition, Decision, Evaluator, Hole, Memory, Point, Replay, Want},
    error::Error,
    state::State,
};

/// How far back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PreviewQuery {
    /// Days, 30 where nothing is said. Candles are not cut: it begins where the longest one that the alert is about begins.
    #[param(minimum = 1, maximum = 90)]
    days: Option<u32>,
}

/// The most fires that are listed.
const MAX_FIRES: usize = 1_000;

/// When an alert would have fired.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// Oldest first; the first 1,000 of them.
    #[schema(max_items = 1000)]
    fires: Vec<FireView>,
    /// How many there are, listed or not.
    count: usize,
    /// About which time something is known.
    coverage: CoverageView,
    /// `ticks`, `candles` (one-minute candles) or `mixed`.
    resolution: &'static str,
}

/// One occasion.
#[derive(Debug, Serialize, ToSchema)]
pub struct FireView {
    /// When the price was made.
    #[schema(value_type = String, format = DateTime)]
    event_at: Timestamp,
    /// The price.
    price: String,
    /// The price before.
    #[schema(required)]
    previous_price: Option<String>,
    /// Within the cooldown: nobody would have been told.
    suppressed: bool,
}

/// The time that was looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageView {
    /// Its start; null where nothing is stored.
    #[schema(required, value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Times in it about which nothing is known.
    gaps: Vec<GapView>,
}

/// A time about which nothing is known.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapView {
    /// Its start.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
}

/// When this alert would have fired: the live evaluator, run over what is stored.
#[utoipa::path(tag = "alerts", params(PreviewQuery), request_body = AlertBody, security(("bearer" = [])),
    responses(
        (status = 200, body = Envelope<PreviewView>),
        (status = 503, description = "Too many previews are being computed; try again after `Retry-After`"),
    ))]
#[post("/api/alerts/preview/")]
pub async fn preview_alert(
    state: Data<State>,
    _: ReadCaller,
    query: Query<PreviewQuery>,
    body: Json<AlertBody>,
) -> ApiResult<Ok200<PreviewView>> {
    let now = state.now();
    let most = state.config.preview_days_max;
    let days = query.into_inner().days.unwrap_or(30.min(most));
    if days == 0 || days > most {
        return Err(ApiError::invalid(
            "days",
            format!("must be a whole number from 1 to {most}"),
        ));
    }
    let draft = body.into_inner().parse(now, default_expiry(&state, now))?;
    let asset = known_asset(&state, &draft.symbol).await?;
    let asset = AssetId::parse(&asset.asset_id)
        .map_err(|_| ApiError::invalid("symbol", "is not a known ticker or asset id"))?;
    let Ok(_place) = state.previews.try_acquire() else {
        return Err(busy());
    };
    let (from, to) = range(&state, &asset, days, now).await?;
    // A candle that was cut in two would not be the one that the live evaluator saw.
    let from = longest_candle(&draft).bucket_start(from);
    Ok(Ok200(run(&state, asset, draft, (from, to)).await?))
}

fn busy() -> ApiError {
    ApiError::new(
        ErrorKind::Unavailable,
        "too many previews are being computed at this moment, try again in a few seconds",
    )
    .with_retry_after(Duration::from_secs(5))
}

/// So many days up to the newest price: a replayed market lives at another time than its watcher.
async fn range(state: &State, asset: &AssetId, days: u32, now: Timestamp) -> Result<(Timestamp, Timestamp), Error> {
    let newest = state.market.price(asset).await?;
    let to = newest.map_or(now, |price| price.event_at.plus(Duration::from_millis(1)));
    Ok((to.minus(Duration::from_secs(u64::from(days) * 86_400)), to))
}

/// The longest candle of which the alert is a matter, one minute where it is one of prices.
fn longest_candle(draft: &Draft) -> Interval {
    let of_parts = draft.condition.parts().iter().filter_map(Condition::interval);
    let all = of_parts.chain(draft.trigger.closing_interval());
    all.max_by_key(|interval| interval.millis()).unwrap_or(Interval::M1)
}

/// A preview in the making.
struct Run {
    replay: Replay,
    fires: Vec<FireView>,
    count: usize,
}

impl Run {
    /// Steps through a part of the past, away from the threads that answer requests.
    async fn step(mut self, steps: impl FnOnce(&mut Replay) + Send + 'static) -> Result<Self, Error> {
        let stepped = tokio::task::spawn_blocking(move || {
            steps(&mut self.replay);
            self.collect();
            self
        });
        Ok(stepped.await?)
    }

    fn collect(&mut self) {
        for decision in self.replay.evaluator.take_decisions() {
            let Decision::Fired(firing) = decision else { continue };
            self.count += 1;
            if self.fires.len() < MAX_FIRES {
                self.fires.push(FireView {
                    event_at: firing.event_at,
                    price: firing.price.to_string(),
                    previous_price: firing.previous.map(|price| price.to_string()),
                    suppressed: firing.suppressed,
                });
            }
        }
        // Nobody will ask for them: what a preview remembers ends with it.
        drop(self.replay.evaluator.take_changed());
        drop(self.replay.evaluator.take_wants());
    }

    fn view(self, resolution: &'static str) -> PreviewView {
        let (from, to, holes) = self.replay.coverage();
        let gap = |hole: &Hole| GapView {
            from: hole.from,
            to: hole.to,
        };
        PreviewView {
            count: self.count,
            coverage: CoverageView {
                from,
                to,
                gaps: holes.iter().map(gap).collect(),
            },
            resolution,
            fires: self.fires,
        }
    }
}

async fn run(
    state: &State,
    asset: AssetId,
    draft: Draft,
    (from, to): (Timestamp, Timestamp),
) -> Result<PreviewView, Error> {
    let mut evaluator = Evaluator::new(state.gap_limits().await);
    let alert = watched(&asset, draft);
    let scout = Alert {
        id: AlertId::new(),
        ..alert.clone()
    };
    evaluator.put(&scout, Arrival::Restored);
    warm_up(state, &mut evaluator, from).await?;
    let replay = Replay::new(evaluator, from, alert, scout.id);
    let mut run = Run {
        replay,
        fires: Vec::new(),
        count: 0,
    };
    let mut page = state.market.tick_page(&asset, (from, to), None).await?;
    let ticks_from = page.stored_from.map_or(to, |stored| stored.max(from));
    // The minute in which ticks begin is told by its ticks.
    let until = Interval::M1.bucket_start(ticks_from).max(from);
    let mut candles = state.market.candles(&asset, Interval::M1, from, to).await?;
    let behind = candles.split_off(candles.partition_point(|candle| candle.start < until));
    let candle_count = candles.len();
    run = run
        .step(move |replay| {
            candles.iter().for_each(|candle| replay.candle(candle));
            replay.know_candles(&behind);
        })
        .await?;
    let mut tick_count = 0;
    loop {
        tick_count += page.ticks.len();
        let (mut ticks, of) = (std::mem::take(&mut page.ticks), asset.clone());
        run = run
            .step(move |replay| {
                ticks.sort_by_key(|tick| tick.seq);
                for tick in ticks {
                    replay.tick(tick.into_tick(of.clone()));
                }
            })
            .await?;
        let Some(next) = page.next.take() else { break };
        page = state.market.tick_page(&asset, (from, to), Some(&next)).await?;
    }
    // Minutes without a trade are over when market-data says so.
    let newest = state.market.newest_candles(&asset, Interval::M1, 2, None).await?;
    let closed = newest.iter().filter(|candle| candle.is_closed);
    let end = closed.map(|candle| candle.end()).max();
    let end = end.map_or(to, |end| end.max(to));
    let run = run.step(move |replay| replay.finish(end)).await?;
    let resolution = match (tick_count, candle_count) {
        (_, 0) => "ticks",
        (0, _) => "candles",
        _ => "mixed",
    };
    Ok(run.view(resolution))
}

fn watched(asset: &AssetId, draft: Draft) -> Alert {
    Alert {
        id: AlertId::new(),
        version: 1,
        asset: asset.clone(),
        condition: draft.condition,
        trigger: draft.trigger,
        cooldown_ms: i64::from(draft.cooldown_seconds) * 1_000,
        expires_at: None,
        base: None,
        memory: Memory::default(),
    }
}

/// What indicators and windows need of the time before.
async fn warm_up(state: &State, evaluator: &mut Evaluator, from: Timestamp) -> Result<(), Error> {
    for want in evaluator.take_wants() {
        match want {
            Want::Candles {
                asset, interval, count, ..
            } => {
                let candles = state
                    .market
                    .newest_candles(&asset, interval, count, Some(interval.bucket_start(from)))
                    .await?;
                evaluator.give_candles(&asset, interval, &candles);
            }
            Want::Prices { asset, window, .. } => {
                let reach = Duration::from_millis((window.millis() + window.tolerance_ms()).unsigned_abs());
                let found = state.market.ticks(&asset, from.minus(reach), from).await?;
                let counted = found.iter().filter(|tick| !tick.is_late);
                // Numbers are given anew behind `from`, so those before it are below all of them.
                let points: Vec<Point> = counted
                    .map(|tick| Point {
                        at: tick.event_at,
                        seq: 0,
                        price: tick.price.value(),
                    })
                    .collect();
                evaluator.give_prices(&asset, window, &points);
            }
            Want::Gap { .. } => {}
        }
    }
    Ok(())
}
