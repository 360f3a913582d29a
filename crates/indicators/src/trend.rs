use crate::{bar::Bar, smoothing::FADED, stream::Step, volatility::true_range, window::lower};

#[derive(Debug, Clone, Default)]
pub(crate) struct Adx {
    /// 1 / n.
    share: f64,
    keep: f64,
    /// Bars seen, until there are enough for ADX.
    seen: usize,
    first_di: usize,
    first_adx: usize,
    previous: Previous,
    plus: f64,
    minus: f64,
    range: f64,
    /// n · ADX.
    sum: f64,
}

#[derive(Debug, Clone, Default)]
struct Previous {
    high: f64,
    low: f64,
    close: f64,
}

impl Adx {
    pub(crate) fn new(period: usize) -> Self {
        let length = period as f64;
        Self {
            share: 1.0 / length,
            keep: (length - 1.0) / length,
            first_di: period,
            first_adx: 2 * period - 1,
            ..Self::default()
        }
    }

    /// Adds one bar to the sums of moves and ranges, of which `keep` remains.
    #[inline(always)]
    fn sum_up(&mut self, bar: &Bar, keep: f64) {
        let previous = &self.previous;
        // These two subtractions decide by their last bit between equal moves. They must stay as they are.
        let up = bar.high - previous.high;
        let down = previous.low - bar.low;
        let plus = if up > 0.0 && up > down { up } else { 0.0 };
        let minus = if down > 0.0 && up < down { down } else { 0.0 };
        self.plus = self.plus.mul_add(keep, plus);
        self.minus = self.minus.mul_add(keep, minus);
        self.range = self.range.mul_add(keep, true_range(bar, previous.close));
        self.previous = Previous {
            high: bar.high,
            low: bar.low,
            close: bar.close,
        };
    }

    #[inline(always)]
    fn numbers(&self) -> [f64; 3] {
        let scale = if self.range > FADED { 100.0 / self.range } else { 0.0 };
        // Of one bar the whole range may be a move, which a rounding would let exceed it.
        let share = |moves: f64| lower(moves * scale, 100.0);
        [self.sum * self.share, share(self.plus), share(self.minus)]
    }

    /// How one-sided the moves are; `None` where there are none.
    #[inline(always)]
    fn imbalance(&self) -> Option<f64> {
        let total = self.plus + self.minus;
        (total > FADED).then(|| 100.0 * ((self.plus - self.minus).abs() / total))
    }
}

impl Step<3> for Adx {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.seen > self.first_adx
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 3] {
        self.sum_up(bar, self.keep);
        if let Some(imbalance) = self.imbalance() {
            self.sum = self.sum.mul_add(self.keep, imbalance);
        }
        self.numbers()
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 3] {
        let index = self.seen;
        self.seen += 1;
        if index == 0 {
            self.previous = Previous {
                high: bar.high,
                low: bar.low,
                close: bar.close,
            };
            return [f64::NAN; 3];
        }
        // Wilder sums n moves before he smooths; TA-Lib's sums begin one move short of that.
        self.sum_up(bar, if index < self.first_di { 1.0 } else { self.keep });
        if index < self.first_di {
            return [f64::NAN; 3];
        }
        self.sum += self.imbalance().unwrap_or(0.0);
        let [adx, plus, minus] = self.numbers();
        [if index < self.first_adx { f64::NAN } else { adx }, plus, minus]
    }
}

/// Seen from the side of the trend: while it falls all prices are negative and lows are highs, so that it always rises.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sar {
    step: f64,
    maximum: f64,
    /// Bars seen, until there are two.
    seen: u8,
    is_long: bool,
    stop: f64,
    extreme: f64,
    acceleration: f64,
    high: f64,
    low: f64,
}

impl Sar {
    pub(crate) fn new(step: f64, maximum: f64) -> Self {
        Self {
            step,
            maximum,
            acceleration: step,
            is_long: true,
            ..Self::default()
        }
    }

    /// The bar's low and high, seen from the side of the trend.
    #[inline(always)]
    fn range(&self, bar: &Bar) -> (f64, f64) {
        if self.is_long {
            (bar.low, bar.high)
        } else {
            (-bar.high, -bar.low)
        }
    }

    #[inline(always)]
    fn change_side(&mut self) {
        self.is_long = !self.is_long;
        (self.low, self.high) = (-self.high, -self.low);
        (self.stop, self.extreme) = (-self.stop, -self.extreme);
    }

    /// Chooses the side at the second bar: short only if it fell farther than it rose.
    fn begin(&mut self, bar: &Bar) {
        let (up, down) = (bar.high - self.high, self.low - bar.low);
        if down > 0.0 && up < down {
            self.change_side();
        }
        self.stop = self.low;
        // The second bar is its own predecessor: the first has only set the stop.
        (self.low, self.high) = self.range(bar);
        self.extreme = self.high;
    }
}

impl Step<1> for Sar {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.seen == 2
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let (mut low, mut high) = self.range(bar);
        if low <= self.stop {
            std::hint::cold_path();
            // The stop is hit: the extreme of the old trend, or what lies beyond it, is the stop of the new one.
            self.change_side();
            (low, high) = self.range(bar);
            self.stop = lower(self.extreme, lower(self.low, low));
            self.extreme = high;
            self.acceleration = self.step;
        } else if high > self.extreme {
            self.extreme = high;
            self.acceleration = lower(self.acceleration + self.step, self.maximum);
        }
        let shown = if self.is_long { self.stop } else { -self.stop };
        // TA-Lib's own rounding: where a stop touches a price exactly, the last bit turns the side.
        let next = self.acceleration.mul_add(self.extreme - self.stop, self.stop);
        self.stop = lower(next, lower(self.low, low));
        (self.low, self.high) = (low, high);
        [shown]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        self.seen += 1;
        if self.seen == 1 {
            (self.low, self.high) = (bar.low, bar.high);
            return [f64::NAN];
        }
        self.begin(bar);
        self.advance(bar)
    }
}
