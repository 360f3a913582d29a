//! The feed, the tick log, and who writes it.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash},
};

use contracts::{LogBatch, LogEntry};
use domain::{AssetId, Decimal, Interval, Price, Source, Timestamp};
use market_data::domain::sequencer::{Known, PartitionState, RawTick, Sequencer};
use messaging::{Admitted, SequenceFilter};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::Bug;

/// Of the tick log.
pub const PARTITIONS: u16 = 2;
/// How many assets there are.
pub const ASSETS: usize = 4;
/// A Monday, 00:00 UTC, and the time between two prices, in milliseconds.
const START: i64 = 1_700_438_400_000;
const STEP: i64 = 7_000;
const FEED: &str = "simulation";

/// An asset by its number, under the name that the tests of alerts give it.
pub fn asset(number: usize) -> AssetId {
    AssetId::parse(&format!("asset-{number}")).expect("an asset")
}

/// The partition of an asset.
pub fn partition_of(number: usize) -> u16 {
    asset(number).partition(PARTITIONS)
}

/// When a record of the feed was made.
pub fn time_of(record: usize) -> i64 {
    START + STEP * i64::try_from(record).expect("a small number")
}

/// All prices that there will be: the asset's number and the price.
pub struct Feed(pub Vec<(usize, i64)>);

impl Feed {
    /// Prices that walk around a thousand.
    pub fn random(random: &mut ChaCha8Rng) -> Self {
        let mut now = [1_000_i64; ASSETS];
        let records = random.random_range(30..80);
        let walk = (0..records).map(|_| {
            let asset = random.random_range(0..ASSETS);
            let price = now[asset] + random.random_range(-5_i64..=5);
            now[asset] = price.clamp(985, 1_015);
            (asset, now[asset])
        });
        Self(walk.collect())
    }

    /// What the log must tell of an asset.
    pub fn of(&self, asset: usize) -> Vec<i64> {
        let records = self.0.iter().filter(|record| record.0 == asset);
        records.map(|record| record.1).collect()
    }

    fn raw(&self, record: usize) -> RawTick {
        let (number, price) = self.0[record];
        let at = Timestamp::from_millis(time_of(record)).expect("a time");
        RawTick {
            asset: asset(number),
            event_at: at,
            received_at: at,
            price: Price::new(Decimal::from(price)).expect("a price"),
            quantity: None,
            range: None,
            source: Source::Replay,
            position: Some(record as u64 + 1),
        }
    }
}

/// The tick log.
#[derive(Default)]
pub struct Log {
    partitions: [Vec<LogBatch>; PARTITIONS as usize],
}

impl Log {
    /// Adds a batch.
    pub fn append(&mut self, partition: u16, batch: LogBatch, trace: &mut DefaultHasher) {
        format!("{partition} {batch:?}").hash(trace);
        self.partitions[usize::from(partition)].push(batch);
    }

    /// Up to so many batches from an offset on.
    pub fn read(&self, partition: u16, from: usize, count: usize) -> &[LogBatch] {
        let all = &self.partitions[usize::from(partition)];
        &all[from..from.saturating_add(count).min(all.len())]
    }

    /// The term of the newest writer of a partition.
    pub fn newest_epoch(&self, partition: u16) -> u64 {
        let all = self.partitions[usize::from(partition)].iter();
        all.map(|batch| batch.epoch).max().unwrap_or_default()
    }

    /// What a reader from the beginning is told, against the feed.
    pub fn differences(&self, feed: &Feed, bug: Option<Bug>) -> Vec<String> {
        let mut told: Vec<Vec<i64>> = vec![Vec::new(); ASSETS];
        let mut wrong = Vec::new();
        for partition in 0..PARTITIONS {
            let mut filter = SequenceFilter::default();
            for batch in self.read(partition, 0, usize::MAX) {
                let admitted = match bug {
                    Some(Bug::RepeatsRead) => Admitted {
                        entries: batch.entries.clone(),
                        gaps: Vec::new(),
                    },
                    _ => filter.admit(batch.clone()),
                };
                wrong.extend(admitted.gaps.iter().map(|gap| format!("the log has a gap: {gap:?}")));
                for entry in admitted.entries {
                    if let LogEntry::Tick(tick) = entry {
                        let number = (0..ASSETS).find(|number| asset(*number) == tick.asset);
                        told[number.expect("a known asset")].push(whole(tick.price));
                    }
                }
            }
        }
        for (number, told) in told.iter().enumerate() {
            let expected = feed.of(number);
            if *told != expected {
                wrong.push(format!(
                    "the log tells {told:?} of asset {number}, the feed {expected:?}"
                ));
            }
        }
        wrong
    }
}

/// A whole price as a number.
pub fn whole(price: Price) -> i64 {
    price.value().to_string().parse().expect("a whole price")
}

/// Whoever has the right to write, or believes so.
pub struct Writer {
    sequencer: Sequencer,
    next: usize,
}

impl Writer {
    /// Begins a term, from what the log holds.
    pub fn start(epoch: u64, log: &Log, feed: &Feed, bug: Option<Bug>) -> Self {
        let mut assets = HashMap::new();
        let mut partitions = Vec::new();
        let mut positions = Vec::new();
        for partition in 0..PARTITIONS {
            let mut filter = SequenceFilter::default();
            let mut state = PartitionState::default();
            let mut position = 0;
            for batch in log.read(partition, 0, usize::MAX) {
                if batch.epoch >= filter.epoch() {
                    position = batch.feed_position.as_ref().map_or(0, |held| held.position);
                }
                for entry in filter.admit(batch.clone()).entries {
                    take_in(&entry, &mut state, &mut assets);
                }
            }
            partitions.push(state);
            if bug == Some(Bug::OneRecordTwice) {
                position = position.saturating_sub(1);
            }
            positions.push(position);
        }
        let next = positions.iter().min().copied().unwrap_or_default();
        let mut sequencer = Sequencer::new(epoch, assets, partitions);
        sequencer.begin_feed(FEED.to_owned(), &positions);
        Self {
            sequencer,
            next: usize::try_from(next).expect("a small number").min(feed.0.len()),
        }
    }

    /// Its term.
    pub fn epoch(&self) -> u64 {
        self.sequencer.epoch()
    }

    /// Whether it has written all.
    pub fn is_done(&self, feed: &Feed) -> bool {
        self.next == feed.0.len()
    }

    /// The batches for the next records.
    pub fn write(&mut self, feed: &Feed, count: usize) -> Vec<(u16, LogBatch)> {
        let end = (self.next + count).min(feed.0.len());
        for record in self.next..end {
            self.sequencer.push(feed.raw(record));
        }
        self.next = end;
        self.sequencer.take()
    }
}

fn take_in(entry: &LogEntry, state: &mut PartitionState, assets: &mut HashMap<AssetId, Known>) {
    match entry {
        LogEntry::Tick(tick) => {
            let newest_at = assets.get(&tick.asset).map_or(tick.event_at, |known| known.newest_at);
            let known = Known {
                seq: tick.seq,
                newest_at: newest_at.max(tick.event_at),
            };
            assets.insert(tick.asset.clone(), known);
            let minute = Interval::M1.bucket_start(tick.event_at);
            state.clock = state.clock.max(Some(minute));
        }
        LogEntry::Clock(at) => state.clock = Some(*at),
        LogEntry::FeedUp(_) => state.is_up = true,
        LogEntry::FeedDown(_) => state.is_up = false,
    }
}
