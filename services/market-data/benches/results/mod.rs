//! Keeps results for `cargo xtask bench`, and prints them.

use std::path::Path;

use serde_json::{Value, json};

/// A row of a table.
pub fn row(name: &str, value: f64, unit: &str, target: &str) -> Value {
    json!({"name": name, "value": value, "unit": unit, "target": target})
}

/// Writes `target/bench-results/<file>.json`.
#[allow(clippy::print_stdout, reason = "a bench reports on standard output")]
pub fn keep(file: &str, group: &str, rows: &[Value]) {
    for row in rows {
        println!(
            "{:60} {:>14.2} {} {}",
            row["name"],
            row["value"].as_f64().unwrap_or_default(),
            row["unit"],
            row["target"]
        );
    }
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/bench-results");
    std::fs::create_dir_all(&dir).expect("a folder for results");
    let result = json!({"group": group, "rows": rows});
    std::fs::write(dir.join(format!("{file}.json")), result.to_string()).expect("the results");
}
