//! Orders: placing, listing, cancelling.

use actix_web::{delete, get, post, web::Data};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors,
    http::{Envelope, Json, Ok200, Page, PageEnvelope, Path, Query, Reply},
    idempotency::{Answer, Idempotency},
    identity::{ReadCaller, TradeCaller, UserCaller},
    paging::{Cursor, Limit, cut},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    fields,
    order_body::{self, OrderBody},
    views::{OrderView, TradeView},
};
use crate::{
    domain::order::{NewOrder, OrderStatus, Shape},
    error::Error,
    state::State,
    store::{
        booking::LockedBook,
        execution::{Desk, Ending, FilledOrder},
        opening,
        orders::{self, OrderFilter, OrderRow},
        placing::{self, Placed},
        portfolios, trades,
    },
};

/// An order as it was placed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedView {
    /// The order; of a pair, its limit.
    #[serde(flatten)]
    order: OrderView,
    /// Of a pair, its stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    linked_order: Option<OrderView>,
    /// The fill, where it was filled at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    trade: Option<TradeView>,
}

/// Places an order.
///
/// A limit order that could be filled now is filled now, at the market's price; another one rests and is filled at its
/// limit. Without a fresh price it waits for the first one, which judges it in the same way. An order with a trigger
/// needs a fresh price.
#[utoipa::path(tag = "portfolio", request_body = OrderBody, security(("bearer" = [])),
    responses(
        (status = 201, description = "Placed", body = Envelope<PlacedView>),
        (status = 200, description = "This `client_order_id` was placed before", body = Envelope<PlacedView>),
        (status = 409, description = "`stale_price`, `no_price`, `insufficient_funds`, `insufficient_holding`, `client_order_id_reused` or `limit_reached`"),
    ))]
#[post("/api/virtual-portfolio/orders/")]
pub async fn create_order(
    state: Data<State>,
    user: TradeCaller,
    once: Idempotency,
    body: Json<OrderBody>,
) -> ApiResult<Answer> {
    let order = order_body::parse(state.assets()?, body.into_inner())?;
    let mut filled = None;
    let outcome = once
        .run(&state.db, async |conn| {
            let placed = place(&state, conn, &user, &order).await?;
            filled = placed.filled;
            Ok(placed.reply)
        })
        .await;
    match (&outcome, filled) {
        (Ok(_), Some(fill)) => state.metrics.filled(&fill.side, &fill.order_type),
        (Ok(_), None) => {}
        (Err(refusal), _) => state.metrics.refused(refusal.code()),
    }
    outcome
}

/// What became of an order on arrival.
struct Answered {
    reply: Reply<PlacedView>,
    /// To be counted once it is committed.
    filled: Option<FilledOrder>,
}

async fn place(
    state: &State,
    conn: &mut AsyncPgConnection,
    user: &UserCaller,
    order: &NewOrder,
) -> Result<Answered, Error> {
    let mut book = opening::locked_whole(conn, user.id, state.beginning(state.now())).await?;
    if let Some(name) = &order.client_order_id
        && let Some(known) = orders::by_client_id(conn, book.id(), name).await?
    {
        if known.request_hash.as_deref() != Some(order.hash().as_slice()) {
            return Err(Error::ClientOrderIdReused);
        }
        return Ok(Answered {
            reply: Reply::new(200, view(state, conn, known).await?),
            filled: None,
        });
    }
    order_body::check_timely(order, state.now())?;
    if orders::count_open(conn, book.id()).await? >= i64::from(state.config.max_open_orders) {
        return Err(Error::TooMany("open orders"));
    }
    let desk = state.desk(state.now());
    let placed = match &order.shape {
        Shape::Single(request) => placing::single(state, &desk, conn, &mut book, order, request).await?,
        Shape::Pair(pair) => placing::pair(state, &desk, conn, &mut book, order, pair).await?,
    };
    Ok(Answered {
        filled: placed.trade.as_ref().map(|_| FilledOrder::of(&placed.order)),
        reply: Reply::new(201, PlacedView::new(state, placed)),
    })
}

impl PlacedView {
    fn new(state: &State, placed: Placed) -> Self {
        Self {
            order: OrderView::new(state, placed.order),
            linked_order: placed.linked.map(|row| OrderView::new(state, row)),
            trade: placed.trade.map(|row| TradeView::new(state, row)),
        }
    }
}

async fn view(state: &State, conn: &mut AsyncPgConnection, row: OrderRow) -> Result<PlacedView, Error> {
    let trade = match row.status()? {
        OrderStatus::Filled => trades::of_order(conn, row.id).await?,
        _ => None,
    };
    let linked = match row.linked_order_id {
        Some(id) => orders::find(conn, row.portfolio_id.into(), id).await?,
        None => None,
    };
    let placed = Placed {
        order: row,
        linked,
        trade,
    };
    Ok(PlacedView::new(state, placed))
}

