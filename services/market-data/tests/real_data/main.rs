//! On real market data, from the folder that CANDLEWICK_TEST_DATA names.

#[path = "../api/helpers.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod helpers;

mod candles;
mod polled;
mod streams;

use std::{io::Read, path::PathBuf};

fn data(path: &str) -> PathBuf {
    let folder =
        std::env::var("CANDLEWICK_TEST_DATA").expect("set CANDLEWICK_TEST_DATA to the folder of real market data");
    PathBuf::from(folder).join(path)
}

fn unpack(path: &str) -> String {
    let file = std::fs::File::open(data(path)).expect("the file is in CANDLEWICK_TEST_DATA");
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("gzip");
    text
}

fn lines(path: &str) -> Vec<String> {
    let output = std::process::Command::new("xz").arg("-dc").arg(data(path)).output();
    let output = output.expect("xz must be installed to unpack streams/*.xz");
    assert!(output.status.success(), "{path} is in CANDLEWICK_TEST_DATA");
    String::from_utf8(output.stdout)
        .expect("text")
        .lines()
        .map(str::to_owned)
        .collect()
}

fn text(path: &str) -> String {
    std::fs::read_to_string(data(path)).expect("the file is in CANDLEWICK_TEST_DATA")
}
