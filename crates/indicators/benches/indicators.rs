//! What an indicator costs: `batch/…` over a slice, `push/…` bar by bar, `peek/…` an open candle on a copy.
//!
//! Criterion prints the mean time for 10,000 bars. To compare with TA-Lib's C code run `best_of` and
//! `talib_baseline.py`, which both print the best of many passes, in nanoseconds per bar.

mod market;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use indicators::{Indicator, IndicatorSpec, compute, compute_set};
use market::{BARS, SPECS, market, spec};

fn batch(criterion: &mut Criterion) {
    let bars = market();
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(BARS as u64));
    for text in SPECS {
        group.bench_function(text, |bencher| bencher.iter(|| compute(spec(text), black_box(&bars))));
    }
    group.finish();
}

fn push(criterion: &mut Criterion) {
    let bars = market();
    let mut group = criterion.benchmark_group("push");
    group.throughput(Throughput::Elements(BARS as u64));
    for text in SPECS {
        group.bench_function(text, |bencher| {
            bencher.iter_batched_ref(
                || Indicator::new(spec(text)),
                |indicator| {
                    for bar in black_box(&bars) {
                        black_box(indicator.push(bar));
                    }
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn peek(criterion: &mut Criterion) {
    let bars = market();
    let mut group = criterion.benchmark_group("peek");
    for text in ["sma:20", "stoch:14:3:3", "adx:14", "bb:200:2"] {
        let mut indicator = Indicator::new(spec(text));
        indicator.extend(&bars);
        group.bench_function(text, |bencher| bencher.iter(|| indicator.peek(black_box(&bars[0]))));
    }
    group.finish();
}

/// The target: 5,000 candles and all default indicators within 5 ms.
fn default_set(criterion: &mut Criterion) {
    let bars = market();
    let specs = IndicatorSpec::default_set();
    criterion.bench_function("default_set/5000", |bencher| {
        bencher.iter(|| compute_set(&specs, black_box(&bars[..5_000])));
    });
}

criterion_group!(benches, batch, push, peek, default_set);
criterion_main!(benches);
