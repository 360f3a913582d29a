//! CoinGecko's `/coins/markets` and `/coins/{id}`: what assets are, what they are worth, and slow prices.

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

/// A page of assets, or one, and how many items could not be used.
#[derive(Debug, Clone, PartialEq, Default)]
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

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "id")]
    _id: String,
}

#[derive(Deserialize)]
struct Coin<'a> {
    id: String,
    symbol: String,
    name: String,
    image: Option<Image>,
    market_cap_rank: Option<u32>,
    #[serde(borrow, default)]
    market_data: Option<MarketData<'a>>,
    last_updated: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Image {
    Url(String),
    Sizes {
        large: Option<String>,
        small: Option<String>,
        thumb: Option<String>,
    },
}

impl Image {
    fn url(self) -> Option<String> {
        match self {
            Self::Url(url) => Some(url),
            Self::Sizes { large, small, thumb } => large.or(small).or(thumb),
        }
    }
}

/// What is told in each currency; only dollars are of interest.
#[derive(Deserialize)]
struct InDollars<T> {
    usd: Option<T>,
}

type Amount<'a> = Option<InDollars<&'a RawValue>>;

#[derive(Deserialize, Default)]
struct MarketData<'a> {
    #[serde(borrow)]
    current_price: Amount<'a>,
    #[serde(borrow)]
    market_cap: Amount<'a>,
    #[serde(borrow)]
    total_volume: Amount<'a>,
    #[serde(borrow)]
    high_24h: Amount<'a>,
    #[serde(borrow)]
    low_24h: Amount<'a>,
    #[serde(borrow)]
    circulating_supply: Option<&'a RawValue>,
    #[serde(borrow)]
    total_supply: Option<&'a RawValue>,
    #[serde(borrow)]
    max_supply: Option<&'a RawValue>,
    #[serde(borrow)]
    ath: Amount<'a>,
    ath_date: Option<InDollars<String>>,
    #[serde(borrow)]
    atl: Amount<'a>,
    atl_date: Option<InDollars<String>>,
    last_updated: Option<String>,
}

/// Reads one asset; `None` where it is none at all, an error page for example.
pub fn parse_coin(text: &str) -> Option<Markets> {
    read::<Named>(text)?;
    let found = read::<Coin<'_>>(text).and_then(|coin| listing(&coin.into()));
    let bad = usize::from(found.is_none());
    let listings = found.into_iter().collect();
    Some(Markets { listings, bad })
}

impl<'a> From<Coin<'a>> for Item<'a> {
    fn from(coin: Coin<'a>) -> Self {
        fn usd<T>(told: Option<InDollars<T>>) -> Option<T> {
            told.and_then(|told| told.usd)
        }
        let data = coin.market_data.unwrap_or_default();
        Self {
            id: coin.id,
            symbol: coin.symbol,
            name: coin.name,
            image: coin.image.and_then(Image::url),
            current_price: usd(data.current_price),
            market_cap: usd(data.market_cap),
            market_cap_rank: coin.market_cap_rank,
            total_volume: usd(data.total_volume),
            high_24h: usd(data.high_24h),
            low_24h: usd(data.low_24h),
            circulating_supply: data.circulating_supply,
            total_supply: data.total_supply,
            max_supply: data.max_supply,
            ath: usd(data.ath),
            ath_date: usd(data.ath_date),
            atl: usd(data.atl),
            atl_date: usd(data.atl_date),
            last_updated: data.last_updated.or(coin.last_updated),
        }
    }
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

    #[test]
    fn one_asset_is_read_like_an_item_of_a_page() {
        let text = r#"{"id":"abc","symbol":"abc","name":"Abc","image":{"thumb":"https://a/t","small":"https://a/s","large":"https://a/l"},
            "market_cap_rank":321,"market_data":{"current_price":{"eur":1,"usd":1.2e-8},"market_cap":{"usd":0},"total_volume":{"usd":5.5},
            "high_24h":{"usd":2e-8},"low_24h":{"usd":1e-8},"circulating_supply":7,"total_supply":null,"max_supply":21,
            "ath":{"usd":3},"ath_date":{"usd":"2021-05-18T21:19:59.514Z"},"atl":{},"atl_date":{},"last_updated":"2026-01-05T00:00:00Z"},
            "last_updated":"2026-01-05T00:00:01Z"}"#;
        let page = r#"[{"id":"abc","symbol":"abc","name":"Abc","image":"https://a/l","market_cap_rank":321,"current_price":1.2e-8,"market_cap":0,
            "total_volume":5.5,"high_24h":2e-8,"low_24h":1e-8,"circulating_supply":7,"total_supply":null,"max_supply":21,"ath":3,
            "ath_date":"2021-05-18T21:19:59.514Z","atl":null,"atl_date":null,"last_updated":"2026-01-05T00:00:00Z"}]"#;
        assert_eq!(parse_coin(text), parse_markets(page));
        assert_eq!(parse_coin(text).map(|coin| coin.listings.len()), Some(1));
    }

    #[test]
    fn what_is_not_told_of_one_asset_is_unknown_and_what_is_none_is_refused() {
        let bare = r#"{"id":"abc","symbol":"abc","name":"Abc","image":"missing_large.png","market_data":{"current_price":{},"market_cap":null}}"#;
        for text in [bare, r#"{"id":"abc","symbol":"abc","name":"Abc"}"#] {
            let coin = parse_coin(text).expect("an asset");
            assert_eq!(coin.bad, 0, "{text}");
            let listing = &coin.listings[0];
            assert_eq!((&listing.price, &listing.facts.image_url), (&None, &None), "{text}");
            assert_eq!(listing.figures, Figures::default(), "{text}");
        }
        let bad = Some(Markets {
            listings: Vec::new(),
            bad: 1,
        });
        assert_eq!(parse_coin(r#"{"id":"abc","symbol":null,"name":"Abc"}"#), bad);
        assert_eq!(parse_coin(r#"{"id":"abc","symbol":"a b c","name":"Abc"}"#), bad);
        for text in [r#"{"error":"coin not found"}"#, "<html>", "[]", "null"] {
            assert_eq!(parse_coin(text), None, "{text}");
        }
    }
}
