//! What other services ask; not part of the public document.

use std::time::Duration;

use actix_web::{HttpResponse, get, post, web::Data};
use contracts::internal::{AlertStats, AlertsAnswer, AlertsQuestion, UserCount};
use domain::{AlertId, UserId};
use serde::Deserialize;
use service_kit::{
    ApiError, ApiResult,
    http::{Json, Ok200, Query, WrittenData, written},
    idempotency,
    identity::ServiceCaller,
};
use uuid::Uuid;

use super::views::{AlertView, FiringView, Symbols};
use crate::{
    error::Error,
    state::State,
    store::{alerts, firings},
};

/// Whose counts.
#[derive(Debug, Deserialize)]
pub struct StatsQuery {
    /// Ids with commas between.
    user_ids: Option<String>,
}

/// Figures for the admin's pages.
#[get("/internal/stats")]
pub async fn read_stats(
    state: Data<State>,
    _caller: ServiceCaller,
    query: Query<StatsQuery>,
) -> ApiResult<Ok200<AlertStats>> {
    let ids = query.into_inner().user_ids.unwrap_or_default();
    let ids: Result<Vec<Uuid>, _> = ids
        .split(',')
        .filter(|id| !id.is_empty())
        .map(Uuid::parse_str)
        .collect();
    let ids = ids.map_err(|_| ApiError::invalid("user_ids", "must be ids with commas between"))?;
    let now = state.now();
    let mut conn = state.conn().await?;
    let (alerts, active_alerts) = alerts::counts(&mut conn).await.map_err(Error::from)?;
    let mut fired = [0; 3];
    for (count, days) in fired.iter_mut().zip([1, 7, 30]) {
        *count = firings::count_since(&mut conn, now.minus(Duration::from_secs(days * 86_400)))
            .await
            .map_err(Error::from)?;
    }
    let by_user = alerts::counts_of(&mut conn, &ids).await.map_err(Error::from)?;
    Ok(Ok200(AlertStats {
        alerts,
        active_alerts,
        fired_24h: fired[0],
        fired_7d: fired[1],
        fired_30d: fired[2],
        by_user: by_user
            .into_iter()
            .map(|(id, count)| UserCount {
                user_id: UserId::from(id),
                count,
            })
            .collect(),
    }))
}

/// The most alerts of one question.
const MAX_ASKED: usize = 5_000;

/// Which of these alerts exist. What was deleted before this question is not among them, so that whoever asks right
/// before sending tells nothing of it.
#[post("/internal/alerts/existing")]
pub async fn find_existing(
    state: Data<State>,
    _caller: ServiceCaller,
    body: Json<AlertsQuestion>,
) -> ApiResult<Ok200<AlertsAnswer>> {
    let asked = body.into_inner().alert_ids;
    if asked.len() > MAX_ASKED {
        return Err(ApiError::invalid(
            "alert_ids",
            format!("must be at most {MAX_ASKED} ids"),
        ));
    }
    let ids: Vec<Uuid> = asked.into_iter().map(AlertId::uuid).collect();
    let mut conn = state.conn().await?;
    let existing = alerts::existing(&mut conn, &ids).await.map_err(Error::from)?;
    Ok(Ok200(AlertsAnswer {
        alert_ids: existing.into_iter().map(AlertId::from).collect(),
    }))
}

/// Whose data.
#[derive(Debug, Deserialize)]
pub struct ExportQuery {
    /// The user.
    user_id: Uuid,
}

const EXPORT_PAGE: i64 = 1_000;

/// Everything that is stored of a user, however much it is.
#[get("/internal/export")]
pub async fn export_user(
    state: Data<State>,
    _caller: ServiceCaller,
    query: Query<ExportQuery>,
) -> ApiResult<HttpResponse> {
    let user = UserId::from(query.into_inner().user_id);
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/json");
    written(answer, |pen| async move {
        let mut data = WrittenData::open(pen).await;
        write_alerts(&state, &mut data, user).await?;
        write_firings(&state, &mut data, user).await?;
        idempotency::export(&mut data, &state.db, user).await?;
        Ok(data.close().await)
    })
    .await
}

async fn write_alerts(state: &State, data: &mut WrittenData, user: UserId) -> ApiResult<()> {
    data.pages("alerts", async |after| {
        let mut conn = state.conn().await?;
        let rows = alerts::of_user(&mut conn, user, after, EXPORT_PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| row.id);
        let symbols = Symbols::load(&mut conn, &rows).await?;
        let views = rows.into_iter().map(|row| AlertView::new(row, &symbols));
        Ok((views.collect(), last))
    })
    .await
}

async fn write_firings(state: &State, data: &mut WrittenData, user: UserId) -> ApiResult<()> {
    data.pages("firings", async |after| {
        let filter = firings::Filter {
            after,
            ..firings::Filter::default()
        };
        let rows = firings::list(&mut *state.conn().await?, user, &filter, EXPORT_PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| (row.evaluated_at.into(), row.id.into()));
        Ok((rows.into_iter().map(FiringView::from).collect(), last))
    })
    .await
}
