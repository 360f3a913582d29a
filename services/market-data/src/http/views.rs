//! How assets look to clients.

use domain::{AssetId, Decimal, Price, Source, Symbol, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        market::{AssetEntry, Figures, Market},
        staleness::Staleness,
    },
    state::State,
};

/// A row of the list of assets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssetView {
    /// The asset.
    #[schema(value_type = String, example = "bitcoin")]
    pub asset_id: AssetId,
    /// Its ticker.
    #[schema(value_type = String, example = "BTC")]
    pub symbol: Symbol,
    /// Its name.
    pub name: String,
    /// Its logo.
    #[schema(required)]
    pub image_url: Option<String>,
    /// Its place by market cap.
    #[schema(required)]
    pub rank: Option<u32>,
    /// The newest price in USD.
    #[schema(value_type = Option<String>, required)]
    pub price: Option<Price>,
    /// Percent since an hour ago.
    #[schema(required)]
    pub change_1h: Option<f64>,
    /// Percent since a day ago.
    #[schema(required)]
    pub change_24h: Option<f64>,
    /// Percent since a week ago.
    #[schema(required)]
    pub change_7d: Option<f64>,
    /// Traded in the last 24 hours, in USD, as far as it was seen.
    #[schema(value_type = Option<String>, required)]
    pub volume_24h: Option<Decimal>,
    /// Price × circulating supply, in USD.
    #[schema(value_type = Option<String>, required)]
    pub market_cap: Option<Decimal>,
    /// Hourly closes of the last seven days, oldest first, then the newest price.
    #[schema(value_type = Vec<String>)]
    pub sparkline_7d: Vec<Price>,
    /// When the price was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub updated_at: Option<Timestamp>,
    /// Who said it.
    #[schema(value_type = Option<String>, required)]
    pub source: Option<Source>,
    /// Too old to be relied on.
    pub stale: bool,
}

/// One asset in detail.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssetDetailView {
    /// As in the list.
    #[serde(flatten)]
    pub asset: AssetView,
    /// Units in circulation.
    #[schema(value_type = Option<String>, required)]
    pub circulating_supply: Option<Decimal>,
    /// Units that exist.
    #[schema(value_type = Option<String>, required)]
    pub total_supply: Option<Decimal>,
    /// Units that can ever exist.
    #[schema(value_type = Option<String>, required)]
    pub max_supply: Option<Decimal>,
    /// The highest price ever.
    #[schema(value_type = Option<String>, required)]
    pub ath: Option<Decimal>,
    /// When that was.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub ath_at: Option<Timestamp>,
    /// The lowest price ever.
    #[schema(value_type = Option<String>, required)]
    pub atl: Option<Decimal>,
    /// When that was.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub atl_at: Option<Timestamp>,
    /// Who says its prices.
    #[schema(value_type = Vec<String>)]
    pub providers: Vec<Source>,
}

/// The newest price of an asset.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceView {
    /// The asset.
    #[schema(value_type = String)]
    pub asset_id: AssetId,
    /// Its ticker.
    #[schema(value_type = String)]
    pub symbol: Symbol,
    /// Its name.
    pub name: String,
    /// The newest price in USD; null while there is none.
    #[schema(value_type = Option<String>, required)]
    pub price: Option<Price>,
    /// When the price was made.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub timestamp: Option<Timestamp>,
    /// The same.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub updated_at: Option<Timestamp>,
    /// Too old to be relied on.
    pub stale: bool,
    /// Who said it.
    #[schema(value_type = Option<String>, required)]
    pub source: Option<Source>,
}

/// Looks at the market at one moment.
pub struct Viewer<'a> {
    /// The market.
    pub market: &'a Market,
    /// When prices are stale.
    pub staleness: Staleness,
    /// The moment.
    pub now: Timestamp,
}

impl<'a> Viewer<'a> {
    /// Looks at the market now.
    pub fn new(state: &State, market: &'a Market) -> Self {
        Self {
            market,
            staleness: state.staleness(),
            now: state.now(),
        }
    }

    /// Whether an asset's newest price is stale; without a price there is none to rely on.
    pub fn is_stale(&self, entry: &AssetEntry) -> bool {
        entry.last.as_ref().is_none_or(|last| {
            self.staleness
                .is_stale(last.source, last.event_at, last.received_at, self.now)
        })
    }

    /// A row of the list.
    pub fn asset(&self, entry: &AssetEntry) -> AssetView {
        let facts = &entry.asset.facts;
        let last = entry.last.as_ref();
        let Figures {
            change_1h,
            change_24h,
            change_7d,
            volume_24h,
            market_cap,
        } = self.market.figures(entry);
        AssetView {
            asset_id: facts.asset_id.clone(),
            symbol: facts.symbol.clone(),
            name: facts.name.clone(),
            image_url: facts.image_url.clone(),
            rank: facts.rank,
            price: last.map(|last| last.price),
            change_1h,
            change_24h,
            change_7d,
            volume_24h: volume_24h.map(|volume| volume.round_dp(2)),
            market_cap,
            sparkline_7d: self.market.sparkline(entry),
            updated_at: last.map(|last| last.event_at),
            source: last.map(|last| last.source),
            stale: self.is_stale(entry),
        }
    }

    /// One asset in detail.
    pub fn detail(&self, entry: &AssetEntry) -> AssetDetailView {
        let figures = &entry.asset.figures;
        AssetDetailView {
            asset: self.asset(entry),
            circulating_supply: figures.circulating_supply,
            total_supply: figures.total_supply,
            max_supply: figures.max_supply,
            ath: figures.ath.map(|(price, _)| price),
            ath_at: figures.ath.and_then(|(_, at)| at),
            atl: figures.atl.map(|(price, _)| price),
            atl_at: figures.atl.and_then(|(_, at)| at),
            providers: entry.last.iter().map(|last| last.source).collect(),
        }
    }

    /// The newest price.
    pub fn price(&self, entry: &AssetEntry) -> PriceView {
        let facts = &entry.asset.facts;
        let last = entry.last.as_ref();
        PriceView {
            asset_id: facts.asset_id.clone(),
            symbol: facts.symbol.clone(),
            name: facts.name.clone(),
            price: last.map(|last| last.price),
            timestamp: last.map(|last| last.event_at),
            updated_at: last.map(|last| last.event_at),
            stale: self.is_stale(entry),
            source: last.map(|last| last.source),
        }
    }
}
