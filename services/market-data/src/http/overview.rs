//! The market as a whole: heatmap, movers, summary, and how its sources fare.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::{AssetId, Decimal, Price, Symbol, Timestamp};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors,
    http::{Envelope, Ok200, Query, Reply},
    identity::AnyCaller,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    params,
    views::{AssetView, Viewer},
};
use crate::{
    domain::{
        feed::FeedKind,
        history::Range,
        market::{AssetEntry, Figures},
    },
    jobs::status::SourceState,
    state::State,
};

/// Which stretch, how many.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HeatmapQuery {
    /// `1h`, `24h` (where nothing is said) or `7d`.
    #[param(pattern = "^(1h|24h|7d)$")]
    range: Option<String>,
    /// The most assets, 1 to 200; 100 where nothing is said.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<String>,
}

/// A tile of the heatmap.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeatmapTile {
    /// The asset.
    #[schema(value_type = String)]
    asset_id: AssetId,
    /// Its ticker.
    #[schema(value_type = String)]
    symbol: Symbol,
    /// Its name.
    name: String,
    /// The newest price in USD.
    #[schema(value_type = Option<String>, required)]
    price: Option<Price>,
    /// Price × circulating supply.
    #[schema(value_type = Option<String>, required)]
    market_cap: Option<Decimal>,
    /// Percent in the range.
    #[schema(required)]
    change: Option<f64>,
    /// When the price was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    updated_at: Option<Timestamp>,
    /// Too old to be relied on.
    stale: bool,
}

/// The largest assets with their change.
#[utoipa::path(tag = "markets", params(HeatmapQuery),
    responses((status = 200, description = "Tiles, the best rank first", body = Envelope<Vec<HeatmapTile>>), (status = 304, description = "Unchanged")))]
#[get("/api/heatmap/")]
pub async fn read_heatmap(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    query: Query<HeatmapQuery>,
) -> ApiResult<HttpResponse> {
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let range = change_range(&mut errors, query.range.as_deref());
    let limit = params::number(&mut errors, "limit", query.limit.as_deref(), (1, 200), 100);
    let (range, limit) = errors.finish(range.zip(limit))?;
    let generation = state.market().generation();
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let tiles = tiles(&state, range, limit);
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(tiles)))?
        .respond(&request))
}

fn tiles(state: &State, range: Range, limit: usize) -> Vec<HeatmapTile> {
    let market = state.market();
    let viewer = Viewer::new(state, &market);
    let mut found: Vec<&AssetEntry> = market.entries().filter(|entry| entry.asset.facts.enabled).collect();
    let rank = |entry: &AssetEntry| entry.asset.facts.rank.unwrap_or(u32::MAX);
    found.sort_by(|left, right| (rank(left), left.id()).cmp(&(rank(right), right.id())));
    found.truncate(limit);
    let tile = |entry: &AssetEntry| {
        let figures = market.figures(entry);
        let facts = &entry.asset.facts;
        HeatmapTile {
            asset_id: facts.asset_id.clone(),
            symbol: facts.symbol.clone(),
            name: facts.name.clone(),
            price: entry.last.as_ref().map(|last| last.price),
            market_cap: figures.market_cap,
            change: change_of(&figures, range),
            updated_at: entry.last.as_ref().map(|last| last.event_at),
            stale: viewer.is_stale(entry),
        }
    };
    found.into_iter().map(tile).collect()
}

/// Reads a range for which changes are kept.
fn change_range(errors: &mut FieldErrors, raw: Option<&str>) -> Option<Range> {
    match raw {
        None => Some(Range::H24),
        Some(raw) => {
            let range = raw
                .parse()
                .ok()
                .filter(|range| matches!(range, Range::H1 | Range::H24 | Range::D7));
            if range.is_none() {
                errors.add("range", "must be one of 1h, 24h, 7d");
            }
            range
        }
    }
}

fn change_of(figures: &Figures, range: Range) -> Option<f64> {
    match range {
        Range::H1 => figures.change_1h,
        Range::D7 => figures.change_7d,
        _ => figures.change_24h,
    }
}

