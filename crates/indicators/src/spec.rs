use std::{fmt, str::FromStr};

use crate::{
    error::InvalidSpec,
    kind::{Kind, Parameter},
    value::Shape,
};

/// The longest period.
pub const MAX_PERIOD: u16 = 500;
/// The most indicators that one set may name.
pub const MAX_INDICATORS: usize = 20;
/// What is shown where nobody asked for anything else.
pub const DEFAULT_SET: &str = "sma:20,ema:12,ema:26,rsi:14,macd:12:26:9,bb:20:2,atr:14,stoch:14:3:3,adx:14,obv,vwap";

/// The most bars that a slow parabolic SAR is given to forget where it began.
const LONGEST_SAR_MEMORY: usize = 2_000;

/// An indicator with its parameters, valid by construction: `rsi:14`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorSpec {
    kind: Kind,
    /// Periods in bars, factors in thousandths; unused ones are 0.
    parameters: [u32; 3],
}

impl IndicatorSpec {
    /// Reads `name[:parameter…]` in any case. Parameters that are left out, from the right, have their defaults:
    /// `sma:20 ema:20 wma:20 rsi:14 macd:12:26:9 bb:20:2 atr:14 stoch:14:3:3 adx:14 cci:14 mfi:14 willr:14 roc:10
    /// obv vwap sar:0.02:0.2`. Periods go from 1 to [`MAX_PERIOD`], also where TA-Lib begins at 2: what is defined for
    /// one bar is said of one.
    pub fn parse(raw: &str) -> Result<Self, InvalidSpec> {
        let raw = raw.trim().to_ascii_lowercase();
        let mut parts = raw.split(':');
        let name = parts.next().unwrap_or_default();
        if name.is_empty() {
            return Err(InvalidSpec::Empty);
        }
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| InvalidSpec::Unknown(name.chars().take(40).collect()))?;
        let mut spec = Self::from(kind);
        let mut allowed = kind.parameters().iter().zip(&mut spec.parameters);
        for text in parts {
            let (parameter, value) = allowed.next().ok_or(InvalidSpec::TooManyParameters(kind))?;
            *value = read(parameter, text).ok_or_else(|| InvalidSpec::parameter(kind, parameter))?;
        }
        spec.checked()
    }

    /// Reads a comma-separated list, in its order, without duplicates; at most [`MAX_INDICATORS`] different ones.
    pub fn parse_set(raw: &str) -> Result<Vec<Self>, InvalidSpec> {
        let mut specs = Vec::new();
        for part in raw.split(',') {
            let spec = Self::parse(part)?;
            if specs.contains(&spec) {
                continue;
            }
            if specs.len() == MAX_INDICATORS {
                return Err(InvalidSpec::TooMany);
            }
            specs.push(spec);
        }
        Ok(specs)
    }

    /// The indicators of [`DEFAULT_SET`].
    pub fn default_set() -> Vec<Self> {
        Self::parse_set(DEFAULT_SET).unwrap_or_default()
    }

    /// Which indicator it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What its values look like.
    pub fn shape(&self) -> Shape {
        self.kind.shape()
    }

    /// How many bars come before the first one for which all its components have a value.
    pub fn lookback(&self) -> usize {
        let [first, second, third] = [0, 1, 2].map(|index| self.period(index));
        match self.kind {
            Kind::Sma | Kind::Ema | Kind::Wma | Kind::Bb | Kind::Cci | Kind::Willr => first - 1,
            Kind::Rsi | Kind::Atr | Kind::Mfi | Kind::Roc => first,
            Kind::Macd => second + third - 2,
            Kind::Stoch => first + second + third - 3,
            Kind::Adx => 2 * first - 1,
            Kind::Sar => 1,
            Kind::Obv | Kind::Vwap => 0,
        }
    }

    /// How many bars must be loaded before the first one wanted, so that its value no longer depends on where the
    /// series began; earlier values are warm-up, and nothing may be decided on them.
    ///
    /// That is the lookback, and where the indicator remembers more than a window, 12 periods for Wilder's smoothing
    /// (RSI, ATR, ADX) or 6 for exponential averages (MACD: 6 · (slow + signal)). SAR forgets its start at some
    /// reversal, on nine real markets within 250 bars at the default speed, and in proportion at others.
    ///
    /// VWAP also needs its whole day ([`IndicatorSpec::is_anchored_to_day`]), which is a matter of time and not of bars.
    pub fn warm_up_bars(&self) -> usize {
        let memory = match self.kind {
            Kind::Rsi | Kind::Atr | Kind::Adx => 12 * self.period(0),
            Kind::Ema => 6 * self.period(0),
            Kind::Macd => 6 * (self.period(1) + self.period(2)),
            Kind::Sar => {
                let speed = (self.factor(0) * self.factor(1) / 10.0).sqrt();
                ((5.0 / speed).ceil() as usize).min(LONGEST_SAR_MEMORY)
            }
            _ => 0,
        };
        self.lookback() + memory
    }

    /// Whether its value needs all bars since 00:00 UTC of the bar's day, as VWAP does.
    pub fn is_anchored_to_day(&self) -> bool {
        self.kind == Kind::Vwap
    }

    /// Whether it is null wherever volume is unknown.
    pub fn needs_volume(&self) -> bool {
        self.kind.needs_volume()
    }

    /// The parameter at `index` as a number of bars.
    pub(crate) fn period(&self, index: usize) -> usize {
        self.parameters[index] as usize
    }

    /// The parameter at `index` as a number with decimals.
    pub(crate) fn factor(&self, index: usize) -> f64 {
        f64::from(self.parameters[index]) / 1_000.0
    }

    fn checked(self) -> Result<Self, InvalidSpec> {
        let [first, second, _] = self.parameters;
        match self.kind {
            Kind::Macd if first >= second => Err(InvalidSpec::FastNotBelowSlow),
            Kind::Sar if first > second => Err(InvalidSpec::StepAboveMaximum),
            _ => Ok(self),
        }
    }
}

