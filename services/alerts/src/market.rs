//! What market-data knows: assets, newest prices, and the past.

use std::time::Duration;

use contracts::internal::{AssetSnapshot, CandleSnapshot, PriceFacts, PriceSnapshot, TickPage};
use domain::{AssetId, Candle, Interval, Tick, Timestamp};
use service_kit::client::{CallError, InternalClient};

const SERVICE: &str = "market-data";
/// How long a user's request waits for a price.
const PRICE_DEADLINE: Duration = Duration::from_secs(2);
/// How long the past may take to come.
const HISTORY_DEADLINE: Duration = Duration::from_secs(10);
/// The most rows of one call.
const PAGE: usize = 5_000;

/// Asks market-data.
#[derive(Clone)]
pub struct Market {
    client: InternalClient,
}

impl Market {
    /// Through a client.
    pub fn new(client: InternalClient) -> Self {
        Self { client }
    }

    /// All assets.
    pub async fn assets(&self) -> Result<AssetSnapshot, CallError> {
        self.client
            .get(SERVICE, "/internal/assets")
            .within(HISTORY_DEADLINE)
            .send()
            .await
    }

    /// After how long each source's silence is stale, and the newest prices.
    pub async fn prices(&self) -> Result<PriceSnapshot, CallError> {
        self.client
            .get(SERVICE, "/internal/prices")
            .within(HISTORY_DEADLINE)
            .send()
            .await
    }

    /// The newest price of an asset; `None` if it has none.
    pub async fn price(&self, asset: &AssetId) -> Result<Option<PriceFacts>, CallError> {
        let path = format!("/internal/prices?asset={}", encode(asset.as_str()));
        let snapshot: PriceSnapshot = self.client.get(SERVICE, &path).within(PRICE_DEADLINE).send().await?;
        Ok(snapshot.prices.into_iter().find(|price| price.asset_id == *asset))
    }

    /// The newest closed candles that start before `until`, oldest first.
    pub async fn newest_candles(
        &self,
        asset: &AssetId,
        interval: Interval,
        count: usize,
        until: Option<Timestamp>,
    ) -> Result<Vec<Candle>, CallError> {
        let mut found: Vec<Candle> = Vec::new();
        let mut until = until;
        while found.len() < count {
            let limit = (count - found.len()).min(PAGE);
            let mut path = format!(
                "/internal/candles?asset={}&interval={interval}&limit={limit}",
                encode(asset.as_str())
            );
            if let Some(until) = until {
                path.push_str(&format!("&to={until}"));
            }
            let page: CandleSnapshot = self.client.get(SERVICE, &path).within(HISTORY_DEADLINE).send().await?;
            let Some(first) = page.candles.first() else { break };
            if found.first().is_some_and(|known| first.start >= known.start) {
                break;
            }
            until = Some(first.start);
            found.splice(0..0, page.candles);
        }
        Ok(found)
    }

    /// The closed candles of a time, oldest first.
    pub async fn candles(
        &self,
        asset: &AssetId,
        interval: Interval,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Candle>, CallError> {
        let mut found: Vec<Candle> = Vec::new();
        let mut from = from;
        while from < to {
            let path = format!(
                "/internal/candles?asset={}&interval={interval}&from={from}&to={to}&limit={PAGE}",
                encode(asset.as_str())
            );
            let page: CandleSnapshot = self.client.get(SERVICE, &path).within(HISTORY_DEADLINE).send().await?;
            let count = page.candles.len();
            let Some(end) = page.candles.last().map(Candle::end) else {
                break;
            };
            found.extend(page.candles);
            if count < PAGE {
                break;
            }
            from = end;
        }
        Ok(found)
    }

    /// A page of the ticks of a time, by event time; `after` is the `next` of the page before.
    pub async fn tick_page(
        &self,
        asset: &AssetId,
        (from, to): (Timestamp, Timestamp),
        after: Option<&str>,
    ) -> Result<TickPage, CallError> {
        let mut path = format!(
            "/internal/ticks?asset={}&from={from}&to={to}&limit={PAGE}",
            encode(asset.as_str())
        );
        if let Some(after) = after {
            path.push_str(&format!("&after={}", encode(after)));
        }
        self.client.get(SERVICE, &path).within(HISTORY_DEADLINE).send().await
    }

    /// The ticks of a time, in the order of the log.
    pub async fn ticks(&self, asset: &AssetId, from: Timestamp, to: Timestamp) -> Result<Vec<Tick>, CallError> {
        let mut found: Vec<Tick> = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.tick_page(asset, (from, to), after.as_deref()).await?;
            found.extend(page.ticks.into_iter().map(|tick| tick.into_tick(asset.clone())));
            if page.next.is_none() || page.next == after {
                break;
            }
            after = page.next;
        }
        // The log's order is that of the numbers; late ticks come behind their time.
        found.sort_by_key(|tick| tick.seq);
        Ok(found)
    }
}

/// Percent-encodes a query value.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
