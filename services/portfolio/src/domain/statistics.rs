//! Figures about returns. They are ratios, not money: floats are good enough and never flow back.

use std::{collections::BTreeMap, time::Duration};

use domain::{Interval, Timestamp};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::performance::Growth;

/// Fewer daily returns than this say nothing.
const MIN_DAYS: usize = 30;
/// A curve is thinned to about so many stretches.
const MAX_STRETCHES: u64 = 3_000;
const DAYS_PER_YEAR: f64 = 365.0;
const YEAR_MS: f64 = DAYS_PER_YEAR * 86_400_000.0;

/// Figures about daily returns; `None` where there are too few.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Risk {
    /// Deviation of a year, in percent.
    pub volatility_pct: Option<f64>,
    /// Mean over deviation, of a year.
    pub sharpe: Option<f64>,
    /// Mean over downward deviation, of a year.
    pub sortino: Option<f64>,
}

/// Judges the returns between the ends of UTC days.
pub fn risk(curve: &[Growth]) -> Risk {
    let returns = daily_returns(curve);
    if returns.len() < MIN_DAYS {
        return Risk::default();
    }
    let count = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / count;
    let deviation = (returns.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let downward = (returns.iter().map(|r| r.min(0.0).powi(2)).sum::<f64>() / count).sqrt();
    let year = DAYS_PER_YEAR.sqrt();
    let over = |divisor: f64| (divisor > 0.0).then(|| tidy(mean / divisor * year));
    Risk {
        volatility_pct: Some(tidy(deviation * year * 100.0)),
        sharpe: over(deviation),
        sortino: over(downward),
    }
}

/// Growth from each UTC day's last sample to the next day's; a day without samples did not move.
pub fn daily_returns(curve: &[Growth]) -> Vec<f64> {
    let mut last_of_day: BTreeMap<Timestamp, f64> = BTreeMap::new();
    for point in curve {
        if let Some(index) = point.index.to_f64() {
            last_of_day.insert(Interval::D1.bucket_start(point.at), index);
        }
    }
    let mut returns = Vec::new();
    let mut previous: Option<(Timestamp, f64)> = None;
    for (day, index) in last_of_day {
        if let Some((known, before)) = previous.filter(|(_, before)| *before > 0.0) {
            let quiet_days = (day.millis() - known.millis()) / Interval::D1.millis() - 1;
            returns.extend(std::iter::repeat_n(0.0, usize::try_from(quiet_days).unwrap_or(0)));
            returns.push(index / before - 1.0);
        }
        previous = Some((day, index));
    }
    returns
}

/// How long the stretches are of which a curve over `span` keeps a few points each. They fit into UTC days, so that
/// daily returns stay what they are.
pub fn thinning(span: Duration) -> Duration {
    const WIDTHS_S: [u64; 5] = [60, 300, 900, 3_600, 21_600];
    const DAY_S: u64 = 86_400;
    let fits = |width: &u64| span.as_secs() / width <= MAX_STRETCHES;
    Duration::from_secs(WIDTHS_S.into_iter().find(fits).unwrap_or(DAY_S))
}

/// A flow of cash seen from the owner's pocket: what is paid in is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashFlow {
    /// When.
    pub at: Timestamp,
    /// How much comes back to the owner.
    pub amount: Decimal,
}

