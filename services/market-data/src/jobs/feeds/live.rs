//! Live providers: what each of them says becomes one price for each asset.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use contracts::events::{AssetFacts, FeedDegraded, FeedRecovered};
use domain::{AssetId, Decimal, Price, PriceRange, Quantity, Source, Timestamp};
use tokio::{sync::mpsc, task::JoinSet, time::MissedTickBehavior};
use uuid::Uuid;

use super::{FeedContext, coingecko, file::send, past::Past, stream};
use crate::{
    domain::{
        asset::{Asset, Figures},
        consensus::{Consensus, Verdict},
        feed::FeedSpec,
        providers::Quote,
        sequencer::RawTick,
        simulator,
    },
    error::{Error, Result},
    jobs::{
        ingest::{self, FeedMessage, FeedTick},
        repair,
        status::SourceState,
    },
    state::State,
    store::feed::{self, SourceRow},
};

/// A minute is over so long after its end: until then its ticks may be on their way.
const GRACE: Duration = Duration::from_secs(2);
/// A price of the future is a mistake of somebody's clock.
const FUTURE: Duration = Duration::from_secs(60);
/// An observed price of a stable coin converts for so long.
pub(super) const RATE_LIVES: Duration = Duration::from_secs(600);

/// What a provider has said.
pub struct Heard {
    /// Who.
    pub source: Source,
    /// What.
    pub said: Vec<Said>,
}

/// One thing that a provider has said.
pub enum Said {
    /// A price of a pair.
    Quote(Quote),
    /// A price of an asset in USD, with the extremes since the last one where they are known.
    Price(AssetId, Price, Timestamp, Option<PriceRange>),
}

/// Lists what the providers are asked for, where nothing is listed yet: names and tickers only, all else is theirs to tell.
pub async fn list_assets(state: &State) -> Result<()> {
    let assets = simulator::assets().into_iter().map(|known| {
        let facts = AssetFacts {
            rank: None,
            ..known.asset.facts
        };
        Asset {
            facts,
            figures: Figures::default(),
            is_renamed: false,
        }
    });
    ingest::list(state, &assets.collect::<Vec<_>>()).await
}

/// Whether any live provider answers within five seconds.
pub async fn is_reachable(state_urls: &crate::config::ProviderOptions) -> bool {
    let probes = FeedSpec::LIVE.map(|source| Box::pin(probe(source, state_urls.clone())));
    let first = futures_util::future::select_ok(probes);
    tokio::time::timeout(Duration::from_secs(5), first)
        .await
        .is_ok_and(|first| first.is_ok())
}

async fn probe(source: Source, urls: crate::config::ProviderOptions) -> Result<()> {
    match source {
        Source::CoinGecko => coingecko::ping(&urls.coingecko_url).await,
        other => stream::connect(urls.of(other)).await.map(drop),
    }
}

/// Asks the providers until the term ends.
pub async fn run(context: FeedContext, sources: Vec<Source>, messages: mpsc::Sender<FeedMessage>) -> Result<()> {
    let state = context.state.clone();
    let (heard, mut quotes) = mpsc::channel(1_024);
    let mut providers: JoinSet<Result<()>> = JoinSet::new();
    let past = Past::new(state.clone(), &sources)?;
    for source in sources {
        match source {
            Source::CoinGecko => providers.spawn(coingecko::run(state.clone(), past.coingecko(), heard.clone())),
            other => providers.spawn(stream::run(state.clone(), other, heard.clone())),
        };
    }
    drop(heard);
    providers.spawn(repair::run(state.clone(), context.epoch, past));
    let mut hub = Hub {
        state: state.clone(),
        consensus: Consensus::new(),
        tickers: HashMap::new(),
        rates: HashMap::new(),
        is_up: false,
        last_heard: None,
    };
    hub.learn_tickers();
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            heard = quotes.recv() => {
                let heard = heard.ok_or(Error::Stopping)?;
                hub.take(heard, &messages).await?;
            }
            _ = second.tick() => hub.second(&messages).await?,
            Some(ended) = providers.join_next() => {
                ended.map_err(|error| Error::Feed(format!("a provider's task died: {error}")))??;
            }
        }
    }
}

struct Hub {
    state: Arc<State>,
    consensus: Consensus,
    tickers: HashMap<String, AssetId>,
    /// What a stable coin is worth in USD, and since when.
    rates: HashMap<String, (Decimal, Timestamp)>,
    is_up: bool,
    last_heard: Option<Timestamp>,
}

impl Hub {
    fn learn_tickers(&mut self) {
        let market = self.state.market();
        let symbols: HashSet<String> = market
            .entries()
            .map(|entry| entry.asset.facts.symbol.to_string())
            .collect();
        let named = symbols.into_iter().filter_map(|symbol| {
            let id = market.resolve(&symbol)?.id().clone();
            Some((symbol, id))
        });
        self.tickers = named.collect();
    }

