use contracts::events::AssetFacts;
use domain::{AssetId, Symbol};

use super::Market;
use crate::domain::asset::{Asset, Figures};

fn asset(id: &str, symbol: &str, rank: u32, enabled: bool) -> Asset {
    Asset {
        facts: AssetFacts {
            asset_id: AssetId::parse(id).expect("id"),
            symbol: Symbol::parse(symbol).expect("symbol"),
            name: id.to_owned(),
            image_url: None,
            rank: Some(rank),
            enabled,
            version: 1,
        },
        figures: Figures::default(),
        is_renamed: false,
    }
}

#[test]
fn reliability_42_an_id_that_looks_like_a_ticker_is_meant_only_where_it_is_written_exactly() {
    let mut market = Market::new(1);
    market.set_assets(vec![asset("btc", "TINY", 900, true), asset("bitcoin", "BTC", 1, true)]);
    for (text, id) in [
        ("btc", "btc"),
        ("BTC", "bitcoin"),
        ("Btc", "bitcoin"),
        ("Bitcoin", "bitcoin"),
    ] {
        assert_eq!(
            market.resolve(text).map(|entry| entry.id().as_str()),
            Some(id),
            "{text}"
        );
    }
    // What is no longer offered gives its name away.
    market.set_assets(vec![asset("btc", "TINY", 900, false), asset("bitcoin", "BTC", 1, true)]);
    assert_eq!(market.resolve("btc").map(|entry| entry.id().as_str()), Some("bitcoin"));
    assert!(market.resolve("TINY").is_none());
}
