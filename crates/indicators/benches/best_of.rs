//! Nanoseconds per bar, the best of many passes: on a busy machine the only figure that can be compared.
//!
//! Beside it what TA-Lib's C code takes, in the same run, where CANDLEWICK_TALIB_PYTHON names a Python that has TA-Lib's
//! wheel: see `talib_baseline.py`. Results go to `target/bench-results/indicators_best_of.json`.

#![expect(clippy::print_stdout, reason = "a table is what this is for")]

mod market;

use std::{collections::HashMap, hint::black_box, path::Path, process::Command, time::Instant};

use indicators::{Indicator, compute};
use market::{BARS, SPECS, market, spec};
use serde_json::{Value, json};

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
    let baseline = std::env::var("CANDLEWICK_TALIB_PYTHON").map_or_else(|_| HashMap::new(), |python| talib(&python));
    let mut rows = Vec::new();
    println!("{BARS} bars, ns per bar       batch    push  TA-Lib");
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
        let theirs = baseline.get(text);
        let shown = theirs.map_or("-".to_owned(), |theirs| format!("{theirs:.2}"));
        println!("{text:24} {batch:7.2} {push:7.2} {shown:>7}");
        rows.push(json!({"name": format!("{text}, in bulk"), "value": batch, "unit": "ns/bar"}));
        if let Some(theirs) = theirs {
            let ratio = theirs / batch;
            rows.push(json!({"name": format!("{text}, speed against TA-Lib's"), "value": ratio, "unit": "×", "target": "≥ 1"}));
        }
    }
    keep(&rows);
}

/// Nanoseconds per bar of TA-Lib's C functions, by indicator.
fn talib(python: &str) -> HashMap<String, f64> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/talib_baseline.py");
    let output = Command::new(python)
        .arg(script)
        .output()
        .expect("the Python of CANDLEWICK_TALIB_PYTHON");
    let (text, complaint) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{complaint}");
    let row = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.trim().to_owned(), value.parse().ok()?))
    };
    text.lines().filter_map(row).collect()
}

fn keep(rows: &[Value]) {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-results");
    std::fs::create_dir_all(&dir).expect("a folder for results");
    let result = json!({"group": "indicators, the best of many passes", "rows": rows});
    std::fs::write(dir.join("indicators_best_of.json"), result.to_string()).expect("the results");
}