/// Which stretch, how many, how much traded.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MoversQuery {
    /// `1h`, `24h` (where nothing is said) or `7d`.
    #[param(pattern = "^(1h|24h|7d)$")]
    range: Option<String>,
    /// The most assets on each side, 1 to 200; 10 where nothing is said.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Option<String>,
    /// The least that was traded in 24 hours, in USD; 100,000 where nothing is said.
    min_volume: Option<String>,
}

/// What moved most.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MoversView {
    /// The largest rises, the largest first.
    gainers: Vec<AssetView>,
    /// The largest falls, the largest first.
    losers: Vec<AssetView>,
}

/// The assets that rose and fell most.
#[utoipa::path(tag = "markets", params(MoversQuery),
    responses((status = 200, description = "Rises and falls", body = Envelope<MoversView>), (status = 304, description = "Unchanged")))]
#[get("/api/movers/")]
pub async fn read_movers(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    query: Query<MoversQuery>,
) -> ApiResult<HttpResponse> {
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let range = change_range(&mut errors, query.range.as_deref());
    let limit = params::number(&mut errors, "limit", query.limit.as_deref(), (1, 200), 10);
    let min_volume = match query.min_volume.as_deref() {
        None => Some(Decimal::from(100_000)),
        Some(raw) => errors
            .take("min_volume", domain::Quantity::parse(raw))
            .map(|volume| volume.value()),
    };
    let (range, (limit, min_volume)) = errors.finish(range.zip(limit.zip(min_volume)))?;
    let generation = state.market().generation();
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let movers = movers(&state, range, limit, min_volume);
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(movers)))?
        .respond(&request))
}

fn movers(state: &State, range: Range, limit: usize, min_volume: Decimal) -> MoversView {
    let market = state.market();
    let viewer = Viewer::new(state, &market);
    let mut found: Vec<(f64, &AssetEntry)> = Vec::new();
    for entry in market.entries().filter(|entry| entry.asset.facts.enabled) {
        let figures = market.figures(entry);
        let is_traded = min_volume.is_zero() || figures.volume_24h.is_some_and(|volume| volume >= min_volume);
        if let Some(change) = change_of(&figures, range)
            && is_traded
        {
            found.push((change, entry));
        }
    }
    found.sort_by(|left, right| right.0.total_cmp(&left.0).then_with(|| left.1.id().cmp(right.1.id())));
    let view = |(_, entry): &(f64, &AssetEntry)| viewer.asset(entry);
    MoversView {
        gainers: found
            .iter()
            .filter(|(change, _)| *change > 0.0)
            .take(limit)
            .map(view)
            .collect(),
        losers: found
            .iter()
            .rev()
            .filter(|(change, _)| *change < 0.0)
            .take(limit)
            .map(view)
            .collect(),
    }
}

/// The market in figures.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SummaryView {
    /// The sum of the market caps that are known, in USD.
    #[schema(value_type = Option<String>, required)]
    total_market_cap: Option<Decimal>,
    /// The sum of what was traded in 24 hours, in USD.
    #[schema(value_type = Option<String>, required)]
    total_volume_24h: Option<Decimal>,
    /// Bitcoin's part of the market cap, in percent.
    #[schema(required)]
    btc_dominance: Option<f64>,
    /// Enabled assets.
    assets: usize,
    /// Assets that rose in 24 hours.
    advancing: usize,
    /// Assets that fell in 24 hours.
    declining: usize,
    /// When the newest of the prices was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    updated_at: Option<Timestamp>,
    /// All prices are too old to be relied on.
    stale: bool,
}

/// The market in figures.
#[utoipa::path(tag = "markets",
    responses((status = 200, description = "The market in figures", body = Envelope<SummaryView>), (status = 304, description = "Unchanged")))]
#[get("/api/market/summary/")]
pub async fn read_summary(state: Data<State>, _: AnyCaller, request: HttpRequest) -> ApiResult<HttpResponse> {
    let generation = state.market().generation();
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let summary = summary(&state);
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(summary)))?
        .respond(&request))
}

