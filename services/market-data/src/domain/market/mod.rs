//! The market in memory: what hot reads are answered from. It follows the tail of the tick log.

mod entry;
#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc, time::Duration};

use contracts::LogEntry;
use domain::{
    AssetId, Candle, Decimal, Interval, Price, Source, Symbol, Timestamp,
    candles::{CandleBook, Change, Entry, MarkedCandle, Watch},
};

pub use self::entry::AssetEntry;
use super::{
    asset::Asset,
    recorded::{AssetState, LastPrice, RecordedPartition},
    ring,
    turnover::Turnover,
};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);
const WEEK: Duration = Duration::from_secs(7 * 86_400);

/// All assets, their newest prices and their candles in the making.
pub struct Market {
    entries: HashMap<AssetId, AssetEntry>,
    /// For each ticker the assets that have it, the best first.
    tickers: HashMap<Symbol, Vec<AssetId>>,
    books: Vec<CandleBook>,
    turnovers: HashMap<AssetId, Turnover>,
    last_by_source: HashMap<Source, (Timestamp, Timestamp)>,
    /// Ticks came for an asset that is not known here yet.
    has_unknown: bool,
    generation: u64,
}

/// What is computed of an asset for lists.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Percent since an hour ago.
    pub change_1h: Option<f64>,
    /// Percent since a day ago.
    pub change_24h: Option<f64>,
    /// Percent since a week ago.
    pub change_7d: Option<f64>,
    /// Traded in 24 hours, in USD.
    pub volume_24h: Option<Decimal>,
    /// Price × circulating supply.
    pub market_cap: Option<Decimal>,
}

impl Market {
    /// An empty market over a log of so many partitions.
    pub fn new(partitions: u16) -> Self {
        Self {
            entries: HashMap::new(),
            tickers: HashMap::new(),
            books: (0..partitions).map(|_| CandleBook::new()).collect(),
            turnovers: HashMap::new(),
            last_by_source: HashMap::new(),
            has_unknown: false,
            generation: 0,
        }
    }

    /// Replaces what is known of assets besides prices.
    pub fn set_assets(&mut self, assets: Vec<Asset>) {
        self.generation += 1;
        self.has_unknown = false;
        for asset in assets {
            let id = asset.facts.asset_id.clone();
            let asset = Arc::new(asset);
            match self.entries.get_mut(&id) {
                Some(entry) if entry.asset == asset => {}
                Some(entry) => {
                    entry.asset = asset;
                    entry.generation += 1;
                }
                None => {
                    self.entries.insert(id, AssetEntry::new(asset));
                }
            }
        }
        self.index_tickers();
    }

    /// Goes on from what the recorder has stored of one partition.
    pub fn restore(&mut self, partition: u16, row: RecordedPartition, states: Vec<AssetState>) {
        self.show_last(&states);
        if let Some(book) = self.books.get_mut(usize::from(partition)) {
            *book = CandleBook::restore(row.watch, states.into_iter().map(|state| state.series));
        }
        self.generation += 1;
    }

    /// Takes in assets of one partition that had no price before, beside those that it has.
    pub fn begin(&mut self, partition: u16, watch: Watch, states: Vec<AssetState>) {
        self.show_last(&states);
        if let Some(book) = self.books.get_mut(usize::from(partition)) {
            let known: Vec<_> = book.all_series().cloned().collect();
            let new = states.into_iter().map(|state| state.series);
            *book = CandleBook::restore(watch, known.into_iter().chain(new));
        }
        self.generation += 1;
    }

    fn show_last(&mut self, states: &[AssetState]) {
        for state in states {
            if let Some(entry) = self.entries.get_mut(state.series.asset()) {
                entry.last = Some(state.last.clone());
                entry.generation += 1;
                entry.closed_generation += 1;
            }
            self.last_by_source
                .insert(state.last.source, (state.last.event_at, state.last.received_at));
        }
    }

    /// Takes the stored price of an asset for which ticks came before it was known here.
    pub fn fill_in(&mut self, state: AssetState) {
        if let Some(entry) = self.entries.get_mut(state.series.asset())
            && entry.last.as_ref().is_none_or(|last| last.seq < state.last.seq)
        {
            entry.last = Some(state.last);
            entry.generation += 1;
        }
    }

