//! The assets by id and by ticker.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::{AssetId, Symbol};

/// What is known of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// Its ticker.
    pub symbol: Symbol,
    /// Its name.
    pub name: String,
    /// Its place by market cap.
    pub rank: Option<i32>,
    /// Offered to users.
    pub enabled: bool,
}

#[derive(Debug, Default)]
struct Index {
    by_id: HashMap<AssetId, Arc<Asset>>,
    by_symbol: HashMap<Symbol, Arc<Asset>>,
}

/// All assets, replaced as a whole.
#[derive(Debug, Default)]
pub struct Catalogue(RwLock<Option<Arc<Index>>>);

impl Catalogue {
    /// Replaces all assets.
    pub fn replace(&self, assets: Vec<Asset>) {
        let mut index = Index::default();
        for asset in assets {
            let asset = Arc::new(asset);
            let slot = index
                .by_symbol
                .entry(asset.symbol.clone())
                .or_insert_with(|| asset.clone());
            if precedence(&asset) < precedence(slot) {
                *slot = asset.clone();
            }
            index.by_id.insert(asset.id.clone(), asset);
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(index));
    }

    /// Whether the assets are known; before, every one of them would seem unknown.
    pub fn is_loaded(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The asset that a client means: the enabled one of exactly this id, or the one with the best rank of those with that
    /// ticker in any case; an id in another case is the last resort. Where none is enabled, one that no longer is.
    pub fn resolve(&self, raw: &str) -> Option<Arc<Asset>> {
        let index = self.index();
        let by_id = AssetId::parse(raw).ok().and_then(|id| index.by_id.get(&id));
        let by_symbol = Symbol::parse(raw).ok().and_then(|symbol| index.by_symbol.get(&symbol));
        let exact = by_id.filter(|asset| asset.id.as_str() == raw);
        let candidates: Vec<&Arc<Asset>> = [exact, by_symbol, by_id].into_iter().flatten().collect();
        let offered = candidates.iter().find(|asset| asset.enabled);
        offered.or(candidates.first()).map(|asset| Arc::clone(asset))
    }

    /// The asset of an id.
    pub fn get(&self, id: &str) -> Option<Arc<Asset>> {
        self.index().by_id.get(id).cloned()
    }

    fn index(&self) -> Arc<Index> {
        let index = self.0.read().unwrap_or_else(PoisonError::into_inner);
        index.clone().unwrap_or_default()
    }
}

fn precedence(asset: &Asset) -> (bool, i32, &AssetId) {
    (!asset.enabled, asset.rank.unwrap_or(i32::MAX), &asset.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(id: &str, symbol: &str, rank: Option<i32>, enabled: bool) -> Asset {
        Asset {
            id: AssetId::parse(id).expect("id"),
            symbol: Symbol::parse(symbol).expect("symbol"),
            name: id.to_owned(),
            rank,
            enabled,
        }
    }

    #[test]
    fn reliability_42_a_ticker_names_the_enabled_asset_with_the_best_rank() {
        let catalogue = Catalogue::default();
        catalogue.replace(vec![
            asset("moon-b", "MOON", Some(9), true),
            asset("moon-a", "MOON", Some(5), true),
            asset("moon-top", "MOON", Some(1), false),
            asset("moon-unranked", "MOON", None, true),
        ]);
        assert_eq!(
            catalogue.resolve("moon").map(|asset| asset.id.to_string()),
            Some("moon-a".to_owned())
        );
        assert_eq!(catalogue.resolve("moon-top").map(|asset| asset.enabled), Some(false));
        assert!(catalogue.resolve("nothing").is_none());
    }

    #[test]
    fn reliability_42_an_id_that_looks_like_a_ticker_is_meant_only_where_it_is_written_exactly() {
        let catalogue = Catalogue::default();
        let named = |text: &str| catalogue.resolve(text).map(|asset| asset.id.to_string());
        let named_btc = || [named("btc"), named("BTC"), named("Btc")].map(Option::unwrap_or_default);
        let bitcoin = asset("bitcoin", "BTC", Some(1), true);
        catalogue.replace(vec![asset("btc", "TINY", Some(900), true), bitcoin.clone()]);
        assert_eq!(named_btc(), ["btc", "bitcoin", "bitcoin"]);
        assert_eq!(named("Bitcoin").as_deref(), Some("bitcoin"));
        // What is no longer offered gives its name away, and is meant only where nothing else is.
        catalogue.replace(vec![asset("btc", "TINY", Some(900), false), bitcoin]);
        assert_eq!(named_btc(), ["bitcoin", "bitcoin", "bitcoin"]);
        assert_eq!(named("tiny").as_deref(), Some("btc"));
    }
}
