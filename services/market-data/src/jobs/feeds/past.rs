//! What live providers tell of a hole in the past: Binance in whole bars, CoinGecko in points and in bars of its own.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{AssetId, Candle, Decimal, Interval, Ohlc, Price, Source, Timestamp};

use super::{
    coingecko,
    live::{RATE_LIVES, settings},
    rest::{Failed, Rest},
};
use crate::{
    domain::{
        providers::past::{PastBar, Told, parse_klines, parse_market_chart, parse_ohlc},
        repair::{Hole, from_bars, from_points},
    },
    error::Result,
    state::State,
};

/// Binance is asked for the past so often at most.
const KLINES_EVERY: Duration = Duration::from_secs(1);
/// So long the price of its coin is waited for, then others tell of the past.
const PATIENCE: Duration = Duration::from_secs(30);
/// After so long a provider is believed that does not know the end of a hole.
pub const BELIEVED: Duration = Duration::from_secs(3_600);
/// So many bars Binance gives at once.
const KLINES: i64 = 1_000;
/// What Binance prices assets in, and the asset that it is.
const COIN: (&str, &str) = ("USDT", "tether");

/// What a provider told of a hole.
pub struct Account {
    /// Who.
    pub source: Source,
    /// Candles, each list of one length.
    pub candles: Vec<Vec<Candle>>,
    /// The newest moment of which it knows.
    pub knows_until: Option<Timestamp>,
}

/// The providers that can be asked for the past.
pub struct Past {
    state: Arc<State>,
    coingecko: Arc<Rest>,
    binance: Rest,
    asks_coingecko: bool,
    asks_binance: bool,
    began_at: Instant,
    /// Assets that Binance does not trade in dollars.
    unpaired: Mutex<HashSet<AssetId>>,
}

impl Past {
    /// Those among `sources`.
    pub fn new(state: Arc<State>, sources: &[Source]) -> Result<Self> {
        Ok(Self {
            began_at: Instant::now(),
            state,
            coingecko: Arc::new(Rest::new(Source::CoinGecko, coingecko::POLL)?),
            binance: Rest::new(Source::Binance, KLINES_EVERY)?,
            asks_coingecko: sources.contains(&Source::CoinGecko),
            asks_binance: sources.contains(&Source::Binance),
            unpaired: Mutex::default(),
        })
    }

    /// The client that CoinGecko is polled with, too.
    pub fn coingecko(&self) -> Arc<Rest> {
        self.coingecko.clone()
    }

    /// Whether it makes sense to ask: whole bars need an observed price of the coin that they are priced in, and CoinGecko
    /// is not asked for more while it is not well.
    pub fn is_ready(&self) -> bool {
        let now = Instant::now();
        let is_well = self.asks_coingecko && self.coingecko.budget().wait_between(now).is_some();
        if self.asks_binance && self.rate().is_some() {
            return true;
        }
        is_well && (!self.asks_binance || now.saturating_duration_since(self.began_at) > PATIENCE)
    }

    /// Asks about a hole; `None` where nobody can tell at present.
    pub async fn ask(&self, hole: &Hole) -> Result<Option<Account>> {
        if self.asks_binance
            && let Some(account) = self.of_binance(hole).await?
        {
            return Ok(Some(account));
        }
        if self.asks_coingecko {
            return self.of_coingecko(hole).await;
        }
        Ok(None)
    }

    async fn of_binance(&self, hole: &Hole) -> Result<Option<Account>> {
        let Some((ticker, rate)) = self.pair_of(&hole.asset) else {
            return Ok(None);
        };
        if settings(&self.state, Source::Binance)
            .await
            .is_some_and(|row| !row.enabled)
        {
            return Ok(None);
        }
        let mut bars = Vec::new();
        let mut from = hole.from;
        while from < hole.to {
            let until = Timestamp::from_millis(from.millis() + KLINES * hole.interval.millis())
                .unwrap_or(hole.to)
                .min(hole.to);
            let told = match self.klines(&ticker, hole.interval, (from, until)).await? {
                Ok(told) => told,
                Err(failed) => {
                    if failed.is_refusal() {
                        self.unpaired().insert(hole.asset.clone());
                    }
                    tracing::info!(asset.id = %hole.asset, why = failed.why, "Binance told nothing of a hole");
                    return Ok(None);
                }
            };
            self.count_bad(Source::Binance, told.bad);
            bars.extend(told.items.into_iter().filter_map(|bar| in_dollars(bar, rate)));
            from = until;
        }
        let reached = self.state.now();
        let knows_until = bars.last().map(|bar| hole.interval.bucket_end(bar.start));
        Ok(Some(Account {
            source: Source::Binance,
            candles: vec![from_bars(hole, hole.interval, &bars, reached)],
            knows_until,
        }))
    }

