//! Indicators over an asset's candles.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::{Candle, Interval, Timestamp};
use indicators::{Bar, Indicator, IndicatorSpec, Kind, Shape, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use service_kit::{
    ApiResult, FieldErrors,
    http::{Envelope, Ok200, Path, Query, Reply},
    identity::AnyCaller,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    assets::generation_of,
    candles::{self, Wanted},
    ohlc::{DEFAULT_CANDLES, MAX_CANDLES},
    params::{self, Window},
};
use crate::{error::Error, state::State};

/// The most candles that are read only to warm up.
const MAX_WARM_UP: usize = 10_000;

/// Which indicators over which candles.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IndicatorsQuery {
    /// As for candles.
    #[param(pattern = r"^(1m|5m|15m|30m|1h|4h|1d|1w)$")]
    interval: Option<String>,
    /// Up to 20, such as `sma:20,rsi:14,macd:12:26:9`; the usual ones where nothing is said.
    set: Option<String>,
    /// As for candles; the newest 300 where nothing is said.
    #[param(pattern = r"^(1h|6h|24h|7d|30d|90d|1y|max)$")]
    range: Option<String>,
    /// The beginning, in place of a range.
    #[param(format = DateTime)]
    from: Option<String>,
    /// The end, exclusive.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Whether to give the whole series.
    series: Option<bool>,
}

/// Indicators of an asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorsView {
    /// The asset.
    asset_id: String,
    /// The candles' interval.
    interval: String,
    /// The newest values, the open candle counted: a number, or an object of them.
    #[schema(value_type = Object)]
    latest: Map<String, Json>,
    /// The values of the newest closed candle.
    #[schema(value_type = Object)]
    latest_closed: Map<String, Json>,
    /// `timestamps` and for each indicator a list, or an object of lists; null at warm-up.
    #[schema(value_type = Option<Object>, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<Map<String, Json>>,
}

/// Indicators over an asset's candles. A hole in the candles ends a series and warms it up again.
#[utoipa::path(tag = "markets", params(("symbol" = String, Path, description = "A ticker in any case, or an asset id"), IndicatorsQuery),
    responses((status = 200, description = "Indicators", body = Envelope<IndicatorsView>), (status = 304, description = "Unchanged")))]
#[get("/api/indicators/{symbol}/")]
pub async fn read_indicators(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    symbol: Path<String>,
    query: Query<IndicatorsQuery>,
) -> ApiResult<HttpResponse> {
    let generation = generation_of(&state, &symbol.0)?;
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let interval = params::interval(&mut errors, query.interval.as_deref());
    let asked = (query.range.as_deref(), query.from.as_deref(), query.to.as_deref());
    let window = params::past_window(&mut errors, asked, candles::newest_moment(&state));
    let specs = match query.set.as_deref() {
        None => Some(IndicatorSpec::default_set()),
        Some(raw) => errors.take("set", IndicatorSpec::parse_set(raw)),
    };
    let (interval, (window, specs)) = errors.finish(interval.zip(window.zip(specs)))?;
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let asset = state
        .market()
        .resolve(&symbol.0)
        .ok_or(Error::UnknownAsset)?
        .id()
        .clone();
    let wanted = Wanted {
        asset: asset.clone(),
        interval,
        window,
        limit: MAX_CANDLES,
    };
    let (found, shown_from) = with_warm_up(&state, wanted, &specs).await?;
    let run = Run::over(&found, &specs, shown_from);
    let view = IndicatorsView {
        asset_id: asset.to_string(),
        interval: interval.to_string(),
        latest: run.latest,
        latest_closed: run.latest_closed,
        series: query.series.unwrap_or(false).then_some(run.series),
    };
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(view)))?
        .respond(&request))
}