/// Which orders are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrdersQuery {
    /// A state, or `open` for those that wait.
    #[param(pattern = r"^(open|accepted|triggered|filled|cancelled|expired|rejected)$")]
    status: Option<String>,
    /// Of this asset, by ticker or id.
    #[param(min_length = 1, max_length = 100)]
    symbol: Option<String>,
    /// An earlier book, by number or id.
    #[param(pattern = r"^([0-9]{1,10}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    book: Option<String>,
    /// Rows of a page, 1 to 200.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor<Uuid>>,
}

/// Orders, newest first.
#[utoipa::path(tag = "portfolio", params(OrdersQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page", body = PageEnvelope<OrderView>)))]
#[get("/api/virtual-portfolio/orders/")]
pub async fn list_orders(
    state: Data<State>,
    user: ReadCaller,
    query: Query<OrdersQuery>,
) -> ApiResult<Page<OrderView>> {
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let asset_id = fields::asset_filter(state.assets()?, &mut errors, query.symbol.as_deref());
    let statuses = match query.status.as_deref() {
        None => Vec::new(),
        Some("open") => vec![OrderStatus::Accepted, OrderStatus::Triggered],
        Some(raw) => errors.take("status", raw.parse()).into_iter().collect(),
    };
    errors.check()?;
    let filter = OrderFilter {
        statuses,
        asset_id,
        before: query.cursor.map(|cursor| cursor.0),
    };
    let mut conn = state.conn().await?;
    let Some(book) = fields::book(&mut conn, user.id, query.book.as_deref()).await? else {
        return Ok(Page::new(Vec::new(), query.limit, None));
    };
    let rows = orders::page(&mut conn, book.portfolio_id(), &filter, query.limit.probe())
        .await
        .map_err(Error::from)?;
    let (rows, next) = cut(rows, query.limit, |row| row.id);
    Ok(Page::new(
        rows.into_iter().map(|row| OrderView::new(&state, row)).collect(),
        query.limit,
        next,
    ))
}

/// One order.
#[utoipa::path(tag = "portfolio", params(("id" = Uuid, Path, description = "The order")), security(("bearer" = [])),
    responses((status = 200, description = "The order", body = Envelope<PlacedView>)))]
#[get("/api/virtual-portfolio/orders/{id}/")]
pub async fn read_order(state: Data<State>, user: ReadCaller, id: Path<Uuid>) -> ApiResult<Ok200<PlacedView>> {
    let mut conn = state.conn().await?;
    let row = orders::find_of_user(&mut conn, user.id, id.into_inner())
        .await
        .map_err(Error::from)?;
    let row = row.ok_or(Error::NotFound("order"))?;
    Ok(Ok200(view(&state, &mut conn, row).await?))
}

/// Cancels an order; of a pair, both halves.
#[utoipa::path(tag = "portfolio", params(("id" = Uuid, Path, description = "The order")), security(("bearer" = [])),
    responses(
        (status = 200, description = "Cancelled", body = Envelope<PlacedView>),
        (status = 409, description = "It has ended (`order_final`)"),
    ))]
#[delete("/api/virtual-portfolio/orders/{id}/")]
pub async fn cancel_order(state: Data<State>, user: TradeCaller, id: Path<Uuid>) -> ApiResult<Ok200<PlacedView>> {
    let id = id.into_inner();
    let mut conn = state.conn().await?;
    let desk = state.desk(state.now());
    let row = conn
        .transaction(async |conn| cancel(&state, &desk, conn, user.id, id).await)
        .await?;
    state.outbox.wake();
    Ok(Ok200(view(&state, &mut conn, row).await?))
}

async fn cancel(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    user: domain::UserId,
    id: Uuid,
) -> Result<OrderRow, Error> {
    let known = orders::find_of_user(conn, user, id)
        .await?
        .ok_or(Error::NotFound("order"))?;
    let row = portfolios::lock(conn, known.portfolio_id.into())
        .await?
        .ok_or(Error::NotFound("order"))?;
    let mut book = LockedBook::new(row);
    // What was read before the lock may be old.
    let mut order = orders::find(conn, book.id(), id)
        .await?
        .ok_or(Error::NotFound("order"))?;
    if order.status()?.is_final() {
        return Err(Error::OrderFinal(order.status));
    }
    let asset = order.asset()?;
    book.load(conn, &asset).await?;
    let change = orders::next_change(conn, asset.partition(state.partitions)).await?;
    let symbol = state.symbol_of(&asset);
    let ending = Ending {
        status: OrderStatus::Cancelled,
        reason: "cancelled by its owner",
        symbol: &symbol,
    };
    if let Some(sibling) = order.linked_order_id
        && let Some(mut sibling) = orders::find(conn, book.id(), sibling).await?
        && !sibling.status()?.is_final()
    {
        sibling.change_no = change;
        desk.end(conn, &mut book, &mut sibling, ending).await?;
    }
    order.change_no = change;
    desk.end(conn, &mut book, &mut order, ending).await?;
    desk.changed(conn, &book).await?;
    Ok(order)
}
