/// Average moves below this have faded to nothing: dividing them would compare the last bits of denormal numbers.
pub(crate) const FADED: f64 = 1e-280;

/// An average that fades: `average = keep · average + scale · number`, seeded by the mean of the first n numbers.
///
/// It is held as `average / scale`, so that each number costs one multiplication and one addition that wait for the
/// last; TA-Lib's own formulas wait for a division, or for one operation more. They differ in the last bits.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fading {
    sum: f64,
    keep: f64,
    scale: f64,
    missing: usize,
    seed: f64,
}

impl Fading {
    /// An exponential average: a number weighs `2 / (n + 1)`.
    pub(crate) fn exponential(length: usize) -> Self {
        let n = length as f64;
        Self {
            sum: 0.0,
            keep: (n - 1.0) / (n + 1.0),
            scale: 2.0 / (n + 1.0),
            missing: length,
            seed: (n + 1.0) / (2.0 * n),
        }
    }

    /// Wilder's average: a number weighs `1 / n`.
    pub(crate) fn wilder(length: usize) -> Self {
        let n = length as f64;
        Self {
            sum: 0.0,
            keep: (n - 1.0) / n,
            scale: 1.0 / n,
            missing: length,
            seed: 1.0,
        }
    }

    /// Whether it has had its first n numbers.
    #[inline(always)]
    pub(crate) fn is_seeded(&self) -> bool {
        self.missing == 0
    }

    /// Takes one of the first n numbers, no more.
    pub(crate) fn seed(&mut self, number: f64) {
        self.sum += number;
        self.missing -= 1;
        if self.missing == 0 {
            self.sum *= self.seed;
        }
    }

    /// Takes a number, once seeded.
    #[inline(always)]
    pub(crate) fn advance(&mut self, number: f64) {
        self.sum = self.keep.mul_add(self.sum, number);
    }

    #[inline(always)]
    pub(crate) fn average(&self) -> f64 {
        self.sum * self.scale
    }

    /// The average over `scale`, which is all that a ratio of two averages needs.
    #[inline(always)]
    pub(crate) fn unscaled(&self) -> f64 {
        self.sum
    }
}
