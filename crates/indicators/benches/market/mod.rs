//! The bars and the indicators of both benchmarks.

use indicators::{Bar, IndicatorSpec};

pub const BARS: usize = 10_000;
pub const SPECS: [&str; 21] = [
    "sma:20",
    "ema:20",
    "wma:20",
    "rsi:14",
    "macd:12:26:9",
    "bb:20:2",
    "atr:14",
    "stoch:14:3:3",
    "adx:14",
    "cci:14",
    "mfi:14",
    "willr:14",
    "roc:10",
    "obv",
    "vwap",
    "sar:0.02:0.2",
    // Long windows: the cost of a bar must not depend on the period (CCI's does).
    "sma:200",
    "bb:200:2",
    "stoch:200:3:3",
    "cci:200",
    "willr:200",
];

/// A random walk near 100; `talib_baseline.py` makes the same.
pub fn market() -> Vec<Bar> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut uniform = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut close = 100.0;
    (0..BARS)
        .map(|index| {
            let open = close;
            close *= 1.0 + (uniform() - 0.5) * 0.01;
            let high = f64::max(open, close) * (1.0 + uniform() * 0.002);
            let low = f64::min(open, close) * (1.0 - uniform() * 0.002);
            let start_ms = 1_700_000_000_000 + index as i64 * 60_000;
            Bar {
                start_ms,
                open,
                high,
                low,
                close,
                volume: Some(uniform() * 1_000.0),
            }
        })
        .collect()
}

pub fn spec(text: &str) -> IndicatorSpec {
    IndicatorSpec::parse(text).expect("spec")
}
