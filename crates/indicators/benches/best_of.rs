//! Nanoseconds per bar, the best of many passes: on a busy machine the only figure that can be compared.
//!
//! `talib_baseline.py` prints the same for TA-Lib's C code.

#![expect(clippy::print_stdout, reason = "a table is what this is for")]

mod market;

use std::{hint::black_box, time::Instant};

use indicators::{Indicator, compute};
use market::{BARS, SPECS, market, spec};

const REPETITIONS: usize = 300;

fn best(mut pass: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..REPETITIONS {
        let started = Instant::now();
        pass();
        best = best.min(started.elapsed().as_nanos() as f64);
    }
    best / BARS as f64
}

fn main() {
    // Cargo also starts benchmarks to test them; there is nothing to test here.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let bars = market();
    println!("{BARS} bars, ns per bar       batch    push");
    for text in SPECS {
        let spec = spec(text);
        let batch = best(|| {
            black_box(compute(spec, black_box(&bars)));
        });
        let push = best(|| {
            let mut indicator = Indicator::new(spec);
            for bar in black_box(&bars) {
                black_box(indicator.push(bar));
            }
        });
        println!("{text:24} {batch:7.2} {push:7.2}");
    }
}
