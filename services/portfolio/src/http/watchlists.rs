//! Named, ordered lists of assets.

use actix_web::{delete, get, post, put, web::Data};
use domain::{Timestamp, WatchlistId};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors,
    db::is_constraint,
    http::{Created, Envelope, Json, Ok200, Path},
    idempotency::{Answer, Idempotency},
    identity::{ReadCaller, TradeCaller},
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields;
use crate::{
    error::Error,
    state::State,
    store::watchlists::{self, NAME_TAKEN, WatchlistRow},
};

const MAX_ASSETS: usize = 200;
const MAX_NAME: usize = 100;

/// A list of assets.
#[derive(Debug, Serialize, ToSchema)]
pub struct WatchlistView {
    /// The list.
    id: Uuid,
    /// Its name.
    name: String,
    /// Its assets in order.
    assets: Vec<WatchedView>,
    /// Counts its changes.
    version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// An asset of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct WatchedView {
    /// The asset.
    asset_id: String,
    /// Its ticker.
    symbol: String,
    /// Its name.
    name: String,
}

impl WatchlistView {
    fn new(state: &State, row: WatchlistRow) -> Self {
        let assets = row.assets.into_iter().map(|id| {
            let known = state.catalogue.get(&id);
            WatchedView {
                symbol: known
                    .as_ref()
                    .map_or_else(|| id.clone(), |asset| asset.symbol.to_string()),
                name: known.map_or_else(|| id.clone(), |asset| asset.name.clone()),
                asset_id: id,
            }
        });
        Self {
            id: row.id,
            name: row.name,
            assets: assets.collect(),
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A new list.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WatchlistBody {
    /// Its name, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Tickers or asset ids, in order, at most 200, none twice.
    #[serde(default)]
    #[schema(max_items = 200)]
    assets: Vec<String>,
}

/// A changed list.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WatchlistPutBody {
    /// Its name, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Tickers or asset ids, in order, at most 200, none twice.
    #[schema(max_items = 200)]
    assets: Vec<String>,
    /// The version that was changed: an old one is refused. Without it the list is replaced whatever it is.
    version: Option<i64>,
}

fn parse(state: &State, name: &str, assets: &[String]) -> ApiResult<(String, Vec<String>)> {
    let known = state.assets()?;
    let mut errors = FieldErrors::new();
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
        errors.add("name", "must be 1 to 100 characters");
    }
    if assets.len() > MAX_ASSETS {
        errors.add("assets", "must be at most 200");
    }
    let mut ids: Vec<String> = Vec::with_capacity(assets.len().min(MAX_ASSETS));
    for (index, raw) in assets.iter().take(MAX_ASSETS).enumerate() {
        let named = |why: &str| format!("number {}, {raw:.40}: {why}", index + 1);
        if let Some(asset) = errors.take("assets", fields::asset(known, raw).map_err(named)) {
            let id = asset.id.as_str().to_owned();
            if ids.contains(&id) {
                errors.add("assets", named("is in the list already"));
            }
            ids.push(id);
        }
    }
    errors.finish(Some((name.to_owned(), ids)))
}

/// The user's lists, oldest first.
#[utoipa::path(tag = "watchlists", security(("bearer" = [])),
    responses((status = 200, description = "All lists", body = Envelope<Vec<WatchlistView>>)))]
#[get("/api/watchlists/")]
pub async fn list_watchlists(state: Data<State>, user: ReadCaller) -> ApiResult<Ok200<Vec<WatchlistView>>> {
    let mut conn = state.conn().await?;
    let rows = watchlists::of_user(&mut conn, user.id).await.map_err(Error::from)?;
    Ok(Ok200(
        rows.into_iter().map(|row| WatchlistView::new(&state, row)).collect(),
    ))
}

/// Makes a list.
#[utoipa::path(tag = "watchlists", request_body = WatchlistBody, security(("bearer" = [])),
    responses(
        (status = 201, description = "Made", body = Envelope<WatchlistView>),
        (status = 409, description = "`name_taken` or `limit_reached`"),
    ))]
