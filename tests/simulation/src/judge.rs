//! Who judges alerts, and commits what fired with how far the log was read.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash},
};

use alerts::domain::{Arrival, Evaluator, GapLimits, Memory};
use domain::{AlertId, AssetId};
use messaging::SequenceFilter;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::{
    Bug,
    log::{ASSETS, Feed, Log, partition_of, time_of},
    model::{Entry, Mode, Model, Rule, Tick, Told, Watched},
    real::{Real, alert, alert_id},
};

const ALERTS: usize = 12;

/// Alerts on prices that will be near.
pub fn watched(random: &mut ChaCha8Rng) -> Vec<Watched> {
    (0..ALERTS)
        .map(|number| {
            let (level, width) = (random.random_range(990..1_010), random.random_range(1..8));
            let rule = match random.random_range(0..9) {
                0 => Rule::Above(level),
                1 => Rule::Below(level),
                2 => Rule::CrossesAbove(level),
                3 => Rule::CrossesBelow(level),
                4 => Rule::Crosses(level),
                5 => Rule::Inside(level, level + width),
                6 => Rule::Outside(level, level + width),
                7 => Rule::Enters(level, level + width),
                _ => Rule::Exits(level, level + width),
            };
            Watched {
                alert: number,
                version: 1,
                asset: random.random_range(0..ASSETS),
                rule,
                mode: if random.random() { Mode::Once } else { Mode::EveryTime },
                cooldown: 0,
                expires: None,
                base: None,
                is_active: true,
                is_latched: false,
                is_blind: false,
                bucket: None,
                fired_seq: None,
                notified: None,
                recent: Vec::new(),
            }
        })
        .collect()
}

/// Judges the alerts of one partition.
pub struct AlertReader {
    partition: u16,
    watched: Vec<Watched>,
    real: Real,
    filter: SequenceFilter,
    next: usize,
    committed: Committed,
}

/// What one transaction makes durable.
struct Committed {
    next: usize,
    epoch: u64,
    last_seqs: HashMap<AssetId, u64>,
    market: String,
    memories: HashMap<AlertId, Memory>,
    told: Vec<Told>,
}

impl AlertReader {
    /// Watches those of the alerts that belong to a partition.
    pub fn new(partition: u16, watched: &[Watched]) -> Self {
        let own = watched.iter().filter(|held| partition_of(held.asset) == partition);
        let watched: Vec<Watched> = own.cloned().collect();
        let mut real = Real::default();
        for held in &watched {
            real.evaluator.put(&alert(held, Memory::default()), Arrival::New);
        }
        real.collect();
        let committed = Committed {
            next: 0,
            epoch: 0,
            last_seqs: HashMap::new(),
            market: market(&real),
            memories: HashMap::new(),
            told: Vec::new(),
        };
        Self {
            partition,
            watched,
            real,
            filter: SequenceFilter::default(),
            next: 0,
            committed,
        }
    }

    /// Reads on.
    pub fn read(&mut self, log: &Log, count: usize) {
        for batch in log.read(self.partition, self.next, count) {
            self.next += 1;
            for entry in self.filter.admit(batch.clone()).entries {
                self.real.evaluator.step(&entry);
                self.real.collect();
            }
        }
    }

    /// Makes durable what was decided.
    pub fn commit(&mut self, trace: &mut DefaultHasher) {
        let mut news = std::mem::take(&mut self.real.told);
        // What one tick decides of several alerts has no order.
        news.sort_by(|left, right| left.partial_cmp(right).expect("comparable"));
        format!("{} {news:?}", self.next).hash(trace);
        self.committed.told.extend(news);
        self.committed.next = self.next;
        self.committed.epoch = self.filter.epoch();
        self.committed.last_seqs = self.filter.last_seqs().clone();
        self.committed.market = market(&self.real);
        self.committed.memories = self.real.memories.clone();
    }

    /// Dies, and goes on from what is durable.
    pub fn die(&mut self, bug: Option<Bug>) {
        let Committed {
            next,
            epoch,
            last_seqs,
            market,
            memories,
            ..
        } = &self.committed;
        self.next = *next;
        self.filter = SequenceFilter::resume(*epoch, last_seqs.clone());
        self.real = Real::default();
        let snapshot = serde_json::from_str(market).expect("a snapshot");
        self.real.evaluator = Evaluator::restore(GapLimits::default(), snapshot);
        if bug != Some(Bug::FiringsForgotten) {
            self.real.memories.clone_from(memories);
        }
        for held in &self.watched {
            let memory = self
                .real
                .memories
                .get(&alert_id(held.alert))
                .cloned()
                .unwrap_or_default();
            self.real.evaluator.put(&alert(held, memory), Arrival::Restored);
        }
        self.real.collect();
    }

    /// How much has fired.
    pub fn decided(&self) -> usize {
        self.committed.told.len()
    }

    /// What is durable, against the model of the same prices.
    pub fn differences(&self, feed: &Feed) -> Option<String> {
        let mut model = Model::default();
        for held in &self.watched {
            model.arm(held.clone());
        }
        let mut seqs = [0_u64; ASSETS];
        for (record, (asset, price)) in feed.0.iter().enumerate() {
            seqs[*asset] += 1;
            if partition_of(*asset) == self.partition {
                model.step(&Entry::Tick(Tick {
                    asset: *asset,
                    seq: seqs[*asset],
                    at: time_of(record),
                    received: time_of(record),
                    price: *price,
                    range: None,
                    volume: None,
                    is_late: false,
                }));
            }
        }
        let sorted = |told: &[Told]| {
            let mut told = told.to_vec();
            told.sort_by(|left, right| left.partial_cmp(right).expect("comparable"));
            told
        };
        let (told, expected) = (sorted(&self.committed.told), sorted(&model.told));
        (told != expected).then(|| format!("alerts: {told:?} fired instead of {expected:?}"))
    }
}

fn market(real: &Real) -> String {
    serde_json::to_string(&real.evaluator.snapshot()).expect("a snapshot")
}
