//! The reference's market: all ticks, and the candles that follow from them.

use std::{cmp::Ordering, collections::BTreeMap};

use super::{Tick, verdict::Truth};

pub const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

#[derive(Debug, Clone, Copy)]
pub struct Bar {
    pub start: i64,
    pub close: i64,
    pub high: i64,
    pub low: i64,
    pub volume: Option<i64>,
    pub is_cut: bool,
}

#[derive(Debug, Default)]
pub struct Market {
    /// All ticks, late ones too.
    pub all: Vec<Tick>,
    /// Those that count.
    pub ticks: Vec<Tick>,
    /// The end of the last minute that is over.
    pub frontier: Option<i64>,
    pub bars: BTreeMap<i64, Vec<Bar>>,
    pub was_down: bool,
}

impl Market {
    pub fn close(&mut self, minutes: i64, end: i64) {
        let start = end - minutes * MINUTE;
        let first_minute = self.all.first().map_or(0, |tick| tick.at - tick.at.rem_euclid(MINUTE));
        let newest = |ticks: &[Tick]| {
            ticks
                .iter()
                .max_by_key(|tick| (tick.at, tick.seq))
                .map_or(0, |tick| tick.price)
        };
        let inside: Vec<Tick> = self
            .all
            .iter()
            .filter(|tick| start <= tick.at && tick.at < end)
            .copied()
            .collect();
        let low = |tick: &Tick| tick.range.map_or(tick.price, |(low, _)| low.min(tick.price));
        let high = |tick: &Tick| tick.range.map_or(tick.price, |(_, high)| high.max(tick.price));
        let told: Vec<i64> = inside.iter().filter_map(|tick| tick.volume).collect();
        let close = newest(if inside.is_empty() { &self.all } else { &inside });
        let bar = Bar {
            start,
            close,
            high: inside.iter().map(high).max().unwrap_or(close),
            low: inside.iter().map(low).min().unwrap_or(close),
            volume: if inside.is_empty() {
                Some(0)
            } else {
                (!told.is_empty()).then(|| told.iter().sum())
            },
            is_cut: first_minute > start,
        };
        self.bars.entry(minutes).or_default().push(bar);
    }

    fn whole_minutes(&self) -> Vec<Bar> {
        let bars = self.bars.get(&1).cloned().unwrap_or_default();
        let skipped = usize::from(bars.first().is_some_and(|bar| bar.is_cut));
        bars[skipped..].to_vec()
    }

    /// An indicator of one-minute candles; the `reading` says how it compares at the end of some.
    pub fn reads(&self, reading: impl Fn(&[Bar]) -> Option<Ordering>, op: u8, closed: Option<i64>) -> Truth {
        let bars = self.whole_minutes();
        let Some(now) = reading(&bars) else {
            return Truth::default();
        };
        let before = bars.split_last().and_then(|(_, before)| reading(before));
        let is_new = bars.last().is_some_and(|bar| closed == Some(bar.start + MINUTE));
        let met = match op {
            0 => now.is_ge(),
            1 => now.is_le(),
            2 => is_new && before == Some(Ordering::Less) && now.is_ge(),
            _ => is_new && before == Some(Ordering::Greater) && now.is_le(),
        };
        Truth {
            met,
            clear: !met,
            known: true,
        }
    }

    /// The newest volume, and the sum of the 20 before.
    pub fn volumes(&self) -> Option<(i64, i64)> {
        let bars = self.whole_minutes();
        let window = bars.len().checked_sub(21).map(|from| &bars[from..])?;
        let volumes: Option<Vec<i64>> = window.iter().map(|bar| bar.volume).collect();
        let volumes = volumes?;
        Some((volumes[20], volumes[..20].iter().sum()))
    }
}

pub fn mean(bars: &[Bar], halves: i64) -> Option<Ordering> {
    let [.., before, newest] = bars else { return None };
    Some((before.close + newest.close).cmp(&halves))
}

/// Of the newest 299 candles: the first adds its volume, each further one adds or takes off by the way it closed.
pub fn obv(bars: &[Bar], value: i64) -> Option<Ordering> {
    let bars = &bars[bars.len().saturating_sub(299)..];
    bars.last()?.volume?;
    let first = bars.iter().position(|bar| bar.volume.is_some())?;
    let mut total = bars[first].volume?;
    for pair in bars[first..].windows(2) {
        total += pair[1].volume.unwrap_or(0) * (pair[1].close - pair[0].close).signum();
    }
    Some(total.cmp(&value))
}

/// Of the day's candles, where all of them are known.
pub fn vwap(bars: &[Bar], halves: i64) -> Option<Ordering> {
    let newest = bars.last()?;
    newest.volume?;
    let midnight = newest.start - newest.start.rem_euclid(DAY);
    if bars[0].start > midnight {
        return None;
    }
    let (mut turnover, mut volume) = (0, 0);
    for bar in bars.iter().filter(|bar| bar.start >= midnight) {
        let traded = bar.volume.unwrap_or(0);
        turnover += (bar.high + bar.low + bar.close) * traded;
        volume += 3 * traded;
    }
    (volume > 0).then(|| (2 * turnover).cmp(&(halves * volume)))
}
