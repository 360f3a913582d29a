//! The verifier: every book rebuilt from its journal and compared with the live tables, every trade and funding with its
//! entry, and what books hold back with their open orders.

use std::collections::BTreeMap;

use contracts::events::Side;
use diesel::{ExpressionMethods, QueryDsl, QueryResult, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::AssetId;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    fundings::{self, FundingRow},
    holdings,
    journal::{self, JournalRow},
    orders::{self, parse_side},
    portfolios::PortfolioRow,
    schema::portfolios as portfolios_table,
    trades::{self, TradeRow},
};
use crate::{
    domain::{
        audit::{Auditor, Moved, StoredEntry},
        book::{Holding, Realized},
    },
    error::Error,
};

const PAGE: i64 = 10_000;

/// What the verifier found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Books that were checked.
    pub books: usize,
    /// Entries that were checked.
    pub entries: usize,
    /// What is wrong, in the order of books and entries.
    pub problems: Vec<Problem>,
}

/// Something that does not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The book.
    pub portfolio_id: Uuid,
    /// The first broken entry; `None` where the entries are fine and a table differs from them.
    pub seq: Option<i64>,
    /// What is wrong.
    pub what: String,
}

impl Report {
    /// Whether everything adds up.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.seq {
            Some(seq) => write!(f, "portfolio {} entry {seq}: {}", self.portfolio_id, self.what),
            None => write!(f, "portfolio {}: {}", self.portfolio_id, self.what),
        }
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} books, {} entries, {} problems",
            self.books,
            self.entries,
            self.problems.len()
        )?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

/// Lets the rest of this transaction see one state: books must not move between their journal and their balances.
pub async fn hold_still(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .execute(conn)
        .await?;
    Ok(())
}

/// Checks the whole ledger. Meant for one repeatable-read transaction, so that books do not move while they are checked.
pub async fn verify(conn: &mut AsyncPgConnection) -> Result<Report, Error> {
    let mut report = Report::default();
    let mut place = (Uuid::nil(), 0);
    let mut current: Option<(Uuid, Auditor, bool)> = None;
    let mut audited: BTreeMap<Uuid, (Auditor, bool)> = BTreeMap::new();
    loop {
        let rows = journal::stretch(conn, place.0, place.1, PAGE).await?;
        let next = rows.last().map(|last| (last.portfolio_id, last.seq));
        let mut told = told_between(conn, place, next).await?;
        for row in &rows {
            if current.as_ref().is_none_or(|(book, ..)| *book != row.portfolio_id)
                && let Some((book, auditor, is_broken)) = current.replace((row.portfolio_id, Auditor::default(), false))
            {
                audited.insert(book, (auditor, is_broken));
            }
            if let Some((_, auditor, is_broken)) = &mut current {
                report.entries += 1;
                let told = told.remove(&(row.portfolio_id, row.seq));
                take(&mut report, (auditor, is_broken), row, told);
            }
        }
        for ((portfolio_id, seq), told) in told {
            report.problems.push(Problem {
                portfolio_id,
                seq: Some(seq),
                what: format!("{} has no such entry", told.reference),
            });
        }
        let Some(next) = next else { break };
        place = next;
    }
    if let Some((book, auditor, is_broken)) = current {
        audited.insert(book, (auditor, is_broken));
    }
    compare_all(conn, &mut report, audited).await?;
    report
        .problems
        .sort_by_key(|problem| (problem.portfolio_id, problem.seq.unwrap_or(i64::MAX)));
    Ok(report)
}

fn take(report: &mut Report, (auditor, is_broken): (&mut Auditor, &mut bool), row: &JournalRow, told: Option<Moved>) {
    // Behind a broken entry nothing can be said about the book.
    if *is_broken {
        return;
    }
    let is_told = !matches!(row.kind.as_str(), "reserve" | "release" | "reset");
    let what = match (auditor.take(&stored(row)), told) {
        (Err(what), _) => {
            *is_broken = true;
            what
        }
        (Ok(_), None) if is_told => "its trade or funding is missing".to_owned(),
        (Ok(moved), Some(told)) if told != moved => {
            format!("its trade or funding says {told:?}, the entry says {moved:?}")
        }
        (Ok(_), _) => return,
    };
    report.problems.push(Problem {
        portfolio_id: row.portfolio_id,
        seq: Some(row.seq),
        what,
    });
}

type Place = (Uuid, i64);

/// What trades and fundings say that their entries did, behind one place of the journal and up to another.
async fn told_between(
    conn: &mut AsyncPgConnection,
    after: Place,
    up_to: Option<Place>,
) -> Result<BTreeMap<Place, Moved>, Error> {
    let mut told = BTreeMap::new();
    for row in trades::stretch(conn, after, up_to).await? {
        told.insert((row.portfolio_id, row.seq), told_by_trade(row)?);
    }
    for row in fundings::stretch(conn, after, up_to).await? {
        told.insert((row.portfolio_id, row.seq), told_by_funding(&row));
    }
    Ok(told)
}