/// The money-weighted return (XIRR, actual/365) in percent: of a year, or of the whole time where that is shorter.
/// `None` where the flows have one sign only or no rate fits.
pub fn money_weighted_pct(flows: &[CashFlow]) -> Option<f64> {
    let (first, last) = (flows.first()?, flows.last()?);
    let years = |at: Timestamp| (at.millis() - first.at.millis()) as f64 / YEAR_MS;
    let dated: Vec<(f64, f64)> = flows
        .iter()
        .filter_map(|flow| flow.amount.to_f64().map(|amount| (years(flow.at), amount)))
        .collect();
    let has_both_signs = dated.iter().any(|(_, amount)| *amount > 0.0) && dated.iter().any(|(_, amount)| *amount < 0.0);
    let span = years(last.at);
    if !has_both_signs || span <= 0.0 {
        return None;
    }
    // The logarithm of growth per whole span keeps both short and long spans within bounds.
    let worth = |log_growth: f64| {
        dated
            .iter()
            .map(|(t, amount)| amount * (-log_growth * t / span).exp())
            .sum::<f64>()
    };
    let log_growth = root(worth, -20.0, 20.0)?;
    let growth = if span < 1.0 {
        log_growth.exp()
    } else {
        (log_growth / span).exp()
    };
    Some(tidy((growth - 1.0) * 100.0))
}

/// Rounded to six decimals, so that noise is not shown.
pub fn tidy(value: f64) -> f64 {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded == 0.0 { 0.0 } else { rounded }
}

fn root(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> Option<f64> {
    let (mut at_low, at_high) = (f(low), f(high));
    if !at_low.is_finite() || !at_high.is_finite() || at_low.signum() == at_high.signum() {
        return None;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        let at_middle = f(middle);
        if at_middle.signum() == at_low.signum() {
            (low, at_low) = (middle, at_middle);
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_millis(number * 86_400_000 + 1000).expect("time")
    }

    fn flow(at: i64, amount: Decimal) -> CashFlow {
        CashFlow { at: day(at), amount }
    }

    #[test]
    fn a_curve_is_thinned_to_stretches_that_fit_into_days() {
        let days = |days: u64| thinning(Duration::from_secs(days * 86_400)).as_secs();
        assert_eq!(
            [days(1), days(7), days(30), days(365), days(3_650)],
            [60, 300, 900, 21_600, 86_400]
        );
    }

    #[test]
    fn a_year_of_ten_percent_has_a_money_weighted_return_of_ten_percent() {
        assert_eq!(
            money_weighted_pct(&[flow(0, dec!(-1000)), flow(365, dec!(1100))]),
            Some(10.0)
        );
    }

    #[test]
    fn under_a_year_the_return_is_not_annualised() {
        assert_eq!(
            money_weighted_pct(&[flow(0, dec!(-1000)), flow(30, dec!(1050))]),
            Some(5.0)
        );
    }

    #[test]
    fn money_in_later_weighs_less() {
        // Spreadsheet's XIRR of these flows: 0.372525 … checked by substitution below.
        let flows = [flow(0, dec!(-1000)), flow(182, dec!(-1000)), flow(365, dec!(2500))];
        let rate = money_weighted_pct(&flows).expect("rate") / 100.0;
        let left = -1000.0 - 1000.0 / (1.0 + rate).powf(182.0 / 365.0) + 2500.0 / (1.0 + rate);
        assert!(left.abs() < 1e-3, "{rate} {left}");
    }

    #[test]
    fn flows_of_one_sign_have_no_return() {
        assert_eq!(money_weighted_pct(&[flow(0, dec!(-1000)), flow(10, dec!(0))]), None);
        assert_eq!(money_weighted_pct(&[]), None);
    }

    #[test]
    fn risk_is_hidden_under_thirty_days() {
        let curve: Vec<Growth> = (0..30)
            .map(|n| Growth {
                at: day(n),
                equity: dec!(1),
                index: Decimal::ONE + Decimal::new(n, 3),
            })
            .collect();
        assert_eq!(risk(&curve), Risk::default());
        let longer: Vec<Growth> = (0..40)
            .map(|n| Growth {
                at: day(n),
                equity: dec!(1),
                index: Decimal::ONE + Decimal::new(n % 7, 3),
            })
            .collect();
        let risk = risk(&longer);
        assert!(
            risk.volatility_pct.is_some_and(|value| value > 0.0) && risk.sharpe.is_some() && risk.sortino.is_some()
        );
    }
}
