//! A simulator: the cores of the services, without a database, a broker or a clock, in a world that one seed decides.
//!
//! A writer puts prices into the tick log, dies halfway, is displaced and writes on; readers judge alerts and orders,
//! commit, die and go on from what they had committed; somebody watches the prices over a line that breaks. In the end all
//! must be as plain models say. The cores are the real ones; what is around them is a few lines here, so that thousands of
//! such worlds fit into a minute. What happens between real processes is for the tests under fire.

mod judge;
mod log;
#[path = "../../../services/alerts/tests/evaluator/model/mod.rs"]
#[allow(dead_code, reason = "the model knows more conditions than are used here")]
mod model;
mod orders;
#[path = "../../../services/alerts/tests/evaluator/real.rs"]
#[allow(dead_code, reason = "it can do more than is used here")]
mod real;
mod viewer;

use std::hash::{DefaultHasher, Hash, Hasher};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    judge::AlertReader,
    log::{Feed, Log, PARTITIONS, Writer},
    orders::OrderReader,
    viewer::Viewer,
};

/// A mistake at the border of one core, which the models have to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A writer that starts again believes that the log holds one record less (market-data).
    OneRecordTwice,
    /// A reader takes what stands in the log twice for two (messaging).
    RepeatsRead,
    /// An evaluator that starts again has forgotten what has fired (alerts).
    FiringsForgotten,
    /// A matcher that starts again knows orders that are filled (portfolio).
    FilledOrdersReturn,
    /// A viewer that comes back is told what changed, but not what went (gateway).
    DroppedRowsStay,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::OneRecordTwice,
        Self::RepeatsRead,
        Self::FiringsForgotten,
        Self::FilledOrdersReturn,
        Self::DroppedRowsStay,
    ];
}

/// What came of one world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// A hash of all that happened, in order.
    pub trace: u64,
    /// How many alerts have fired, and orders were filled.
    pub decided: usize,
    /// What is not as the models say.
    pub wrong: Vec<String>,
}

/// Lets the world of this seed happen.
pub fn run(seed: u64, bug: Option<Bug>) -> Outcome {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut world = World::new(&mut random, bug);
    while !world.writer.is_done(&world.feed) {
        world.step(&mut random);
    }
    world.end()
}

struct World {
    bug: Option<Bug>,
    feed: Feed,
    log: Log,
    writer: Writer,
    alerts: Vec<AlertReader>,
    orders: Vec<OrderReader>,
    viewer: Viewer,
    trace: DefaultHasher,
}

impl World {
    fn new(random: &mut ChaCha8Rng, bug: Option<Bug>) -> Self {
        let feed = Feed::random(random);
        let log = Log::default();
        let watched = judge::watched(random);
        let resting = orders::resting(random);
        Self {
            bug,
            writer: Writer::start(1, &log, &feed, bug),
            alerts: (0..PARTITIONS)
                .map(|partition| AlertReader::new(partition, &watched))
                .collect(),
            orders: (0..PARTITIONS)
                .map(|partition| OrderReader::new(partition, &resting))
                .collect(),
            viewer: Viewer::default(),
            feed,
            log,
            trace: DefaultHasher::new(),
        }
    }

    fn step(&mut self, random: &mut ChaCha8Rng) {
        let which = random.random_range(0..usize::from(PARTITIONS));
        let count = random.random_range(1..5);
        let dice = random.random_range(0..100);
        dice.hash(&mut self.trace);
        match dice {
            0..36 => self.write(random, count),
            36..43 => self.die_while_writing(random, count),
            43..48 => self.displace(count),
            48..60 => self.alerts[which].read(&self.log, count),
            60..70 => self.orders[which].read(&self.log, count),
            70..76 => self.alerts[which].commit(&mut self.trace),
            76..82 => self.orders[which].commit(&mut self.trace),
            82..86 => self.alerts[which].die(self.bug),
            86..90 => self.orders[which].die(self.bug),
            90..94 => self.viewer.hear(&self.log, random),
            _ => self.viewer.look(self.bug),
        }
    }

    /// Writes; a batch whose fate is unknown is written again.
    fn write(&mut self, random: &mut ChaCha8Rng, count: usize) {
        for (partition, batch) in self.writer.write(&self.feed, count) {
            if random.random_ratio(1, 8) {
                self.log.append(partition, batch.clone(), &mut self.trace);
            }
            self.log.append(partition, batch, &mut self.trace);
        }
    }

    /// Some partitions have the newest prices and others do not when the writer dies, and another one goes on.
    fn die_while_writing(&mut self, random: &mut ChaCha8Rng, count: usize) {
        let batches = self.writer.write(&self.feed, count);
        let written = random.random_range(0..=batches.len());
        for (partition, batch) in batches.into_iter().take(written) {
            self.log.append(partition, batch, &mut self.trace);
        }
        self.writer = Writer::start(self.writer.epoch() + 1, &self.log, &self.feed, self.bug);
    }

    /// The writer is displaced, does not know it yet, and writes behind its successor.
    fn displace(&mut self, count: usize) {
        let successor = Writer::start(self.writer.epoch() + 1, &self.log, &self.feed, self.bug);
        let mut old = std::mem::replace(&mut self.writer, successor);
        for (partition, batch) in self.writer.write(&self.feed, count) {
            self.log.append(partition, batch, &mut self.trace);
        }
        for (partition, batch) in old.write(&self.feed, count) {
            // Where its successor has not written yet it still is the writer, and the successor would have seen this.
            if self.log.newest_epoch(partition) > old.epoch() {
                self.log.append(partition, batch, &mut self.trace);
            }
        }
    }

    fn end(mut self) -> Outcome {
        let mut wrong = self.log.differences(&self.feed, self.bug);
        for reader in &mut self.alerts {
            reader.read(&self.log, usize::MAX);
            reader.commit(&mut self.trace);
            wrong.extend(reader.differences(&self.feed));
        }
        for reader in &mut self.orders {
            reader.read(&self.log, usize::MAX);
            reader.commit(&mut self.trace);
            wrong.extend(reader.differences(&self.feed));
        }
        self.viewer.look(self.bug);
        wrong.extend(self.viewer.differences());
        let decided = self.alerts.iter().map(AlertReader::decided).sum::<usize>()
            + self.orders.iter().map(OrderReader::decided).sum::<usize>();
        wrong.hash(&mut self.trace);
        Outcome {
            trace: self.trace.finish(),
            decided,
            wrong,
        }
    }
}
