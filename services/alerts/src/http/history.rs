use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};
use domain::{FiringId, Timestamp, UserId};
use serde::Deserialize;
use service_kit::{
    ApiError, ApiResult,
    http::{Page, PageEnvelope, Query, accepts_csv, written},
    identity::ReadCaller,
    paging::{self, Cursor, Limit},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{asset::known_asset, views::FiringView};
use crate::{
    error::Error,
    state::State,
    store::firings::{self, Filter, FiringRow},
};

/// How many rows of an export are read at once.
const EXPORT_PAGE: i64 = 1_000;

/// Which firings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// Of one alert.
    alert_id: Option<Uuid>,
    /// A ticker or an asset id.
    #[param(min_length = 1, max_length = 100)]
    symbol: Option<String>,
    /// The most rows, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// `page.next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<(Timestamp, FiringId)>>,
}

/// Every firing of your alerts with its evidence, newest first; as a file with `Accept: text/csv`.
#[utoipa::path(
    tag = "alerts", params(HistoryQuery), security(("bearer" = [])),
    responses((status = 200, content((PageEnvelope<FiringView> = "application/json"), (String = "text/csv"))))
)]
#[get("/api/alerts/history/")]
pub async fn list_firings(
    state: Data<State>,
    user: ReadCaller,
    query: Query<HistoryQuery>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    use actix_web::Responder;
    let query = query.into_inner();
    let asset_id = match &query.symbol {
        Some(symbol) => Some(known_asset(&state, symbol).await?.asset_id),
        None => None,
    };
    let filter = Filter {
        alert_id: query.alert_id,
        asset_id,
        after: query.cursor.map(|cursor| cursor.0),
    };
    if accepts_csv(request.headers()) {
        return export(state, user.id, filter).await;
    }
    let mut conn = state.conn().await?;
    let rows = firings::list(&mut conn, user.id, &filter, query.limit.probe())
        .await
        .map_err(Error::from)?;
    let (rows, next) = paging::cut(rows, query.limit, place_of);
    let page = Page::new(rows.into_iter().map(FiringView::from).collect(), query.limit, next);
    Ok(page.respond_to(&request))
}

fn place_of(row: &FiringRow) -> (Timestamp, FiringId) {
    (row.evaluated_at.into(), row.id.into())
}

/// All that the filter lets through, in parts: neither memory nor a connection of the database is held for its length.
async fn export(state: Data<State>, user: UserId, mut filter: Filter) -> ApiResult<HttpResponse> {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"alert-history.csv\"",
        ));
    written(answer, |mut pen| async move {
        pen.write(&file_of([COLUMNS.map(str::to_owned)])?).await;
        loop {
            let rows = firings::list(&mut *state.conn().await?, user, &filter, EXPORT_PAGE).await;
            let rows = rows.map_err(Error::from)?;
            let Some(last) = rows.last() else { break };
            filter.after = Some(place_of(last));
            pen.write(&file_of(rows.iter().map(record_of))?).await;
        }
        Ok(pen)
    })
    .await
}

fn file_of(records: impl IntoIterator<Item = [String; 20]>) -> ApiResult<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.write_record(record).map_err(ApiError::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| ApiError::internal(error.into_error()))
}

const COLUMNS: [&str; 20] = [
    "id",
    "alert_id",
    "alert_version",
    "trigger_key",
    "asset_id",
    "asset_symbol",
    "condition",
    "previous_price",
    "price",
    "previous_value",
    "value",
    "source",
    "event_at",
    "received_at",
    "evaluated_at",
    "notified_at",
    "latency_ms",
    "late",
    "from_candle_range",
    "suppressed",
];

fn record_of(row: &FiringRow) -> [String; 20] {
    let time = |at: chrono::DateTime<chrono::Utc>| Timestamp::from(at).to_string();
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    [
        row.id.to_string(),
        row.alert_id.to_string(),
        row.alert_version.to_string(),
        row.trigger_key.clone(),
        row.asset_id.clone(),
        row.asset_symbol.clone(),
        row.condition.to_string(),
        row.previous_price.map(|price| price.to_string()).unwrap_or_default(),
        row.price.to_string(),
        number(row.previous_value),
        number(row.value),
        row.source.clone(),
        time(row.event_at),
        time(row.received_at),
        time(row.evaluated_at),
        row.notified_at.map(time).unwrap_or_default(),
        (row.evaluated_at - row.received_at)
            .num_milliseconds()
            .max(0)
            .to_string(),
        row.late.to_string(),
        row.from_candle_range.to_string(),
        row.suppressed.to_string(),
    ]
}
