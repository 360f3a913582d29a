//! Assets: the list, one of them, its price.

use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use domain::{AssetId, Decimal};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult,
    http::{Envelope, Ok200, Page, PageEnvelope, Path, Query, Reply},
    identity::AnyCaller,
    paging::{self, Cursor, Limit, of_another_order},
};
use utoipa::{IntoParams, ToSchema};

use super::views::{AssetDetailView, AssetView, PriceView, Viewer};
use crate::{
    domain::{
        market::{AssetEntry, Market},
        ranking::{self, Order, Place, SortBy, SortKey},
    },
    error::Error,
    state::State,
};

/// Which assets, in which order.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AssetsQuery {
    /// A part of the name, ticker or id, in any case.
    search: Option<String>,
    /// What to sort by; by rank where nothing is said.
    #[serde(default)]
    #[param(inline, value_type = Option<SortName>)]
    sort: SortBy,
    /// Which end comes first; unknown values come last in both.
    #[serde(default)]
    #[param(inline, value_type = Option<OrderName>)]
    order: Order,
    /// The most rows.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of an earlier page.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<PlaceInPage>>,
}

/// What a list of assets is sorted by.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes SortBy in the document")]
enum SortName {
    Rank,
    Price,
    #[schema(rename = "change_1h")]
    Change1h,
    #[schema(rename = "change_24h")]
    Change24h,
    #[schema(rename = "change_7d")]
    Change7d,
    #[schema(rename = "volume_24h")]
    Volume24h,
    MarketCap,
    Name,
}

/// Which end comes first.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[allow(dead_code, reason = "describes Order in the document")]
enum OrderName {
    Asc,
    Desc,
}

/// Where a page of assets ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceInPage {
    key: Option<String>,
    id: AssetId,
    sort: SortBy,
    order: Order,
}

/// Enabled assets.
#[utoipa::path(tag = "markets", params(AssetsQuery),
    responses((status = 200, description = "A page of assets", body = PageEnvelope<AssetView>), (status = 304, description = "Unchanged")))]
#[get("/api/assets/")]
pub async fn list_assets(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    query: Query<AssetsQuery>,
) -> ApiResult<HttpResponse> {
    let query = query.into_inner();
    let after = match &query.cursor {
        None => None,
        Some(Cursor(place)) => Some(place_of(place, &query)?),
    };
    let generation = state.market().generation();
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let reply: Reply<Vec<AssetView>> = page_of(&state, &query, after.as_ref()).into();
    Ok(state.answers.put(&request, generation, &reply)?.respond(&request))
}

fn place_of(place: &PlaceInPage, query: &AssetsQuery) -> ApiResult<Place> {
    let key = SortKey::decode(place.key.as_deref()).filter(|_| place.sort == query.sort && place.order == query.order);
    Ok((key.ok_or_else(of_another_order)?, place.id.clone()))
}

fn page_of(state: &State, query: &AssetsQuery, after: Option<&Place>) -> Page<AssetView> {
    let market = state.market();
    let viewer = Viewer::new(state, &market);
    let wanted = query
        .search
        .as_deref()
        .map(str::trim)
        .map(str::to_lowercase)
        .unwrap_or_default();
    let enabled = market
        .entries()
        .filter(|entry| entry.asset.facts.enabled && matches_search(entry, &wanted));
    let mut found: Vec<(Place, &AssetEntry)> = enabled
        .map(|entry| (place(&market, entry, query.sort), entry))
        .collect();
    if let Some(after) = after {
        found.retain(|(place, _)| ranking::compare(place, after, query.order).is_gt());
    }
    found.sort_by(|left, right| ranking::compare(&left.0, &right.0, query.order));
    found.truncate(query.limit.rows() + 1);
    let (rows, next) = paging::cut(found, query.limit, |(place, _)| PlaceInPage {
        key: place.0.encode(),
        id: place.1.clone(),
        sort: query.sort,
        order: query.order,
    });
    let views = rows.into_iter().map(|(_, entry)| viewer.asset(entry)).collect();
    Page::new(views, query.limit, next)
}

fn matches_search(entry: &AssetEntry, wanted: &str) -> bool {
    let facts = &entry.asset.facts;
    wanted.is_empty()
        || facts.asset_id.as_str().contains(wanted)
        || facts.symbol.as_str().to_lowercase().contains(wanted)
        || facts.name.to_lowercase().contains(wanted)
}

fn place(market: &Market, entry: &AssetEntry, sort: SortBy) -> Place {
    let figures = || market.figures(entry);
    let key = match sort {
        SortBy::Rank => SortKey::Number(entry.asset.facts.rank.map(Decimal::from)),
        SortBy::Price => SortKey::Number(entry.last.as_ref().map(|last| last.price.value())),
        SortBy::Change1h => SortKey::percent(figures().change_1h),
        SortBy::Change24h => SortKey::percent(figures().change_24h),
        SortBy::Change7d => SortKey::percent(figures().change_7d),
        SortBy::Volume24h => SortKey::Number(figures().volume_24h),
        SortBy::MarketCap => SortKey::Number(entry.market_cap()),
        SortBy::Name => SortKey::Text(entry.asset.facts.name.to_lowercase()),
    };
    (key, entry.id().clone())
}

/// One asset, by ticker or id.
#[utoipa::path(tag = "markets", params(("symbol" = String, Path, description = "A ticker in any case, or an asset id")),
    responses((status = 200, description = "The asset", body = Envelope<AssetDetailView>), (status = 304, description = "Unchanged")))]
#[get("/api/assets/{symbol}/")]
pub async fn read_asset(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    symbol: Path<String>,
) -> ApiResult<HttpResponse> {
    let generation = generation_of(&state, &symbol.0)?;
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let detail = {
        let market = state.market();
        let entry = market.resolve(&symbol.0).ok_or(Error::UnknownAsset)?;
        Viewer::new(&state, &market).detail(entry)
    };
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(detail)))?
        .respond(&request))
}

/// The newest price of an asset.
#[utoipa::path(tag = "markets", params(("symbol" = String, Path, description = "A ticker in any case, or an asset id")),
    responses((status = 200, description = "The price", body = Envelope<PriceView>), (status = 304, description = "Unchanged")))]
#[get("/api/assets/{symbol}/price/")]
pub async fn read_price(
    state: Data<State>,
    _: AnyCaller,
    request: HttpRequest,
    symbol: Path<String>,
) -> ApiResult<HttpResponse> {
    let generation = generation_of(&state, &symbol.0)?;
    if let Some(answer) = state.answers.get(&request, generation) {
        return Ok(answer.respond(&request));
    }
    let price = {
        let market = state.market();
        let entry = market.resolve(&symbol.0).ok_or(Error::UnknownAsset)?;
        Viewer::new(&state, &market).price(entry)
    };
    Ok(state
        .answers
        .put(&request, generation, &Reply::from(Ok200(price)))?
        .respond(&request))
}

/// What the answer depends on: 404 for an unknown symbol.
pub fn generation_of(state: &State, symbol: &str) -> Result<u64, Error> {
    state
        .market()
        .resolve(symbol)
        .map(|entry| entry.generation)
        .ok_or(Error::UnknownAsset)
}
