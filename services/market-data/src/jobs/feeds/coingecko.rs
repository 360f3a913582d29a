//! CoinGecko, polled: names, ranks, supplies, and prices where nobody streams them.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use contracts::events::{AssetListed, AssetUpdated};
use diesel_async::AsyncConnection;
use domain::{AssetId, Source, Timestamp};
use reqwest::RequestBuilder;
use secrecy::ExposeSecret;
use tokio::sync::mpsc;
use url::Url;
use uuid::Uuid;

use super::{
    live::{Heard, Said, report, settings},
    rest::{Failed, Rest},
};
use crate::{
    domain::{
        asset::Asset,
        providers::{
            budget::Budget,
            coingecko::{Listing, Markets, parse_coin, parse_markets},
            rounds::{Question, Rounds},
        },
    },
    error::{Error, Result},
    jobs::status::SourceState,
    state::State,
    store::{assets, feed::SourceRow},
};

/// How often CoinGecko is asked where nobody says otherwise.
pub const POLL: Duration = Duration::from_secs(60);
/// Waits are cut into such steps.
const STEP: Duration = Duration::from_secs(10);

/// Whether it answers at all.
pub async fn ping(url: &str) -> Result<()> {
    let answer = Rest::new(Source::CoinGecko, POLL)?
        .get(&format!("{url}/ping"))
        .send()
        .await
        .map_err(|error| Error::Feed(error.to_string()))?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(Error::Feed(format!("status {}", answer.status())))
    }
}

/// Asks again and again, within the budget.
pub async fn run(state: Arc<State>, rest: Arc<Rest>, heard: mpsc::Sender<Heard>) -> Result<()> {
    let rounds = Rounds::new(state.config.providers.coingecko_assets);
    let mut poller = Poller {
        state,
        rest,
        heard,
        rounds,
        seen: HashMap::new(),
    };
    while !poller.heard.is_closed() {
        poller.go_on().await?;
    }
    Err(Error::Stopping)
}

struct Poller {
    state: Arc<State>,
    rest: Arc<Rest>,
    heard: mpsc::Sender<Heard>,
    rounds: Rounds,
    /// The times of the newest prices that were told.
    seen: HashMap<AssetId, Timestamp>,
}

impl Poller {
    /// Waits a while, or asks what is due.
    async fn go_on(&mut self) -> Result<()> {
        let row = settings(&self.state, Source::CoinGecko).await;
        if row.as_ref().is_some_and(|row| !row.enabled) {
            self.rounds.abandon(Instant::now());
            self.rest.budget().ends_round();
            report(&self.state, Source::CoinGecko, SourceState::Disabled, None).await;
            return pause(&self.state, STEP).await;
        }
        self.promise(period_of(row));
        let wait = self.wait(Instant::now());
        if !wait.is_zero() {
            // In short steps, so that what an administrator sets on another instance is noticed.
            return pause(&self.state, wait.min(STEP)).await;
        }
        self.ask().await
    }

    /// Says how often each price is told anew: as often as was set, unless a round takes longer.
    fn promise(&self, period: Duration) {
        let mut budget = self.rest.budget();
        budget.set_period(period, self.rounds.requests());
        let longest = self.rounds.lasted() + budget.spacing();
        self.state.set_poll(Source::CoinGecko, budget.pace().max(longest));
    }

    fn wait(&mut self, now: Instant) -> Duration {
        let budget = self.rest.budget();
        if self.rounds.question().is_some() {
            if let Some(wait) = budget.wait_in_round(now) {
                return wait;
            }
            // A question about the past that was under way has failed.
            self.rounds.abandon(now);
        }
        budget.wait(now)
    }

    async fn ask(&mut self) -> Result<()> {
        let question = match self.rounds.question() {
            Some(question) => question,
            None => {
                let now = Instant::now();
                self.rest.budget().begins_round(now);
                self.rounds.begin(now)
            }
        };
        let outcome = match &question {
            Question::Page { page, per_page } => match self.page(*page, *per_page).await {
                Ok(markets) => self.take_page(markets).await,
                Err(failed) => return self.failed(failed).await,
            },
            Question::Coin(id) => match self.coin(id).await? {
                Ok(markets) => self.take_coin(id, markets).await,
                Err(failed) => return self.failed(failed).await,
            },
        };
        if self.rounds.question().is_none() {
            self.rest.budget().ends_round();
        }
        outcome
    }

