//! The test button.

use std::time::Duration;

use actix_web::{post, web::Data};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde::Serialize;
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, NoBody, Ok200, request_id},
    identity::{AlertsCaller, UserCaller},
};
use tokio::time::{Instant, sleep};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{deliveries::views_of, views::DeliveryView};
use crate::{
    consumers::{Subject, Written, write_down},
    domain::{DeliveryState, Draft, Kind},
    error::Error,
    state::State,
    store::notifications,
};

/// The most tests of a user in a minute.
const TESTS_A_MINUTE: i64 = 5;
/// How long the answer waits for the slowest channel.
const PATIENCE: Duration = Duration::from_secs(12);

/// What happened to a test.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestView {
    /// The notification that was sent.
    notification_id: Uuid,
    /// What happened to it on each channel that is switched on.
    deliveries: Vec<DeliveryView>,
}

/// Sends a test through every channel that is switched on, once, and says what happened.
#[utoipa::path(tag = "notifications", security(("bearer" = [])),
    responses((status = 200, description = "What happened on each channel", body = Envelope<TestView>)))]
#[post("/api/notifications/test/")]
pub async fn send_test(state: Data<State>, user: AlertsCaller, _: NoBody) -> ApiResult<Ok200<TestView>> {
    let mut conn = state.db.get().await?;
    let since = state.now().minus(Duration::from_secs(60));
    let recent = notifications::count_of_kind(&mut conn, user.id, Kind::Test.as_str(), since.into())
        .await
        .map_err(Error::from)?;
    if recent >= TESTS_A_MINUTE {
        return Err(ApiError::too_many(
            "at most five tests a minute",
            Duration::from_secs(30),
        ));
    }
    let written = in_transaction(&mut conn, &state, &user).await?;
    drop(conn);
    let Some(Written { row, kind }) = written else {
        return Err(ApiError::not_found("user"));
    };
    state.metrics.created(kind);
    state.outbox.wake();
    state.wake.all();
    let mut views: Vec<DeliveryView> = row.in_app.then(|| DeliveryView::in_app(&row)).into_iter().collect();
    views.extend(await_outcomes(&state, row.id).await?);
    Ok(Ok200(TestView {
        notification_id: row.id,
        deliveries: views,
    }))
}

async fn in_transaction(
    conn: &mut AsyncPgConnection,
    state: &State,
    user: &UserCaller,
) -> Result<Option<Written>, Error> {
    conn.transaction(async |conn: &mut AsyncPgConnection| {
        let subject = Subject::user(user.id);
        write_down(state, conn, &subject, None, request_id(), Draft::test).await
    })
    .await
}

/// The deliveries once none of them is pending, or as they stand when patience ends.
async fn await_outcomes(state: &State, notification: Uuid) -> ApiResult<Vec<DeliveryView>> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut conn = state.db.get().await?;
        let views = views_of(&mut conn, notification).await?;
        drop(conn);
        let is_over = views.iter().all(|view| view.state != DeliveryState::Pending.as_str());
        if is_over || Instant::now() >= deadline {
            return Ok(views);
        }
        sleep(Duration::from_millis(50)).await;
    }
}
