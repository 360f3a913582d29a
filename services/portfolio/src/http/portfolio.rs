//! The portfolio as a whole: summary, funding, ledger, reset.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{get, post, web::Data};
use domain::decimal::WireDecimal;
use serde::Deserialize;
use service_kit::{
    ApiResult, FieldErrors,
    http::{Created, Envelope, Json, Ok200, Page, PageEnvelope, Query},
    idempotency::{Answer, Idempotency},
    identity::{ReadCaller, TradeCaller},
    paging::{Cursor, Limit, cut},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    fields,
    views::{EntryView, FundingView, PortfolioView},
};
use crate::{
    domain::{entries, order::OrderStatus, valuation::CostMethod},
    error::Error,
    state::State,
    store::{
        booking::LockedBook,
        execution::{Desk, Ending},
        fundings, journal, opening, orders,
        portfolios::{self, PortfolioRow},
    },
};

/// How profit is counted.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WireCostMethod {
    /// By the average cost of all units.
    #[default]
    Average,
    /// The oldest units are sold first.
    Fifo,
}

impl From<WireCostMethod> for CostMethod {
    fn from(method: WireCostMethod) -> Self {
        match method {
            WireCostMethod::Average => Self::Average,
            WireCostMethod::Fifo => Self::Fifo,
        }
    }
}

/// Which portfolio is shown, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PortfolioQuery {
    /// An earlier book, by number or id.
    #[param(pattern = r"^([0-9]{1,10}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    book: Option<String>,
    /// How profit is counted.
    #[serde(default)]
    #[param(inline)]
    cost_method: WireCostMethod,
}

/// The user's portfolio.
#[utoipa::path(tag = "portfolio", params(PortfolioQuery), security(("bearer" = [])),
    responses((status = 200, description = "The portfolio, valued now", body = Envelope<PortfolioView>)))]
#[get("/api/virtual-portfolio/")]
pub async fn read_portfolio(
    state: Data<State>,
    user: ReadCaller,
    query: Query<PortfolioQuery>,
) -> ApiResult<Ok200<PortfolioView>> {
    let PortfolioQuery { book, cost_method } = query.into_inner();
    let mut conn = state.conn().await?;
    let row = match fields::book(&mut conn, user.id, book.as_deref()).await? {
        Some(row) => row,
        None => open_first(&state, &mut conn, user.id).await?,
    };
    let method = CostMethod::from(cost_method);
    let book = state.whole_book(&mut conn, &row, method == CostMethod::Fifo).await?;
    Ok(Ok200(PortfolioView::new(&state, &row, &book, method)?))
}

async fn open_first(
    state: &State,
    conn: &mut diesel_async::AsyncPgConnection,
    user: domain::UserId,
) -> Result<PortfolioRow, Error> {
    use diesel_async::AsyncConnection;
    let now = state.now();
    conn.transaction(async |conn| Ok(state.book(conn, user, now).await?.row))
        .await
}

/// Which way cash moves.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// In.
    Deposit,
    /// Out.
    Withdraw,
}

/// Cash in or out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FundBody {
    /// USD, in steps of 0.01, at most 1,000,000,000.
    #[schema(value_type = String, format = "decimal", example = "1000.00", pattern = r"^(?=.*[1-9])[0-9]{1,10}(\.[0-9]{1,2})?$")]
    amount: WireDecimal,
    /// Which way.
    direction: Direction,
}

/// The portfolio after cash moved.
#[derive(Debug, serde::Serialize, ToSchema)]
pub struct FundedView {
    /// The deposit or withdrawal.
    funding: FundingView,
    /// The portfolio.
    portfolio: PortfolioView,
}

/// Pays cash in or out.
#[utoipa::path(tag = "portfolio", request_body = FundBody, security(("bearer" = [])),
    responses(
        (status = 201, description = "Done", body = Envelope<FundedView>),
        (status = 409, description = "Not enough free cash (`insufficient_funds`)"),
    ))]
