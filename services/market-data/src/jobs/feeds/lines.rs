//! Lines of a tick file, bounded in length, with their numbers.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;

use crate::{
    domain::tick_line::{self, BadLine, FileTick, Line},
    metrics::Metrics,
};

/// No line of prices is longer.
const MAX_LINE: u64 = 4_096;

/// What a read of one line found.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A price, on the line of this number, counted from 1.
    Tick(u64, FileTick),
    /// A line that says no price.
    Skipped,
    /// Nothing more, or a last line that is not yet ended by a line break.
    End,
}

/// Reads lines and judges them.
pub struct Lines<R> {
    reader: R,
    name: String,
    number: u64,
    part: Vec<u8>,
    /// Reads a last line without a line break as well.
    takes_unended: bool,
    metrics: Metrics,
}

/// Opens a tick file, gzip or plain, whatever its name.
pub fn open(path: &Path) -> io::Result<Box<dyn BufRead + Send>> {
    let mut file = File::open(path)?;
    let mut magic = [0; 2];
    let mut read = 0;
    while read < magic.len() {
        match file.read(&mut magic[read..])? {
            0 => break,
            count => read += count,
        }
    }
    let whole = io::Cursor::new(magic[..read].to_vec()).chain(file);
    if magic == [0x1f, 0x8b] {
        return Ok(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(whole))));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 16, whole)))
}

impl<R: BufRead> Lines<R> {
    /// Reads from the first line.
    pub fn new(reader: R, path: &Path, takes_unended: bool, metrics: Metrics) -> Self {
        Self {
            reader,
            name: path.display().to_string(),
            number: 0,
            part: Vec::new(),
            takes_unended,
            metrics,
        }
    }

    /// The number of the line that was read last.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The reader beneath.
    pub fn reader(&self) -> &R {
        &self.reader
    }

    /// Reads the next line; a bad one is told in the log and counted.
    #[allow(
        clippy::should_implement_trait,
        reason = "an iterator's items could not say that the file ends for now"
    )]
    pub fn next(&mut self) -> io::Result<Found> {
        let Some(line) = self.line()? else {
            return Ok(Found::End);
        };
        self.number += 1;
        let parsed = match &line {
            Ok(line) => tick_line::parse(line, self.number == 1),
            Err(bad) => Err(*bad),
        };
        match parsed {
            Ok(Line::Tick(tick)) => Ok(Found::Tick(self.number, tick)),
            Ok(Line::Nothing) => Ok(Found::Skipped),
            Err(bad) => {
                self.metrics.bad_lines.inc();
                tracing::warn!(file = self.name, line = self.number, reason = %bad, "bad line in the tick file");
                Ok(Found::Skipped)
            }
        }
    }

    /// One whole line; `None` at the end, where a line without an end waits for its rest.
    fn line(&mut self) -> io::Result<Option<Result<String, BadLine>>> {
        let mut is_too_long = false;
        loop {
            let room = (MAX_LINE + 1).saturating_sub(self.part.len() as u64).max(1);
            let count = (&mut self.reader).take(room).read_until(b'\n', &mut self.part)?;
            if self.part.ends_with(b"\n") {
                break;
            }
            if self.part.len() as u64 > MAX_LINE {
                is_too_long = true;
                self.part.clear();
                continue;
            }
            if count == 0 {
                if !self.takes_unended || self.part.is_empty() {
                    return Ok(None);
                }
                break;
            }
        }
        let bytes = std::mem::take(&mut self.part);
        if is_too_long {
            return Ok(Some(Err(BadLine::Columns)));
        }
        Ok(Some(String::from_utf8(bytes).map_err(|_| BadLine::Columns)))
    }
}

/// What tells one input from another of the same name: its first price.
pub fn fingerprint(tick: &FileTick) -> String {
    let text = format!("{},{},{}", tick.at.millis(), tick.symbol, tick.price);
    // FNV-1a: stored positions depend on it, so it must never change.
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn metrics() -> Metrics {
        Metrics::new(&prometheus::Registry::new()).expect("metrics")
    }

    fn read_all(bytes: &[u8], takes_unended: bool) -> (Vec<u64>, u64) {
        let metrics = metrics();
        let mut lines = Lines::new(bytes, Path::new("f.csv"), takes_unended, metrics.clone());
        let mut numbers = Vec::new();
        loop {
            match lines.next().expect("read") {
                Found::Tick(number, _) => numbers.push(number),
                Found::Skipped => {}
                Found::End => return (numbers, metrics.bad_lines.get()),
            }
        }
    }

    #[test]
    fn bad_lines_are_counted_and_the_rest_is_read() {
        let long = "x".repeat(10_000);
        let text = format!("timestamp_ms,symbol,price,quantity\n1,A,1,1\nnonsense\n\n{long}\n2,A,2,\n\u{0}\n3,A,3,1");
        assert_eq!(read_all(text.as_bytes(), true), (vec![2, 6, 8], 3));
        assert_eq!(read_all(b"1,A,1,1\n\xff\xfe\n2,A,1,1\n", true), (vec![1, 3], 1));
    }

    #[test]
    fn a_line_without_an_end_waits() {
        assert_eq!(read_all(b"1,A,1,1\n2,A,1", false), (vec![1], 0));
    }

    #[test]
    fn gzip_is_known_by_its_bytes() {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("day.csv");
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"1,A,1,1\n").expect("gzip");
        std::fs::write(&path, encoder.finish().expect("gzip")).expect("file");
        let mut text = String::new();
        open(&path).expect("open").read_to_string(&mut text).expect("read");
        assert_eq!(text, "1,A,1,1\n");
        std::fs::write(&path, b"1").expect("file");
        text.clear();
        open(&path).expect("open").read_to_string(&mut text).expect("read");
        assert_eq!(text, "1");
    }
}
