use std::fmt;

use crate::value::Shape;

/// An indicator by name, without its parameters.
///
/// `n` is the period, `x` the close. *Lookback* is the index, from 0, of the first bar with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Simple moving average: the mean of the last n closes. Price. Lookback n − 1.
    Sma,
    /// Exponential moving average: seeded by the mean of the first n closes, then `e += 2/(n+1) · (x − e)`. Price.
    /// Lookback n − 1.
    Ema,
    /// Weighted moving average: the newest close weighs n, the oldest 1. Price. Lookback n − 1.
    Wma,
    /// Relative strength index (Wilder): `100 · G/(G+L)` of smoothed gains and losses, seeded by the mean of the first
    /// n. 0 to 100. Lookback n. Null as long as the price never moved, where TA-Lib says 0.
    Rsi,
    /// MACD (Appel): EMA(fast) − EMA(slow), its EMA(signal), and the difference of the two. Price. As in TA-Lib the
    /// two averages are seeded on windows that end at the same bar. Lookback slow + signal − 2.
    Macd,
    /// Bollinger bands: SMA(n) ± deviations · population standard deviation. Price. Lookback n − 1.
    Bb,
    /// Average true range (Wilder): true ranges, smoothed; seeded by the mean of the first n, which begin at the second
    /// bar. Price, at least 0. Lookback n.
    Atr,
    /// Stochastic (Lane): `%K` is the SMA(`slow_k`) of where the close lies between the lowest low and the highest high
    /// of `fast_k` bars; `%D` its SMA(`slow_d`). 0 to 100; a bar in a flat range counts as 0. Lookback the three
    /// periods − 3, for both.
    Stoch,
    /// Directional movement (Wilder): ADX, +DI and −DI. 0 to 100. Lookback n for the two DI, 2n − 1 for ADX. Where
    /// nothing ever moved all are 0.
    Adx,
    /// Commodity channel index (Lambert): distance of the typical price from its mean, over 0.015 mean deviations.
    /// Unbounded, around 0, mostly within ±100; 0 in a flat window. Lookback n − 1.
    Cci,
    /// Money flow index: the share of the last n bars' `typical price · volume` that flowed as the typical price rose.
    /// 0 to 100; 0 where no money flowed. Lookback n. Null while one of the n bars has no known volume.
    Mfi,
    /// Williams %R: how far the close lies below the highest high of n bars, as a share of their range. −100 to 0; 0 in a
    /// flat range. Lookback n − 1.
    Willr,
    /// Rate of change: percent against the close n bars ago. −100 and up. Lookback n.
    Roc,
    /// On-balance volume (Granville): the running sum of volume, signed by the close's move, from the first bar with a
    /// known volume. In the asset's unit; only its changes mean something, since its level depends on the first bar.
    /// Null where volume is unknown; such bars add nothing.
    Obv,
    /// Volume-weighted average price since 00:00 UTC of the bar's day, or since the first bar fed, by typical prices.
    /// Price. Null where volume is unknown or 0 so far; bars without known volume have no weight.
    Vwap,
    /// Parabolic stop and reverse (Wilder), started as TA-Lib does: down if the second bar's fall outweighs its rise.
    /// Price. Lookback 1.
    Sar,
}

/// What may stand behind a colon.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Parameter {
    /// A number of bars.
    Period { name: &'static str, default: u16 },
    /// A number with decimals; its default in thousandths.
    Factor {
        name: &'static str,
        default: u32,
        min: &'static str,
        max: &'static str,
    },
}

impl Parameter {
    const fn period(name: &'static str, default: u16) -> Self {
        Self::Period { name, default }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Period { name, .. } | Self::Factor { name, .. } => name,
        }
    }

    pub(crate) fn default(&self) -> u32 {
        match *self {
            Self::Period { default, .. } => u32::from(default),
            Self::Factor { default, .. } => default,
        }
    }
}

impl Kind {
    /// All indicators.
    pub const ALL: [Kind; 16] = [
        Self::Sma,
        Self::Ema,
        Self::Wma,
        Self::Rsi,
        Self::Macd,
        Self::Bb,
        Self::Atr,
        Self::Stoch,
        Self::Adx,
        Self::Cci,
        Self::Mfi,
        Self::Willr,
        Self::Roc,
        Self::Obv,
        Self::Vwap,
        Self::Sar,
    ];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sma => "sma",
            Self::Ema => "ema",
            Self::Wma => "wma",
            Self::Rsi => "rsi",
            Self::Macd => "macd",
            Self::Bb => "bb",
            Self::Atr => "atr",
            Self::Stoch => "stoch",
            Self::Adx => "adx",
            Self::Cci => "cci",
            Self::Mfi => "mfi",
            Self::Willr => "willr",
            Self::Roc => "roc",
            Self::Obv => "obv",
            Self::Vwap => "vwap",
            Self::Sar => "sar",
        }
    }

    /// What its values look like.
    pub fn shape(self) -> Shape {
        match self {
            Self::Macd => Shape::Macd,
            Self::Bb => Shape::Bands,
            Self::Stoch => Shape::Stochastic,
            Self::Adx => Shape::Directional,
            _ => Shape::Single,
        }
    }

    /// Whether it is null wherever volume is unknown.
    pub fn needs_volume(self) -> bool {
        matches!(self, Self::Mfi | Self::Obv | Self::Vwap)
    }

    /// How to write it: `macd:fast:slow:signal`.
    pub fn usage(self) -> String {
        let mut usage = self.as_str().to_owned();
        for parameter in self.parameters() {
            usage.push(':');
            usage.push_str(parameter.name());
        }
        usage
    }

    pub(crate) fn names() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }

    // TA-Lib refuses some indicators of a single bar; their definitions hold for it all the same.
    pub(crate) fn parameters(self) -> &'static [Parameter] {
        const AVERAGE: [Parameter; 1] = [Parameter::period("period", 20)];
        const WILDER: [Parameter; 1] = [Parameter::period("period", 14)];
        match self {
            Self::Sma | Self::Ema | Self::Wma => &AVERAGE,
            Self::Rsi | Self::Adx | Self::Cci | Self::Mfi | Self::Willr => &WILDER,
            Self::Atr => &const { [Parameter::period("period", 14)] },
            Self::Roc => &const { [Parameter::period("period", 10)] },
            Self::Macd => {
                &const {
                    [
                        Parameter::period("fast", 12),
                        Parameter::period("slow", 26),
                        Parameter::period("signal", 9),
                    ]
                }
            }
            Self::Bb => {
                &const {
                    [
                        Parameter::period("period", 20),
                        Parameter::Factor {
                            name: "deviations",
                            default: 2_000,
                            min: "0.1",
                            max: "10",
                        },
                    ]
                }
            }
            Self::Stoch => {
                &const {
                    [
                        Parameter::period("fast_k", 14),
                        Parameter::period("slow_k", 3),
                        Parameter::period("slow_d", 3),
                    ]
                }
            }
            Self::Sar => {
                &const {
                    [
                        Parameter::Factor {
                            name: "step",
                            default: 20,
                            min: "0.001",
                            max: "1",
                        },
                        Parameter::Factor {
                            name: "maximum",
                            default: 200,
                            min: "0.001",
                            max: "1",
                        },
                    ]
                }
            }
            Self::Obv | Self::Vwap => &[],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
