use actix_web::{delete, get, patch, post, web::Data};
use diesel_async::AsyncConnection;
use domain::{AlertId, AssetId, Timestamp};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult,
    http::{Created, Envelope, Json, Ok200, Page, PageEnvelope, Path, Query},
    idempotency::{Answer, Idempotency},
    identity::{AlertsCaller, ReadCaller, UserCaller},
    paging::{self, Cursor, Limit},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    asset::{known_asset, offered_asset},
    body::{AlertBody, Draft},
    edit::{AlertPatch, Surroundings},
    newest::{Newest, newest},
    views::{AlertView, Symbols},
};
use crate::{
    domain::Memory,
    error::Error,
    state::State,
    store::{
        alerts::{self, AlertRow, Filter},
        assets::AssetRow,
        forgotten,
    },
};

/// Which alerts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// `armed`, `triggered`, `cooling`, `no_data`, `paused` or `expired`.
    #[param(pattern = r"^(draft|armed|triggered|cooling|no_data|paused|expired)$")]
    status: Option<String>,
    /// A ticker or an asset id.
    #[param(min_length = 1, max_length = 100)]
    symbol: Option<String>,
    /// The most rows, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// `page.next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<(Timestamp, AlertId)>>,
}

const STATUSES: [&str; 7] = ["draft", "armed", "triggered", "cooling", "no_data", "paused", "expired"];

/// Your alerts, newest first.
#[utoipa::path(tag = "alerts", params(ListQuery), security(("bearer" = [])), responses((status = 200, body = PageEnvelope<AlertView>)))]
#[get("/api/alerts/")]
pub async fn list_alerts(state: Data<State>, user: ReadCaller, query: Query<ListQuery>) -> ApiResult<Page<AlertView>> {
    let query = query.into_inner();
    if query
        .status
        .as_deref()
        .is_some_and(|status| !STATUSES.contains(&status))
    {
        return Err(ApiError::invalid(
            "status",
            format!("must be one of {}", STATUSES.join(", ")),
        ));
    }
    let asset_id = match &query.symbol {
        Some(symbol) => Some(known_asset(&state, symbol).await?.asset_id),
        None => None,
    };
    let filter = Filter {
        status: query.status,
        asset_id,
        after: query.cursor.map(|cursor| cursor.0),
    };
    let mut conn = state.conn().await?;
    let rows = alerts::list(&mut conn, user.id, &filter, query.limit.probe())
        .await
        .map_err(Error::from)?;
    let (rows, next) = paging::cut(rows, query.limit, |row| {
        (Timestamp::from(row.created_at), row.alert_id())
    });
    let symbols = Symbols::load(&mut conn, &rows).await?;
    Ok(Page::new(
        rows.into_iter().map(|row| AlertView::new(row, &symbols)).collect(),
        query.limit,
        next,
    ))
}

/// Makes an alert. It hears every price received after this answer.
#[utoipa::path(tag = "alerts", request_body = AlertBody, security(("bearer" = [])), responses((status = 201, body = Envelope<AlertView>)))]
#[post("/api/alerts/")]
pub async fn create_alert(
    state: Data<State>,
    user: AlertsCaller,
    once: Idempotency,
    body: Json<AlertBody>,
) -> ApiResult<Answer> {
    let now = state.now();
    let draft = body.into_inner().parse(now, default_expiry(&state, now))?;
    let asset = offered_asset(&state, &draft.symbol).await?;
    let newest = newest(&state, &asset.asset_id, Some(&draft.condition)).await;
    let row = new_row(&state, &user, draft, (&asset, &newest, now))?;
    once.run(&state.db, async |conn| {
        alerts::take_turn(conn, user.id).await?;
        if forgotten::is_forgotten(conn, user.id).await? {
            return Err(ApiError::unauthorized("this account is gone"));
        }
        let count = alerts::count_of(conn, user.id).await?;
        if count >= state.config.quota {
            return Err(Error::QuotaReached(count).into());
        }
        let row = alerts::insert(conn, row).await?;
        let symbols = Symbols::load(conn, std::slice::from_ref(&row)).await?;
        Ok(Created(AlertView::new(row, &symbols)))
    })
    .await
}

/// One of your alerts.
#[utoipa::path(tag = "alerts", security(("bearer" = [])), responses((status = 200, body = Envelope<AlertView>)))]
#[get("/api/alerts/{id}/")]
pub async fn read_alert(state: Data<State>, user: ReadCaller, id: Path<Uuid>) -> ApiResult<Ok200<AlertView>> {
    let mut conn = state.conn().await?;
    let row = alerts::find(&mut conn, user.id, id.into_inner().into())
        .await
        .map_err(Error::from)?;
    view(&mut conn, row.ok_or_else(missing)?).await
}

