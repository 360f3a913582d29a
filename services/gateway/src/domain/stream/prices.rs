//! The newest price of every asset, and the topics that tell them: `ticker:*`, and one for each asset.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use contracts::{
    events::AssetFacts,
    internal::{PriceFacts, PriceSnapshot},
};
use domain::{AssetId, Source, Symbol, Tick, Timestamp};

use super::{
    ticker::{Last, Listed},
    topic::{Row, Shape, Topic, View},
};

/// All assets with their newest prices.
#[derive(Debug, Default)]
pub struct Prices {
    assets: HashMap<AssetId, Listed>,
    /// For each ticker the enabled assets that have it, the best first.
    tickers: HashMap<Symbol, Vec<AssetId>>,
    all: Arc<Topic>,
    /// The rows of `ticker:*` by version.
    rows: BTreeMap<u64, Row>,
    newest: u64,
    complete_since: u64,
    /// Assets of which something has changed since the last publication.
    dirty: HashSet<AssetId>,
    stale_after: HashMap<Source, Duration>,
    is_complete: bool,
    moved: HashSet<AssetId>,
}

impl Prices {
    /// The topic of all prices.
    pub fn all(&self) -> Arc<Topic> {
        self.all.clone()
    }

    /// The enabled asset that a client means: the one of exactly this id, or the one with the best rank of those with that
    /// ticker in any case; an id in another case is the last resort.
    pub fn resolve(&self, text: &str) -> Option<(AssetId, Arc<Topic>)> {
        let by_id = AssetId::parse(text).ok().filter(|id| self.is_offered(id));
        let id = match by_id {
            Some(id) if id.as_str() == text => id,
            by_id => self.best_of_ticker(text).or(by_id)?,
        };
        let topic = self.assets.get(&id)?.topic.clone();
        Some((id, topic))
    }

    fn best_of_ticker(&self, text: &str) -> Option<AssetId> {
        self.tickers.get(&Symbol::parse(text).ok()?)?.first().cloned()
    }

    /// Whether assets and prices are known at all.
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Takes in a tick. True where its asset is not known here.
    pub fn apply(&mut self, tick: &Tick) -> bool {
        let last = Last {
            seq: tick.seq,
            price: tick.price,
            event_at: tick.event_at,
            received_at: tick.received_at,
            source: tick.source,
        };
        // A late tick revises candles; the newest price stays what it is.
        if tick.is_late {
            return false;
        }
        self.put(&tick.asset, last)
    }

    /// Takes in what market-data knows of assets.
    pub fn set_assets(&mut self, facts: Vec<AssetFacts>) {
        for facts in facts {
            let id = facts.asset_id.clone();
            let listed = self.assets.entry(id.clone()).or_default();
            let was_offered = listed.is_offered();
            if listed.facts.as_ref() != Some(&facts) {
                listed.facts = Some(facts);
                self.dirty.insert(id.clone());
            }
            if was_offered && !listed.is_offered() {
                self.withdraw(&id);
            }
        }
        self.index();
    }

    /// Takes in the newest prices that market-data knows; what the log has told since stays.
    pub fn set_prices(&mut self, snapshot: PriceSnapshot) {
        self.stale_after = snapshot
            .stale_after_ms
            .into_iter()
            .map(|(source, millis)| (source, Duration::from_millis(millis)))
            .collect();
        for facts in snapshot.prices {
            let PriceFacts {
                asset_id,
                price,
                source,
                event_at,
                received_at,
                seq,
                day_ago,
            } = facts;
            let last = Last {
                seq,
                price,
                event_at,
                received_at,
                source,
            };
            self.put(&asset_id, last);
            let listed = self.assets.entry(asset_id.clone()).or_default();
            if listed.day_ago != day_ago {
                listed.day_ago = day_ago;
                self.dirty.insert(asset_id);
            }
        }
        self.is_complete = true;
    }

    /// The assets of which something new was published since this was last asked.
    pub fn take_moved(&mut self) -> HashSet<AssetId> {
        std::mem::take(&mut self.moved)
    }

    /// Looks for prices that have grown too old.
    pub fn age(&mut self, now: Timestamp) {
        for (id, listed) in &self.assets {
            let was_stale = listed.told.as_ref().is_none_or(|told| told.is_stale);
            if !was_stale && listed.is_stale(&self.stale_after, now) {
                self.dirty.insert(id.clone());
            }
        }
    }

