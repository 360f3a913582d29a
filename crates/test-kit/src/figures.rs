use std::path::PathBuf;

use serde_json::{Value, json};

/// What a benchmark has measured by itself, in the form in which `cargo xtask bench` reads it.
pub struct Figures {
    group: String,
    rows: Vec<Value>,
}

impl Figures {
    /// An empty table of this name.
    pub fn of(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, and prints it. `target` says what must be reached, such as `≤ 25`; empty where there is nothing.
    #[allow(clippy::print_stdout, reason = "a benchmark reports on standard output")]
    pub fn row(&mut self, name: &str, value: f64, unit: &str, target: &str) {
        println!("{name:70} {value:>14.2} {unit:10} {target}");
        self.rows
            .push(json!({"name": name, "value": value, "unit": unit, "target": target}));
    }

    /// Writes `bench-results/<file>.json` in the target folder.
    ///
    /// # Panics
    /// When the file can't be written.
    pub fn keep(self, file: &str) {
        self.keep_in("bench-results", file);
    }

    /// Writes `<file>.json` in this folder of the target folder.
    ///
    /// # Panics
    /// When the file can't be written.
    pub fn keep_in(self, folder: &str, file: &str) {
        let program = std::env::current_exe().expect("the benchmark's own path");
        // target/<profile>/deps/<program>
        let target: PathBuf = program.ancestors().nth(3).expect("a target folder").to_owned();
        let folder = target.join(folder);
        std::fs::create_dir_all(&folder).expect("a folder for results");
        let result = json!({"group": self.group, "rows": self.rows});
        std::fs::write(folder.join(format!("{file}.json")), result.to_string()).expect("the results");
    }
}

/// The value below which this share of sorted values lies; -1 where there are none.
pub fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 - 1.0).max(0.0) * share;
    sorted.get(place as usize).copied().unwrap_or(-1.0)
}
