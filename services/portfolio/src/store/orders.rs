//! Orders, and the counters that tell the owner of a partition what changed.

use chrono::{DateTime, Utc};
use contracts::events::Side;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, insert_into, prelude::*, upsert::excluded};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{AssetId, OrderId, PortfolioId, Price, Timestamp};
use messaging::Prepared;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::schema::{order_changes, orders, portfolios};
use crate::{
    domain::{
        entries::Hold,
        matching::RestingOrder,
        order::{OrderStatus, OrderType, Terms},
    },
    error::Error,
};

/// An order's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct OrderRow {
    /// The order.
    pub id: Uuid,
    /// The book.
    pub portfolio_id: Uuid,
    /// The owner's own name for it.
    pub client_order_id: Option<String>,
    /// What was asked for, hashed.
    pub request_hash: Option<Vec<u8>>,
    /// The asset.
    pub asset_id: String,
    /// Which way.
    pub side: String,
    /// Its type.
    pub order_type: String,
    /// Where it stands.
    pub status: String,
    /// How much.
    pub quantity: Decimal,
    /// How much of it was filled.
    pub filled_quantity: Decimal,
    /// Its limit.
    pub limit_price: Option<Decimal>,
    /// Its trigger.
    pub stop_price: Option<Decimal>,
    /// How far it trails, in percent.
    pub trail_pct: Option<Decimal>,
    /// The best price that a trailing stop has seen.
    pub best_price: Option<Decimal>,
    /// How long it lives.
    pub time_in_force: String,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it holds.
    pub reserved: Decimal,
    /// Why it ended.
    pub reason: Option<String>,
    /// The other half of a pair.
    pub linked_order_id: Option<Uuid>,
    /// It hears the ticks after this one.
    pub after_seq: i64,
    /// A limit order that was placed without a fresh price: the first one judges it as on arrival.
    pub is_unjudged: bool,
    /// The partition of its asset when it was made.
    pub partition_id: i32,
    /// The number of its last change for the partition's owner.
    pub change_no: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it changed.
    pub updated_at: DateTime<Utc>,
}

impl OrderRow {
    /// Which way.
    pub fn side(&self) -> Result<Side, Error> {
        parse_side(&self.side)
    }

    /// Where it stands.
    pub fn status(&self) -> Result<OrderStatus, Error> {
        self.status
            .parse()
            .map_err(|_| Error::Corrupt("the status of an order"))
    }

    /// Its asset.
    pub fn asset(&self) -> Result<AssetId, Error> {
        Ok(AssetId::parse(&self.asset_id)?)
    }

    /// What it holds.
    pub fn hold(&self) -> Result<Hold, Error> {
        Ok(Hold {
            side: self.side()?,
            amount: self.reserved,
        })
    }

    /// Its prices.
    pub fn terms(&self) -> Result<Terms, Error> {
        let corrupt = Error::Corrupt("the prices of an order");
        let order_type: OrderType = self
            .order_type
            .parse()
            .map_err(|_| Error::Corrupt("the type of an order"))?;
        let (limit, stop) = (price(self.limit_price), price(self.stop_price));
        Ok(match (order_type, limit, stop, self.trail_pct) {
            (OrderType::Market, ..) => Terms::Market,
            (OrderType::Limit, Some(limit), ..) => Terms::Limit(limit),
            (OrderType::Stop, _, Some(stop), _) => Terms::Stop(stop),
            (OrderType::StopLimit, Some(limit), Some(stop), _) => Terms::StopLimit { stop, limit },
            (OrderType::TakeProfit, _, Some(stop), _) => Terms::TakeProfit(stop),
            (OrderType::TrailingStop, _, _, Some(percent)) => Terms::TrailingStop(percent),
            _ => return Err(corrupt),
        })
    }

