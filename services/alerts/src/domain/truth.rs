use domain::{Decimal, Timestamp};

use super::{
    bars::Groups,
    condition::{ChannelOp, Condition, LevelKind, ValueOp, Window},
    exact::{ceil_permille, floor_permille},
    percent::{Move, Moves},
};

/// How a condition stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truth {
    /// It is true.
    pub met: bool,
    /// It is false by its hysteresis.
    pub clear: bool,
    /// What it compares with is there.
    pub known: bool,
}

impl Truth {
    pub(super) const UNKNOWN: Truth = Truth {
        met: false,
        clear: false,
        known: false,
    };

    pub(super) fn of(met: bool, clear: bool) -> Self {
        Self {
            met,
            clear,
            known: true,
        }
    }
}

/// From which price at or under a level `above` is false by its hysteresis of 0.1 %.
pub(super) fn clear_below(level: Decimal) -> Decimal {
    floor_permille(level, 999)
}

/// From which price at or over a level `below` is false by its hysteresis of 0.1 %.
pub(super) fn clear_above(level: Decimal) -> Decimal {
    ceil_permille(level, 1001)
}

/// What a condition is judged on.
pub(super) struct View<'a> {
    /// The price before, where there was one.
    pub previous: Option<Decimal>,
    /// The price.
    pub price: Decimal,
    /// Its time.
    pub at: Timestamp,
    /// Counts the entries of the log: an indicator's crossing is true only at the entry that closed its candle.
    pub stamp: u64,
    pub groups: &'a Groups,
    pub moves: &'a [Option<Box<Moves>>; 3],
}

pub(super) fn window_index(window: Window) -> usize {
    match window {
        Window::M5 => 0,
        Window::H1 => 1,
        Window::H24 => 2,
    }
}

impl View<'_> {
    pub(super) fn judge(&self, condition: &Condition) -> Truth {
        match condition {
            Condition::Level { kind, price } => self.level(*kind, price.value()),
            Condition::Channel { low, high, op } => self.channel(low.value(), high.value(), *op),
            Condition::ChangePct {
                direction,
                percent,
                window,
            } => {
                let moves = self.moves[window_index(*window)].as_ref();
                match moves.and_then(|moves| moves.reference(self.at)) {
                    Some(reference) => Move {
                        price: self.price,
                        reference,
                    }
                    .judge(*direction, *percent),
                    None => Truth::UNKNOWN,
                }
            }
            Condition::Indicator(rule) => {
                let Some(reading) = self.groups.reading(rule) else {
                    return Truth::UNKNOWN;
                };
                let is_new = reading.stamp == self.stamp;
                let crosses = |test: fn(f64, f64, f64) -> bool| {
                    is_new
                        && reading
                            .previous
                            .is_some_and(|previous| test(previous, rule.value, reading.current))
                };
                let met = match rule.op {
                    ValueOp::Above => reading.current >= rule.value,
                    ValueOp::Below => reading.current <= rule.value,
                    ValueOp::CrossesAbove => crosses(|before, value, now| before < value && value <= now),
                    ValueOp::CrossesBelow => crosses(|before, value, now| before > value && value >= now),
                };
                Truth::of(met, !met)
            }
            Condition::VolumeSpike { multiple, interval } => match self.groups.is_spike(*interval, *multiple) {
                Some(met) => Truth::of(met, !met),
                None => Truth::UNKNOWN,
            },
            Condition::All(parts) => {
                let parts = parts.iter().map(|part| self.judge(part));
                parts.fold(
                    Truth {
                        met: true,
                        clear: false,
                        known: true,
                    },
                    |all, part| Truth {
                        met: all.met && part.met,
                        clear: all.clear || part.clear,
                        known: all.known && part.known,
                    },
                )
            }
        }
    }

    fn level(&self, kind: LevelKind, level: Decimal) -> Truth {
        let price = self.price;
        let is_up = || self.previous.is_some_and(|previous| previous < level && level <= price);
        let is_down = || self.previous.is_some_and(|previous| previous > level && level >= price);
        let event = |met: bool| Truth::of(met, !met);
        match kind {
            LevelKind::Above => Truth::of(price >= level, price <= clear_below(level)),
            LevelKind::Below => Truth::of(price <= level, price >= clear_above(level)),
            LevelKind::CrossesAbove => event(is_up()),
            LevelKind::CrossesBelow => event(is_down()),
            LevelKind::Crosses => event(is_up() || is_down()),
        }
    }

    fn channel(&self, low: Decimal, high: Decimal, op: ChannelOp) -> Truth {
        let is_inside = |price: Decimal| low <= price && price <= high;
        let now = is_inside(self.price);
        let was = self.previous.map(is_inside);
        let event = |met: bool| Truth::of(met, !met);
        match op {
            ChannelOp::Inside => Truth::of(now, self.price <= clear_below(low) || self.price >= clear_above(high)),
            ChannelOp::Outside => Truth::of(!now, self.price >= clear_above(low) && self.price <= clear_below(high)),
            ChannelOp::Enters => event(was == Some(false) && now),
            ChannelOp::Exits => event(was == Some(true) && !now),
        }
    }
}

/// Whether two prices are all that it takes to judge it.
pub(super) fn is_about_prices(condition: &Condition) -> bool {
    condition
        .parts()
        .iter()
        .all(|part| matches!(part, Condition::Level { .. } | Condition::Channel { .. }))
}

/// The levels around which the truth of a condition, or of its end, may change; `None` where prices have no such levels.
pub(super) fn turning_points(condition: &Condition) -> Vec<Decimal> {
    match condition {
        Condition::Level { kind, price } => {
            let level = price.value();
            match kind {
                LevelKind::Above => vec![level, clear_below(level)],
                LevelKind::Below => vec![level, clear_above(level)],
                _ => vec![level],
            }
        }
        Condition::Channel { low, high, op } => {
            let (low, high) = (low.value(), high.value());
            match op {
                ChannelOp::Inside => vec![low, high, clear_below(low), clear_above(high)],
                ChannelOp::Outside => vec![low, high, clear_above(low), clear_below(high)],
                ChannelOp::Enters | ChannelOp::Exits => vec![low, high],
            }
        }
        Condition::All(parts) => parts.iter().flat_map(turning_points).collect(),
        Condition::ChangePct { .. } | Condition::Indicator(_) | Condition::VolumeSpike { .. } => Vec::new(),
    }
}
