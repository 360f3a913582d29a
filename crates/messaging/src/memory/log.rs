use std::{
    collections::VecDeque,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

use super::segments::{SegmentReader, Segments};
use crate::{BrokerError, LogReader, LogRecord, LogStart};

/// How much of the newest part of a partition stays in memory when files hold the rest.
const CACHE_BYTES: usize = 4 * 1024 * 1024;
/// How much is kept where there are no files.
const MEMORY_BYTES: usize = 256 * 1024 * 1024;

/// One partition of the tick log: its newest part in memory, and all of it in files where it has a folder.
pub(super) struct Partition {
    state: Mutex<State>,
    end: watch::Sender<u64>,
}

struct State {
    /// The offset of the first message in `recent`.
    base: u64,
    recent: VecDeque<Bytes>,
    recent_bytes: usize,
    segments: Option<Segments>,
}

impl Partition {
    pub(super) fn open(dir: Option<PathBuf>) -> io::Result<Self> {
        let segments = dir.map(Segments::open).transpose()?;
        let base = segments.as_ref().map_or(0, Segments::end);
        let state = State {
            base,
            recent: VecDeque::new(),
            recent_bytes: 0,
            segments,
        };
        Ok(Self {
            state: Mutex::new(state),
            end: watch::Sender::new(base),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn append(&self, body: Vec<u8>) -> io::Result<()> {
        let end = {
            let mut state = self.lock();
            if let Some(segments) = &mut state.segments {
                segments.append(&body)?;
            }
            state.recent_bytes += body.len();
            state.recent.push_back(body.into());
            let limit = if state.segments.is_some() {
                CACHE_BYTES
            } else {
                MEMORY_BYTES
            };
            while state.recent_bytes > limit && state.recent.len() > 1 {
                if let Some(dropped) = state.recent.pop_front() {
                    state.recent_bytes -= dropped.len();
                    state.base += 1;
                }
            }
            state.base + state.recent.len() as u64
        };
        self.end.send_replace(end);
        Ok(())
    }

    /// The oldest offset that can be read.
    fn first(&self) -> u64 {
        let state = self.lock();
        state.segments.as_ref().map_or(state.base, |segments| segments.first())
    }

    fn recent(&self, offset: u64) -> Recent {
        let state = self.lock();
        if offset < state.base {
            return match &state.segments {
                Some(segments) => Recent::InFiles(segments.reader()),
                None => Recent::Gone(state.base),
            };
        }
        let index = usize::try_from(offset - state.base).unwrap_or(usize::MAX);
        state
            .recent
            .get(index)
            .map_or(Recent::NotYet, |body| Recent::Here(body.clone()))
    }
}

enum Recent {
    Here(Bytes),
    NotYet,
    InFiles(SegmentReader),
    Gone(u64),
}

/// Reads a partition from some offset on.
pub(super) struct Reader {
    partition: Arc<Partition>,
    end: watch::Receiver<u64>,
    next: u64,
    files: Option<SegmentReader>,
}

impl Reader {
    pub(super) fn new(partition: Arc<Partition>, from: LogStart) -> Self {
        let end = partition.end.subscribe();
        let next = match from {
            LogStart::First => partition.first(),
            LogStart::Offset(offset) => offset.max(partition.first()),
            LogStart::End => *end.borrow(),
        };
        Self {
            partition,
            end,
            next,
            files: None,
        }
    }

    fn read_files(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some(files) = &mut self.files else { return Ok(None) };
        let found = files.read(self.next)?;
        if found.is_none() {
            self.files = None;
        }
        Ok(found)
    }
}

#[async_trait]
impl LogReader for Reader {
    async fn next(&mut self) -> Result<LogRecord, BrokerError> {
        loop {
            let found = self
                .read_files()
                .map_err(|error| BrokerError(format!("the tick log cannot be read: {error}")))?;
            if let Some(body) = found {
                self.next += 1;
                return Ok(LogRecord {
                    offset: self.next - 1,
                    body,
                });
            }
            match self.partition.recent(self.next) {
                Recent::Here(body) => {
                    self.next += 1;
                    return Ok(LogRecord {
                        offset: self.next - 1,
                        body: body.into(),
                    });
                }
                Recent::InFiles(files) => {
                    self.next = self.next.max(self.partition.first());
                    self.files = Some(files);
                }
                Recent::Gone(first) => self.next = first,
                Recent::NotYet => {
                    // An offset behind the end belongs to a log that is gone: go on with this one.
                    let next = self.next;
                    let end = *self.end.borrow();
                    if next > end {
                        self.next = end;
                        continue;
                    }
                    if self.end.wait_for(|end| *end > next).await.is_err() {
                        return Err(BrokerError("the tick log was closed".to_owned()));
                    }
                }
            }
        }
    }
}
