//! The figures of the administrators' first page: counted, or null where the service that counts is away.

use actix_web::{get, web::Data};
use contracts::internal::{AlertStats, MonthCount, NotificationStats, TradingStats, UserStats};
use domain::Timestamp;
use serde::Serialize;
use service_kit::{
    ApiResult,
    client::CallError,
    health::Status,
    http::{Envelope, Ok200},
    identity::AdminCaller,
};
use utoipa::ToSchema;

use super::system::{self, ServiceState};
use crate::state::State;

/// What is going on.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardStats {
    /// Accounts.
    #[schema(required)]
    users: Option<UserFigures>,
    /// Sessions that have not ended.
    #[schema(required)]
    active_sessions: Option<i64>,
    /// Requests to this API.
    #[schema(required)]
    api_calls: Option<CallFigures>,
    /// Alerts and what they did.
    #[schema(required)]
    alerts: Option<AlertFigures>,
    /// Paper trading.
    #[schema(required)]
    trading: Option<TradingFigures>,
    /// What users were told.
    #[schema(required)]
    notifications: Option<NotificationFigures>,
    /// Each service.
    services: Vec<ServiceHealth>,
    /// When the figures were taken.
    #[schema(value_type = String, format = DateTime)]
    taken_at: Timestamp,
}

/// Accounts.
#[derive(Debug, Serialize, ToSchema)]
struct UserFigures {
    total: i64,
    /// They may sign in.
    active: i64,
    /// Their address is proved.
    verified: i64,
    admins: i64,
    /// Accounts made in each month, and people who signed in in it, oldest first.
    by_month: Vec<MonthFigures>,
}

/// One month.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct MonthFigures {
    /// `2026-11`, in UTC.
    month: String,
    registered: i64,
    active: i64,
}

/// Requests to this API.
#[derive(Debug, Serialize, ToSchema)]
struct CallFigures {
    /// In the last 24 hours: this hour and the 23 before it.
    last_24h: u64,
    /// Hour by hour, oldest first.
    by_hour: Vec<HourFigures>,
    /// Requests before this moment were not counted.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    counted_since: Option<Timestamp>,
}

/// One hour.
#[derive(Debug, Serialize, ToSchema)]
struct HourFigures {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    hour: Timestamp,
    calls: u64,
}

/// Alerts and what they did.
#[derive(Debug, Serialize, ToSchema)]
struct AlertFigures {
    total: i64,
    /// They are watching.
    active: i64,
    fired_24h: i64,
    fired_7d: i64,
    fired_30d: i64,
}

/// Paper trading.
#[derive(Debug, Serialize, ToSchema)]
struct TradingFigures {
    portfolios: i64,
    open_orders: i64,
    trades_24h: i64,
    /// In USD.
    volume_24h: String,
}

/// What users were told in the last 24 hours.
#[derive(Debug, Serialize, ToSchema)]
struct NotificationFigures {
    last_24h: i64,
    deliveries: Vec<DeliveryFigures>,
}

/// Deliveries of one channel and state.
#[derive(Debug, Serialize, ToSchema)]
struct DeliveryFigures {
    channel: String,
    state: String,
    count: i64,
}

/// A service in short.
#[derive(Debug, Serialize, ToSchema)]
struct ServiceHealth {
    name: String,
    /// `down` where it does not answer.
    state: ServiceState,
    #[schema(required)]
    version: Option<String>,
}

