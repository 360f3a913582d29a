//! Keeps the newest prices: from the tick log as they are made, and from market-data what the log does not tell.

use std::{sync::Arc, time::Duration};

use contracts::{
    LogBatch, LogEntry,
    internal::{AssetSnapshot, PriceSnapshot},
};
use messaging::{BrokerError, LogStart, SequenceFilter};
use tokio::time::Instant;

use crate::state::State;

const MARKET_DATA: &str = "market-data";
/// How soon a lost broker, or a market-data that is away, is asked again.
const PAUSE: Duration = Duration::from_millis(500);
/// How often market-data is asked: references a day ago move, and a tick before our time may have been missed.
const PERIOD: Duration = Duration::from_secs(15);
/// How close together it is asked at most.
const REST: Duration = Duration::from_millis(250);

/// Follows a partition of the tick log from its end until the service stops.
pub async fn follow(state: Arc<State>, partition: u16) -> anyhow::Result<()> {
    let mut start = LogStart::End;
    let mut filter = SequenceFilter::default();
    loop {
        let error = read(&state, partition, &mut start, &mut filter).await;
        tracing::warn!(partition, %error, "following the tick log was interrupted");
        tokio::time::sleep(PAUSE).await;
    }
}

async fn read(state: &State, partition: u16, start: &mut LogStart, filter: &mut SequenceFilter) -> BrokerError {
    let mut reader = match state.context.broker.read(partition, *start).await {
        Ok(reader) => reader,
        Err(error) => return error,
    };
    // What was told before this moment is market-data's to tell.
    state.streams.outdated.notify_one();
    loop {
        let record = match reader.next().await {
            Ok(record) => record,
            Err(error) => return error,
        };
        *start = LogStart::Offset(record.offset + 1);
        match LogBatch::decode(&record.body) {
            Ok(batch) => take_in(state, &filter.admit(batch).entries),
            Err(error) => {
                tracing::error!(partition, offset = record.offset, %error, "a batch of the tick log cannot be read");
            }
        }
    }
}

fn take_in(state: &State, entries: &[LogEntry]) {
    let mut has_unknown = false;
    {
        let mut prices = state.streams.prices();
        for entry in entries {
            if let LogEntry::Tick(tick) = entry {
                has_unknown |= prices.apply(tick);
            }
        }
    }
    let mut live = state.streams.live();
    if !live.is_empty() {
        for entry in entries {
            match entry {
                LogEntry::Tick(tick) => live.tick(&tick.asset, tick.is_late),
                LogEntry::Clock(_) => live.minute(),
                LogEntry::FeedDown(_) | LogEntry::FeedUp(_) => {}
            }
        }
    }
    drop(live);
    if has_unknown {
        state.streams.outdated.notify_one();
    }
    state.streams.changed.notify_one();
}

/// Asks market-data for assets and prices, again and again, and at once where something is known to be missing.
pub async fn refresh(state: Arc<State>) -> anyhow::Result<()> {
    loop {
        let wait = match ask(&state).await {
            Ok(()) => PERIOD,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "prices could not be asked for");
                PAUSE
            }
        };
        let next = Instant::now() + wait;
        tokio::time::sleep(REST.min(wait)).await;
        // An early call is as good as the end of the wait.
        drop(tokio::time::timeout_at(next, state.streams.outdated.notified()).await);
    }
}

async fn ask(state: &State) -> anyhow::Result<()> {
    let client = &state.context.client;
    let assets: AssetSnapshot = client.get(MARKET_DATA, "/internal/assets").send().await?;
    let snapshot: PriceSnapshot = client.get(MARKET_DATA, "/internal/prices").send().await?;
    {
        let mut prices = state.streams.prices();
        prices.set_assets(assets.assets);
        prices.set_prices(snapshot);
    }
    state.streams.changed.notify_one();
    state.streams.refreshed.notify_waiters();
    Ok(())
}

/// Publishes what has changed: at once after a quiet time, and never closer together than the interval.
pub async fn publish(state: Arc<State>) -> anyhow::Result<()> {
    let interval = state.config.stream.update_interval();
    loop {
        state.streams.changed.notified().await;
        let next = Instant::now() + interval;
        let topics = state.streams.prices().publish(state.context.clock.now());
        for topic in topics {
            topic.wake();
        }
        tokio::time::sleep_until(next).await;
    }
}
