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
mod tests;