#[post("/api/virtual-portfolio/fund/")]
pub async fn fund_portfolio(
    state: Data<State>,
    user: TradeCaller,
    once: Idempotency,
    body: Json<FundBody>,
) -> ApiResult<Answer> {
    let FundBody { amount, direction } = body.into_inner();
    let mut errors = FieldErrors::new();
    let amount = errors.take("amount", fields::cash(&amount));
    let amount = errors.finish(amount)?;
    let now = state.now();
    once.run(&state.db, async |conn| {
        let mut book = state.book(conn, user.id, now).await?;
        let flow = state.flow(conn, &book, now).await?;
        let row = match direction {
            Direction::Deposit => opening::deposit(conn, &mut book, amount, flow).await?,
            Direction::Withdraw => opening::withdraw(conn, &mut book, amount, flow).await?,
        };
        state.desk(now).changed(conn, &book).await?;
        let whole = state.whole_book(conn, &book.row, false).await?;
        let portfolio = PortfolioView::new(&state, &book.row, &whole, CostMethod::Average)?;
        Ok(Created(FundedView {
            funding: row.into(),
            portfolio,
        }))
    })
    .await
}

/// A page of something in a book, by number.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BookPageQuery {
    /// An earlier book, by number or id.
    #[param(pattern = r"^([0-9]{1,10}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    book: Option<String>,
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<i64>>,
}

/// Deposits and withdrawals, newest first.
#[utoipa::path(tag = "portfolio", params(BookPageQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page", body = PageEnvelope<FundingView>)))]
#[get("/api/virtual-portfolio/funding-history/")]
pub async fn list_fundings(
    state: Data<State>,
    user: ReadCaller,
    query: Query<BookPageQuery>,
) -> ApiResult<Page<FundingView>> {
    let BookPageQuery { book, limit, cursor } = query.into_inner();
    let mut conn = state.conn().await?;
    let Some(row) = fields::book(&mut conn, user.id, book.as_deref()).await? else {
        return Ok(Page::new(Vec::new(), limit, None));
    };
    let rows = fundings::page(
        &mut conn,
        row.portfolio_id(),
        cursor.map(|cursor| cursor.0),
        limit.probe(),
    )
    .await
    .map_err(Error::from)?;
    let (rows, next) = cut(rows, limit, |row| row.seq);
    Ok(Page::new(
        rows.into_iter().map(FundingView::from).collect(),
        limit,
        next,
    ))
}

/// The double-entry journal, newest first.
#[utoipa::path(tag = "portfolio", params(BookPageQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page", body = PageEnvelope<EntryView>)))]
#[get("/api/virtual-portfolio/ledger/")]
pub async fn list_ledger(
    state: Data<State>,
    user: ReadCaller,
    query: Query<BookPageQuery>,
) -> ApiResult<Page<EntryView>> {
    let BookPageQuery { book, limit, cursor } = query.into_inner();
    let mut conn = state.conn().await?;
    let Some(row) = fields::book(&mut conn, user.id, book.as_deref()).await? else {
        return Ok(Page::new(Vec::new(), limit, None));
    };
    let rows = journal::page(
        &mut conn,
        row.portfolio_id(),
        cursor.map(|cursor| cursor.0),
        limit.probe(),
    )
    .await
    .map_err(Error::from)?;
    let (rows, next) = cut(rows, limit, |row| row.seq);
    let views = rows
        .into_iter()
        .map(EntryView::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(views, limit, next))
}

/// How resting limits of the new book are filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LimitFill {
    /// When the price touches them.
    #[default]
    Normal,
    /// When the price trades through them.
    Strict,
}

