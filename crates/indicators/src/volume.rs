use crate::{
    bar::Bar,
    oscillators::NO_MOVE,
    stream::Step,
    window::{Ring, higher, lower},
};

const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Clone, Default)]
pub(crate) struct Obv {
    sum: f64,
    previous_close: f64,
    has_volume: bool,
}

impl Step<1> for Obv {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.has_volume
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let previous = std::mem::replace(&mut self.previous_close, bar.close);
        let Some(volume) = bar.volume else { return [f64::NAN] };
        let rise = if bar.close > previous { volume } else { 0.0 };
        let fall = if bar.close < previous { volume } else { 0.0 };
        self.sum += rise - fall;
        [self.sum]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        self.previous_close = bar.close;
        let Some(volume) = bar.volume else { return [f64::NAN] };
        self.has_volume = true;
        self.sum = volume;
        [volume]
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Vwap {
    day_start_ms: i64,
    turnover: f64,
    volume: f64,
    /// All of the day has been seen, not only what came after the first bar.
    is_whole: bool,
}

impl Default for Vwap {
    fn default() -> Self {
        Self {
            day_start_ms: i64::MIN,
            turnover: 0.0,
            volume: 0.0,
            is_whole: false,
        }
    }
}

impl Vwap {
    pub(crate) fn is_whole_day(&self) -> bool {
        self.is_whole
    }

    #[cold]
    fn begin_day(&mut self, start_ms: i64) {
        let day_start_ms = start_ms.div_euclid(DAY_MS) * DAY_MS;
        // A feed that was already running has missed nothing of the new day.
        self.is_whole = self.day_start_ms != i64::MIN || day_start_ms == start_ms;
        self.day_start_ms = day_start_ms;
        (self.turnover, self.volume) = (0.0, 0.0);
    }
}

impl Step<1> for Vwap {
    #[inline(always)]
    fn is_warm(&self) -> bool {
        true
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let since = bar.start_ms.wrapping_sub(self.day_start_ms);
        if !(0..DAY_MS).contains(&since) {
            self.begin_day(bar.start_ms);
        }
        let Some(volume) = bar.volume else { return [f64::NAN] };
        self.turnover += bar.typical_price_by_3() * volume;
        self.volume += volume;
        [if self.volume > 0.0 {
            self.turnover / (3.0 * self.volume)
        } else {
            f64::NAN
        }]
    }
}

/// The share of what its sums have held below which they are summed anew, lest the rounding of what left be read as flow.
const DRAINED: f64 = 1e-4;

#[derive(Debug, Clone, Default)]
pub(crate) struct Mfi {
    /// Money flows: above 0 where the typical price rose, below where it fell.
    flows: Ring,
    window: Flows,
    /// Those of the present turn of the ring alone: at its end they are the window's, without what rounding has left.
    turn: Flows,
    /// Below this total most of what was last summed anew has left. All that has come since is still there, so this
    /// bounds what the rounding can be.
    drained: f64,
    /// The typical price before; NaN before the first.
    previous: f64,
    /// For how many bars more the window holds an unknown volume.
    unknown: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Flows {
    /// What flowed in less what flowed out.
    net: f64,
    total: f64,
}

impl Flows {
    // Rarely run, but a call in the loop over bars would keep its sums out of the registers.
    #[inline(always)]
    fn of(flows: &[f64]) -> Self {
        let mut sums = Self::default();
        for flow in flows {
            sums.change(*flow, 0.0);
        }
        sums
    }

    #[inline(always)]
    fn change(&mut self, new: f64, old: f64) {
        self.net += new - old;
        self.total += new.abs() - old.abs();
    }

    /// The share that flowed in, in percent.
    #[inline(always)]
    fn index(self) -> f64 {
        if self.total > 0.0 {
            // Running sums may miss their bounds by a rounding.
            50.0 + 50.0 * lower(higher(self.net / self.total, -1.0), 1.0)
        } else {
            0.0
        }
    }
}

impl Mfi {
    pub(crate) fn new(period: usize) -> Self {
        Self {
            flows: Ring::new(period),
            previous: f64::NAN,
            ..Self::default()
        }
    }

    #[inline(always)]
    fn renew(&mut self, window: Flows) {
        self.window = window;
        self.drained = DRAINED * window.total;
    }
}

impl Step<1> for Mfi {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.flows.is_full()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let price = bar.typical_price_by_3();
        let change = price - self.previous;
        let is_move = change.abs() > NO_MOVE * (price + self.previous);
        self.previous = price;
        let volume = bar.volume.unwrap_or_else(|| {
            std::hint::cold_path();
            self.unknown = self.flows.numbers().len() + 1;
            0.0
        });
        let flow = if is_move {
            (price * volume).copysign(change)
        } else {
            0.0
        };
        let old = self.flows.replace(flow);
        self.window.change(flow, old);
        self.turn.change(flow, 0.0);
        if self.flows.turn() {
            let turn = std::mem::take(&mut self.turn);
            self.renew(turn);
        } else if self.window.total < self.drained {
            std::hint::cold_path();
            self.renew(Flows::of(self.flows.numbers()));
        }
        if self.unknown > 0 {
            std::hint::cold_path();
            self.unknown -= 1;
            if self.unknown > 0 {
                return [f64::NAN];
            }
        }
        [self.window.index()]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        if self.previous.is_nan() {
            // Nothing to compare with: no flow.
            self.previous = bar.typical_price_by_3();
            return [f64::NAN];
        }
        let numbers = self.advance(bar);
        if self.is_warm() { numbers } else { [f64::NAN] }
    }
}