/// Changes an alert, pauses it, or arms it again.
#[utoipa::path(tag = "alerts", request_body = AlertPatch, security(("bearer" = [])), responses(
    (status = 200, body = Envelope<AlertView>),
    (status = 409, description = "`version_conflict`: it was changed meanwhile; `alert_expired`: an expired alert needs a new `expires_at` to be armed"),
))]
#[patch("/api/alerts/{id}/")]
pub async fn change_alert(
    state: Data<State>,
    user: AlertsCaller,
    id: Path<Uuid>,
    body: Json<AlertPatch>,
) -> ApiResult<Ok200<AlertView>> {
    let id = AlertId::from(id.into_inner());
    let mut conn = state.conn().await?;
    let known = alerts::find(&mut conn, user.id, id)
        .await
        .map_err(Error::from)?
        .ok_or_else(missing)?;
    let edit = body.into_inner().parse(state.now())?;
    drop(conn);
    let asset = match &edit.symbol {
        Some(symbol) => Some(offered_asset(&state, symbol).await?),
        // Its asset may have been disabled since; the alert stays editable.
        None => None,
    };
    let asset_id = asset.as_ref().map_or(&known.asset_id, |asset| &asset.asset_id).clone();
    let armed = edit.arms(&known).map_err(ApiError::from)?;
    let newest = newest(&state, &asset_id, armed.as_ref()).await;
    let partition = asset.as_ref().map(|asset| partition_of(&state, asset)).transpose()?;
    let mut conn = state.conn().await?;
    let row = conn
        .transaction(async |conn| {
            let mut row = alerts::lock(conn, user.id, id).await?.ok_or_else(missing)?;
            // Its asset was changed since it was read: the base is the price of another one.
            if asset.is_none() && row.asset_id != asset_id {
                return Err(Error::VersionConflict.into());
            }
            let edit = edit.of_level(&row)?;
            let was = row.partition_id;
            let around = Surroundings {
                now: state.now(),
                asset: asset.zip(partition),
                newest,
            };
            let is_armed = edit.apply(&mut row, around)?;
            Ok::<_, ApiError>(alerts::update(conn, row, was, is_armed).await?)
        })
        .await?;
    view(&mut conn, row).await
}

/// An alert that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedAlertView {
    /// Which one it was.
    #[schema(value_type = Uuid)]
    id: AlertId,
}

/// Deletes an alert. Nothing is told of it after this answer.
#[utoipa::path(tag = "alerts", security(("bearer" = [])),
    responses((status = 200, description = "It is gone", body = Envelope<DeletedAlertView>)))]
#[delete("/api/alerts/{id}/")]
pub async fn delete_alert(
    state: Data<State>,
    user: AlertsCaller,
    id: Path<Uuid>,
) -> ApiResult<Ok200<DeletedAlertView>> {
    let id = AlertId::from(id.into_inner());
    let mut conn = state.conn().await?;
    conn.transaction(async |conn| {
        let row = alerts::lock(conn, user.id, id).await?.ok_or_else(missing)?;
        alerts::delete(conn, &row).await?;
        Ok::<_, ApiError>(())
    })
    .await?;
    Ok(Ok200(DeletedAlertView { id }))
}

fn missing() -> ApiError {
    ApiError::not_found("alert")
}

async fn view(conn: &mut service_kit::db::Conn, row: AlertRow) -> ApiResult<Ok200<AlertView>> {
    let symbols = Symbols::load(conn, std::slice::from_ref(&row)).await?;
    Ok(Ok200(AlertView::new(row, &symbols)))
}

pub(super) fn default_expiry(state: &State, now: Timestamp) -> Timestamp {
    now.plus(std::time::Duration::from_secs(
        u64::from(state.config.expiry_days) * 86_400,
    ))
}

fn partition_of(state: &State, asset: &AssetRow) -> Result<i32, Error> {
    let id = AssetId::parse(&asset.asset_id)?;
    Ok(i32::from(id.partition(state.partitions)))
}

fn new_row(
    state: &State,
    user: &UserCaller,
    draft: Draft,
    (asset, newest, now): (&AssetRow, &Newest, Timestamp),
) -> Result<AlertRow, Error> {
    let id = AlertId::new();
    let memory = serde_json::to_value(Memory::default()).map_err(|error| Error::Corrupt {
        alert: id,
        part: "memory",
        cause: error.into(),
    })?;
    let mut row = AlertRow {
        id: id.uuid(),
        user_id: user.id.uuid(),
        asset_id: asset.asset_id.clone(),
        partition_id: partition_of(state, asset)?,
        version: 1,
        condition: draft.condition.to_json(),
        trigger: draft.trigger.to_json(),
        cooldown_seconds: draft.cooldown_seconds,
        expires_at: draft.expires_at.map(Into::into),
        channels: draft.channels.into(),
        note: draft.note,
        status: "armed".to_owned(),
        memory,
        base_seq: None,
        base_price: None,
        base_event_at: None,
        already_true: newest.meets(&draft.condition),
        armed_no: 0,
        fired_count: 0,
        triggered_at: None,
        silent_since: None,
        created_at: now.into(),
        updated_at: now.into(),
    };
    row.set_base(newest.base);
    Ok(row)
}