    /// Publishes what has changed; gives the topics with news.
    pub fn publish(&mut self, now: Timestamp) -> Vec<Arc<Topic>> {
        if !self.is_complete || (self.dirty.is_empty() && self.all.view().is_some()) {
            return Vec::new();
        }
        let mut changed = Vec::new();
        let mut is_news = false;
        for id in std::mem::take(&mut self.dirty) {
            let Some(listed) = self.assets.get_mut(&id) else {
                continue;
            };
            let Some((told, data)) = listed.ticker(&self.stale_after, now) else {
                continue;
            };
            let has_changed = listed.told.as_ref() != Some(&told);
            if has_changed {
                listed.told = Some(told);
                listed.version += 1;
                changed.push(listed.topic.clone());
                self.rows.remove(&listed.version_in_all);
                self.newest += 1;
                listed.version_in_all = self.newest;
                is_news = true;
                self.moved.insert(id.clone());
            }
            // The same price from a later moment is no news, but whoever comes now sees the later moment.
            let row = |version| Row {
                version,
                place: listed.place(),
                data: data.clone(),
            };
            self.rows.insert(listed.version_in_all, row(listed.version_in_all));
            let view = View::new(Shape::One, vec![row(listed.version)], listed.version, 0);
            listed.topic.show(view);
        }
        let rows = self.rows.values().cloned().collect();
        self.all
            .show(View::new(Shape::List, rows, self.newest, self.complete_since));
        if is_news || self.complete_since == self.newest {
            changed.push(self.all.clone());
        }
        changed
    }

    fn put(&mut self, id: &AssetId, last: Last) -> bool {
        let listed = match self.assets.get_mut(id) {
            Some(listed) => listed,
            None => self.assets.entry(id.clone()).or_default(),
        };
        if listed.last.is_none_or(|known| known.seq < last.seq) {
            listed.last = Some(last);
            if !self.dirty.contains(id) {
                self.dirty.insert(id.clone());
            }
        }
        listed.facts.is_none()
    }

    /// Takes an asset out of the list of all; who hears that list is told anew.
    fn withdraw(&mut self, id: &AssetId) {
        let Some(listed) = self.assets.get_mut(id) else { return };
        self.rows.remove(&listed.version_in_all);
        listed.version_in_all = 0;
        listed.told = None;
        self.newest += 1;
        self.complete_since = self.newest;
    }

    fn is_offered(&self, id: &AssetId) -> bool {
        self.assets.get(id).is_some_and(Listed::is_offered)
    }

