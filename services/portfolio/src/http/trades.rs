//! Market orders and the list of fills.

use actix_web::{HttpRequest, HttpResponse, Responder, get, post, web::Data};
use contracts::events::Side;
use diesel_async::AsyncPgConnection;
use domain::{Timestamp, UserId, decimal::WireDecimal};
use rust_decimal::{Decimal, dec};
use serde::Deserialize;
use service_kit::{
    ApiResult, FieldErrors,
    http::{Created, Envelope, Json, Page, PageEnvelope, Query, accepts_csv},
    idempotency::{Answer, Idempotency},
    identity::{ReadCaller, TradeCaller},
    paging::{Cursor, Limit, cut},
};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

use super::{
    exports,
    fields::{self, WireSide},
    views::{FilledView, PortfolioView, TradeView},
};
use crate::{
    domain::{
        catalogue::Asset,
        fill::Size,
        order::{OrderRequest, OrderType, Terms, TimeInForce},
        valuation::CostMethod,
    },
    error::Error,
    state::State,
    store::{
        booking::Need,
        execution::Deal,
        new_order::NewRow,
        opening,
        orders::{OrderRow, side_text},
        trades::{self, TradeFilter},
    },
};

/// A market order. The price of the fill is the server's business.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TradeBody {
    /// A ticker or an asset id.
    #[schema(example = "BTC", min_length = 1, max_length = 100)]
    symbol: String,
    /// Which way.
    side: WireSide,
    /// So much of the asset, in steps of 0.00000001; this or `quote_amount`.
    #[schema(value_type = Option<String>, format = "decimal", example = "0.25", pattern = r"^(?=.*[1-9])[0-9]{1,19}(\.[0-9]{1,8})?$")]
    quantity: Option<WireDecimal>,
    /// So much cash, fee included, in steps of 0.01.
    #[schema(value_type = Option<String>, format = "decimal", example = "100.00", pattern = r"^(?=.*[1-9])[0-9]{1,10}(\.[0-9]{1,2})?$")]
    quote_amount: Option<WireDecimal>,
    /// Refuse a fill that is further than this from the last price, in percent: above 0, at most 100.
    #[schema(value_type = Option<String>, format = "decimal", example = "0.5", pattern = r"^(?=.*[1-9])[0-9]{1,3}(\.[0-9]{1,4})?$")]
    max_slippage_pct: Option<WireDecimal>,
}

struct NewTrade {
    user: UserId,
    asset: Arc<Asset>,
    side: Side,
    size: Size,
    max_slippage_pct: Option<Decimal>,
}

impl NewTrade {
    fn parse(state: &State, user: UserId, body: TradeBody) -> ApiResult<Self> {
        let mut errors = FieldErrors::new();
        let side = Side::from(body.side);
        let asset = errors.take("symbol", fields::asset(state.assets()?, &body.symbol));
        if asset.as_ref().is_some_and(|asset| !asset.enabled && side == Side::Buy) {
            errors.add("symbol", "is no longer offered; it can only be sold");
        }
        let size = match (&body.quantity, &body.quote_amount) {
            (Some(quantity), None) => errors.take("quantity", fields::quantity(quantity)).map(Size::Quantity),
            (None, Some(amount)) => errors.take("quote_amount", fields::cash(amount)).map(Size::Quote),
            (None, None) => {
                errors.add("quantity", "is required, or quote_amount");
                None
            }
            (Some(_), Some(_)) => {
                errors.add("quote_amount", "must not be given together with quantity");
                None
            }
        };
        let most = errors.take_optional("max_slippage_pct", body.max_slippage_pct.as_ref(), |raw| {
            fields::percent(raw, dec!(100))
        });
        let parsed = asset.zip(size).zip(most);
        let ((asset, size), max_slippage_pct) = errors.finish(parsed)?;
        Ok(Self {
            user,
            asset,
            side,
            size,
            max_slippage_pct,
        })
    }
}

/// Buys or sells at once, at the server's price.
#[utoipa::path(tag = "portfolio", request_body = TradeBody, security(("bearer" = [])),
    responses(
        (status = 201, description = "Filled", body = Envelope<FilledView>),
        (status = 409, description = "`stale_price`, `no_price`, `insufficient_funds`, `insufficient_holding` or `max_slippage_exceeded`"),
    ))]
