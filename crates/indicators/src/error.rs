use crate::{
    kind::{Kind, Parameter},
    spec::{MAX_INDICATORS, MAX_PERIOD},
};

/// Why a text names no indicator. Each message says what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSpec {
    /// No name at all.
    #[error("must name at least one indicator of {}", Kind::names())]
    Empty,
    /// A name that is none of ours, shortened to 40 characters.
    #[error("unknown indicator {0:?}: must be one of {names}", names = Kind::names())]
    Unknown(String),
    /// More parameters than the indicator has.
    #[error("too many parameters: must be {usage}", usage = .0.usage())]
    TooManyParameters(Kind),
    /// A length that is no whole number, or out of range.
    #[error("{kind} {parameter} must be a whole number from 1 to {MAX_PERIOD}")]
    Period {
        /// The indicator.
        kind: Kind,
        /// Which of its lengths.
        parameter: &'static str,
    },
    /// A factor that is no number, or out of range.
    #[error("{kind} {parameter} must be a number from {min} to {max} with at most 3 decimals")]
    Factor {
        /// The indicator.
        kind: Kind,
        /// Which of its factors.
        parameter: &'static str,
        /// The lower bound.
        min: &'static str,
        /// The upper bound.
        max: &'static str,
    },
    /// MACD is the fast average above the slow one; TA-Lib swaps them silently.
    #[error("macd fast must be below macd slow")]
    FastNotBelowSlow,
    /// The acceleration can't start above its maximum; TA-Lib lowers it silently.
    #[error("sar step must not exceed sar maximum")]
    StepAboveMaximum,
    /// A set that is too large.
    #[error("must name at most {MAX_INDICATORS} indicators")]
    TooMany,
}

impl InvalidSpec {
    pub(crate) fn parameter(kind: Kind, parameter: &Parameter) -> Self {
        match *parameter {
            Parameter::Period { name, .. } => Self::Period { kind, parameter: name },
            Parameter::Factor { name, min, max, .. } => Self::Factor {
                kind,
                parameter: name,
                min,
                max,
            },
        }
    }
}
