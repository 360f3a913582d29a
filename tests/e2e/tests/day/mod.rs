//! A market day that is played to the platform, and what is left of it afterwards.

use std::path::PathBuf;

use e2e::{Client, Installation, Mode, append};
use serde_json::{Value, json};
use test_kit::{eventually, eventually_within};

/// How long a day may take to be heard by everybody, on a machine that has other things to do.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);
/// A minute.
pub const MINUTE_MS: i64 = 60_000;

/// A day of ticks, oldest first.
pub struct Day {
    /// `timestamp_ms,symbol,price,quantity` a line.
    pub lines: String,
    /// The tickers, with a price at which each begins.
    pub symbols: Vec<(String, String)>,
}

/// What a platform made of a day.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// Closed candles by symbol and interval.
    pub candles: Vec<(String, Value)>,
    /// What fired, by asset, condition and occasion.
    pub firings: Vec<String>,
    /// The portfolio of somebody who bought before the day began.
    pub portfolio: Value,
}

/// Plays a day to a platform and looks at what is left. Somebody sets alerts and buys before it begins.
pub async fn run(mode: Mode, day: &Day, is_killed: bool) -> Outcome {
    let mut platform = Installation::new(mode).await;
    let eve = platform.file("eve.csv");
    let first_ms: i64 = day
        .lines
        .split(',')
        .next()
        .and_then(|text| text.parse().ok())
        .expect("a first tick");
    for (symbol, price) in &day.symbols {
        append(
            &eve,
            &format!(
                "{},{symbol},{price},1\n",
                first_ms / MINUTE_MS * MINUTE_MS - 60 * MINUTE_MS
            ),
        );
    }
    platform.start(&format!("tail:{}", eve.display())).await;
    let (ana, _) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    ana.list_of("/api/assets/", day.symbols.len()).await;
    prepare(&ana, day).await;
    platform.stop();

    let file = write_day(&platform, day);
    let feed = format!("replay:{}?speed=max", file.display());
    platform.start(&feed).await;
    if is_killed {
        eventually("some of the day is recorded", async || {
            newest_candle(&ana, day).await.is_some().then_some(())
        })
        .await;
        platform.kill();
        platform.start(&feed).await;
    }
    settled(&ana, day).await;
    let outcome = look(&ana, day).await;
    platform.stop();
    outcome
}

fn write_day(platform: &Installation, day: &Day) -> PathBuf {
    let file = platform.file("day.csv");
    append(&file, "timestamp_ms,symbol,price,quantity\n");
    append(&file, &day.lines);
    file
}

/// Alerts of several kinds around the first prices, and a holding of each asset.
async fn prepare(ana: &Client, day: &Day) {
    for (symbol, price) in &day.symbols {
        let near = |thousandths: i64| scaled(price, thousandths);
        let conditions = [
            json!({"type": "above", "price": near(1_010)}),
            json!({"type": "below", "price": near(985)}),
            json!({"type": "above", "price": near(5_000)}),
        ];
        for condition in conditions {
            ana.post(
                "/api/alerts/",
                json!({"symbol": symbol, "condition": condition, "channels": ["in_app"]}),
            )
            .await
            .data();
        }
        let buy = json!({"symbol": symbol, "side": "buy", "quote_amount": "5000"});
        ana.post("/api/virtual-portfolio/trades/", buy).await.data();
    }
}

/// A price times so many thousandths, with two decimals.
fn scaled(price: &str, thousandths: i64) -> String {
    let value: f64 = price.parse().expect("a price");
    format!("{:.2}", value * thousandths as f64 / 1_000.0)
}

async fn newest_candle(ana: &Client, day: &Day) -> Option<String> {
    let (symbol, _) = day.symbols.first()?;
    let answer = ana
        .get(&format!("/api/ohlc/{symbol}/?interval=1m&range=max&limit=5000"))
        .await;
    let rows = answer.body["data"].as_array()?.len();
    (rows > 5).then(|| rows.to_string())
}

/// Waits until the whole day was heard by everybody.
async fn settled(ana: &Client, day: &Day) {
    // Every asset's price is that of its last tick, and nothing changes any more.
    let mut last = Vec::new();
    for (symbol, _) in &day.symbols {
        let marker = format!(",{symbol},");
        let line = day
            .lines
            .lines()
            .rev()
            .find(|line| line.contains(&marker))
            .expect("a tick");
        last.push((symbol.clone(), line.split(',').nth(2).expect("a price").to_owned()));
    }
    eventually_within(PATIENCE, "the last prices are shown", async || {
        for (symbol, price) in &last {
            let shown = ana.get(&format!("/api/assets/{symbol}/price/")).await;
            (shown.body["data"]["price"] == json!(price)).then_some(())?;
        }
        Some(())
    })
    .await;
    eventually_within(PATIENCE, "the portfolio is marked at the last prices", async || {
        let portfolio = ana.data("/api/virtual-portfolio/").await;
        let holdings = portfolio["holdings"].as_array()?;
        let is_marked = |(symbol, price): &(String, String)| {
            let holding = holdings.iter().find(|holding| holding["symbol"] == json!(symbol));
            holding.is_some_and(|holding| holding["latest_price"].as_str().map(decimal) == Some(decimal(price)))
        };
        last.iter().all(is_marked).then_some(())
    })
    .await;
    let mut before = Value::Null;
    let mut calm = 0;
    eventually_within(PATIENCE, "everything has come to rest", async || {
        let now = json!([look(ana, day).await.firings, look(ana, day).await.candles]);
        calm = if now == before { calm + 1 } else { 0 };
        before = now;
        // Longer in all than stored candles are remembered: what the recorder is behind is seen.
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        (calm >= 5).then_some(())
    })
    .await;
}

/// A decimal's digits without what says nothing: zeros at the end.
pub fn decimal(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// What is left of the day.
async fn look(ana: &Client, day: &Day) -> Outcome {
    let mut candles = Vec::new();
    for (symbol, _) in &day.symbols {
        for interval in ["1m", "5m", "15m", "1h", "4h", "1d"] {
            let rows = ana
                .data(&format!("/api/ohlc/{symbol}/?interval={interval}&range=max&limit=5000"))
                .await;
            candles.push((format!("{symbol} {interval}"), rows));
        }
    }
    let mut firings = Vec::new();
    for row in ana
        .data("/api/alerts/history/?limit=200")
        .await
        .as_array()
        .expect("a list")
    {
        let names = [
            "asset_symbol",
            "condition",
            "trigger_key",
            "previous_price",
            "price",
            "event_at",
            "late",
        ];
        firings.push(names.map(|name| row[name].to_string()).join(" "));
    }
    firings.sort();
    let mut portfolio = ana.data("/api/virtual-portfolio/").await;
    strip_ids(&mut portfolio);
    Outcome {
        candles,
        firings,
        portfolio,
    }
}

/// Ids and clock times differ between two runs by their nature, and so does whether the last prices are still fresh when
/// they are read.
fn strip_ids(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|name, _| {
            !matches!(
                name.as_str(),
                "id" | "portfolio_id" | "book_id" | "created_at" | "opened_at" | "updated_at" | "stale"
            )
        });
        members.values_mut().for_each(strip_ids);
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(strip_ids);
    }
}
