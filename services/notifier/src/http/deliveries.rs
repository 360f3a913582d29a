//! What became of notifications on their ways.

use actix_web::{get, web::Data};
use domain::NotificationId;
use serde::Deserialize;
use service_kit::{
    ApiError, ApiResult,
    http::{Page, PageEnvelope, Path, Query},
    identity::ReadCaller,
    paging::{self, Cursor, Limit},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{
    notifications::position,
    views::{DeliveryView, LoggedDeliveryView},
};
use crate::{
    domain::{Channel, DeliveryState},
    error::Error,
    state::State,
    store::{
        delivery_log::{self, LogFilter},
        notifications,
    },
};

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Of this channel alone. What stands in the list in the web app has no entry of its own.
    #[param(inline)]
    channel: Option<Channel>,
    /// Those that stand so.
    #[param(inline)]
    state: Option<DeliveryState>,
    /// The most rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<(i64, Uuid)>>,
}

/// All that was to leave the platform for this user, newest first: also what tells of notifications that stand in no list,
/// and the mails of the account.
#[utoipa::path(tag = "notifications", security(("bearer" = [])), params(LogQuery),
    responses((status = 200, description = "A page of the log", body = PageEnvelope<LoggedDeliveryView>)))]
#[get("/api/notifications/deliveries/")]
pub async fn list_delivery_log(
    state: Data<State>,
    user: ReadCaller,
    query: Query<LogQuery>,
) -> ApiResult<Page<LoggedDeliveryView>> {
    let query = query.into_inner();
    let filter = LogFilter {
        channel: query.channel,
        state: query.state,
        after: position(query.cursor)?,
        limit: query.limit.probe(),
    };
    let mut conn = state.db.get().await?;
    let rows = delivery_log::list(&mut conn, user.id, filter)
        .await
        .map_err(Error::from)?;
    let (rows, next) = paging::cut(rows, query.limit, |row| {
        (row.delivery.created_at.timestamp_micros(), row.delivery.id)
    });
    let views = rows.into_iter().map(LoggedDeliveryView::from).collect();
    Ok(Page::new(views, query.limit, next))
}

/// How many rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// The most rows, 1 to 200; there is one for each channel.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
}

/// A notification's deliveries, one for each channel.
#[utoipa::path(tag = "notifications", security(("bearer" = [])),
    params(("id" = Uuid, Path, description = "The notification"), DeliveriesQuery),
    responses((status = 200, description = "Its deliveries", body = PageEnvelope<DeliveryView>)))]
#[get("/api/notifications/{id}/deliveries/")]
pub async fn list_deliveries(
    state: Data<State>,
    user: ReadCaller,
    id: Path<NotificationId>,
    query: Query<DeliveriesQuery>,
) -> ApiResult<Page<DeliveryView>> {
    let mut conn = state.db.get().await?;
    let found = notifications::find(&mut conn, user.id, id.into_inner())
        .await
        .map_err(Error::from)?;
    let notification = found.ok_or_else(|| ApiError::not_found("notification"))?;
    let limit = query.into_inner().limit;
    let mut views: Vec<DeliveryView> = notification
        .in_app
        .then(|| DeliveryView::in_app(&notification))
        .into_iter()
        .collect();
    views.extend(views_of(&mut conn, notification.id).await?);
    views.truncate(limit.rows());
    Ok(Page::new(views, limit, None))
}

/// The deliveries that left or are to leave the platform.
pub(super) async fn views_of(
    conn: &mut diesel_async::AsyncPgConnection,
    notification: Uuid,
) -> Result<Vec<DeliveryView>, Error> {
    let rows = delivery_log::of_notification(conn, notification).await?;
    Ok(rows
        .into_iter()
        .map(|(row, attempts)| DeliveryView::new(row, attempts))
        .collect())
}
