//! What the cells of a row mean.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use contracts::events::Side;
use csv::StringRecord;
use domain::{Timestamp, decimal::parse_plain};
use rust_decimal::Decimal;

use super::{Fault, FaultKind};

/// Currencies that are counted as US dollars, one for one.
const DOLLARS: [&str; 6] = ["USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD"];

/// A row, with its cells by the names of their columns.
pub(super) struct Cells<'a> {
    pub columns: &'a HashMap<String, usize>,
    pub record: &'a StringRecord,
}

impl Cells<'_> {
    /// The cell of a column; nothing where the row is too short.
    pub fn text(&self, column: &str) -> &str {
        let at = self.columns.get(column);
        at.and_then(|at| self.record.get(*at)).unwrap_or_default()
    }

    /// The cell of a column that must not be empty.
    pub fn required(&self, column: &str) -> Result<&str, Fault> {
        let text = self.text(column);
        if text.is_empty() {
            return Err(FaultKind::MissingCell.because(format!("{column} is missing")));
        }
        Ok(text)
    }

    /// A plain number.
    pub fn decimal(&self, column: &str) -> Result<Decimal, Fault> {
        decimal(column, self.required(column)?)
    }

    /// A plain number; nothing where the cell is empty.
    pub fn optional(&self, column: &str) -> Result<Option<Decimal>, Fault> {
        match self.text(column) {
            "" => Ok(None),
            text => decimal(column, text).map(Some),
        }
    }

    /// A moment in UTC: RFC 3339, or as `2026-11-26 10:15:30.123`.
    pub fn moment(&self, column: &str) -> Result<Timestamp, Fault> {
        let raw = self.required(column)?;
        // Some exports write the year with two digits.
        let is_short = raw.find('-') == Some(2);
        let layout = if is_short {
            "%y-%m-%d %H:%M:%S%.f"
        } else {
            "%Y-%m-%d %H:%M:%S%.f"
        };
        let naive = || NaiveDateTime::parse_from_str(raw, layout).ok();
        Timestamp::parse(raw)
            .ok()
            .or_else(|| naive().map(|naive| Timestamp::from(naive.and_utc())))
            .ok_or_else(|| FaultKind::WrongTime.because(format!("{column} must be a time such as 2026-11-26 10:15:30")))
    }

    /// Which way.
    pub fn side(&self, column: &str) -> Result<Side, Fault> {
        match self.required(column)?.to_ascii_lowercase().as_str() {
            "buy" => Ok(Side::Buy),
            "sell" => Ok(Side::Sell),
            _ => Err(FaultKind::WrongCell.because(format!("{column} must be buy or sell"))),
        }
    }
}

/// A plain number.
pub(super) fn decimal(column: &str, text: &str) -> Result<Decimal, Fault> {
    parse_plain(text).map_err(|error| FaultKind::WrongNumber.because(format!("{column} {error}")))
}

/// A number that may have commas between its thousands.
pub(super) fn grouped(column: &str, text: &str) -> Result<Decimal, Fault> {
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let is_grouped = (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3);
    if whole.contains(',') && is_grouped {
        return decimal(column, &text.replace(',', ""));
    }
    decimal(column, text)
}

/// What to say of a quote currency that counts as US dollars; an error for any other.
pub(super) fn dollar_note(quote: &str) -> Result<Option<String>, Fault> {
    if !DOLLARS.contains(&quote) {
        return Err(FaultKind::OtherCurrency.because(format!(
            "was traded against {quote}; only trades against {} can be taken over",
            DOLLARS.join(", ")
        )));
    }
    Ok((quote != "USD").then(|| format!("1 {quote} is counted as 1 USD")))
}

/// Splits a pair that ends with a currency that counts as US dollars.
pub(super) fn split_pair(pair: &str) -> Option<(&str, &str)> {
    let quote = DOLLARS
        .iter()
        .filter(|quote| pair.len() > quote.len() && pair.ends_with(**quote))
        .max_by_key(|quote| quote.len())?;
    Some(pair.split_at(pair.len() - quote.len()))
}
