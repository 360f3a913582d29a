//! CoinGecko's `/coins/markets`: what assets are, what they are worth, and slow prices.

use contracts::events::AssetFacts;
use domain::{AssetId, Decimal, Price, PriceRange, Symbol, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{decimal, moment, price, read};
use crate::domain::asset::Figures;

/// One asset as CoinGecko tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// What other services will know of it.
    pub facts: AssetFacts,
    /// Supplies, records and totals.
    pub figures: Figures,
    /// The price in USD, and when it was made.
    pub price: Option<(Price, Timestamp)>,
    /// The day's extremes.
    pub day: Option<PriceRange>,
}

/// A page of assets, and how many of its items could not be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Markets {
    /// The assets.
    pub listings: Vec<Listing>,
    /// Items without id, ticker or name, or that are no objects.
    pub bad: usize,
}

#[derive(Deserialize)]
struct Item<'a> {
    id: String,
    symbol: String,
    name: String,
    image: Option<String>,
    #[serde(borrow)]
    current_price: Option<&'a RawValue>,
    #[serde(borrow)]
    market_cap: Option<&'a RawValue>,
    market_cap_rank: Option<u32>,
    #[serde(borrow)]
    total_volume: Option<&'a RawValue>,
    #[serde(borrow)]
    high_24h: Option<&'a RawValue>,
    #[serde(borrow)]
    low_24h: Option<&'a RawValue>,
    #[serde(borrow)]
    circulating_supply: Option<&'a RawValue>,
    #[serde(borrow)]
    total_supply: Option<&'a RawValue>,
    #[serde(borrow)]
    max_supply: Option<&'a RawValue>,
    #[serde(borrow)]
    ath: Option<&'a RawValue>,
    ath_date: Option<String>,
    #[serde(borrow)]
    atl: Option<&'a RawValue>,
    atl_date: Option<String>,
    last_updated: Option<String>,
}

/// Reads a page; `None` where it is no list at all, an error page for example.
pub fn parse_markets(text: &str) -> Option<Markets> {
    let items = read::<Vec<&RawValue>>(text)?;
    let mut listings: Vec<Listing> = Vec::with_capacity(items.len());
    for item in &items {
        let listing = read::<Item<'_>>(item.get()).and_then(|item| listing(&item));
        let is_new = |listing: &Listing| {
            !listings
                .iter()
                .any(|known| known.facts.asset_id == listing.facts.asset_id)
        };
        listings.extend(listing.filter(is_new));
    }
    let bad = items.len() - listings.len();
    Some(Markets { listings, bad })
}

fn listing(item: &Item<'_>) -> Option<Listing> {
    let facts = AssetFacts {
        asset_id: AssetId::parse(&item.id).ok()?,
        symbol: Symbol::parse(item.symbol.trim()).ok()?,
        name: item.name.chars().filter(|c| !c.is_control()).take(100).collect(),
        image_url: item.image.clone().filter(|url| url.starts_with("https://")),
        rank: item.market_cap_rank.filter(|rank| *rank > 0),
        enabled: true,
        version: 1,
    };
    // A supply or cap of zero means that nobody knows it.
    let known = |raw: Option<&RawValue>| raw.and_then(decimal).filter(|value| *value > Decimal::ZERO);
    let record = |raw, at: &Option<String>| known(raw).map(|value| (value, at.as_deref().and_then(moment)));
    let updated_at = item.last_updated.as_deref().and_then(moment);
    let figures = Figures {
        circulating_supply: known(item.circulating_supply),
        total_supply: known(item.total_supply),
        max_supply: known(item.max_supply),
        ath: record(item.ath, &item.ath_date),
        atl: record(item.atl, &item.atl_date),
        market_cap: known(item.market_cap),
        volume_24h: item
            .total_volume
            .and_then(decimal)
            .filter(|value| *value >= Decimal::ZERO),
        facts_at: updated_at,
    };
    let day = item.low_24h.and_then(price).zip(item.high_24h.and_then(price));
    Some(Listing {
        facts,
        figures,
        price: item.current_price.and_then(price).zip(updated_at),
        day: day.map(|(low, high)| PriceRange { low, high }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_items_are_kept_and_bad_ones_counted() {
        let text = r#"[{"id":"abc","symbol":"abc","name":"Abc","current_price":1.2e-8,"market_cap":0,"circulating_supply":null,"last_updated":"2026-01-05T00:00:00Z"},
            {"id":"abc","symbol":"abc","name":"again"}, {"id":"x"}, null, {"id":"n","symbol":"n","name":"N","current_price":null,"last_updated":null},
            {"id":"neg","symbol":"neg","name":"Neg","current_price":-5,"last_updated":"2026-01-05T00:00:00Z"}]"#;
        let markets = parse_markets(text).expect("a list");
        assert_eq!((markets.listings.len(), markets.bad), (3, 3));
        let first = &markets.listings[0];
        assert_eq!(
            first.price.map(|(price, _)| price.to_string()),
            Some("0.000000012".to_owned())
        );
        assert_eq!(
            (first.figures.market_cap, first.figures.circulating_supply),
            (None, None)
        );
        assert!(markets.listings[1].price.is_none() && markets.listings[2].price.is_none());
        assert_eq!(parse_markets("<html>"), None);
        assert_eq!(parse_markets(r#"{"status": 500}"#), None);
    }
}
