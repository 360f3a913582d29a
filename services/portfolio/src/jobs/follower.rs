//! Follows the tick log from its end and keeps the newest prices in memory.

use std::{sync::Arc, time::Duration};

use contracts::{LogBatch, LogEntry};
use messaging::{Broker, BrokerError, LogStart, Pause, SequenceFilter};

use crate::domain::prices::{Mark, PriceTable};

const PAUSE: Duration = Duration::from_millis(500);

/// Follows one partition until the service stops; a lost broker is asked again.
pub async fn run(broker: Arc<dyn Broker>, partition: u16, prices: Arc<PriceTable>) -> anyhow::Result<()> {
    let mut start = LogStart::End;
    let mut filter = SequenceFilter::default();
    let mut pause = Pause::between(PAUSE, PAUSE);
    loop {
        let error = follow(broker.as_ref(), partition, &prices, &mut start, &mut filter).await;
        tracing::warn!(partition, %error, "following the tick log was interrupted");
        pause.rest().await;
    }
}

async fn follow(
    broker: &dyn Broker,
    partition: u16,
    prices: &PriceTable,
    start: &mut LogStart,
    filter: &mut SequenceFilter,
) -> BrokerError {
    let mut reader = match broker.read(partition, *start).await {
        Ok(reader) => reader,
        Err(error) => return error,
    };
    loop {
        let record = match reader.next().await {
            Ok(record) => record,
            Err(error) => return error,
        };
        *start = LogStart::Offset(record.offset + 1);
        match LogBatch::decode(&record.body) {
            Ok(batch) => {
                for entry in filter.admit(batch).entries {
                    if let LogEntry::Tick(tick) = entry
                        && !tick.is_late
                    {
                        prices.put(&tick.asset, Mark::of(&tick));
                    }
                }
            }
            Err(error) => {
                tracing::error!(partition, offset = record.offset, %error, "a batch of the tick log cannot be read")
            }
        }
    }
}
