//! Where floats may be, and where not.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Percentages, statistics, values of indicators and lengths of time are floats. Nothing else is: neither these files' neighbours nor what
/// they call may name one, and no arithmetic on floats passes the lints outside of the statistics.
const MAY_NAME_FLOATS: [&str; 10] = [
    "crates/contracts/src/events/alert.rs",
    "services/portfolio/src/domain/statistics.rs",
    "services/portfolio/src/domain/valuation.rs",
    "services/portfolio/src/http/performance.rs",
    "services/portfolio/src/http/views/order.rs",
    "services/portfolio/src/http/views/portfolio.rs",
    "services/portfolio/src/http/views/trade.rs",
    "services/portfolio/src/jobs/snapshots.rs",
    "services/portfolio/src/store/snapshots.rs",
    "crates/domain/src/money.rs",
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The words of a line that speak of floats: the types themselves, and conversions such as `to_f64`.
fn float_words(line: &str) -> Vec<&str> {
    let code = line.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.contains("f64") || word.contains("f32"))
        .collect()
}

#[test]
fn reliability_19_no_code_that_counts_money_names_a_float() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["services/portfolio/src", "crates/domain/src", "crates/contracts/src"] {
        for file in rust_files(&root.join(folder)) {
            let text = fs::read_to_string(&file).expect("a text");
            let name = file.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
            if text.lines().any(|line| !float_words(line).is_empty()) {
                found.push(name);
            }
        }
    }
    found.sort();
    let mut allowed = MAY_NAME_FLOATS.map(str::to_owned);
    allowed.sort();
    assert_eq!(found, allowed);
    assert_eq!(float_words("let share = price.to_f64()?; // f32"), ["to_f64"]);
}
