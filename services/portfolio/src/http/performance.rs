//! How well a book did.

use std::time::Duration;

use actix_web::{get, web::Data};
use domain::Timestamp;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use service_kit::{
    ApiResult,
    http::{Envelope, Ok200, Query},
    identity::ReadCaller,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::fields;
use crate::{
    domain::{
        amount::money_text,
        benchmark::{Held, Moment, hold},
        performance::{Growth, Note, Sample, TimeWeighted, time_weighted},
        statistics::{CashFlow, money_weighted_pct, risk, thinning, tidy},
        valuation::percent,
    },
    error::Error,
    state::State,
    store::{
        portfolios::PortfolioRow,
        snapshots::{self, SnapshotRow},
        trades::{self, Sales, TradeRow},
    },
};

const MAX_POINTS: usize = 500;

/// How far back to look.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
pub enum Range {
    /// An hour.
    #[serde(rename = "1h")]
    Hour,
    /// Six hours.
    #[serde(rename = "6h")]
    Hours,
    /// A day.
    #[serde(rename = "24h")]
    Day,
    /// A week.
    #[serde(rename = "7d")]
    Week,
    /// Thirty days.
    #[default]
    #[serde(rename = "30d")]
    Month,
    /// Ninety days.
    #[serde(rename = "90d")]
    Quarter,
    /// A year.
    #[serde(rename = "1y")]
    Year,
    /// Everything.
    #[serde(rename = "max")]
    Max,
}

impl Range {
    fn start(self, opened_at: Timestamp, now: Timestamp) -> Timestamp {
        let hours = match self {
            Self::Hour => 1,
            Self::Hours => 6,
            Self::Day => 24,
            Self::Week => 7 * 24,
            Self::Month => 30 * 24,
            Self::Quarter => 90 * 24,
            Self::Year => 365 * 24,
            Self::Max => return opened_at,
        };
        now.minus(Duration::from_secs(hours * 3_600)).max(opened_at)
    }
}

/// What is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PerformanceQuery {
    /// How far back; 30 days where nothing is said.
    #[serde(default)]
    #[param(inline)]
    range: Range,
    /// An earlier book, by number or id.
    #[param(pattern = r"^([0-9]{1,10}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$")]
    book: Option<String>,
}

/// Returns and risks.
#[derive(Debug, Serialize, ToSchema)]
pub struct PerformanceView {
    /// The start of what is looked at.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// Worth over time, oldest first, thinned.
    equity_curve: Vec<EquityPoint>,
    /// Growth without deposits and withdrawals, in percent.
    #[schema(required)]
    time_weighted_return_pct: Option<f64>,
    /// Return on the money that was in it (XIRR); of a year, or of the whole time where that is shorter.
    #[schema(required)]
    money_weighted_return_pct: Option<f64>,
    /// The deepest fall from a peak, in percent, deposits and withdrawals left out.
    #[schema(required)]
    max_drawdown_pct: Option<f64>,
    /// Deviation of daily returns, of a year, in percent; null under 30 days.
    #[schema(required)]
    volatility_pct: Option<f64>,
    /// Null under 30 days.
    #[schema(required)]
    sharpe: Option<f64>,
    /// Null under 30 days.
    #[schema(required)]
    sortino: Option<f64>,
    /// Sales in that time.
    #[schema(value_type = usize)]
    closed_trades: i64,
    /// Share of sales with a profit, in percent.
    #[schema(required)]
    win_rate_pct: Option<f64>,
    /// The sale with the most profit.
    #[schema(required)]
    best_trade: Option<TradeResult>,
    /// The sale with the most loss or least profit.
    #[schema(required)]
    worst_trade: Option<TradeResult>,
    /// Holding bitcoin over the same time, with the same deposits and withdrawals.
    benchmark: BenchmarkView,
    /// What to know about these figures: `undefined_period`, `modified_dietz`.
    #[schema(value_type = Vec<String>)]
    notes: Vec<&'static str>,
}

/// Worth at a moment.
#[derive(Debug, Serialize, ToSchema)]
pub struct EquityPoint {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    timestamp: Timestamp,
    /// Worth.
    equity: Decimal,
    /// Growth since the start, deposits and withdrawals left out, in percent.
    #[schema(required)]
    return_pct: Option<f64>,
}

