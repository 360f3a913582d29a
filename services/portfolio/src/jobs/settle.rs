//! Carries out what the ticks did to the orders of one book.

use contracts::events::Side;
use diesel_async::AsyncPgConnection;
use domain::{PortfolioId, Symbol, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    domain::{
        matching::{Basis, Happening, Outcome},
        order::OrderStatus,
        prices::Mark,
    },
    error::Error,
    state::State,
    store::{
        booking::{LockedBook, Lots},
        execution::{Deal, Desk, Ending},
        orders::{self, OrderRow},
        portfolios,
    },
};

/// Carries out outcomes in their order. Orders that ended meanwhile are left alone.
pub async fn book(
    state: &State,
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    outcomes: &[&Outcome],
    now: Timestamp,
) -> Result<(), Error> {
    let Some(row) = portfolios::lock(conn, portfolio).await? else {
        return Ok(());
    };
    let mut book = LockedBook::new(row);
    let desk = Desk {
        outbox: &state.outbox,
        now,
        correlation_id: Uuid::now_v7(),
    };
    let mut has_changed = false;
    for outcome in outcomes {
        let Some(mut order) = orders::find(conn, portfolio, outcome.order.uuid()).await? else {
            continue;
        };
        if order.status()?.is_final() {
            continue;
        }
        has_changed |= !matches!(outcome.happening, Happening::Trailed(_));
        settle(state, &desk, conn, &mut book, &mut order, outcome).await?;
    }
    if has_changed {
        desk.changed(conn, &book).await?;
    }
    Ok(())
}

async fn settle(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    order: &mut OrderRow,
    outcome: &Outcome,
) -> Result<(), Error> {
    let asset = order.asset()?;
    let symbol = state.symbol_of(&asset);
    if !book.book.holdings.contains_key(&asset) {
        book.load(conn, &asset, Lots::Needed).await?;
    }
    match outcome.happening {
        Happening::Trailed(best) => orders::save_best(conn, order.id.into(), best.value()).await?,
        Happening::Triggered => {
            take_hold(conn, book, order).await?;
            desk.move_to(order, OrderStatus::Triggered, None)?;
            orders::save(conn, order).await?;
        }
        Happening::Filled(basis) => {
            take_hold(conn, book, order).await?;
            fill(
                state,
                desk,
                conn,
                book,
                Filling {
                    order,
                    basis,
                    outcome,
                    symbol: &symbol,
                },
            )
            .await?;
        }
        Happening::Expired => {
            let ending = Ending {
                status: OrderStatus::Expired,
                reason: "its time ran out",
                symbol: &symbol,
            };
            desk.end(conn, book, order, ending).await?;
        }
        Happening::PairDone => {
            let ending = Ending {
                status: OrderStatus::Cancelled,
                reason: "the other half of its pair came first",
                symbol: &symbol,
            };
            desk.end(conn, book, order, ending).await?;
        }
    }
    Ok(())
}

struct Filling<'a> {
    order: &'a mut OrderRow,
    basis: Basis,
    outcome: &'a Outcome,
    symbol: &'a Symbol,
}

async fn fill(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    filling: Filling<'_>,
) -> Result<(), Error> {
    let Filling {
        order,
        basis,
        outcome,
        symbol,
    } = filling;
    let tick = outcome.tick.as_ref().ok_or(Error::Corrupt("the tick of a fill"))?;
    let reject = |reason| Ending {
        status: OrderStatus::Rejected,
        reason,
        symbol,
    };
    let Ok(fill) = basis.fill(order.side()?, order.quantity, &state.config.costs) else {
        return desk
            .end(conn, book, order, reject("it is worth too little at this price"))
            .await;
    };
    if fill.side == Side::Buy && fill.total > order.reserved + book.book.cash {
        return desk
            .end(conn, book, order, reject("insufficient funds at this price"))
            .await;
    }
    let mark = Mark::of(tick);
    desk.fill(
        conn,
        book,
        order,
        Deal {
            fill: &fill,
            mark: &mark,
            quoted_at: tick.received_at,
            symbol,
        },
    )
    .await?;
    orders::save(conn, order).await?;
    state.metrics.filled(&order.side, &order.order_type);
    Ok(())
}

// Of a pair, one half holds what both need; whichever goes on takes it over.
async fn take_hold(conn: &mut AsyncPgConnection, book: &LockedBook, order: &mut OrderRow) -> Result<(), Error> {
    let Some(sibling) = order.linked_order_id else {
        return Ok(());
    };
    let Some(mut sibling) = orders::find(conn, book.id(), sibling).await? else {
        return Ok(());
    };
    if sibling.status()?.is_final() || sibling.reserved.is_zero() {
        return Ok(());
    }
    order.reserved += sibling.reserved;
    sibling.reserved = Decimal::ZERO;
    orders::save(conn, &sibling).await?;
    Ok(())
}
