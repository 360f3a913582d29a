//! What the journal of one book adds up to: balances, cost, lots, profit.
//!
//! The live tables and the rebuild go through the same [`Book::apply`], so they cannot drift apart in code;
//! the verifier compares them in data.

use std::collections::{BTreeMap, VecDeque};

use domain::AssetId;
use rust_decimal::Decimal;

use super::{
    amount::{COST_SCALE, Overflow, PRICE_SCALE, difference, share, sum},
    journal::{Account, Entry, Unit},
};

/// What was bought at once and is still there, at what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lot {
    /// The journal entry that bought it.
    pub seq: i64,
    /// What is left of it.
    pub quantity: Decimal,
    /// What that cost, fee included.
    pub cost: Decimal,
}

/// How much there was behind a buy, and at what cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bought {
    /// All of it.
    pub quantity: Decimal,
    /// What that cost, by average cost.
    pub cost: Decimal,
}

/// One asset in a book.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holding {
    /// All of it, reserved included.
    pub quantity: Decimal,
    /// What open orders hold.
    pub reserved: Decimal,
    /// What all of it cost, by average cost.
    pub cost: Decimal,
    /// Quantity and cost behind the last buy: a sale leaves their quotient, the average price, exactly as it is.
    pub bought: Bought,
    /// What all of it cost, lot by lot, oldest first.
    pub lots: VecDeque<Lot>,
}

impl Holding {
    /// What may be sold or reserved.
    pub fn free(&self) -> Decimal {
        self.quantity - self.reserved
    }

    /// Average cost of one unit; `None` where there is none.
    pub fn average(&self) -> Option<Decimal> {
        if self.quantity.is_zero() {
            None
        } else {
            average_cost(self.bought.cost, self.bought.quantity)
        }
    }
}

/// The cost of one unit, to 16 significant digits, so that those of tiny prices have as many as those of great ones.
pub fn average_cost(cost: Decimal, quantity: Decimal) -> Option<Decimal> {
    let average = cost.checked_div(quantity)?;
    Some(average.round_sf(16)?.round_dp(PRICE_SCALE).normalize())
}

/// Why an entry cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongBooking {
    /// An account of the owner would go below zero.
    #[error("{account} of {unit} would fall below zero")]
    Negative {
        /// The account.
        account: &'static str,
        /// Of what.
        unit: String,
    },
    /// Too many digits.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A fill must move exactly one asset against cash.
    #[error("the fill moves no single asset against cash")]
    NoFill,
}

/// Profit or loss that one entry made certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Realized {
    /// By average cost.
    pub average: Decimal,
    /// First in, first out.
    pub fifo: Decimal,
}

/// The state of one book after some entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    /// Free cash.
    pub cash: Decimal,
    /// Cash that open orders hold.
    pub reserved: Decimal,
    /// Deposits less withdrawals.
    pub net_deposits: Decimal,
    /// Profit made certain, by average cost.
    pub realized: Decimal,
    /// Profit made certain, first in, first out.
    pub realized_fifo: Decimal,
    /// Fees paid.
    pub fees: Decimal,
    /// By asset. One that was sold out stays, with zeros.
    pub holdings: BTreeMap<AssetId, Holding>,
}

impl Book {
    /// Applies the entry numbered `seq`. On an error the book is unchanged.
    pub fn apply(&mut self, seq: i64, entry: &Entry) -> Result<Option<Realized>, WrongBooking> {
        let mut moves = Moves::default();
        for posting in entry.postings() {
            moves.add(posting.account, &posting.unit, posting.amount)?;
        }
        let cash = sum(self.cash, moves.cash)?;
        let reserved = sum(self.reserved, moves.reserved)?;
        check("cash", "USD", cash)?;
        check("reserved", "USD", reserved)?;
        let net_deposits = difference(self.net_deposits, moves.external)?;
        let fees = sum(self.fees, moves.fees)?;
        let mut changed = BTreeMap::new();
        let mut realized = None;
        for (asset, change) in &moves.assets {
            let mut holding = self.holdings.get(asset).cloned().unwrap_or_default();
            let total = sum(change.free, change.reserved)?;
            if entry.kind().is_trade() {
                realized = holding.fill(seq, total, sum(moves.cash, moves.reserved)?)?;
            } else if !total.is_zero() {
                return Err(WrongBooking::NoFill);
            }
            holding.reserved = sum(holding.reserved, change.reserved)?;
            check("reserved", asset.as_str(), holding.reserved)?;
            check("holdings", asset.as_str(), holding.free())?;
            changed.insert(asset.clone(), holding);
        }
        if entry.kind().is_trade() != (changed.len() == 1 && moves.assets.values().any(Change::is_traded)) {
            return Err(WrongBooking::NoFill);
        }
        if let Some(profit) = realized {
            (self.realized, self.realized_fifo) = (
                sum(self.realized, profit.average)?,
                sum(self.realized_fifo, profit.fifo)?,
            );
        }
        (self.cash, self.reserved, self.net_deposits, self.fees) = (cash, reserved, net_deposits, fees);
        self.holdings.append(&mut changed);
        Ok(realized)
    }
}