/// Closes the book and opens a fresh one.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ResetBody {
    /// Must be true.
    confirm: bool,
    /// How resting limits of the new book are filled.
    #[serde(default)]
    limit_fill: LimitFill,
    /// The new book's own fee of an order that had rested, in basis points, at most 1,000; the platform's where nothing is said.
    #[schema(value_type = Option<String>, format = "decimal", example = "2.5", pattern = r"^(1000|[0-9]{1,3}(\.[0-9]{1,4})?)$")]
    maker_fee_bps: Option<WireDecimal>,
    /// The same of an order that is filled at once.
    #[schema(value_type = Option<String>, format = "decimal", example = "5", pattern = r"^(1000|[0-9]{1,3}(\.[0-9]{1,4})?)$")]
    taker_fee_bps: Option<WireDecimal>,
}

/// Closes this book, cancels its orders and opens a fresh one; history stays readable with `?book=`.
#[utoipa::path(tag = "portfolio", request_body = ResetBody, security(("bearer" = [])),
    responses((status = 201, description = "The fresh portfolio", body = Envelope<PortfolioView>)))]
#[post("/api/virtual-portfolio/reset/")]
pub async fn reset_portfolio(
    state: Data<State>,
    user: TradeCaller,
    once: Idempotency,
    body: Json<ResetBody>,
) -> ApiResult<Answer> {
    let body = body.into_inner();
    let mut errors = FieldErrors::new();
    if !body.confirm {
        errors.add("confirm", "must be true");
    }
    let maker_fee = errors.take_optional("maker_fee_bps", body.maker_fee_bps.as_ref(), fields::fee_bps);
    let taker_fee = errors.take_optional("taker_fee_bps", body.taker_fee_bps.as_ref(), fields::fee_bps);
    let (maker_fee_bps, taker_fee_bps) = errors.finish(maker_fee.zip(taker_fee))?;
    let now = state.now();
    once.run(&state.db, async |conn| {
        let mut old = state.book(conn, user.id, now).await?;
        let next = PortfolioRow {
            is_strict: body.limit_fill == LimitFill::Strict,
            maker_fee_bps,
            taker_fee_bps,
            ..PortfolioRow::new(user.id, old.row.number + 1, now.into())
        };
        let desk = state.desk(now);
        close(&state, &desk, conn, &mut old, next.id).await?;
        let fresh = opening::open(conn, next, state.beginning(now))
            .await?
            .ok_or(Error::Busy)?;
        desk.changed(conn, &fresh).await?;
        Ok(Created(PortfolioView::new(
            &state,
            &fresh.row,
            &fresh.book,
            CostMethod::Average,
        )?))
    })
    .await
}

/// Ends a book: its orders are cancelled, its journal gets a last entry.
pub(crate) async fn close(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut diesel_async::AsyncPgConnection,
    book: &mut LockedBook,
    next: uuid::Uuid,
) -> Result<(), Error> {
    let open = orders::open_of(conn, book.id()).await?;
    let partitions = open
        .iter()
        .map(|order| Ok(order.asset()?.partition(state.partitions)))
        .collect::<Result<BTreeSet<u16>, Error>>()?;
    let mut changes = BTreeMap::new();
    // In one order for everybody, so that two resets never wait for each other.
    for partition in partitions {
        changes.insert(partition, orders::next_change(conn, partition).await?);
    }
    for mut order in open {
        let asset = order.asset()?;
        book.load(conn, &asset).await?;
        order.change_no = changes
            .get(&asset.partition(state.partitions))
            .copied()
            .unwrap_or_default();
        let symbol = state.symbol_of(&asset);
        let ending = Ending {
            status: OrderStatus::Cancelled,
            reason: "the portfolio was closed",
            symbol: &symbol,
        };
        desk.end(conn, book, &mut order, ending).await?;
    }
    book.post(conn, &entries::reset(next)?, desk.now).await?;
    // What it was worth in the end, since its holdings go on having prices.
    state.keep_worth(conn, book, desk.now).await?;
    portfolios::close(conn, book.id(), desk.now.into()).await?;
    Ok(())
}
