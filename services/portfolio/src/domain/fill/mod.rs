//! What a fill costs or brings: spread, slippage, fee and rounding, all against the user.

mod amounts;

use contracts::events::Side;
use domain::Price;
use rust_decimal::{Decimal, dec};
use serde::Deserialize;

use super::amount::{CASH_SCALE, COST_SCALE, Overflow, PRICE_SCALE, Towards, difference, product, quotient, sum};
use amounts::{Terms, priced, quantity_for, shifted};

const BPS: Decimal = dec!(0.0001);
/// Enough for the slippage of any worth to be exact.
const SLIPPAGE_SCALE: u32 = 12;
const SLIPPAGE_STEP_USD: Decimal = dec!(10000);

/// What trading costs here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// From the last price to bid or ask, in basis points.
    pub half_spread_bps: Decimal,
    /// Slippage of the smallest order.
    pub slippage_bps: Decimal,
    /// More slippage for each 10,000 USD.
    pub slippage_bps_per_10k: Decimal,
    /// The most slippage.
    pub max_slippage_bps: Decimal,
    /// Fee of an order that is filled at once.
    pub taker_fee_bps: Decimal,
    /// Fee of an order that had rested.
    pub maker_fee_bps: Decimal,
    /// The least that an order may be worth, in USD.
    pub min_notional: Decimal,
    /// How much more than the estimate an order reserves whose price is not known yet, in percent.
    pub reserve_collar_pct: Decimal,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            half_spread_bps: dec!(5),
            slippage_bps: dec!(5),
            slippage_bps_per_10k: dec!(1),
            max_slippage_bps: dec!(100),
            taker_fee_bps: dec!(10),
            maker_fee_bps: dec!(10),
            min_notional: dec!(1),
            reserve_collar_pct: dec!(3),
        }
    }
}

/// How large an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// So much of the asset.
    Quantity(Decimal),
    /// So much cash, fee included.
    Quote(Decimal),
}

/// A fill, computed and not yet booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fill {
    /// Which way.
    pub side: Side,
    /// How much of the asset.
    pub quantity: Decimal,
    /// The price of one unit, spread and slippage included.
    pub price: Decimal,
    /// Cash that goes out (buy) or comes in (sell), fee included, in whole cents.
    pub total: Decimal,
    /// The fee within it.
    pub fee: Decimal,
    /// What was taken for bid and ask.
    pub spread_bps: Decimal,
    /// What was taken for size.
    pub slippage_bps: Decimal,
    /// The fee's rate.
    pub fee_bps: Decimal,
}

