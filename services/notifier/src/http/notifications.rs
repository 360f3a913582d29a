//! The user's list.

use actix_web::{delete, get, post, web::Data};
use domain::NotificationId;
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, NoBody, Ok200, Page, Path, Query},
    identity::{AlertsCaller, ReadCaller},
    paging::{self, Cursor, Limit},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::views::NotificationView;
use crate::{
    error::Error,
    state::State,
    store::notifications::{self, Position},
};

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only those that were not read, or only those that were.
    unread: Option<bool>,
    /// The most rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<(i64, Uuid)>>,
}

/// The shape of a page, with what it counts.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what a page with a member beside its cursor writes")]
pub struct NotificationPage {
    /// Always true.
    #[schema(example = true)]
    success: bool,
    /// The notifications.
    data: Vec<NotificationView>,
    /// A sentence for people.
    message: String,
    /// Where this page lies.
    page: NotificationPageInfo,
}

/// Where a page of notifications lies.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes what a page with a member beside its cursor writes")]
pub struct NotificationPageInfo {
    /// The most rows that this page could have.
    limit: u16,
    /// The cursor of the next page, null on the last.
    #[schema(required)]
    next: Option<String>,
    /// How many of all the user's notifications were not read.
    unread: i64,
}

/// The user's notifications, newest first; `page.unread` counts all that were not read.
#[utoipa::path(tag = "notifications", security(("bearer" = [])), params(ListQuery),
    responses((status = 200, description = "A page of the list", body = NotificationPage)))]
#[get("/api/notifications/")]
pub async fn list_notifications(
    state: Data<State>,
    user: ReadCaller,
    query: Query<ListQuery>,
) -> ApiResult<Page<NotificationView>> {
    let query = query.into_inner();
    let after = position(query.cursor)?;
    let mut conn = state.db.get().await?;
    let rows = notifications::list(&mut conn, user.id, query.unread, after, query.limit.probe())
        .await
        .map_err(Error::from)?;
    let unread = notifications::count_unread(&mut conn, user.id)
        .await
        .map_err(Error::from)?;
    let (rows, next) = paging::cut(rows, query.limit, |row| (row.created_at.timestamp_micros(), row.id));
    let views = rows.into_iter().map(NotificationView::from).collect();
    Ok(Page::new(views, query.limit, next).with("unread", unread))
}

/// Where the page before ended.
pub(super) fn position(cursor: Option<Cursor<(i64, Uuid)>>) -> ApiResult<Option<Position>> {
    let Some(Cursor((micros, id))) = cursor else {
        return Ok(None);
    };
    let at = chrono::DateTime::from_timestamp_micros(micros);
    let at = at.ok_or_else(|| ApiError::invalid("cursor", "must be the `next` of an earlier page"))?;
    Ok(Some((at, id)))
}

/// Marks one as read.
#[utoipa::path(tag = "notifications", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The notification")),
    responses((status = 200, description = "As it is now", body = Envelope<NotificationView>)))]
#[post("/api/notifications/{id}/read/")]
pub async fn read_notification(
    state: Data<State>,
    user: AlertsCaller,
    id: Path<NotificationId>,
    _: NoBody,
) -> ApiResult<Ok200<NotificationView>> {
    let mut conn = state.db.get().await?;
    let row = notifications::mark_read(&mut conn, user.id, id.into_inner(), state.now().into())
        .await
        .map_err(Error::from)?;
    row.map(|row| Ok200(row.into()))
        .ok_or_else(|| ApiError::not_found("notification"))
}

/// How many were affected.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadAllView {
    /// How many had not been read.
    read: usize,
}

/// Marks all as read.
#[utoipa::path(tag = "notifications", security(("bearer" = [])),
    responses((status = 200, description = "How many had not been read", body = Envelope<ReadAllView>)))]
#[post("/api/notifications/read-all/")]
pub async fn read_all_notifications(
    state: Data<State>,
    user: AlertsCaller,
    _: NoBody,
) -> ApiResult<Ok200<ReadAllView>> {
    let mut conn = state.db.get().await?;
    let read = notifications::mark_all_read(&mut conn, user.id, state.now().into())
        .await
        .map_err(Error::from)?;
    Ok(Ok200(ReadAllView { read }))
}

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedView {
    /// The notification.
    id: Uuid,
}

/// Deletes one; what was still to be sent of it is not sent.
#[utoipa::path(tag = "notifications", security(("bearer" = [])), params(("id" = Uuid, Path, description = "The notification")),
    responses((status = 200, description = "It is gone", body = Envelope<DeletedView>)))]
#[delete("/api/notifications/{id}/")]
pub async fn delete_notification(
    state: Data<State>,
    user: AlertsCaller,
    id: Path<NotificationId>,
) -> ApiResult<Ok200<DeletedView>> {
    let id = id.into_inner();
    let mut conn = state.db.get().await?;
    if notifications::delete(&mut conn, user.id, id)
        .await
        .map_err(Error::from)?
    {
        return Ok(Ok200(DeletedView { id: id.uuid() }));
    }
    Err(ApiError::not_found("notification"))
}
