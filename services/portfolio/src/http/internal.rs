//! What the gateway asks on its own account.

use std::time::Duration;

use actix_web::{get, web::Data};
use contracts::internal::{PortfolioValue, TradingStats};
use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult,
    http::{Ok200, Page, Query},
    identity::ServiceCaller,
};
use uuid::Uuid;

use super::{
    admin::{self, TransactionView, TransactionsQuery},
    views::{EntryView, FundingView, OrderView, PortfolioView, TradeView},
};
use crate::{
    domain::{amount::money_text, valuation::CostMethod},
    error::Error,
    state::State,
    store::{
        fundings, holdings, journal,
        orders::{self, OrderFilter},
        portfolios,
        trades::{self, TradeFilter},
        watchlists,
    },
};

const MAX_USERS: usize = 1000;
/// A whole table of one user; nobody has more by hand.
const ALL: i64 = 1_000_000;

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

#[derive(Debug, Deserialize)]
pub struct ExportQuery {
    user_id: UserId,
}

/// Everything that is stored of a user.
#[derive(Debug, Serialize)]
pub struct ExportView {
    portfolios: Vec<BookExport>,
    watchlists: Vec<serde_json::Value>,
}

/// Everything in one book.
#[derive(Debug, Serialize)]
pub struct BookExport {
    portfolio: PortfolioView,
    orders: Vec<OrderView>,
    trades: Vec<TradeView>,
    fundings: Vec<FundingView>,
    ledger: Vec<EntryView>,
}

/// Everything that is stored of a user.
#[get("/internal/export")]
pub async fn export_user(
    _: ServiceCaller,
    state: Data<State>,
    query: Query<ExportQuery>,
) -> ApiResult<Ok200<ExportView>> {
    let user = query.into_inner().user_id;
    let mut conn = state.conn().await?;
    let mut books = Vec::new();
    for row in portfolios::all_of(&mut conn, user).await.map_err(Error::from)? {
        books.push(export_book(&state, &mut conn, &row).await?);
    }
    let lists = watchlists::of_user(&mut conn, user).await.map_err(Error::from)?;
    let lists = lists.into_iter().map(|row| {
        serde_json::json!({"id": row.id, "name": row.name, "assets": row.assets, "version": row.version,
            "created_at": Timestamp::from(row.created_at), "updated_at": Timestamp::from(row.updated_at)})
    });
    Ok(Ok200(ExportView {
        portfolios: books,
        watchlists: lists.collect(),
    }))
}

async fn export_book(
    state: &State,
    conn: &mut diesel_async::AsyncPgConnection,
    row: &portfolios::PortfolioRow,
) -> Result<BookExport, Error> {
    let id = row.portfolio_id();
    let book = state.whole_book(conn, row, true).await?;
    let placed = orders::page(conn, id, &OrderFilter::default(), ALL).await?;
    let filled = trades::page(conn, id, &TradeFilter::default(), ALL).await?;
    let paid = fundings::page(conn, id, None, ALL).await?;
    let booked = journal::page(conn, id, None, ALL).await?;
    Ok(BookExport {
        portfolio: PortfolioView::new(state, row, &book, CostMethod::Average)?,
        orders: placed.into_iter().map(|row| OrderView::new(state, row)).collect(),
        trades: filled.into_iter().map(|row| TradeView::new(state, row)).collect(),
        fundings: paid.into_iter().map(FundingView::from).collect(),
        ledger: booked.into_iter().map(EntryView::try_from).collect::<Result<_, _>>()?,
    })
}