/// The wanted candles and enough before them to warm the indicators up; and where the wanted ones begin.
async fn with_warm_up(state: &State, wanted: Wanted, specs: &[IndicatorSpec]) -> Result<(Vec<Candle>, usize), Error> {
    let warm_up = warm_up_bars(specs);
    let (mut all, shown) = match wanted.window {
        Window::Newest | Window::Between(None, _) => {
            let limit = DEFAULT_CANDLES + warm_up;
            let found = candles::load(
                state,
                &Wanted {
                    limit,
                    ..wanted.clone()
                },
            )
            .await?;
            let shown = found.len().min(DEFAULT_CANDLES);
            (found, shown)
        }
        _ => {
            let found = candles::load(state, &wanted).await?;
            let shown = found.len();
            (found, shown)
        }
    };
    let Some((first, first_shown)) = all.first().zip(all.get(all.len() - shown)) else {
        return Ok((all, 0));
    };
    // What is anchored to the day counts from the midnight before the first candle that is shown.
    let is_anchored = specs.iter().any(IndicatorSpec::is_anchored_to_day);
    let midnight = Interval::D1.bucket_start(first_shown.start);
    let since_midnight = (first.start.millis() - midnight.millis()) / wanted.interval.millis();
    let for_the_day = usize::try_from(since_midnight).unwrap_or(0) * usize::from(is_anchored);
    let missing = for_the_day.max(warm_up.saturating_sub(all.len() - shown));
    if missing > 0 {
        let window = Window::Between(None, Some(first.start));
        let mut before = candles::load(
            state,
            &Wanted {
                window,
                limit: missing,
                ..wanted
            },
        )
        .await?;
        before.append(&mut all);
        all = before;
    }
    let shown_from = all.len() - shown;
    Ok((all, shown_from))
}

/// So many candles before the first one that is shown that even the slowest of the indicators has forgotten where it
/// began, to nine digits: twice what alerts wait for.
fn warm_up_bars(specs: &[IndicatorSpec]) -> usize {
    let most = specs.iter().map(IndicatorSpec::warm_up_bars).max().unwrap_or(0);
    (2 * most).min(MAX_WARM_UP)
}

/// The values of a set of indicators over candles.
struct Run {
    latest: Map<String, Json>,
    latest_closed: Map<String, Json>,
    series: Map<String, Json>,
}

impl Run {
    fn over(candles: &[Candle], specs: &[IndicatorSpec], shown_from: usize) -> Self {
        let shown = candles.get(shown_from..).unwrap_or_default();
        let timestamps: Vec<Timestamp> = shown.iter().map(|candle| candle.start).collect();
        let mut run = Self {
            latest: Map::new(),
            latest_closed: Map::new(),
            series: Map::new(),
        };
        run.series.insert("timestamps".to_owned(), json!(timestamps));
        let bars: Vec<Bar> = candles.iter().map(Bar::from).collect();
        for spec in specs {
            // A sum without an end begins with what is shown, not with what others need before.
            let from = if spec.kind() == Kind::Obv { shown_from } else { 0 };
            let mut values = vec![None; from];
            values.extend(values_of(*spec, &candles[from..], &bars[from..]));
            let closed = candles
                .iter()
                .zip(&values)
                .rev()
                .find(|(candle, _)| candle.is_closed)
                .map(|(_, value)| *value);
            let name = spec.to_string();
            run.latest
                .insert(name.clone(), single(spec.shape(), values.last().copied().flatten()));
            run.latest_closed
                .insert(name.clone(), single(spec.shape(), closed.flatten()));
            run.series
                .insert(name, list(spec.shape(), values.get(shown_from..).unwrap_or_default()));
        }
        run
    }
}

/// One value for each candle; `None` for partial candles at the beginning of a stretch, which do not count.
fn values_of(spec: IndicatorSpec, candles: &[Candle], bars: &[Bar]) -> Vec<Option<Value>> {
    let mut indicator = Indicator::new(spec);
    let mut values = Vec::with_capacity(candles.len());
    let mut end_before = None;
    for (candle, bar) in candles.iter().zip(bars) {
        if end_before.is_some_and(|end| end != candle.start) {
            indicator.reset();
        }
        end_before = Some(candle.end());
        if candle.partial && indicator.bars_seen() == 0 {
            values.push(None);
            continue;
        }
        values.push(Some(if candle.is_closed {
            indicator.push(bar)
        } else {
            indicator.peek(bar)
        }));
    }
    values
}

fn single(shape: Shape, value: Option<Value>) -> Json {
    if shape == Shape::Single {
        return json!(value.and_then(|value| value.number()));
    }
    let components = shape
        .names()
        .iter()
        .map(|name| ((*name).to_owned(), json!(value.and_then(|value| value.get(name)))));
    Json::Object(components.collect())
}

fn list(shape: Shape, values: &[Option<Value>]) -> Json {
    if shape == Shape::Single {
        let numbers: Vec<Option<f64>> = values
            .iter()
            .map(|value| value.and_then(|value| value.number()))
            .collect();
        return json!(numbers);
    }
    let component = |name: &&'static str| {
        let numbers: Vec<Option<f64>> = values
            .iter()
            .map(|value| value.and_then(|value| value.get(name)))
            .collect();
        ((*name).to_owned(), json!(numbers))
    };
    Json::Object(shape.names().iter().map(component).collect())
}
