//! `candlewick feed record`: what it writes is what was said, and can be replayed.

use std::{io::Read, path::Path, time::Duration};

use e2e::Program;
use test_kit::eventually_within;

const STOP: Duration = Duration::from_secs(20);

fn record(file: &Path, feed: &str) -> Program {
    let file = file.display().to_string();
    Program::start(&["feed", "record", &file, "--feed", feed], &[])
}

#[test]
fn a_recorded_replay_is_the_file_that_was_replayed() {
    let dir = tempfile::tempdir().expect("a folder");
    let (day, copy) = (dir.path().join("day.csv"), dir.path().join("copy.csv"));
    let mut text = "timestamp_ms,symbol,price,quantity\n".to_owned();
    for second in 0..5_000_i64 {
        let symbol = ["BTC", "ETH", "PEPE"][(second % 3) as usize];
        let price = ["64000.5", "2683.8", "0.000000000012"][(second % 3) as usize];
        let quantity = if second % 7 == 0 { "" } else { "0.25" };
        // Now and then one comes late.
        let at = 1_767_571_200_000 + second * 1_000 - if second % 500 == 499 { 90_000 } else { 0 };
        text += &format!("{at},{symbol},{price},{quantity}\n");
    }
    std::fs::write(&day, &text).expect("a file");
    let mut program = record(&copy, &format!("replay:{}?speed=max", day.display()));
    assert_eq!(
        program.wait_for_line("recording prices from files to"),
        format!("{}; Ctrl-C ends it", copy.display())
    );
    assert_eq!(program.wait(Duration::from_secs(60)), Some(0), "{}", program.said());
    assert_eq!(std::fs::read_to_string(&copy).expect("the copy"), text);
    assert!(program.said().contains("5000 ticks are in"), "{}", program.said());
    // Recordings overwrite nothing.
    let mut again = record(&copy, "simulator:1");
    assert_eq!(again.wait(STOP), Some(1));
    assert!(again.said().contains("is there already"), "{}", again.said());
    assert_eq!(std::fs::read_to_string(&copy).expect("the copy"), text);
}

#[tokio::test]
async fn a_recording_that_is_stopped_leaves_a_whole_packed_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("now.csv.gz");
    let mut program = record(&file, "simulator:3");
    program.wait_for_line("recording simulated prices to");
    eventually_within(STOP, "some hundred ticks are packed", async || {
        let length = std::fs::metadata(&file).ok()?.len();
        (length > 2_000).then_some(())
    })
    .await;
    program.interrupt();
    assert_eq!(program.wait(STOP), Some(0), "{}", program.said());
    let mut text = String::new();
    let packed = std::fs::File::open(&file).expect("the recording");
    flate2::read::GzDecoder::new(packed)
        .read_to_string(&mut text)
        .expect("a whole file");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("timestamp_ms,symbol,price,quantity"));
    let count = lines.clone().count();
    assert!(count > 100, "{count} ticks");
    assert!(lines.all(|line| line.split(',').count() == 4) && text.ends_with('\n'));
    assert!(
        program.said().contains(&format!("{count} ticks are in")),
        "{}",
        program.said()
    );
    // What was recorded can be played.
    let copy = dir.path().join("copy.csv");
    let mut replay = record(&copy, &format!("replay:{}?speed=max", file.display()));
    assert_eq!(replay.wait(Duration::from_secs(60)), Some(0), "{}", replay.said());
    assert_eq!(std::fs::read_to_string(&copy).expect("the copy"), text);
}
