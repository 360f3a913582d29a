//! Technical indicators over candles, as streams: each new bar costs constant time, and the values are TA-Lib's.
//!
//! [`IndicatorSpec`] is a parsed name such as `macd:12:26:9`; [`Indicator`] is its running state, fed one [`Bar`] at a
//! time with [`Indicator::push`]; [`compute`] runs one over a slice. There is one implementation: the batch is the
//! stream in a loop, so the two can't disagree.
//!
//! Equality with TA-Lib 0.8 means within 1e-9 of the larger of the value and its scale (100 for the oscillators, the
//! close for prices). Three things differ on purpose: an RSI that never saw a move is null and not 0, what needs volume
//! is null where volume is unknown, and sums are renewed as their window turns, so they don't drift however long a
//! stream lives.
//!
//! Prices are `f64` here, and here alone: an indicator is a statistic, not money. The crate reads no clock, loads no
//! candle and knows no gaps: whoever feeds it starts afresh behind a gap ([`Indicator::reset`]) and loads
//! [`IndicatorSpec::warm_up_bars`] bars before the first one wanted.

mod averages;
mod bar;
mod error;
mod kind;
mod oscillators;
mod series;
mod smoothing;
mod spec;
mod stream;
mod trend;
mod value;
mod volatility;
mod volume;
mod window;

pub use bar::{Bar, nearest_f64};
pub use error::InvalidSpec;
pub use kind::Kind;
pub use series::{Column, Series};
pub use spec::{DEFAULT_SET, IndicatorSpec, MAX_INDICATORS, MAX_PERIOD};
pub use stream::{Indicator, compute, compute_set};
pub use value::{Shape, Value};