/// Why there is no fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoFill {
    /// Too small.
    #[error("the order is worth less than {0} USD")]
    BelowMinimum(Decimal),
    /// The user wanted less slippage.
    #[error("the price is {0} % from the last one")]
    Slippage(Decimal),
    /// Too large.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl Costs {
    /// A fill at once, against the last price.
    pub fn market(&self, side: Side, size: Size, last: Price) -> Result<Fill, NoFill> {
        self.taker(side, size, last, None)
    }

    /// A fill at once that is never worse than `limit`.
    pub fn marketable(&self, side: Side, quantity: Decimal, last: Price, limit: Price) -> Result<Fill, NoFill> {
        self.taker(side, Size::Quantity(quantity), last, Some(limit))
    }

    /// A fill of a resting order at its own price.
    pub fn resting(&self, side: Side, quantity: Decimal, limit: Price) -> Result<Fill, NoFill> {
        self.complete(
            side,
            Size::Quantity(quantity),
            Terms {
                price: limit.value(),
                spread_bps: Decimal::ZERO,
                slippage_bps: Decimal::ZERO,
                fee_bps: self.maker_fee_bps,
            },
        )
    }

    /// Whether a limit order would be filled on arrival: the other side's best price is within its limit.
    pub fn is_marketable(&self, side: Side, last: Price, limit: Price) -> bool {
        match side {
            Side::Buy => self.at_best(side, last).is_ok_and(|ask| ask <= limit.value()),
            Side::Sell => self.at_best(side, last).is_ok_and(|bid| bid >= limit.value()),
        }
    }

    /// What a buy order must hold back so that it can be filled at `limit`.
    pub fn reserve_at_limit(&self, quantity: Decimal, limit: Price) -> Result<Decimal, NoFill> {
        let dearer = if self.taker_fee_bps > self.maker_fee_bps {
            self.taker_fee_bps
        } else {
            self.maker_fee_bps
        };
        let fee = product(
            product(quantity, limit.value(), PRICE_SCALE, Towards::Up)?,
            dearer * BPS,
            COST_SCALE,
            Towards::Up,
        )?;
        Ok(sum(product(quantity, limit.value(), COST_SCALE, Towards::Up)?, fee)?
            .round_dp_with_strategy(CASH_SCALE, rust_decimal::RoundingStrategy::ToPositiveInfinity))
    }

    /// What a buy order must hold back when it will be filled at market near `expected`.
    pub fn reserve_with_collar(&self, quantity: Decimal, expected: Price) -> Result<Decimal, NoFill> {
        let estimate = self.market(Side::Buy, Size::Quantity(quantity), expected)?;
        let factor = sum(Decimal::ONE, self.reserve_collar_pct * dec!(0.01))?;
        Ok(product(estimate.total, factor, CASH_SCALE, Towards::Up)?)
    }

    /// Refuses what is worth too little at `price`.
    pub fn check_minimum(&self, size: Size, price: Price) -> Result<(), NoFill> {
        let worth = match size {
            Size::Quote(amount) => amount,
            Size::Quantity(quantity) => product(quantity, price.value(), COST_SCALE, Towards::Down)?,
        };
        if worth < self.min_notional {
            Err(NoFill::BelowMinimum(self.min_notional))
        } else {
            Ok(())
        }
    }

    fn at_best(&self, side: Side, last: Price) -> Result<Decimal, Overflow> {
        shifted(side, last.value(), self.half_spread_bps)
    }

    fn slippage(&self, worth: Decimal) -> Result<Decimal, Overflow> {
        let steps = quotient(worth, SLIPPAGE_STEP_USD, SLIPPAGE_SCALE, Towards::Up)?;
        let raw = sum(
            self.slippage_bps,
            product(steps, self.slippage_bps_per_10k, SLIPPAGE_SCALE, Towards::Up)?,
        )?;
        Ok(raw.min(self.max_slippage_bps).normalize())
    }

    fn taker(&self, side: Side, size: Size, last: Price, limit: Option<Price>) -> Result<Fill, NoFill> {
        self.check_minimum(size, last)?;
        let worth = match size {
            Size::Quote(amount) => amount,
            Size::Quantity(quantity) => product(quantity, last.value(), COST_SCALE, Towards::Up)?,
        };
        let slippage_bps = self.slippage(worth)?;
        let price = shifted(side, last.value(), sum(self.half_spread_bps, slippage_bps)?)?;
        let price = match (limit, side) {
            (Some(limit), Side::Buy) => price.min(limit.value()),
            (Some(limit), Side::Sell) => price.max(limit.value()),
            (None, _) => price,
        };
        self.complete(
            side,
            size,
            Terms {
                price,
                spread_bps: self.half_spread_bps,
                slippage_bps,
                fee_bps: self.taker_fee_bps,
            },
        )
    }

    fn complete(&self, side: Side, size: Size, terms: Terms) -> Result<Fill, NoFill> {
        let quantity = match size {
            Size::Quantity(quantity) => quantity,
            Size::Quote(amount) => quantity_for(side, amount, terms)?,
        };
        let fill = priced(side, quantity, terms)?;
        if fill.quantity <= Decimal::ZERO || fill.total <= Decimal::ZERO {
            return Err(NoFill::BelowMinimum(self.min_notional));
        }
        Ok(fill)
    }
}

