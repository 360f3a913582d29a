use std::time::Duration;

use contracts::LogBatch;
use messaging::{BrokerError, LogReader, LogRecord};
use tokio::{sync::mpsc, task::AbortHandle};

/// How many messages are read ahead.
const READ_AHEAD: usize = 64;

/// A partition of the tick log, read ahead by a task of its own, so that waiting for a message can be given up.
pub(super) struct LogFeed {
    records: mpsc::Receiver<Result<LogRecord, BrokerError>>,
    reading: AbortHandle,
}

impl LogFeed {
    pub(super) fn start(mut reader: Box<dyn LogReader>) -> Self {
        let (sender, records) = mpsc::channel(READ_AHEAD);
        let task = tokio::spawn(async move {
            loop {
                let record = reader.next().await;
                let is_over = record.is_err();
                if sender.send(record).await.is_err() || is_over {
                    return;
                }
            }
        });
        Self {
            records,
            reading: task.abort_handle(),
        }
    }

    /// The next message, or nothing within `patience`.
    pub(super) async fn next(&mut self, patience: Duration) -> anyhow::Result<Option<LogRecord>> {
        match tokio::time::timeout(patience, self.records.recv()).await {
            Err(_) => Ok(None),
            Ok(Some(record)) => Ok(Some(record?)),
            Ok(None) => anyhow::bail!("the reader of the tick log ended"),
        }
    }

    /// A message that is here already.
    pub(super) fn ready(&mut self) -> Option<LogRecord> {
        match self.records.try_recv() {
            Ok(Ok(record)) => Some(record),
            // The next call of `next` finds the end again.
            _ => None,
        }
    }

    /// Whether everything that arrived was taken.
    pub(super) fn is_drained(&self) -> bool {
        self.records.is_empty()
    }
}

impl Drop for LogFeed {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

/// The batch of a message; nothing where it is unreadable, which only a newer release could have written.
pub(super) fn decode(record: &LogRecord) -> Option<LogBatch> {
    LogBatch::decode(&record.body)
        .inspect_err(
            |error| tracing::error!(log.offset = record.offset, %error, "a batch of the tick log can't be read"),
        )
        .ok()
}
