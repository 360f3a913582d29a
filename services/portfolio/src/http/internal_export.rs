//! Everything that is stored of a user, read and written page by page however much it is.

use actix_web::{HttpResponse, get, web::Data};
use domain::{PortfolioId, Timestamp, UserId};
use serde::Deserialize;
use service_kit::{
    ApiResult,
    http::{Query, WrittenData, written},
    idempotency,
    identity::ServiceCaller,
};

use super::views::{EntryView, FundingView, OrderView, PortfolioView, TradeView};
use crate::{
    domain::valuation::CostMethod,
    error::Error,
    state::State,
    store::{
        fundings, journal,
        orders::{self, OrderFilter},
        portfolios::{self, PortfolioRow},
        trades::{self, TradeFilter},
        watchlists,
    },
};

/// How many rows are read at once.
const PAGE: i64 = 1_000;

/// Whose.
#[derive(Debug, Deserialize)]
pub struct ExportQuery {
    user_id: UserId,
}

/// Everything that is stored of a user.
#[get("/internal/export")]
pub async fn export_user(_: ServiceCaller, state: Data<State>, query: Query<ExportQuery>) -> ApiResult<HttpResponse> {
    let user = query.into_inner().user_id;
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/json");
    written(answer, |pen| async move {
        let books = portfolios::all_of(&mut *state.conn().await?, user).await;
        let mut data = WrittenData::open(pen).await;
        data.list("portfolios").await?;
        for row in books.map_err(Error::from)? {
            data.object().await;
            write_book(&state, &mut data, &row).await?;
            data.end_object().await;
        }
        data.end_list().await;
        let lists = watchlists::of_user(&mut *state.conn().await?, user).await;
        let lists = lists.map_err(Error::from)?.into_iter().map(|row| {
            serde_json::json!({"id": row.id, "name": row.name, "assets": row.assets, "version": row.version,
                "created_at": Timestamp::from(row.created_at), "updated_at": Timestamp::from(row.updated_at)})
        });
        data.list("watchlists").await?;
        data.rows(lists).await?;
        data.end_list().await;
        idempotency::export(&mut data, &state.db, user).await?;
        Ok(data.close().await)
    })
    .await
}

async fn write_book(state: &State, data: &mut WrittenData, row: &PortfolioRow) -> ApiResult<()> {
    let id = row.portfolio_id();
    let book = state.whole_book(&mut *state.conn().await?, row, true).await?;
    let portfolio = PortfolioView::new(state, row, &book, CostMethod::Average)?;
    data.member("portfolio", &portfolio).await?;
    write_orders(state, data, id).await?;
    write_trades(state, data, id).await?;
    write_fundings(state, data, id).await?;
    write_ledger(state, data, id).await
}

async fn write_orders(state: &State, data: &mut WrittenData, book: PortfolioId) -> ApiResult<()> {
    data.pages("orders", async |before| {
        let filter = OrderFilter {
            before,
            ..OrderFilter::default()
        };
        let rows = orders::page(&mut *state.conn().await?, book, &filter, PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| row.id);
        let views = rows.into_iter().map(|row| OrderView::new(state, row));
        Ok((views.collect(), last))
    })
    .await
}

async fn write_trades(state: &State, data: &mut WrittenData, book: PortfolioId) -> ApiResult<()> {
    data.pages("trades", async |before| {
        let filter = TradeFilter {
            before,
            ..TradeFilter::default()
        };
        let rows = trades::page(&mut *state.conn().await?, book, &filter, PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| row.seq);
        let views = rows.into_iter().map(|row| TradeView::new(state, row));
        Ok((views.collect(), last))
    })
    .await
}

async fn write_fundings(state: &State, data: &mut WrittenData, book: PortfolioId) -> ApiResult<()> {
    data.pages("fundings", async |before| {
        let rows = fundings::page(&mut *state.conn().await?, book, before, PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| row.seq);
        Ok((rows.into_iter().map(FundingView::from).collect(), last))
    })
    .await
}

async fn write_ledger(state: &State, data: &mut WrittenData, book: PortfolioId) -> ApiResult<()> {
    data.pages("ledger", async |before| {
        let rows = journal::page(&mut *state.conn().await?, book, before, PAGE).await;
        let rows = rows.map_err(Error::from)?;
        let last = rows.last().map(|row| row.seq);
        let entries: Result<Vec<EntryView>, Error> = rows.into_iter().map(EntryView::try_from).collect();
        Ok((entries?, last))
    })
    .await
}