    /// As an order that waits.
    pub fn resting(&self, is_strict: bool) -> Result<RestingOrder, Error> {
        Ok(RestingOrder {
            id: self.id.into(),
            portfolio: self.portfolio_id.into(),
            asset: self.asset()?,
            side: self.side()?,
            quantity: self.quantity,
            terms: self.terms()?,
            is_triggered: self.status()? == OrderStatus::Triggered,
            best: price(self.best_price),
            expires_at: self.expires_at.map(Into::into),
            after_seq: self.after_seq.unsigned_abs(),
            // Only where no tick was known at its birth does the time of receipt decide.
            since: if self.after_seq == 0 {
                self.created_at.into()
            } else {
                Timestamp::from_millis(i64::MIN).unwrap_or_default()
            },
            is_strict,
            is_unjudged: self.is_unjudged,
            sibling: self.linked_order_id.map(Into::into),
        })
    }
}

fn price(value: Option<Decimal>) -> Option<Price> {
    value.and_then(|value| Price::new(value).ok())
}

/// Reads a side.
pub fn parse_side(raw: &str) -> Result<Side, Error> {
    match raw {
        "buy" => Ok(Side::Buy),
        "sell" => Ok(Side::Sell),
        _ => Err(Error::Corrupt("the side of an order")),
    }
}

