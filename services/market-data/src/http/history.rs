//! The past of a price: its course.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::{AssetId, Candle, Decimal, Interval, Price, Timestamp};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors,
    http::{Envelope, Ok200, Path, Query, Reply},
    identity::AnyCaller,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    assets::generation_of,
    candles::{self, Wanted},
    ohlc::MAX_CANDLES,
    params::{self, Window},
};
use crate::{
    domain::{
        history::{Range, interval_for},
        ring::turnover,
        thinning::{PricePoint, thin, walk},
    },
    error::Error,
    state::State,
    store,
};

/// A stretch with more ticks is told by its candles.
const MAX_TICKS: u64 = 20_000;
/// So many of the newest ticks may not be stored yet without a gap that anybody would see.
const UNSTORED: u64 = 20;

/// Which part of a price's course.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// `1h`, `6h`, `24h` (where nothing is said), `7d`, `30d`, `90d`, `1y` or `max`.
    #[param(pattern = r"^(1h|6h|24h|7d|30d|90d|1y|max)$")]
    range: Option<String>,
    /// The beginning, in place of a range.
    #[param(format = DateTime)]
    from: Option<String>,
    /// The end, exclusive.
    #[param(format = DateTime)]
    to: Option<String>,
    /// The most points, 2 to 5000; 500 where nothing is said.
    #[param(value_type = Option<u16>, minimum = 2, maximum = 5000)]
    points: Option<String>,
}

/// A point of a price's course.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PointView {
    /// When the price was made. Of a stretch with more ticks than 20,000, or older than ticks are kept, it is told by its
    /// candles: the open at the beginning, extremes at a third and at two thirds, the close at the end of each.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// The price in USD.
    #[schema(value_type = String)]
    price: Price,
    /// Traded in the 24 hours before, in USD, as far as it was seen: each candle's quantity at the mean of its prices, which
    /// comes near to what the list of assets adds up trade by trade.
    #[schema(value_type = Option<String>, required)]
    volume_24h: Option<Decimal>,
    /// The price × today's circulating supply.
    #[schema(value_type = Option<String>, required)]
    market_cap: Option<Decimal>,
}

/// The course of a price, thinned so that its extremes survive.
#[utoipa::path(tag = "markets", params(("symbol" = String, Path, description = "A ticker in any case, or an asset id"), HistoryQuery),
    responses((status = 200, description = "Points, oldest first", body = Envelope<Vec<PointView>>), (status = 304, description = "Unchanged")))]
#[get("/api/price-history/{symbol}/")]
pub async fn read_price_history(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    symbol: Path<String>,
    query: Query<HistoryQuery>,
) -> ApiResult<HttpResponse> {
    let generation = generation_of(&state, &symbol.0)?;
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let asked = (query.range.as_deref(), query.from.as_deref(), query.to.as_deref());
    let window = params::past_window(&mut errors, asked, candles::newest_moment(&state));
    let points = params::number(&mut errors, "points", query.points.as_deref(), (2, 5_000), 500);
    let (window, points) = errors.finish(window.zip(points))?;
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let (asset, supply) = asset_and_supply(&state, &symbol.0)?;
    let stretch = Stretch::of(&state, &asset, window).await?;
    let views = course(&state, &asset, &stretch, points, supply).await?;
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(views)))?
        .respond(&request))
}

fn asset_and_supply(state: &State, symbol: &str) -> Result<(AssetId, Option<Decimal>), Error> {
    let market = state.market();
    let entry = market.resolve(symbol).ok_or(Error::UnknownAsset)?;
    Ok((entry.id().clone(), entry.asset.figures.circulating_supply))
}

/// A stretch of time, and the candles that show it.
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    interval: Interval,
}

impl Stretch {
    async fn of(state: &State, asset: &AssetId, window: Window) -> Result<Self, Error> {
        let end = candles::end_of_history(state, asset);
        let past_end = Timestamp::from_millis(end.millis() + 1).unwrap_or(end);
        let (from, to) = match window {
            Window::Newest => (Range::H24.length().map(|length| end.minus(length)), past_end),
            Window::Range(range) => (range.length().map(|length| end.minus(length)), past_end),
            Window::Between(from, to) => (from, to.unwrap_or(past_end)),
        };
        let from = match from {
            Some(from) => from,
            None => earliest(state, asset).await?.unwrap_or(to),
        };
        Ok(Self {
            from,
            to,
            interval: interval_for(Some(to.since(from))),
        })
    }
}

/// When the history of an asset begins, to the grain of a day.
async fn earliest(state: &State, asset: &AssetId) -> Result<Option<Timestamp>, Error> {
    for interval in [Interval::W1, Interval::D1, Interval::M1] {
        let window = Window::Between(Timestamp::from_millis(0), None);
        let wanted = Wanted {
            asset: asset.clone(),
            interval,
            window,
            limit: 1,
        };
        if let Some(first) = candles::load(state, &wanted).await?.first()
            && first.is_closed
        {
            return Ok(Some(first.start));
        }
    }
    let open = state
        .market()
        .open_candle(asset, Interval::H1)
        .map(|candle| candle.start);
    Ok(open)
}

