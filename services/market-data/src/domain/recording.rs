//! What the recorder makes of one partition of the log, between two commits.

use std::collections::{HashMap, HashSet, VecDeque};

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

/// A commit that holds so many changes waits for no more: a few prices far apart make very many candles.
const MAX_CHANGES: usize = 20_000;

/// The recorder's view of one partition.
pub struct Recording {
    book: CandleBook,
    filter: SequenceFilter,
    assets: HashMap<AssetId, Tracked>,
    /// What of the last message is still to be taken in, and what will be known behind it.
    rest: VecDeque<LogEntry>,
    behind: Option<(u64, Option<FeedPosition>)>,
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
            rest: VecDeque::new(),
            behind: None,
            pending: Pending::default(),
        }
    }

    /// Hands over a message of the log, which [`Recording::go_on`] takes in. True where it is the mark by which the writer of
    /// `epoch` begins.
    pub fn take_in(&mut self, offset: u64, batch: LogBatch, epoch: u64) -> bool {
        let is_mark = batch.epoch == epoch && batch.entries.is_empty();
        let is_displaced = batch.epoch < self.filter.epoch();
        let position = batch.feed_position.clone().filter(|_| !is_displaced);
        self.pending.entries += batch.entries.len();
        self.behind = Some((offset, position));
        let admitted = self.filter.admit(batch);
        for (asset, first, next) in &admitted.gaps {
            tracing::error!(asset.id = %asset, missing = next - first, first, "ticks are missing in the log");
        }
        self.rest.extend(admitted.entries);
        is_mark
    }

    /// Takes in what was handed over. False where that has to be committed first, and there is more to take in.
    pub fn go_on(&mut self) -> bool {
        while let Some(entry) = self.rest.pop_front() {
            self.entry(entry);
            if self.pending.changes.len() >= MAX_CHANGES && !self.rest.is_empty() {
                return false;
            }
        }
        if let Some((offset, position)) = self.behind.take() {
            self.pending.offset = Some(offset);
            self.pending.position = position.or(self.pending.position.take());
        }
        true
    }

    /// Goes on behind a message that says nothing.
    pub fn pass_over(&mut self, offset: u64) {
        self.pending.offset = Some(offset);
    }

    /// Whether there is anything to commit.
    pub fn has_pending(&self) -> bool {
        self.pending.offset.is_some() || !self.pending.changes.is_empty()
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

#[cfg(test)]
mod tests {
    use domain::{Price, Source};

    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn tick(seq: u64) -> LogEntry {
        let at = Timestamp::from_millis(DAY_MS * i64::try_from(seq).expect("small")).expect("time");
        LogEntry::Tick(Tick {
            asset: AssetId::parse("a").expect("id"),
            seq,
            event_at: at,
            received_at: at,
            price: Price::parse("1").expect("price"),
            quantity: None,
            range: None,
            source: Source::Replay,
            is_late: false,
        })
    }

    #[test]
    fn a_message_that_makes_very_many_candles_is_committed_in_parts_and_known_behind_the_last() {
        let mut recording = Recording::resume(RecordedPartition::default(), Vec::new());
        let watched = LogEntry::FeedUp(Timestamp::from_millis(0).expect("time"));
        let batch = LogBatch {
            epoch: 1,
            entries: std::iter::once(watched).chain((1..=40).map(tick)).collect(),
            feed_position: None,
        };
        assert!(!recording.take_in(7, batch, 1));
        let (mut parts, mut minutes) = (1, 0);
        let mut count = |recording: &Recording| {
            assert!(
                recording.pending().changes.len() < MAX_CHANGES + 2_000,
                "one day too many"
            );
            let is_minute = |change: &&Change| matches!(change, Change::Closed(marked) if marked.candle.interval == domain::Interval::M1);
            minutes += recording.pending().changes.iter().filter(is_minute).count();
        };
        while !recording.go_on() {
            assert!(recording.has_pending() && recording.pending().offset.is_none());
            count(&recording);
            recording.committed();
            parts += 1;
        }
        count(&recording);
        assert_eq!(recording.pending().offset, Some(7));
        assert_eq!((parts, minutes), (4, 39 * 1_440));
    }
}