/// A side as it is stored and shown.
pub fn side_text(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

const OPEN: [&str; 2] = ["accepted", "triggered"];

/// Adds an order.
pub async fn insert(mut conn: &AsyncPgConnection, row: &OrderRow) -> QueryResult<()> {
    insert_into(orders::table).values(row).execute(&mut conn).await?;
    Ok(())
}

/// Saves what can change of an order.
pub async fn save(mut conn: &AsyncPgConnection, row: &OrderRow) -> QueryResult<()> {
    let saving = diesel::update(orders::table.find(row.id)).set((
        orders::status.eq(&row.status),
        orders::filled_quantity.eq(row.filled_quantity),
        orders::best_price.eq(row.best_price),
        orders::reserved.eq(row.reserved),
        orders::reason.eq(row.reason.as_deref()),
        orders::linked_order_id.eq(row.linked_order_id),
        orders::change_no.eq(row.change_no),
        orders::is_unjudged.eq(row.is_unjudged),
        orders::updated_at.eq(row.updated_at),
    ));
    Prepared(saving).execute(&mut conn).await?;
    Ok(())
}

/// Saves how far a trailing stop has followed. Never moves a final order.
pub async fn save_best(conn: &mut AsyncPgConnection, order: OrderId, best: Decimal) -> QueryResult<()> {
    diesel::update(orders::table.find(order.uuid()).filter(orders::status.eq_any(OPEN)))
        .set(orders::best_price.eq(best))
        .execute(conn)
        .await?;
    Ok(())
}

/// Saves that a fresh price has judged an order. Never moves a final one.
pub async fn save_judged(conn: &mut AsyncPgConnection, order: OrderId) -> QueryResult<()> {
    diesel::update(orders::table.find(order.uuid()).filter(orders::status.eq_any(OPEN)))
        .set(orders::is_unjudged.eq(false))
        .execute(conn)
        .await?;
    Ok(())
}

/// An order of a book.
pub async fn find(conn: &mut AsyncPgConnection, portfolio: PortfolioId, order: Uuid) -> QueryResult<Option<OrderRow>> {
    orders::table
        .find(order)
        .filter(orders::portfolio_id.eq(portfolio.uuid()))
        .select(OrderRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// An order of any of the user's books.
pub async fn find_of_user(
    conn: &mut AsyncPgConnection,
    user: domain::UserId,
    order: Uuid,
) -> QueryResult<Option<OrderRow>> {
    orders::table
        .inner_join(portfolios::table.on(portfolios::id.eq(orders::portfolio_id)))
        .filter(orders::id.eq(order))
        .filter(portfolios::user_id.eq(user.uuid()))
        .select(OrderRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// The order of a book that its owner gave this name.
pub async fn by_client_id(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    name: &str,
) -> QueryResult<Option<OrderRow>> {
    orders::table
        .filter(orders::portfolio_id.eq(portfolio.uuid()))
        .filter(orders::client_order_id.eq(name))
        .select(OrderRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// Which orders are wanted.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// In one of these states; in any where none is given.
    pub statuses: Vec<OrderStatus>,
    /// Of this asset.
    pub asset_id: Option<String>,
    /// Made before this one.
    pub before: Option<Uuid>,
}

/// A page of a book's orders, newest first.
pub async fn page(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    filter: &OrderFilter,
    limit: i64,
) -> QueryResult<Vec<OrderRow>> {
    let mut query = orders::table
        .filter(orders::portfolio_id.eq(portfolio.uuid()))
        .into_boxed();
    if !filter.statuses.is_empty() {
        let names: Vec<&str> = filter.statuses.iter().map(|status| status.as_str()).collect();
        query = query.filter(orders::status.eq_any(names));
    }
    if let Some(asset) = &filter.asset_id {
        query = query.filter(orders::asset_id.eq(asset.clone()));
    }
    if let Some(before) = filter.before {
        query = query.filter(orders::id.lt(before));
    }
    query
        .order(orders::id.desc())
        .limit(limit)
        .select(OrderRow::as_select())
        .load(conn)
        .await
}

/// The open orders of a book, oldest first.
pub async fn open_of(conn: &mut AsyncPgConnection, portfolio: PortfolioId) -> QueryResult<Vec<OrderRow>> {
    orders::table
        .filter(orders::portfolio_id.eq(portfolio.uuid()))
        .filter(orders::status.eq_any(OPEN))
        .order(orders::id)
        .select(OrderRow::as_select())
        .load(conn)
        .await
}

/// How many orders of a book are open.
pub async fn count_open(conn: &mut AsyncPgConnection, portfolio: PortfolioId) -> QueryResult<i64> {
    orders::table
        .filter(orders::portfolio_id.eq(portfolio.uuid()))
        .filter(orders::status.eq_any(OPEN))
        .count()
        .get_result(conn)
        .await
}

/// The open orders of a partition with the way their books fill limits.
pub async fn open_in(conn: &mut AsyncPgConnection, partition: u16) -> QueryResult<Vec<(OrderRow, bool)>> {
    orders::table
        .inner_join(portfolios::table.on(portfolios::id.eq(orders::portfolio_id)))
        .filter(orders::partition_id.eq(i32::from(partition)))
        .filter(orders::status.eq_any(OPEN))
        .order(orders::id)
        .select((OrderRow::as_select(), portfolios::is_strict))
        .load(conn)
        .await
}

/// What users did to the orders of a partition since the change numbered `seen`.
pub async fn changed(conn: &mut AsyncPgConnection, partition: u16, seen: i64) -> QueryResult<Vec<(OrderRow, bool)>> {
    orders::table
        .inner_join(portfolios::table.on(portfolios::id.eq(orders::portfolio_id)))
        .filter(orders::partition_id.eq(i32::from(partition)))
        .filter(orders::change_no.gt(seen))
        .order(orders::change_no)
        .select((OrderRow::as_select(), portfolios::is_strict))
        .load(conn)
        .await
}

/// Draws the next change number of a partition; others who want one wait until this transaction ends.
pub async fn next_change(conn: &mut AsyncPgConnection, partition: u16) -> QueryResult<i64> {
    let drawing = insert_into(order_changes::table)
        .values((
            order_changes::partition_id.eq(i32::from(partition)),
            order_changes::last.eq(1),
        ))
        .on_conflict(order_changes::partition_id)
        .do_update()
        .set(order_changes::last.eq(order_changes::last + excluded(order_changes::last)))
        .returning(order_changes::last);
    Prepared(drawing).get_result(conn).await
}

/// The last change number of a partition.
pub async fn last_change(conn: &mut AsyncPgConnection, partition: u16) -> QueryResult<i64> {
    let last = order_changes::table
        .find(i32::from(partition))
        .select(order_changes::last)
        .first(conn)
        .await
        .optional()?;
    Ok(last.unwrap_or(0))
}

/// How many orders wait.
pub async fn count_all_open(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    orders::table
        .filter(orders::status.eq_any(OPEN))
        .count()
        .get_result(conn)
        .await
}
