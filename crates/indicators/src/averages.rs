use crate::{
    bar::Bar,
    smoothing::Fading,
    stream::Step,
    window::{Ring, RollingSum},
};

#[derive(Debug, Clone, Default)]
pub(crate) struct Sma {
    length: f64,
    sum: RollingSum,
}

impl Sma {
    pub(crate) fn new(period: usize) -> Self {
        Self {
            length: period as f64,
            sum: RollingSum::new(period),
        }
    }

    #[inline(always)]
    pub(crate) fn is_full(&self) -> bool {
        self.sum.is_full()
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, number: f64) -> f64 {
        self.sum.push(number) / self.length
    }
}

impl Step<1> for Sma {
    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.is_full()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        [self.push(bar.close)]
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Ema(Fading);

impl Ema {
    pub(crate) fn new(period: usize) -> Self {
        Self(Fading::exponential(period))
    }
}

impl Step<1> for Ema {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.0.is_seeded()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        self.0.advance(bar.close);
        [self.0.average()]
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 1] {
        self.0.seed(bar.close);
        [if self.is_warm() { self.0.average() } else { f64::NAN }]
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Wma {
    ring: Ring,
    length: f64,
    weights: f64,
    sum: f64,
    weighted: f64,
    fresh_sum: f64,
    fresh_weighted: f64,
    fresh_weight: f64,
}

impl Wma {
    pub(crate) fn new(period: usize) -> Self {
        let n = period as f64;
        Self {
            ring: Ring::new(period),
            length: n,
            weights: n * (n + 1.0) / 2.0,
            ..Self::default()
        }
    }
}

impl Step<1> for Wma {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.ring.is_full()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 1] {
        let number = bar.close;
        let old = self.ring.replace(number);
        // Each number in the window loses one weight, the oldest its last.
        self.weighted += self.length * number - self.sum;
        self.sum += number - old;
        self.fresh_weight += 1.0;
        self.fresh_weighted += self.fresh_weight * number;
        self.fresh_sum += number;
        if self.ring.turn() {
            (self.sum, self.weighted) = (self.fresh_sum, self.fresh_weighted);
            (self.fresh_sum, self.fresh_weighted, self.fresh_weight) = (0.0, 0.0, 0.0);
        }
        [self.weighted / self.weights]
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Macd {
    fast: Fading,
    slow: Fading,
    signal: Fading,
    /// Bars that only the slow average sees, so that both seeds end at the same bar.
    slow_only: usize,
}

impl Macd {
    pub(crate) fn new(fast: usize, slow: usize, signal: usize) -> Self {
        Self {
            fast: Fading::exponential(fast),
            slow: Fading::exponential(slow),
            signal: Fading::exponential(signal),
            slow_only: slow - fast,
        }
    }

    #[inline(always)]
    fn line(&self) -> f64 {
        self.fast.average() - self.slow.average()
    }

    #[inline(always)]
    fn numbers(&self) -> [f64; 3] {
        let (line, signal) = (self.line(), self.signal.average());
        [line, signal, line - signal]
    }
}

impl Step<3> for Macd {
    const IS_FASTER_WITH_FMA: bool = true;

    #[inline(always)]
    fn is_warm(&self) -> bool {
        self.signal.is_seeded()
    }

    #[inline(always)]
    fn advance(&mut self, bar: &Bar) -> [f64; 3] {
        self.fast.advance(bar.close);
        self.slow.advance(bar.close);
        self.signal.advance(self.line());
        self.numbers()
    }

    fn warm_up(&mut self, bar: &Bar) -> [f64; 3] {
        if self.slow.is_seeded() {
            self.slow.advance(bar.close);
            self.fast.advance(bar.close);
        } else {
            self.slow.seed(bar.close);
            if self.slow_only > 0 {
                self.slow_only -= 1;
            } else {
                self.fast.seed(bar.close);
            }
        }
        if self.slow.is_seeded() {
            self.signal.seed(self.line());
        }
        // The line has a value before its signal has, but TA-Lib shows none of the three then.
        if self.is_warm() { self.numbers() } else { [f64::NAN; 3] }
    }
}
