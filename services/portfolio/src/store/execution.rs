//! Carrying out what was decided about an order: fills, releases, ends, each with its journal entry and its fact.

use chrono::{DateTime, Utc};
use contracts::events::{OrderCancelled, OrderEnded, OrderExpired, OrderFilled, OrderRejected, PortfolioChanged, Side};
use diesel_async::AsyncPgConnection;
use domain::{Money, OrderId, Price, Quantity, Symbol, Timestamp, TradeId};
use futures_util::join;
use messaging::{Facts, Outbox};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    booking::LockedBook,
    orders::{self, OrderRow},
    snapshots,
    together::all_of,
    trades::{self, TradeRow},
};
use crate::{
    domain::{entries, fill::Fill, order::OrderStatus, prices::Mark},
    error::Error,
    state::State,
};

/// What every step needs besides its data.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Where facts are written down.
    pub outbox: &'a Outbox,
    /// When.
    pub now: Timestamp,
    /// The request, or the batch of ticks, that caused it.
    pub correlation_id: Uuid,
}

impl Desk<'_> {
    /// Fills an order that is stored: journal, order, trade and facts.
    pub async fn fill(
        &self,
        conn: &mut AsyncPgConnection,
        book: &mut LockedBook,
        order: &mut OrderRow,
        deal: Deal<'_>,
    ) -> Result<TradeRow, Error> {
        let conn: &AsyncPgConnection = conn;
        let (trade, facts) = self.enter_fill(conn, book, order, deal).await?;
        // All of them are waited for, also where one fails: nothing may be under way when the transaction ends.
        let (booked, saved, stored, told) = join!(
            book.write_down(conn),
            orders::save(conn, order),
            trades::insert(conn, &trade),
            self.tell(conn, &facts)
        );
        all_of([booked, saved.map_err(Error::from), stored.map_err(Error::from), told])?;
        Ok(trade)
    }

    /// Fills an order on arrival, in a book that has all its holdings: the order and the trade as they are stored. That takes the
    /// time of two statements: the numbers of its facts are drawn first.
    pub async fn fill_new(
        &self,
        state: &State,
        conn: &mut AsyncPgConnection,
        book: &mut LockedBook,
        mut order: OrderRow,
        deal: Deal<'_>,
    ) -> Result<(OrderRow, TradeRow), Error> {
        let conn: &AsyncPgConnection = conn;
        let (trade, mut facts) = self.enter_fill(conn, book, &mut order, deal).await?;
        facts.add(&self.change_of(book))?;
        // A curve shows what the book is worth at its turns.
        let worth = state.snapshot(book.row.id, &book.book, self.now)?;
        // All of them are waited for, as above. Whether the order of a trade is there is looked at on commit.
        let (told, booked, ordered, traded, valued) = join!(
            self.tell(conn, &facts),
            book.write_down(conn),
            orders::insert(conn, &order),
            trades::insert(conn, &trade),
            snapshots::insert(conn, &worth),
        );
        let rows = [ordered, traded, valued].map(|outcome| outcome.map_err(Error::from));
        all_of([told, booked].into_iter().chain(rows))?;
        Ok((order, trade))
    }

    /// Enters a fill in the book, and moves the order on; nothing is written down.
    async fn enter_fill(
        &self,
        conn: &AsyncPgConnection,
        book: &mut LockedBook,
        order: &mut OrderRow,
        deal: Deal<'_>,
    ) -> Result<(TradeRow, Facts), Error> {
        let (id, asset, fill) = (TradeId::new(), order.asset()?, deal.fill);
        if fill.side == Side::Sell {
            book.load_lots(conn, &asset, fill.quantity).await?;
        }
        let entry = entries::fill(id.uuid(), &asset, fill, order.hold()?)?;
        let booked = book.enter(&entry, self.now)?;
        let age = i64::try_from(deal.mark.age(deal.quoted_at).as_millis()).unwrap_or(i64::MAX);
        let trade = TradeRow {
            id: id.uuid(),
            portfolio_id: book.row.id,
            seq: booked.seq,
            order_id: Some(order.id),
            asset_id: order.asset_id.clone(),
            side: order.side.clone(),
            quantity: fill.quantity,
            price: fill.price,
            total: fill.total,
            fee: fill.fee,
            realized_pnl: booked.realized.map(|realized| realized.average),
            realized_pnl_fifo: booked.realized.map(|realized| realized.fifo),
            quote_price: deal.mark.price.value(),
            quote_source: deal.mark.source.as_str().to_owned(),
            quote_seq: i64::try_from(deal.mark.seq).unwrap_or(i64::MAX),
            quote_event_at: deal.mark.event_at.into(),
            quote_age_ms: age,
            spread_bps: fill.spread_bps,
            slippage_bps: fill.slippage_bps,
            fee_bps: fill.fee_bps,
            created_at: DateTime::<Utc>::from(self.now),
            executed_at: None,
            imported_from: None,
            import_note: None,
        };
        order.filled_quantity = fill.quantity;
        order.reserved = Decimal::ZERO;
        order.is_unjudged = false;
        self.move_to(order, OrderStatus::Filled, None)?;
        let mut facts = Facts::default();
        facts.add(&self.filled_fact(book, order, &trade, deal.symbol)?)?;
        Ok((trade, facts))
    }

    /// Ends an order without a fill: what it held goes back. Saves the order.
    pub async fn end(
        &self,
        conn: &mut AsyncPgConnection,
        book: &mut LockedBook,
        order: &mut OrderRow,
        ending: Ending<'_>,
    ) -> Result<(), Error> {
        if !order.reserved.is_zero() {
            let entry = entries::release(order.id, &order.asset()?, order.hold()?)?;
            book.post(conn, &entry, self.now).await?;
            order.reserved = Decimal::ZERO;
        }
        self.move_to(order, ending.status, Some(ending.reason))?;
        orders::save(conn, order).await?;
        let fact = OrderEnded {
            order_id: OrderId::from(order.id),
            portfolio_id: book.id(),
            user_id: book.row.owner(),
            asset_id: order.asset()?,
            symbol: ending.symbol.clone(),
            side: order.side()?,
            order_type: order.order_type.clone(),
            quantity: quantity_of(order.quantity)?,
            filled_quantity: quantity_of(order.filled_quantity)?,
            reason: Some(ending.reason.to_owned()),
            ended_at: self.now,
        };
        match ending.status {
            OrderStatus::Expired => {
                self.outbox
                    .add(conn, &OrderExpired(fact), self.now, self.correlation_id)
                    .await?
            }
            OrderStatus::Rejected => {
                self.outbox
                    .add(conn, &OrderRejected(fact), self.now, self.correlation_id)
                    .await?
            }
            _ => {
                self.outbox
                    .add(conn, &OrderCancelled(fact), self.now, self.correlation_id)
                    .await?
            }
        };
        Ok(())
    }

    /// Tells those who look at the book that it changed.
    pub async fn changed(&self, conn: &mut AsyncPgConnection, book: &LockedBook) -> Result<(), Error> {
        let mut facts = Facts::default();
        facts.add(&self.change_of(book))?;
        self.tell(conn, &facts).await
    }

    async fn tell(&self, conn: &AsyncPgConnection, facts: &Facts) -> Result<(), Error> {
        Ok(self
            .outbox
            .add_facts(conn, facts, self.now, self.correlation_id)
            .await?)
    }

    fn change_of(&self, book: &LockedBook) -> PortfolioChanged {
        PortfolioChanged {
            portfolio_id: book.id(),
            user_id: book.row.owner(),
            changed_at: self.now,
        }
    }

    /// Moves an order on, if its state allows that.
    pub fn move_to(&self, order: &mut OrderRow, status: OrderStatus, reason: Option<&str>) -> Result<(), Error> {
        if !order.status()?.may_become(status) {
            return Err(Error::OrderFinal(order.status.clone()));
        }
        order.status = status.as_str().to_owned();
        order.reason = reason.map(str::to_owned);
        order.updated_at = self.now.into();
        Ok(())
    }

    fn filled_fact(
        &self,
        book: &LockedBook,
        order: &OrderRow,
        trade: &TradeRow,
        symbol: &Symbol,
    ) -> Result<OrderFilled, Error> {
        let corrupt = |_| Error::Corrupt("the figures of a fill");
        Ok(OrderFilled {
            order_id: OrderId::from(order.id),
            trade_id: TradeId::from(trade.id),
            portfolio_id: book.id(),
            user_id: book.row.owner(),
            asset_id: order.asset()?,
            symbol: symbol.clone(),
            side: order.side()?,
            order_type: order.order_type.clone(),
            // People read them: without the zeros that a column adds.
            quantity: Quantity::new(trade.quantity.normalize()).map_err(corrupt)?,
            price: Price::new(trade.price.normalize()).map_err(corrupt)?,
            total: Money::new(trade.total).map_err(corrupt)?,
            fee: Money::new(trade.fee.normalize()).map_err(corrupt)?,
            realized_pnl: trade
                .realized_pnl
                .map(|profit| profit.normalize())
                .map(Money::new)
                .transpose()
                .map_err(corrupt)?,
            filled_at: self.now,
        })
    }
}

