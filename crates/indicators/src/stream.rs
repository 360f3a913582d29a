use std::mem::MaybeUninit;

use crate::{
    averages::{Ema, Macd, Sma, Wma},
    bar::Bar,
    kind::Kind,
    oscillators::{Cci, Roc, Rsi, Stochastic, WilliamsR},
    series::Series,
    spec::IndicatorSpec,
    trend::{Adx, Sar},
    value::{Shape, Value},
    volatility::{Atr, Bollinger},
    volume::{Mfi, Obv, Vwap},
};

/// What an indicator does with a bar. NaN stands for null.
pub(crate) trait Step<const N: usize>: Default {
    /// Whether it gains from a processor with fused multiply-adds. Its numbers are the same on any.
    const IS_FASTER_WITH_FMA: bool = false;

    /// Whether the last bar got all its numbers, and each further one will unless volume is missing.
    fn is_warm(&self) -> bool;

    /// The next bar, once warm.
    fn advance(&mut self, bar: &Bar) -> [f64; N];

    /// The next bar, before. As it stands for those that only wait for their window to fill.
    fn warm_up(&mut self, bar: &Bar) -> [f64; N] {
        let numbers = self.advance(bar);
        if self.is_warm() { numbers } else { [f64::NAN; N] }
    }

    /// The next bars, once warm; what is said of each goes to its place.
    #[inline(always)]
    fn advance_all(&mut self, bars: &[Bar], places: &mut [MaybeUninit<[f64; N]>]) {
        // A local copy, that no call has the address of, lives in registers.
        let mut warm = std::mem::take(self);
        for (place, bar) in places.iter_mut().zip(bars) {
            place.write(warm.advance(bar));
        }
        *self = warm;
    }

    #[inline(always)]
    fn step(&mut self, bar: &Bar) -> [f64; N] {
        if self.is_warm() {
            self.advance(bar)
        } else {
            self.warm_up(bar)
        }
    }
}

/// The running state of one indicator on one series of bars.
///
/// Cloning copies a window of at most a few periods. So the closed candles are pushed once, and an open candle is judged
/// on a copy, as often as it changes ([`Indicator::peek`]).
#[derive(Debug, Clone)]
pub struct Indicator {
    spec: IndicatorSpec,
    bars_seen: usize,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Sma(Sma),
    Ema(Ema),
    Wma(Wma),
    Rsi(Rsi),
    Macd(Macd),
    Bb(Bollinger),
    Atr(Atr),
    Stoch(Stochastic),
    Adx(Adx),
    Cci(Cci),
    Mfi(Mfi),
    Willr(WilliamsR),
    Roc(Roc),
    Obv(Obv),
    Vwap(Vwap),
    Sar(Sar),
}

macro_rules! with_state {
    ($state:expr, $inner:ident => $body:expr) => {
        match $state {
            State::Sma($inner) => $body,
            State::Ema($inner) => $body,
            State::Wma($inner) => $body,
            State::Rsi($inner) => $body,
            State::Macd($inner) => $body,
            State::Bb($inner) => $body,
            State::Atr($inner) => $body,
            State::Stoch($inner) => $body,
            State::Adx($inner) => $body,
            State::Cci($inner) => $body,
            State::Mfi($inner) => $body,
            State::Willr($inner) => $body,
            State::Roc($inner) => $body,
            State::Obv($inner) => $body,
            State::Vwap($inner) => $body,
            State::Sar($inner) => $body,
        }
    };
}

impl State {
    fn new(spec: &IndicatorSpec) -> Self {
        let period = |index| spec.period(index);
        match spec.kind() {
            Kind::Sma => Self::Sma(Sma::new(period(0))),
            Kind::Ema => Self::Ema(Ema::new(period(0))),
            Kind::Wma => Self::Wma(Wma::new(period(0))),
            Kind::Rsi => Self::Rsi(Rsi::new(period(0))),
            Kind::Macd => Self::Macd(Macd::new(period(0), period(1), period(2))),
            Kind::Bb => Self::Bb(Bollinger::new(period(0), spec.factor(1))),
            Kind::Atr => Self::Atr(Atr::new(period(0))),
            Kind::Stoch => Self::Stoch(Stochastic::new(period(0), period(1), period(2))),
            Kind::Adx => Self::Adx(Adx::new(period(0))),
            Kind::Cci => Self::Cci(Cci::new(period(0))),
            Kind::Mfi => Self::Mfi(Mfi::new(period(0))),
            Kind::Willr => Self::Willr(WilliamsR::new(period(0))),
            Kind::Roc => Self::Roc(Roc::new(period(0))),
            Kind::Obv => Self::Obv(Obv::default()),
            Kind::Vwap => Self::Vwap(Vwap::default()),
            Kind::Sar => Self::Sar(Sar::new(spec.factor(0), spec.factor(1))),
        }
    }
}

