//! What CoinGecko is asked for in a round: pages of the largest assets, then, one by one, assets of ours that no page has
//! listed. People may hold those or have alerts on them.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use domain::AssetId;

/// So many assets a page lists at most.
const PAGE: usize = 250;
/// So many assets are asked for one by one in a round at most.
const COINS: usize = 10;
/// What was asked for in vain is not asked for again for so long.
const AGAIN: Duration = Duration::from_secs(86_400);

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// A page of assets by market cap.
    Page {
        /// Its number, from 1.
        page: usize,
        /// How many assets a page has.
        per_page: usize,
    },
    /// One asset.
    Coin(AssetId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Over,
    Page(usize),
    Coins(VecDeque<AssetId>),
}

/// Round after round.
#[derive(Debug, Clone)]
pub struct Rounds {
    assets: usize,
    step: Step,
    number: u64,
    /// What the pages of this round have listed.
    listed: HashSet<AssetId>,
    /// When each asset was last told of or asked for: nothing that fails again and again keeps the others from their turn.
    turns: HashMap<AssetId, Instant>,
    /// What was asked for in vain, and when it may be asked for again.
    unknown: HashMap<AssetId, Instant>,
    began_at: Option<Instant>,
    lasted: Duration,
}

impl Rounds {
    /// Rounds that follow so many assets by market cap.
    pub fn new(assets: usize) -> Self {
        Self {
            assets: assets.max(1),
            step: Step::Over,
            number: 0,
            listed: HashSet::new(),
            turns: HashMap::new(),
            unknown: HashMap::new(),
            began_at: None,
            lasted: Duration::ZERO,
        }
    }

    /// How many requests a period must have room for: the pages, and one that is left to other questions.
    pub fn requests(&self) -> u32 {
        u32::try_from(self.pages() + 1).unwrap_or(u32::MAX)
    }

    /// How long the last whole round took.
    pub fn lasted(&self) -> Duration {
        self.lasted
    }

    /// Begins a round; returns its first question.
    pub fn begin(&mut self, now: Instant) -> Question {
        self.step = Step::Page(1);
        self.number += 1;
        self.listed.clear();
        self.began_at = Some(now);
        self.page(1)
    }

    /// What to ask for next; `None` where the round is over.
    pub fn question(&self) -> Option<Question> {
        match &self.step {
            Step::Over => None,
            Step::Page(page) => Some(self.page(*page)),
            Step::Coins(coins) => coins.front().cloned().map(Question::Coin),
        }
    }

    /// Whether the asset at `place` of the page that is asked for, from 0, is among those to be followed.
    pub fn follows(&self, place: usize) -> bool {
        let before = match self.step {
            Step::Page(page) => (page - 1) * self.per_page(),
            _ => 0,
        };
        before + place < self.assets
    }

    /// The page that was asked for lists these. `known` are the assets that we offer, and `room` is how many requests fit
    /// into a round.
    pub fn listed(&mut self, page: &[AssetId], known: &[AssetId], room: usize, now: Instant) {
        for id in page {
            self.turns.insert(id.clone(), now);
            self.listed.insert(id.clone());
        }
        let Step::Page(number) = self.step else { return };
        self.step = if number < self.pages() && !page.is_empty() {
            Step::Page(number + 1)
        } else {
            let offered: HashSet<&AssetId> = known.iter().collect();
            self.turns.retain(|id, _| offered.contains(id));
            self.unknown.retain(|_, until| *until > now);
            Step::Coins(self.stragglers(known, self.coins(room)))
        };
        self.end_if_over(now);
    }

    /// The asset that was asked for was told of, or not, which is its turn in either case.
    pub fn told(&mut self, is_known: bool, now: Instant) {
        let Step::Coins(coins) = &mut self.step else { return };
        if let Some(id) = coins.pop_front() {
            if !is_known {
                self.unknown.insert(id.clone(), now + AGAIN);
            }
            self.turns.insert(id, now);
        }
        self.end_if_over(now);
    }

    /// Ends the round before its time.
    pub fn abandon(&mut self, now: Instant) {
        if let Some(Question::Coin(id)) = self.question() {
            self.turns.insert(id, now);
        }
        self.step = Step::Over;
    }

