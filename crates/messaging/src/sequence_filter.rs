use std::collections::HashMap;

use contracts::{LogBatch, LogEntry};
use domain::AssetId;

/// Drops from the tick log what a reader has seen already, and what a displaced writer still wrote.
///
/// The writer repeats a batch whose fate is unknown, so a tick can stand in the log twice; its number tells.
#[derive(Debug, Clone, Default)]
pub struct SequenceFilter {
    epoch: u64,
    last_seq: HashMap<AssetId, u64>,
}

/// What a reader may use of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Admitted {
    /// The entries, in order.
    pub entries: Vec<LogEntry>,
    /// Ticks that are missing before these entries: `(asset, first missing number, first present number)`.
    pub gaps: Vec<(AssetId, u64, u64)>,
}

impl SequenceFilter {
    /// A filter that knows the last number of each asset from the reader's own state.
    pub fn resume(epoch: u64, last_seq: HashMap<AssetId, u64>) -> Self {
        Self { epoch, last_seq }
    }

    /// The writer's term that was seen last.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The number of the asset's last tick that was seen.
    pub fn last_seq(&self, asset: &AssetId) -> Option<u64> {
        self.last_seq.get(asset).copied()
    }

    /// The numbers of all assets' last ticks that were seen, to resume from.
    pub fn last_seqs(&self) -> &HashMap<AssetId, u64> {
        &self.last_seq
    }

    /// Takes a batch and gives what is new in it.
    pub fn admit(&mut self, batch: LogBatch) -> Admitted {
        let mut admitted = Admitted::default();
        if batch.epoch < self.epoch {
            return admitted;
        }
        self.epoch = batch.epoch;
        for entry in batch.entries {
            if let LogEntry::Tick(tick) = &entry {
                match self.last_seq.get_mut(&tick.asset) {
                    Some(last) if tick.seq <= *last => continue,
                    Some(last) => {
                        if tick.seq > *last + 1 {
                            admitted.gaps.push((tick.asset.clone(), *last + 1, tick.seq));
                        }
                        *last = tick.seq;
                    }
                    None => {
                        self.last_seq.insert(tick.asset.clone(), tick.seq);
                    }
                }
            }
            admitted.entries.push(entry);
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use domain::{Price, Source, Tick, Timestamp};

    use super::*;

    fn tick(seq: u64) -> LogEntry {
        let at = Timestamp::from_millis(1_000).expect("time");
        LogEntry::Tick(Tick {
            asset: AssetId::parse("bitcoin").expect("id"),
            seq,
            event_at: at,
            received_at: at,
            price: Price::parse("1").expect("price"),
            quantity: None,
            range: None,
            source: Source::Simulator,
            is_late: false,
        })
    }

    fn batch(epoch: u64, seqs: &[u64]) -> LogBatch {
        LogBatch {
            epoch,
            entries: seqs.iter().map(|seq| tick(*seq)).collect(),
            feed_position: None,
        }
    }

    #[test]
    fn a_repeated_batch_is_seen_once() {
        let mut filter = SequenceFilter::default();
        assert_eq!(filter.admit(batch(1, &[1, 2])).entries.len(), 2);
        assert_eq!(filter.admit(batch(1, &[1, 2])), Admitted::default());
        assert_eq!(filter.admit(batch(1, &[2, 3])).entries.len(), 1);
    }

    #[test]
    fn a_displaced_writer_is_not_heard() {
        let mut filter = SequenceFilter::default();
        filter.admit(batch(2, &[1]));
        assert_eq!(filter.admit(batch(1, &[2])), Admitted::default());
        assert_eq!(filter.admit(batch(2, &[2])).entries.len(), 1);
    }

    #[test]
    fn missing_ticks_are_told() {
        let mut filter = SequenceFilter::default();
        filter.admit(batch(1, &[5]));
        let admitted = filter.admit(batch(1, &[9]));
        assert_eq!(admitted.gaps, vec![(AssetId::parse("bitcoin").expect("id"), 6, 9)]);
    }
}