/// The figures of the administrators' first page. A part is null while the service that counts it is away.
#[utoipa::path(tag = "admin", security(("bearer" = [])), responses(
    (status = 200, description = "The figures", body = Envelope<DashboardStats>),
))]
#[get("/api/admin/dashboard/stats/")]
pub async fn read_stats(state: Data<State>, _: AdminCaller) -> ApiResult<Ok200<DashboardStats>> {
    let client = &state.context.client;
    let now = state.context.clock.now();
    let (users, alerts, trading, notifications, services, calls) = tokio::join!(
        client.get("auth", "/internal/stats").send::<UserStats>(),
        client.get("alerts", "/internal/stats").send::<AlertStats>(),
        client.get("portfolio", "/internal/stats").send::<TradingStats>(),
        client.get("notifier", "/internal/stats").send::<NotificationStats>(),
        system::vitals(&state),
        state.calls.read(&state.context.cache, now),
    );
    let users = known(users);
    let services = services.into_iter().map(|(name, vitals)| ServiceHealth {
        name: name.to_owned(),
        state: vitals
            .as_ref()
            .map_or(ServiceState::Down, |vitals| vitals.status.into()),
        version: vitals.map(|vitals| vitals.instance.version),
    });
    Ok(Ok200(DashboardStats {
        active_sessions: users.as_ref().map(|users| users.active_sessions),
        users: users.map(UserFigures::from),
        api_calls: calls.ok().map(|calls| CallFigures {
            last_24h: calls.by_hour.iter().map(|(_, count)| count).sum(),
            by_hour: calls
                .by_hour
                .into_iter()
                .map(|(hour, calls)| HourFigures { hour, calls })
                .collect(),
            counted_since: calls.since,
        }),
        alerts: known(alerts).map(AlertFigures::from),
        trading: known(trading).map(TradingFigures::from),
        notifications: known(notifications).map(NotificationFigures::from),
        services: services.collect(),
        taken_at: now,
    }))
}

/// What a service said; why it said nothing is logged.
pub(super) fn known<T>(answer: Result<T, CallError>) -> Option<T> {
    answer
        .inspect_err(|error| tracing::warn!(%error, "a service's figures are missing"))
        .ok()
}

impl From<UserStats> for UserFigures {
    fn from(stats: UserStats) -> Self {
        Self {
            total: stats.users,
            active: stats.active_users,
            verified: stats.verified_users,
            admins: stats.admins,
            by_month: months(&stats.registered_by_month, &stats.active_by_month),
        }
    }
}

/// Both counts of every month in which there is one, oldest first.
fn months(registered: &[MonthCount], active: &[MonthCount]) -> Vec<MonthFigures> {
    let names: std::collections::BTreeSet<&str> = registered
        .iter()
        .chain(active)
        .map(|count| count.month.as_str())
        .collect();
    let of = |counts: &[MonthCount], month: &str| {
        let found = counts.iter().find(|count| count.month == month);
        found.map_or(0, |count| count.count)
    };
    let figures = |month: &str| MonthFigures {
        month: month.to_owned(),
        registered: of(registered, month),
        active: of(active, month),
    };
    names.into_iter().map(figures).collect()
}

impl From<AlertStats> for AlertFigures {
    fn from(stats: AlertStats) -> Self {
        Self {
            total: stats.alerts,
            active: stats.active_alerts,
            fired_24h: stats.fired_24h,
            fired_7d: stats.fired_7d,
            fired_30d: stats.fired_30d,
        }
    }
}

impl From<TradingStats> for TradingFigures {
    fn from(stats: TradingStats) -> Self {
        Self {
            portfolios: stats.portfolios,
            open_orders: stats.open_orders,
            trades_24h: stats.trades_24h,
            volume_24h: stats.volume_24h.to_string(),
        }
    }
}

impl From<NotificationStats> for NotificationFigures {
    fn from(stats: NotificationStats) -> Self {
        let deliveries = stats.deliveries.into_iter().map(|count| DeliveryFigures {
            channel: count.channel,
            state: count.state,
            count: count.count,
        });
        Self {
            last_24h: stats.notifications_24h,
            deliveries: deliveries.collect(),
        }
    }
}

impl From<Status> for ServiceState {
    fn from(status: Status) -> Self {
        match status {
            Status::Ready => Self::Ready,
            Status::Degraded => Self::Degraded,
            Status::NotReady => Self::NotReady,
            Status::Draining => Self::Draining,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(month: &str, count: i64) -> MonthCount {
        MonthCount {
            month: month.to_owned(),
            count,
        }
    }

    #[test]
    fn a_month_in_which_nobody_came_but_somebody_signed_in_is_there_too() {
        let found = months(&[count("2026-09", 3)], &[count("2026-09", 2), count("2026-11", 1)]);
        let plain: Vec<_> = found
            .iter()
            .map(|month| (month.month.as_str(), month.registered, month.active))
            .collect();
        assert_eq!(plain, [("2026-09", 3, 2), ("2026-11", 0, 1)]);
    }
}
