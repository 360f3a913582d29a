//! Somebody who watches the newest prices over a line that breaks, and is told what changed since.

use std::collections::BTreeMap;

use bytes::Bytes;
use contracts::LogEntry;
use gateway::domain::stream::{
    table::{Given, Table},
    topic::{Shape, View},
};
use messaging::SequenceFilter;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::{
    Bug,
    log::{ASSETS, Log, PARTITIONS, asset, whole},
};

/// More than there are rows: none is dropped for want of room.
const LIMIT: usize = ASSETS * 2;

/// The gateway's rows, and a page that shows them.
pub struct Viewer {
    table: Table,
    filters: [SequenceFilter; PARTITIONS as usize],
    next: [usize; PARTITIONS as usize],
    /// What the rows should be.
    truth: BTreeMap<usize, i64>,
    seen: BTreeMap<usize, i64>,
    version: u64,
}

impl Default for Viewer {
    fn default() -> Self {
        Self {
            table: Table::new(Shape::List, LIMIT),
            filters: Default::default(),
            next: Default::default(),
            truth: BTreeMap::new(),
            seen: BTreeMap::new(),
            version: 0,
        }
    }
}

impl Viewer {
    /// The gateway hears what is new in the log; sometimes an asset is taken off the list.
    pub fn hear(&mut self, log: &Log, random: &mut ChaCha8Rng) {
        for partition in 0..PARTITIONS {
            let index = usize::from(partition);
            for batch in log.read(partition, self.next[index], usize::MAX) {
                self.next[index] += 1;
                for entry in self.filters[index].admit(batch.clone()).entries {
                    if let LogEntry::Tick(tick) = entry {
                        let number = (0..ASSETS).find(|number| asset(*number) == tick.asset);
                        let number = number.expect("a known asset");
                        self.truth.insert(number, whole(tick.price));
                        self.table.merge(vec![row(number, whole(tick.price))]);
                    }
                }
            }
        }
        if random.random_ratio(1, 3) {
            self.truth.remove(&random.random_range(0..ASSETS));
            let rows = self.truth.iter().map(|(number, price)| row(*number, *price));
            self.table.replace(rows.collect());
        }
        self.table.show();
    }

    /// The page is told what it has missed.
    pub fn look(&mut self, bug: Option<Bug>) {
        let Some(view) = self.table.topic().view() else { return };
        if view.reaches_back_to(self.version) || bug == Some(Bug::DroppedRowsStay) {
            self.follow(&view);
        } else {
            self.seen.clear();
            let rows: Vec<Value> = serde_json::from_slice(&view.snapshot()).expect("a list");
            rows.iter().for_each(|row| self.show(row));
        }
        self.version = view.newest();
    }

    fn follow(&mut self, view: &View) {
        let mut version = self.version;
        while let Some(row) = view.after(version) {
            version = row.version;
            let row: Value = serde_json::from_slice(&row.data).expect("a row");
            self.show(&row);
        }
    }

    fn show(&mut self, row: &Value) {
        let number = |name: &str| row[name].as_i64().expect("a number");
        let asset = usize::try_from(number("asset")).expect("a small number");
        self.seen.insert(asset, number("price"));
    }

    /// What the page shows, against what is.
    pub fn differences(&self) -> Option<String> {
        let (seen, truth) = (&self.seen, &self.truth);
        (seen != truth).then(|| format!("the page shows {seen:?} instead of {truth:?}"))
    }
}

fn row(number: usize, price: i64) -> Given {
    Given {
        key: number.to_string(),
        place: i64::try_from(number).expect("a small number"),
        data: Bytes::from(format!(r#"{{"asset":{number},"price":{price}}}"#)),
    }
}
