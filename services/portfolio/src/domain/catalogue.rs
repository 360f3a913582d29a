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

    /// The asset of a ticker in any case, or of an asset id. Of several with one ticker, the enabled one with the best rank.
    pub fn resolve(&self, raw: &str) -> Option<Arc<Asset>> {
        let index = self.index();
        let by_symbol = Symbol::parse(raw)
            .ok()
            .and_then(|symbol| index.by_symbol.get(&symbol).cloned());
        by_symbol.or_else(|| AssetId::parse(raw).ok().and_then(|id| index.by_id.get(&id).cloned()))
    }

    /// The asset of an id.
    pub fn get(&self, id: &str) -> Option<Arc<Asset>> {
        self.index().by_id.get(id).cloned()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.index().by_id.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
}
