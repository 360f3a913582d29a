//! Carries out what the ticks did to the orders of one book.

use std::collections::BTreeMap;

use contracts::events::Side;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use domain::{OrderId, PortfolioId, Symbol, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    domain::{
        fill::NoFill,
        matching::{Basis, Happening, Outcome},
        order::OrderStatus,
        prices::Mark,
    },
    error::Error,
    state::State,
    store::{
        booking::LockedBook,
        execution::{Deal, Desk, Ending, FilledOrder},
        orders::{self, OrderRow},
        portfolios,
    },
};

/// What a round of ticks did to the orders of one book, in order.
pub struct Batch<'a> {
    /// The book.
    pub portfolio: PortfolioId,
    /// What happened.
    pub outcomes: &'a [&'a Outcome],
    /// When it is carried out.
    pub now: Timestamp,
}

/// How a faulty order is got rid of.
#[derive(Clone, Copy)]
enum Fate {
    /// It ends, and its owner is told.
    Reject,
    /// Not even that can be done: it stays as it is.
    Leave,
}

/// Which orders could not be settled.
type Faulty = BTreeMap<OrderId, Fate>;

/// What came of a batch.
#[derive(Default)]
pub struct Settled {
    /// What was filled.
    pub filled: Vec<FilledOrder>,
    /// Orders that could not be settled.
    pub faulty: Vec<OrderId>,
}

/// Carries out what happened to a book, in a savepoint. An order that can't be settled for a reason of its own is
/// rejected, or left as it is: it must not hold up the others of its partition.
pub async fn book(state: &State, conn: &mut AsyncPgConnection, batch: &Batch<'_>) -> Result<Settled, Error> {
    let mut faulty = Faulty::new();
    loop {
        let tried = conn
            .transaction(async |conn| try_book(state, conn, batch, &faulty).await)
            .await;
        match tried {
            Ok(filled) => {
                return Ok(Settled {
                    filled,
                    faulty: faulty.into_keys().collect(),
                });
            }
            Err(Unsettled {
                order: Some(order),
                cause,
            }) if !cause.is_of_database() => {
                tracing::error!(order.id = %order, error = ?cause, "an order can't be settled");
                let fate = faulty.get(&order).map_or(Fate::Reject, |_| Fate::Leave);
                faulty.insert(order, fate);
            }
            Err(unsettled) => return Err(unsettled.cause),
        }
    }
}

/// Why a book was not settled, and with which order that began.
struct Unsettled {
    order: Option<OrderId>,
    cause: Error,
}

impl From<Error> for Unsettled {
    fn from(cause: Error) -> Self {
        Self { order: None, cause }
    }
}

impl From<diesel::result::Error> for Unsettled {
    fn from(error: diesel::result::Error) -> Self {
        Error::from(error).into()
    }
}

/// Carries out outcomes in their order; what was filled. Orders that ended meanwhile are left alone.
async fn try_book(
    state: &State,
    conn: &mut AsyncPgConnection,
    batch: &Batch<'_>,
    faulty: &Faulty,
) -> Result<Vec<FilledOrder>, Unsettled> {
    let Some(row) = portfolios::lock(conn, batch.portfolio).await? else {
        return Ok(Vec::new());
    };
    let mut book = LockedBook::new(row);
    let desk = Desk {
        outbox: &state.outbox,
        now: batch.now,
        correlation_id: Uuid::now_v7(),
    };
    let (mut has_changed, mut filled) = (false, Vec::new());
    for outcome in batch.outcomes {
        let settling = settle_open(state, &desk, conn, &mut book, (outcome, faulty.get(&outcome.order)));
        let settled = settling.await.map_err(|cause| Unsettled {
            order: Some(outcome.order),
            cause,
        })?;
        let Some(order) = settled else { continue };
        let is_unseen = matches!(outcome.happening, Happening::Trailed(_) | Happening::Judged);
        has_changed |= !is_unseen || order.status()?.is_final();
        if order.status()? == OrderStatus::Filled {
            filled.push(FilledOrder::of(&order));
        }
    }
    if has_changed {
        desk.changed(conn, &book).await?;
    }
    if !filled.is_empty() {
        state.keep_worth(conn, &book, batch.now).await?;
    }
    Ok(filled)
}

/// Carries out an outcome, if its order is still open; the order as it is then.
async fn settle_open(
    state: &State,
    desk: &Desk<'_>,
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    (outcome, fate): (&Outcome, Option<&Fate>),
) -> Result<Option<OrderRow>, Error> {
    if matches!(fate, Some(Fate::Leave)) {
        return Ok(None);
    }
    let Some(mut order) = orders::find(conn, book.id(), outcome.order.uuid()).await? else {
        return Ok(None);
    };
    if order.status()?.is_final() {
        return Ok(None);
    }
    if fate.is_none() {
        settle(state, desk, conn, book, &mut order, outcome).await?;
        return Ok(Some(order));
    }
    let asset = order.asset()?;
    book.load(conn, &asset).await?;
    let ending = Ending {
        status: OrderStatus::Rejected,
        reason: "it could not be carried out",
        symbol: &state.symbol_of(&asset),
    };
    desk.end(conn, book, &mut order, ending).await?;
    Ok(Some(order))
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
    book.load(conn, &asset).await?;
    match outcome.happening {
        Happening::Trailed(best) => orders::save_best(conn, order.id.into(), best.value()).await?,
        Happening::Judged => orders::save_judged(conn, order.id.into()).await?,
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
    let costs = book.row.costs(&state.config.costs);
    let fill = match basis.fill(order.side()?, order.quantity, &costs) {
        Ok(fill) => fill,
        Err(no_fill) => return desk.end(conn, book, order, reject(reason_of(no_fill))).await,
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
    Ok(())
}

/// Why there is no fill, for people.
fn reason_of(no_fill: NoFill) -> &'static str {
    match no_fill {
        NoFill::BelowMinimum(_) => "it is worth too little at this price",
        NoFill::Slippage(_) => "the price moves too far",
        NoFill::Overflow(_) => "the amount is too large at this price",
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Overflow;

    #[test]
    fn an_order_that_is_too_large_is_not_told_that_it_is_too_small() {
        assert_eq!(
            reason_of(NoFill::Overflow(Overflow)),
            "the amount is too large at this price"
        );
        assert_eq!(
            reason_of(NoFill::BelowMinimum(Decimal::ONE)),
            "it is worth too little at this price"
        );
    }
}