fn summary(state: &State) -> SummaryView {
    let market = state.market();
    let viewer = Viewer::new(state, &market);
    let mut view = SummaryView {
        total_market_cap: None,
        total_volume_24h: None,
        btc_dominance: None,
        assets: 0,
        advancing: 0,
        declining: 0,
        updated_at: None,
        stale: true,
    };
    for entry in market.entries().filter(|entry| entry.asset.facts.enabled) {
        let figures = market.figures(entry);
        view.assets += 1;
        view.total_market_cap = plus(view.total_market_cap, figures.market_cap);
        view.total_volume_24h = plus(view.total_volume_24h, figures.volume_24h);
        view.advancing += usize::from(figures.change_24h.is_some_and(|change| change > 0.0));
        view.declining += usize::from(figures.change_24h.is_some_and(|change| change < 0.0));
        view.updated_at = view.updated_at.max(entry.last.as_ref().map(|last| last.event_at));
        view.stale &= viewer.is_stale(entry);
    }
    let bitcoin = market
        .resolve("bitcoin")
        .or_else(|| market.resolve("BTC"))
        .and_then(AssetEntry::market_cap);
    view.btc_dominance = bitcoin
        .zip(view.total_market_cap.filter(|total| !total.is_zero()))
        .and_then(|(bitcoin, total)| {
            let share = bitcoin.checked_div(total)?.checked_mul(Decimal::ONE_HUNDRED)?;
            share.round_dp(4).try_into().ok()
        });
    view.total_volume_24h = view.total_volume_24h.map(|volume| volume.round_dp(2));
    view
}

fn plus(sum: Option<Decimal>, part: Option<Decimal>) -> Option<Decimal> {
    match (sum, part) {
        (Some(sum), Some(part)) => Some(sum.saturating_add(part)),
        (known, None) | (None, known) => known,
    }
}

/// How a source fares.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProviderView {
    /// Its name.
    name: String,
    /// Its state.
    state: SourceState,
    /// When its newest price was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    last_tick_at: Option<Timestamp>,
    /// How old that is; for recorded prices since they were received.
    #[schema(required)]
    lag_ms: Option<u64>,
    /// What is wrong.
    #[schema(required)]
    error: Option<String>,
}

impl ProviderView {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// How the sources of prices fare.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatusView {
    /// Each source.
    providers: Vec<ProviderView>,
    /// Prices are made up, or of another day.
    simulated: bool,
}

/// How the sources of prices fare, and whether prices are real.
#[utoipa::path(tag = "markets",
    responses((status = 200, description = "The sources", body = Envelope<StatusView>), (status = 304, description = "Unchanged")))]
#[get("/api/market/status/")]
pub async fn read_status(state: Data<State>, _: AnyCaller, request: HttpRequest) -> ApiResult<HttpResponse> {
    let generation = state.market().generation();
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let view = StatusView {
        providers: providers(&state),
        simulated: state.kind != FeedKind::Live,
    };
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(view)))?
        .respond(&request))
}

/// Each source of this feed, whether its own feed runs here or on another instance.
pub fn providers(state: &State) -> Vec<ProviderView> {
    let now = state.now();
    let reports = state.feed.all();
    let ticks = state.market().last_by_source().clone();
    let staleness = state.staleness();
    let mut views = Vec::new();
    for source in domain::Source::ALL {
        let (report, last) = (reports.get(&source), ticks.get(&source));
        if report.is_none() && last.is_none() {
            continue;
        }
        let lag =
            last.map(|(event_at, received_at)| now.since(if source.is_simulated() { *received_at } else { *event_at }));
        let is_late = lag.is_some_and(|lag| lag > staleness.after(source));
        let mut reported = report.map_or(SourceState::Live, |report| report.state);
        let mut error = report.and_then(|report| report.error.clone());
        if reported == SourceState::Live && is_late {
            reported = SourceState::Degraded;
            error = error.or_else(|| lag.map(|lag| format!("no price for {} s", lag.as_secs())));
        }
        views.push(ProviderView {
            name: source.to_string(),
            state: reported,
            last_tick_at: last.map(|(event_at, _)| *event_at),
            lag_ms: lag.map(|lag| u64::try_from(lag.as_millis()).unwrap_or(u64::MAX)),
            error,
        });
    }
    views
}
