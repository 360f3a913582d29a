//! A stand-in of market-data.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use contracts::{
    events::AssetFacts,
    internal::{AssetSnapshot, CandleSnapshot, PriceFacts, PriceSnapshot, TickPage},
};
use domain::{AssetId, Candle, Interval, Source, Tick, Timestamp};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

/// What the stand-in of market-data knows.
#[derive(Default)]
pub struct Market {
    pub assets: Vec<AssetFacts>,
    pub prices: HashMap<AssetId, PriceFacts>,
    pub ticks: HashMap<AssetId, Vec<Tick>>,
    pub candles: HashMap<(AssetId, Interval), Vec<Candle>>,
    /// How often the price of one asset was asked for.
    pub price_questions: u64,
    /// How long an answer about prices takes.
    pub price_delay: Duration,
}

/// Serves what the stand-in knows.
pub async fn serve(market: Arc<Mutex<Market>>) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/internal/assets", market.clone(), |market, _| {
        json!(AssetSnapshot {
            assets: market.assets.clone()
        })
    })
    .await;
    mount_prices(&server, market.clone()).await;
    mount(&server, "/internal/candles", market.clone(), |market, query| {
        let key = (
            AssetId::parse(&query["asset"]).expect("asset"),
            query["interval"].parse().expect("interval"),
        );
        let time = |name: &str| query.get(name).and_then(|raw| Timestamp::parse(raw).ok());
        let all = market.candles.get(&key).cloned().unwrap_or_default();
        let within = |candle: &Candle| {
            time("from").is_none_or(|from| candle.start >= from) && time("to").is_none_or(|to| candle.start < to)
        };
        let mut candles: Vec<Candle> = all.into_iter().filter(within).collect();
        let limit: usize = query["limit"].parse().expect("limit");
        if time("from").is_some() {
            candles.truncate(limit);
        } else {
            candles.drain(..candles.len().saturating_sub(limit));
        }
        json!(CandleSnapshot { candles, open: None })
    })
    .await;
    mount(&server, "/internal/ticks", market, |market, query| {
        let asset = AssetId::parse(&query["asset"]).expect("asset");
        let all = market.ticks.get(&asset).cloned().unwrap_or_default();
        let (from, to) = (
            Timestamp::parse(&query["from"]).expect("from"),
            Timestamp::parse(&query["to"]).expect("to"),
        );
        let stored_from = all.first().map(|tick| tick.event_at);
        let stored_seq = all.last().map_or(0, |tick| tick.seq);
        let ticks = all
            .into_iter()
            .filter(|tick| from <= tick.event_at && tick.event_at < to)
            .map(Into::into)
            .collect();
        json!(TickPage {
            ticks,
            next: None,
            stored_from,
            stored_seq
        })
    })
    .await;
    server
}

async fn mount_prices(server: &MockServer, market: Arc<Mutex<Market>>) {
    let respond = move |request: &Request| {
        let mut market = market.lock().expect("market");
        market.price_questions += u64::from(request.url.query().is_some());
        let snapshot = PriceSnapshot {
            prices: market.prices.values().cloned().collect(),
            stale_after_ms: vec![(Source::Kraken, 10_000)],
        };
        envelope(&json!(snapshot)).set_delay(market.price_delay)
    };
    Mock::given(matchers::path("/internal/prices"))
        .respond_with(respond)
        .mount(server)
        .await;
}

fn envelope(data: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"success": true, "data": data, "message": "ok"}))
}

type Query = HashMap<String, String>;

async fn mount(
    server: &MockServer,
    path: &str,
    market: Arc<Mutex<Market>>,
    reply: impl Fn(&Market, &Query) -> Value + Send + Sync + 'static,
) {
    let respond = move |request: &Request| {
        let query: Query = request
            .url
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        envelope(&reply(&market.lock().expect("market"), &query))
    };
    Mock::given(matchers::path(path))
        .respond_with(respond)
        .mount(server)
        .await;
}
