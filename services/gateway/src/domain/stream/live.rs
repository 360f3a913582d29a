//! What streams tell of things that other services own: candles, notifications, portfolios, orders.
//!
//! Nothing is computed here a second time. What has changed is asked for at its owner, seldom enough, and compared;
//! so a channel says exactly what the owner's own route says.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use domain::{AssetId, Interval, OrderId, UserId};
use service_kit::identity::UserIdentity;

use super::{
    pace::Pace,
    table::{Given, Table},
    topic::{Shape, Topic},
};

/// How many candles a snapshot holds: as many as `/api/ohlc/` shows where nothing is said.
pub const CANDLES: usize = 300;
/// How many orders and unread notifications a snapshot holds.
pub const LISTED: usize = 200;
/// The most series of candles that are followed at once.
const MAX_SERIES: usize = 2_000;

/// What a feed tells.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The candles of one asset.
    Candles(AssetId, Interval),
    /// A user's unread notifications.
    Notifications,
    /// A user's portfolio.
    Portfolio,
    /// A user's orders.
    Orders,
}

impl Kind {
    /// The service that owns it.
    pub fn service(&self) -> &'static str {
        match self {
            Self::Candles(..) => "market-data",
            Self::Notifications => "notifier",
            Self::Portfolio | Self::Orders => "portfolio",
        }
    }
}

/// What has to be asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// For which feed.
    pub feed: u64,
    /// What.
    pub kind: Kind,
    /// On whose behalf; `None` for what is public.
    pub user: Option<UserIdentity>,
    /// All of it, or only the newest part.
    pub is_whole: bool,
    /// Orders that are known to have changed, which may be too old for the list.
    pub orders: Vec<OrderId>,
}

/// What its owner answered.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The rows, in the order in which they are to be told.
    pub rows: Vec<Given>,
    /// Rows that the list does not hold.
    pub others: Vec<Given>,
    /// The assets that a portfolio holds.
    pub held: HashSet<AssetId>,
}

/// All that is followed at other services.
#[derive(Debug, Default)]
pub struct Live {
    next: u64,
    feeds: HashMap<u64, Feed>,
    turns: VecDeque<u64>,
    series: HashMap<AssetId, HashMap<Interval, u64>>,
    users: HashMap<UserId, Vec<u64>>,
}

#[derive(Debug)]
struct Feed {
    kind: Kind,
    user: Option<UserIdentity>,
    table: Table,
    pace: Pace,
    needs_whole: bool,
    orders: HashSet<OrderId>,
    held: HashSet<AssetId>,
}

impl Live {
    /// The candles of an asset, shared by all who hear them; `None` where too many series are followed already.
    pub fn candles(&mut self, asset: &AssetId, interval: Interval) -> Option<Arc<Topic>> {
        let known = self.series.get(asset).and_then(|series| series.get(&interval));
        if let Some(feed) = known.and_then(|id| self.feeds.get(id)) {
            return Some(feed.table.topic().clone());
        }
        if self.series.values().map(HashMap::len).sum::<usize>() >= MAX_SERIES {
            return None;
        }
        let (id, topic) = self.add(Kind::Candles(asset.clone(), interval), None);
        self.series.entry(asset.clone()).or_default().insert(interval, id);
        Some(topic)
    }

    /// Something of a user's own, for one subscription alone, so that its snapshot is of now.
    pub fn private(&mut self, user: UserIdentity, kind: Kind) -> Arc<Topic> {
        let owner = user.id;
        let (id, topic) = self.add(kind, Some(user));
        self.users.entry(owner).or_default().push(id);
        topic
    }

    /// A price was made; a late one may have revised any candle.
    pub fn tick(&mut self, asset: &AssetId, is_late: bool) {
        let Some(series) = self.series.get(asset) else { return };
        for id in series.values() {
            if let Some(feed) = self.feeds.get_mut(id) {
                feed.pace.mark();
                feed.needs_whole |= is_late;
            }
        }
    }

    /// Candles may have been closed or filled.
    pub fn minute(&mut self) {
        for feed in self.feeds.values_mut() {
            if matches!(feed.kind, Kind::Candles(..)) {
                feed.pace.mark();
            }
        }
    }

