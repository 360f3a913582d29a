//! For other services only.

use actix_web::{HttpResponse, get, web::Data};
use contracts::internal::{DeliveryCount, NotificationStats};
use domain::{Timestamp, UserId};
use serde::Deserialize;
use serde_json::json;
use service_kit::{
    ApiResult,
    http::{Ok200, Query, WrittenData, written},
    idempotency,
    identity::ServiceCaller,
};

use super::{preferences::PreferencesView, views::NotificationView};
use crate::{
    error::Error,
    state::State,
    store::{contacts, deliveries, notifications, preferences},
};

/// What was told and sent in the last 24 hours, and what waits.
#[get("/internal/stats")]
pub async fn read_stats(_: ServiceCaller, state: Data<State>) -> ApiResult<Ok200<NotificationStats>> {
    let since = state.now().minus(std::time::Duration::from_secs(86_400));
    let mut conn = state.db.get().await?;
    let notifications_24h = notifications::count_since(&mut conn, since.into())
        .await
        .map_err(Error::from)?;
    let counts = deliveries::count_since(&mut conn, since.into())
        .await
        .map_err(Error::from)?;
    let deliveries = counts
        .into_iter()
        .map(|(channel, state, count)| DeliveryCount { channel, state, count })
        .collect();
    Ok(Ok200(NotificationStats {
        notifications_24h,
        deliveries,
    }))
}

/// Whose.
#[derive(Debug, Deserialize)]
pub struct ExportQuery {
    user_id: UserId,
}

/// How many rows are read at once.
const PAGE: i64 = 1_000;

/// Everything that is stored of a user, however much it is.
#[get("/internal/export")]
pub async fn export_user(_: ServiceCaller, state: Data<State>, query: Query<ExportQuery>) -> ApiResult<HttpResponse> {
    let user = query.into_inner().user_id;
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/json");
    written(answer, |pen| async move {
        let mut conn = state.db.get().await?;
        let contact = contacts::find(&mut conn, user).await.map_err(Error::from)?.map(|row| {
            json!({"user_id": row.user_id, "email": row.email, "email_verified": row.email_verified, "name": row.name,
                "locale": row.locale, "role": row.role, "is_active": row.is_active})
        });
        let settings = preferences::find(&mut conn, &state.sealer, user).await?;
        drop(conn);
        let mut data = WrittenData::open(pen).await;
        data.member("contact", &contact).await?;
        data.member("preferences", &PreferencesView::new(&settings, None))
            .await?;
        write_notifications(&state, &mut data, user).await?;
        write_deliveries(&state, &mut data, user).await?;
        idempotency::export(&mut data, &state.db, user).await?;
        Ok(data.close().await)
    })
    .await
}

async fn write_notifications(state: &State, data: &mut WrittenData, user: UserId) -> ApiResult<()> {
    data.pages("notifications", async |after| {
        let after = after.unwrap_or_default();
        let rows = notifications::of_user(&mut *state.db.get().await?, user, after, PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| row.id);
        Ok((rows.into_iter().map(NotificationView::from).collect(), last))
    })
    .await
}

async fn write_deliveries(state: &State, data: &mut WrittenData, user: UserId) -> ApiResult<()> {
    data.pages("deliveries", async |after| {
        let after = after.unwrap_or_default();
        let rows = deliveries::of_user(&mut *state.db.get().await?, user, after, PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| row.id);
        let views = rows.into_iter().map(|row| {
            json!({"id": row.id, "notification_id": row.notification_id, "channel": row.channel, "state": row.state,
                "recipient": row.recipient, "attempts": row.attempts, "last_error": row.last_error,
                "created_at": Timestamp::from(row.created_at), "sent_at": row.sent_at.map(Timestamp::from)})
        });
        Ok((views.collect(), last))
    })
    .await
}
