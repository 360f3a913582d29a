//! Sums and extremes of the last n numbers in constant time.
//!
//! A running sum that adds the new and subtracts the old keeps the rounding error of everything it ever saw: a price of
//! 100,000 leaves its noise in a later price of 0.000001. So each window is renewed whenever its ring begins anew, most
//! of them without a loop: `fresh` has by then summed exactly the numbers in the ring.

/// The last n numbers, in a ring.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ring {
    numbers: Box<[f64]>,
    at: usize,
    full: bool,
}

impl Ring {
    pub(crate) fn new(length: usize) -> Self {
        Self {
            numbers: vec![0.0; length].into(),
            at: 0,
            full: false,
        }
    }

    /// Replaces the oldest number and returns it; 0 as long as there is none.
    #[inline(always)]
    pub(crate) fn replace(&mut self, number: f64) -> f64 {
        std::mem::replace(&mut self.numbers[self.at], number)
    }

    /// Goes on to the next place; true when that is the first again. Once after each [`Ring::replace`].
    #[inline(always)]
    pub(crate) fn turn(&mut self) -> bool {
        self.at += 1;
        let turned = self.at == self.numbers.len();
        if turned {
            self.at = 0;
            self.full = true;
        }
        turned
    }

    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// All numbers, in no useful order.
    #[inline(always)]
    pub(crate) fn numbers(&self) -> &[f64] {
        &self.numbers
    }
}

/// The sum of the last n numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct RollingSum {
    ring: Ring,
    sum: f64,
    fresh: f64,
}

impl RollingSum {
    pub(crate) fn new(length: usize) -> Self {
        Self {
            ring: Ring::new(length),
            sum: 0.0,
            fresh: 0.0,
        }
    }

    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.ring.is_full()
    }

    /// The sum with `number`.
    #[inline(always)]
    pub(crate) fn push(&mut self, number: f64) -> f64 {
        let old = self.ring.replace(number);
        self.sum += number - old;
        self.fresh += number;
        if self.ring.turn() {
            self.sum = self.fresh;
            self.fresh = 0.0;
        }
        self.sum
    }
}

/// The highest high and the lowest low of the last n bars.
///
/// Behind the place of the newest bar the ring holds, for the bars of the turn before, the extremes from there to that
/// turn's end; so what is left of that turn is known at a glance. No branch depends on a price.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extremes {
    /// One more than n: the last is never written, so that behind the end nothing is extreme.
    highs: Box<[f64]>,
    lows: Box<[f64]>,
    at: usize,
    full: bool,
    turn_high: f64,
    turn_low: f64,
}

impl Extremes {
    pub(crate) fn new(length: usize) -> Self {
        Self {
            highs: vec![f64::NEG_INFINITY; length + 1].into(),
            lows: vec![f64::INFINITY; length + 1].into(),
            at: 0,
            full: false,
            turn_high: f64::NEG_INFINITY,
            turn_low: f64::INFINITY,
        }
    }

    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.full
    }

    /// The highest high and the lowest low with this bar.
    #[inline(always)]
    pub(crate) fn push(&mut self, high: f64, low: f64) -> (f64, f64) {
        self.turn_high = higher(self.turn_high, high);
        self.turn_low = lower(self.turn_low, low);
        self.highs[self.at] = high;
        self.lows[self.at] = low;
        self.at += 1;
        let highest = higher(self.turn_high, self.highs[self.at]);
        let lowest = lower(self.turn_low, self.lows[self.at]);
        if self.at + 1 == self.highs.len() {
            self.begin_turn();
        }
        (highest, lowest)
    }

    #[inline(always)]
    fn begin_turn(&mut self) {
        to_suffix_extremes(&mut self.highs, &mut self.lows);
        (self.turn_high, self.turn_low) = (f64::NEG_INFINITY, f64::INFINITY);
        self.at = 0;
        self.full = true;
    }
}

#[inline(always)]
fn to_suffix_extremes(highs: &mut [f64], lows: &mut [f64]) {
    let (mut highest, mut lowest) = (f64::NEG_INFINITY, f64::INFINITY);
    for (high, low) in highs.iter_mut().zip(lows).rev() {
        highest = higher(highest, *high);
        lowest = lower(lowest, *low);
        (*high, *low) = (highest, lowest);
    }
}

// Not f64::max: its care for NaN costs three instructions where one does.
#[inline(always)]
pub(crate) fn higher(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
pub(crate) fn lower(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// How many numbers [`sum_of`] takes at once.
pub(crate) const LANES: usize = 4;

/// The sum of `term` over the numbers, in lanes that the compiler makes vectors of.
#[inline(always)]
pub(crate) fn sum_of(numbers: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    let chunks = numbers.chunks_exact(LANES);
    let rest: f64 = chunks.remainder().iter().map(|number| term(*number)).sum();
    for chunk in chunks {
        for (lane, number) in lanes.iter_mut().zip(chunk) {
            *lane += term(*number);
        }
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]) + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    #[test]
    fn a_sum_forgets_what_has_left_its_window() {
        let mut sum = RollingSum::new(4);
        sum.push(1e17);
        for _ in 0..7 {
            sum.push(0.1);
        }
        assert_eq!(sum.push(0.1), 0.4);
    }

    proptest! {
        #[test]
        fn extremes_are_those_of_the_window(prices in vec((0_u8..50, 0_u8..50), 1..80), length in 1_usize..12) {
            let mut extremes = Extremes::new(length);
            for (index, &(high, low)) in prices.iter().enumerate() {
                let got = extremes.push(f64::from(high), f64::from(low));
                prop_assert_eq!(extremes.is_full(), index + 1 >= length);
                if extremes.is_full() {
                    let window = &prices[index + 1 - length..=index];
                    let highest = window.iter().map(|bar| bar.0).max().expect("not empty");
                    let lowest = window.iter().map(|bar| bar.1).min().expect("not empty");
                    prop_assert_eq!(got, (f64::from(highest), f64::from(lowest)));
                }
            }
        }
    }
}