async fn course(
    state: &State,
    asset: &AssetId,
    stretch: &Stretch,
    points: usize,
    supply: Option<Decimal>,
) -> Result<Vec<PointView>, Error> {
    let found = candles_of(state, asset, stretch).await?;
    let volumes = rolling_volumes(&found);
    let first = found.partition_point(|candle| candle.end() <= stretch.from);
    let shown = &found[first..];
    let inside = match seen_ticks(state, asset, stretch, shown).await? {
        Some(ticks) => ticks,
        None => walk(shown, newest_at(state, asset).unwrap_or(stretch.to))
            .into_iter()
            .filter(|point| stretch.from <= point.at && point.at < stretch.to)
            .collect(),
    };
    let volume_at = |at: Timestamp| {
        let behind = found.partition_point(|candle| candle.start <= at);
        behind.checked_sub(1).and_then(|index| volumes[index])
    };
    let views = thin(inside, points).into_iter().map(|point| PointView {
        timestamp: point.at,
        price: point.price,
        volume_24h: volume_at(point.at),
        market_cap: supply
            .and_then(|supply| supply.checked_mul(point.price.value()))
            .map(|cap| cap.round_dp(2)),
    });
    Ok(views.collect())
}

/// The candles that show a stretch, and those of the day before it. Where the finest of them are no longer kept, longer ones
/// that reach farther back.
async fn candles_of(state: &State, asset: &AssetId, stretch: &Stretch) -> Result<Vec<Candle>, Error> {
    let day = std::time::Duration::from_secs(86_400);
    let mut wanted = Wanted {
        asset: asset.clone(),
        interval: stretch.interval,
        window: Window::Between(Some(stretch.from.minus(day)), Some(stretch.to)),
        limit: 2 * MAX_CANDLES,
    };
    let (mut best, mut begins_at) = (Vec::new(), None);
    for interval in Interval::ALL
        .into_iter()
        .skip_while(|interval| *interval != stretch.interval)
    {
        wanted.interval = interval;
        let found = candles::load(state, &wanted).await?;
        let first = found.iter().find(|candle| candle.end() > stretch.from);
        let reaches_farther = match (first, begins_at) {
            (Some(first), Some(known)) => first.end() <= known,
            (first, _) => first.is_some(),
        };
        if reaches_farther {
            begins_at = first.map(|candle| candle.start);
            best = found;
        }
        if begins_at.is_some_and(|begin| begin <= stretch.from || !reaches_farther) {
            break;
        }
    }
    Ok(best)
}

fn newest_at(state: &State, asset: &AssetId) -> Option<Timestamp> {
    let market = state.market();
    Some(market.get(asset)?.last.as_ref()?.event_at)
}

/// The ticks of a stretch as they happened, where all of them are stored and they are few; `None` where candles have to
/// stand for them.
async fn seen_ticks(
    state: &State,
    asset: &AssetId,
    stretch: &Stretch,
    shown: &[Candle],
) -> Result<Option<Vec<PricePoint>>, Error> {
    let expected: u64 = shown.iter().map(|candle| candle.samples).sum();
    let Some(first) = shown.iter().find(|candle| candle.samples > 0) else {
        return Ok(None);
    };
    if expected > MAX_TICKS {
        return Ok(None);
    }
    let newest = state.market().get(asset).and_then(|entry| entry.last.clone());
    let mut conn = state.conn().await?;
    let stored = store::states::last_seq(&mut conn, asset).await.map_err(Error::from)?;
    if newest.as_ref().is_some_and(|last| last.seq > stored + UNSTORED) {
        return Ok(None);
    }
    // From the start of a candle that `from` cuts in two: whether its ticks are stored tells whether those behind it are.
    let window = (Some(stretch.from.min(first.start)), Some(stretch.to));
    let limit = i64::try_from(MAX_TICKS).unwrap_or(i64::MAX);
    let found = store::ticks::load(&mut conn, asset, window, None, limit)
        .await
        .map_err(Error::from)?;
    // Ticks are kept for some days, candles for longer.
    if found.first().is_none_or(|tick| first.end() <= tick.event_at) {
        return Ok(None);
    }
    let mut points: Vec<PricePoint> = found
        .iter()
        .filter(|tick| stretch.from <= tick.event_at)
        .map(|tick| PricePoint {
            at: tick.event_at,
            price: tick.price,
        })
        .collect();
    if let Some(last) = newest
        && points.last().is_none_or(|point| point.at < last.event_at)
        && stretch.from <= last.event_at
        && last.event_at < stretch.to
    {
        points.push(PricePoint {
            at: last.event_at,
            price: last.price,
        });
    }
    Ok(Some(points))
}

/// For each candle what was traded in the 24 hours that end with it.
fn rolling_volumes(candles: &[Candle]) -> Vec<Option<Decimal>> {
    let turnovers: Vec<Option<Decimal>> = candles.iter().map(turnover).collect();
    let mut sum = Decimal::ZERO;
    let mut told = 0_usize;
    let mut oldest = 0;
    let mut rolling = Vec::with_capacity(candles.len());
    for (candle, turnover) in candles.iter().zip(&turnovers) {
        if let Some(turnover) = turnover {
            sum = sum.saturating_add(*turnover);
            told += 1;
        }
        while candles[oldest].end().millis() + 86_400_000 <= candle.end().millis() {
            if let Some(gone) = turnovers[oldest] {
                sum = sum.saturating_sub(gone);
                told -= 1;
            }
            oldest += 1;
        }
        rolling.push((told > 0).then(|| sum.round_dp(2)));
    }
    rolling
}
