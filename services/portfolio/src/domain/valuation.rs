//! What a book is worth now.

use std::collections::HashMap;

use domain::{AssetId, Timestamp};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    amount::{COST_SCALE, Overflow, difference, sum},
    book::{Book, Holding, average_cost},
    prices::Mark,
};

/// How profit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CostMethod {
    /// By the average cost of all units.
    #[default]
    Average,
    /// The oldest units are sold first.
    Fifo,
}

/// One holding with its price.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuedHolding {
    /// The asset.
    pub asset: AssetId,
    /// How much.
    pub quantity: Decimal,
    /// How much of it open orders hold.
    pub reserved: Decimal,
    /// What all of it cost.
    pub cost: Decimal,
    /// What one unit cost.
    pub average: Option<Decimal>,
    /// The newest price.
    pub mark: Option<Mark>,
    /// Worth at that price.
    pub value: Option<Decimal>,
    /// Worth less cost.
    pub unrealized: Option<Decimal>,
    /// Share of equity, in percent.
    pub weight: Option<f64>,
}

/// A book with its worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Valuation {
    /// Cash, reserved included.
    pub cash: Decimal,
    /// Worth of all priced holdings.
    pub holdings_value: Decimal,
    /// Cash and holdings.
    pub equity: Decimal,
    /// Profit not made certain, of priced holdings.
    pub unrealized: Decimal,
    /// Equity less net deposits, where what unpriced holdings cost counts as not spent: they are no loss.
    pub profit: Decimal,
    /// Holdings, the most valuable first.
    pub holdings: Vec<ValuedHolding>,
    /// Holdings without any price: their worth is missing above.
    pub unpriced: Vec<AssetId>,
    /// The oldest of the prices that were used.
    pub oldest_mark_at: Option<Timestamp>,
}

/// Values a book at the given marks.
pub fn value(book: &Book, marks: &HashMap<AssetId, Mark>, method: CostMethod) -> Result<Valuation, Overflow> {
    let cash = sum(book.cash, book.reserved)?;
    let mut holdings = Vec::new();
    let (mut holdings_value, mut unrealized) = (Decimal::ZERO, Decimal::ZERO);
    let (mut unpriced, mut unpriced_cost, mut oldest) = (Vec::new(), Decimal::ZERO, None);
    for (asset, holding) in book.holdings.iter().filter(|(_, holding)| !holding.quantity.is_zero()) {
        let mark = marks.get(asset).copied();
        let valued = value_holding(asset, holding, mark, method)?;
        match (valued.value, valued.unrealized, mark) {
            (Some(value), Some(gain), Some(mark)) => {
                holdings_value = sum(holdings_value, value)?;
                unrealized = sum(unrealized, gain)?;
                oldest = Some(oldest.map_or(mark.event_at, |known: Timestamp| known.min(mark.event_at)));
            }
            _ => {
                unpriced.push(asset.clone());
                unpriced_cost = sum(unpriced_cost, valued.cost)?;
            }
        }
        holdings.push(valued);
    }
    let equity = sum(cash, holdings_value)?;
    for holding in &mut holdings {
        holding.weight = holding.value.and_then(|value| percent(value, equity));
    }
    holdings.sort_by(|a, b| b.value.cmp(&a.value).then_with(|| a.asset.cmp(&b.asset)));
    let profit = difference(sum(equity, unpriced_cost)?, book.net_deposits)?;
    Ok(Valuation {
        cash,
        holdings_value,
        equity,
        unrealized,
        profit,
        holdings,
        unpriced,
        oldest_mark_at: oldest,
    })
}

/// Only the worth: cash and holdings at their marks, and whether a price was missing.
pub fn equity(book: &Book, mut mark: impl FnMut(&AssetId) -> Option<Mark>) -> Result<(Decimal, bool), Overflow> {
    let (mut total, mut is_partial) = (sum(book.cash, book.reserved)?, false);
    for (asset, holding) in book.holdings.iter().filter(|(_, holding)| !holding.quantity.is_zero()) {
        match mark(asset) {
            Some(mark) => total = sum(total, worth(holding.quantity, mark)?)?,
            None => is_partial = true,
        }
    }
    Ok((total, is_partial))
}

/// `part` of `whole` in percent, to six decimals; `None` where the whole is nothing, or less.
pub fn percent(part: Decimal, whole: Decimal) -> Option<f64> {
    if whole <= Decimal::ZERO {
        return None;
    }
    part.checked_mul(Decimal::ONE_HUNDRED)?
        .checked_div(whole)?
        .round_dp(6)
        .to_f64()
}

fn worth(quantity: Decimal, mark: Mark) -> Result<Decimal, Overflow> {
    Ok(quantity
        .checked_mul(mark.price.value())
        .ok_or(Overflow)?
        .round_dp(COST_SCALE))
}

fn value_holding(
    asset: &AssetId,
    holding: &Holding,
    mark: Option<Mark>,
    method: CostMethod,
) -> Result<ValuedHolding, Overflow> {
    let (cost, average) = match method {
        CostMethod::Average => (holding.cost, holding.average()),
        CostMethod::Fifo => {
            let cost = holding
                .lots
                .iter()
                .try_fold(Decimal::ZERO, |total, lot| sum(total, lot.cost))?;
            (cost, average_cost(cost, holding.quantity))
        }
    };
    let value = mark.map(|mark| worth(holding.quantity, mark)).transpose()?;
    let unrealized = value.map(|value| difference(value, cost)).transpose()?;
    let (quantity, reserved) = (holding.quantity, holding.reserved);
    Ok(ValuedHolding {
        asset: asset.clone(),
        quantity,
        reserved,
        cost,
        average,
        mark,
        value,
        unrealized,
        weight: None,
    })
}

#[cfg(test)]
mod tests {
    use domain::{Price, Source};
    use rust_decimal::dec;

    use super::*;

    fn asset(id: &str) -> AssetId {
        AssetId::parse(id).expect("id")
    }

    fn held(cost: Decimal) -> Holding {
        Holding {
            quantity: dec!(10),
            cost,
            ..Holding::default()
        }
    }

    #[test]
    fn a_holding_without_a_price_is_no_loss() {
        let book = Book {
            cash: dec!(700),
            net_deposits: dec!(1000),
            holdings: [(asset("priced"), held(dec!(100))), (asset("unpriced"), held(dec!(200)))].into(),
            ..Book::default()
        };
        let mark = Mark {
            price: Price::new(dec!(15)).expect("price"),
            source: Source::Kraken,
            event_at: Timestamp::default(),
            received_at: Timestamp::default(),
            seq: 1,
        };
        let marks = HashMap::from([(asset("priced"), mark)]);
        let valued = value(&book, &marks, CostMethod::Average).expect("value");
        assert_eq!(valued.unpriced, [asset("unpriced")]);
        assert_eq!(
            (valued.equity, valued.unrealized, valued.profit),
            (dec!(850), dec!(50), dec!(50))
        );
    }

    #[test]
    fn a_share_of_nothing_or_less_is_unknown() {
        assert_eq!(percent(dec!(5), dec!(20)), Some(25.0));
        assert_eq!(percent(dec!(5), dec!(0)), None);
        assert_eq!(percent(dec!(5), dec!(-20)), None);
    }
}
