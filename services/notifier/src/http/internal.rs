//! For other services only.

use actix_web::{get, web::Data};
use contracts::internal::{DeliveryCount, NotificationStats};
use domain::UserId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use service_kit::{
    ApiResult,
    http::{Ok200, Query},
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

/// Everything that is stored of a user.
#[derive(Debug, Serialize)]
pub struct ExportView {
    contact: Option<serde_json::Value>,
    preferences: PreferencesView,
    notifications: Vec<NotificationView>,
    deliveries: Vec<serde_json::Value>,
}

/// More than a user can have within the retention, but not without bound.
const ALL: i64 = 200_000;

/// Everything that is stored of a user.
#[get("/internal/export")]
pub async fn export_user(
    _: ServiceCaller,
    state: Data<State>,
    query: Query<ExportQuery>,
) -> ApiResult<Ok200<ExportView>> {
    let user = query.into_inner().user_id;
    let mut conn = state.db.get().await?;
    let contact = contacts::find(&mut conn, user).await.map_err(Error::from)?.map(|row| {
        json!({"user_id": row.user_id, "email": row.email, "email_verified": row.email_verified, "name": row.name,
            "locale": row.locale, "role": row.role, "is_active": row.is_active})
    });
    let settings = preferences::find(&mut conn, &state.sealer, user).await?;
    let told = notifications::all_of(&mut conn, user, ALL).await.map_err(Error::from)?;
    let sent = deliveries::of_user(&mut conn, user, ALL).await.map_err(Error::from)?;
    let sent = sent.into_iter().map(|row| {
        json!({"id": row.id, "notification_id": row.notification_id, "channel": row.channel, "state": row.state,
            "recipient": row.recipient, "attempts": row.attempts, "last_error": row.last_error,
            "created_at": domain::Timestamp::from(row.created_at), "sent_at": row.sent_at.map(domain::Timestamp::from)})
    });
    Ok(Ok200(ExportView {
        contact,
        preferences: PreferencesView::new(&settings, None),
        notifications: told.into_iter().map(NotificationView::from).collect(),
        deliveries: sent.collect(),
    }))
}