impl From<Kind> for IndicatorSpec {
    /// The indicator with its default parameters.
    fn from(kind: Kind) -> Self {
        let mut parameters = [0; 3];
        for (value, parameter) in parameters.iter_mut().zip(kind.parameters()) {
            *value = parameter.default();
        }
        Self { kind, parameters }
    }
}

impl FromStr for IndicatorSpec {
    type Err = InvalidSpec;
    fn from_str(raw: &str) -> Result<Self, InvalidSpec> {
        Self::parse(raw)
    }
}

/// The canonical form, with all parameters: two specs are the same where their texts are.
impl fmt::Display for IndicatorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        for (index, parameter) in self.kind.parameters().iter().enumerate() {
            match parameter {
                Parameter::Period { .. } => write!(f, ":{}", self.period(index))?,
                Parameter::Factor { .. } => write!(f, ":{}", self.factor(index))?,
            }
        }
        Ok(())
    }
}

fn read(parameter: &Parameter, text: &str) -> Option<u32> {
    match *parameter {
        Parameter::Period { .. } => {
            let bars = if is_digits(text, 3) {
                text.parse().ok()?
            } else {
                return None;
            };
            (1..=u32::from(MAX_PERIOD)).contains(&bars).then_some(bars)
        }
        Parameter::Factor { min, max, .. } => {
            let value = thousandths(text)?;
            (thousandths(min)?..=thousandths(max)?)
                .contains(&value)
                .then_some(value)
        }
    }
}

/// `2.5` is 2,500. Trailing zeros don't count as decimals.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let fraction = if fraction.is_empty() {
        return None;
    } else {
        fraction.trim_end_matches('0')
    };
    if !is_digits(whole, 5) || !(fraction.is_empty() || is_digits(fraction, 3)) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    Some(whole * 1_000 + fraction)
}

fn is_digits(text: &str, at_most: usize) -> bool {
    (1..=at_most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
