//! The definitions, as plainly as they can be written: each value from its whole window or history.
//!
//! Nothing here is shared with the crate. A value is null as NaN.

use indicators::Bar;

type Column = Vec<f64>;

const NULL: f64 = f64::NAN;

fn closes(bars: &[Bar]) -> Column {
    bars.iter().map(|bar| bar.close).collect()
}

fn typical(bar: &Bar) -> f64 {
    (bar.high + bar.low + bar.close) / 3.0
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

/// What `value` says of each window of `n`, null before the first.
fn windows<T>(items: &[T], n: usize, value: impl Fn(&[T]) -> f64) -> Column {
    (0..items.len())
        .map(|i| if i + 1 < n { NULL } else { value(&items[i + 1 - n..=i]) })
        .collect()
}

/// An average seeded by the mean of `n` numbers from `from` on, and then changed by `next(average, number)`.
fn seeded(numbers: &[f64], from: usize, n: usize, next: impl Fn(f64, f64) -> f64) -> Column {
    let mut column = vec![NULL; numbers.len()];
    for i in from + n - 1..numbers.len() {
        column[i] = if i == from + n - 1 {
            mean(&numbers[from..=i])
        } else {
            next(column[i - 1], numbers[i])
        };
    }
    column
}

fn exponential(numbers: &[f64], from: usize, n: usize) -> Column {
    let k = 2.0 / (n as f64 + 1.0);
    seeded(numbers, from, n, |average, number| average + k * (number - average))
}

fn wilder(numbers: &[f64], from: usize, n: usize) -> Column {
    seeded(numbers, from, n, |average, number| {
        (average * (n as f64 - 1.0) + number) / n as f64
    })
}

pub fn sma(bars: &[Bar], n: usize) -> Vec<Column> {
    vec![windows(&closes(bars), n, mean)]
}

pub fn ema(bars: &[Bar], n: usize) -> Vec<Column> {
    vec![exponential(&closes(bars), 0, n)]
}

pub fn wma(bars: &[Bar], n: usize) -> Vec<Column> {
    let weights = (n * (n + 1) / 2) as f64;
    let weighted = |window: &[f64]| {
        window
            .iter()
            .enumerate()
            .map(|(i, close)| (i + 1) as f64 * close)
            .sum::<f64>()
    };
    vec![windows(&closes(bars), n, |window| weighted(window) / weights)]
}

pub fn rsi(bars: &[Bar], n: usize) -> Vec<Column> {
    let change = |i: usize| if i == 0 { 0.0 } else { bars[i].close - bars[i - 1].close };
    let gains: Column = (0..bars.len()).map(|i| change(i).max(0.0)).collect();
    let losses: Column = (0..bars.len()).map(|i| (-change(i)).max(0.0)).collect();
    let (gains, losses) = (wilder(&gains, 1, n), wilder(&losses, 1, n));
    // 0/0, where nothing has moved yet, is the null that we want.
    vec![
        gains
            .iter()
            .zip(&losses)
            .map(|(gain, loss)| 100.0 * gain / (gain + loss))
            .collect(),
    ]
}

pub fn macd(bars: &[Bar], fast: usize, slow: usize, signal: usize) -> Vec<Column> {
    let closes = closes(bars);
    let (fast, slow_average) = (exponential(&closes, slow - fast, fast), exponential(&closes, 0, slow));
    let line: Column = fast.iter().zip(&slow_average).map(|(fast, slow)| fast - slow).collect();
    let signal = exponential(&line, slow - 1, signal);
    let histogram: Column = line.iter().zip(&signal).map(|(line, signal)| line - signal).collect();
    let line = line
        .iter()
        .zip(&signal)
        .map(|(line, signal)| if signal.is_nan() { NULL } else { *line })
        .collect();
    vec![line, signal, histogram]
}

pub fn bb(bars: &[Bar], n: usize, deviations: f64) -> Vec<Column> {
    let closes = closes(bars);
    let width = |window: &[f64]| {
        let squares: Column = window.iter().map(|close| (close - mean(window)).powi(2)).collect();
        deviations * mean(&squares).sqrt()
    };
    vec![
        windows(&closes, n, |window| mean(window) + width(window)),
        windows(&closes, n, mean),
        windows(&closes, n, |window| mean(window) - width(window)),
    ]
}

fn true_ranges(bars: &[Bar]) -> Column {
    let reach = |i: usize| {
        let close = bars[i - 1].close;
        (bars[i].high - bars[i].low)
            .max((bars[i].high - close).abs())
            .max((bars[i].low - close).abs())
    };
    (0..bars.len()).map(|i| if i == 0 { 0.0 } else { reach(i) }).collect()
}

pub fn atr(bars: &[Bar], n: usize) -> Vec<Column> {
    vec![wilder(&true_ranges(bars), 1, n)]
}

fn highest(window: &[Bar]) -> f64 {
    window.iter().map(|bar| bar.high).fold(f64::MIN, f64::max)
}

fn lowest(window: &[Bar]) -> f64 {
    window.iter().map(|bar| bar.low).fold(f64::MAX, f64::min)
}

pub fn stoch(bars: &[Bar], fast_k: usize, slow_k: usize, slow_d: usize) -> Vec<Column> {
    let place = |window: &[Bar]| {
        let (high, low) = (highest(window), lowest(window));
        if high > low {
            100.0 * (window[window.len() - 1].close - low) / (high - low)
        } else {
            0.0
        }
    };
    let fast = windows(bars, fast_k, place);
    let k = windows(&fast, slow_k, mean);
    let d = windows(&k, slow_d, mean);
    let k = k
        .iter()
        .zip(&d)
        .map(|(k, d)| if d.is_nan() { NULL } else { *k })
        .collect();
    vec![k, d]
}

pub fn adx(bars: &[Bar], n: usize) -> Vec<Column> {
    let move_at = |i: usize| {
        if i == 0 {
            return (0.0, 0.0);
        }
        let (up, down) = (bars[i].high - bars[i - 1].high, bars[i - 1].low - bars[i].low);
        (
            if up > down && up > 0.0 { up } else { 0.0 },
            if down > up && down > 0.0 { down } else { 0.0 },
        )
    };
    let sums = |numbers: &[f64]| {
        let mut sums = vec![0.0; numbers.len()];
        for i in 1..numbers.len() {
            let kept = if i < n {
                sums[i - 1]
            } else {
                sums[i - 1] - sums[i - 1] / n as f64
            };
            sums[i] = kept + numbers[i];
        }
        sums
    };
    let plus = sums(&(0..bars.len()).map(|i| move_at(i).0).collect::<Column>());
    let minus = sums(&(0..bars.len()).map(|i| move_at(i).1).collect::<Column>());
    let ranges = sums(&true_ranges(bars));
    let index = |sums: &[f64]| -> Column {
        let share = |i: usize| {
            if ranges[i] == 0.0 {
                0.0
            } else {
                100.0 * sums[i] / ranges[i]
            }
        };
        (0..bars.len()).map(|i| if i < n { NULL } else { share(i) }).collect()
    };
    let imbalance = |i: usize| {
        let total = plus[i] + minus[i];
        (total > 0.0).then(|| 100.0 * (plus[i] - minus[i]).abs() / total)
    };
    let mut adx = vec![NULL; bars.len()];
    for i in 2 * n - 1..bars.len() {
        adx[i] = if i == 2 * n - 1 {
            (n..=i).filter_map(imbalance).sum::<f64>() / n as f64
        } else {
            imbalance(i).map_or(adx[i - 1], |imbalance| {
                (adx[i - 1] * (n as f64 - 1.0) + imbalance) / n as f64
            })
        };
    }
    vec![adx, index(&plus), index(&minus)]
}

pub fn cci(bars: &[Bar], n: usize) -> Vec<Column> {
    let prices: Column = bars.iter().map(typical).collect();
    let index = |window: &[f64]| {
        let middle = mean(window);
        let deviation = mean(&window.iter().map(|price| (price - middle).abs()).collect::<Column>());
        let is_flat = deviation < 1e-12 * middle;
        if is_flat {
            0.0
        } else {
            (window[n - 1] - middle) / (0.015 * deviation)
        }
    };
    vec![windows(&prices, n, index)]
}

pub fn mfi(bars: &[Bar], n: usize) -> Vec<Column> {
    let index = |window: &[Bar]| {
        let (mut inflow, mut outflow) = (0.0, 0.0);
        for pair in window.windows(2) {
            let Some(volume) = pair[1].volume else { return NULL };
            let change = typical(&pair[1]) - typical(&pair[0]);
            if change > 1e-12 * typical(&pair[1]) {
                inflow += typical(&pair[1]) * volume;
            } else if change < -1e-12 * typical(&pair[1]) {
                outflow += typical(&pair[1]) * volume;
            }
        }
        if inflow + outflow > 0.0 {
            100.0 * inflow / (inflow + outflow)
        } else {
            0.0
        }
    };
    vec![windows(bars, n + 1, index)]
}

pub fn willr(bars: &[Bar], n: usize) -> Vec<Column> {
    let place = |window: &[Bar]| {
        let (high, low) = (highest(window), lowest(window));
        if high > low {
            -100.0 * (high - window[n - 1].close) / (high - low)
        } else {
            0.0
        }
    };
    vec![windows(bars, n, place)]
}

pub fn roc(bars: &[Bar], n: usize) -> Vec<Column> {
    vec![windows(bars, n + 1, |window| {
        100.0 * (window[n].close / window[0].close - 1.0)
    })]
}

pub fn obv(bars: &[Bar]) -> Vec<Column> {
    let first = bars.iter().position(|bar| bar.volume.is_some()).unwrap_or(bars.len());
    let sum = |i: usize| {
        let later = (first + 1..=i).map(|j| {
            let change = bars[j].close - bars[j - 1].close;
            let sign = if change == 0.0 { 0.0 } else { change.signum() };
            sign * bars[j].volume.unwrap_or(0.0)
        });
        bars[first].volume.unwrap_or(NULL) + later.sum::<f64>()
    };
    vec![
        (0..bars.len())
            .map(|i| if bars[i].volume.is_some() { sum(i) } else { NULL })
            .collect(),
    ]
}

pub fn vwap(bars: &[Bar]) -> Vec<Column> {
    let day = |bar: &Bar| bar.start_ms.div_euclid(86_400_000);
    let price = |i: usize| {
        bars[i].volume?;
        let today = bars[..=i].iter().filter(|bar| day(bar) == day(&bars[i]));
        let (turnover, volume) = today.fold((0.0, 0.0), |(turnover, total), bar| {
            let volume = bar.volume.unwrap_or(0.0);
            (turnover + typical(bar) * volume, total + volume)
        });
        (volume > 0.0).then(|| turnover / volume)
    };
    vec![(0..bars.len()).map(|i| price(i).unwrap_or(NULL)).collect()]
}

/// Wilder's rules, written out for both sides.
pub fn sar(bars: &[Bar], step: f64, maximum: f64) -> Vec<Column> {
    let mut column = vec![NULL; bars.len()];
    let (Some(first), Some(second)) = (bars.first(), bars.get(1)) else {
        return vec![column];
    };
    let (up, down) = (second.high - first.high, first.low - second.low);
    let mut is_long = !(down > 0.0 && up < down);
    let (mut stop, mut extreme) = if is_long {
        (first.low, second.high)
    } else {
        (first.high, second.low)
    };
    let mut speed = step;
    for i in 1..bars.len() {
        let (bar, before) = (&bars[i], &bars[if i == 1 { 1 } else { i - 1 }]);
        let (floor, ceiling) = (bar.low.min(before.low), bar.high.max(before.high));
        if is_long && bar.low <= stop {
            (is_long, stop, extreme, speed) = (false, extreme.max(ceiling), bar.low, step);
        } else if !is_long && bar.high >= stop {
            (is_long, stop, extreme, speed) = (true, extreme.min(floor), bar.high, step);
        } else if is_long && bar.high > extreme {
            (extreme, speed) = (bar.high, (speed + step).min(maximum));
        } else if !is_long && bar.low < extreme {
            (extreme, speed) = (bar.low, (speed + step).min(maximum));
        }
        column[i] = stop;
        // Fused as in TA-Lib: a stop that comes to lie on a price turns the side or not by its last bit.
        let next = speed.mul_add(extreme - stop, stop);
        stop = if is_long { next.min(floor) } else { next.max(ceiling) };
    }
    vec![column]
}