impl Indicator {
    /// An indicator that has seen nothing.
    pub fn new(spec: IndicatorSpec) -> Self {
        Self {
            spec,
            bars_seen: 0,
            state: State::new(&spec),
        }
    }

    /// Takes the next bar and says what the indicator is at it.
    ///
    /// Bars come oldest first and without holes; behind a hole call [`Indicator::reset`] and warm up again.
    pub fn push(&mut self, bar: &Bar) -> Value {
        self.bars_seen += 1;
        let shape = self.spec.shape();
        with_state!(&mut self.state, state => Value::new(shape, &state.step(bar)))
    }

    /// What the indicator would be with one bar more, such as the candle that is still open. Takes nothing in.
    pub fn peek(&self, bar: &Bar) -> Value {
        self.clone().push(bar)
    }

    /// Takes many bars, and is faster at it than [`Indicator::push`] on each; the values are the same to the last bit.
    pub fn extend(&mut self, bars: &[Bar]) -> Series {
        self.bars_seen += bars.len();
        let shape = self.spec.shape();
        with_state!(&mut self.state, state => run(shape, state, bars))
    }

    /// Forgets all bars.
    pub fn reset(&mut self) {
        *self = Self::new(self.spec);
    }

    /// Which indicator it is.
    pub fn spec(&self) -> IndicatorSpec {
        self.spec
    }

    /// How many bars it has taken since it began or was reset.
    pub fn bars_seen(&self) -> usize {
        self.bars_seen
    }

    /// Whether the value at the last bar pushed is settled: it no longer depends on where the series began. Before that
    /// a value is warm-up: equal to TA-Lib's from the same first bar, but nothing to decide on, unless the series
    /// really began there.
    pub fn is_settled(&self) -> bool {
        match &self.state {
            State::Vwap(vwap) => vwap.is_whole_day(),
            _ => self.bars_seen > self.spec.warm_up_bars(),
        }
    }
}

/// An indicator over all bars: what [`Indicator::push`] says of each in turn.
pub fn compute(spec: IndicatorSpec, bars: &[Bar]) -> Series {
    Indicator::new(spec).extend(bars)
}

/// Several indicators over the same bars, in the order of `specs`.
pub fn compute_set(specs: &[IndicatorSpec], bars: &[Bar]) -> Vec<Series> {
    specs.iter().map(|spec| compute(*spec, bars)).collect()
}

#[inline(never)]
fn run<S: Step<N>, const N: usize>(shape: Shape, state: &mut S, bars: &[Bar]) -> Series {
    #[cfg(target_arch = "x86_64")]
    if S::IS_FASTER_WITH_FMA && std::arch::is_x86_feature_detected!("fma") {
        // SAFETY: this processor has what the function is compiled for.
        return unsafe { run_fused(shape, state, bars) };
    }
    run_anywhere(shape, state, bars)
}

/// The same numbers, faster: without this feature a fused multiply-add, which must round once, is a function call.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "fma")]
fn run_fused<S: Step<N>, const N: usize>(shape: Shape, state: &mut S, bars: &[Bar]) -> Series {
    run_anywhere(shape, state, bars)
}

#[inline(always)]
fn run_anywhere<S: Step<N>, const N: usize>(shape: Shape, state: &mut S, bars: &[Bar]) -> Series {
    // Not zeroed first: for the fastest indicators that would be a sixth of the time.
    let mut numbers = Vec::with_capacity(bars.len());
    let places = &mut numbers.spare_capacity_mut()[..bars.len()];
    let mut cold = 0;
    while cold < bars.len() && !state.is_warm() {
        places[cold].write(state.warm_up(&bars[cold]));
        cold += 1;
    }
    state.advance_all(&bars[cold..], &mut places[cold..]);
    // SAFETY: there is room for all bars at least, and the place of each has been written to.
    unsafe { numbers.set_len(bars.len()) };
    Series::new(shape, numbers.into_flattened())
}