    async fn page(&self, page: usize, per_page: usize) -> Result<Markets, Failed> {
        let (per_page, page) = (per_page.to_string(), page.to_string());
        let query = [
            ("vs_currency", "usd"),
            ("order", "market_cap_desc"),
            ("per_page", per_page.as_str()),
            ("page", page.as_str()),
        ];
        let url = format!("{}/coins/markets", self.state.config.providers.coingecko_url);
        let request = request(&self.state, &self.rest, &url).query(&query);
        self.rest.poll(&self.state, request, parse_markets).await
    }

    /// Asks for one asset; one that CoinGecko does not know is none.
    async fn coin(&self, id: &AssetId) -> Result<Result<Markets, Failed>> {
        let url = url_of(&self.state, &[id.as_str()])?;
        let query = [
            ("localization", "false"),
            ("tickers", "false"),
            ("market_data", "true"),
            ("community_data", "false"),
            ("developer_data", "false"),
            ("sparkline", "false"),
        ];
        let request = request(&self.state, &self.rest, url.as_str()).query(&query);
        Ok(match self.rest.ask_for(&self.state, request, parse_coin).await {
            Err(failed) if failed.is_refusal() => {
                tracing::info!(asset.id = %id, why = failed.why, "CoinGecko does not know an asset");
                Ok(Markets::default())
            }
            outcome => outcome,
        })
    }

    /// Assets that are not to be followed are none of ours, unless we know them.
    async fn take_page(&mut self, mut markets: Markets) -> Result<()> {
        {
            let market = self.state.market();
            let mut place = 0..;
            let rounds = &self.rounds;
            markets.listings.retain(|listing| {
                place.next().is_some_and(|place| rounds.follows(place)) || market.get(&listing.facts.asset_id).is_some()
            });
        }
        self.take(&markets).await?;
        let listings = markets.listings.into_iter();
        let page: Vec<AssetId> = listings.map(|listing| listing.facts.asset_id).collect();
        let known: Vec<AssetId> = {
            let market = self.state.market();
            let enabled = market.entries().filter(|entry| entry.asset.facts.enabled);
            enabled.map(|entry| entry.id().clone()).collect()
        };
        let room = self.rest.budget().room();
        self.rounds.listed(&page, &known, room, Instant::now());
        Ok(())
    }

    async fn take_coin(&mut self, id: &AssetId, mut markets: Markets) -> Result<()> {
        let told = markets.listings.len();
        markets.listings.retain(|listing| listing.facts.asset_id == *id);
        markets.bad += told - markets.listings.len();
        self.take(&markets).await?;
        self.rounds.told(!markets.listings.is_empty(), Instant::now());
        Ok(())
    }

    async fn take(&mut self, markets: &Markets) -> Result<()> {
        self.state
            .metrics
            .bad_items
            .with_label_values(&["coingecko", "unreadable"])
            .inc_by(markets.bad as u64);
        save(&self.state, &markets.listings).await?;
        report(&self.state, Source::CoinGecko, SourceState::Live, None).await;
        let said = news(&markets.listings, &mut self.seen);
        let source = Source::CoinGecko;
        let told = self.heard.send(Heard { source, said }).await;
        told.map_err(|_| Error::Stopping)
    }

    /// A failure ends the round.
    async fn failed(&mut self, failed: Failed) -> Result<()> {
        self.rounds.abandon(Instant::now());
        tracing::warn!(why = failed.why, "CoinGecko gave nothing");
        let now_is = if self.rest.budget().is_open() {
            SourceState::Down
        } else {
            SourceState::Degraded
        };
        report(&self.state, Source::CoinGecko, now_is, Some(failed.why)).await;
        Ok(())
    }
}