/// What a sale brought.
#[derive(Debug, Serialize, ToSchema)]
pub struct TradeResult {
    /// The fill.
    trade_id: Uuid,
    /// The asset.
    asset_id: String,
    /// Its ticker.
    symbol: String,
    /// Profit or loss.
    realized_pnl: Decimal,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What an asset did in the same time.
#[derive(Debug, Serialize, ToSchema)]
pub struct BenchmarkView {
    /// The asset that the ticker BTC names; null where none does.
    #[schema(required)]
    asset_id: Option<String>,
    /// Its return in percent, which is the time-weighted one whatever was paid in or out; null where a price is missing.
    #[schema(required)]
    return_pct: Option<f64>,
    /// What the same deposits and withdrawals would be worth in it; null where a price is missing, or where more was
    /// paid out than it would have been worth.
    #[schema(required)]
    equity: Option<Decimal>,
    /// The return on these deposits and withdrawals (XIRR), as of the portfolio.
    #[schema(required)]
    money_weighted_return_pct: Option<f64>,
    /// What the portfolio did better, in percentage points.
    #[schema(required)]
    excess_pct: Option<f64>,
}

/// Returns, risks and comparisons.
#[utoipa::path(tag = "portfolio", params(PerformanceQuery), security(("bearer" = [])),
    responses((status = 200, description = "The figures", body = Envelope<PerformanceView>)))]
#[get("/api/virtual-portfolio/performance/")]
pub async fn read_performance(
    state: Data<State>,
    user: ReadCaller,
    query: Query<PerformanceQuery>,
) -> ApiResult<Ok200<PerformanceView>> {
    let PerformanceQuery { range, book } = query.into_inner();
    let mut conn = state.conn().await?;
    let row = fields::book(&mut conn, user.id, book.as_deref())
        .await?
        .ok_or(Error::NotFound("portfolio"))?;
    let end = row.closed_at.map_or_else(|| state.now(), Into::into);
    let start = range.start(row.opened_at.into(), end);
    let width = thinning(end.since(start));
    let mut rows = snapshots::thinned_since(&mut conn, row.portfolio_id(), start.into(), width)
        .await
        .map_err(Error::from)?;
    // A closed book's last valuation is of its end; its holdings have prices still, and those say nothing of it.
    if row.closed_at.is_none() {
        rows.push(latest(&state, &mut conn, &row, end).await?);
    }
    // What was imported may have happened before the book was opened.
    let since = if matches!(range, Range::Max) {
        Timestamp::default()
    } else {
        start
    };
    let sales = trades::sales_since(&mut conn, row.portfolio_id(), since.into())
        .await
        .map_err(Error::from)?;
    Ok(Ok200(judge(&state, &rows, &sales)))
}

async fn latest(
    state: &State,
    conn: &mut diesel_async::AsyncPgConnection,
    row: &PortfolioRow,
    at: Timestamp,
) -> Result<SnapshotRow, Error> {
    let book = state.whole_book(conn, row, false).await?;
    let (equity, is_partial) = state.equity(&book)?;
    let equity = (!is_partial).then_some(equity);
    Ok(SnapshotRow {
        portfolio_id: row.id,
        at: at.into(),
        equity,
        flow: Decimal::ZERO,
        bitcoin_price: state.benchmark_price(),
    })
}

