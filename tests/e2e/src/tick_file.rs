use std::{io::Write, path::Path};

/// Appends lines to a file that the platform follows.
pub fn append(path: &Path, lines: &str) {
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .expect("the tick file");
    file.write_all(lines.as_bytes()).expect("lines");
}

/// A line of such a file: a price of now.
pub fn tick_now(symbol: &str, price: &str) -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a time after 1970")
        .as_millis();
    format!("{now},{symbol},{price},0.5\n")
}
