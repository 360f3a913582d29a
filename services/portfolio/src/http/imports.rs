//! Taking over fills that were made elsewhere.

use actix_web::{HttpRequest, HttpResponse, Responder, post, web::Data};
use diesel_async::AsyncPgConnection;
use domain::{AssetId, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult, FieldErrors,
    http::{Envelope, Json, Query, Reply},
    idempotency::Idempotency,
    identity::{TradeCaller, UserCaller},
};
use utoipa::{IntoParams, ToSchema};

use super::views::PortfolioView;
use crate::{
    domain::{
        amount::{CASH_SCALE, difference, money_text},
        imports::{self, Book, ImportFile, Plan, Planned, Source, Standing},
        valuation::CostMethod,
    },
    error::Error,
    state::State,
    store::{
        booking::LockedBook,
        imports::{self as stored, Imported},
        orders::side_text,
        portfolios,
        snapshots::{self, SnapshotRow},
    },
};

/// Half of what a body may be: each of them may be escaped.
const MAX_CHARS: usize = 131_000;
/// The most refusals that one answer tells.
const MAX_TOLD: usize = 50;

/// A file to take over.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ImportBody {
    /// The text of a CSV file with its header: the trade export of Candlewick, Binance, Coinbase or Kraken.
    /// At most 131,000 characters: with the quotation marks and line ends that JSON escapes, any such ASCII text fits
    /// into a body. A longer file can be sent in parts that overlap, since no row is booked twice.
    #[schema(
        min_length = 1,
        max_length = 131000,
        example = "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol\nTABC,OABC,XXBTZUSD,2026-01-05 10:00:00.1,buy,limit,60000,600,0.96,0.01"
    )]
    csv: String,
}

/// Whether anything is done.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// `true` shows what would be booked and what is wrong, and changes nothing.
    #[serde(default)]
    preview: bool,
}

/// What an import does, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Whose export the file is: `candlewick`, `binance`, `coinbase` or `kraken`.
    source: String,
    /// Nothing was booked.
    preview: bool,
    /// Rows that are booked, or would be.
    new: usize,
    /// Rows that were booked before.
    known: usize,
    /// Rows that cannot be booked; while there are any, nothing of the file is.
    wrong: usize,
    /// Cash that the import brings for its buys, so that it leaves the cash as it is.
    deposit: Decimal,
    /// Cash that the import takes for its sales.
    withdrawal: Decimal,
    /// Every row, the oldest fill first.
    rows: Vec<ImportRowView>,
    /// The portfolio after it; null in a preview.
    #[schema(required)]
    portfolio: Option<PortfolioView>,
}

/// One row of the file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportRowView {
    /// Its line in the file, from 1.
    line: u64,
    /// `new`, `known` or `wrong`.
    #[schema(value_type = String)]
    state: &'static str,
    /// Why it cannot be booked, in English.
    #[schema(required)]
    reason: Option<String>,
    /// The same as a code that stays: `unreadable_row`, `missing_cell`, `wrong_number`, `wrong_time`, `wrong_cell`,
    /// `unknown_pair`, `other_currency`, `wrong_sum`, `unknown_asset`, `in_future`, `more_than_held`, `too_small` or
    /// `too_large`.
    #[schema(value_type = Option<String>, required)]
    reason_code: Option<&'static str>,
    /// What the figures don't say.
    #[schema(required)]
    note: Option<String>,
    /// The asset, where it is known.
    #[schema(required)]
    asset_id: Option<String>,
    /// Its ticker.
    #[schema(required)]
    symbol: Option<String>,
    /// `buy` or `sell`.
    #[schema(value_type = Option<String>, required)]
    side: Option<&'static str>,
    /// How much comes in or goes out.
    #[schema(required)]
    quantity: Option<Decimal>,
    /// The price of one unit by the file, in USD.
    #[schema(required)]
    price: Option<Decimal>,
    /// The fee by the file, in USD.
    #[schema(required)]
    fee: Option<Decimal>,
    /// Cash that it costs or brings, fee included; null where it is not booked.
    #[schema(required)]
    total: Option<Decimal>,
    /// When it happened.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    executed_at: Option<Timestamp>,
}

