//! Placing orders: what `OrderRequest::arrive` decided, made true.

use contracts::events::Side;
use diesel_async::AsyncPgConnection;
use domain::OrderId;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    booking::LockedBook,
    execution::{Deal, Desk, Ending},
    orders::{self, OrderRow, side_text},
};
use crate::{
    domain::{
        entries::{self, Hold},
        fill::Fill,
        order::{Arrival, NewOrder, OrderRequest, OrderStatus, Pair, Terms, TimeInForce},
        prices::Mark,
    },
    error::Error,
    state::State,
};

/// Places one order: fills it, lets it rest, or ends it at once. Those who look at the book are told.
pub async fn single(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    order: &NewOrder,
    request: &OrderRequest,
) -> Result<OrderRow, Error> {
    let fresh = state.prices.fresh(&order.asset.id, desk.now);
    let last = fresh.as_ref().ok().map(|mark| mark.price);
    let arrival = request
        .arrive(last, &state.config.costs)
        .map_err(|refusal| Error::refused(refusal, fresh.err()))?;
    let mut row = row(state, desk, book, order, request);
    match arrival {
        Arrival::Fill(fill) => {
            let mark = fresh?;
            check_means(book, order, request.side, Need::Fill(&fill))?;
            desk.fill_new(conn, book, &mut row, deal(&fill, &mark, desk, order))
                .await?;
        }
        Arrival::Rest(amount) => {
            check_means(book, order, request.side, Need::Hold(amount))?;
            row.reserved = amount;
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
    Ok(row)
}

/// Places a limit and a stop of which one cancels the other. The limit holds what both need.
pub async fn pair(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    order: &NewOrder,
    pair: &Pair,
) -> Result<OrderRow, Error> {
    let fresh = state.prices.fresh(&order.asset.id, desk.now)?;
    let costs = &state.config.costs;
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
    let Arrival::Rest(for_limit) = pair.limit.arrive(Some(fresh.price), costs).map_err(refused)? else {
        return Err(Error::Invalid {
            field: "take_profit.limit_price",
            why: format!("would be filled at once at {}", fresh.price),
        });
    };
    let amount = for_limit.max(for_stop);
    check_means(book, order, pair.limit.side, Need::Hold(amount))?;
    let change = orders::next_change(conn, order.asset.id.partition(state.partitions)).await?;
    let (mut limit, mut stop) = (
        row(state, desk, book, order, &pair.limit),
        row(state, desk, book, order, &pair.stop),
    );
    (limit.linked_order_id, stop.linked_order_id) = (Some(stop.id), Some(limit.id));
    (limit.change_no, stop.change_no) = (change, change);
    (stop.client_order_id, stop.request_hash) = (None, None);
    limit.reserved = amount;
    orders::insert(conn, &limit).await?;
    orders::insert(conn, &stop).await?;
    hold(desk, conn, book, &limit).await?;
    desk.changed(conn, book).await?;
    Ok(limit)
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

enum Need<'a> {
    Fill(&'a Fill),
    Hold(Decimal),
}

fn check_means(book: &LockedBook, order: &NewOrder, side: Side, need: Need<'_>) -> Result<(), Error> {
    let needed = match (side, need) {
        (_, Need::Hold(amount)) => amount,
        (Side::Buy, Need::Fill(fill)) => fill.total,
        (Side::Sell, Need::Fill(fill)) => fill.quantity,
    };
    match side {
        Side::Buy if needed > book.book.cash => Err(Error::InsufficientFunds {
            needed,
            available: book.book.cash,
        }),
        Side::Sell => {
            let available = book.holding(&order.asset.id).free();
            if needed > available {
                return Err(Error::InsufficientHolding {
                    needed,
                    available: available.normalize(),
                });
            }
            Ok(())
        }
        Side::Buy => Ok(()),
    }
}

fn row(state: &State, desk: &Desk<'_>, book: &LockedBook, order: &NewOrder, request: &OrderRequest) -> OrderRow {
    let newest = state.prices.newest(&order.asset.id);
    let trail = match request.terms {
        Terms::TrailingStop(percent) => Some(percent),
        _ => None,
    };
    let time_in_force = if request.terms == Terms::Market {
        TimeInForce::Ioc
    } else {
        request.time_in_force
    };
    OrderRow {
        id: OrderId::new().uuid(),
        portfolio_id: book.row.id,
        client_order_id: order.client_order_id.clone(),
        request_hash: order.client_order_id.as_ref().map(|_| order.hash()),
        asset_id: order.asset.id.as_str().to_owned(),
        side: side_text(request.side).to_owned(),
        order_type: request.terms.order_type().as_str().to_owned(),
        status: OrderStatus::Accepted.as_str().to_owned(),
        quantity: request.quantity,
        filled_quantity: Decimal::ZERO,
        limit_price: request.terms.limit().map(domain::Price::value),
        stop_price: request.terms.stop().map(domain::Price::value),
        trail_pct: trail,
        best_price: trail.and(newest).map(|mark| mark.price.value()),
        time_in_force: time_in_force.as_str().to_owned(),
        expires_at: request.expires_at.map(Into::into),
        reserved: Decimal::ZERO,
        reason: None,
        linked_order_id: None::<Uuid>,
        after_seq: newest.map_or(0, |mark| i64::try_from(mark.seq).unwrap_or(i64::MAX)),
        partition_id: i32::from(order.asset.id.partition(state.partitions)),
        change_no: 0,
        created_at: desk.now.into(),
        updated_at: desk.now.into(),
    }
}
