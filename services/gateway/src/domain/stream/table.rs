//! The rows behind one topic that another service owns: what is asked for again is compared, and only changes are told.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use bytes::Bytes;

use super::topic::{Row, Shape, Topic, View};

/// A row as its owner tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// What makes it this row and no other.
    pub key: String,
    /// Where it stands in a snapshot.
    pub place: i64,
    /// Its JSON.
    pub data: Bytes,
}

/// The rows behind one topic.
#[derive(Debug)]
pub struct Table {
    topic: Arc<Topic>,
    shape: Shape,
    limit: usize,
    rows: HashMap<String, Row>,
    newest: u64,
    complete_since: u64,
    is_shown: bool,
}

impl Table {
    /// An empty table that keeps at most `limit` rows: those with the highest places of a series, the lowest of a list.
    pub fn new(shape: Shape, limit: usize) -> Self {
        Self {
            topic: Arc::default(),
            shape,
            limit,
            rows: HashMap::new(),
            newest: 0,
            complete_since: 0,
            is_shown: false,
        }
    }

    /// The topic that it shows itself on.
    pub fn topic(&self) -> &Arc<Topic> {
        &self.topic
    }

    /// Whether it was shown at all.
    pub fn is_shown(&self) -> bool {
        self.is_shown
    }

    /// Takes in rows; those that it does not name stay. True where anything changed.
    pub fn merge(&mut self, given: Vec<Given>) -> bool {
        let mut has_changed = false;
        for Given { key, place, data } in given {
            match self.rows.get_mut(&key) {
                Some(row) if row.data == data => row.place = place,
                _ => {
                    self.newest += 1;
                    let version = self.newest;
                    self.rows.insert(key, Row { version, place, data });
                    has_changed = true;
                }
            }
        }
        has_changed
    }

    /// Takes in a list from its beginning. Where rows are gone from it, whoever watches is told everything anew; in a
    /// list that is full they may just be further down.
    pub fn replace(&mut self, given: Vec<Given>) -> bool {
        let (count, is_full) = (self.rows.len(), given.len() >= self.limit);
        let names: HashSet<&str> = given.iter().map(|row| row.key.as_str()).collect();
        self.rows.retain(|key, row| {
            let is_named = names.contains(key.as_str());
            if !is_named {
                row.place = i64::MAX;
            }
            is_named || is_full
        });
        let is_smaller = self.rows.len() < count;
        let has_changed = self.merge(given);
        if is_smaller {
            self.newest += 1;
            self.complete_since = self.newest;
        }
        has_changed || is_smaller
    }

    /// Drops what is above the limit, by place: the first ones, or the last ones.
    pub fn trim(&mut self, drops_first: bool) {
        let surplus = self.rows.len().saturating_sub(self.limit);
        if surplus == 0 {
            return;
        }
        let mut places: Vec<(i64, String)> = self.rows.iter().map(|(key, row)| (row.place, key.clone())).collect();
        places.sort();
        if !drops_first {
            places.reverse();
        }
        for (_, key) in places.into_iter().take(surplus) {
            if let Some(row) = self.rows.remove(&key) {
                self.complete_since = self.complete_since.max(row.version);
            }
        }
    }

    /// The highest place that it knows.
    pub fn last_place(&self) -> Option<i64> {
        self.rows.values().map(|row| row.place).max()
    }

    /// Shows what it has.
    pub fn show(&mut self) {
        let mut rows: Vec<Row> = self.rows.values().cloned().collect();
        rows.sort_by_key(|row| row.version);
        self.topic
            .show(View::new(self.shape, rows, self.newest, self.complete_since));
        self.is_shown = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, place: i64, data: &'static str) -> Given {
        Given {
            key: key.to_owned(),
            place,
            data: Bytes::from_static(data.as_bytes()),
        }
    }

    fn table() -> Table {
        let mut table = Table::new(Shape::List, 3);
        table.merge(vec![row("a", 1, "1"), row("b", 2, "2")]);
        table.show();
        table
    }

    fn news(table: &Table, seen: u64) -> Vec<Bytes> {
        let view = table.topic().view().expect("shown");
        let mut seen = seen;
        let mut news = Vec::new();
        while let Some(row) = view.after(seen) {
            seen = row.version;
            news.push(row.data.clone());
        }
        news
    }

    #[test]
    fn only_changed_rows_are_news() {
        let mut table = table();
        assert!(table.merge(vec![row("a", 1, "1"), row("b", 2, "two"), row("c", 3, "3")]));
        table.show();
        assert_eq!(news(&table, 2), ["two", "3"]);
        assert!(!table.merge(vec![row("c", 3, "3")]));
        assert_eq!(table.topic().view().expect("shown").snapshot(), "[1,two,3]");
    }

    #[test]
    fn where_rows_are_gone_everything_is_told_anew() {
        let mut table = table();
        assert!(table.replace(vec![row("b", 2, "2")]));
        table.show();
        let view = table.topic().view().expect("shown");
        assert!(!view.reaches_back_to(2));
        assert_eq!(view.snapshot(), "[2]");
        assert!(!table.replace(vec![row("b", 2, "2")]));
    }

    #[test]
    fn a_full_list_moves_on_without_being_told_anew() {
        let mut table = Table::new(Shape::List, 2);
        table.replace(vec![row("a", 1, "1"), row("b", 0, "2")]);
        table.show();
        table.replace(vec![row("b", 1, "2"), row("c", 0, "3")]);
        table.trim(false);
        table.show();
        let view = table.topic().view().expect("shown");
        assert_eq!(
            (view.snapshot(), news(&table, 2)),
            (Bytes::from("[3,2]"), vec![Bytes::from("3")])
        );
        assert!(view.reaches_back_to(2));
    }

    #[test]
    fn what_is_above_the_limit_goes_and_only_who_missed_it_is_told_anew() {
        let mut table = table();
        table.merge(vec![row("c", 3, "3"), row("d", 4, "4")]);
        table.trim(true);
        table.show();
        let view = table.topic().view().expect("shown");
        assert_eq!(view.snapshot(), "[2,3,4]");
        assert!(view.reaches_back_to(1) && !view.reaches_back_to(0));
    }
}
