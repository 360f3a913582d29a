//! What channels tell: rows, each with a version that counts the changes of its topic.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use bytes::{BufMut, Bytes, BytesMut};

use super::link::{Link, WatchKey};
use crate::sync::{ArcSwapOption, Mutex, MutexGuard, OnceLock};

/// One row as it was last changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number of this change within the topic; without gaps over all changes.
    pub version: u64,
    /// Where it stands in a snapshot.
    pub place: i64,
    /// Its JSON.
    pub data: Bytes,
}

/// What a snapshot looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The one row.
    One,
    /// A list of all rows, by place.
    List,
}

/// A topic at one moment; never changed, only replaced.
#[derive(Debug)]
pub struct View {
    shape: Shape,
    /// By version, the oldest change first.
    rows: Vec<Row>,
    newest: u64,
    complete_since: u64,
    snapshot: OnceLock<Bytes>,
}

impl View {
    /// A view of `rows`, given by version. Whoever has seen less than `complete_since` can't be told by rows alone.
    pub fn new(shape: Shape, rows: Vec<Row>, newest: u64, complete_since: u64) -> Self {
        Self {
            shape,
            rows,
            newest,
            complete_since,
            snapshot: OnceLock::new(),
        }
    }

    /// The number of the newest change.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    /// The oldest of the newest changes behind `version`.
    pub fn after(&self, version: u64) -> Option<&Row> {
        if version >= self.newest {
            return None;
        }
        self.rows.get(self.rows.partition_point(|row| row.version <= version))
    }

    /// Whether rows alone tell what changed since `version`.
    pub fn reaches_back_to(&self, version: u64) -> bool {
        version >= self.complete_since
    }

    /// All of it; written once for everybody who asks.
    pub fn snapshot(&self) -> Bytes {
        self.snapshot.get_or_init(|| self.write()).clone()
    }

    fn write(&self) -> Bytes {
        if self.shape == Shape::One {
            let row = self.rows.last();
            return row.map_or_else(|| Bytes::from_static(b"null"), |row| row.data.clone());
        }
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.place);
        let mut out = BytesMut::with_capacity(2 + rows.iter().map(|row| row.data.len() + 1).sum::<usize>());
        out.put_u8(b'[');
        for (index, row) in rows.into_iter().enumerate() {
            if index > 0 {
                out.put_u8(b',');
            }
            out.put_slice(&row.data);
        }
        out.put_u8(b']');
        out.freeze()
    }
}

/// What a channel tells, shared by all who have subscribed to it.
#[derive(Debug, Default)]
pub struct Topic {
    view: ArcSwapOption<View>,
    watchers: Mutex<HashMap<WatchKey, Arc<Link>>>,
}

impl Topic {
    /// The topic now; `None` while its snapshot is not known yet.
    pub fn view(&self) -> Option<Arc<View>> {
        self.view.load_full()
    }

    /// Replaces what it tells; [`Topic::wake`] tells those who watch.
    pub fn show(&self, view: View) {
        self.view.store(Some(Arc::new(view)));
    }

    /// Wakes everybody who watches.
    pub fn wake(&self) {
        for link in self.lock().values() {
            link.wake();
        }
    }

    /// Whether anybody watches.
    pub fn is_watched(&self) -> bool {
        !self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<WatchKey, Arc<Link>>> {
        // A panic can't leave the map half changed: each critical section is one call.
        self.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody watches a topic, until this is dropped.
#[derive(Debug)]
pub struct Watch {
    topic: Arc<Topic>,
    key: WatchKey,
}

impl Watch {
    /// `link` watches `topic` from now on. One link may watch a topic more than once.
    pub fn new(topic: Arc<Topic>, link: &Arc<Link>) -> Self {
        let key = link.next_watch();
        topic.lock().insert(key, Arc::clone(link));
        Self { topic, key }
    }

    /// What is watched.
    pub fn topic(&self) -> &Topic {
        &self.topic
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.topic.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(version: u64, place: i64, data: &'static str) -> Row {
        Row {
            version,
            place,
            data: Bytes::from_static(data.as_bytes()),
        }
    }

    #[test]
    fn a_snapshot_lists_rows_by_place() {
        let view = View::new(
            Shape::List,
            vec![row(2, 9, "9"), row(5, -1, "-1"), row(6, 3, "3")],
            6,
            0,
        );
        assert_eq!(view.snapshot(), "[-1,3,9]");
        assert_eq!(View::new(Shape::One, vec![row(4, 0, "{}")], 4, 0).snapshot(), "{}");
        assert_eq!(View::new(Shape::List, vec![], 0, 0).snapshot(), "[]");
    }

    #[test]
    fn what_comes_next_is_the_oldest_change_not_seen() {
        let view = View::new(Shape::List, vec![row(2, 0, "a"), row(5, 0, "b")], 5, 1);
        let next = |version| view.after(version).map(|row| row.version);
        assert_eq!((next(0), next(2), next(4), next(5)), (Some(2), Some(5), Some(5), None));
        assert!(view.reaches_back_to(1) && !view.reaches_back_to(0));
    }

    #[test]
    fn a_topic_is_watched_until_the_last_watch_is_dropped() {
        let (topic, link) = (Arc::new(Topic::default()), Arc::new(Link::new(7)));
        let watches = [Watch::new(topic.clone(), &link), Watch::new(topic.clone(), &link)];
        assert!(topic.is_watched());
        drop(watches);
        assert!(!topic.is_watched());
    }
}
