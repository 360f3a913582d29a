//! What administrators see and change: sources and assets.

use actix_web::{get, patch, web::Data};
use contracts::events::{AssetDisabled, AssetUpdated};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::{AssetId, Source, Symbol, Timestamp};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors, Patch,
    http::{Envelope, Json, Ok200, Page, PageEnvelope, Path, Query, request_id},
    identity::AdminCaller,
    paging::{self, Cursor, Limit},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    overview,
    views::{AssetView, Viewer},
};
use crate::{
    domain::asset::Asset,
    error::Error,
    state::State,
    store::{
        assets,
        feed::{self, SourceRow},
    },
};

/// A source of prices, for administrators.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceView {
    /// How it fares.
    #[serde(flatten)]
    status: overview::ProviderView,
    /// Whether it is asked at all.
    enabled: bool,
    /// How often it is asked; null for a stream, or where its own default holds.
    #[schema(required)]
    poll_seconds: Option<i32>,
    /// When it last answered.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    last_sync_at: Option<Timestamp>,
    /// Counts what administrators changed; 0 where nobody did.
    version: i64,
}

async fn source_views(state: &State) -> Result<Vec<SourceView>, Error> {
    let mut conn = state.conn().await?;
    let rows = feed::load_sources(&mut conn).await?;
    let reports = state.feed.all();
    let view = |status: overview::ProviderView| {
        let row = rows.iter().find(|row| row.name == status.name());
        let report = status
            .name()
            .parse::<Source>()
            .ok()
            .and_then(|source| reports.get(&source));
        SourceView {
            enabled: row.is_none_or(|row| row.enabled),
            poll_seconds: row.and_then(|row| row.poll_seconds),
            last_sync_at: report.and_then(|report| report.last_sync_at),
            version: row.map_or(0, |row| row.version),
            status,
        }
    };
    Ok(overview::providers(state).into_iter().map(view).collect())
}

/// The sources of this feed.
#[utoipa::path(tag = "admin", security(("bearer" = [])),
    responses((status = 200, description = "The sources", body = Envelope<Vec<SourceView>>)))]
#[get("/api/admin/sources/")]
pub async fn list_sources(state: Data<State>, _: AdminCaller) -> ApiResult<Ok200<Vec<SourceView>>> {
    Ok(Ok200(source_views(&state).await?))
}

/// What changes of a source.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SourceChange {
    /// Whether it is asked at all.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    enabled: Patch<bool>,
    /// How often it is asked, 1 to 86,400 seconds; null for its own default.
    #[serde(default)]
    #[schema(value_type = Option<i32>)]
    poll_seconds: Patch<i32>,
    /// The version that was seen; an old one is refused.
    version: Option<i64>,
}

/// Changes a source, without a restart.
#[utoipa::path(tag = "admin", security(("bearer" = [])), request_body = SourceChange, params(("name" = String, Path, description = "A source")),
    responses((status = 200, description = "The source as it is now", body = Envelope<SourceView>), (status = 409, description = "`version_conflict`")))]
#[patch("/api/admin/sources/{name}/")]
pub async fn change_source(
    state: Data<State>,
    _: AdminCaller,
    name: Path<String>,
    body: Json<SourceChange>,
) -> ApiResult<Ok200<SourceView>> {
    let source: Source = name.0.parse().map_err(|_| Error::UnknownSource)?;
    if !overview::providers(&state)
        .iter()
        .any(|known| known.name() == source.as_str())
    {
        return Err(Error::UnknownSource.into());
    }
    let body = body.into_inner();
    let mut errors = FieldErrors::new();
    if matches!(body.enabled, Patch::Null) {
        errors.add("enabled", "must be true or false");
    }
    if let Patch::Value(seconds) = body.poll_seconds
        && !(1..=86_400).contains(&seconds)
    {
        errors.add("poll_seconds", "must be a whole number from 1 to 86400");
    }
    errors.check()?;
    let mut conn = state.conn().await?;
    conn.transaction(async |conn| set(conn, source, body, state.now()).await)
        .await?;
    drop(conn);
    state.settings_changed.notify_waiters();
    let changed = source_views(&state)
        .await?
        .into_iter()
        .find(|view| view.status.name() == source.as_str());
    Ok(Ok200(changed.ok_or(Error::UnknownSource)?))
}

async fn set(conn: &mut AsyncPgConnection, source: Source, change: SourceChange, now: Timestamp) -> Result<(), Error> {
    feed::lock_sources(conn).await?;
    let rows = feed::load_sources(conn).await?;
    let mut row = rows
        .into_iter()
        .find(|row| row.name == source.as_str())
        .unwrap_or_else(|| SourceRow {
            name: source.to_string(),
            enabled: true,
            poll_seconds: None,
            updated_at: now.into(),
            version: 0,
        });
    if change.version.is_some_and(|seen| seen != row.version) {
        return Err(Error::VersionConflict);
    }
    row.enabled = change.enabled.value().unwrap_or(row.enabled);
    row.poll_seconds = change.poll_seconds.apply(row.poll_seconds);
    row.updated_at = now.into();
    row.version += 1;
    Ok(feed::save_source(conn, &row).await?)
}

/// Which assets.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AllAssetsQuery {
    /// A part of the name, ticker or id.
    search: Option<String>,
    /// Only enabled ones, or only disabled ones.
    enabled: Option<bool>,
    /// The most rows.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of an earlier page.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<(Option<u32>, AssetId)>>,
}

/// An asset, for administrators.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AdminAssetView {
    /// As users see it.
    #[serde(flatten)]
    asset: AssetView,
    /// Offered to users.
    enabled: bool,
    /// Counts its changes.
    version: u64,
}

