use chrono::{DateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, dsl::count_star};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{FiringId, Timestamp, UserId};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::schema::firings;

/// One occasion on which an alert fired, with its evidence.
#[derive(Debug, Clone, PartialEq, diesel::Queryable, Serialize)]
pub struct FiringRow {
    /// The firing.
    pub id: Uuid,
    /// The alert.
    pub alert_id: Uuid,
    /// Its version.
    pub alert_version: i32,
    /// Names the occasion.
    pub trigger_key: String,
    /// Whose.
    pub user_id: Uuid,
    /// The asset.
    pub asset_id: String,
    /// Its ticker then.
    pub asset_symbol: String,
    /// The condition then.
    pub condition: Value,
    /// The price before.
    pub previous_price: Option<Decimal>,
    /// The price that met the condition.
    pub price: Decimal,
    /// The indicator's value before.
    pub previous_value: Option<f64>,
    /// The indicator's value.
    pub value: Option<f64>,
    /// Who said the price.
    pub source: String,
    /// When it was made.
    pub event_at: DateTime<Utc>,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// When it was decided.
    pub evaluated_at: DateTime<Utc>,
    /// When its owner was told.
    pub notified_at: Option<DateTime<Utc>>,
    /// Found after the fact.
    pub late: bool,
    /// Found in a range.
    pub from_candle_range: bool,
    /// Nobody was told, because of the cooldown.
    pub suppressed: bool,
}

/// Which firings of a user.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of one alert.
    pub alert_id: Option<Uuid>,
    /// Of one asset.
    pub asset_id: Option<String>,
    /// Only what comes behind this place.
    pub after: Option<(Timestamp, FiringId)>,
}

/// A user's firings, newest first.
pub async fn list(
    conn: &mut AsyncPgConnection,
    user: UserId,
    filter: &Filter,
    rows: i64,
) -> QueryResult<Vec<FiringRow>> {
    let mut query = firings::table.filter(firings::user_id.eq(user.uuid())).into_boxed();
    if let Some(alert_id) = filter.alert_id {
        query = query.filter(firings::alert_id.eq(alert_id));
    }
    if let Some(asset_id) = &filter.asset_id {
        query = query.filter(firings::asset_id.eq(asset_id));
    }
    if let Some((at, id)) = filter.after {
        let at = DateTime::<Utc>::from(at);
        query = query.filter(
            firings::evaluated_at
                .lt(at)
                .or(firings::evaluated_at.eq(at).and(firings::id.lt(id.uuid()))),
        );
    }
    query
        .order((firings::evaluated_at.desc(), firings::id.desc()))
        .limit(rows)
        .load(conn)
        .await
}

/// Notes when the owner was told. The first time counts.
pub async fn set_notified(conn: &mut AsyncPgConnection, id: Uuid, at: Timestamp) -> QueryResult<usize> {
    diesel::update(firings::table.find(id).filter(firings::notified_at.is_null()))
        .set(firings::notified_at.eq(DateTime::<Utc>::from(at)))
        .execute(conn)
        .await
}

/// How many owners were to be told of since `start`.
pub async fn count_since(conn: &mut AsyncPgConnection, start: Timestamp) -> QueryResult<i64> {
    firings::table
        .filter(firings::evaluated_at.ge(DateTime::<Utc>::from(start)))
        .filter(firings::suppressed.eq(false))
        .select(count_star())
        .first(conn)
        .await
}

/// Forgets what is older than `oldest`, a bounded number at once.
pub async fn forget_before(conn: &mut AsyncPgConnection, oldest: Timestamp) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM alerts.firings WHERE id IN (SELECT id FROM alerts.firings WHERE evaluated_at < $1 ORDER BY evaluated_at LIMIT 10000)")
        .bind::<diesel::sql_types::Timestamptz, _>(DateTime::<Utc>::from(oldest))
        .execute(conn)
        .await
}