    /// The ticker under which Binance trades an asset, and what a unit of its money is worth in USD.
    fn pair_of(&self, asset: &AssetId) -> Option<(String, Decimal)> {
        if self.unpaired().contains(asset) {
            return None;
        }
        let market = self.state.market();
        let symbol = market.get(asset)?.asset.facts.symbol.to_string();
        let is_plain = symbol.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // A ticker that several assets share means the largest of them on a venue.
        let is_meant = market.resolve(&symbol).is_some_and(|entry| entry.id() == asset);
        if !is_plain || !is_meant || symbol == COIN.0 {
            return None;
        }
        drop(market);
        self.rate().map(|rate| (symbol, rate))
    }

    /// What a unit of Binance's money is worth in USD, where that was observed lately.
    fn rate(&self) -> Option<Decimal> {
        let coin = AssetId::parse(COIN.1).ok()?;
        let market = self.state.market();
        let last = market.get(&coin)?.last.as_ref()?;
        (self.state.now().since(last.event_at) <= RATE_LIVES).then(|| last.price.value())
    }

    async fn klines(
        &self,
        ticker: &str,
        interval: Interval,
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Result<Told<PastBar>, Failed>> {
        let url = format!("{}/klines", self.state.config.providers.binance_rest_url);
        let query = [
            ("symbol", format!("{ticker}{}", COIN.0)),
            ("interval", interval.to_string()),
            ("startTime", from.millis().to_string()),
            ("endTime", (until.millis() - 1).to_string()),
            ("limit", KLINES.to_string()),
        ];
        let request = self.binance.get(&url).query(&query);
        let read = |text: &str| parse_klines(text, interval);
        let outcome = self.binance.ask_alone(&self.state, request, read).await?;
        Ok(outcome)
    }

    async fn of_coingecko(&self, hole: &Hole) -> Result<Option<Account>> {
        if settings(&self.state, Source::CoinGecko)
            .await
            .is_some_and(|row| !row.enabled)
        {
            return Ok(None);
        }
        // Its newest point is some minutes old.
        let wait = Duration::from_secs(self.state.config.repair.wait_seconds);
        if self.state.now().since(hole.to) < wait * 5 {
            return Ok(None);
        }
        // Points lie five minutes, an hour and a day apart; bars last half an hour, four hours, and four days.
        let (days, bars) = match hole.interval {
            Interval::M1 => ("1", Some(Interval::M30)),
            Interval::H1 => ("30", Some(Interval::H4)),
            _ => ("365", None),
        };
        let mut query = vec![("vs_currency", "usd"), ("days", days)];
        if bars.is_none() {
            query.push(("interval", "daily"));
        }
        let chart = self.past_of(hole, "market_chart", &query, parse_market_chart).await?;
        let points = match chart {
            Ok(told) => told,
            // It does not know the asset, and will not know it later.
            Err(failed) if failed.is_refusal() => {
                return Ok(Some(Account {
                    source: Source::CoinGecko,
                    candles: Vec::new(),
                    knows_until: Some(hole.to),
                }));
            }
            Err(_) => return Ok(None),
        };
        self.count_bad(Source::CoinGecko, points.bad);
        let reached = self.state.now();
        let knows_until = points.items.last().map(|(at, _)| *at);
        if knows_until.is_none_or(|until| until < hole.to) && reached.since(hole.to) < BELIEVED {
            return Ok(None);
        }
        let mut candles = vec![from_points(hole, &points.items, reached)];
        if let Some(interval) = bars {
            let read = |text: &str| parse_ohlc(text, interval);
            match self.past_of(hole, "ohlc", &query, read).await? {
                Ok(told) => {
                    self.count_bad(Source::CoinGecko, told.bad);
                    candles.push(from_bars(hole, interval, &told.items, reached));
                }
                Err(failed) if failed.is_refusal() => {}
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(Account {
            source: Source::CoinGecko,
            candles,
            knows_until,
        }))
    }

    async fn past_of<T>(
        &self,
        hole: &Hole,
        what: &str,
        query: &[(&str, &str)],
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Result<T, Failed>> {
        let url = coingecko::url_of(&self.state, &[hole.asset.as_str(), what])?;
        let request = coingecko::request(&self.state, &self.coingecko, url.as_str()).query(query);
        let outcome = self.coingecko.ask_between(&self.state, request, read).await?;
        if let Err(failed) = &outcome {
            tracing::info!(asset.id = %hole.asset, why = failed.why, "CoinGecko told nothing of a hole");
        }
        Ok(outcome)
    }

    fn count_bad(&self, source: Source, bad: usize) {
        self.state
            .metrics
            .bad_items
            .with_label_values(&[source.as_str(), "unreadable"])
            .inc_by(bad as u64);
    }

    fn unpaired(&self) -> std::sync::MutexGuard<'_, HashSet<AssetId>> {
        self.unpaired.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn in_dollars(bar: PastBar, rate: Decimal) -> Option<PastBar> {
    let dollars = |price: Price| Price::new(price.value().checked_mul(rate)?.round_dp(18).normalize()).ok();
    let prices = Ohlc {
        open: dollars(bar.prices.open)?,
        high: dollars(bar.prices.high)?,
        low: dollars(bar.prices.low)?,
        close: dollars(bar.prices.close)?,
    };
    Some(PastBar { prices, ..bar })
}