    /// Takes a stored candle into the recent past, when the market is loaded.
    pub fn remember(&mut self, marked: &MarkedCandle) {
        if let Some(entry) = self.entries.get_mut(&marked.candle.asset) {
            entry.remember(marked);
        }
    }

    /// Takes the stored candles of an asset in place of those that are kept, after its past was repaired.
    pub fn refill(&mut self, id: &AssetId, past: &[(Interval, Vec<MarkedCandle>)]) {
        let Some(entry) = self.entries.get_mut(id) else { return };
        for (interval, candles) in past {
            entry.refill(*interval, candles);
        }
        entry.generation += 1;
        entry.closed_generation += 1;
        self.generation += 1;
    }

    /// The stretches of the past that are to be asked for, so that each change of a week refers to the minute.
    pub fn missing_of_week_ago(&self) -> Vec<(AssetId, (Timestamp, Timestamp))> {
        let missing = self.entries.values().filter_map(|entry| {
            let last = entry.last.as_ref()?;
            let now = self.clock_of(entry.id()).unwrap_or(last.event_at);
            Some((entry.id().clone(), entry.missing_of_week_ago(now)?))
        });
        missing.collect()
    }

    /// Takes in what was missing, one-minute candles or longer ones.
    pub fn fill_week_ago(&mut self, id: &AssetId, stretch: (Timestamp, Timestamp), candles: &[MarkedCandle]) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.fill_week_ago(stretch, candles);
            self.generation += 1;
        }
    }

    /// Takes in entries of one partition of the log.
    pub fn apply(&mut self, partition: u16, entries: &[LogEntry]) {
        let Some(book) = self.books.get_mut(usize::from(partition)) else {
            return;
        };
        let known = &mut self.entries;
        let mut closed = |change: Change| match change {
            Change::Closed(marked) => {
                if let Some(entry) = known.get_mut(&marked.candle.asset) {
                    entry.close(marked);
                }
            }
            Change::Late(late) => {
                if let Some(entry) = known.get_mut(&late.asset) {
                    entry.revise(&late);
                }
            }
        };
        for entry in entries {
            match entry {
                LogEntry::Tick(tick) => {
                    let is_first = book.series(&tick.asset).is_none();
                    match self.turnovers.get_mut(&tick.asset) {
                        Some(turnover) => turnover.add(tick, is_first),
                        None => self
                            .turnovers
                            .entry(tick.asset.clone())
                            .or_default()
                            .add(tick, is_first),
                    }
                    book.apply(Entry::Tick(tick), &mut closed);
                }
                LogEntry::Clock(at) => book.apply(Entry::Clock(*at), &mut closed),
                LogEntry::FeedDown(at) => book.apply(Entry::FeedDown(*at), &mut closed),
                LogEntry::FeedUp(at) => book.apply(Entry::FeedUp(*at), &mut closed),
            }
        }
        for entry in entries {
            let LogEntry::Tick(tick) = entry else { continue };
            let Some(known) = self.entries.get_mut(&tick.asset) else {
                self.has_unknown = true;
                continue;
            };
            known.generation += 1;
            if !tick.is_late {
                known.last = Some(LastPrice {
                    seq: tick.seq,
                    price: tick.price,
                    source: tick.source,
                    event_at: tick.event_at,
                    received_at: tick.received_at,
                });
                self.last_by_source
                    .insert(tick.source, (tick.event_at, tick.received_at));
            }
        }
        self.generation += 1;
    }

    /// Counts every change.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether ticks came for an asset that has to be loaded from the database.
    pub fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    /// The enabled asset that a client means: the one of exactly this id, or the one with the best rank of those with that
    /// ticker in any case; an id in another case is the last resort. All services read a text like this.
    pub fn resolve(&self, text: &str) -> Option<&AssetEntry> {
        let by_id = AssetId::parse(text).ok().and_then(|id| self.offered(&id));
        if by_id.is_some_and(|entry| entry.id().as_str() == text) {
            return by_id;
        }
        self.best_of_ticker(text).or(by_id)
    }

    fn best_of_ticker(&self, text: &str) -> Option<&AssetEntry> {
        let candidates = self.tickers.get(&Symbol::parse(text).ok()?)?;
        candidates.iter().find_map(|id| self.offered(id))
    }

    fn offered(&self, id: &AssetId) -> Option<&AssetEntry> {
        self.entries.get(id).filter(|entry| entry.asset.facts.enabled)
    }

    /// An asset, enabled or not.
    pub fn get(&self, id: &AssetId) -> Option<&AssetEntry> {
        self.entries.get(id)
    }

    /// All assets, in no order.
    pub fn entries(&self) -> impl Iterator<Item = &AssetEntry> {
        self.entries.values()
    }

    /// The event and reception times of each source's newest tick.
    pub fn last_by_source(&self) -> &HashMap<Source, (Timestamp, Timestamp)> {
        &self.last_by_source
    }

    /// The candle of an asset that is still being made.
    pub fn open_candle(&self, id: &AssetId, interval: Interval) -> Option<Candle> {
        self.book_of(id)?.open(id, interval).map(|marked| marked.candle)
    }

    /// How far the feed's own time has come for an asset's partition.
    pub fn clock_of(&self, id: &AssetId) -> Option<Timestamp> {
        self.book_of(id)?.watch().clock
    }

    /// How far the feed's own time has come at all.
    pub fn clock(&self) -> Option<Timestamp> {
        self.books.iter().filter_map(|book| book.watch().clock).max()
    }

    /// What lists show of an asset, as of the feed's own time.
    pub fn figures(&self, entry: &AssetEntry) -> Figures {
        let Some(last) = &entry.last else {
            return Figures::default();
        };
        let now = self.clock_of(&entry.asset.facts.asset_id).unwrap_or(last.event_at);
        let change = |window: Duration| {
            entry
                .reference(now, window)
                .and_then(|reference| last.price.percent_over(reference))
        };
        Figures {
            change_1h: change(HOUR),
            change_24h: change(DAY),
            change_7d: change(WEEK),
            volume_24h: self.volume_24h(entry, now),
            market_cap: entry.market_cap(),
        }
    }

    /// The price of an asset a day ago, by the feed's own time, to which `change_24h` refers.
    pub fn day_ago(&self, entry: &AssetEntry) -> Option<Price> {
        let last = entry.last.as_ref()?;
        let now = self.clock_of(entry.id()).unwrap_or(last.event_at);
        entry.reference(now, DAY)
    }

    /// The hourly closes of the last seven days and the newest price.
    pub fn sparkline(&self, entry: &AssetEntry) -> Vec<Price> {
        let Some(last) = &entry.last else { return Vec::new() };
        let now = self.clock_of(&entry.asset.facts.asset_id).unwrap_or(last.event_at);
        let mut closes: Vec<Price> = entry.hours.closes_since(now.minus(WEEK)).collect();
        closes.push(last.price);
        closes
    }

    fn volume_24h(&self, entry: &AssetEntry, now: Timestamp) -> Option<Decimal> {
        if entry.last.as_ref().is_some_and(|last| !last.source.is_simulated())
            && entry.asset.figures.volume_24h.is_some()
        {
            return entry.asset.figures.volume_24h;
        }
        let since = now.minus(DAY);
        let seen = self.turnovers.get(entry.id());
        let seen_from = seen.and_then(Turnover::seen_from);
        // What was traded before its ticks were seen is told by candles.
        let closed = entry.fives.between(since, seen_from);
        let open = self
            .open_candle(entry.id(), Interval::M5)
            .filter(|candle| seen_from.is_none_or(|from| candle.start < from))
            .and_then(|candle| ring::turnover(&candle));
        let seen = seen.and_then(|seen| seen.since(since));
        let sum = [closed, open, seen]
            .into_iter()
            .flatten()
            .reduce(Decimal::saturating_add)?;
        Some(sum.round_dp(8).normalize())
    }

    fn book_of(&self, id: &AssetId) -> Option<&CandleBook> {
        let partitions = u16::try_from(self.books.len()).unwrap_or(u16::MAX);
        self.books.get(usize::from(id.partition(partitions)))
    }

    fn index_tickers(&mut self) {
        let mut tickers: HashMap<Symbol, Vec<AssetId>> = HashMap::new();
        for (id, entry) in &self.entries {
            tickers
                .entry(entry.asset.facts.symbol.clone())
                .or_default()
                .push(id.clone());
        }
        for ids in tickers.values_mut() {
            let rank = |id: &AssetId| {
                self.entries
                    .get(id)
                    .and_then(|entry| entry.asset.facts.rank)
                    .unwrap_or(u32::MAX)
            };
            ids.sort_by(|left, right| (rank(left), left).cmp(&(rank(right), right)));
        }
        self.tickers = tickers;
    }
}