impl Holding {
    fn fill(&mut self, seq: i64, quantity: Decimal, cash: Decimal) -> Result<Option<Realized>, WrongBooking> {
        if quantity.is_sign_positive() {
            self.quantity = sum(self.quantity, quantity)?;
            self.cost = difference(self.cost, cash)?;
            self.bought = Bought {
                quantity: self.quantity,
                cost: self.cost,
            };
            self.lots.push_back(Lot {
                seq,
                quantity,
                cost: -cash,
            });
            return Ok(None);
        }
        let sold = -quantity;
        let left = difference(self.quantity, sold)?;
        if left.is_sign_negative() && !left.is_zero() {
            return Err(WrongBooking::Negative {
                account: "holdings",
                unit: "the asset".into(),
            });
        }
        // Selling out takes all of the cost, so that no rounding stays behind.
        let relieved = if left.is_zero() {
            self.cost
        } else {
            share(self.cost, sold, self.quantity, COST_SCALE)?
        };
        let relieved_fifo = self.take_oldest(sold)?;
        self.quantity = left;
        self.cost = difference(self.cost, relieved)?;
        if left.is_zero() {
            self.bought = Bought::default();
        }
        Ok(Some(Realized {
            average: difference(cash, relieved)?,
            fifo: difference(cash, relieved_fifo)?,
        }))
    }

    fn take_oldest(&mut self, sold: Decimal) -> Result<Decimal, WrongBooking> {
        let (mut wanted, mut relieved) = (sold, Decimal::ZERO);
        while wanted > Decimal::ZERO {
            let Some(lot) = self.lots.front_mut() else {
                return Err(WrongBooking::Negative {
                    account: "lots",
                    unit: "the asset".into(),
                });
            };
            if lot.quantity <= wanted {
                wanted = difference(wanted, lot.quantity)?;
                relieved = sum(relieved, lot.cost)?;
                self.lots.pop_front();
            } else {
                let part = share(lot.cost, wanted, lot.quantity, COST_SCALE)?;
                lot.quantity = difference(lot.quantity, wanted)?;
                lot.cost = difference(lot.cost, part)?;
                relieved = sum(relieved, part)?;
                wanted = Decimal::ZERO;
            }
        }
        Ok(relieved)
    }
}

#[derive(Default)]
struct Change {
    free: Decimal,
    reserved: Decimal,
    market: Decimal,
}

impl Change {
    fn is_traded(&self) -> bool {
        !self.market.is_zero()
    }
}

#[derive(Default)]
struct Moves {
    cash: Decimal,
    reserved: Decimal,
    external: Decimal,
    fees: Decimal,
    assets: BTreeMap<AssetId, Change>,
}

impl Moves {
    fn add(&mut self, account: Account, unit: &Unit, amount: Decimal) -> Result<(), Overflow> {
        let mut nowhere = Decimal::ZERO;
        let slot = match unit {
            Unit::Cash => match account {
                Account::Cash => &mut self.cash,
                Account::Reserved => &mut self.reserved,
                Account::External => &mut self.external,
                Account::Fees => &mut self.fees,
                Account::Market | Account::Holdings => &mut nowhere,
            },
            Unit::Asset(asset) => {
                let change = self.assets.entry(asset.clone()).or_default();
                match account {
                    Account::Reserved => &mut change.reserved,
                    Account::Market => &mut change.market,
                    _ => &mut change.free,
                }
            }
        };
        *slot = sum(*slot, amount)?;
        Ok(())
    }
}

fn check(account: &'static str, unit: &str, value: Decimal) -> Result<(), WrongBooking> {
    if value < Decimal::ZERO {
        Err(WrongBooking::Negative {
            account,
            unit: unit.to_owned(),
        })
    } else {
        Ok(())
    }
}
