//! Candles over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, http::header::HeaderValue, web::Data};
use domain::{Candle, Timestamp};
use serde::Deserialize;
use service_kit::{
    ApiResult, FieldErrors,
    http::{Ok200, Path, Query, Reply, accepts_csv},
    identity::AnyCaller,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    assets::generation_of,
    candles::{self, CandleView, GapView, Wanted},
    csv,
    params::{self, Window},
};
use crate::{domain::history::gaps, error::Error, state::State};

/// The most candles of one answer.
pub const MAX_CANDLES: usize = 5_000;
/// How many candles are shown where nothing is said.
pub const DEFAULT_CANDLES: usize = 300;

/// Which candles.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OhlcQuery {
    /// `1m`, `5m`, `15m`, `30m`, `1h` (where nothing is said), `4h`, `1d` or `1w`.
    #[param(pattern = r"^(1m|5m|15m|30m|1h|4h|1d|1w)$")]
    interval: Option<String>,
    /// As for the price history; without a range and without moments the newest 300.
    #[param(pattern = r"^(1h|6h|24h|7d|30d|90d|1y|max)$")]
    range: Option<String>,
    /// The beginning; it is floored to its bucket.
    #[param(format = DateTime)]
    from: Option<String>,
    /// The end, exclusive.
    #[param(format = DateTime)]
    to: Option<String>,
    /// The most candles, 1 to 5000: with `from` the oldest of them, else the newest.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 5000)]
    limit: Option<String>,
}

/// The shape of the answer, with what stands beside the candles.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what a reply with a member beside its data writes")]
pub struct CandlesEnvelope {
    /// Always true.
    #[schema(example = true)]
    success: bool,
    /// The candles, oldest first.
    data: Vec<CandleView>,
    /// Stretches in which the feed was down, so that there are no candles.
    gaps: Vec<GapView>,
    /// A sentence for people.
    message: String,
}

/// Candles, the open one included; holes of the feed stand in `gaps` beside them. With `Accept: text/csv` the same candles
/// as a file, without the holes.
#[utoipa::path(tag = "markets", params(("symbol" = String, Path, description = "A ticker in any case, or an asset id"), OhlcQuery),
    responses((status = 200, description = "Candles, oldest first", content((CandlesEnvelope = "application/json"), (String = "text/csv"))),
        (status = 304, description = "Unchanged")))]
#[get("/api/ohlc/{symbol}/")]
pub async fn read_ohlc(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    symbol: Path<String>,
    query: Query<OhlcQuery>,
) -> ApiResult<HttpResponse> {
    let generation = generation_of(&state, &symbol.0)?;
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let interval = params::interval(&mut errors, query.interval.as_deref());
    let asked = (query.range.as_deref(), query.from.as_deref(), query.to.as_deref());
    let window = params::past_window(&mut errors, asked, candles::newest_moment(&state));
    let default = match window {
        Some(Window::Newest | Window::Between(None, _)) => DEFAULT_CANDLES,
        _ => MAX_CANDLES,
    };
    let limit = params::number(&mut errors, "limit", query.limit.as_deref(), (1, MAX_CANDLES), default);
    let (interval, (window, limit)) = errors.finish(interval.zip(window.zip(limit)))?;
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
        asset,
        interval,
        window,
        limit,
    };
    let found = candles::load(&state, &wanted).await?;
    let views: Vec<CandleView> = found.iter().map(CandleView::from).collect();
    if accepts_csv(request.headers()) {
        let file = csv::write(&views)?;
        let answer = state.answers.put_csv(&request, generation, file, file_name(&wanted));
        return Ok(answer.respond(&request));
    }
    let holes = holes(&state, &wanted, &found).await?;
    let holes = serde_json::to_value(holes).map_err(Error::from)?;
    let reply = Reply::from(Ok200(views)).beside("gaps", holes);
    Ok(state.answers.put(&request, generation, &reply)?.respond(&request))
}

/// The holes between the candles, and those that reach over the edges of what is wanted, cut off there.
async fn holes(state: &State, wanted: &Wanted, found: &[Candle]) -> Result<Vec<GapView>, Error> {
    let begin = candles::begin_of(state, wanted);
    let (end, keeps_oldest) = candles::end_of(wanted);
    let is_cut = found.len() == wanted.limit;
    let first = found.first().map(|candle| candle.start);
    let last = found.last().map(Candle::end);
    let mut holes = Vec::new();
    if let Some(begin) = begin.filter(|begin| first.is_none_or(|first| first > *begin) && (keeps_oldest || !is_cut))
        && neighbour(state, wanted, Window::Between(None, Some(begin)))
            .await?
            .is_some()
    {
        let next = match first {
            None => neighbour(state, wanted, Window::Between(Some(begin), None)).await?,
            first => first,
        };
        holes.extend(next.map(|next| (begin, end.map_or(next, |end| end.min(next)))));
    }
    holes.extend(gaps(found));
    if let Some((last, end)) = last
        .zip(end)
        .filter(|(last, end)| last < end && !(keeps_oldest && is_cut))
        && let Some(next) = neighbour(state, wanted, Window::Between(Some(last), None)).await?
    {
        holes.push((last, end.min(next)));
    }
    let views = holes.into_iter().map(|(from, to)| GapView { from, to });
    Ok(views.collect())
}

/// The start of the candle that lies next to what is wanted.
async fn neighbour(state: &State, wanted: &Wanted, window: Window) -> Result<Option<Timestamp>, Error> {
    let next = Wanted {
        window,
        limit: 1,
        ..wanted.clone()
    };
    let found = candles::load(state, &next).await?;
    Ok(found.first().map(|candle| candle.start))
}

fn file_name(wanted: &Wanted) -> HeaderValue {
    let name = format!("attachment; filename=\"{}-{}.csv\"", wanted.asset, wanted.interval);
    // An id may have letters that a header can't hold.
    let is_plain = name.is_ascii();
    let header = HeaderValue::from_str(&name).ok().filter(|_| is_plain);
    header.unwrap_or(HeaderValue::from_static("attachment; filename=\"candles.csv\""))
}