impl ImportRowView {
    fn new(planned: &Planned) -> Self {
        let told = planned.told.as_ref();
        let (state, fault, fill) = match &planned.standing {
            Standing::New(fill) => ("new", None, Some(fill)),
            Standing::Known => ("known", None, None),
            Standing::Wrong(why) => ("wrong", Some(why), None),
        };
        Self {
            line: planned.line,
            state,
            reason: fault.map(ToString::to_string),
            reason_code: fault.map(|fault| fault.kind.code()),
            note: told.and_then(|told| told.note.clone()),
            asset_id: planned.asset.as_ref().map(|asset| asset.id.to_string()),
            symbol: planned.asset.as_ref().map(|asset| asset.symbol.to_string()),
            side: told.map(|told| side_text(told.side)),
            quantity: told.map(|told| told.quantity.normalize()),
            price: told.map(|told| told.price.normalize()),
            fee: told.map(|told| money_text(told.fee)),
            total: fill.map(|fill| money_text(fill.total)),
            executed_at: told.map(|told| told.executed_at),
        }
    }
}

impl ImportView {
    fn new(source: Source, plan: &Plan, portfolio: Option<PortfolioView>) -> Self {
        let (new, known, wrong) = plan.counts();
        Self {
            source: source.to_string(),
            preview: portfolio.is_none(),
            new,
            known,
            wrong,
            deposit: money_text(plan.cost),
            withdrawal: money_text(plan.proceeds),
            rows: plan.rows.iter().map(ImportRowView::new).collect(),
            portfolio,
        }
    }
}

/// Takes over fills that were made elsewhere, at the prices of their file, as entries of the kind `import`.
///
/// An import leaves the cash as it is: what its buys cost is deposited before them, what its sales bring is withdrawn
/// after them. A row that was booked before is not booked again, so the same file may be sent twice. While one row is
/// wrong, nothing is booked.
#[utoipa::path(tag = "portfolio", request_body = ImportBody, params(ImportQuery), security(("bearer" = [])),
    responses(
        (status = 200, description = "A preview, or nothing in the file is new", body = Envelope<ImportView>),
        (status = 201, description = "Booked", body = Envelope<ImportView>),
        (status = 422, description = "The file cannot be read, or some of its rows cannot be booked; `fields.csv` says which and why"),
    ))]
#[post("/api/virtual-portfolio/import/")]
pub async fn import_trades(
    state: Data<State>,
    user: TradeCaller,
    once: Idempotency,
    request: HttpRequest,
    query: Query<ImportQuery>,
    body: Json<ImportBody>,
) -> ApiResult<HttpResponse> {
    let is_preview = query.into_inner().preview;
    let mut errors = FieldErrors::new();
    let csv = body.into_inner().csv;
    if csv.chars().count() > MAX_CHARS {
        errors.add("csv", format!("must be at most {MAX_CHARS} characters"));
    }
    errors.check()?;
    let mut errors = FieldErrors::new();
    let file = errors.take("csv", imports::read(&csv));
    let file = errors.finish(file)?;
    let now = state.now();
    if is_preview {
        // Its answer is not kept: the import of the same file may come with the same key.
        let mut conn = state.conn().await?;
        return Ok(preview(&state, &mut conn, (&user, file), now)
            .await?
            .respond_to(&request));
    }
    let answer = once
        .run(&state.db, async |conn| {
            take_over(&state, conn, (&user, file), now).await
        })
        .await?;
    Ok(answer.respond_to(&request))
}

