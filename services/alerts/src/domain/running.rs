use std::collections::VecDeque;

use domain::Interval;
use indicators::{Bar, Indicator, IndicatorSpec, Kind, Value};

/// Over how many candles OBV is summed. A sum without an end would depend on when somebody began to watch it. So it
/// begins where the chart begins that a user compares it with: the newest 300 candles, of which one is still open.
const OBV_CANDLES: usize = 299;
/// The most candles that are fetched only to forget better where a series began.
const LONGEST_PAST: usize = 5_000;
const DAY_MS: i64 = 86_400_000;

/// One indicator over the closed candles of one interval: a function of a bounded past, so that a restart, or somebody
/// else's alert, leaves it as it was.
#[derive(Debug)]
pub(super) struct Running {
    state: Indicator,
    /// The newest candles, of those that sum without an end.
    window: VecDeque<Bar>,
    /// What was stored of the time before was taken in since the candles last broke off.
    pub has_past: bool,
    pub current: Option<Value>,
    pub previous: Option<Value>,
}

impl Running {
    pub(super) fn new(spec: IndicatorSpec) -> Self {
        Self {
            state: Indicator::new(spec),
            window: VecDeque::new(),
            has_past: false,
            current: None,
            previous: None,
        }
    }

    pub(super) fn spec(&self) -> IndicatorSpec {
        self.state.spec()
    }

    /// How many candles of the past say what it is, and what it was one candle before.
    pub(super) fn past(&self, interval: Interval) -> usize {
        let spec = self.spec();
        if is_endless(spec) {
            return OBV_CANDLES + 1;
        }
        if spec.is_anchored_to_day() {
            // The candle before may belong to the day before.
            let day = usize::try_from(DAY_MS / interval.millis()).unwrap_or(0);
            return 2 * day.max(1) + 1;
        }
        // Twice the warm-up: what is left of where the series began is beyond nine digits then.
        let warm_up = spec.warm_up_bars();
        (2 * warm_up).min(LONGEST_PAST).max(warm_up) + 2
    }

    /// Takes in the next candle.
    pub(super) fn push(&mut self, bar: &Bar) {
        let (value, is_settled) = if is_endless(self.spec()) {
            self.window.push_back(*bar);
            if self.window.len() > OBV_CANDLES {
                self.window.pop_front();
            }
            let is_full = self.window.len() == OBV_CANDLES;
            (self.over_window(), self.has_past || is_full)
        } else {
            let value = self.state.push(bar);
            (Some(value), self.state.is_settled())
        };
        self.previous = self.current.take();
        self.current = value.filter(|_| is_settled);
    }

    fn over_window(&self) -> Option<Value> {
        let mut state = Indicator::new(self.spec());
        let mut value = None;
        for bar in &self.window {
            value = Some(state.push(bar));
        }
        value
    }

    /// The candles broke off.
    pub(super) fn cut(&mut self) {
        self.state.reset();
        self.window.clear();
        self.current = None;
        self.previous = None;
    }
}

fn is_endless(spec: IndicatorSpec) -> bool {
    spec.kind() == Kind::Obv
}
