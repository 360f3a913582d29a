use super::*;

fn ms(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("time")
}

fn raw(asset: &str, at: i64, position: u64) -> RawTick {
    RawTick {
        asset: AssetId::parse(asset).expect("id"),
        event_at: ms(at),
        received_at: ms(at),
        price: Price::parse("1").expect("price"),
        quantity: None,
        range: None,
        source: Source::Replay,
        position: Some(position),
    }
}

fn sequencer(partitions: usize) -> Sequencer {
    let mut sequencer = Sequencer::new(1, HashMap::new(), vec![PartitionState::default(); partitions]);
    sequencer.begin_feed("replay:f".to_owned(), &[]);
    sequencer
}

fn entries(batches: Vec<(u16, LogBatch)>) -> Vec<String> {
    let text = |partition: u16, entry: LogEntry| match entry {
        LogEntry::Tick(tick) => format!(
            "{partition} {}#{}@{}{}",
            tick.asset,
            tick.seq,
            tick.event_at.millis(),
            if tick.is_late { " late" } else { "" }
        ),
        LogEntry::Clock(at) => format!("{partition} clock {}", at.millis()),
        LogEntry::FeedDown(at) => format!("{partition} down {}", at.millis()),
        LogEntry::FeedUp(at) => format!("{partition} up {}", at.millis()),
    };
    batches
        .into_iter()
        .flat_map(|(partition, batch)| batch.entries.into_iter().map(move |entry| text(partition, entry)))
        .collect()
}

#[test]
fn ticks_are_numbered_per_asset_and_a_step_back_in_time_is_late() {
    let mut sequencer = sequencer(1);
    for (asset, at) in [("a", 5), ("b", 6), ("a", 9), ("a", 8), ("b", 6)] {
        sequencer.push(raw(asset, at, 1));
    }
    assert_eq!(
        entries(sequencer.take()),
        ["0 up 5", "0 a#1@5", "0 b#1@6", "0 a#2@9", "0 a#3@8 late", "0 b#2@6"]
    );
}

#[test]
fn every_partition_hears_of_a_new_minute_before_its_first_tick() {
    let mut sequencer = sequencer(2);
    sequencer.push(raw("bitcoin", 59_000, 1));
    sequencer.push(raw("bitcoin", 60_000, 2));
    let found = entries(sequencer.take());
    let (at, other) = (
        AssetId::parse("bitcoin").expect("id").partition(2),
        1 - AssetId::parse("bitcoin").expect("id").partition(2),
    );
    assert!(found.contains(&format!("{other} clock 60000")));
    let mine: Vec<&String> = found.iter().filter(|text| text.starts_with(&at.to_string())).collect();
    assert_eq!(
        mine,
        [
            &format!("{at} up 59000"),
            &format!("{at} bitcoin#1@59000"),
            &format!("{at} clock 60000"),
            &format!("{at} bitcoin#2@60000")
        ]
    );
}

#[test]
fn a_record_with_a_hole_of_a_month_did_not_watch_meanwhile() {
    let (mut sequencer, day) = (sequencer(1), 86_400_000);
    for (at, position) in [(5, 1), (30 * day, 2), (61 * day, 3)] {
        sequencer.push(raw("a", at, position));
    }
    let (second, third) = (30 * day, 61 * day);
    assert_eq!(
        entries(sequencer.take()),
        [
            "0 up 5".to_owned(),
            "0 a#1@5".to_owned(),
            format!("0 clock {second}"),
            format!("0 a#2@{second}"),
            format!("0 down {}", second + 60_000),
            format!("0 up {third}"),
            format!("0 clock {third}"),
            format!("0 a#3@{third}"),
        ]
    );
}

#[test]
fn a_feed_that_is_read_again_adds_only_what_each_partition_is_missing() {
    let lines: Vec<RawTick> = (1..200)
        .map(|n| raw(["a", "b", "c", "d"][n as usize % 4], n * 7_000, n as u64))
        .collect();
    let mut whole = sequencer(2);
    lines.iter().cloned().for_each(|line| whole.push(line));
    let mut expected: HashMap<u16, Vec<LogEntry>> = whole
        .take()
        .into_iter()
        .map(|(partition, batch)| (partition, batch.entries))
        .collect();

    // The writer died when partition 0 had the batch up to record 120 and partition 1 only that up to record 90.
    let mut before = sequencer(2);
    let mut kept: HashMap<u16, Vec<LogEntry>> = HashMap::new();
    lines[..90].iter().cloned().for_each(|line| before.push(line));
    before
        .take()
        .into_iter()
        .for_each(|(partition, batch)| kept.entry(partition).or_default().extend(batch.entries));
    lines[90..120].iter().cloned().for_each(|line| before.push(line));
    let half = before
        .take()
        .into_iter()
        .find(|(partition, _)| *partition == 0)
        .expect("batch")
        .1;
    kept.entry(0).or_default().extend(half.entries);

    let mut assets = HashMap::new();
    let mut partitions = vec![PartitionState::default(); 2];
    for (partition, entries) in &kept {
        for entry in entries {
            let state = &mut partitions[usize::from(*partition)];
            match entry {
                LogEntry::Tick(tick) => {
                    assets.insert(
                        tick.asset.clone(),
                        Known {
                            seq: tick.seq,
                            newest_at: tick.event_at,
                        },
                    );
                    state.clock = state.clock.max(Some(Interval::M1.bucket_start(tick.event_at)));
                }
                LogEntry::Clock(at) => state.clock = Some(*at),
                LogEntry::FeedUp(at) => {
                    state.is_up = true;
                    state.clock = Some(Interval::M1.bucket_start(*at));
                }
                LogEntry::FeedDown(_) => state.is_up = false,
            }
        }
    }
    let mut after = Sequencer::new(2, assets, partitions);
    after.begin_feed("replay:f".to_owned(), &[120, 90]);
    lines[90..].iter().cloned().for_each(|line| after.push(line));
    after
        .take()
        .into_iter()
        .for_each(|(partition, batch)| kept.entry(partition).or_default().extend(batch.entries));
    for partition in 0..2 {
        assert_eq!(kept.remove(&partition), expected.remove(&partition));
    }
}