/// Learns how often CoinGecko is asked, where another instance asks it: what is stale is so on all of them.
pub async fn learn_pace(state: &State) {
    let period = period_of(settings(state, Source::CoinGecko).await);
    let mut budget = Budget::new(period);
    let rounds = Rounds::new(state.config.providers.coingecko_assets);
    budget.set_period(period, rounds.requests());
    state.set_poll(Source::CoinGecko, budget.pace());
}

/// What an administrator has set.
fn period_of(row: Option<SourceRow>) -> Duration {
    let seconds = row
        .and_then(|row| row.poll_seconds)
        .and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map_or(POLL, Duration::from_secs)
}

async fn pause(state: &State, longest: Duration) -> Result<()> {
    tokio::select! {
        () = state.settings_changed.notified() => Ok(()),
        outcome = state.pause(longest) => outcome,
    }
}

/// The address of what CoinGecko tells of a coin.
pub fn url_of(state: &State, path: &[&str]) -> Result<Url> {
    let base = &state.config.providers.coingecko_url;
    let mut url = Url::parse(base).map_err(|error| Error::Feed(format!("{base} is no address: {error}")))?;
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push("coins").extend(path);
    }
    Ok(url)
}

/// The beginning of a request, with the key of a paid plan.
pub fn request(state: &State, rest: &Rest, url: &str) -> RequestBuilder {
    let key = state.config.coingecko_api_key.expose_secret();
    match key {
        "" => rest.get(url),
        key => rest.get(url).header("x-cg-pro-api-key", key),
    }
}

/// The prices that are newer than the last ones seen: a frozen answer is no news.
fn news(listings: &[Listing], seen: &mut HashMap<AssetId, Timestamp>) -> Vec<Said> {
    let mut said = Vec::new();
    for listing in listings {
        let Some((price, at)) = listing.price else { continue };
        let id = &listing.facts.asset_id;
        if seen.get(id).is_none_or(|last| *last < at) {
            seen.insert(id.clone(), at);
            said.push(Said::Price(id.clone(), price, at, None));
        }
    }
    said
}

/// Keeps what changed of assets, and tells the others what concerns them.
async fn save(state: &State, listings: &[Listing]) -> Result<()> {
    let now = state.now();
    let mut conn = state.conn().await?;
    let known: HashMap<AssetId, Asset> = assets::load_all(&mut conn)
        .await?
        .into_iter()
        .map(|asset| (asset.facts.asset_id.clone(), asset))
        .collect();
    let changed: Vec<&Listing> = listings
        .iter()
        .filter(|listing| {
            known
                .get(&listing.facts.asset_id)
                .is_none_or(|asset| merged(asset, listing) != *asset)
        })
        .collect();
    conn.transaction(async |conn| {
        for listing in changed {
            let Some(before) = assets::lock(conn, &listing.facts.asset_id).await? else {
                let asset = Asset {
                    facts: listing.facts.clone(),
                    figures: listing.figures.clone(),
                    is_renamed: false,
                };
                if assets::insert(conn, &asset).await? {
                    state
                        .outbox
                        .add(conn, &AssetListed(asset.facts), now, Uuid::now_v7())
                        .await?;
                }
                continue;
            };
            let mut asset = merged(&before, listing);
            let is_news = asset.facts != before.facts;
            asset.facts.version += u64::from(is_news);
            assets::save(conn, &asset).await?;
            if is_news && asset.facts.enabled {
                state
                    .outbox
                    .add(conn, &AssetUpdated(asset.facts), now, Uuid::now_v7())
                    .await?;
            }
        }
        Ok::<(), Error>(())
    })
    .await?;
    state.outbox.wake();
    let all = assets::load_all(&mut conn).await?;
    state.market_mut().set_assets(all);
    Ok(())
}

/// An asset with what CoinGecko tells of it; an administrator's names stay.
fn merged(asset: &Asset, listing: &Listing) -> Asset {
    let mut merged = asset.clone();
    if !asset.is_renamed {
        merged.facts.name = listing.facts.name.clone();
        merged.facts.symbol = listing.facts.symbol.clone();
    }
    merged.facts.image_url = listing.facts.image_url.clone();
    merged.facts.rank = listing.facts.rank;
    merged.figures = listing.figures.clone();
    merged
}
