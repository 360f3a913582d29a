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
    /// Why the log ended, until that is told.
    failure: Option<BrokerError>,
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
            failure: None,
        }
    }

    /// The next message, or nothing within `patience`.
    pub(super) async fn next(&mut self, patience: Duration) -> anyhow::Result<Option<LogRecord>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure.into());
        }
        match tokio::time::timeout(patience, self.records.recv()).await {
            Err(_) => Ok(None),
            Ok(Some(record)) => Ok(Some(record?)),
            Ok(None) => anyhow::bail!("the reader of the tick log ended"),
        }
    }

    /// A message that is here already. Why the log ended is left to `next`.
    pub(super) fn ready(&mut self) -> Option<LogRecord> {
        match self.records.try_recv().ok()? {
            Ok(record) => Some(record),
            Err(error) => {
                self.failure = Some(error);
                None
            }
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

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;

    /// A log of one message.
    struct Short(u64);

    #[async_trait]
    impl LogReader for Short {
        async fn next(&mut self) -> Result<LogRecord, BrokerError> {
            self.0 += 1;
            match self.0 {
                1 => Ok(LogRecord {
                    offset: 0,
                    body: Vec::new(),
                }),
                _ => Err(BrokerError("gone".to_owned())),
            }
        }
    }

    #[tokio::test]
    async fn why_the_log_ended_is_told_also_when_that_is_found_in_passing() {
        let mut feed = LogFeed::start(Box::new(Short(0)));
        let patience = Duration::from_secs(5);
        assert!(feed.next(patience).await.expect("a message").is_some());
        while !feed.reading.is_finished() {
            tokio::task::yield_now().await;
        }
        assert!(feed.ready().is_none());
        let error = feed.next(patience).await.expect_err("the end");
        assert!(error.to_string().contains("gone"), "{error}");
    }
}
