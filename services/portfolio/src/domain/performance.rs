//! Time-weighted return: how well the book did, whatever its owner paid in or out.

use domain::Timestamp;
use rust_decimal::{Decimal, dec};

/// Below this a base says nothing about a return.
const DUST: Decimal = dec!(0.01);

/// What a book was worth at a moment, before the flow of that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// When.
    pub at: Timestamp,
    /// Worth; `None` where it was not known.
    pub equity: Option<Decimal>,
    /// Cash that then came in (positive) or went out.
    pub flow: Decimal,
}

/// Why a part of the time-weighted return is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Note {
    /// A part began with nothing and was left out.
    UndefinedPeriod,
    /// A flow happened at an unknown worth: that part is by modified Dietz.
    ModifiedDietz,
}

/// One step of growth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// When.
    pub at: Timestamp,
    /// Worth then, after the flow.
    pub equity: Decimal,
    /// What 1 at the start has become.
    pub index: Decimal,
}

/// The linked return and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeWeighted {
    /// At every sample whose worth is known.
    pub curve: Vec<Growth>,
    /// What to know about it.
    pub notes: Vec<Note>,
}

impl TimeWeighted {
    /// The return in full; `None` where nothing could be linked.
    pub fn total(&self) -> Option<Decimal> {
        match (self.curve.len(), self.curve.last()) {
            (2.., Some(last)) => last.index.checked_sub(Decimal::ONE),
            _ => None,
        }
    }

    /// The deepest fall from a peak, as a share of the peak (0.25 is a quarter).
    pub fn max_drawdown(&self) -> Option<Decimal> {
        let mut peak = self.curve.first()?.index;
        let mut deepest = Decimal::ZERO;
        for point in &self.curve {
            peak = peak.max(point.index);
            if peak > Decimal::ZERO {
                deepest = deepest.max((peak - point.index).checked_div(peak)?);
            }
        }
        Some(deepest)
    }
}

/// Links the returns between samples, cut at every flow.
pub fn time_weighted(samples: &[Sample]) -> TimeWeighted {
    let mut result = TimeWeighted {
        curve: Vec::new(),
        notes: Vec::new(),
    };
    let mut index = Decimal::ONE;
    let mut open: Option<Span> = None;
    for sample in samples {
        let Some(equity) = sample.equity else {
            if let Some(span) = &mut open {
                span.unvalued.push((sample.at, sample.flow));
            }
            continue;
        };
        if let Some(span) = open.take() {
            match span.growth(sample.at, equity) {
                Some(factor) => {
                    index = index.checked_mul(factor).unwrap_or(index).round_dp(20);
                    if !span.unvalued.iter().all(|(_, flow)| flow.is_zero()) {
                        result.note(Note::ModifiedDietz);
                    }
                }
                None => result.note(Note::UndefinedPeriod),
            }
        }
        let after = equity.checked_add(sample.flow).unwrap_or(equity);
        result.curve.push(Growth {
            at: sample.at,
            equity: after,
            index,
        });
        open = Some(Span {
            start: sample.at,
            base: after,
            unvalued: Vec::new(),
        });
    }
    result
}

impl TimeWeighted {
    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

struct Span {
    start: Timestamp,
    base: Decimal,
    unvalued: Vec<(Timestamp, Decimal)>,
}

impl Span {
    fn growth(&self, end: Timestamp, equity: Decimal) -> Option<Decimal> {
        let length = Decimal::from(end.millis().checked_sub(self.start.millis())?);
        let (mut weighted, mut flows) = (Decimal::ZERO, Decimal::ZERO);
        for (at, flow) in &self.unvalued {
            let left = Decimal::from(end.millis().checked_sub(at.millis())?);
            let weight = if length.is_zero() {
                Decimal::ZERO
            } else {
                left.checked_div(length)?
            };
            weighted = weighted.checked_add(flow.checked_mul(weight)?)?;
            flows = flows.checked_add(*flow)?;
        }
        let base = self.base.checked_add(weighted)?;
        if base < DUST {
            return None;
        }
        let gain = equity.checked_sub(self.base)?.checked_sub(flows)?;
        Decimal::ONE.checked_add(gain.checked_div(base)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(day: i64, equity: Option<Decimal>, flow: Decimal) -> Sample {
        Sample {
            at: Timestamp::from_millis(day * 86_400_000).expect("time"),
            equity,
            flow,
        }
    }

    #[test]
    fn deposits_and_withdrawals_do_not_count_as_gains() {
        let samples = [
            sample(0, Some(dec!(0)), dec!(1000)),
            sample(1, Some(dec!(1100)), dec!(10000)),
            sample(2, Some(dec!(9990)), dec!(-5000)),
            sample(3, Some(dec!(4990)), dec!(0)),
        ];
        let result = time_weighted(&samples);
        // 1.1 · 0.9 · 1
        assert_eq!(result.total().map(|total| total.round_dp(10)), Some(dec!(-0.01)));
        assert_eq!(result.max_drawdown().map(|fall| fall.round_dp(10)), Some(dec!(0.1)));
        assert!(result.notes.is_empty());
    }

    #[test]
    fn a_period_that_begins_with_nothing_is_undefined_and_never_a_total_loss() {
        let samples = [
            sample(0, Some(dec!(0)), dec!(1000)),
            sample(1, Some(dec!(1000)), dec!(-1000)),
            sample(2, Some(dec!(0)), dec!(500)),
            sample(3, Some(dec!(550)), dec!(0)),
        ];
        let result = time_weighted(&samples);
        assert_eq!(result.total(), Some(dec!(0.1)));
        assert_eq!(result.notes, [Note::UndefinedPeriod]);
    }

    #[test]
    fn a_flow_at_an_unknown_worth_is_bridged_by_modified_dietz_and_labelled() {
        let samples = [
            sample(0, Some(dec!(0)), dec!(1000)),
            sample(5, None, dec!(1000)),
            sample(10, Some(dec!(2150)), dec!(0)),
        ];
        let result = time_weighted(&samples);
        assert_eq!(result.total(), Some(dec!(0.1)));
        assert_eq!(result.notes, [Note::ModifiedDietz]);
    }

    #[test]
    fn a_single_sample_has_no_return() {
        assert_eq!(time_weighted(&[sample(0, Some(dec!(0)), dec!(1000))]).total(), None);
        assert_eq!(time_weighted(&[]).max_drawdown(), None);
    }
}
