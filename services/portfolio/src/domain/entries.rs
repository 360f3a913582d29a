//! The posting sets of everything that happens to a book.

use contracts::events::Side;
use domain::AssetId;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    fill::Fill,
    journal::{Account, Entry, EntryKind, WrongEntry, asset, cash},
};

/// Cash comes in.
pub fn deposit(reference: Uuid, amount: Decimal) -> Result<Entry, WrongEntry> {
    Entry::post(
        EntryKind::Deposit,
        reference,
        vec![cash(Account::Cash, amount), cash(Account::External, -amount)],
    )
}

/// Cash goes out.
pub fn withdrawal(reference: Uuid, amount: Decimal) -> Result<Entry, WrongEntry> {
    Entry::post(
        EntryKind::Withdrawal,
        reference,
        vec![cash(Account::Cash, -amount), cash(Account::External, amount)],
    )
}

/// What an order holds: cash for a buy, the asset for a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Which way the order goes.
    pub side: Side,
    /// How much it holds; may be nothing.
    pub amount: Decimal,
}

impl Hold {
    /// Nothing, for an order that is filled at once.
    pub fn nothing(side: Side) -> Self {
        Self {
            side,
            amount: Decimal::ZERO,
        }
    }
}

/// An order takes hold of what it needs.
pub fn reserve(order: Uuid, of: &AssetId, hold: Hold) -> Result<Entry, WrongEntry> {
    Entry::post(EntryKind::Reserve, order, moved(of, hold, Account::Reserved))
}

/// An order lets go of what it held.
pub fn release(order: Uuid, of: &AssetId, hold: Hold) -> Result<Entry, WrongEntry> {
    let back = match hold.side {
        Side::Buy => Account::Cash,
        Side::Sell => Account::Holdings,
    };
    Entry::post(EntryKind::Release, order, moved(of, hold, back))
}

/// An order is filled; what it held is used, and what is left of that goes back.
pub fn fill(trade: Uuid, of: &AssetId, fill: &Fill, held: Hold) -> Result<Entry, WrongEntry> {
    traded(EntryKind::Fill, trade, of, (fill, held))
}

/// A fill that was made elsewhere is taken over.
pub fn import(trade: Uuid, of: &AssetId, fill: &Fill) -> Result<Entry, WrongEntry> {
    traded(EntryKind::Import, trade, of, (fill, Hold::nothing(fill.side)))
}

fn traded(kind: EntryKind, trade: Uuid, of: &AssetId, (fill, held): (&Fill, Hold)) -> Result<Entry, WrongEntry> {
    let mut postings = Vec::with_capacity(7);
    match fill.side {
        Side::Buy => {
            postings.push(cash(Account::Reserved, -held.amount));
            postings.push(cash(Account::Cash, held.amount - fill.total));
            postings.push(cash(Account::Market, fill.total - fill.fee));
            postings.push(asset(Account::Holdings, of, fill.quantity));
            postings.push(asset(Account::Market, of, -fill.quantity));
        }
        Side::Sell => {
            postings.push(asset(Account::Reserved, of, -held.amount));
            postings.push(asset(Account::Holdings, of, held.amount - fill.quantity));
            postings.push(asset(Account::Market, of, fill.quantity));
            postings.push(cash(Account::Cash, fill.total));
            postings.push(cash(Account::Market, -(fill.total + fill.fee)));
        }
    }
    postings.push(cash(Account::Fees, fill.fee));
    Entry::post(kind, trade, postings)
}

/// The book is closed in favour of `next`. What open orders held was released before.
pub fn reset(next: Uuid) -> Result<Entry, WrongEntry> {
    Entry::post(EntryKind::Reset, next, Vec::new())
}

fn moved(of: &AssetId, hold: Hold, to: Account) -> Vec<super::journal::Posting> {
    let free = match hold.side {
        Side::Buy => Account::Cash,
        Side::Sell => Account::Holdings,
    };
    let (from, to) = if to == Account::Reserved {
        (free, Account::Reserved)
    } else {
        (Account::Reserved, free)
    };
    let post = |account, amount| match hold.side {
        Side::Buy => cash(account, amount),
        Side::Sell => asset(account, of, amount),
    };
    vec![post(from, -hold.amount), post(to, hold.amount)]
}
