//! What the gateway asks on its own account.

use std::time::Duration;

use actix_web::{get, web::Data};
use contracts::internal::{PortfolioValue, TradingStats};
use serde::Deserialize;
use service_kit::{
    ApiResult,
    http::{Ok200, Page, Query},
    identity::ServiceCaller,
};
use uuid::Uuid;

use super::admin::{self, TransactionView, TransactionsQuery};
use crate::{
    domain::amount::money_text,
    error::Error,
    state::State,
    store::{holdings, orders, portfolios, trades},
};

const MAX_USERS: usize = 1000;

#[derive(Debug, Deserialize)]
pub struct ValuesQuery {
    user_ids: String,
}

/// What the portfolios of some users are worth. Users without one are left out.
#[get("/internal/values")]
pub async fn read_values(
    _: ServiceCaller,
    state: Data<State>,
    query: Query<ValuesQuery>,
) -> ApiResult<Ok200<Vec<PortfolioValue>>> {
    let raw = query.into_inner().user_ids;
    let ids: Result<Vec<Uuid>, _> = raw.split(',').filter(|part| !part.is_empty()).map(str::parse).collect();
    let ids = ids.ok().filter(|ids| ids.len() <= MAX_USERS);
    let ids = ids.ok_or_else(|| Error::Invalid {
        field: "user_ids",
        why: format!("must be at most {MAX_USERS} ids, separated by commas"),
    })?;
    let mut conn = state.conn().await?;
    let rows = portfolios::open_of_users(&mut conn, &ids).await.map_err(Error::from)?;
    let mut values = Vec::with_capacity(rows.len());
    for (row, held) in rows {
        let held = holdings::assemble(held, Vec::new()).map_err(Error::from)?;
        let (equity, partial) = state.equity(&row.book(held))?;
        let cash = money_text(row.cash + row.reserved);
        values.push(PortfolioValue {
            user_id: row.user_id.into(),
            portfolio_id: row.id,
            equity: money_text(equity),
            cash,
            partial,
        });
    }
    Ok(Ok200(values))
}

/// Trades and funding of all users, newest first.
#[get("/internal/transactions")]
pub async fn list_transactions(
    _: ServiceCaller,
    state: Data<State>,
    query: Query<TransactionsQuery>,
) -> ApiResult<Page<TransactionView>> {
    admin::page(&state, query.into_inner()).await
}

/// How much is traded.
#[get("/internal/stats")]
pub async fn read_stats(_: ServiceCaller, state: Data<State>) -> ApiResult<Ok200<TradingStats>> {
    let since = state.now().minus(Duration::from_secs(86_400));
    let mut conn = state.conn().await?;
    let (trades_24h, volume) = trades::volume_since(&mut conn, since.into())
        .await
        .map_err(Error::from)?;
    let portfolios = portfolios::count_open(&mut conn).await.map_err(Error::from)?;
    let open_orders = orders::count_all_open(&mut conn).await.map_err(Error::from)?;
    Ok(Ok200(TradingStats {
        portfolios,
        trades_24h,
        volume_24h: money_text(volume.unwrap_or_default()),
        open_orders,
    }))
}
