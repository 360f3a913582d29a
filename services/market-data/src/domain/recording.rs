//! What the recorder makes of one partition of the log, between two commits.

use std::collections::{HashMap, HashSet};

use contracts::{FeedPosition, LogBatch, LogEntry};
use domain::{
    AssetId, Tick, Timestamp,
    candles::{CandleBook, Change, Entry},
};
use messaging::SequenceFilter;

use super::{
    recorded::{AssetState, LastPrice, RecordedPartition},
    sequencer::{Known, PartitionState},
};

/// The recorder's view of one partition.
pub struct Recording {
    book: CandleBook,
    filter: SequenceFilter,
    assets: HashMap<AssetId, Tracked>,
    pending: Pending,
}

struct Tracked {
    seq: u64,
    newest_at: Timestamp,
    last: LastPrice,
}

/// What waits to be committed.
#[derive(Default)]
pub struct Pending {
    /// Ticks, in the order of the log.
    pub ticks: Vec<Tick>,
    /// What changed in closed candles, in order.
    pub changes: Vec<Change>,
    /// The log's offset behind which all of this lies.
    pub offset: Option<u64>,
    /// Where the feed stood.
    pub position: Option<FeedPosition>,
    /// How many entries of the log this is.
    pub entries: usize,
    dirty: HashSet<AssetId>,
}

impl Recording {
    /// Goes on from what is stored.
    pub fn resume(row: RecordedPartition, states: Vec<AssetState>) -> Self {
        let last_seq = states
            .iter()
            .map(|state| (state.series.asset().clone(), state.seq))
            .collect();
        let mut assets = HashMap::with_capacity(states.len());
        let mut series = Vec::with_capacity(states.len());
        for state in states {
            let tracked = Tracked {
                seq: state.seq,
                newest_at: state.newest_at,
                last: state.last,
            };
            assets.insert(state.series.asset().clone(), tracked);
            series.push(state.series);
        }
        Self {
            book: CandleBook::restore(row.watch, series),
            filter: SequenceFilter::resume(row.epoch, last_seq),
            assets,
            pending: Pending::default(),
        }
    }

    /// Takes in a message of the log. True where it is the mark by which the writer of `epoch` begins.
    pub fn take_in(&mut self, offset: u64, batch: LogBatch, epoch: u64) -> bool {
        let is_mark = batch.epoch == epoch && batch.entries.is_empty();
        let is_displaced = batch.epoch < self.filter.epoch();
        let position = batch.feed_position.clone();
        self.pending.entries += batch.entries.len();
        self.pending.offset = Some(offset);
        if !is_displaced && position.is_some() {
            self.pending.position = position;
        }
        let admitted = self.filter.admit(batch);
        for (asset, first, next) in &admitted.gaps {
            tracing::error!(asset.id = %asset, missing = next - first, first, "ticks are missing in the log");
        }
        for entry in admitted.entries {
            self.entry(entry);
        }
        is_mark
    }

    /// Goes on behind a message that says nothing.
    pub fn pass_over(&mut self, offset: u64) {
        self.pending.offset = Some(offset);
    }

    /// Whether there is anything to commit.
    pub fn has_pending(&self) -> bool {
        self.pending.offset.is_some()
    }

    /// What waits to be committed.
    pub fn pending(&self) -> &Pending {
        &self.pending
    }

    /// The states of the assets that changed since the last commit.
    pub fn changed_states(&self) -> Vec<AssetState> {
        let state = |id: &AssetId| {
            let tracked = self.assets.get(id)?;
            let series = self.book.series(id)?.clone();
            Some(AssetState {
                seq: tracked.seq,
                newest_at: tracked.newest_at,
                last: tracked.last.clone(),
                series,
            })
        };
        self.pending.dirty.iter().filter_map(state).collect()
    }

    /// What is known of the partition as a whole.
    pub fn recorded_partition(&self) -> RecordedPartition {
        RecordedPartition {
            epoch: self.filter.epoch(),
            watch: self.book.watch(),
        }
    }

    /// Everything pending is committed.
    pub fn committed(&mut self) {
        self.pending = Pending::default();
    }

    /// What a writer has to know to go on: its assets, and the state of the partition.
    pub fn known(&self) -> (HashMap<AssetId, Known>, PartitionState) {
        let known = |tracked: &Tracked| Known {
            seq: tracked.seq,
            newest_at: tracked.newest_at,
        };
        let assets = self
            .assets
            .iter()
            .map(|(id, tracked)| (id.clone(), known(tracked)))
            .collect();
        let watch = self.book.watch();
        let clock = watch.clock.map(|clock| domain::Interval::M1.bucket_start(clock));
        (
            assets,
            PartitionState {
                clock,
                is_up: watch.up_since.is_some(),
                position: 0,
            },
        )
    }

    fn entry(&mut self, entry: LogEntry) {
        let Pending {
            changes, dirty, ticks, ..
        } = &mut self.pending;
        let mut changed = |change: Change| {
            let asset = match &change {
                Change::Closed(marked) => &marked.candle.asset,
                Change::Late(late) => &late.asset,
            };
            if !dirty.contains(asset) {
                dirty.insert(asset.clone());
            }
            changes.push(change);
        };
        match entry {
            LogEntry::Clock(at) => self.book.apply(Entry::Clock(at), &mut changed),
            LogEntry::FeedDown(at) => self.book.apply(Entry::FeedDown(at), &mut changed),
            LogEntry::FeedUp(at) => self.book.apply(Entry::FeedUp(at), &mut changed),
            LogEntry::Tick(tick) => {
                self.book.apply(Entry::Tick(&tick), &mut changed);
                track(&mut self.assets, &tick);
                if !dirty.contains(&tick.asset) {
                    dirty.insert(tick.asset.clone());
                }
                ticks.push(tick);
                return;
            }
        }
        // A mark moves the frontier of assets that did not trade as well.
        dirty.extend(self.assets.keys().cloned());
    }
}

fn track(assets: &mut HashMap<AssetId, Tracked>, tick: &Tick) {
    let last = last_price(tick);
    match assets.get_mut(&tick.asset) {
        Some(tracked) => {
            tracked.seq = tick.seq;
            tracked.newest_at = tracked.newest_at.max(tick.event_at);
            if !tick.is_late {
                tracked.last = last;
            }
        }
        None => {
            let tracked = Tracked {
                seq: tick.seq,
                newest_at: tick.event_at,
                last,
            };
            assets.insert(tick.asset.clone(), tracked);
        }
    }
}

/// A tick as the newest price of its asset.
pub fn last_price(tick: &Tick) -> LastPrice {
    LastPrice {
        seq: tick.seq,
        price: tick.price,
        source: tick.source,
        event_at: tick.event_at,
        received_at: tick.received_at,
    }
}