    async fn take(&mut self, heard: Heard, messages: &mpsc::Sender<FeedMessage>) -> Result<()> {
        let now = self.state.now();
        self.last_heard = Some(now);
        let staleness = self.state.staleness();
        let mut ticks = Vec::new();
        for said in heard.said {
            let Some((asset, price, quantity, at, range)) = self.in_dollars(heard.source, said, now) else {
                continue;
            };
            if at > now.plus(FUTURE) {
                self.bad(heard.source, "future");
                continue;
            }
            // Clocks that run a little ahead must not close a minute early.
            let at = at.min(now);
            let Verdict::Counts(price) = self.consensus.take(&asset, heard.source, (price, at), &staleness) else {
                self.state
                    .metrics
                    .quarantined
                    .with_label_values(&[heard.source.as_str()])
                    .inc();
                continue;
            };
            self.note_rate(&asset, price, at);
            let tick = RawTick {
                asset,
                event_at: at,
                received_at: now,
                price,
                quantity,
                range,
                source: heard.source,
                position: None,
            };
            ticks.push(FeedTick { tick, symbol: None });
        }
        if ticks.is_empty() {
            return Ok(());
        }
        if !self.is_up {
            self.is_up = true;
            send(messages, FeedMessage::Up(now)).await?;
        }
        send(messages, FeedMessage::Ticks(ticks)).await
    }

    fn bad(&self, source: Source, reason: &str) {
        self.state
            .metrics
            .bad_items
            .with_label_values(&[source.as_str(), reason])
            .inc();
    }

    fn note_rate(&mut self, asset: &AssetId, price: Price, at: Timestamp) {
        let coin = match asset.as_str() {
            "tether" => "USDT",
            "usd-coin" => "USDC",
            _ => return,
        };
        self.rates.insert(coin.to_owned(), (price.value(), at));
    }

    /// A price of one of our assets in USD; nothing where the asset or the way to USD is unknown.
    #[allow(clippy::type_complexity, reason = "the parts of one tick, used once")]
    fn in_dollars(
        &self,
        source: Source,
        said: Said,
        now: Timestamp,
    ) -> Option<(AssetId, Price, Option<Quantity>, Timestamp, Option<PriceRange>)> {
        let quote = match said {
            Said::Price(asset, price, at, range) => return Some((asset, price, None, at, range)),
            Said::Quote(quote) => quote,
        };
        let asset = self.tickers.get(&quote.base)?.clone();
        if quote.quote == "USD" {
            return Some((asset, quote.price, quote.quantity, quote.at, None));
        }
        let rate = self
            .rates
            .get(&quote.quote)
            .filter(|(_, at)| now.since(*at) <= RATE_LIVES);
        let Some((rate, _)) = rate else {
            self.bad(source, "no_rate");
            return None;
        };
        let price = quote.price.value().checked_mul(*rate)?.round_dp(18).normalize();
        Some((asset, Price::new(price).ok()?, quote.quantity, quote.at, None))
    }

    async fn second(&mut self, messages: &mpsc::Sender<FeedMessage>) -> Result<()> {
        let now = self.state.now();
        self.learn_tickers();
        if self.is_up {
            send(messages, FeedMessage::Clock(now.minus(GRACE))).await?;
        }
        let patience = self.patience();
        if self.is_up && self.last_heard.is_none_or(|last| now.since(last) > patience) {
            self.is_up = false;
            send(messages, FeedMessage::Down(self.last_heard.unwrap_or(now))).await?;
        }
        Ok(())
    }

    /// Without a word from anybody for so long nobody watches the market.
    fn patience(&self) -> Duration {
        let staleness = self.state.staleness();
        let live = self
            .state
            .feed
            .all()
            .into_iter()
            .filter(|(_, report)| report.state == SourceState::Live);
        live.map(|(source, _)| staleness.after(source))
            .max()
            .unwrap_or(Duration::from_secs(10))
    }
}

/// What an administrator has set for a source. While the database does not say, what it said last.
pub async fn settings(state: &State, source: Source) -> Option<SourceRow> {
    let load = async {
        let mut conn = state.conn().await?;
        Ok::<_, Error>(feed::load_sources(&mut conn).await?)
    };
    match load.await {
        Ok(rows) => state.remember_sources(rows),
        Err(error) => tracing::warn!(%error, "the settings of the sources can't be read, those known go on counting"),
    }
    state.known_source(source)
}

/// Notes how a source fares and tells everybody where that changed.
pub async fn report(state: &State, source: Source, now_is: SourceState, error: Option<String>) {
    let now = state.now();
    let before = state.feed.get(source);
    if !state.feed.set(source, now_is, error.clone(), now) {
        return;
    }
    let was_well = before
        .as_ref()
        .is_none_or(|before| matches!(before.state, SourceState::Live | SourceState::Disabled));
    let since = before.and_then(|before| before.degraded_since).unwrap_or(now);
    let told = async {
        let mut conn = state.conn().await?;
        match now_is {
            SourceState::Degraded | SourceState::Down if was_well => {
                let reason = error.unwrap_or_else(|| "no answer".to_owned());
                let event = FeedDegraded {
                    source,
                    reason,
                    since: now,
                };
                state.outbox.add(&mut conn, &event, now, Uuid::now_v7()).await?;
            }
            SourceState::Live if !was_well => {
                let event = FeedRecovered {
                    source,
                    degraded_since: since,
                };
                state.outbox.add(&mut conn, &event, now, Uuid::now_v7()).await?;
            }
            _ => {}
        }
        Ok::<(), Error>(())
    };
    match told.await {
        Ok(()) => state.outbox.wake(),
        Err(error) => tracing::warn!(source = %source, error = %error, "the state of a source could not be told"),
    }
}
