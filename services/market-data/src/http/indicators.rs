//! Indicators over an asset's candles.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::{Candle, Interval, Timestamp};
use indicators::{Bar, Indicator, IndicatorSpec, Kind, Shape, Value};
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
    latest: Lines<Option<f64>>,
    /// The values of the newest closed candle.
    #[schema(value_type = Object)]
    latest_closed: Lines<Option<f64>>,
    /// `timestamps` and for each indicator a list, or an object of lists; null at warm-up.
    #[schema(value_type = Option<Object>, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<SeriesView>,
}

/// Something of each indicator, by its name.
type Lines<T> = BTreeMap<String, Line<T>>;

/// Something of an indicator: of its only component, or of each by its name.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Line<T> {
    Single(T),
    Components(BTreeMap<&'static str, T>),
}

impl<T> Line<T> {
    /// What `of` tells of each component, given its name.
    fn new(shape: Shape, of: impl Fn(&'static str) -> T) -> Self {
        match shape.names() {
            [only] => Self::Single(of(only)),
            names => Self::Components(names.iter().map(|name| (*name, of(name))).collect()),
        }
    }
}

/// All values, of the candles that are shown.
#[derive(Debug, Serialize)]
struct SeriesView {
    timestamps: Vec<Timestamp>,
    #[serde(flatten)]
    lines: Lines<Vec<Option<f64>>>,
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
        latest: run.newest(|_| true),
        latest_closed: run.newest(|candle| candle.is_closed),
        series: query.series.unwrap_or(false).then(|| run.series()),
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
struct Run<'a> {
    candles: &'a [Candle],
    shown_from: usize,
    /// One value of each candle.
    values: Vec<(IndicatorSpec, Vec<Option<Value>>)>,
}

impl<'a> Run<'a> {
    fn over(candles: &'a [Candle], specs: &[IndicatorSpec], shown_from: usize) -> Self {
        let bars: Vec<Bar> = candles.iter().map(Bar::from).collect();
        let values = specs.iter().map(|spec| {
            // A sum without an end begins with what is shown, not with what others need before.
            let from = if spec.kind() == Kind::Obv { shown_from } else { 0 };
            let mut values = vec![None; from];
            values.extend(values_of(*spec, &candles[from..], &bars[from..]));
            (*spec, values)
        });
        Self {
            candles,
            shown_from,
            values: values.collect(),
        }
    }

    /// The values of the newest candle of those that are meant.
    fn newest(&self, is_meant: impl Fn(&Candle) -> bool) -> Lines<Option<f64>> {
        let newest = self.candles.iter().rposition(is_meant);
        self.lines(|values, component| newest.and_then(|newest| number(values[newest], component)))
    }

    /// All values of the candles that are shown.
    fn series(&self) -> SeriesView {
        let shown = self.candles[self.shown_from..].iter();
        SeriesView {
            timestamps: shown.map(|candle| candle.start).collect(),
            lines: self.lines(|values, component| {
                let shown = values[self.shown_from..].iter();
                shown.map(|value| number(*value, component)).collect()
            }),
        }
    }

    fn lines<T>(&self, of: impl Fn(&[Option<Value>], &str) -> T) -> Lines<T> {
        let line = |(spec, values): &(IndicatorSpec, Vec<Option<Value>>)| {
            (
                spec.to_string(),
                Line::new(spec.shape(), |component| of(values, component)),
            )
        };
        self.values.iter().map(line).collect()
    }
}

fn number(value: Option<Value>, component: &str) -> Option<f64> {
    value.and_then(|value| value.get(component))
}

/// One value for each candle; `None` for partial candles at the beginning of a stretch, which do not count.
fn values_of(spec: IndicatorSpec, candles: &[Candle], bars: &[Bar]) -> Vec<Option<Value>> {
    let mut values = Vec::with_capacity(candles.len());
    for stretch in candles.chunk_by(|candle, next| candle.end() == next.start) {
        let bars = &bars[values.len()..][..stretch.len()];
        let begin = stretch.iter().take_while(|candle| candle.partial).count();
        let closed = begin + stretch[begin..].partition_point(|candle| candle.is_closed);
        let mut indicator = Indicator::new(spec);
        let series = indicator.extend(&bars[begin..closed]);
        values.extend((0..begin).map(|_| None));
        values.extend((0..series.len()).map(|place| series.get(place)));
        values.extend(bars[closed..].iter().map(|bar| Some(indicator.peek(bar))));
    }
    values
}
