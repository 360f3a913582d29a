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
use uuid::Uuid;

use super::{
    live::{Heard, Said, report, settings},
    rest::{Failed, Rest},
};
use crate::{
    domain::{
        asset::Asset,
        providers::coingecko::{Listing, Markets, parse_markets},
    },
    error::{Error, Result},
    jobs::status::SourceState,
    state::State,
    store::assets,
};

/// How often CoinGecko is asked where nobody says otherwise.
pub const POLL: Duration = Duration::from_secs(60);

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
    let mut seen = HashMap::new();
    while !heard.is_closed() {
        let row = settings(&state, Source::CoinGecko).await;
        if row.as_ref().is_some_and(|row| !row.enabled) {
            report(&state, Source::CoinGecko, SourceState::Disabled, None).await;
            pause(&state, Duration::from_secs(10)).await?;
            continue;
        }
        let seconds = row
            .and_then(|row| row.poll_seconds)
            .and_then(|seconds| u64::try_from(seconds).ok());
        let period = seconds.map_or(POLL, Duration::from_secs);
        rest.budget().set_period(period);
        state.set_poll(Source::CoinGecko, period);
        let wait = rest.budget().wait(Instant::now());
        if !wait.is_zero() {
            // In short steps, so that what an administrator sets on another instance is noticed.
            pause(&state, wait.min(Duration::from_secs(10))).await?;
            continue;
        }
        match fetch(&state, &rest).await {
            Ok(markets) => take(&state, &markets, &mut seen, &heard).await?,
            Err(Failed { why, .. }) => {
                tracing::warn!(why, "CoinGecko gave nothing");
                let now_is = if rest.budget().is_open() {
                    SourceState::Down
                } else {
                    SourceState::Degraded
                };
                report(&state, Source::CoinGecko, now_is, Some(why)).await;
            }
        }
    }
    Err(Error::Stopping)
}

async fn take(
    state: &State,
    markets: &Markets,
    seen: &mut HashMap<AssetId, Timestamp>,
    heard: &mpsc::Sender<Heard>,
) -> Result<()> {
    state
        .metrics
        .bad_items
        .with_label_values(&["coingecko", "unreadable"])
        .inc_by(markets.bad as u64);
    save(state, &markets.listings).await?;
    report(state, Source::CoinGecko, SourceState::Live, None).await;
    let said = news(&markets.listings, seen);
    let source = Source::CoinGecko;
    heard.send(Heard { source, said }).await.map_err(|_| Error::Stopping)
}

async fn pause(state: &State, longest: Duration) -> Result<()> {
    tokio::select! {
        () = state.settings_changed.notified() => Ok(()),
        outcome = state.pause(longest) => outcome,
    }
}

async fn fetch(state: &State, rest: &Rest) -> Result<Markets, Failed> {
    let query = [
        ("vs_currency", "usd"),
        ("order", "market_cap_desc"),
        ("per_page", "100"),
        ("page", "1"),
    ];
    let url = format!("{}/coins/markets", state.config.providers.coingecko_url);
    let request = request(state, rest, &url).query(&query);
    rest.poll(state, request, parse_markets).await
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
