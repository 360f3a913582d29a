//! The made-up market, as users see it.

use serde_json::json;

use super::helpers::{App, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_market_has_a_past_a_present_and_goes_on_after_a_restart() {
    let mut app = App::start("simulator:7").await;
    app.ticks_stored(20).await;
    until("the largest asset has a price of now", || async {
        app.data("/api/assets/bitcoin/price/").await["stale"] == false
    })
    .await;
    let page = app.get("/api/assets/?limit=200").await.1;
    assert_eq!(page["data"].as_array().map(Vec::len), Some(100));
    let bitcoin = &page["data"][0];
    assert_eq!(
        (&bitcoin["asset_id"], &bitcoin["rank"], &bitcoin["source"]),
        (&json!("bitcoin"), &json!(1), &json!("simulator"))
    );
    assert!(
        bitcoin["change_24h"].is_number() && bitcoin["market_cap"].is_string() && bitcoin["volume_24h"].is_string(),
        "{bitcoin}"
    );
    assert!(
        bitcoin["sparkline_7d"]
            .as_array()
            .is_some_and(|points| points.len() > 20)
    );
    assert_eq!(bitcoin["stale"], false);
    let hours = app.get("/api/ohlc/BTC/?interval=1h&range=24h").await.1;
    assert_eq!(hours["gaps"], json!([]));
    let minutes = app.get("/api/ohlc/BTC/?interval=1m&range=1h").await.1;
    assert_eq!(minutes["gaps"], json!([]));
    assert!(
        app.data("/api/movers/").await["gainers"]
            .as_array()
            .is_some_and(|gainers| !gainers.is_empty())
    );
    assert_eq!(app.data("/api/market/status/").await["simulated"], true);
    app.stop().await;

    let stored = app
        .count("SELECT count(*) FROM market_data.candles WHERE span = 60")
        .await;
    app.run("simulator:7").await.expect("start");
    let ticks = app.count("SELECT count(*) FROM market_data.ticks").await;
    app.ticks_stored(ticks + 10).await;
    assert!(
        app.count("SELECT count(*) FROM market_data.candles WHERE span = 60")
            .await
            < stored + 200
    );
    let doubled = "SELECT count(*) - count(DISTINCT (asset_id, seq)) FROM market_data.ticks";
    assert_eq!(app.count(doubled).await, 0);
    app.stop().await;
}