async fn preview(
    state: &State,
    conn: &mut AsyncPgConnection,
    (user, file): (&UserCaller, ImportFile),
    now: Timestamp,
) -> Result<Reply<ImportView>, Error> {
    let (source, mut book) = (file.source, Book::default());
    if let Some(row) = portfolios::open_of(conn, user.id).await? {
        let whole = state.whole_book(conn, &row, false).await?;
        book = to_plan_on(conn, &LockedBook::with_holdings(row, whole.holdings), &file).await?;
    }
    let plan = imports::plan(file, state.assets()?, book, now);
    Ok(Reply::new(200, ImportView::new(source, &plan, None)))
}

async fn take_over(
    state: &State,
    conn: &mut AsyncPgConnection,
    (user, file): (&UserCaller, ImportFile),
    now: Timestamp,
) -> ApiResult<Reply<ImportView>> {
    let source = file.source;
    let locked = state.book(conn, user.id, now).await?;
    let whole = state.whole_book(conn, &locked.row, true).await?;
    let mut book = LockedBook::with_holdings(locked.row, whole.holdings);
    let known = to_plan_on(conn, &book, &file).await?;
    let plan = imports::plan(file, state.assets()?, known, now);
    refuse_wrong(&plan)?;
    let (new, ..) = plan.counts();
    if new > 0 {
        let before = state.equity(&book.book)?;
        let imported = stored::book(conn, &mut book, (&plan, source), now).await?;
        record_flow(state, conn, (&book, before), (&imported, now)).await?;
        state.desk(now).changed(conn, &book).await?;
    }
    let portfolio = PortfolioView::new(state, &book.row, &book.book, CostMethod::Average)?;
    let status = if new > 0 { 201 } else { 200 };
    Ok(Reply::new(status, ImportView::new(source, &plan, Some(portfolio))))
}

/// What the plan must know of the book.
async fn to_plan_on(conn: &mut AsyncPgConnection, book: &LockedBook, file: &ImportFile) -> Result<Book, Error> {
    let keys: Vec<&str> = file
        .rows
        .iter()
        .filter_map(|row| row.fill.as_ref().ok())
        .map(|fill| fill.key.as_str())
        .collect();
    let known = stored::known(conn, book.id(), file.source, &keys).await?;
    let free = |(asset, holding): (&AssetId, &crate::domain::book::Holding)| (asset.clone(), holding.free());
    Ok(Book {
        free: book.book.holdings.iter().map(free).collect(),
        known,
    })
}

/// 422 with every wrong row, up to a limit.
fn refuse_wrong(plan: &Plan) -> ApiResult<()> {
    let mut errors = FieldErrors::new();
    let wrong = plan.rows.iter().filter_map(|row| match &row.standing {
        Standing::Wrong(why) => Some((row.line, why)),
        _ => None,
    });
    for (line, why) in wrong.take(MAX_TOLD) {
        errors.add("csv", format!("line {line}: {why}"));
    }
    let (_, _, count) = plan.counts();
    if count > MAX_TOLD {
        errors.add("csv", format!("and {} more lines are wrong", count - MAX_TOLD));
    }
    errors.check()
}

/// What comes in at its present worth is a flow: returns count from the day of the import, profit from the cost.
async fn record_flow(
    state: &State,
    conn: &mut AsyncPgConnection,
    (book, before): (&LockedBook, (Decimal, bool)),
    (imported, now): (&Imported, Timestamp),
) -> Result<(), Error> {
    let after = state.equity(&book.book)?;
    let paid = |row: &Option<crate::store::fundings::FundingRow>| row.as_ref().map_or(Decimal::ZERO, |row| row.amount);
    let flow = match (before, after) {
        ((before, false), (after, false)) => difference(after, before)?,
        // Without a price for all of it, what was paid for it stands in.
        _ => difference(paid(&imported.deposit), paid(&imported.withdrawal))?,
    };
    let snapshot = SnapshotRow {
        portfolio_id: book.row.id,
        at: now.into(),
        equity: (!before.1).then_some(before.0),
        flow: flow.round_dp(CASH_SCALE),
        bitcoin_price: state.benchmark_price(),
    };
    Ok(snapshots::insert(conn, &snapshot).await?)
}
