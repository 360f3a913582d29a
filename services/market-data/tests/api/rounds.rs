//! CoinGecko is asked for as many assets as are wanted, page after page, and for known ones that no page lists.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use market_data::domain::simulator;
use serde_json::{Value, json};
use test_kit::{Asked, ProviderStub, Reply};

use super::{
    faults::poll_each_second,
    helpers::{App, until},
    live::now,
};

/// How many assets a page of the stub has.
const PAGE: usize = 250;
const STRAGGLER: &str = "last-of-all";

/// The path and the parameters of a request.
fn parts(asked: &Asked) -> (String, Vec<(String, String)>) {
    let url = url::Url::parse(&format!("http://stub{}", asked.target)).expect("a target");
    (url.path().to_owned(), url.query_pairs().into_owned().collect())
}

fn parameter(asked: &Asked, name: &str) -> Option<usize> {
    let (_, parameters) = parts(asked);
    parameters.iter().find(|(key, _)| key == name)?.1.parse().ok()
}

/// The page that is asked for, of which a few items can be used.
fn page(asked: &Asked) -> Reply {
    assert_eq!(parameter(asked, "per_page"), Some(PAGE));
    let first = (parameter(asked, "page").expect("a page") - 1) * PAGE;
    let at = now();
    let items = (first..first + PAGE).map(|number| match number % PAGE {
        0..5 => {
            json!({"id": format!("coin-{number}"), "symbol": format!("c{number}"), "name": format!("Coin {number}"),
            "current_price": number + 1, "market_cap_rank": number + 1, "last_updated": at})
        }
        _ => Value::Null,
    });
    Reply::json(json!(items.collect::<Vec<Value>>()).to_string())
}

fn straggler() -> Reply {
    let at = now();
    let detail = json!({"id": STRAGGLER, "symbol": "loa", "name": "Last of all",
        "image": {"thumb": "https://img.test/t.png", "small": "https://img.test/s.png", "large": "https://img.test/l.png"},
        "market_cap_rank": 4_321, "last_updated": at, "market_data": {"current_price": {"eur": 1, "usd": 0.000_25},
            "market_cap": {"usd": 2_500}, "total_volume": {"usd": 77.5}, "circulating_supply": 10_000_000, "total_supply": 20_000_000.5,
            "max_supply": null, "ath": {"usd": 3.5}, "ath_date": {"usd": "2021-05-18T21:19:59.514Z"}, "atl": {"usd": 0.000_1},
            "atl_date": {"usd": "2020-05-18T21:19:59.514Z"}, "last_updated": at}});
    Reply::json(detail.to_string())
}

/// A live database that offers these assets and none of those that a new one is given.
async fn offers(app: &App, ids: &[&str]) {
    let names = simulator::assets().into_iter().map(|known| known.asset.facts);
    let hidden = names.map(|facts| (facts.asset_id.to_string(), facts.symbol.to_string(), false));
    let offered = ids.iter().map(|id| ((*id).to_owned(), id.to_uppercase(), true));
    let rows = hidden.chain(offered);
    let rows: Vec<String> = rows
        .map(|(id, symbol, is_enabled)| format!("('{id}', '{symbol}', 'x', {is_enabled})"))
        .collect();
    let statement = format!(
        "INSERT INTO market_data.assets (asset_id, symbol, name, enabled) VALUES {}",
        rows.join(", ")
    );
    let mut conn = app.database.connect().await;
    conn.batch_execute(&statement).await.expect("assets");
    poll_each_second(app).await;
}

/// The requests so far, named shortly.
fn names(asked: &[Asked]) -> Vec<String> {
    let name = |asked: &Asked| match parts(asked).0.as_str() {
        "/coins/markets" => format!("page {}", parameter(asked, "page").expect("a page")),
        path => path.to_owned(),
    };
    asked.iter().map(name).collect()
}

