use std::mem::MaybeUninit;

use crate::{
    averages::Sma,
    bar::Bar,
    smoothing::{FADED, Fading},
    stream::Step,
    window::{Extremes, LANES, Ring, higher, lower, sum_of},
};

/// Differences of typical prices below this share of the price are rounding, not moves; TA-Lib's figure.
pub(crate) const NO_MOVE: f64 = 1e-14;

#[derive(Debug, Clone, Default)]
pub(crate) struct Rsi {
    gains: Fading,
    losses: Fading,
    /// The close before; NaN before the first.
    previous: f64,
}

impl Rsi {
    pub(crate) fn new(period: usize) -> Self {
        Self {
            gains: Fading::wilder(period),
            losses: Fading::wilder(period),
            previous: f64::NAN,
        }
    }

    /// The gain and the loss since the bar before.
    #[inline(always)]
    fn change(&mut self, bar: &Bar) -> (f64, f64) {
        let change = bar.close - self.previous;
        self.previous = bar.close;
        (higher(change, 0.0), higher(-change, 0.0))
    }

    #[inline(always)]
    fn index(&self) -> f64 {
        let (gain, loss) = (self.gains.unscaled(), self.losses.unscaled());
        let total = gain + loss;
        // TA-Lib says 0 of a series that never moved; that would be "oversold".
        if total > FADED {
            100.0 * (gain / total)
        } else {
            f64::NAN
        }
    }
}

impl Step<1> for Rsi {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.gains.is_seeded()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let (gain, loss) = self.change(bar);
        self.gains.advance(gain);
        self.losses.advance(loss);
        [self.index()]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        let is_first = self.previous.is_nan();
        let (gain, loss) = self.change(bar);
        if !is_first {
            self.gains.seed(gain);
            self.losses.seed(loss);
        }
        [if self.is_warm() { self.index() } else { f64::NAN }]
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Stochastic {
    extremes: Extremes,
    slow_k: Sma,
    slow_d: Sma,
}

impl Stochastic {
    pub(crate) fn new(fast_k: usize, slow_k: usize, slow_d: usize) -> Self {
        Self {
            extremes: Extremes::new(fast_k),
            slow_k: Sma::new(slow_k),
            slow_d: Sma::new(slow_d),
        }
    }

    #[inline(always)]
    fn fast_k(&mut self, bar: &Bar) -> f64 {
        let (highest, lowest) = self.extremes.push(bar.high, bar.low);
        let range = highest - lowest;
        if range > 0.0 {
            100.0 * ((bar.close - lowest) / range)
        } else {
            0.0
        }
    }
}

impl Step<2> for Stochastic {
    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.slow_d.is_full()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 2] {
        let fast_k = self.fast_k(bar);
        let k = self.slow_k.push(fast_k);
        let d = self.slow_d.push(k);
        [to_percent(k), to_percent(d)]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 2] {
        let fast_k = self.fast_k(bar);
        if self.extremes.is_full() {
            let k = self.slow_k.push(fast_k);
            if self.slow_k.is_full() {
                let d = self.slow_d.push(k);
                // %K has a value before %D has, but TA-Lib shows neither then.
                if self.slow_d.is_full() {
                    return [to_percent(k), to_percent(d)];
                }
            }
        }
        [f64::NAN; 2]
    }
}

/// Running sums may miss the bounds by a rounding.
#[inline(always)]
pub(crate) fn to_percent(number: f64) -> f64 {
    lower(higher(number, 0.0), 100.0)
}

#[derive(Debug, Clone, Default)]
pub(crate) struct WilliamsR(Extremes);

impl WilliamsR {
    pub(crate) fn new(period: usize) -> Self {
        Self(Extremes::new(period))
    }
}

impl Step<1> for WilliamsR {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.0.is_full()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let (highest, lowest) = self.0.push(bar.high, bar.low);
        let range = highest - lowest;
        [if range > 0.0 {
            -100.0 * ((highest - bar.close) / range)
        } else {
            0.0
        }]
    }
}

/// The one indicator that looks at its whole window for each bar: no sum yields a mean deviation from a moving mean.
///
/// Prices are summed from an `anchor` near them, so that a quiet market keeps its digits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cci {
    /// The window as a ring, filled up to whole lanes with the anchor.
    prices: Box<[f64]>,
    length: usize,
    at: usize,
    full: bool,
    anchor: f64,
    sum: f64,
}

impl Cci {
    pub(crate) fn new(period: usize) -> Self {
        Self {
            prices: vec![0.0; period.next_multiple_of(LANES)].into(),
            length: period,
            ..Self::default()
        }
    }

    #[inline(always)]
    fn begin_turn(&mut self, newest: f64) {
        self.at = 0;
        self.full = true;
        self.anchor = newest;
        self.sum = anchor_at(newest, &mut self.prices, self.length);
    }
}

#[inline(always)]
fn anchor_at(newest: f64, prices: &mut [f64], length: usize) -> f64 {
    prices[length..].fill(newest);
    sum_of(prices, |price| price - newest)
}

impl Step<1> for Cci {
    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.full
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let newest = bar.typical_price_by_3();
        let old = std::mem::replace(&mut self.prices[self.at], newest);
        self.sum += newest - old;
        self.at += 1;
        if self.at == self.length {
            self.begin_turn(newest);
        }
        let (anchor, length) = (self.anchor, self.length as f64);
        let mean = self.sum / length;
        let distance = (newest - anchor) - mean;
        if distance.abs() <= NO_MOVE * newest {
            return [0.0];
        }
        let filling = (self.prices.len() - self.length) as f64 * mean.abs();
        let deviations = sum_of(&self.prices, |price| ((price - anchor) - mean).abs()) - filling;
        [distance * length / (0.015 * deviations)]
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Roc(Ring);

impl Roc {
    pub(crate) fn new(period: usize) -> Self {
        Self(Ring::new(period))
    }
}

impl Step<1> for Roc {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.0.is_full()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let old = self.0.replace(bar.close);
        self.0.turn();
        [(bar.close / old - 1.0) * 100.0]
    }

    /// Bars that have the one they refer to beside them don't wait for the ring, so that they are divided several at once.
    #[inline(always)]
    fn advance_all(&mut self, bars: &[Bar], places: &mut [MaybeUninit<[f64; 1]>]) {
        let period = self.0.numbers().len();
        let head = period.min(bars.len());
        for (place, bar) in places.iter_mut().zip(&bars[..head]) {
            place.write(self.advance(bar));
        }
        let pairs = bars[head..].iter().zip(bars);
        for (place, (bar, old)) in places[head..].iter_mut().zip(pairs) {
            place.write([(bar.close / old.close - 1.0) * 100.0]);
        }
        for bar in &bars[head.max(bars.len().saturating_sub(period))..] {
            self.0.replace(bar.close);
            self.0.turn();
        }
    }

    /// A full ring is not enough: the value needs a bar before all those in it.
    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        self.advance(bar);
        [f64::NAN]
    }
}
