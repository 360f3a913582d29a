//! What importing a file would do to a book.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use contracts::events::Side;
use domain::{AssetId, Timestamp};
use rust_decimal::Decimal;

use super::{Fault, FaultKind, ForeignFill, ImportFile, ImportRow, MAX_CASH, MAX_QUANTITY};
use crate::domain::{
    amount::sum,
    catalogue::{Asset, Catalogue},
    fill::Fill,
};

/// What must be known of the book.
#[derive(Debug, Default)]
pub struct Book {
    /// How much of each asset is free.
    pub free: BTreeMap<AssetId, Decimal>,
    /// The keys of this file's rows that were booked before.
    pub known: HashSet<String>,
}

/// What importing a file would do.
#[derive(Debug)]
pub struct Plan {
    /// Every row, oldest fill first.
    pub rows: Vec<Planned>,
    /// What the new buys cost: it is deposited before them.
    pub cost: Decimal,
    /// What the new sales bring: it is withdrawn after them.
    pub proceeds: Decimal,
}

/// One row and what becomes of it.
#[derive(Debug)]
pub struct Planned {
    /// Where it stands in the file.
    pub line: u64,
    /// What it says; nothing where it cannot be read.
    pub told: Option<ForeignFill>,
    /// The asset, where it is known.
    pub asset: Option<Arc<Asset>>,
    /// What becomes of it.
    pub standing: Standing,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is booked like this.
    New(Fill),
    /// It was booked before.
    Known,
    /// It cannot be booked.
    Wrong(Fault),
}

impl Plan {
    /// How many rows are new, known and wrong.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |wanted: fn(&Standing) -> bool| self.rows.iter().filter(|row| wanted(&row.standing)).count();
        (
            count(|standing| matches!(standing, Standing::New(_))),
            count(|standing| matches!(standing, Standing::Known)),
            count(|standing| matches!(standing, Standing::Wrong(_))),
        )
    }
}

/// Plans an import. Cash never stands in its way: an import brings the cash of its buys and takes that of its sales.
pub fn plan(file: ImportFile, catalogue: &Catalogue, mut book: Book, now: Timestamp) -> Plan {
    let mut plan = Plan {
        rows: Vec::with_capacity(file.rows.len()),
        cost: Decimal::ZERO,
        proceeds: Decimal::ZERO,
    };
    for row in file.rows {
        let planned = judge(row, catalogue, &mut book, now);
        let planned = within_limits(&mut plan, planned);
        if let (Standing::New(fill), Some(asset)) = (&planned.standing, &planned.asset) {
            let free = book.free.entry(asset.id.clone()).or_default();
            // Both were checked: a holding is never below zero nor above its limit.
            match fill.side {
                Side::Buy => *free += fill.quantity,
                Side::Sell => *free -= fill.quantity,
            }
        }
        plan.rows.push(planned);
    }
    plan
}

fn judge(row: ImportRow, catalogue: &Catalogue, book: &mut Book, now: Timestamp) -> Planned {
    let (told, wrong) = match row.fill {
        Ok(told) => (Some(told), None),
        Err(why) => (None, Some(why)),
    };
    let asset = told.as_ref().and_then(|told| catalogue.resolve(&told.asset));
    let standing = match (&told, wrong) {
        (Some(told), None) => standing(told, asset.as_deref(), book, now),
        (_, Some(why)) => Standing::Wrong(why),
        // A row without a fill says what is wrong with it.
        (None, None) => Standing::Wrong(FaultKind::UnreadableRow.because("cannot be read")),
    };
    Planned {
        line: row.line,
        told,
        asset,
        standing,
    }
}

fn standing(told: &ForeignFill, asset: Option<&Asset>, book: &mut Book, now: Timestamp) -> Standing {
    // Behind the first row of a key, a second one in the same file is the same fill.
    if !book.known.insert(told.key.clone()) {
        return Standing::Known;
    }
    let Some(asset) = asset else {
        let named: String = told.asset.chars().take(32).collect();
        return Standing::Wrong(FaultKind::UnknownAsset.because(format!("{named} is not known here")));
    };
    if told.executed_at > now {
        return Standing::Wrong(FaultKind::InFuture.because("lies in the future"));
    }
    let fill = match told.booked() {
        Ok(fill) => fill,
        Err(why) => return Standing::Wrong(why),
    };
    let free = book.free.get(&asset.id).copied().unwrap_or_default();
    let is_too_much = |held: Decimal| held > MAX_QUANTITY;
    if fill.side == Side::Buy && sum(free, fill.quantity).map_or(true, is_too_much) {
        return Standing::Wrong(FaultKind::TooLarge.because(format!("brings the holding above {MAX_QUANTITY}")));
    }
    if fill.side == Side::Sell && fill.quantity > free {
        return Standing::Wrong(FaultKind::MoreThanHeld.because(format!(
            "sells {} {} where {} are held and free",
            fill.quantity,
            asset.symbol,
            free.normalize()
        )));
    }
    Standing::New(fill)
}

fn within_limits(plan: &mut Plan, mut planned: Planned) -> Planned {
    if let Standing::New(fill) = &planned.standing {
        let total = match fill.side {
            Side::Buy => &mut plan.cost,
            Side::Sell => &mut plan.proceeds,
        };
        match sum(*total, fill.total) {
            Ok(next) if next <= MAX_CASH => *total = next,
            _ => {
                let why = format!("brings the file above {MAX_CASH} USD");
                planned.standing = Standing::Wrong(FaultKind::TooLarge.because(why));
            }
        }
    }
    planned
}
