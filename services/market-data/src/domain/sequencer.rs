//! From the prices of a feed to the entries of the tick log.
//!
//! The sequencer numbers each asset's ticks without gaps, tells late ones, and marks the feed's own time in every
//! partition before the first tick of each new minute. It knows how far each partition had come when the feed was
//! interrupted, so that a feed that is read again from an earlier point adds only what is missing.

use std::{collections::HashMap, time::Duration};

use contracts::{FeedPosition, LogBatch, LogEntry};
use domain::{AssetId, Interval, Price, PriceRange, Quantity, Source, Tick, Timestamp};

/// Whoever says nothing of anything for so long did not watch: two prices that far apart have no quiet minutes between
/// them, of which there would be tens of thousands.
const LONGEST_QUIET: Duration = Duration::from_secs(30 * 86_400);

/// A price as a feed gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawTick {
    /// The asset.
    pub asset: AssetId,
    /// When it was made.
    pub event_at: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// The price in USD.
    pub price: Price,
    /// How much was traded.
    pub quantity: Option<Quantity>,
    /// The extremes since the asset's previous tick.
    pub range: Option<PriceRange>,
    /// Who said it.
    pub source: Source,
    /// The number of the record that holds it, counted from 1, where the feed can be resumed.
    pub position: Option<u64>,
}

/// What is known of an asset's ticks so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The number of its last tick.
    pub seq: u64,
    /// The newest event time.
    pub newest_at: Timestamp,
}

/// What is known of a partition so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartitionState {
    /// The last minute that was marked.
    pub clock: Option<Timestamp>,
    /// Whether the market is being watched.
    pub is_up: bool,
    /// How many records of the present feed it holds.
    pub position: u64,
}

/// Turns prices into entries of the log.
#[derive(Debug)]
pub struct Sequencer {
    epoch: u64,
    feed: Option<String>,
    assets: HashMap<AssetId, Known>,
    partitions: Vec<PartitionState>,
    pending: Vec<Vec<LogEntry>>,
    count: usize,
    position: u64,
}

impl Sequencer {
    /// A sequencer that goes on from what the log holds.
    pub fn new(epoch: u64, assets: HashMap<AssetId, Known>, partitions: Vec<PartitionState>) -> Self {
        let pending = partitions.iter().map(|_| Vec::new()).collect();
        Self {
            epoch,
            feed: None,
            assets,
            partitions,
            pending,
            count: 0,
            position: 0,
        }
    }

    /// Begins to number the records of a feed that can be resumed; `positions` tells for each partition how many
    /// of them it holds already.
    pub fn begin_feed(&mut self, feed: String, positions: &[u64]) {
        self.feed = Some(feed);
        self.position = 0;
        for (index, partition) in self.partitions.iter_mut().enumerate() {
            partition.position = positions.get(index).copied().unwrap_or(0);
        }
    }

    /// Takes a price.
    pub fn push(&mut self, raw: RawTick) {
        let minute = Interval::M1.bucket_start(raw.event_at);
        let position = raw.position.unwrap_or(u64::MAX);
        for (partition, pending) in self.partitions.iter_mut().zip(&mut self.pending) {
            if position <= partition.position {
                continue;
            }
            if let Some(clock) = partition.clock.filter(|clock| minute.since(*clock) > LONGEST_QUIET)
                && partition.is_up
            {
                partition.is_up = false;
                pending.push(LogEntry::FeedDown(Interval::M1.bucket_end(clock)));
                self.count += 1;
            }
            if !partition.is_up {
                partition.is_up = true;
                pending.push(LogEntry::FeedUp(raw.event_at));
                self.count += 1;
            }
            if mark(partition, minute, pending) {
                self.count += 1;
            }
        }
        self.position = raw.position.unwrap_or(self.position);
        let index = self.partition_of(&raw.asset);
        if position <= self.partitions[index].position {
            return;
        }
        let tick = self.number(raw);
        self.pending[index].push(LogEntry::Tick(tick));
        self.count += 1;
    }

    /// Says that the feed's own time has reached `at`; marks the minute that has begun.
    pub fn reach(&mut self, at: Timestamp) {
        let minute = Interval::M1.bucket_start(at);
        for (partition, pending) in self.partitions.iter_mut().zip(&mut self.pending) {
            if mark(partition, minute, pending) {
                self.count += 1;
            }
        }
    }

    /// Says that from `at` on the market is watched.
    pub fn feed_up(&mut self, at: Timestamp) {
        self.switch(true, LogEntry::FeedUp(at));
    }

    /// Says that from `at` on nobody watches the market.
    pub fn feed_down(&mut self, at: Timestamp) {
        self.switch(false, LogEntry::FeedDown(at));
    }

    /// The term.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// How many entries wait to be written.
    pub fn waiting(&self) -> usize {
        self.count
    }

    /// Whether a partition believes that the market is being watched.
    pub fn is_up(&self) -> bool {
        self.partitions.iter().any(|partition| partition.is_up)
    }

    /// The latest moment that the log has shown.
    pub fn latest(&self) -> Option<Timestamp> {
        let newest = self.assets.values().map(|known| known.newest_at).max();
        newest.max(self.partitions.iter().filter_map(|partition| partition.clock).max())
    }

    /// The batches to append, with their partitions.
    pub fn take(&mut self) -> Vec<(u16, LogBatch)> {
        self.count = 0;
        let feed_position = self.feed.clone().map(|feed| FeedPosition {
            feed,
            position: self.position,
        });
        let mut batches = Vec::new();
        for (partition, pending) in (0..).zip(&mut self.pending) {
            if !pending.is_empty() {
                let entries = std::mem::take(pending);
                batches.push((
                    partition,
                    LogBatch {
                        epoch: self.epoch,
                        entries,
                        feed_position: feed_position.clone(),
                    },
                ));
            }
        }
        batches
    }

    fn switch(&mut self, is_up: bool, entry: LogEntry) {
        for (partition, pending) in self.partitions.iter_mut().zip(&mut self.pending) {
            if partition.is_up != is_up {
                partition.is_up = is_up;
                pending.push(entry.clone());
                self.count += 1;
            }
        }
    }

    fn partition_of(&self, asset: &AssetId) -> usize {
        let partitions = u16::try_from(self.partitions.len()).unwrap_or(u16::MAX);
        usize::from(asset.partition(partitions))
    }

    fn number(&mut self, raw: RawTick) -> Tick {
        let known = self.assets.entry(raw.asset.clone()).or_insert(Known {
            seq: 0,
            newest_at: raw.event_at,
        });
        known.seq += 1;
        let is_late = raw.event_at < known.newest_at;
        known.newest_at = known.newest_at.max(raw.event_at);
        Tick {
            asset: raw.asset,
            seq: known.seq,
            event_at: raw.event_at,
            received_at: raw.received_at,
            price: raw.price,
            quantity: raw.quantity,
            range: raw.range,
            source: raw.source,
            is_late,
        }
    }
}

fn mark(partition: &mut PartitionState, minute: Timestamp, pending: &mut Vec<LogEntry>) -> bool {
    if partition.clock.is_some_and(|clock| clock >= minute) {
        return false;
    }
    // Before the first price nothing was watched, so the minute that it falls into is not marked.
    let is_first = partition.clock.replace(minute).is_none();
    if !is_first {
        pending.push(LogEntry::Clock(minute));
    }
    !is_first
}

#[cfg(test)]
mod tests {
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
}
