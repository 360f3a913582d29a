use domain::{Candle, Interval};

use super::{
    bars::Groups,
    condition::{Condition, ValueOp},
};

/// The newest closed candles of an asset, as far as a condition is about them: how it stands before anybody watches it.
#[derive(Debug, Default)]
pub struct ClosedCandles(Groups);

impl ClosedCandles {
    /// None are known yet.
    pub fn of(condition: &Condition) -> Self {
        let mut groups = Groups::default();
        for part in condition.parts() {
            groups.prepare(part);
        }
        Self(groups)
    }

    /// Which candles are needed, and how many of each length; told once.
    pub fn take_wants(&mut self) -> Vec<(Interval, usize)> {
        let wanted = |group: &mut super::bars::Group| Some((group.interval, group.wants.take()?));
        self.0.iter_mut().filter_map(wanted).collect()
    }

    /// Takes in closed candles of one length, oldest first.
    pub fn give(&mut self, interval: Interval, candles: &[Candle]) {
        if let Some(group) = self.0.get_mut(interval) {
            group.warm_up(candles, None);
        }
    }

    /// Whether a single state is true by the newest of them; `None` where they don't tell.
    pub(super) fn meets(&self, condition: &Condition) -> Option<bool> {
        match condition {
            Condition::Indicator(rule) => {
                let current = self.0.reading(rule)?.current;
                match rule.op {
                    ValueOp::Above => Some(current >= rule.value),
                    ValueOp::Below => Some(current <= rule.value),
                    ValueOp::CrossesAbove | ValueOp::CrossesBelow => None,
                }
            }
            Condition::VolumeSpike { multiple, interval } => self.0.is_spike(*interval, *multiple),
            _ => None,
        }
    }
}