    /// Something of a user changed.
    pub fn changed(&mut self, user: UserId, kinds: &[Kind], order: Option<OrderId>) {
        for id in self.users.get(&user).into_iter().flatten() {
            let Some(feed) = self.feeds.get_mut(id) else { continue };
            if kinds.contains(&feed.kind) {
                feed.pace.mark();
                if feed.kind == Kind::Orders {
                    feed.orders.extend(order);
                }
            }
        }
    }

    /// Prices moved: portfolios that hold these assets are worth something else.
    pub fn moved(&mut self, assets: &HashSet<AssetId>) {
        for feed in self.feeds.values_mut() {
            if feed.held.iter().any(|asset| assets.contains(asset)) {
                feed.pace.mark();
            }
        }
    }

    /// Something may have been missed: everything is asked for again.
    pub fn outdated(&mut self) {
        for feed in self.feeds.values_mut() {
            feed.pace.mark();
            feed.needs_whole = true;
        }
    }

    /// What has to be asked of a service now, at most so many questions. Feeds take turns.
    pub fn due(&mut self, service: &str, now: Duration, most: usize) -> Vec<Question> {
        let mut questions = Vec::new();
        for _ in 0..self.turns.len() {
            if questions.len() >= most {
                break;
            }
            let Some(id) = self.turns.pop_front() else { break };
            // Nobody is asked for what nobody hears any more.
            let Some(feed) = self.feeds.get_mut(&id).filter(|feed| feed.is_heard()) else {
                continue;
            };
            self.turns.push_back(id);
            if feed.kind.service() == service && feed.pace.ask(now) {
                questions.push(Question {
                    feed: id,
                    kind: feed.kind.clone(),
                    user: feed.user.clone(),
                    is_whole: feed.needs_whole || !feed.table.is_shown(),
                    orders: feed.orders.drain().collect(),
                });
                feed.needs_whole = false;
            }
        }
        questions
    }

    /// Takes in an answer; gives the topic that has news.
    pub fn answered(&mut self, question: &Question, answer: Answer, now: Duration) -> Option<Arc<Topic>> {
        let feed = self.feeds.get_mut(&question.feed)?;
        feed.pace.answered(now);
        let Answer { rows, others, held } = answer;
        feed.held = held;
        let was_shown = feed.table.is_shown();
        let is_series = matches!(question.kind, Kind::Candles(..));
        let mut has_changed = match (is_series, question.is_whole) {
            (false, _) => feed.table.replace(rows),
            (true, true) => feed.table.merge(rows),
            (true, false) => feed.take_newest(rows),
        };
        has_changed |= feed.table.merge(others);
        feed.table.trim(is_series);
        if has_changed || !was_shown {
            feed.table.show();
            return Some(feed.table.topic().clone());
        }
        None
    }

    /// There was no answer.
    pub fn failed(&mut self, question: &Question, now: Duration) {
        if let Some(feed) = self.feeds.get_mut(&question.feed) {
            feed.pace.failed(now);
            feed.needs_whole |= question.is_whole;
            feed.orders.extend(&question.orders);
        }
    }

    /// Forgets what nobody hears any more.
    pub fn forget_unheard(&mut self) {
        self.feeds.retain(|_, feed| feed.is_heard());
        let feeds = &self.feeds;
        self.series.retain(|_, series| {
            series.retain(|_, id| feeds.contains_key(id));
            !series.is_empty()
        });
        self.users.retain(|_, ids| {
            ids.retain(|id| feeds.contains_key(id));
            !ids.is_empty()
        });
    }

    /// Whether anything is followed.
    pub fn is_empty(&self) -> bool {
        self.feeds.is_empty()
    }

    fn add(&mut self, kind: Kind, user: Option<UserIdentity>) -> (u64, Arc<Topic>) {
        self.next += 1;
        // Prices reach their readers at different moments; facts are told when they are true.
        let (table, mut pace) = match kind {
            Kind::Candles(..) => (Table::new(Shape::List, CANDLES), Pace::settling()),
            Kind::Portfolio => (Table::new(Shape::One, 1), Pace::settling()),
            Kind::Notifications | Kind::Orders => (Table::new(Shape::List, LISTED), Pace::exact()),
        };
        let topic = table.topic().clone();
        pace.mark();
        let feed = Feed {
            kind,
            user,
            table,
            pace,
            needs_whole: true,
            orders: HashSet::new(),
            held: HashSet::new(),
        };
        self.feeds.insert(self.next, feed);
        self.turns.push_back(self.next);
        (self.next, topic)
    }
}