    fn page(&self, page: usize) -> Question {
        let per_page = self.per_page();
        Question::Page { page, per_page }
    }

    fn pages(&self) -> usize {
        self.assets.div_ceil(PAGE)
    }

    fn per_page(&self) -> usize {
        self.assets.min(PAGE)
    }

    /// How many assets are asked for one by one: half of the room that the pages leave, or, where they leave room for one
    /// request only, one in every second round. The rest is for the past.
    fn coins(&self, room: usize) -> usize {
        match room.saturating_sub(self.pages()) {
            0 | 1 => usize::from(!self.number.is_multiple_of(2)),
            left => (left / 2).min(COINS),
        }
    }

    /// Known assets that no page of this round lists, those first that were not heard of for the longest time.
    fn stragglers(&self, known: &[AssetId], count: usize) -> VecDeque<AssetId> {
        let mut found: Vec<&AssetId> = known
            .iter()
            .filter(|id| !self.listed.contains(*id) && !self.unknown.contains_key(*id))
            .collect();
        found.sort_by_key(|id| (self.turns.get(*id), *id));
        found.into_iter().take(count).cloned().collect()
    }

    fn end_if_over(&mut self, now: Instant) {
        if self.question().is_none() {
            self.step = Step::Over;
            let began = self.began_at.take();
            self.lasted = began.map_or(Duration::ZERO, |began| now.saturating_duration_since(began));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::domain::providers::budget::Budget;

    fn id(number: usize) -> AssetId {
        AssetId::parse(&format!("coin-{number:04}")).expect("id")
    }

    fn ids(range: std::ops::Range<usize>) -> Vec<AssetId> {
        range.map(id).collect()
    }

    fn page(page: usize, per_page: usize) -> Option<Question> {
        Some(Question::Page { page, per_page })
    }

    fn coin(number: usize) -> Option<Question> {
        Some(Question::Coin(id(number)))
    }

    /// Goes through a round; returns what was asked for, one by one.
    fn round(rounds: &mut Rounds, known: &[AssetId], room: usize, now: Instant) -> Vec<AssetId> {
        rounds.begin(now);
        let mut coins = Vec::new();
        while let Some(question) = rounds.question() {
            match question {
                Question::Page { page, per_page } => {
                    rounds.listed(&ids((page - 1) * per_page..page * per_page), known, room, now);
                }
                Question::Coin(id) => {
                    coins.push(id);
                    rounds.told(true, now);
                }
            }
        }
        coins
    }

    #[test]
    fn pages_of_a_round_are_as_large_as_they_may_be_and_end_with_an_empty_one() {
        let now = Instant::now();
        for (assets, pages, per_page) in [(1, 1, 1), (100, 1, 100), (250, 1, 250), (251, 2, 250), (1_000, 4, 250)] {
            let mut rounds = Rounds::new(assets);
            assert_eq!((rounds.question(), rounds.requests() as usize), (None, pages + 1));
            rounds.begin(now);
            for number in 1..=pages {
                assert_eq!(rounds.question(), page(number, per_page), "{assets}");
                rounds.listed(&[id(number)], &[], 5, now);
            }
            assert_eq!(rounds.question(), None);
            rounds.begin(now);
            rounds.listed(&[], &[], 5, now);
            assert_eq!(rounds.question(), None, "nothing comes after an empty page");
        }
    }

    #[test]
    fn no_more_assets_are_followed_than_are_wanted() {
        let now = Instant::now();
        let mut rounds = Rounds::new(300);
        rounds.begin(now);
        assert!(rounds.follows(0) && rounds.follows(249));
        rounds.listed(&ids(0..250), &[], 5, now);
        assert!(rounds.follows(49) && !rounds.follows(50));
    }

    #[test]
    fn assets_that_no_page_lists_are_asked_for_in_turn_and_the_unknown_again_after_a_day() {
        let (now, later) = (Instant::now(), |seconds| Duration::from_secs(seconds));
        let known = [ids(0..2), ids(10..14)].concat();
        let mut rounds = Rounds::new(10);
        let mut turn = |seconds: u64| round(&mut rounds, &known, 5, now + later(seconds));
        assert_eq!(turn(0), ids(10..12), "those that the page lists are not asked for");
        assert_eq!(turn(60), ids(12..14));
        assert_eq!(turn(120), ids(10..12), "the longest unheard first");

        rounds.begin(now + later(180));
        rounds.listed(&ids(0..10), &known, 5, now + later(180));
        assert_eq!(rounds.question(), coin(12));
        rounds.told(false, now + later(190));
        assert_eq!(rounds.question(), coin(13));
        rounds.abandon(now + later(191));
        assert_eq!(rounds.question(), None, "a failure ends the round");

        let mut turn = |seconds: u64| round(&mut rounds, &known, 5, now + later(seconds));
        assert_eq!(turn(240), ids(10..12), "what failed has had its turn");
        assert_eq!(turn(300), [id(13), id(10)]);
        assert_eq!(turn(190 + 86_399), ids(10..12).into_iter().rev().collect::<Vec<_>>());
        assert_eq!(turn(190 + 86_401), ids(12..14));
    }

    #[test]
    fn where_pages_leave_room_for_one_request_it_is_for_an_asset_in_every_second_round() {
        let now = Instant::now();
        let known = ids(2_000..2_100);
        let mut rounds = Rounds::new(1_000);
        let asked: Vec<usize> = (0..6).map(|_| round(&mut rounds, &known, 5, now).len()).collect();
        assert_eq!(asked, [1, 0, 1, 0, 1, 0]);
        assert_eq!(round(&mut rounds, &known, 1_000, now).len(), COINS);
    }

    proptest! {
        /// Whatever happens, requests keep their distance, rounds their pace, and everybody gets a turn.
        #[test]
        fn rounds_stay_within_the_budget(
            assets in 1_usize..=1_000,
            period in 1_u64..600,
            stragglers in 0_usize..20,
            outcomes in vec((0_u64..4, 0_u8..20), 200),
        ) {
            let mut now = Instant::now();
            let mut budget = Budget::new(Duration::from_secs(period));
            let mut rounds = Rounds::new(assets);
            budget.set_period(Duration::from_secs(period), rounds.requests());
            let known = [ids(0..assets), ids(5_000..5_000 + stragglers)].concat();
            let (mut answered_at, mut began_at, mut failed): (Option<Instant>, Option<Instant>, bool) = (None, None, false);
            let mut asked = HashSet::new();
            for (seconds, outcome) in outcomes {
                let wait = match rounds.question() {
                    Some(_) => budget.wait_in_round(now).expect("the round is under way"),
                    None => budget.wait(now),
                };
                now += wait;
                if let Some(answered) = answered_at {
                    prop_assert!(now - answered >= budget.spacing());
                }
                let question = rounds.question().unwrap_or_else(|| {
                    budget.begins_round(now);
                    rounds.begin(now)
                });
                if let Question::Page { page: 1, .. } = question {
                    if let Some(began) = began_at.filter(|_| !failed) {
                        prop_assert!(now - began >= budget.pace());
                    }
                    began_at = Some(now);
                }
                failed = outcome == 0;
                budget.asks(now);
                prop_assert_eq!(budget.wait_between(now).filter(Duration::is_zero), None, "the past waits");
                now += Duration::from_secs(seconds);
                answered_at = Some(now);
                if failed {
                    budget.failed(now, None, 0.5);
                    rounds.abandon(now);
                    prop_assert_eq!(budget.wait_in_round(now), None);
                    continue;
                }
                budget.succeeded(now);
                match question {
                    Question::Page { page, per_page } => {
                        let listed = ids((page - 1) * per_page..(page * per_page).min(assets));
                        rounds.listed(&listed, &known, budget.room(), now);
                    }
                    Question::Coin(id) => {
                        prop_assert!(id.as_str() >= "coin-5000", "no page has listed it");
                        asked.insert(id);
                        rounds.told(outcome > 1, now);
                    }
                }
                if rounds.question().is_none() {
                    budget.ends_round();
                    prop_assert!(rounds.lasted() <= now - began_at.expect("a round began"));
                }
            }
            prop_assert!(asked.len() <= stragglers);
        }
    }
}
