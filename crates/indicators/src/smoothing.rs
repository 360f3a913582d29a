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

/// A [`Fading`] average that is carried from pair to pair of numbers. The second of a pair waits for the pair before, not
/// for the first, so that many numbers take half the time; one by one they give the same averages.
#[derive(Debug, Clone, Default)]
pub(crate) struct PairedFading {
    /// Up to the last whole pair.
    pairs: Fading,
    /// What a pair keeps of the average before it.
    keep: f64,
    /// The first of a pair that is not whole yet.
    first: Option<f64>,
}

impl PairedFading {
    pub(crate) fn new(pairs: Fading) -> Self {
        Self {
            keep: pairs.keep * pairs.keep,
            pairs,
            first: None,
        }
    }

    #[inline(always)]
    pub(crate) fn is_seeded(&self) -> bool {
        self.pairs.is_seeded()
    }

    /// See [`Fading::seed`]; gives the average.
    pub(crate) fn seed(&mut self, number: f64) -> f64 {
        self.pairs.seed(number);
        self.pairs.average()
    }

    /// How many numbers make the pair whole that has begun.
    pub(crate) fn missing_of_pair(&self) -> usize {
        usize::from(self.first.is_some())
    }

    /// Takes a number, once seeded, and gives the average.
    #[inline(always)]
    pub(crate) fn advance(&mut self, number: f64) -> f64 {
        if let Some(first) = self.first.take() {
            let [_, average] = self.advance_pair(first, number);
            return average;
        }
        self.first = Some(number);
        self.pairs.keep.mul_add(self.pairs.sum, number) * self.pairs.scale
    }

    /// Takes a whole pair, where none has begun, and gives the average at each.
    #[inline(always)]
    pub(crate) fn advance_pair(&mut self, first: f64, second: f64) -> [f64; 2] {
        let Fading { sum, keep, scale, .. } = self.pairs;
        self.pairs.sum = self.keep.mul_add(sum, keep.mul_add(first, second));
        [keep.mul_add(sum, first) * scale, self.pairs.average()]
    }
}