#[post("/api/watchlists/")]
pub async fn create_watchlist(
    state: Data<State>,
    user: TradeCaller,
    once: Idempotency,
    body: Json<WatchlistBody>,
) -> ApiResult<Answer> {
    let body = body.into_inner();
    let (name, assets) = parse(&state, &body.name, &body.assets)?;
    let now = state.now().into();
    once.run(&state.db, async |conn| {
        if watchlists::count(conn, user.id).await? >= i64::from(state.config.max_watchlists) {
            return Err(Error::TooMany("watchlists").into());
        }
        let id = WatchlistId::new().uuid();
        let row = WatchlistRow {
            id,
            user_id: user.id.uuid(),
            name: name.clone(),
            assets: assets.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        watchlists::insert(conn, &row).await.map_err(name_taken)?;
        Ok(Created(WatchlistView::new(&state, row)))
    })
    .await
}

fn name_taken(error: diesel::result::Error) -> Error {
    if is_constraint(&error, NAME_TAKEN) {
        Error::NameTaken
    } else {
        error.into()
    }
}

/// One list.
#[utoipa::path(tag = "watchlists", params(("id" = Uuid, Path, description = "The list")), security(("bearer" = [])),
    responses((status = 200, description = "The list", body = Envelope<WatchlistView>)))]
#[get("/api/watchlists/{id}/")]
pub async fn read_watchlist(state: Data<State>, user: ReadCaller, id: Path<Uuid>) -> ApiResult<Ok200<WatchlistView>> {
    let mut conn = state.conn().await?;
    let row = watchlists::find(&mut conn, user.id, id.into_inner())
        .await
        .map_err(Error::from)?;
    let row = row.ok_or(Error::NotFound("watchlist"))?;
    Ok(Ok200(WatchlistView::new(&state, row)))
}

/// Replaces name and assets of a list.
#[utoipa::path(tag = "watchlists", params(("id" = Uuid, Path, description = "The list")), request_body = WatchlistPutBody, security(("bearer" = [])),
    responses(
        (status = 200, description = "The list", body = Envelope<WatchlistView>),
        (status = 409, description = "`version_conflict` or `name_taken`"),
    ))]
#[put("/api/watchlists/{id}/")]
pub async fn replace_watchlist(
    state: Data<State>,
    user: TradeCaller,
    id: Path<Uuid>,
    body: Json<WatchlistPutBody>,
) -> ApiResult<Ok200<WatchlistView>> {
    let body = body.into_inner();
    let mut conn = state.conn().await?;
    let known = watchlists::find(&mut conn, user.id, id.into_inner())
        .await
        .map_err(Error::from)?;
    let known = known.ok_or(Error::NotFound("watchlist"))?;
    let (name, assets) = parse(&state, &body.name, &body.assets)?;
    if body.version.is_some_and(|version| version != known.version) {
        return Err(Error::VersionConflict.into());
    }
    let row = WatchlistRow {
        name,
        assets,
        version: known.version + 1,
        updated_at: state.now().into(),
        ..known
    };
    if !watchlists::replace(&mut conn, &row).await.map_err(name_taken)? {
        return Err(Error::VersionConflict.into());
    }
    Ok(Ok200(WatchlistView::new(&state, row)))
}

/// Deletes a list.
#[utoipa::path(tag = "watchlists", params(("id" = Uuid, Path, description = "The list")), security(("bearer" = [])),
    responses((status = 200, description = "Deleted", body = Envelope<Option<String>>)))]
#[delete("/api/watchlists/{id}/")]
pub async fn delete_watchlist(state: Data<State>, user: TradeCaller, id: Path<Uuid>) -> ApiResult<Ok200<()>> {
    let mut conn = state.conn().await?;
    if !watchlists::delete(&mut conn, user.id, id.into_inner())
        .await
        .map_err(Error::from)?
    {
        return Err(Error::NotFound("watchlist").into());
    }
    Ok(Ok200(()))
}
