//! Recorded answers of providers that are asked.

use domain::Interval;
use market_data::domain::providers::{
    coingecko::{parse_coin, parse_markets},
    past::{parse_klines, parse_market_chart, parse_ohlc},
};

use super::{text, unpack};

#[test]
fn recorded_coingecko_pages_are_read_whole_and_oddities_become_unknowns() {
    let page = text("coingecko/markets_usd_page1_100_2025-12-29.json");
    let markets = parse_markets(&page).expect("a list");
    assert_eq!((markets.listings.len(), markets.bad), (100, 0));
    let bitcoin = &markets.listings[0];
    assert_eq!(
        (
            bitcoin.facts.asset_id.as_str(),
            bitcoin.facts.rank,
            bitcoin.price.map(|(price, _)| price.to_string())
        ),
        ("bitcoin", Some(1), Some("87270".to_owned()))
    );
    let odd = text("coingecko/markets_excerpt_null_tiny_stale.json");
    let markets = parse_markets(&odd).expect("a list");
    assert_eq!(markets.listings.len(), 4);
    let of = |id: &str| {
        markets
            .listings
            .iter()
            .find(|listing| listing.facts.asset_id.as_str() == id)
            .expect(id)
    };
    assert!(of("atlas-2").price.is_none() && of("atlas-2").figures.ath.is_none());
    assert_eq!(
        of("dsun-token").price.map(|(price, _)| price.to_string()),
        Some("0.000000003271".to_owned())
    );
    assert_eq!(of("dsun-token").figures.market_cap, None);
    let empty = "coingecko/markets_usd_page2_empty_2022-02-23.json";
    assert_eq!(
        parse_markets(&text(empty)).map(|markets| markets.listings.len()),
        Some(0)
    );
    for line in text("coingecko/small_responses.jsonl").lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("json");
        if line["status"] != 200 {
            let body = line["body"]
                .as_str()
                .map_or_else(|| line["body"].to_string(), str::to_owned);
            assert_eq!(parse_markets(&body), None, "{body}");
        }
    }
}

#[test]
fn recorded_assets_of_coingecko_are_read_like_items_of_its_pages() {
    let one = |text: &str| {
        let coin = parse_coin(text).expect("an asset");
        assert_eq!((coin.listings.len(), coin.bad), (1, 0));
        coin.listings[0].clone()
    };
    let aave = one(&unpack("coingecko/coin_aave_2022-06-20.json.gz"));
    let (price, at) = aave.price.expect("a price");
    assert_eq!(
        (
            aave.facts.asset_id.as_str(),
            aave.facts.symbol.as_str(),
            aave.facts.rank
        ),
        ("aave", "AAVE", Some(58))
    );
    assert_eq!(
        aave.facts.image_url.as_deref(),
        Some("https://assets.coingecko.com/coins/images/12645/large/AAVE.png?1601374110")
    );
    assert_eq!(
        (price.to_string(), at.to_string()),
        ("58.58".to_owned(), "2022-06-20T09:49:43.092Z".to_owned())
    );
    let figures = &aave.figures;
    let known = [
        (figures.circulating_supply, "13895996.429804955"),
        (figures.total_supply, "16000000"),
        (figures.max_supply, "16000000"),
        (figures.market_cap, "812862831"),
        (figures.volume_24h, "200852840"),
        (figures.ath.map(|(price, _)| price), "661.69"),
        (figures.atl.map(|(price, _)| price), "26.02"),
    ];
    for (value, text) in known {
        assert_eq!(value, Some(text.parse().expect("decimal")));
    }
    let ath_at = figures.ath.and_then(|(_, at)| at).expect("a date");
    assert_eq!(ath_at.to_string(), "2021-05-18T21:19:59.514Z");
    let day = aave.day.map(|day| (day.low.to_string(), day.high.to_string()));
    assert_eq!(day, Some(("48.72".to_owned(), "59.27".to_owned())));

    let bitcoin = one(&unpack("coingecko/coin_bitcoin_sparkline_2022-01-03.json.gz"));
    assert_eq!(
        bitcoin.price.map(|(price, _)| price.to_string()),
        Some("47314".to_owned())
    );
    let bare = one(&text("coingecko/coin_bitcoin_nomarket_2024-05-30.json"));
    assert_eq!((bare.facts.asset_id.as_str(), bare.facts.rank), ("bitcoin", Some(1)));
    assert_eq!((bare.price, bare.figures.circulating_supply), (None, None));
    for line in text("coingecko/small_responses.jsonl").lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("json");
        let body = line["body"]
            .as_str()
            .map_or_else(|| line["body"].to_string(), str::to_owned);
        assert_eq!(parse_coin(&body), None, "{body}");
    }
}
#[test]
fn recorded_charts_of_coingecko_are_read_whole_and_in_order() {
    for (path, points) in [
        ("coingecko/market_chart_bitcoin_usd_1d_2021-05-15.json", 288),
        ("coingecko/market_chart_bitcoin_usd_90d_daily_2021-05-15.json", 91),
    ] {
        let told = parse_market_chart(&text(path)).expect("a chart");
        assert_eq!((told.items.len(), told.bad), (points, 0), "{path}");
        assert!(told.items.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{path}");
    }
    let excerpt = text("coingecko/market_chart_excerpt_null_point.json").replace("market_caps", "prices");
    let told = parse_market_chart(&excerpt).expect("a chart");
    assert_eq!((told.items.len(), told.bad), (0, 1), "a point without a value");
}

#[test]
fn recorded_bars_of_coingecko_are_stamped_by_their_start_and_odd_lengths_are_left_out() {
    let week = parse_ohlc(&text("coingecko/ohlc_bitcoin_usd_7d_2021-05-15.json"), Interval::H4).expect("bars");
    assert_eq!((week.items.len(), week.bad), (42, 0));
    assert_eq!(week.items[0].start.to_string(), "2021-05-08T16:00:00.000Z");
    // The last one is still forming: it ends after the moment at which it was asked for.
    assert_eq!(week.items[41].start.to_string(), "2021-05-15T12:00:00.000Z");
    let year = text("coingecko/ohlc_bitcoin_usd_365d_2022-07-25.json");
    let told = parse_ohlc(&year, Interval::H4).expect("bars");
    assert_eq!(told.items.len() + told.bad, 96);
}
#[test]
fn recorded_klines_of_binance_are_one_backfill_with_the_hole_of_an_outage() {
    let mut starts = Vec::new();
    for (month, count) in [("05", 1_000), ("06", 468)] {
        let told = parse_klines(
            &unpack(&format!("rest/binance_klines_BTCUSDT_1h_2020-{month}.json.gz")),
            Interval::H1,
        );
        let told = told.expect("bars");
        assert_eq!((told.items.len(), told.bad), (count, 0), "{month}");
        assert!(
            told.items
                .iter()
                .all(|bar| bar.volume.is_some() && bar.trades.is_some_and(|trades| trades > 0))
        );
        starts.extend(told.items.into_iter().map(|bar| bar.start.millis()));
    }
    // Binance was down for three hours on 28 June.
    let holes = starts
        .windows(2)
        .filter(|pair| pair[1] - pair[0] != Interval::H1.millis());
    let holes: Vec<(i64, i64)> = holes.map(|pair| (pair[0], pair[1])).collect();
    assert_eq!(holes, [(1_593_306_000_000, 1_593_320_400_000)]);
}
