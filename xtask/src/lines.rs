//! Lines of a program's output, passed on whole.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::thread::{self, JoinHandle};

/// Hands each line of `source` to `each`, until it ends. Lines that are not UTF-8 are read as well as can be.
pub fn for_each(source: impl Read, mut each: impl FnMut(&str)) {
    let mut reader = BufReader::new(source);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => each(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r'])),
        }
    }
}

/// Prints a line; an output that is gone is no reason to stop.
pub fn print(line: &str) {
    let mut output = io::stdout().lock();
    let _ = writeln!(output, "{line}").and_then(|()| output.flush());
}

/// Prints every line of `source` behind a name.
pub fn print_named(name: String, source: impl Read + Send + 'static) -> JoinHandle<()> {
    thread::spawn(move || for_each(source, |line| print(&format!("{name:<11} | {line}"))))
}