async fn run(app: &mut App, rest: &ProviderStub, assets: &str) {
    for (name, value) in [("COINGECKO_URL", rest.url()), ("COINGECKO_ASSETS", assets)] {
        app.settings
            .push((format!("MARKET_DATA__PROVIDERS__{name}"), value.to_owned()));
    }
    // What is missing of the past is not asked for in this test.
    app.settings
        .push(("MARKET_DATA__REPAIR__WAIT_SECONDS".to_owned(), "86400".to_owned()));
    app.run("coingecko").await.expect("start");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_39_all_pages_and_then_the_assets_on_none_are_asked_for_within_the_budget() {
    let rest = ProviderStub::start(|asked| match parts(asked).0.as_str() {
        "/coins/markets" => page(asked),
        "/coins/last-of-all" => straggler(),
        _ => Reply::status("404 Not Found", "", "{}"),
    })
    .await;
    let mut app = App::prepare(2).await;
    offers(&app, &[STRAGGLER]).await;
    run(&mut app, &rest, "600").await;
    until("a round", || async { rest.asked().len() >= 4 }).await;
    until("another one", || async { rest.asked().len() >= 7 }).await;
    let asked = rest.asked();
    let straggler = format!("/coins/{STRAGGLER}");
    // Where pages leave room for one other request, it is theirs in one round and is left to the past in the next.
    assert_eq!(
        names(&asked[..7]),
        ["page 1", "page 2", "page 3", &straggler, "page 1", "page 2", "page 3"]
    );
    let parameters = parts(&asked[3]).1;
    for name in [
        "localization",
        "tickers",
        "community_data",
        "developer_data",
        "sparkline",
    ] {
        assert!(
            parameters.contains(&(name.to_owned(), "false".to_owned())),
            "{parameters:?}"
        );
    }
    assert!(parameters.contains(&("market_data".to_owned(), "true".to_owned())));
    for pair in asked.windows(2) {
        let apart = pair[1].at - pair[0].at;
        assert!(apart >= Duration::from_millis(500), "{:?} {apart:?}", names(pair));
    }

    until("the straggler's price", || async {
        app.data(&format!("/api/assets/{STRAGGLER}/price/")).await["price"] == "0.00025"
    })
    .await;
    let detail = app.data("/api/assets/LOA/").await;
    let told = [
        ("asset_id", json!(STRAGGLER)),
        ("name", json!("Last of all")),
        ("image_url", json!("https://img.test/l.png")),
        ("rank", json!(4_321)),
        ("market_cap", json!("2500.00")),
        ("volume_24h", json!("77.5")),
        ("circulating_supply", json!("10000000")),
        ("total_supply", json!("20000000.5")),
        ("max_supply", json!(null)),
        ("ath", json!("3.5")),
        ("atl", json!("0.0001")),
        ("source", json!("coingecko")),
        ("stale", json!(false)),
    ];
    for (name, value) in told {
        assert_eq!(detail[name], value, "{name} of {detail}");
    }
    let offered = "SELECT count(*) FROM market_data.assets WHERE enabled";
    until("the assets of all pages and the straggler", || async {
        app.count(offered).await == 16
    })
    .await;
    let listed = app.data("/api/assets/?search=last%20of").await;
    assert_eq!(listed[0]["price"], "0.00025");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_39_an_asset_that_coingecko_does_not_know_is_asked_for_once_and_harms_nobody() {
    let rest = ProviderStub::start(|asked| match parts(asked).0.as_str() {
        "/coins/markets" => Reply::json(
            json!([{"id": "coin-0", "symbol": "c0", "name": "Coin", "current_price": 1, "market_cap_rank": 1, "last_updated": now()}])
                .to_string(),
        ),
        "/coins/last-of-all" => straggler(),
        _ => Reply::status("404 Not Found", "", r#"{"error":"coin not found"}"#),
    })
    .await;
    let mut app = App::prepare(1).await;
    offers(&app, &["gone", STRAGGLER]).await;
    run(&mut app, &rest, "1").await;
    let straggler = format!("/coins/{STRAGGLER}");
    until("the other one is asked for again and again", || async {
        rest.asked_for(&straggler).len() > 2
    })
    .await;
    assert_eq!(rest.asked_for("/coins/gone").len(), 1);
    let status = app.data("/api/market/status/").await;
    assert_eq!(status["providers"][0]["state"], "live", "{status}");
    let metrics = app.raw("/metrics", &[]).await.text().await.expect("metrics");
    let counted = "feed_failed_requests_total{reason=\"status\",source=\"coingecko\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
    let told = "SELECT count(*) FROM market_data.sequences WHERE context = 'feed'";
    assert_eq!(app.count(told).await, 0, "a provider that is well was said not to be");
    assert_eq!(app.get("/api/assets/gone/").await.0, 200);
    app.stop().await;
}

#[tokio::test]
async fn a_number_of_assets_that_makes_no_sense_is_refused_at_the_start() {
    for number in ["0", "1001", "-5", "many"] {
        let mut app = App::prepare(1).await;
        app.settings
            .push(("MARKET_DATA__PROVIDERS__COINGECKO_ASSETS".to_owned(), number.to_owned()));
        let refused = app.run("simulator").await.expect_err(number);
        let why = format!("{refused:#}").to_lowercase();
        assert!(why.contains("coingecko_assets"), "{number}: {why}");
    }
}
