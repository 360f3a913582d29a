use crate::{
    bar::Bar,
    smoothing::Fading,
    stream::Step,
    window::{Ring, higher, sum_of},
};

/// The share of what its sums have held below which a variance, being their difference, has lost too many digits.
const CANCELLED: f64 = 1e-4;

/// Sums of deviations from an `anchor` near the prices: squares of whole prices would swallow a quiet market.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bollinger {
    ring: Ring,
    /// 1 / n.
    share: f64,
    deviations: f64,
    anchor: f64,
    sum: f64,
    squares: f64,
    /// What `squares` was when it was last summed anew. All that has come since is still there, so this bounds what its
    /// rounding can be.
    renewed: f64,
}

impl Bollinger {
    pub(crate) fn new(period: usize, deviations: f64) -> Self {
        Self {
            ring: Ring::new(period),
            share: 1.0 / period as f64,
            deviations,
            ..Self::default()
        }
    }

    /// Anchors at the newest price and sums anew: at every turn of the ring, and where most of what was summed has left
    /// the window. The anchor is then in the window until the next turn, so it never lies farther from the mean than √n
    /// deviations, and the variance keeps its digits.
    #[inline(always)]
    fn anchor_at(&mut self, price: f64) {
        self.anchor = price;
        (self.sum, self.squares) = deviations_from(price, self.ring.numbers());
        self.renewed = self.squares;
    }

    /// The mean of the deviations from the anchor, and n times the variance.
    #[inline(always)]
    fn moments(&self) -> (f64, f64) {
        let mean = self.sum * self.share;
        (mean, self.squares - self.sum * mean)
    }
}

#[inline(always)]
fn deviations_from(anchor: f64, numbers: &[f64]) -> (f64, f64) {
    let sum = sum_of(numbers, |number| number - anchor);
    let squares = sum_of(numbers, |number| (number - anchor) * (number - anchor));
    (sum, squares)
}

impl Step<3> for Bollinger {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.ring.is_full()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 3] {
        let price = bar.close;
        let old = self.ring.replace(price) - self.anchor;
        let new = price - self.anchor;
        self.sum += new - old;
        self.squares += (new - old) * (new + old);
        let (mut mean, mut variation) = self.moments();
        if self.ring.turn() || variation < CANCELLED * self.renewed {
            self.anchor_at(price);
            (mean, variation) = self.moments();
        }
        let middle = self.anchor + mean;
        let width = self.deviations * (higher(variation, 0.0) * self.share).sqrt();
        [middle + width, middle, middle - width]
    }
}

/// How far a bar reaches, the gap from the close before it included.
#[inline(always)]
pub(crate) fn true_range(bar: &Bar, previous_close: f64) -> f64 {
    let range = bar.high - bar.low;
    let up = (bar.high - previous_close).abs();
    let down = (bar.low - previous_close).abs();
    higher(down, higher(up, range))
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Atr {
    ranges: Fading,
    /// NaN before the first bar.
    previous_close: f64,
}

impl Atr {
    pub(crate) fn new(period: usize) -> Self {
        Self {
            ranges: Fading::wilder(period),
            previous_close: f64::NAN,
        }
    }
}

impl Step<1> for Atr {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.ranges.is_seeded()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        self.ranges.advance(true_range(bar, self.previous_close));
        self.previous_close = bar.close;
        [self.ranges.average()]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        if !self.previous_close.is_nan() {
            self.ranges.seed(true_range(bar, self.previous_close));
        }
        self.previous_close = bar.close;
        [if self.is_warm() {
            self.ranges.average()
        } else {
            f64::NAN
        }]
    }
}
