//! What became of a notification on its ways.

use actix_web::{get, web::Data};
use contracts::Scope;
use domain::NotificationId;
use serde::Deserialize;
use service_kit::{
    ApiError, ApiResult,
    http::{Page, PageEnvelope, Path, Query},
    identity::UserCaller,
    paging::Limit,
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::views::DeliveryView;
use crate::{
    error::Error,
    state::State,
    store::{deliveries, notifications},
};

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
    user: UserCaller,
    id: Path<NotificationId>,
    query: Query<DeliveriesQuery>,
) -> ApiResult<Page<DeliveryView>> {
    user.require_scope(Scope::Read)?;
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
    let rows = deliveries::of_notification(conn, notification).await?;
    Ok(rows
        .into_iter()
        .map(|(row, attempts)| DeliveryView::new(row, attempts))
        .collect())
}
