use std::mem::{self, MaybeUninit};

use crate::{
    bar::Bar,
    smoothing::{Fading, PairedFading},
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
    ranges: PairedFading,
    /// NaN before the first bar.
    previous_close: f64,
}

impl Atr {
    pub(crate) fn new(period: usize) -> Self {
        Self {
            ranges: PairedFading::new(Fading::wilder(period)),
            previous_close: f64::NAN,
        }
    }

    #[inline(always)]
    fn range_of(&mut self, bar: &Bar) -> f64 {
        true_range(bar, mem::replace(&mut self.previous_close, bar.close))
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
        let range = self.range_of(bar);
        [self.ranges.advance(range)]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        let is_first = self.previous_close.is_nan();
        let range = self.range_of(bar);
        if is_first {
            return [f64::NAN];
        }
        let average = self.ranges.seed(range);
        [if self.is_warm() { average } else { f64::NAN }]
    }

    #[inline(always)]
    fn advance_all(&mut self, bars: &[Bar], places: &mut [MaybeUninit<[f64; 1]>]) {
        let mut warm = mem::take(self);
        let begun = warm.ranges.missing_of_pair().min(bars.len());
        let (first_bars, bars) = bars.split_at(begun);
        let (first_places, places) = places.split_at_mut(begun);
        let (pairs, last_bars) = bars.as_chunks();
        let (pair_places, last_places) = places.as_chunks_mut();
        for (bar, place) in first_bars.iter().zip(first_places) {
            place.write(warm.advance(bar));
        }
        for ([first, second], [first_place, second_place]) in pairs.iter().zip(pair_places) {
            let (first, second) = (warm.range_of(first), warm.range_of(second));
            let averages = warm.ranges.advance_pair(first, second);
            first_place.write([averages[0]]);
            second_place.write([averages[1]]);
        }
        for (bar, place) in last_bars.iter().zip(last_places) {
            place.write(warm.advance(bar));
        }
        *self = warm;
    }
}