fn told_by_trade(row: TradeRow) -> Result<Moved, Error> {
    let (cash, quantity) = match parse_side(&row.side)? {
        Side::Buy => (-row.total, row.quantity),
        Side::Sell => (row.total, -row.quantity),
    };
    let realized = row.realized_pnl.zip(row.realized_pnl_fifo);
    Ok(Moved {
        reference: row.id,
        cash,
        assets: BTreeMap::from([(AssetId::parse(&row.asset_id)?, quantity)]),
        fee: row.fee,
        realized: realized.map(|(average, fifo)| Realized { average, fifo }),
    })
}

fn told_by_funding(row: &FundingRow) -> Moved {
    Moved {
        reference: row.id,
        cash: if row.direction == "deposit" {
            row.amount
        } else {
            -row.amount
        },
        assets: BTreeMap::new(),
        fee: Decimal::ZERO,
        realized: None,
    }
}

/// A journal row as the auditor takes it.
pub fn stored(row: &JournalRow) -> StoredEntry {
    StoredEntry {
        portfolio: row.portfolio_id.into(),
        seq: row.seq,
        kind: row.kind.clone(),
        reference: row.reference,
        postings: serde_json::from_value(row.postings.clone()).ok(),
        at: row.created_at.into(),
        previous: row.prev_hash.clone(),
        hash: row.hash.clone(),
    }
}

async fn compare_all(
    conn: &mut AsyncPgConnection,
    report: &mut Report,
    mut audited: BTreeMap<Uuid, (Auditor, bool)>,
) -> Result<(), Error> {
    let mut after = Uuid::nil();
    loop {
        let rows = page_of_books(conn, after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            report.books += 1;
            match audited.remove(&row.id) {
                Some((_, true)) => {}
                Some((auditor, false)) => compare(conn, report, &row, &auditor).await?,
                None => compare(conn, report, &row, &Auditor::default()).await?,
            }
        }
    }
}

async fn page_of_books(conn: &mut AsyncPgConnection, after: Uuid) -> QueryResult<Vec<PortfolioRow>> {
    portfolios_table::table
        .filter(portfolios_table::id.gt(after))
        .order(portfolios_table::id)
        .limit(PAGE)
        .select(PortfolioRow::as_select())
        .load(conn)
        .await
}

async fn compare(
    conn: &mut AsyncPgConnection,
    report: &mut Report,
    row: &PortfolioRow,
    auditor: &Auditor,
) -> Result<(), Error> {
    let mut complain = |what: String| {
        report.problems.push(Problem {
            portfolio_id: row.id,
            seq: None,
            what,
        })
    };
    if row.journal_seq != auditor.seq {
        complain(format!(
            "the journal ends at entry {}, the book at {}",
            auditor.seq, row.journal_seq
        ));
    } else if row.journal_hash != auditor.hash {
        complain("the book's last hash is not the journal's".to_owned());
    }
    let sums = [
        ("cash", row.cash, auditor.book.cash),
        ("reserved", row.reserved, auditor.book.reserved),
        ("net_deposits", row.net_deposits, auditor.book.net_deposits),
        ("realized", row.realized, auditor.book.realized),
        ("realized_fifo", row.realized_fifo, auditor.book.realized_fifo),
        ("fees", row.fees, auditor.book.fees),
    ];
    for (name, live, rebuilt) in sums {
        if live != rebuilt {
            complain(format!("{name} is {live}, the journal says {rebuilt}"));
        }
    }
    let (cash_held, assets_held) = held_by_orders(conn, row).await?;
    if cash_held != row.reserved {
        complain(format!(
            "open orders hold {cash_held} USD, the book says {}",
            row.reserved
        ));
    }
    let held = holdings::of(conn, row.portfolio_id()).await?;
    let lots = holdings::lots_of(conn, row.portfolio_id()).await?;
    let live = holdings::assemble(held, lots)?;
    let is_held = |(_, holding): &(&AssetId, &Holding)| !holding.quantity.is_zero();
    let rebuilt: BTreeMap<&AssetId, &Holding> = auditor.book.holdings.iter().filter(is_held).collect();
    for (asset, holding) in &rebuilt {
        if live.get(*asset) != Some(*holding) {
            complain(format!(
                "{asset}: the tables say {:?}, the journal says {holding:?}",
                live.get(*asset)
            ));
        }
    }
    for (asset, holding) in &live {
        let by_orders = assets_held.get(asset).copied().unwrap_or_default();
        if by_orders != holding.reserved {
            complain(format!(
                "open orders hold {by_orders} {asset}, the book says {}",
                holding.reserved
            ));
        }
    }
    for asset in live.keys().filter(|asset| !rebuilt.contains_key(asset)) {
        complain(format!("{asset} is held in the tables and not in the journal"));
    }
    Ok(())
}

/// What the open orders of a book hold: cash, and of each asset.
async fn held_by_orders(
    conn: &mut AsyncPgConnection,
    row: &PortfolioRow,
) -> Result<(Decimal, BTreeMap<AssetId, Decimal>), Error> {
    let (mut cash, mut assets) = (Decimal::ZERO, BTreeMap::<AssetId, Decimal>::new());
    for order in orders::open_of(conn, row.portfolio_id()).await? {
        match order.side()? {
            Side::Buy => cash += order.reserved,
            Side::Sell => *assets.entry(order.asset()?).or_default() += order.reserved,
        }
    }
    Ok((cash, assets))
}
