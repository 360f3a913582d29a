//! Taking over fills that were made elsewhere, and knowing which of them a book has.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, QueryResult, insert_into};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{PortfolioId, Timestamp, TradeId};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    booking::LockedBook,
    fundings::{self, FundingRow},
    orders::side_text,
    schema::{imported_rows, trades},
    trades::TradeRow,
};
use crate::{
    domain::{
        entries,
        fill::Fill,
        imports::{ForeignFill, Plan, Planned, Source, Standing},
    },
    error::Error,
};

/// Which of these rows a book has.
pub async fn known(
    conn: &mut AsyncPgConnection,
    book: PortfolioId,
    source: Source,
    keys: &[&str],
) -> QueryResult<HashSet<String>> {
    let booked: Vec<String> = imported_rows::table
        .filter(imported_rows::portfolio_id.eq(book.uuid()))
        .filter(imported_rows::source.eq(source.as_str()))
        .filter(imported_rows::row_key.eq_any(keys))
        .select(imported_rows::row_key)
        .load(conn)
        .await?;
    let mut known: HashSet<String> = booked.into_iter().collect();
    if source == Source::Candlewick {
        // Our own rows are known by their trade, and that may be one of this very book.
        let ids: Vec<Uuid> = keys.iter().filter_map(|key| key.parse().ok()).collect();
        let own: Vec<Uuid> = trades::table
            .filter(trades::id.eq_any(ids))
            .filter(trades::portfolio_id.eq(book.uuid()))
            .select(trades::id)
            .load(conn)
            .await?;
        known.extend(own.into_iter().map(|id| id.to_string()));
    }
    Ok(known)
}

/// What one import wrote down.
#[derive(Debug)]
pub struct Imported {
    /// What its buys cost, paid in before them.
    pub deposit: Option<FundingRow>,
    /// What its sales brought, paid out after them.
    pub withdrawal: Option<FundingRow>,
}

/// Books the new rows of a plan in a locked book that has all its holdings and lots.
pub async fn book(
    conn: &mut AsyncPgConnection,
    book: &mut LockedBook,
    (plan, source): (&Plan, Source),
    now: Timestamp,
) -> Result<Imported, Error> {
    let deposit = pay(book, "deposit", plan.cost, now)?;
    let (mut rows, mut keys) = (Vec::new(), Vec::new());
    for planned in &plan.rows {
        let Planned {
            told: Some(told),
            asset: Some(asset),
            standing: Standing::New(fill),
            ..
        } = planned
        else {
            continue;
        };
        let id = TradeId::new();
        let booked = book.enter(&entries::import(id.uuid(), &asset.id, fill)?, now)?;
        let row = TradeRow {
            seq: booked.seq,
            realized_pnl: booked.realized.map(|realized| realized.average),
            realized_pnl_fifo: booked.realized.map(|realized| realized.fifo),
            asset_id: asset.id.as_str().to_owned(),
            ..trade_row(book, id, (told, fill), (source, now))
        };
        keys.push((
            imported_rows::portfolio_id.eq(book.row.id),
            imported_rows::source.eq(source.as_str()),
            imported_rows::row_key.eq(told.key.clone()),
            imported_rows::trade_id.eq(row.id),
            imported_rows::imported_at.eq(DateTime::<Utc>::from(now)),
        ));
        rows.push(row);
    }
    let withdrawal = pay(book, "withdraw", plan.proceeds, now)?;
    book.write_down(conn).await?;
    super::trades::insert_all(conn, &rows).await?;
    for part in keys.chunks(10_000) {
        insert_into(imported_rows::table)
            .values(part.to_vec())
            .execute(conn)
            .await?;
    }
    for funding in deposit.iter().chain(&withdrawal) {
        fundings::insert(conn, funding).await?;
    }
    Ok(Imported { deposit, withdrawal })
}

/// Enters the cash that an import brings or takes; nothing where there is none.
fn pay(
    book: &mut LockedBook,
    direction: &'static str,
    amount: Decimal,
    now: Timestamp,
) -> Result<Option<FundingRow>, Error> {
    if amount.is_zero() {
        return Ok(None);
    }
    let id = Uuid::now_v7();
    let entry = match direction {
        "deposit" => entries::deposit(id, amount)?,
        _ => entries::withdrawal(id, amount)?,
    };
    let seq = book.enter(&entry, now)?.seq;
    Ok(Some(FundingRow {
        id,
        portfolio_id: book.row.id,
        seq,
        direction: direction.to_owned(),
        amount,
        balance_after: book.book.cash + book.book.reserved,
        created_at: DateTime::<Utc>::from(now),
    }))
}

fn trade_row(
    book: &LockedBook,
    id: TradeId,
    (told, fill): (&ForeignFill, &Fill),
    (source, now): (Source, Timestamp),
) -> TradeRow {
    TradeRow {
        id: id.uuid(),
        portfolio_id: book.row.id,
        seq: 0,
        order_id: None,
        asset_id: String::new(),
        side: side_text(fill.side).to_owned(),
        quantity: fill.quantity,
        price: fill.price,
        total: fill.total,
        fee: fill.fee,
        realized_pnl: None,
        realized_pnl_fifo: None,
        quote_price: fill.price,
        quote_source: source.as_str().to_owned(),
        quote_seq: 0,
        quote_event_at: told.executed_at.into(),
        quote_age_ms: 0,
        spread_bps: fill.spread_bps,
        slippage_bps: fill.slippage_bps,
        fee_bps: fill.fee_bps,
        created_at: DateTime::<Utc>::from(now),
        executed_at: Some(told.executed_at.into()),
        imported_from: Some(source.as_str().to_owned()),
        import_note: told.note.clone(),
    }
}
