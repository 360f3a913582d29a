//! Placing orders: what `OrderRequest::arrive` decided, made true.

use diesel_async::AsyncPgConnection;

use super::{
    booking::{LockedBook, Need},
    execution::{Deal, Desk, Ending},
    new_order::NewRow,
    orders::{self, OrderRow},
    trades::TradeRow,
};
use crate::{
    domain::{
        entries::{self, Hold},
        fill::Fill,
        order::{Arrival, NewOrder, OrderRequest, OrderStatus, Pair},
        prices::Mark,
    },
    error::Error,
    state::State,
};

/// An order as it was placed.
#[derive(Debug)]
pub struct Placed {
    /// The order; of a pair, its limit.
    pub order: OrderRow,
    /// Of a pair, its stop.
    pub linked: Option<OrderRow>,
    /// The fill, where it was filled at once.
    pub trade: Option<TradeRow>,
}

impl Placed {
    fn unfilled(order: OrderRow) -> Self {
        Self {
            order,
            linked: None,
            trade: None,
        }
    }
}

/// Places one order: fills it, lets it rest, or ends it at once. Those who look at the book are told.
pub async fn single(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    order: &NewOrder,
    request: &OrderRequest,
) -> Result<Placed, Error> {
    // Whatever is decided is decided by this mark, and ticks behind it are heard.
    let newest = state.prices.newest(&order.asset.id);
    let fresh = state.prices.judge(newest, desk.now);
    let last = fresh.as_ref().ok().map(|mark| mark.price);
    let arrival = request
        .arrive(last, &book.row.costs(&state.config.costs))
        .map_err(|refusal| Error::refused(refusal, fresh.err()))?;
    let mut row = named_row((state, desk, book), order, request, newest);
    match arrival {
        Arrival::Fill(fill) => {
            let mark = fresh?;
            book.afford(&order.asset.id, Need::fill(&fill))?;
            let deal = deal(&fill, &mark, desk, order);
            let (order, trade) = desk.fill_new(state, conn, book, row, deal).await?;
            return Ok(Placed {
                trade: Some(trade),
                ..Placed::unfilled(order)
            });
        }
        Arrival::Rest(amount) => {
            book.afford(&order.asset.id, Need::hold(request.side, amount))?;
            row.reserved = amount;
            row.is_unjudged = request.is_unjudged(last);
            row.change_no = orders::next_change(conn, order.asset.id.partition(state.partitions)).await?;
            orders::insert(conn, &row).await?;
            hold(desk, conn, book, &row).await?;
            desk.changed(conn, book).await?;
        }
        Arrival::Cancel => {
            orders::insert(conn, &row).await?;
            let reason = "it could not be filled at once";
            let ending = Ending {
                status: OrderStatus::Cancelled,
                reason,
                symbol: &order.asset.symbol,
            };
            desk.end(conn, book, &mut row, ending).await?;
            desk.changed(conn, book).await?;
        }
    }
    Ok(Placed::unfilled(row))
}

/// Places a limit and a stop of which one cancels the other. The limit holds what both need.
pub async fn pair(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    order: &NewOrder,
    pair: &Pair,
) -> Result<Placed, Error> {
    let fresh = state.prices.fresh(&order.asset.id, desk.now)?;
    let costs = &book.row.costs(&state.config.costs);
    let refused = |refusal| match Error::refused(refusal, None) {
        Error::Invalid {
            field: "stop_price",
            why,
        } => Error::Invalid {
            field: "stop_loss.stop_price",
            why,
        },
        other => other,
    };
    let Arrival::Rest(for_stop) = pair.stop.arrive(Some(fresh.price), costs).map_err(refused)? else {
        return Err(Error::Invalid {
            field: "stop_loss.stop_price",
            why: "would trigger at once".to_owned(),
        });
    };
    pair.check_profit(fresh.price).map_err(|why| Error::Invalid {
        field: "take_profit.limit_price",
        why: why.to_string(),
    })?;
    let Arrival::Rest(for_limit) = pair.limit.arrive(Some(fresh.price), costs).map_err(refused)? else {
        return Err(Error::Invalid {
            field: "take_profit.limit_price",
            why: format!("would be filled at once at {}", fresh.price),
        });
    };
    let amount = for_limit.max(for_stop);
    book.afford(&order.asset.id, Need::hold(pair.limit.side, amount))?;
    let change = orders::next_change(conn, order.asset.id.partition(state.partitions)).await?;
    let (mut limit, mut stop) = (
        named_row((state, desk, book), order, &pair.limit, Some(fresh)),
        named_row((state, desk, book), order, &pair.stop, Some(fresh)),
    );
    (limit.linked_order_id, stop.linked_order_id) = (Some(stop.id), Some(limit.id));
    (limit.change_no, stop.change_no) = (change, change);
    (stop.client_order_id, stop.request_hash) = (None, None);
    limit.reserved = amount;
    orders::insert(conn, &limit).await?;
    orders::insert(conn, &stop).await?;
    hold(desk, conn, book, &limit).await?;
    desk.changed(conn, book).await?;
    Ok(Placed {
        linked: Some(stop),
        ..Placed::unfilled(limit)
    })
}

fn deal<'a>(fill: &'a Fill, mark: &'a Mark, desk: &Desk<'_>, order: &'a NewOrder) -> Deal<'a> {
    Deal {
        fill,
        mark,
        quoted_at: desk.now,
        symbol: &order.asset.symbol,
    }
}

async fn hold(
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    row: &OrderRow,
) -> Result<(), Error> {
    let entry = entries::reserve(
        row.id,
        &row.asset()?,
        Hold {
            side: row.side()?,
            amount: row.reserved,
        },
    )?;
    book.post(conn, &entry, desk.now).await?;
    Ok(())
}

/// The row of a new order with its owner's name for it.
fn named_row(
    (state, desk, book): (&State, &Desk<'_>, &LockedBook),
    order: &NewOrder,
    request: &OrderRequest,
    judged_by: Option<Mark>,
) -> OrderRow {
    let asset = &order.asset.id;
    OrderRow {
        client_order_id: order.client_order_id.clone(),
        request_hash: order.client_order_id.as_ref().map(|_| order.hash()),
        ..OrderRow::new(&NewRow {
            portfolio: book.id(),
            asset,
            partition: asset.partition(state.partitions),
            request,
            judged_by,
            now: desk.now,
        })
    }
}
