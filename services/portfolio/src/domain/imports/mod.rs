//! Fills that were made elsewhere, taken over from the trade export of an exchange or of this platform.
//!
//! Everything here is a function of the file and of what the book holds; what comes of it is booked elsewhere.

mod cells;
mod fault;
mod formats;
mod plan;
mod rows;
#[cfg(test)]
mod tests;

use std::fmt;

use contracts::events::Side;
use domain::{Price, Timestamp};
use rust_decimal::{Decimal, RoundingStrategy, dec};

use super::{
    amount::{CASH_SCALE, COST_SCALE, Overflow, PRICE_SCALE, QUANTITY_SCALE, Towards, difference, fits, product, sum},
    fill::Fill,
};

pub use fault::{Fault, FaultKind};
pub use formats::read;
pub use plan::{Book, Plan, Planned, Standing, plan};

/// The most that the fills of one file may cost, or bring: what one deposit may be.
const MAX_CASH: Decimal = dec!(1000000000);
const MAX_QUANTITY: Decimal = dec!(1000000000000000000);

/// Whose export a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Our own.
    Candlewick,
    /// Binance's spot trade history.
    Binance,
    /// Coinbase's fills.
    Coinbase,
    /// Kraken's trades.
    Kraken,
}

impl Source {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Candlewick => "candlewick",
            Self::Binance => "binance",
            Self::Coinbase => "coinbase",
            Self::Kraken => "kraken",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A file as a whole that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableFile {
    /// No known header.
    #[error("has no header of a trade export of Candlewick, Binance, Coinbase or Kraken")]
    UnknownHeader,
    /// A header and nothing else.
    #[error("has no rows")]
    Empty,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportFile {
    /// Whose it is.
    pub source: Source,
    /// Its rows, oldest first.
    pub rows: Vec<ImportRow>,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRow {
    /// Where it stands in the file; the first line is 1.
    pub line: u64,
    /// What it says, or what is wrong with it.
    pub fill: Result<ForeignFill, Fault>,
}

/// A fill as a file tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignFill {
    /// The same for the same row of any file of this source.
    pub key: String,
    /// When it happened.
    pub executed_at: Timestamp,
    /// The ticker or the id of the asset.
    pub asset: String,
    /// Which way.
    pub side: Side,
    /// How much came in or went out.
    pub quantity: Decimal,
    /// The price of one unit, in USD.
    pub price: Decimal,
    /// The fee, in USD.
    pub fee: Decimal,
    /// What the figures don't say.
    pub note: Option<String>,
}

impl ForeignFill {
    /// The fill as it is booked: cost rounded up and proceeds rounded down to whole cents, as for any fill.
    pub fn booked(&self) -> Result<Fill, Fault> {
        self.check()?;
        let fee = self
            .fee
            .round_dp_with_strategy(COST_SCALE, RoundingStrategy::ToPositiveInfinity);
        let total = self
            .total(fee)
            .map_err(|overflow| FaultKind::TooLarge.because(overflow.to_string()))?;
        if total <= Decimal::ZERO {
            return Err(FaultKind::TooSmall.because("is worth less than a cent after its fee"));
        }
        if total > MAX_CASH {
            return Err(FaultKind::TooLarge.because(format!("is worth more than {MAX_CASH} USD")));
        }
        Ok(Fill {
            side: self.side,
            quantity: self.quantity.normalize(),
            price: self.price.normalize(),
            total,
            fee,
            spread_bps: Decimal::ZERO,
            slippage_bps: Decimal::ZERO,
            fee_bps: Decimal::ZERO,
        })
    }

    fn check(&self) -> Result<(), Fault> {
        if self.quantity <= Decimal::ZERO {
            return Err(FaultKind::WrongNumber.because("its quantity must be greater than 0"));
        }
        if !fits(self.quantity, QUANTITY_SCALE) {
            return Err(FaultKind::WrongNumber.because("its quantity must have at most 8 decimals"));
        }
        if self.quantity > MAX_QUANTITY {
            return Err(FaultKind::TooLarge.because(format!("its quantity must be at most {MAX_QUANTITY}")));
        }
        Price::new(self.price).map_err(|error| FaultKind::WrongNumber.because(format!("its price {error}")))?;
        if self.fee < Decimal::ZERO {
            return Err(FaultKind::WrongNumber.because("its fee must not be negative"));
        }
        Ok(())
    }

    fn total(&self, fee: Decimal) -> Result<Decimal, Overflow> {
        let (towards, strategy) = match self.side {
            Side::Buy => (Towards::Up, RoundingStrategy::ToPositiveInfinity),
            Side::Sell => (Towards::Down, RoundingStrategy::ToNegativeInfinity),
        };
        let worth = product(self.quantity, self.price, PRICE_SCALE, towards)?;
        let exact = match self.side {
            Side::Buy => sum(worth, fee)?,
            Side::Sell => difference(worth, fee)?,
        };
        Ok(exact.round_dp_with_strategy(CASH_SCALE, strategy))
    }
}