    fn index(&mut self) {
        let mut tickers: HashMap<Symbol, Vec<(u32, AssetId)>> = HashMap::new();
        for facts in self.assets.values().filter_map(|listed| listed.facts.as_ref()) {
            if facts.enabled {
                let place = (facts.rank.unwrap_or(u32::MAX), facts.asset_id.clone());
                tickers.entry(facts.symbol.clone()).or_default().push(place);
            }
        }
        self.tickers = tickers
            .into_iter()
            .map(|(symbol, mut places)| {
                places.sort();
                (symbol, places.into_iter().map(|(_, id)| id).collect())
            })
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use domain::Price;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000 + seconds * 1_000).expect("time")
    }

    fn facts(id: &str, rank: u32, enabled: bool) -> AssetFacts {
        AssetFacts {
            asset_id: AssetId::parse(id).expect("id"),
            symbol: Symbol::parse(&id[..3]).expect("symbol"),
            name: id.to_owned(),
            image_url: None,
            rank: Some(rank),
            enabled,
            version: 1,
        }
    }

    fn tick(id: &str, seq: u64, price: &str, second: i64) -> Tick {
        Tick {
            asset: AssetId::parse(id).expect("id"),
            seq,
            event_at: at(second),
            received_at: at(second),
            price: Price::parse(price).expect("price"),
            quantity: None,
            range: None,
            source: Source::Kraken,
            is_late: false,
        }
    }

    fn prices(day_ago: Option<&str>) -> Prices {
        let mut prices = Prices::default();
        prices.set_assets(vec![facts("bitcoin", 1, true), facts("bitfork", 2, true)]);
        let stored = PriceFacts {
            asset_id: AssetId::parse("bitcoin").expect("id"),
            price: Price::parse("100").expect("price"),
            source: Source::Kraken,
            event_at: at(0),
            received_at: at(0),
            seq: 10,
            day_ago: day_ago.map(|price| Price::parse(price).expect("price")),
        };
        prices.set_prices(PriceSnapshot {
            prices: vec![stored],
            stale_after_ms: vec![(Source::Kraken, 10_000)],
        });
        prices.publish(at(0));
        prices
    }

    fn shown(prices: &Prices, text: &str) -> serde_json::Value {
        let (_, topic) = prices.resolve(text).expect("known");
        serde_json::from_slice(&topic.view().expect("shown").snapshot()).expect("JSON")
    }

    #[test]
    fn what_the_log_told_is_not_replaced_by_what_was_stored_before() {
        let mut prices = prices(None);
        assert!(!prices.apply(&tick("bitcoin", 9, "90", 1)));
        assert!(prices.publish(at(1)).is_empty());
        prices.apply(&tick("bitcoin", 11, "110", 1));
        assert_eq!(prices.publish(at(1)).len(), 2, "its own topic, and that of all");
        assert_eq!(shown(&prices, "BIT")["price"], "110");
        assert!(prices.apply(&tick("unknown", 1, "1", 1)), "asks for the asset");
    }

    #[test]
    fn the_same_price_is_no_news_but_newcomers_see_its_newest_moment() {
        let mut prices = prices(None);
        prices.apply(&tick("bitcoin", 11, "100", 5));
        let news = prices.publish(at(5));
        assert!(news.iter().all(|topic| topic.view().expect("shown").newest() <= 2));
        assert_eq!(shown(&prices, "bitcoin")["event_at"], serde_json::json!(at(5)));
        let (_, topic) = prices.resolve("bitcoin").expect("known");
        assert!(topic.view().expect("shown").after(1).is_none());
    }

    #[test]
    fn reliability_40_a_price_that_grows_old_is_told_to_be_stale_once() {
        let mut prices = prices(None);
        prices.age(at(10));
        assert!(prices.publish(at(10)).is_empty());
        prices.age(at(11));
        assert_eq!(prices.publish(at(11)).len(), 2);
        assert_eq!(shown(&prices, "bitcoin")["stale"], true);
        prices.age(at(12));
        assert!(prices.publish(at(12)).is_empty());
        prices.apply(&tick("bitcoin", 11, "100", 13));
        assert_eq!(prices.publish(at(13)).len(), 2, "it is fresh again");
        assert_eq!(shown(&prices, "bitcoin")["stale"], false);
    }

    #[test]
    fn the_change_of_a_day_refers_to_the_price_a_day_ago() {
        let mut prices = prices(Some("80"));
        assert_eq!(shown(&prices, "bitcoin")["change_24h"], 25.0);
        prices.apply(&tick("bitcoin", 11, "70", 1));
        prices.publish(at(1));
        assert_eq!(shown(&prices, "bitcoin")["change_24h"], -12.5);
        assert_eq!(shown(&prices, "bitfork")["change_24h"], serde_json::Value::Null);
    }

    #[test]
    fn a_withdrawn_asset_leaves_the_list_and_its_ticker_goes_to_the_next() {
        let mut prices = prices(None);
        let all = prices.all();
        let seen = all.view().expect("shown").newest();
        prices.set_assets(vec![facts("bitcoin", 1, false)]);
        let news = prices.publish(at(1));
        assert!(news.iter().any(|topic| Arc::ptr_eq(topic, &all)));
        let view = all.view().expect("shown");
        assert!(!view.reaches_back_to(seen), "who listens is told the list anew");
        let rows: serde_json::Value = serde_json::from_slice(&view.snapshot()).expect("JSON");
        assert_eq!(rows.as_array().map(Vec::len), Some(1));
        let (id, _) = prices.resolve("BIT").expect("known");
        assert_eq!(id.as_str(), "bitfork");
        assert!(prices.resolve("bitcoin").is_none());
    }

    #[test]
    fn reliability_42_an_id_that_looks_like_a_ticker_is_meant_only_where_it_is_written_exactly() {
        let mut prices = Prices::default();
        let tiny = AssetFacts {
            symbol: Symbol::parse("TINY").expect("symbol"),
            ..facts("bit", 900, true)
        };
        prices.set_assets(vec![tiny, facts("bitcoin", 1, true)]);
        for (text, id) in [
            ("bit", "bit"),
            ("BIT", "bitcoin"),
            ("Bit", "bitcoin"),
            ("Bitcoin", "bitcoin"),
        ] {
            assert_eq!(prices.resolve(text).expect("known").0.as_str(), id, "{text}");
        }
    }
}
