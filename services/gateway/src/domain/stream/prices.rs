//! The newest price of every asset, and the topics that tell them: `ticker:*`, and one for each asset.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use contracts::{
    events::AssetFacts,
    internal::{PriceFacts, PriceSnapshot},
};
use domain::{AssetId, Decimal, Price, Source, Symbol, Tick, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::topic::{Row, Shape, Topic, View};

/// A price as the channels `ticker:…` tell it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Ticker {
    /// The asset.
    #[schema(value_type = String, example = "bitcoin")]
    pub asset_id: AssetId,
    /// Its ticker.
    #[schema(value_type = String, example = "BTC")]
    pub symbol: Symbol,
    /// The newest price in USD; null while there is none.
    #[schema(value_type = Option<String>, required)]
    pub price: Option<Price>,
    /// When the price was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub event_at: Option<Timestamp>,
    /// When it was received.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub received_at: Option<Timestamp>,
    /// Who said it.
    #[schema(value_type = Option<String>, required)]
    pub source: Option<Source>,
    /// Percent since a day ago.
    #[schema(required)]
    pub change_24h: Option<f64>,
    /// Too old to be relied on.
    pub stale: bool,
}

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

#[derive(Debug, Default)]
struct Listed {
    facts: Option<AssetFacts>,
    last: Option<Last>,
    day_ago: Option<Price>,
    topic: Arc<Topic>,
    told: Option<Told>,
    /// Its row in `ticker:*`.
    version_in_all: u64,
    version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    seq: u64,
    price: Price,
    event_at: Timestamp,
    received_at: Timestamp,
    source: Source,
}

/// What of a ticker makes news: the rest goes along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    symbol: Symbol,
    price: Option<Price>,
    is_stale: bool,
}

impl Prices {
    /// The topic of all prices.
    pub fn all(&self) -> Arc<Topic> {
        self.all.clone()
    }

    /// What a client means by a ticker or an id: the asset of that id, else the best of that ticker.
    pub fn resolve(&self, text: &str) -> Option<(AssetId, Arc<Topic>)> {
        let by_id = AssetId::parse(text).ok().filter(|id| self.is_offered(id));
        let id = by_id.or_else(|| self.tickers.get(&Symbol::parse(text).ok()?)?.first().cloned())?;
        let topic = self.assets.get(&id)?.topic.clone();
        Some((id, topic))
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

impl Listed {
    fn is_offered(&self) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.enabled)
    }

    /// The best rank comes first in lists.
    fn place(&self) -> i64 {
        self.facts
            .as_ref()
            .and_then(|facts| facts.rank)
            .map_or(i64::MAX, i64::from)
    }

    /// Recorded prices may be of another year, so theirs is the time of reception.
    fn is_stale(&self, after: &HashMap<Source, Duration>, now: Timestamp) -> bool {
        self.last.is_none_or(|last| {
            let since = match last.source.is_simulated() {
                true => last.received_at,
                false => last.event_at,
            };
            now.since(since) > after.get(&last.source).copied().unwrap_or_default()
        })
    }

    /// What is told of it now; `None` while it is not offered.
    fn ticker(&self, stale_after: &HashMap<Source, Duration>, now: Timestamp) -> Option<(Told, Bytes)> {
        let facts = self.facts.as_ref().filter(|facts| facts.enabled)?;
        let is_stale = self.is_stale(stale_after, now);
        let last = self.last;
        let ticker = Ticker {
            asset_id: facts.asset_id.clone(),
            symbol: facts.symbol.clone(),
            price: last.map(|last| last.price),
            event_at: last.map(|last| last.event_at),
            received_at: last.map(|last| last.received_at),
            source: last.map(|last| last.source),
            change_24h: last
                .zip(self.day_ago)
                .map(|(last, day_ago)| percent(last.price, day_ago)),
            stale: is_stale,
        };
        // Texts, decimals and times always have a JSON form.
        let data = serde_json::to_vec(&ticker).ok()?;
        let told = Told {
            symbol: ticker.symbol,
            price: ticker.price,
            is_stale,
        };
        Some((told, data.into()))
    }
}

/// 100 · (price / reference − 1), to six decimals, as market-data counts it.
fn percent(price: Price, reference: Price) -> f64 {
    let change = (price.value() / reference.value() - Decimal::ONE).checked_mul(Decimal::ONE_HUNDRED);
    change
        .and_then(|change| change.round_dp(6).try_into().ok())
        .unwrap_or(f64::MAX)
}