impl Feed {
    /// Whether somebody hears its topic, or has it in hand.
    fn is_heard(&self) -> bool {
        Arc::strong_count(self.table.topic()) > 1
    }

    /// Takes in the newest candles. Where they don't reach back to what is known, all are needed.
    fn take_newest(&mut self, rows: Vec<Given>) -> bool {
        let first = rows.iter().map(|row| row.place).min();
        let is_connected = match (first, self.table.last_place()) {
            (Some(first), Some(last)) => first <= last,
            (Some(_), None) => false,
            (None, _) => true,
        };
        if !is_connected {
            self.needs_whole = true;
            self.pace.mark();
            return false;
        }
        self.table.merge(rows)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use contracts::Role;

    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn asset(id: &str) -> AssetId {
        AssetId::parse(id).expect("id")
    }

    fn user() -> UserIdentity {
        UserIdentity {
            id: UserId::new(),
            role: Role::User,
            session: None,
            scopes: None,
        }
    }

    fn candle(place: i64, data: &'static str) -> Given {
        Given {
            key: place.to_string(),
            place,
            data: Bytes::from_static(data.as_bytes()),
        }
    }

    fn answer(rows: Vec<Given>) -> Answer {
        Answer {
            rows,
            ..Answer::default()
        }
    }

    #[test]
    fn a_hole_between_what_is_known_and_the_newest_candles_is_filled_by_asking_for_all() {
        let mut live = Live::default();
        let topic = live.candles(&asset("bitcoin"), Interval::M1).expect("room");
        let question = live.due("market-data", at(0), 8).remove(0);
        assert!(question.is_whole);
        assert!(
            live.answered(&question, answer(vec![candle(1, "1"), candle(2, "2")]), at(1))
                .is_some()
        );
        live.tick(&asset("bitcoin"), false);
        let question = live.due("market-data", at(1_000), 8).remove(0);
        assert!(!question.is_whole);
        assert!(
            live.answered(&question, answer(vec![candle(5, "5"), candle(6, "6")]), at(1_001))
                .is_none()
        );
        let question = live.due("market-data", at(2_000), 8).remove(0);
        assert!(question.is_whole);
        let all = (1..=6).map(|place| candle(place, "x")).collect();
        assert!(live.answered(&question, answer(all), at(2_001)).is_some());
        assert_eq!(topic.view().expect("shown").snapshot(), "[x,x,x,x,x,x]");
    }

    #[test]
    fn only_who_holds_what_moved_is_valued_again() {
        let mut live = Live::default();
        let (holder, other) = (user(), user());
        let _topics = [
            live.private(holder.clone(), Kind::Portfolio),
            live.private(other, Kind::Portfolio),
        ];
        for question in live.due("portfolio", at(0), 8) {
            let is_holder = question.user.as_ref() == Some(&holder);
            let held = is_holder.then(|| asset("bitcoin")).into_iter().collect();
            let rows = vec![candle(0, "{}")];
            live.answered(&question, Answer { held, ..answer(rows) }, at(1));
        }
        assert!(live.due("portfolio", at(1_000), 8).is_empty());
        live.moved(&HashSet::from([asset("bitcoin"), asset("solana")]));
        let questions = live.due("portfolio", at(1_000), 8);
        assert_eq!(questions.len(), 1);
        assert_eq!(questions[0].user.as_ref(), Some(&holder));
    }

    #[test]
    fn feeds_take_turns_and_nobody_is_asked_for_what_nobody_hears() {
        let mut live = Live::default();
        let topics: Vec<_> = (0..6).map(|_| live.private(user(), Kind::Orders)).collect();
        drop(live.private(user(), Kind::Orders));
        let mut asked = HashSet::new();
        for round in 0..3 {
            for question in live.due("portfolio", at(round), 2) {
                asked.insert(question.feed);
                live.failed(&question, at(round));
            }
        }
        assert_eq!(asked.len(), 6);
        drop(topics);
        live.forget_unheard();
        assert!(live.is_empty());
    }
}