#[post("/api/virtual-portfolio/trades/")]
pub async fn create_trade(
    state: Data<State>,
    user: TradeCaller,
    once: Idempotency,
    body: Json<TradeBody>,
) -> ApiResult<Answer> {
    let trade = NewTrade::parse(&state, user.id, body.into_inner())?;
    let outcome = once
        .run(&state.db, async |conn| Ok(Created(fill(&state, conn, &trade).await?)))
        .await;
    match &outcome {
        Ok(answer) if answer.is_replay() => {}
        Ok(_) => state.metrics.filled(side_text(trade.side), OrderType::Market.as_str()),
        Err(refusal) => state.metrics.refused(refusal.code()),
    }
    outcome
}

async fn fill(state: &State, conn: &mut AsyncPgConnection, trade: &NewTrade) -> Result<FilledView, Error> {
    let mut book = opening::locked_whole(conn, trade.user, state.beginning(state.now())).await?;
    // The price is taken after the lock was waited for, so that it is as fresh as it says.
    let now = state.now();
    let mark = state.prices.fresh(&trade.asset.id, now)?;
    let costs = book.row.costs(&state.config.costs);
    let fill = costs
        .market(trade.side, trade.size, mark.price)
        .map_err(|refusal| Error::of_size(refusal, trade.size))?;
    if let Some(most) = trade.max_slippage_pct {
        let pct = fill.slippage_pct(mark.price)?;
        if pct > most {
            return Err(Error::SlippageExceeded { pct });
        }
    }
    book.afford(&trade.asset.id, Need::fill(&fill))?;
    let request = OrderRequest {
        side: trade.side,
        quantity: fill.quantity,
        terms: Terms::Market,
        time_in_force: TimeInForce::Ioc,
        expires_at: None,
    };
    let order = OrderRow::new(&NewRow {
        portfolio: book.id(),
        asset: &trade.asset.id,
        partition: trade.asset.id.partition(state.partitions),
        request: &request,
        judged_by: Some(mark),
        now,
    });
    let deal = Deal {
        fill: &fill,
        mark: &mark,
        quoted_at: now,
        symbol: &trade.asset.symbol,
    };
    let desk = state.desk(now);
    let (_, row) = desk.fill_new(state, conn, &mut book, order, deal).await?;
    let portfolio = PortfolioView::new(state, &book.row, &book.book, CostMethod::Average)?;
    Ok(FilledView {
        trade: TradeView::new(state, row),
        portfolio,
    })
}

/// Which fills are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TradesQuery {
    /// Of this asset, by ticker or id.
    #[param(min_length = 1, max_length = 100)]
    symbol: Option<String>,
    /// `buy` or `sell`.
    #[param(inline)]
    side: Option<WireSide>,
    /// From then on.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before then.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
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

/// Fills, newest first; as CSV where the client accepts that.
#[utoipa::path(tag = "portfolio", params(TradesQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page; with `Accept: text/csv` all of them as a file",
        content((PageEnvelope<TradeView> = "application/json"), (String = "text/csv")))))]
#[get("/api/virtual-portfolio/trades/")]
pub async fn list_trades(
    state: Data<State>,
    user: ReadCaller,
    request: HttpRequest,
    query: Query<TradesQuery>,
) -> ApiResult<HttpResponse> {
    let query = query.into_inner();
    let mut errors = FieldErrors::new();
    let asset_id = fields::asset_filter(state.assets()?, &mut errors, query.symbol.as_deref());
    if query.from.zip(query.to).is_some_and(|(from, to)| to <= from) {
        errors.add("to", "must be after from");
    }
    errors.check()?;
    let filter = TradeFilter {
        asset_id,
        side: query.side.map(|side| side_text(side.into())),
        from: query.from.map(Into::into),
        to: query.to.map(Into::into),
        before: query.cursor.map(|cursor| cursor.0),
    };
    let mut conn = state.conn().await?;
    let book = fields::book(&mut conn, user.id, query.book.as_deref()).await?;
    if accepts_csv(request.headers()) {
        drop(conn);
        let book = book.map(|book| book.portfolio_id());
        return Ok(exports::answer(state, book, filter).await?);
    }
    let rows = match book {
        Some(book) => trades::page(&mut conn, book.portfolio_id(), &filter, query.limit.probe())
            .await
            .map_err(Error::from)?,
        None => Vec::new(),
    };
    let (rows, next) = cut(rows, query.limit, |row| row.seq);
    let views: Vec<TradeView> = rows.into_iter().map(|row| TradeView::new(&state, row)).collect();
    Ok(Page::new(views, query.limit, next).respond_to(&request))
}