impl Fill {
    /// How far its price is from `last`, in percent.
    pub fn slippage_pct(&self, last: Price) -> Result<Decimal, Overflow> {
        let apart = difference(self.price, last.value())?.abs();
        quotient(
            product(apart, Decimal::ONE_HUNDRED, PRICE_SCALE, Towards::Up)?,
            last.value(),
            6,
            Towards::Up,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(value: Decimal) -> Price {
        Price::new(value).expect("price")
    }

    #[test]
    fn a_buy_pays_spread_slippage_and_fee_rounded_up() {
        let fill = Costs::default()
            .market(Side::Buy, Size::Quantity(dec!(0.5)), price(dec!(60000)))
            .expect("fill");
        // 30,000 USD: slippage 5 + 3 bps, half-spread 5 bps.
        assert_eq!((fill.slippage_bps, fill.spread_bps), (dec!(8), dec!(5)));
        assert_eq!(fill.price, dec!(60078));
        assert_eq!(fill.fee, dec!(30.039));
        assert_eq!(fill.total, dec!(30069.04));
    }

    #[test]
    fn a_sale_gets_bid_less_slippage_less_fee_rounded_down() {
        let fill = Costs::default()
            .market(Side::Sell, Size::Quantity(dec!(1)), price(dec!(100)))
            .expect("fill");
        assert_eq!(fill.slippage_bps, dec!(5.01));
        assert_eq!(fill.price, dec!(99.8999));
        assert_eq!(fill.total, dec!(99.80));
    }

    #[test]
    fn slippage_never_exceeds_its_cap() {
        let fill = Costs::default()
            .market(Side::Buy, Size::Quantity(dec!(1000)), price(dec!(60000)))
            .expect("fill");
        assert_eq!(fill.slippage_bps, dec!(100));
    }

    #[test]
    fn a_quote_amount_includes_the_fee_and_is_never_exceeded() {
        for amount in [dec!(1.00), dec!(10), dec!(99.99), dec!(12345.67)] {
            let fill = Costs::default()
                .market(Side::Buy, Size::Quote(amount), price(dec!(0.07)))
                .expect("fill");
            assert!(
                fill.total <= amount && fill.total > amount - dec!(0.02),
                "{amount} {}",
                fill.total
            );
        }
    }

    #[test]
    fn a_quote_amount_is_hit_at_once_at_any_price() {
        for last in [
            dec!(0.000000001234),
            dec!(0.00000001234),
            dec!(0.000000012),
            dec!(61234.5),
        ] {
            for amount in [dec!(2.00), dec!(3.33), dec!(1000), dec!(20000)] {
                for side in [Side::Buy, Side::Sell] {
                    let fill = Costs::default()
                        .market(side, Size::Quote(amount), price(last))
                        .expect("fill");
                    assert_eq!(fill.total, amount, "{side:?} at {last}");
                }
            }
        }
    }

    #[test]
    fn the_slippage_of_an_odd_size_is_exact() {
        let fill = Costs::default()
            .market(Side::Buy, Size::Quantity(dec!(0.33333333)), price(dec!(50000)))
            .expect("fill");
        // 6.666… bps in all its digits, then a price of twelve.
        assert_eq!(fill.slippage_bps, dec!(6.66666665));
        assert_eq!(fill.price, dec!(50058.3333333));
    }

    #[test]
    fn an_order_below_the_minimum_is_refused() {
        let costs = Costs::default();
        assert_eq!(
            costs.market(Side::Buy, Size::Quote(dec!(0.99)), price(dec!(5))),
            Err(NoFill::BelowMinimum(dec!(1)))
        );
        assert!(
            costs
                .market(Side::Sell, Size::Quantity(dec!(0.00000001)), price(dec!(5)))
                .is_err()
        );
    }

    #[test]
    fn a_marketable_limit_is_never_worse_than_its_limit() {
        let costs = Costs::default();
        let limit = price(dec!(100.06));
        assert!(costs.is_marketable(Side::Buy, price(dec!(100)), limit));
        let fill = costs
            .marketable(Side::Buy, dec!(1), price(dec!(100)), limit)
            .expect("fill");
        assert_eq!(fill.price, dec!(100.06));
        assert!(!costs.is_marketable(Side::Buy, price(dec!(100)), price(dec!(100.01))));
    }

    #[test]
    fn reliability_44_tiny_prices_are_filled_with_all_their_digits() {
        let fill = Costs::default()
            .market(Side::Buy, Size::Quote(dec!(1000)), price(dec!(0.000000000012)))
            .expect("fill");
        assert_eq!(fill.price.normalize(), dec!(0.0000000000120121200));
        assert!(fill.quantity > dec!(80000000000000) && fill.total <= dec!(1000));
    }

    #[test]
    fn what_a_limit_order_reserves_covers_its_fill() {
        let costs = Costs::default();
        let limit = price(dec!(33333.33));
        let fill = costs.resting(Side::Buy, dec!(0.12345678), limit).expect("fill");
        assert_eq!(costs.reserve_at_limit(dec!(0.12345678), limit), Ok(fill.total));
    }
}