/// All assets, disabled ones too, by rank.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(AllAssetsQuery),
    responses((status = 200, description = "A page of assets", body = PageEnvelope<AdminAssetView>)))]
#[get("/api/admin/assets/")]
pub async fn list_all_assets(
    state: Data<State>,
    _: AdminCaller,
    query: Query<AllAssetsQuery>,
) -> ApiResult<Page<AdminAssetView>> {
    let query = query.into_inner();
    let wanted = query
        .search
        .as_deref()
        .map(str::trim)
        .map(str::to_lowercase)
        .unwrap_or_default();
    let market = state.market();
    let viewer = Viewer::new(&state, &market);
    let key = |rank: Option<u32>, id: &AssetId| (rank.unwrap_or(u32::MAX), id.clone());
    let after = query.cursor.map(|cursor| key(cursor.0.0, &cursor.0.1));
    let mut found: Vec<_> = market
        .entries()
        .filter(|entry| query.enabled.is_none_or(|enabled| enabled == entry.asset.facts.enabled))
        .filter(|entry| {
            let facts = &entry.asset.facts;
            let names = [facts.asset_id.as_str(), facts.symbol.as_str(), facts.name.as_str()];
            wanted.is_empty() || names.iter().any(|name| name.to_lowercase().contains(&wanted))
        })
        .filter(|entry| {
            after
                .as_ref()
                .is_none_or(|after| key(entry.asset.facts.rank, entry.id()) > *after)
        })
        .collect();
    found.sort_by_key(|entry| key(entry.asset.facts.rank, entry.id()));
    found.truncate(query.limit.rows() + 1);
    let (rows, next) = paging::cut(found, query.limit, |entry| (entry.asset.facts.rank, entry.id().clone()));
    let view = |entry: &crate::domain::market::AssetEntry| AdminAssetView {
        asset: viewer.asset(entry),
        enabled: entry.asset.facts.enabled,
        version: entry.asset.facts.version,
    };
    Ok(Page::new(rows.into_iter().map(view).collect(), query.limit, next))
}

/// What changes of an asset.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AssetChange {
    /// Offered to users.
    enabled: Option<bool>,
    /// What it is called, 1 to 100 characters.
    name: Option<String>,
    /// Its ticker.
    symbol: Option<String>,
    /// The version that this change was made for.
    version: Option<u64>,
}

/// A change that makes sense.
struct NewFacts {
    enabled: Option<bool>,
    name: Option<String>,
    symbol: Option<Symbol>,
    version: Option<u64>,
}

impl AssetChange {
    fn parse(self) -> ApiResult<NewFacts> {
        let mut errors = FieldErrors::new();
        let name = self.name.map(|name| name.trim().to_owned());
        if let Some(name) = &name
            && (name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control))
        {
            errors.add("name", "must have 1 to 100 characters");
        }
        let symbol = errors.take_optional("symbol", self.symbol.as_deref(), Symbol::parse);
        let symbol = errors.finish(symbol)?;
        Ok(NewFacts {
            enabled: self.enabled,
            name,
            symbol,
            version: self.version,
        })
    }
}

/// Enables, disables or renames an asset, without a restart.
#[utoipa::path(tag = "admin", security(("bearer" = [])), request_body = AssetChange, params(("asset_id" = String, Path, description = "An asset id")),
    responses((status = 200, description = "The asset as it is now", body = Envelope<AdminAssetView>), (status = 409, description = "`version_conflict`")))]
#[patch("/api/admin/assets/{asset_id}/")]
pub async fn change_asset(
    state: Data<State>,
    admin: AdminCaller,
    asset_id: Path<String>,
    body: Json<AssetChange>,
) -> ApiResult<Ok200<AdminAssetView>> {
    let id = AssetId::parse(&asset_id.0).map_err(|_| Error::UnknownAsset)?;
    let change = body.into_inner().parse()?;
    let mut conn = state.conn().await?;
    let changed = conn
        .transaction(async |conn| apply(&state, conn, &id, change).await)
        .await?;
    state.outbox.wake();
    tracing::info!(asset.id = %id, user.id = %admin.0.id, version = changed.facts.version, "asset changed");
    let all = assets::load_all(&mut conn).await.map_err(Error::from)?;
    state.market_mut().set_assets(all);
    let market = state.market();
    let entry = market.get(&id).ok_or(Error::UnknownAsset)?;
    let view = AdminAssetView {
        asset: Viewer::new(&state, &market).asset(entry),
        enabled: changed.facts.enabled,
        version: changed.facts.version,
    };
    Ok(Ok200(view))
}

async fn apply(state: &State, conn: &mut AsyncPgConnection, id: &AssetId, change: NewFacts) -> Result<Asset, Error> {
    let mut asset = assets::lock(conn, id).await?.ok_or(Error::UnknownAsset)?;
    let before = asset.clone();
    if change.version.is_some_and(|version| version != before.facts.version) {
        return Err(Error::VersionConflict);
    }
    asset.is_renamed |= change.name.is_some() || change.symbol.is_some();
    asset.facts.name = change.name.unwrap_or(asset.facts.name);
    asset.facts.symbol = change.symbol.unwrap_or(asset.facts.symbol);
    asset.facts.enabled = change.enabled.unwrap_or(asset.facts.enabled);
    if asset == before {
        return Ok(asset);
    }
    asset.facts.version += 1;
    assets::save(conn, &asset).await?;
    let (now, request) = (state.now(), request_id());
    if before.facts.enabled && !asset.facts.enabled {
        let disabled = AssetDisabled {
            asset_id: id.clone(),
            version: asset.facts.version,
        };
        state.outbox.add(conn, &disabled, now, request).await?;
    } else {
        state
            .outbox
            .add(conn, &AssetUpdated(asset.facts.clone()), now, request)
            .await?;
    }
    Ok(asset)
}
