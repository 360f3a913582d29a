//! Fills.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, define_sql_function, insert_into,
    prelude::*,
    sql_query,
    sql_types::{self, Nullable, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::PortfolioId;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::schema::{fundings, portfolios, trades};

/// A fill's row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = trades, check_for_backend(diesel::pg::Pg), treat_none_as_default_value = false)]
pub struct TradeRow {
    /// The fill.
    pub id: Uuid,
    /// The book.
    pub portfolio_id: Uuid,
    /// Its journal entry.
    pub seq: i64,
    /// The order; none for what was imported.
    pub order_id: Option<Uuid>,
    /// The asset.
    pub asset_id: String,
    /// Which way.
    pub side: String,
    /// How much.
    pub quantity: Decimal,
    /// At which price.
    pub price: Decimal,
    /// What it cost or brought.
    pub total: Decimal,
    /// The fee within it.
    pub fee: Decimal,
    /// Profit made certain, by average cost.
    pub realized_pnl: Option<Decimal>,
    /// Profit made certain, first in, first out.
    pub realized_pnl_fifo: Option<Decimal>,
    /// The market's price.
    pub quote_price: Decimal,
    /// Who said it.
    pub quote_source: String,
    /// The number of its tick.
    pub quote_seq: i64,
    /// When it was made.
    pub quote_event_at: DateTime<Utc>,
    /// How old it was.
    pub quote_age_ms: i64,
    /// What was taken for bid and ask.
    pub spread_bps: Decimal,
    /// What was taken for size.
    pub slippage_bps: Decimal,
    /// The fee's rate.
    pub fee_bps: Decimal,
    /// When it was booked.
    pub created_at: DateTime<Utc>,
    /// When it happened, where that was earlier: of what was imported.
    pub executed_at: Option<DateTime<Utc>>,
    /// Whose file it was imported from.
    pub imported_from: Option<String>,
    /// What the file says and the figures don't.
    pub import_note: Option<String>,
}

define_sql_function! {
    /// The first of two moments that is known.
    #[sql_name = "COALESCE"]
    fn first_known(first: Nullable<Timestamptz>, second: Timestamptz) -> Timestamptz;
}

fn happened_at() -> first_known<trades::executed_at, trades::created_at> {
    first_known(trades::executed_at, trades::created_at)
}

/// Which trades are wanted.
#[derive(Debug, Clone, Default)]
pub struct TradeFilter {
    /// Of this asset.
    pub asset_id: Option<String>,
    /// This way.
    pub side: Option<&'static str>,
    /// From then on.
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub to: Option<DateTime<Utc>>,
    /// With a number below this.
    pub before: Option<i64>,
}

/// Adds a fill.
pub async fn insert(mut conn: &AsyncPgConnection, row: &TradeRow) -> QueryResult<()> {
    insert_into(trades::table).values(row).execute(&mut conn).await?;
    Ok(())
}

/// Adds many fills.
pub async fn insert_all(conn: &mut AsyncPgConnection, rows: &[TradeRow]) -> QueryResult<()> {
    // PostgreSQL takes 65,535 parameters in one statement.
    for part in rows.chunks(2_000) {
        insert_into(trades::table).values(part).execute(conn).await?;
    }
    Ok(())
}

/// A page of a book's fills, newest first.
pub async fn page(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    filter: &TradeFilter,
    limit: i64,
) -> QueryResult<Vec<TradeRow>> {
    let mut query = trades::table
        .filter(trades::portfolio_id.eq(portfolio.uuid()))
        .into_boxed();
    if let Some(asset) = &filter.asset_id {
        query = query.filter(trades::asset_id.eq(asset.clone()));
    }
    if let Some(side) = filter.side {
        query = query.filter(trades::side.eq(side));
    }
    if let Some(from) = filter.from {
        query = query.filter(happened_at().ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(happened_at().lt(to));
    }
    if let Some(before) = filter.before {
        query = query.filter(trades::seq.lt(before));
    }
    query
        .order(trades::seq.desc())
        .limit(limit)
        .select(TradeRow::as_select())
        .load(conn)
        .await
}

/// What there is behind one place of the whole journal and, where it is given, up to another: a book and a number each.
pub async fn stretch(
    conn: &mut AsyncPgConnection,
    (book, seq): (Uuid, i64),
    up_to: Option<(Uuid, i64)>,
) -> QueryResult<Vec<TradeRow>> {
    let mut query = trades::table
        .filter(
            trades::portfolio_id
                .gt(book)
                .or(trades::portfolio_id.eq(book).and(trades::seq.gt(seq))),
        )
        .into_boxed();
    if let Some((book, seq)) = up_to {
        query = query.filter(
            trades::portfolio_id
                .lt(book)
                .or(trades::portfolio_id.eq(book).and(trades::seq.le(seq))),
        );
    }
    query.select(TradeRow::as_select()).load(conn).await
}

/// The fill of an order.
pub async fn of_order(conn: &mut AsyncPgConnection, order: Uuid) -> QueryResult<Option<TradeRow>> {
    trades::table
        .filter(trades::order_id.eq(order))
        .select(TradeRow::as_select())
        .first(conn)
        .await
        .optional()
}

/// What a book's sales brought.
#[derive(Debug, Clone, Default)]
pub struct Sales {
    /// How many there were.
    pub closed: i64,
    /// How many made a profit.
    pub wins: i64,
    /// The one with the most profit.
    pub best: Option<TradeRow>,
    /// The one with the most loss or least profit.
    pub worst: Option<TradeRow>,
}

#[derive(QueryableByName)]
struct SalesRow {
    #[diesel(sql_type = sql_types::BigInt)]
    closed: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    wins: i64,
    #[diesel(sql_type = Nullable<sql_types::Uuid>)]
    best: Option<Uuid>,
    #[diesel(sql_type = Nullable<sql_types::Uuid>)]
    worst: Option<Uuid>,
}

/// What a book's sales since then brought.
pub async fn sales_since(
    conn: &mut AsyncPgConnection,
    portfolio: PortfolioId,
    since: DateTime<Utc>,
) -> QueryResult<Sales> {
    let row: SalesRow = sql_query(
        "SELECT count(*) AS closed, count(*) FILTER (WHERE realized_pnl > 0) AS wins,
            (array_agg(id ORDER BY coalesce(realized_pnl, 0) DESC, seq DESC))[1] AS best,
            (array_agg(id ORDER BY coalesce(realized_pnl, 0), seq))[1] AS worst
         FROM portfolio.trades
         WHERE portfolio_id = $1 AND side = 'sell' AND coalesce(executed_at, created_at) >= $2",
    )
    .bind::<sql_types::Uuid, _>(portfolio.uuid())
    .bind::<Timestamptz, _>(since)
    .get_result(conn)
    .await?;
    let extremes: Vec<TradeRow> = trades::table
        .filter(trades::id.eq_any([row.best, row.worst].into_iter().flatten()))
        .order(trades::seq)
        .limit(2)
        .select(TradeRow::as_select())
        .load(conn)
        .await?;
    let found = |id: Option<Uuid>| extremes.iter().find(|trade| Some(trade.id) == id).cloned();
    Ok(Sales {
        closed: row.closed,
        wins: row.wins,
        best: found(row.best),
        worst: found(row.worst),
    })
}

/// A trade or a funding of some user, for the administrator's list.
#[derive(Debug, Clone)]
pub enum Transaction {
    /// A fill.
    Trade(Box<TradeRow>, Uuid),
    /// A deposit or withdrawal.
    Funding(super::fundings::FundingRow, Uuid),
}

impl Transaction {
    /// When, and which: the order of the list.
    pub fn place(&self) -> (DateTime<Utc>, Uuid) {
        match self {
            Self::Trade(row, _) => (row.created_at, row.id),
            Self::Funding(row, _) => (row.created_at, row.id),
        }
    }
}

/// Trades and fundings of all users, newest first.
pub async fn of_everybody(
    conn: &mut AsyncPgConnection,
    before: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> QueryResult<Vec<Transaction>> {
    let (mut traded, mut funded) = (
        trades::table.inner_join(portfolios::table).into_boxed(),
        fundings::table.inner_join(portfolios::table).into_boxed(),
    );
    if let Some((at, id)) = before {
        traded = traded.filter(
            trades::created_at
                .lt(at)
                .or(trades::created_at.eq(at).and(trades::id.lt(id))),
        );
        funded = funded.filter(
            fundings::created_at
                .lt(at)
                .or(fundings::created_at.eq(at).and(fundings::id.lt(id))),
        );
    }
    let traded: Vec<(TradeRow, Uuid)> = traded
        .order((trades::created_at.desc(), trades::id.desc()))
        .limit(limit)
        .select((TradeRow::as_select(), portfolios::user_id))
        .load(conn)
        .await?;
    let funded: Vec<(super::fundings::FundingRow, Uuid)> = funded
        .order((fundings::created_at.desc(), fundings::id.desc()))
        .limit(limit)
        .select((super::fundings::FundingRow::as_select(), portfolios::user_id))
        .load(conn)
        .await?;
    let mut all: Vec<Transaction> = traded
        .into_iter()
        .map(|(row, user)| Transaction::Trade(Box::new(row), user))
        .collect();
    all.extend(funded.into_iter().map(|(row, user)| Transaction::Funding(row, user)));
    all.sort_by_key(|transaction| std::cmp::Reverse(transaction.place()));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// How many fills were made here since then, and what they moved.
pub async fn volume_since(conn: &mut AsyncPgConnection, since: DateTime<Utc>) -> QueryResult<(i64, Option<Decimal>)> {
    trades::table
        .filter(trades::created_at.ge(since))
        .filter(trades::imported_from.is_null())
        .select((diesel::dsl::count_star(), diesel::dsl::sum(trades::total)))
        .first(conn)
        .await
}