#[allow(clippy::float_arithmetic, reason = "the difference of two percentages is no money")]
fn judge(state: &State, rows: &[SnapshotRow], sales: &Sales) -> PerformanceView {
    let samples: Vec<Sample> = rows
        .iter()
        .map(|row| Sample {
            at: row.at.into(),
            equity: row.equity,
            flow: row.flow,
        })
        .collect();
    let growth = time_weighted(&samples);
    let risk = risk(&growth.curve);
    let total = growth.total().and_then(as_percent);
    let (risen, held) = (benchmark(rows), held_instead(rows));
    let moment = |row: Option<&SnapshotRow>| row.map_or_else(|| state.now(), |row| row.at.into());
    PerformanceView {
        from: moment(rows.first()),
        to: moment(rows.last()),
        equity_curve: curve(&growth),
        time_weighted_return_pct: total,
        money_weighted_return_pct: money_weighted_pct(&flows(&samples)),
        max_drawdown_pct: growth.max_drawdown().and_then(as_percent),
        volatility_pct: risk.volatility_pct,
        sharpe: risk.sharpe,
        sortino: risk.sortino,
        closed_trades: sales.closed,
        win_rate_pct: percent(sales.wins.into(), sales.closed.into()),
        best_trade: sales.best.as_ref().map(|row| result(state, row)),
        worst_trade: sales.worst.as_ref().map(|row| result(state, row)),
        benchmark: BenchmarkView {
            asset_id: state.benchmark().map(|asset| asset.to_string()),
            return_pct: risen,
            equity: held.as_ref().map(|held| money_text(held.equity)),
            money_weighted_return_pct: held.and_then(|held| money_weighted_pct(&held.flows)),
            excess_pct: total.zip(risen).map(|(own, risen)| tidy(own - risen)),
        },
        notes: growth.notes.iter().map(|note| note_text(*note)).collect(),
    }
}

fn note_text(note: Note) -> &'static str {
    match note {
        Note::UndefinedPeriod => "undefined_period",
        Note::ModifiedDietz => "modified_dietz",
    }
}

fn as_percent(share: Decimal) -> Option<f64> {
    share.checked_mul(Decimal::ONE_HUNDRED)?.round_dp(6).to_f64()
}

fn benchmark(rows: &[SnapshotRow]) -> Option<f64> {
    let first = rows.iter().find_map(|row| row.bitcoin_price)?;
    let last = rows.iter().rev().find_map(|row| row.bitcoin_price)?;
    as_percent(last.checked_div(first)?.checked_sub(Decimal::ONE)?)
}

/// The benchmark with what the book was worth at first, and what was paid in and out since.
fn held_instead(rows: &[SnapshotRow]) -> Option<Held> {
    let worth_at_first = rows.first()?.equity?;
    let mut moments: Vec<Moment> = rows
        .iter()
        .map(|row| Moment {
            at: row.at.into(),
            flow: row.flow,
            price: row.bitcoin_price,
        })
        .collect();
    let first = moments.first_mut()?;
    first.flow = first.flow.checked_add(worth_at_first)?;
    hold(&moments)
}

fn curve(growth: &TimeWeighted) -> Vec<EquityPoint> {
    let step = growth.curve.len().div_ceil(MAX_POINTS).max(1);
    let last = growth.curve.len().saturating_sub(1);
    let kept = growth
        .curve
        .iter()
        .enumerate()
        .filter(|(index, _)| index % step == 0 || *index == last);
    let point = |point: &Growth| EquityPoint {
        timestamp: point.at,
        equity: money_text(point.equity),
        return_pct: point.index.checked_sub(Decimal::ONE).and_then(as_percent),
    };
    kept.map(|(_, growth)| point(growth)).collect()
}

fn flows(samples: &[Sample]) -> Vec<CashFlow> {
    let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
        return Vec::new();
    };
    let (Some(start), Some(end)) = (first.equity, last.equity) else {
        return Vec::new();
    };
    let mut flows = vec![CashFlow {
        at: first.at,
        amount: -(start + first.flow),
    }];
    let between = samples.iter().skip(1).filter(|sample| !sample.flow.is_zero());
    flows.extend(between.map(|sample| CashFlow {
        at: sample.at,
        amount: -sample.flow,
    }));
    flows.push(CashFlow {
        at: last.at,
        amount: end,
    });
    flows
}

fn result(state: &State, row: &TradeRow) -> TradeResult {
    let symbol = state
        .catalogue
        .get(&row.asset_id)
        .map_or_else(|| row.asset_id.clone(), |asset| asset.symbol.to_string());
    TradeResult {
        trade_id: row.id,
        asset_id: row.asset_id.clone(),
        symbol,
        realized_pnl: money_text(row.realized_pnl.unwrap_or_default()),
        created_at: row.created_at.into(),
    }
}