/// A quantity of an order as people read it, without the zeros that a column adds.
fn quantity_of(stored: Decimal) -> Result<Quantity, Error> {
    Quantity::new(stored.normalize()).map_err(|_| Error::Corrupt("the quantity of an order"))
}

/// A fill and the price that it came from.
#[derive(Clone, Copy)]
pub struct Deal<'a> {
    /// The fill.
    pub fill: &'a Fill,
    /// The price.
    pub mark: &'a Mark,
    /// When the price was judged; its age counts to then.
    pub quoted_at: Timestamp,
    /// The asset's ticker.
    pub symbol: &'a Symbol,
}

/// What a fill counts as, once it is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledOrder {
    /// Which way the order went.
    pub side: String,
    /// Its type.
    pub order_type: String,
}

impl FilledOrder {
    /// Of a filled order.
    pub fn of(order: &OrderRow) -> Self {
        Self {
            side: order.side.clone(),
            order_type: order.order_type.clone(),
        }
    }
}

/// How an order ends without a fill.
#[derive(Clone, Copy)]
pub struct Ending<'a> {
    /// The state that it ends in.
    pub status: OrderStatus,
    /// Why, for people.
    pub reason: &'a str,
    /// The asset's ticker.
    pub symbol: &'a Symbol,
}
